//! The job that reads an upload: batch by batch it understands, matches and keeps records with the place
//! where the next batch begins, so that a killed one goes on from there.

use futures_util::FutureExt;
use uuid::Uuid;

use super::account::restore;
use super::card::Card;
use super::intake::{self, Again};
use super::items::{self, NewItem};
use super::mapping;
use super::matching::{GONE, Keyed, Known, Match, Seen, word};
use super::merge::Prefer;
use super::model::{Counts, Import, State, Status};
use super::parts::{self, Part};
use super::passed::{self, Looked};
use super::payload::Payload;
use super::photos;
use super::queries;
use super::record::Remark;
use super::records::{Batch, Entry, Found, Records};
use super::source_key::source_key;
use super::survey;
use crate::contacts::fields::queries::definitions;
use crate::db::{CurrentUser, Db, TenantTx};
use crate::error::AppError;
use crate::jobs::{Tools, Work};

/// Bytes to which an archive is unpacked where nobody says.
const UNPACKED: u64 = 200 << 20;

/// Reads the file of an import to its end.
pub const WORK: Work = |tools, job| {
    async move {
        let (payload, user) = Payload::of(&job)?;
        let user = tools.db.anonymous().user(user).await?;
        read(&tools, &user, payload).await
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

async fn read(tools: &Tools, user: &CurrentUser, payload: Payload) -> Result<(), AppError> {
    let id = payload.import;
    let import = tools.db.as_user(user, async |tx| queries::find(tx, id).await).await?;
    let Some(path) = import.upload_path.as_deref().filter(|_| import.state() == State::Reading) else {
        return Ok(());
    };
    if import.format == "json" || import.format == "auto" && restore::is_document(&tools.data_dir.join(path)) {
        restore::read_back(tools, user, id, path).await?;
        intake::forget(&tools.data_dir, id);
        return Ok(());
    }
    let Some(parts) = parts_of(tools, user, &import, path, payload).await? else {
        return Ok(());
    };
    let is_asked_about = parts.iter().any(Part::is_asked_about);
    let mut records = Records::open(&tools.data_dir, parts, &import)?;
    records.seen = seen_before(&tools.db, user, &import).await?;
    let fields = tools.db.as_user(user, async |tx| definitions(tx).await).await?;
    loop {
        let mut batch = records.batch()?;
        batch.settle(&fields);
        photos::take_out(&mut batch).await?;
        match tools.db.as_user_for_job(user, async |tx| keep(tx, id, &batch).await).await? {
            Step::More => {}
            Step::End => break,
        }
    }
    // A table may have to be read again, once she sees what became of its columns.
    if !is_asked_about {
        intake::forget(&tools.data_dir, id);
    }
    Ok(())
}

/// The files of an upload; none where it ends here: it is refused, or she has to say what the columns are.
async fn parts_of(
    tools: &Tools,
    user: &CurrentUser,
    import: &Import,
    upload: &str,
    payload: Payload,
) -> Result<Option<Vec<Part>>, AppError> {
    let limit = payload.limit.unwrap_or(UNPACKED);
    let known = tools.db.as_user(user, async |tx| parts::of(tx, import.id).await).await?;
    if !known.is_empty() {
        return Ok(Some(known));
    }
    let (data_dir, path) = (tools.data_dir.clone(), upload.to_owned());
    let (name, asked) = (import.file_name.clone(), import.format.clone());
    // An archive takes its time; the lease is kept meanwhile.
    let surveying = move || survey::survey(&data_dir, &path, &name, &asked, limit);
    let surveyed = tokio::task::spawn_blocking(surveying).await.map_err(anyhow::Error::from)??;
    let rest = match &surveyed {
        Ok(surveyed) if surveyed.has_rest => Some(intake::again(&tools.data_dir, import, upload, payload)?),
        _ => None,
    };
    let rested = rest.as_ref();
    let recorded = tools
        .db
        .as_user_for_job(user, async |tx| record(tx, import, &surveyed, rested, payload.with_lists).await)
        .await;
    let parts = match (recorded, &rest) {
        (Ok((parts, true)), _) | (Ok((parts, false)), None) => parts,
        (recorded, rest) => {
            rest.iter().for_each(|rest| intake::forget(&tools.data_dir, rest.id));
            recorded?.0
        }
    };
    if parts.is_none() {
        let state = tools.db.as_user(user, async |tx| queries::find(tx, import.id).await).await?.state();
        if state == State::Failed {
            intake::forget(&tools.data_dir, import.id);
        }
    }
    Ok(parts)
}

/// Puts on record what an upload is, and the import of its rest; says whether that was still to be done.
async fn record(
    tx: &mut TenantTx<'_>,
    import: &Import,
    surveyed: &Result<survey::Surveyed, String>,
    rest: Option<&Again>,
    with_lists: bool,
) -> Result<(Option<Vec<Part>>, bool), AppError> {
    if queries::lock(tx, import.id).await?.state() != State::Reading {
        return Ok((None, false));
    }
    if let Some(rest) = rest {
        rest.record(tx, import).await?;
    }
    Ok((record_parts(tx, import, surveyed, with_lists).await?, true))
}

async fn record_parts(
    tx: &mut TenantTx<'_>,
    import: &Import,
    surveyed: &Result<survey::Surveyed, String>,
    with_lists: bool,
) -> Result<Option<Vec<Part>>, AppError> {
    let (format, mut parts) = match surveyed {
        Ok(surveyed) => (surveyed.format, surveyed.parts.clone()),
        Err(reason) => {
            queries::end(tx, import.id, State::Failed, Some(reason)).await?;
            return Ok(None);
        }
    };
    mapping::recall(tx, &mut parts).await?;
    parts::add(tx, import.id, format, &parts).await?;
    let is_settled = parts.iter().all(|part| part.is_settled);
    let is_passing = parts.iter().any(|part| part.is_read() && part.is_of_what_passed());
    let looked = surveyed.as_ref().ok().and_then(|surveyed| surveyed.looked.as_ref());
    // What mail tells is kept where the columns of a table beside it are asked about first.
    if is_passing && (is_settled || looked.is_some()) {
        passed::ask(tx, import.id, looked.unwrap_or(&Looked::default()), &parts, with_lists).await?;
    }
    if !is_settled {
        queries::stay(tx, import.id, State::Mapping).await?;
    }
    Ok((is_settled && !is_passing).then_some(parts))
}

/// What the readers of before have seen, for one that goes on.
async fn seen_before(db: &Db, user: &CurrentUser, import: &Import) -> Result<Seen, AppError> {
    let (mut seen, mut after) = (Seen::new(user.country()), 0);
    while after < import.items_read {
        let items = db.as_user_for_job(user, async |tx| items::behind(tx, import.id, after).await).await?;
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

/// Matches a batch and keeps it, unless she cancelled meanwhile or another worker was faster.
async fn keep(tx: &mut TenantTx<'_>, id: Uuid, batch: &Batch) -> Result<Step, AppError> {
    let import = queries::lock(tx, id).await?;
    if import.state() != State::Reading || import.bytes_read.unsigned_abs() != batch.start {
        return Ok(Step::End);
    }
    let items = judged(tx, &import, batch).await?;
    let mut counts = Counts::default();
    items.iter().for_each(|item| counts.add(item.status));
    photos::keep(tx, &batch.photos).await?;
    items::add(tx, id, &items, &counts, batch.end).await?;
    if is_too_long(import.items_read, batch.records.len()) {
        queries::end(tx, id, State::Failed, Some(TOO_LONG)).await?;
        return Ok(Step::End);
    }
    if !batch.is_last {
        return Ok(Step::More);
    }
    match nothing_in(&import, batch) {
        Some(reason) => queries::end(tx, id, State::Failed, Some(reason)).await?,
        None => queries::end(tx, id, State::Preview, None).await?,
    }
    Ok(Step::End)
}

const TOO_LONG: &str =
    "There are more than a million records in this file. Split it, and import one part after the other.";

/// No address book has a million records, but forty megabytes of nothing but BEGIN:VCARD have, and each is kept.
fn is_too_long(read: i32, more: usize) -> bool {
    usize::try_from(read).unwrap_or_default() + more > 1_000_000
}

/// Why a file that was read to its end has nothing to show.
fn nothing_in(import: &Import, batch: &Batch) -> Option<&'static str> {
    match (import.items_read, batch.records.is_empty(), import.format.as_str()) {
        (0, true, "vcard") => Some("There is no card in this file. A vCard file has lines that say BEGIN:VCARD."),
        (0, true, _) => Some("There is nobody in this file."),
        _ => None,
    }
}

async fn judged<'a>(tx: &mut TenantTx<'_>, import: &Import, batch: &'a Batch) -> Result<Vec<NewItem<'a>>, AppError> {
    let found: Vec<&Found> = batch.records.iter().filter_map(|entry| entry.outcome.as_ref().ok()).collect();
    let keyed: Vec<Keyed<'_>> =
        found.iter().map(|found| Keyed { source: &batch.source, key: &found.key, card: &found.card }).collect();
    let known = Known::load(tx, &keyed, false).await?;
    let earlier = earlier_twins(tx, import.id, batch).await?;
    let mut index = 0;
    let mut items = Vec::with_capacity(batch.records.len());
    for entry in &batch.records {
        let mut item = blank(batch.part, entry);
        if let Ok(found) = &entry.outcome {
            let twin = found.twin_of.and_then(|position| twin(position, batch, &earlier));
            judge(&mut item, &known, index, keyed[index], twin.map(|(line, card)| (found.twin_of, line, card)));
            if found.remark.is_some_and(Remark::leaves_out) && !was_here(&known.find(index, keyed[index])) {
                (item.status, item.contact_id, item.reason) = (Status::Ignored, None, None);
            }
            for note in found.remark.map(Remark::says).into_iter().chain(found.note.as_deref()) {
                item.reason = Some(item.reason.map_or_else(|| note.to_owned(), |reason| format!("{reason} {note}")));
            }
            index += 1;
        }
        items.push(item);
    }
    Ok(items)
}

/// Whether a record was taken in before, so that what came of it goes on.
fn was_here(found: &Match) -> bool {
    matches!(found, Match::Somebody { is_known: true, .. } | Match::Gone(_))
}

fn blank(part: i32, entry: &Entry) -> NewItem<'_> {
    let (title, key) = match &entry.outcome {
        Ok(found) => (found.card.person.shown_name(), Some(found.key.clone())),
        Err(_) => (String::new(), None),
    };
    NewItem {
        part,
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
                let merged = known.merge(known.base(one, is_known), one.card, mine, Prefer::Mine);
                (item.status, item.reason) = word(&merged, doubt.as_deref());
            } else {
                (item.status, item.reason) = (Status::Ignored, Some(GONE.to_owned()));
            }
        }
        (Match::Nobody, Some((position, line, leader))) => {
            let merged = known.merge(None, one.card, leader, Prefer::Mine);
            item.twin_of = position;
            let doubt = known.contrary(one.card, leader);
            item.status = word(&merged, doubt.as_deref()).0;
            item.reason = doubt.or_else(|| Some(format!("The same person as the record on line {line}.")));
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
    for mut item in items::at(tx, id, &positions).await? {
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

#[cfg(test)]
mod tests {
    use super::is_too_long;

    #[test]
    fn a_million_records_are_read_and_not_one_more() {
        assert!(!is_too_long(999_500, 500));
        assert!(is_too_long(999_501, 500));
    }
}
