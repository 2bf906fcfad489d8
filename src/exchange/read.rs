//! The job that reads a file: batch by batch it understands, matches and keeps records with the place
//! where the next batch begins, so that a killed one goes on from there.

use std::fs::File;
use std::io::{BufReader, Seek, SeekFrom};
use std::path::Path;

use anyhow::Context;
use futures_util::FutureExt;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::card::Card;
use super::intake;
use super::matching::{GONE, Keyed, Known, Match, Seen, word};
use super::merge::{Prefer, merge};
use super::model::{Counts, Import, State, Status};
use super::queries::{self, NewItem};
use super::vcard::{Reader, Record, source_key};
use crate::db::{CurrentUser, Db, Job, TenantTx};
use crate::error::AppError;
use crate::jobs::{Tools, Work};

/// The kind of the job.
pub const KIND: &str = "import.read";
/// Records of a batch.
const BATCH: usize = 500;
/// A batch is closed early past so many bytes of the file: cards with photos are large.
const BATCH_BYTES: u64 = 3 << 20;

/// What the jobs of an import know.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Payload {
    /// Which import.
    pub import: Uuid,
}

impl Payload {
    /// Of a claimed job.
    ///
    /// # Errors
    /// When it is not one of ours.
    pub fn of(job: &Job) -> Result<(Self, Uuid), AppError> {
        let payload = serde_json::from_value(job.payload.clone()).map_err(anyhow::Error::from)?;
        Ok((payload, job.user_id.context("an import belongs to somebody")?))
    }
}

/// Reads the file of an import to its end.
pub const WORK: Work = |tools, job| {
    async move {
        let (payload, user) = Payload::of(&job)?;
        let user = tools.db.anonymous().user(user).await?;
        read(&tools, &user, payload.import).await
    }
    .boxed_local()
};

/// Says of an import that one of its jobs failed for good.
pub const GIVE_UP: Work = |tools, job| {
    async move {
        let (payload, user) = Payload::of(&job)?;
        let user = tools.db.anonymous().user(user).await?;
        intake::forget(&tools.data_dir, payload.import);
        let reason =
            "Kith could not go on with this import; the log says why. Nothing half done is lost: try it again.";
        tools.db.as_user(&user, async |tx| queries::end(tx, payload.import, State::Failed, Some(reason)).await).await
    }
    .boxed_local()
};

/// What came of a batch.
enum Step {
    More,
    End,
}

async fn read(tools: &Tools, user: &CurrentUser, id: Uuid) -> Result<(), AppError> {
    let import = tools.db.as_user(user, async |tx| queries::find(tx, id).await).await?;
    let Some(path) = import.upload_path.as_deref().filter(|_| import.state() == State::Reading) else {
        return Ok(());
    };
    let path = tools.data_dir.join(path);
    let mut file = Source::open(&path, &import)?;
    file.seen = seen_before(&tools.db, user, &import).await?;
    loop {
        let batch = file.batch()?;
        match tools.db.as_user_for_job(user, async |tx| keep(tx, id, &batch).await).await? {
            Step::More => {}
            Step::End => break,
        }
    }
    let _ = std::fs::remove_file(&path);
    Ok(())
}

/// What the readers of before have seen, for one that goes on.
async fn seen_before(db: &Db, user: &CurrentUser, import: &Import) -> Result<Seen, AppError> {
    let (mut seen, mut after) = (Seen::default(), 0);
    while after < import.items_read {
        let items = db.as_user_for_job(user, async |tx| queries::items_behind(tx, import.id, after).await).await?;
        let Some(last) = items.last() else { break };
        after = last.position;
        for mut item in items {
            let Some(key) = item.source_key.clone() else { continue };
            seen.note_key(&key);
            if let Some(card) = item.take_card()? {
                seen.first_of(&source_key(&card), &card, item.position);
            }
        }
    }
    Ok(seen)
}

/// The file, from where reading goes on.
struct Source {
    reader: Reader<BufReader<File>>,
    seen: Seen,
    next: i32,
    start: (u64, u64),
}

/// Records with their keys, and the place behind them.
struct Batch {
    records: Vec<Entry>,
    start: u64,
    end: (i64, i64),
    is_last: bool,
}

struct Entry {
    position: i32,
    offset: i64,
    line: i64,
    outcome: Result<Found, String>,
}

struct Found {
    key: String,
    card: Card,
    twin_of: Option<i32>,
}

impl Source {
    fn open(path: &Path, import: &Import) -> Result<Self, AppError> {
        let mut file = File::open(path).with_context(|| format!("the uploaded file {}", path.display()))?;
        let start = (import.bytes_read.unsigned_abs(), import.lines_read.unsigned_abs());
        file.seek(SeekFrom::Start(start.0)).context("the uploaded file")?;
        let reader = Reader::new(BufReader::with_capacity(1 << 16, file), start.0, start.1 + 1);
        Ok(Self { reader, seen: Seen::default(), next: import.items_read + 1, start })
    }

    fn batch(&mut self) -> Result<Batch, AppError> {
        let start = self.start.0;
        let (mut records, mut is_last) = (Vec::new(), false);
        while records.len() < BATCH && self.reader.position().0 - start < BATCH_BYTES {
            match self.reader.next() {
                Some(record) => records.push(self.entry(record.context("the uploaded file")?)),
                None => {
                    is_last = true;
                    break;
                }
            }
        }
        self.start = self.reader.position();
        let signed = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        Ok(Batch { records, start, end: (signed(self.start.0), signed(self.start.1.saturating_sub(1))), is_last })
    }

    fn entry(&mut self, record: Record) -> Entry {
        let position = self.next;
        self.next += 1;
        let signed = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let outcome = record.outcome.map(|card| {
            let key = source_key(&card);
            let twin_of = self.seen.first_of(&key, &card, position);
            Found { key: self.seen.key_of(key), card, twin_of }
        });
        Entry { position, offset: signed(record.offset), line: signed(record.line), outcome }
    }
}

/// Matches a batch and keeps it, unless she cancelled meanwhile or another worker was faster.
async fn keep(tx: &mut TenantTx<'_>, id: Uuid, batch: &Batch) -> Result<Step, AppError> {
    let import = queries::lock(tx, id).await?;
    if import.state() != State::Reading || import.bytes_read.unsigned_abs() != batch.start {
        return Ok(Step::End);
    }
    let items = judged(tx, &import, batch).await?;
    let mut counts = Counts::default();
    items.iter().for_each(|item| counts.add(item.status));
    queries::add_items(tx, id, &items, &counts, batch.end).await?;
    if !batch.is_last {
        return Ok(Step::More);
    }
    match nothing_in(&import, batch) {
        Some(reason) => queries::end(tx, id, State::Failed, Some(reason)).await?,
        None => queries::end(tx, id, State::Preview, None).await?,
    }
    Ok(Step::End)
}

/// Why a file that was read to its end has nothing to show.
fn nothing_in(import: &Import, batch: &Batch) -> Option<&'static str> {
    match (import.file_size, import.items_read, batch.records.is_empty()) {
        (0, _, _) => Some("The file is empty."),
        (_, 0, true) => Some("There is no card in this file. A vCard file has lines that say BEGIN:VCARD."),
        _ => None,
    }
}

async fn judged<'a>(tx: &mut TenantTx<'_>, import: &Import, batch: &'a Batch) -> Result<Vec<NewItem<'a>>, AppError> {
    let found: Vec<&Found> = batch.records.iter().filter_map(|entry| entry.outcome.as_ref().ok()).collect();
    let keyed: Vec<Keyed<'_>> = found.iter().map(|found| Keyed { key: &found.key, card: &found.card }).collect();
    let known = Known::load(tx, &import.format, &keyed, false).await?;
    let earlier = earlier_twins(tx, import.id, batch).await?;
    let mut index = 0;
    let mut items = Vec::with_capacity(batch.records.len());
    for entry in &batch.records {
        let mut item = blank(entry);
        if let Ok(found) = &entry.outcome {
            let twin = found.twin_of.and_then(|position| twin(position, batch, &earlier));
            judge(&mut item, &known, index, keyed[index], twin.map(|(line, card)| (found.twin_of, line, card)));
            index += 1;
        }
        items.push(item);
    }
    Ok(items)
}

fn blank(entry: &Entry) -> NewItem<'_> {
    let (title, key) = match &entry.outcome {
        Ok(found) => (found.card.person.shown_name(), Some(found.key.clone())),
        Err(_) => (String::new(), None),
    };
    NewItem {
        position: entry.position,
        byte_offset: entry.offset,
        line: entry.line,
        status: Status::Unreadable,
        title,
        source_key: key,
        card: None,
        contact_id: None,
        reason: entry.outcome.as_ref().err().cloned(),
        twin_of: None,
    }
}

/// Says what a record is to her. `twin` is an earlier card of the same person in this file.
fn judge<'a>(
    item: &mut NewItem<'a>,
    known: &Known,
    index: usize,
    one: Keyed<'a>,
    twin: Option<(Option<i32>, i64, &Card)>,
) {
    item.card = Some(one.card);
    match (known.find(index, one), twin) {
        (Match::Gone(reason), _) => {
            item.status = Status::Ignored;
            item.reason = Some(reason);
        }
        (Match::Somebody { contact, is_known, doubt }, _) => {
            item.contact_id = Some(contact);
            if is_known && known.is_as_last_seen(one) {
                item.status = Status::Unchanged;
                item.card = None;
            } else if let Some(mine) = known.standing.get(&contact) {
                let merged = merge(known.base(one, is_known), one.card, mine, Prefer::Mine);
                (item.status, item.reason) = word(&merged, doubt.as_deref());
            } else {
                (item.status, item.reason) = (Status::Ignored, Some(GONE.to_owned()));
            }
        }
        (Match::Nobody, Some((position, line, leader))) => {
            let merged = merge(None, one.card, leader, Prefer::Mine);
            item.twin_of = position;
            item.status = word(&merged, None).0;
            item.reason = Some(format!("The same person as the card on line {line}."));
        }
        (Match::Nobody, None) => item.status = Status::New,
    }
}

/// The cards of earlier batches that this one's are twins of.
async fn earlier_twins(tx: &mut TenantTx<'_>, id: Uuid, batch: &Batch) -> Result<Vec<(i32, i64, Card)>, AppError> {
    let first = batch.records.first().map_or(0, |entry| entry.position);
    let twins = batch.records.iter().filter_map(|entry| entry.outcome.as_ref().ok()?.twin_of);
    let positions: Vec<i32> = twins.filter(|position| *position < first).collect();
    if positions.is_empty() {
        return Ok(Vec::new());
    }
    let mut twins = Vec::new();
    for mut item in queries::items_at(tx, id, &positions).await? {
        if let Some(card) = item.take_card()? {
            twins.push((item.position, item.line, card));
        }
    }
    Ok(twins)
}

fn twin<'a>(position: i32, batch: &'a Batch, earlier: &'a [(i32, i64, Card)]) -> Option<(i64, &'a Card)> {
    let first = batch.records.first()?.position;
    if position >= first {
        let entry = batch.records.get(usize::try_from(position - first).ok()?)?;
        return Some((entry.line, &entry.outcome.as_ref().ok()?.card));
    }
    earlier.iter().find(|(known, _, _)| *known == position).map(|(_, line, card)| (*line, card))
}
