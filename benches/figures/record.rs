//! Which statements a page sends: read from PostgreSQL's own log while a running Kith answers, and written as a pgbench
//! script with the same parameters.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::client::send;
use crate::place::{How, Kith, Place};

/// The statements of one page, its session's check, BEGIN and COMMIT included.
pub struct Recording {
    /// What pgbench runs.
    pub script: String,
    /// The parameters that the script names.
    pub variables: Vec<(String, String)>,
    /// Statements, BEGIN with set_config and COMMIT not counted.
    pub statements: usize,
}

/// Records the pages that answer `requests`, one after the other.
pub fn record(place: &Place, requests: &[Vec<u8>]) -> Result<Vec<Recording>> {
    place.sql("alter database kith set log_statement = 'all'")?;
    // One connection, so that all of the page is one backend's; the first requests prepare what the last one runs.
    let kith = Kith::start(place, &How { settings: &[("KITH_POOL_SIZE", "1")], ..How::default() });
    place.sql("alter database kith reset log_statement")?;
    let kith = kith?;
    let log = place.folder.join("postgres/server.log");
    let mut recordings = Vec::new();
    for request in requests.chunks(1) {
        send(kith.port, request, 3)?;
        let before = usize::try_from(fs::metadata(&log)?.len())?;
        send(kith.port, request, 1)?;
        let text = fs::read(&log)?;
        recordings.push(written(&statements(&String::from_utf8_lossy(&text[before..]))?)?);
    }
    kith.stop()?;
    Ok(recordings)
}

/// One statement as the log tells it.
struct Statement {
    sql: String,
    parameters: Vec<Option<String>>,
}

/// The statements of the backend that looked the session up, from there to the end of the page's transaction.
fn statements(log: &str) -> Result<Vec<Statement>> {
    let mut entries: Vec<(String, String)> = Vec::new();
    for line in log.lines() {
        match (line.strip_prefix('\t'), backend(line)) {
            (Some(more), _) => {
                if let Some((_, text)) = entries.last_mut() {
                    text.push('\n');
                    text.push_str(more);
                }
            }
            (None, Some((pid, text))) => entries.push((pid, text.to_owned())),
            (None, None) => {}
        }
    }
    let asks = |text: &str| text.contains("public.find_session(");
    let pid =
        entries.iter().find(|(_, text)| asks(text)).map(|(pid, _)| pid.clone()).context("no session was looked up")?;
    let own =
        entries.into_iter().filter(|(other, _)| *other == pid).map(|(_, text)| text).skip_while(|text| !asks(text));
    let mut found: Vec<Statement> = Vec::new();
    for text in own {
        if let Some(sql) = text.strip_prefix("LOG:  statement: ") {
            found.push(Statement { sql: sql.to_owned(), parameters: Vec::new() });
            if sql.eq_ignore_ascii_case("commit") {
                break;
            }
        } else if let Some(rest) = text.strip_prefix("LOG:  execute ") {
            let (_, sql) = rest.split_once(": ").context("an execute line without its statement")?;
            found.push(Statement { sql: sql.to_owned(), parameters: Vec::new() });
        } else if let Some(list) = text.strip_prefix("DETAIL:  Parameters: ")
            && let Some(last) = found.last_mut()
        {
            last.parameters = parameters(list)?;
        }
    }
    Ok(found)
}

/// `2026-11-25 20:01:02.003 UTC [123] LOG:  statement: ...`
fn backend(line: &str) -> Option<(String, &str)> {
    let (_, rest) = line.split_once(" [")?;
    let (pid, text) = rest.split_once("] ")?;
    pid.bytes().all(|b| b.is_ascii_digit()).then(|| (pid.to_owned(), text))
}

/// `$1 = 'it''s', $2 = NULL`
fn parameters(list: &str) -> Result<Vec<Option<String>>> {
    let (mut found, mut rest) = (Vec::new(), list);
    while !rest.is_empty() {
        let (_, value) = rest.split_once(" = ").context("a parameter without a value")?;
        if let Some(after) = value.strip_prefix("NULL") {
            found.push(None);
            rest = after.strip_prefix(", ").unwrap_or(after);
            continue;
        }
        let mut text = String::new();
        let mut letters = value.strip_prefix('\'').context("a parameter without quotes")?.char_indices();
        rest = loop {
            let Some((at, letter)) = letters.next() else { bail!("a parameter without an end") };
            if letter != '\'' {
                text.push(letter);
                continue;
            }
            let after = &value[at + 2..];
            if !after.starts_with('\'') {
                break after.strip_prefix(", ").unwrap_or(after);
            }
            letters.next();
            text.push('\'');
        };
        found.push(Some(text));
    }
    Ok(found)
}

fn written(statements: &[Statement]) -> Result<Recording> {
    let mut recording = Recording { script: String::new(), variables: Vec::new(), statements: 0 };
    for (number, statement) in statements.iter().enumerate() {
        let mut sql = statement.sql.replace('\n', " ");
        if let Some(settings) = sql.strip_prefix("BEGIN;") {
            // One message of two statements: a pipeline is what is nearest to it, and prepared.
            recording.script.push_str(&format!("\\startpipeline\nbegin;\n{settings};\n\\endpipeline\n"));
            continue;
        }
        for (index, value) in statement.parameters.iter().enumerate().rev() {
            let name = format!("s{number}p{}", index + 1);
            let stand_in = if value.is_some() { format!(":{name}") } else { "null".to_owned() };
            sql = sql.replace(&format!("${}", index + 1), &stand_in);
            recording.variables.extend(value.clone().map(|value| (name, value)));
        }
        recording.script.push_str(&sql);
        recording.script.push_str(";\n");
        recording.statements += usize::from(!sql.eq_ignore_ascii_case("commit"));
    }
    if !recording.script.contains("begin;") {
        bail!("the log holds no transaction of the page");
    }
    Ok(recording)
}
