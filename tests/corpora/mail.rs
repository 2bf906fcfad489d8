//! Mail that nobody here wrote, beside what Python's email package reads of it. Where the two differ, the difference
//! is of a kind that is named here, or the test says so.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use chrono::{DateTime, Datelike as _, Utc};
use kith::exchange::mail::same_person::{LIKELY, likelihood};
use kith::exchange::mail::{Layout, MAX_CHARACTERS, Mail, Origin, RawMessage, Reader, Role, read};
use serde::Deserialize;

/// What Python's email package reads of a message.
#[derive(Debug, Deserialize)]
struct Expected {
    label: Option<String>,
    date: Option<String>,
    date_raw: Option<String>,
    from: Vec<(String, String)>,
    message_id: Option<String>,
    in_reply_to: Option<String>,
}

/// How often each field was the same, and how often it differed in which way.
#[derive(Debug, Default)]
struct Tally(BTreeMap<(&'static str, &'static str), usize>);

impl Tally {
    fn count(&mut self, field: &'static str, outcome: &'static str) {
        *self.0.entry((field, outcome)).or_default() += 1;
    }

    fn of(&self, field: &str, outcome: &str) -> usize {
        self.0.iter().filter(|(key, _)| **key == (field, outcome)).map(|(_, count)| *count).sum()
    }

    /// All but two in a hundred are the same or differ as they may.
    fn check(&self) {
        println!("{self:#?}");
        for field in ["from", "date", "message-id", "in-reply-to"] {
            let all: usize = self.0.iter().filter(|(key, _)| key.0 == field).map(|(_, count)| *count).sum();
            assert!(self.of(field, UNEXPLAINED) * 50 <= all, "{field} differs unexplained: {self:#?}");
        }
    }
}

const SAME: &str = "the same";
const UNEXPLAINED: &str = "unexplained";

fn understood(raw: &RawMessage) -> Option<Mail> {
    let start = Instant::now();
    let mail = read(raw, &Origin { now: Utc::now(), ..Origin::default() }).ok();
    let limit = Duration::from_millis(500) + Duration::from_micros(raw.bytes.len() as u64);
    assert!(start.elapsed() < limit, "{} bytes took {:?}", raw.bytes.len(), start.elapsed());
    if let Some(mail) = &mail {
        assert!(mail.text.chars().count() <= MAX_CHARACTERS);
        assert!(mail.message_id.as_ref().is_none_or(|id| id.len() <= 255));
    }
    mail
}

fn compare(tally: &mut Tally, mail: &Mail, expected: &Expected) {
    let fields = [
        ("from", from(mail, expected)),
        ("date", date(mail, expected)),
        ("message-id", message_id(mail, expected)),
        ("in-reply-to", in_reply_to(mail, expected)),
    ];
    for (field, outcome) in fields {
        tally.count(field, outcome);
        if outcome == UNEXPLAINED {
            println!("{field}: {mail:?} is not {expected:?}");
        }
    }
}

fn from(mail: &Mail, expected: &Expected) -> &'static str {
    let is_address = |text: &str| {
        text.split_once('@')
            .is_some_and(|(user, host)| !user.is_empty() && !host.is_empty() && !text.contains(char::is_whitespace))
    };
    let ours: Vec<&str> = mail.in_role(Role::From).map(|one| one.address.as_str()).collect();
    let theirs: Vec<String> = expected.from.iter().map(|one| one.1.to_lowercase()).collect();
    let well_formed: Vec<&str> = theirs.iter().map(String::as_str).filter(|text| is_address(text)).collect();
    match () {
        () if ours == theirs => SAME,
        () if ours == well_formed => "what Python takes for an address has no @, or blanks",
        () if well_formed.is_empty() => "only we find an address",
        () if well_formed.iter().any(|one| one.contains("=?")) => "an encoded word within an address",
        () if well_formed.iter().any(|one| !one.is_ascii()) => {
            "raw bytes beyond ASCII, for which Python has no charset"
        }
        () => UNEXPLAINED,
    }
}

fn date(mail: &Mail, expected: &Expected) -> &'static str {
    let theirs = expected.date.as_deref().and_then(|text| {
        DateTime::parse_from_rfc3339(text).or_else(|_| DateTime::parse_from_rfc3339(&format!("{text}Z"))).ok()
    });
    let ours = mail.when.at.filter(|_| mail.when.problem.is_none());
    match (ours, theirs) {
        (Some(ours), Some(theirs)) if ours == theirs => SAME,
        (None, None) => SAME,
        (None, Some(theirs)) if theirs.timestamp() < 0 || theirs > Utc::now() => "a date that cannot be",
        (Some(_), None) => "only we read it",
        (Some(ours), Some(theirs)) if theirs.year() < 200 && ours.year() == theirs.year() + 1900 => {
            "years counted from 1900"
        }
        (Some(ours), Some(theirs)) if ours.naive_local() == theirs.naive_local() => {
            "a zone by a name that RFC 5322 lacks"
        }
        _ => UNEXPLAINED,
    }
}

fn message_id(mail: &Mail, expected: &Expected) -> &'static str {
    let theirs = expected.message_id.as_deref().map(str::trim).filter(|id| !id.is_empty());
    let bare = theirs.map(|id| id.trim_start_matches('<').trim_end_matches('>'));
    match (mail.message_id.as_deref(), bare) {
        (ours, bare) if ours == bare => SAME,
        (Some(_), Some(bare)) if bare.contains(char::is_whitespace) || bare.contains(['<', '>']) => {
            "blanks or brackets in an id"
        }
        (Some(ours), Some(bare)) if ours.starts_with("sha256:") && bare.len() > 255 => "a long id",
        (None, Some("")) => "brackets around nothing",
        _ => UNEXPLAINED,
    }
}

/// Theirs is the field as it stands: of it the one id, of a sentence the last.
fn in_reply_to(mail: &Mail, expected: &Expected) -> &'static str {
    let ours = mail.in_reply_to.as_deref();
    let Some(theirs) = expected.in_reply_to.as_deref().map(str::trim).filter(|text| !text.is_empty()) else {
        return if ours.is_none() { SAME } else { UNEXPLAINED };
    };
    let ids: Vec<&str> = theirs.split('<').skip(1).filter_map(|rest| Some(rest.split_once('>')?.0)).collect();
    match (ours, ids.as_slice()) {
        (Some(ours), [id]) if ours == *id && theirs.starts_with('<') && theirs.ends_with('>') => SAME,
        (Some(ours), [.., last]) if ours == *last => "the id in a sentence",
        (Some(ours), [first, ..]) if ours == *first => "the first of several ids",
        (Some(ours), [id]) if ours == id.replace(char::is_whitespace, "") => "blanks in an id",
        (None, []) => "a sentence without an id",
        (Some(ours), []) if ours == theirs => "an id without brackets",
        _ => UNEXPLAINED,
    }
}

#[test]
fn an_archive_is_read_as_an_independent_parser_read_it() {
    let Some(headers) = super::file("mail_archive", "headers.jsonl") else { return };
    let headers = fs::read_to_string(headers).unwrap();
    let expected: Vec<Expected> = headers.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut tally = Tally::default();
    for path in
        super::files("mail_archive").unwrap().iter().filter(|path| path.extension().is_some_and(|end| end == "mbox"))
    {
        let label = path.file_stem().unwrap().to_string_lossy();
        let expected: Vec<&Expected> = expected.iter().filter(|one| one.label.as_deref() == Some(&label)).collect();
        let bytes = fs::read(path).unwrap();
        assert_eq!(Layout::recognise(&bytes), Some(Layout::Mbox));
        let raw: Vec<RawMessage> = Reader::new(bytes.as_slice(), Layout::Mbox, 0, 1).map(Result::unwrap).collect();
        assert_eq!(raw.len(), expected.len(), "messages of {label}");
        assert_eq!(raw.iter().map(|one| one.length).sum::<u64>(), bytes.len() as u64);
        for (raw, expected) in raw.iter().zip(expected) {
            compare(&mut tally, &understood(raw).unwrap(), expected);
        }
        goes_on(&bytes, &raw);
    }
    tally.check();
}

/// Reading from any message on gives the rest.
fn goes_on(bytes: &[u8], all: &[RawMessage]) {
    for (at, raw) in all.iter().enumerate().step_by(all.len() / 20 + 1) {
        let rest = &bytes[usize::try_from(raw.offset).unwrap()..];
        let again: Vec<RawMessage> =
            Reader::new(rest, Layout::Mbox, raw.offset, raw.line).take(5).map(Result::unwrap).collect();
        assert!(again.iter().zip(&all[at..]).all(|(one, other)| one == other));
    }
}

#[test]
fn messages_of_every_kind_are_read_and_their_fields_are_those_that_python_reads() {
    let Some(paths) = super::files("email") else { return };
    let mut single: Vec<Option<Mail>> = Vec::new();
    for path in &paths {
        let bytes = fs::read(path).unwrap();
        for layout in [Layout::Mbox, Layout::Single] {
            for raw in Reader::new(bytes.as_slice(), layout, 0, 1) {
                understood(&raw.unwrap());
            }
        }
        single
            .push(Reader::new(bytes.as_slice(), Layout::Single, 0, 1).next().and_then(|raw| understood(&raw.unwrap())));
    }
    let Some(expected) = python(&paths) else {
        println!("skipped: no python3");
        return;
    };
    let mut tally = Tally::default();
    for (mail, expected) in single.iter().zip(&expected) {
        match mail {
            Some(mail) => compare(&mut tally, mail, expected),
            None => {
                let has_none = expected.from.is_empty() && expected.message_id.is_none() && expected.date_raw.is_none();
                tally.count("from", if has_none { SAME } else { UNEXPLAINED });
            }
        }
    }
    tally.check();
}

/// What Python's email package reads of each file; `None` where there is no Python.
fn python(paths: &[PathBuf]) -> Option<Vec<Expected>> {
    const PROGRAM: &str = r#"
import sys, json, email, email.utils
for path in sys.stdin.read().split('\n'):
    with open(path, 'rb') as file:
        message = email.message_from_binary_file(file)
    get = lambda name: None if message.get(name) is None else str(message.get(name))
    try:
        date = email.utils.parsedate_to_datetime(get('Date')).isoformat()
    except Exception:
        date = None
    print(json.dumps({'date': date, 'date_raw': get('Date'), 'message_id': get('Message-ID'), 'in_reply_to': get('In-Reply-To'),
        'from': email.utils.getaddresses([get('From')] if get('From') is not None else [])}))
"#;
    let mut child =
        Command::new("python3").args(["-c", PROGRAM]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().ok()?;
    let names: Vec<&str> = paths.iter().map(|path: &PathBuf| Path::to_str(path).unwrap()).collect();
    child.stdin.take().unwrap().write_all(names.join("\n").as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    Some(String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

#[test]
fn people_are_known_by_the_names_that_headers_give_them() {
    let Some(path) = super::file("dedupe", "clinton_header_names.csv") else { return };
    let mut table = csv::Reader::from_path(path).unwrap();
    let rows: Vec<(String, String)> = table.deserialize().map(Result::unwrap).collect();
    let pair = |text: &str| {
        if text.contains('@') { (String::new(), text.to_owned()) } else { (text.to_owned(), String::new()) }
    };
    for least in [LIKELY, 0.5] {
        let (mut right, mut wrong, mut missed) = (0_u32, 0_u32, 0_u32);
        for (at, (one, person)) in rows.iter().enumerate() {
            for (other, other_person) in &rows[at + 1..] {
                let (one, other) = (pair(one), pair(other));
                let is_one = likelihood((&one.0, &one.1), (&other.0, &other.1)) >= least;
                match (is_one, person == other_person) {
                    (true, true) => right += 1,
                    (true, false) => wrong += 1,
                    (false, true) => missed += 1,
                    (false, false) => {}
                }
            }
        }
        let (precision, recall) =
            (f64::from(right) / f64::from(right + wrong), f64::from(right) / f64::from(right + missed));
        let f1 = 2.0 * precision * recall / (precision + recall);
        println!("from {least}: precision {precision:.3}, recall {recall:.3}, F1 {f1:.3}");
        // Many are known only by nicknames, initials and typing errors, which name nobody to a stranger.
        assert!(precision >= 0.9 && right > 0);
    }
}
