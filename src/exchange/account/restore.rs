//! A document back into an account: whole or not at all, in one transaction that one undo takes back. It is an import
//! like any other, but for its preview: there is nothing in an empty account that it could meet. A reminder with which
//! nothing can be done is left out, and named with what is wrong with it.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::faults::{self, no_account, refused};
use super::unreadable::LeftOut;
use super::{TABLES, VERSION, queries};
use crate::allowance;
use crate::contacts::{documents, queries as contacts};
use crate::correspondents::gathering::gather;
use crate::dates::Chosen;
use crate::db::{CurrentUser, Db, TenantTx};
use crate::error::AppError;
use crate::exchange::model::State;
use crate::exchange::queries as imports;
use crate::interactions::queries as interactions;
use crate::jobs::Tools;
use crate::reminders::queries as reminders;

/// Rows that are added at once, at most.
const BATCH: usize = 500;
/// Bytes of them after which no more are waited for: photos are large.
const BATCH_BYTES: usize = 4 << 20;
/// Batches that wait for the database.
const WAITING: usize = 2;

/// What was read next.
enum Part {
    User(Value),
    Rows(usize, Vec<Box<RawValue>>),
}

/// How often the import says how far it is.
const STRIDE: Duration = Duration::from_secs(1);

/// Whether a file begins as a document does.
#[must_use]
pub fn is_document(path: &Path) -> bool {
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(200).read_to_end(&mut head));
    let text = String::from_utf8_lossy(&head);
    let begin = text.trim_start_matches(['\u{feff}', '{', ' ', '\t', '\r', '\n']);
    read.is_ok() && text.contains('{') && begin.starts_with("\"kith_account\"")
}

/// Reads the file of an import back; one that is none, or meets an account that holds something, ends it with the reason.
///
/// # Errors
/// When the database or the disk fails: then nothing is changed, and it can be tried again.
pub async fn read_back(tools: &Tools, user: &CurrentUser, import: Uuid, upload: &str) -> Result<(), AppError> {
    let (file, read) = (tools.data_dir.join(upload), Arc::new(AtomicU64::new(0)));
    let open = || Ok(Counted { file: File::open(&file)?, read: Arc::clone(&read) });
    let outcome = tokio::select! {
        outcome = restore(&tools.db, user, import, open) => outcome,
        // Whoever cancels ends it: the transaction is rolled back.
        told = tell(&tools.db, user, import, &read) => told,
    };
    match outcome {
        Err(AppError::BadRequest(reason) | AppError::Limit(reason)) => {
            tools.db.as_user(user, async |tx| imports::end(tx, import, State::Failed, Some(&reason)).await).await
        }
        outcome => outcome,
    }
}

/// Says again and again how far it is, until somebody cancelled it.
async fn tell(db: &Db, user: &CurrentUser, import: Uuid, read: &AtomicU64) -> Result<(), AppError> {
    loop {
        tokio::time::sleep(STRIDE).await;
        let so_far = i64::try_from(read.load(Ordering::Relaxed)).unwrap_or(i64::MAX);
        if !db.as_user(user, async |tx| imports::note_bytes(tx, import, so_far).await).await? {
            return Ok(());
        }
    }
}

/// A file that counts what was read of it.
struct Counted {
    file: File,
    read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.read.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// `open` opens the document anew where the transaction has to be tried again.
async fn restore<R: Read + Send + 'static>(
    db: &Db,
    user: &CurrentUser,
    import: Uuid,
    open: impl Fn() -> std::io::Result<R>,
) -> Result<(), AppError> {
    db.as_user_for_job(user, async |tx| {
        if !queries::is_empty(tx).await? {
            let reason = "This account holds something already. A whole account is read into an empty one.";
            return Err(AppError::BadRequest(reason.to_owned()));
        }
        queries::forget_files(tx).await?;
        let source = open().map_err(anyhow::Error::from)?;
        let (parts, mut received) = mpsc::channel(WAITING);
        let reading = tokio::task::spawn_blocking(move || read(source, &parts));
        let people = add(tx, &mut received).await;
        // Whoever reads on without a reader ends at the next part.
        drop(received);
        let read = reading.await.map_err(anyhow::Error::from)?;
        let (people, left_out) = people?;
        read.map_err(|reason| AppError::BadRequest(format!("This is no account of Kith's: {reason}.")))?;
        find_again(tx).await?;
        reminders::begin(tx).await?;
        let live = queries::live(tx).await?;
        allowance::check_added_people(tx, live).await?;
        imports::end_as_account(tx, import, people).await?;
        left_out.tell(tx, import).await
    })
    .await
}

/// Adds all rows that can be read. Answers with how many people there are, in the trash too, and what was left out.
async fn add(tx: &mut TenantTx<'_>, parts: &mut mpsc::Receiver<Part>) -> Result<(usize, LeftOut), AppError> {
    let columns = queries::columns(tx).await?;
    let (mut people, mut added) = (0, [0; TABLES.len()]);
    let (mut left_out, mut clock) = (LeftOut::default(), reminders::clock(tx).await?);
    while let Some(part) = parts.recv().await {
        match part {
            Part::User(user) => {
                check(&user).map_err(|reason| no_account("user", reason))?;
                queries::take_over(tx, user).await.map_err(|error| refused("user", error))?;
                clock = reminders::clock(tx).await?;
            }
            Part::Rows(index, rows) => {
                let table = TABLES[index].0;
                people += if table == "contacts" { rows.len() } else { 0 };
                let read = rows.len();
                let rows = left_out.sift((table, added[index]), rows, clock);
                let said = said_columns(&columns[index], &rows).map_err(|reason| no_account(table, &reason))?;
                if table == "interactions" {
                    interactions::make_months(tx, dates(&rows)).await?;
                }
                if !rows.is_empty() {
                    faults::insert(tx, (index, table), &said, &rows, added[index]).await?;
                }
                added[index] += read;
            }
        }
    }
    Ok((people, left_out))
}

/// What the database takes of a user and the program can do nothing with.
fn check(user: &Value) -> Result<(), &'static str> {
    let knows_zone = |zone: &Value| zone.as_str().is_some_and(|zone| zone.parse::<chrono_tz::Tz>().is_ok());
    if !user.get("time_zone").is_none_or(knows_zone) {
        return Err("this Kith does not know the time zone");
    }
    if !user.get("settings").is_none_or(|settings| settings.is_object() || settings.is_null()) {
        return Err("the settings are no object");
    }
    if !user.get("settings").is_none_or(knows_dates) {
        return Err("this Kith does not know how its days are written");
    }
    let hour = user.get("settings").and_then(|settings| settings.get("reminder_time"));
    let is_hour = |hour: &str| chrono::NaiveTime::parse_from_str(hour, "%H:%M").is_ok();
    if !hour.is_none_or(|hour| hour.is_null() || hour.as_str().is_some_and(is_hour)) {
        return Err("its reminder_time is no time of day");
    }
    Ok(())
}

/// Whether each word of how she writes days is one; what is not said goes without saying.
fn knows_dates(settings: &Value) -> bool {
    let names = ["week_start", "date_format", "clock", "date_language"];
    let said = names.map(|name| settings.get(name));
    let [week_start, order, clock, language] = said.map(|word| word.and_then(Value::as_str));
    said.iter().all(|word| word.is_none_or(|word| word.is_string() || word.is_null()))
        && Chosen { week_start, order, clock, language }.is_known()
}

/// The columns that these rows say, all the same ones; else what is wrong with them. A document of an older Kith lacks
/// what came later.
fn said_columns<'a>(known: &'a [String], rows: &[Box<RawValue>]) -> Result<Vec<&'a str>, String> {
    let mut said: Option<Vec<String>> = None;
    for row in rows {
        let row: BTreeMap<String, IgnoredAny> = serde_json::from_str(row.get()).map_err(|error| error.to_string())?;
        let names: Vec<String> = row.into_keys().collect();
        match &said {
            Some(said) if *said != names => return Err("rows are unlike each other".to_owned()),
            Some(_) => {}
            None => said = Some(names),
        }
    }
    // Of rows that say nothing the database says what they lack.
    let said = said.filter(|said| !said.is_empty()).unwrap_or_else(|| known.to_vec());
    match said.iter().find(|name| !known.contains(name)) {
        Some(name) => Err(format!("this Kith does not know {name}")),
        None => Ok(known.iter().map(String::as_str).filter(|name| said.iter().any(|said| said == name)).collect()),
    }
}

/// When these interactions were; what is no date the database refuses.
fn dates(rows: &[Box<RawValue>]) -> impl Iterator<Item = DateTime<Utc>> {
    #[derive(Deserialize)]
    struct Dated {
        occurred_at: DateTime<Utc>,
    }
    rows.iter().filter_map(|row| Some(serde_json::from_str::<Dated>(row.get()).ok()?.occurred_at))
}

async fn find_again(tx: &mut TenantTx<'_>) -> Result<(), AppError> {
    // The document's, no longer that of the empty account.
    let country = contacts::hold_country(tx).await?;
    let mut people = queries::people_behind(tx, Uuid::nil()).await?;
    while let Some(last) = people.last().copied() {
        documents::refresh_in(tx, &people, country).await?;
        people = queries::people_behind(tx, last).await?;
    }
    let mut passed = queries::interactions_behind(tx, Uuid::nil()).await?;
    while let Some(last) = passed.last().copied() {
        interactions::refresh(tx, &passed).await?;
        passed = queries::interactions_behind(tx, last).await?;
    }
    while gather(tx).await? {}
    Ok(())
}

/// Sends the document's parts as they come; the error says what is wrong with it.
fn read(source: impl Read, parts: &mpsc::Sender<Part>) -> Result<(), String> {
    let mut json = serde_json::Deserializer::from_reader(std::io::BufReader::new(source));
    json.deserialize_map(Document { parts }).and_then(|()| json.end()).map_err(|error| error.to_string())
}

struct Document<'a> {
    parts: &'a mpsc::Sender<Part>,
}

impl<'de> Visitor<'de> for Document<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object that begins with kith_account")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        if map.next_key::<String>()?.as_deref() != Some("kith_account") {
            return Err(A::Error::custom("it does not begin with kith_account"));
        }
        let version: u64 = map.next_value()?;
        if version != VERSION {
            return Err(A::Error::custom(format!("it has the form {version}, and this Kith reads {VERSION}")));
        }
        while let Some(name) = map.next_key::<String>()? {
            if name == "user" {
                send(self.parts, Part::User(map.next_value()?))?;
            } else {
                let index = TABLES.iter().position(|(table, _)| *table == name);
                let index =
                    index.ok_or_else(|| A::Error::custom(format!("this Kith does not know its part {name}")))?;
                map.next_value_seed(Rows { index, parts: self.parts })?;
            }
        }
        Ok(())
    }
}

struct Rows<'a> {
    index: usize,
    parts: &'a mpsc::Sender<Part>,
}

impl<'de> DeserializeSeed<'de> for Rows<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Rows<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "the rows of {}", TABLES[self.index].0)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<(), A::Error> {
        let (mut batch, mut bytes) = (Vec::with_capacity(BATCH), 0);
        while let Some(row) = rows.next_element::<Box<RawValue>>()? {
            bytes += row.get().len();
            batch.push(row);
            if batch.len() == BATCH || bytes > BATCH_BYTES {
                send(self.parts, Part::Rows(self.index, std::mem::take(&mut batch)))?;
                bytes = 0;
            }
        }
        if batch.is_empty() { Ok(()) } else { send(self.parts, Part::Rows(self.index, batch)) }
    }
}

fn send<E: serde::de::Error>(parts: &mpsc::Sender<Part>, part: Part) -> Result<(), E> {
    parts.blocking_send(part).map_err(|_| E::custom("it was given up"))
}
