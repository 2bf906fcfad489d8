//! Imports of vCards and of a table against their yardstick: the rows that it left, inserted again by one prepared statement for each
//! table, a thousand rows at a time over one connection, under the same row security, triggers and durability.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use kith::db::connect;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, SimpleQueryMessage};

use crate::place::{KITH, Place, block_on};
use crate::report::{Figure, median, spread};
use crate::tenant;

/// Where an import's rows go, each table after those that it refers to. What the pipeline keeps for itself, a row for
/// each card, is not among them.
const TABLES: [&str; 9] = [
    "organizations",
    "tags",
    "contacts",
    "contact_methods",
    "contact_dates",
    "contact_employments",
    "contact_tags",
    "contact_sources",
    "contact_search_documents",
];
/// Whose account an import fills.
pub const IMPORTED: &str = "imported@example.com";
const INSERTED: &str = "inserted@example.com";
const ROUNDS: usize = 3;
/// Rows that the yardstick inserts at once: one by one they take many times as long, for triggers that work by statement.
const BATCH: usize = 1_000;

/// The figures of each format.
pub fn figures(place: &Place) -> Result<Vec<Figure>> {
    let cards = usize::try_from(crate::setting("KITH_BENCH_CARDS", 10_000))?;
    let mut figures = against_inserts(place, &vcards(place, cards)?, cards, "vCards")?;
    figures.extend(against_inserts(place, &table(place, cards)?, cards, "rows of CSV")?);
    Ok(figures)
}

/// The figures of an import and of inserting its rows, in interleaved rounds.
fn against_inserts(place: &Place, file: &PathBuf, cards: usize, what: &str) -> Result<Vec<Figure>> {
    let (mut imports, mut inserts, mut peak, mut rows) = (Vec::new(), Vec::new(), 0, 0);
    for round in 1..=ROUNDS {
        clear(place)?;
        let (time, memory) = import(place, file, cards)?;
        let copied = block_on(insert(place))?;
        eprintln!("import of {what}, round {round}: {time:.1} s, inserts {:.1} s", copied.0);
        imports.push(time);
        inserts.push(copied.0);
        (peak, rows) = (peak.max(memory), copied.1);
    }
    clear(place)?;
    let ratio = median(&imports) / median(&inserts);
    Ok(vec![
        Figure::bounded(
            format!("import of {cards} {what} over inserting its {rows} rows by one prepared statement a table"),
            format!("**{ratio:.2}**; {} s over {} s, {ROUNDS} rounds", spread(&imports, 1), spread(&inserts, 1)),
            "at most 3",
            ratio <= 3.0,
        ),
        Figure::plain(format!("resident memory of that `kith import` of {what}, its peak"), format!("{peak} MB")),
    ])
}

/// The first cards of what `kith export` writes of the large tenant.
fn vcards(place: &Place, cards: usize) -> Result<PathBuf> {
    let file = place.folder.join("cards.vcf");
    let mut export = export(place, "vcard")?;
    let mut out = BufWriter::new(File::create(&file)?);
    let mut written = 0;
    for line in BufReader::new(export.stdout.take().context("no output")?).lines() {
        let line = line?;
        write!(out, "{line}\r\n")?;
        written += usize::from(line.trim_end() == "END:VCARD");
        if written == cards {
            break;
        }
    }
    out.flush()?;
    // It writes into a pipe that nobody reads any more.
    export.kill().ok();
    export.wait()?;
    if written < cards {
        bail!("kith export wrote {written} cards only");
    }
    Ok(file)
}

/// The first rows of the same people's table, whose cells may hold line ends.
fn table(place: &Place, rows: usize) -> Result<PathBuf> {
    let file = place.folder.join("cards.csv");
    let mut export = export(place, "csv")?;
    let mut out = csv::Writer::from_path(&file)?;
    let read = export.stdout.take().context("no output")?;
    let mut written = 0;
    for row in csv::ReaderBuilder::new().has_headers(false).from_reader(read).byte_records().take(rows + 1) {
        out.write_byte_record(&row?)?;
        written += 1;
    }
    out.flush()?;
    export.kill().ok();
    export.wait()?;
    if written < rows + 1 {
        bail!("kith export wrote {written} lines only");
    }
    Ok(file)
}

fn export(place: &Place, format: &str) -> Result<Child> {
    let mut export = Command::new(KITH);
    export.args(["export", "--user", tenant::EMAIL, "--format", format, "--data-dir"]).arg(&place.folder);
    export.env_remove("DATABASE_URL").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    Ok(export.spawn()?)
}

/// Leaves the account with what an import of vCards gave it; how many people that are.
pub fn people(place: &Place) -> Result<usize> {
    let cards = usize::try_from(crate::setting("KITH_BENCH_CARDS", 10_000))?;
    clear(place)?;
    import(place, &vcards(place, cards)?, cards)?;
    place.sql("vacuum (analyze)")?;
    Ok(cards)
}

/// Takes what an earlier round left.
pub fn clear(place: &Place) -> Result<()> {
    let mut sql = "set session_replication_role = replica; ".to_owned();
    let owned = place.sql(
        "select string_agg(distinct c.table_name, ' ') from information_schema.columns c \
         join information_schema.tables t using (table_schema, table_name) \
         where c.table_schema = 'public' and c.column_name = 'user_id' and t.table_type = 'BASE TABLE'",
    )?;
    let users = format!("(select id from users where email in ('{IMPORTED}', '{INSERTED}'))");
    for table in owned.context("no table belongs to a user")?.split(' ') {
        write!(sql, "delete from {table} where user_id in {users}; ")?;
    }
    write!(sql, "delete from users where id in {users}")?;
    place.sql(&sql)?;
    place.sql("vacuum (analyze)")?;
    Ok(())
}

/// Seconds that `kith import` takes, start and end included, and its peak of resident memory in megabytes.
fn import(place: &Place, file: &PathBuf, cards: usize) -> Result<(f64, u64)> {
    block_on(account(place, IMPORTED))?;
    let report = place.folder.join("import.json");
    let started = Instant::now();
    let mut child = Command::new(KITH)
        .arg("import")
        .arg(file)
        .args(["--user", IMPORTED, "--json", "--data-dir"])
        .arg(&place.folder)
        .env_remove("DATABASE_URL")
        .stdin(Stdio::null())
        .stdout(File::create(&report)?)
        .stderr(File::create(place.folder.join("import.log"))?)
        .spawn()?;
    let mut peak = 0;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        let text = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0 kB");
        peak = peak.max(line.trim().trim_end_matches(" kB").parse().unwrap_or(0));
        std::thread::sleep(Duration::from_millis(20));
    };
    let seconds = started.elapsed().as_secs_f64();
    let said = fs::read_to_string(&report)?;
    let said: serde_json::Value = serde_json::from_str(said.lines().last().unwrap_or_default())?;
    if !status.success() || said["read"].as_u64() != Some(cards as u64) || said["unreadable"].as_u64() != Some(0) {
        bail!("kith import ended with {status} and {said}");
    }
    Ok((seconds, peak / 1024))
}

async fn account(place: &Place, email: &str) -> Result<String> {
    let admin = tenant::admin(&place.admin_url).await?;
    let sql = "select create_user($1, 'Ada Lindqvist', 'Europe/Berlin', 'none', false)::text";
    Ok(admin.query_one(sql, &[&email]).await?.try_get(0)?)
}

/// What goes into one table: the statement and the rows' values.
struct Rows {
    insert: String,
    values: Vec<Vec<Option<String>>>,
}

/// Seconds that the same rows take for another account, and how many they are.
async fn insert(place: &Place) -> Result<(f64, usize)> {
    let user = account(place, INSERTED).await?;
    let admin = tenant::admin(&place.admin_url).await?;
    let mut tables = Vec::new();
    for table in TABLES {
        tables.push(rows(&admin, table).await?);
    }
    let client = connect::client(&place.app_url).await?;
    let started = Instant::now();
    client
        .batch_execute(&format!(
            "begin; select set_config('app.current_user_id', '{user}', true), \
             set_config('app.change_set_id', gen_random_uuid()::text, true), \
             set_config('app.import_id', gen_random_uuid()::text, true)"
        ))
        .await?;
    for Rows { insert, values } in &tables {
        let statement = client.prepare(insert).await?;
        for batch in values.chunks(BATCH) {
            let width = batch.first().map_or(0, Vec::len);
            let columns: Vec<Vec<&Option<String>>> =
                (0..width).map(|at| batch.iter().map(|row| &row[at]).collect()).collect();
            let binds: Vec<&(dyn ToSql + Sync)> = columns.iter().map(|column| column as &(dyn ToSql + Sync)).collect();
            client.execute(&statement, &binds).await?;
        }
    }
    client.batch_execute("commit").await?;
    Ok((started.elapsed().as_secs_f64(), tables.iter().map(|table| table.values.len()).sum()))
}

/// The imported account's rows of a table, all columns but those that the database fills.
async fn rows(admin: &Client, table: &str) -> Result<Rows> {
    let sql = "select column_name::text, format('%I', udt_name) from information_schema.columns where table_schema = 'public' \
         and table_name = $1 and is_generated = 'NEVER' and column_name not in ('user_id', 'import_id') \
         order by ordinal_position";
    let mut columns: Vec<(String, String)> = Vec::new();
    for row in admin.query(sql, &[&table]).await? {
        columns.push((row.try_get(0)?, row.try_get(1)?));
    }
    let names: Vec<&str> = columns.iter().map(|(name, _)| &**name).collect();
    let texts: Vec<String> = names.iter().map(|name| format!("{name}::text")).collect();
    let binds: Vec<String> = (1..=columns.len()).map(|at| format!("${at}::text[]")).collect();
    let places: Vec<String> = (1..=columns.len()).map(|at| format!("c{at}")).collect();
    let casts: Vec<String> = columns.iter().zip(&places).map(|((_, kind), place)| format!("{place}::{kind}")).collect();
    let read = format!(
        "select {} from {table} where user_id = (select id from users where email = '{IMPORTED}')",
        texts.join(", ")
    );
    let mut values = Vec::new();
    for message in admin.simple_query(&read).await? {
        if let SimpleQueryMessage::Row(row) = message {
            values.push((0..columns.len()).map(|at| row.get(at).map(str::to_owned)).collect());
        }
    }
    let insert = format!(
        "insert into {table} ({}) select {} from unnest({}) r({})",
        names.join(", "),
        casts.join(", "),
        binds.join(", "),
        places.join(", ")
    );
    Ok(Rows { insert, values })
}
