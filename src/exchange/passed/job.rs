//! The job that takes in what passed: batch by batch, each one transaction with its interactions, the word of each record and
//! the place where the next batch begins. A killed one goes on from there, and none is taken twice.

use std::collections::HashMap;
use std::path::Path;

use anyhow::Context;
use futures_util::FutureExt;
use uuid::Uuid;

use super::answers::Passing;
use super::files::{Batch, Files, signed};
use super::queries::{self, Known, NewItem};
use super::record::{Draft, Outcome, Record};
use crate::accounts::measuring;
use crate::allowance;
use crate::correspondents::gathering::gather;
use crate::db::{CurrentUser, TenantTx};
use crate::error::AppError;
use crate::exchange::intake;
use crate::exchange::model::{Counts, Import, State, Status};
use crate::exchange::parts;
use crate::exchange::queries::{find, lock, take_turn};
use crate::exchange::read::Payload;
use crate::interactions::model::Interaction;
use crate::interactions::queries::addresses::{self, AddressRow};
use crate::interactions::queries::{Origin, import_many, threads};
use crate::jobs::{self, Tools, Work};
use crate::text::fold::fold;

/// The kind of the job.
pub const KIND: &str = "import.pass";

/// Takes in an import of what passed to its end, or until she stops it.
pub const WORK: Work = |tools, job| {
    async move {
        let (payload, user) = Payload::of(&job)?;
        let user = tools.db.anonymous().user(user).await?;
        run(&tools, &user, payload.import).await
    }
    .boxed_local()
};

/// Says of an import that its job failed for good. Its file stays, so that it can go on.
pub const GIVE_UP: Work = |tools, job| {
    async move {
        let (payload, user) = Payload::of(&job)?;
        let user = tools.db.anonymous().user(user).await?;
        let reason = "Kith could not go on with this import; the log says why. What was imported stays.";
        tools.db.as_user(&user, async |tx| queries::break_off(tx, payload.import, reason).await).await
    }
    .boxed_local()
};

/// Puts the job into the queue of the server that holds the file.
pub(super) async fn enqueue(tx: &mut TenantTx<'_>, place: &str, id: Uuid) -> Result<(), AppError> {
    let payload = serde_json::to_value(Payload::of_import(id)).map_err(anyhow::Error::from)?;
    jobs::enqueue(tx, KIND, &payload, Some(place)).await
}

/// Goes on with an import that she stopped, or that broke off. Says whether there is one.
///
/// # Errors
/// When the database does not take it.
pub async fn go_on(tx: &mut TenantTx<'_>, data_dir: &Path, id: Uuid) -> Result<bool, AppError> {
    let import = lock(tx, id).await?;
    let is_stopped = matches!(import.state(), State::Paused | State::Failed) && import.change_set_id.is_some();
    if import.passing.is_none() || !is_stopped || import.going.is_some() {
        return Ok(false);
    }
    let place = jobs::place(data_dir).context("naming the data folder")?;
    queries::go_on(tx, id).await?;
    enqueue(tx, &place, id).await?;
    Ok(true)
}

async fn run(tools: &Tools, user: &CurrentUser, id: Uuid) -> Result<(), AppError> {
    let db = &tools.db;
    let (import, parts) = db.as_user(user, async |tx| Ok((find(tx, id).await?, parts::of(tx, id).await?))).await?;
    let (Some(change_set), Some(passing)) = (import.change_set_id, Passing::of(&import)?) else { return Ok(()) };
    if import.state() != State::Applying {
        return Ok(());
    }
    let mut files = Files::open(&tools.data_dir, parts, &import, passing)?;
    let mut looked_from = LOOKED_FROM;
    let (mut taken, mut step) = (0, Step::More);
    while step == Step::More {
        let batch = files.batch()?;
        taken += batch.records.len();
        step = match db.as_import(user, id, change_set, async |tx| keep(tx, id, &batch).await).await {
            // What is imported stands, and it goes on when there is room.
            Err(AppError::Limit(says)) => {
                db.as_user(user, async |tx| queries::break_off(tx, id, &says).await).await?;
                Step::Stop
            }
            step => step?,
        };
        if taken >= looked_from {
            db.as_user_for_job(user, async |tx| queries::refresh_statistics(tx).await).await?;
            looked_from = taken * 2;
        }
    }
    if step == Step::Done {
        intake::forget(&tools.data_dir, id);
    }
    match db.limits_of(user.tier()).megabytes {
        Some(_) => db.as_user(user, async |tx| measuring::enqueue(tx).await).await,
        None => Ok(()),
    }
}

/// Records after which PostgreSQL is told to look at what it holds, and again at each twofold: until it knows that the
/// tables have rows, each foreign key is checked by reading a table whole.
const LOOKED_FROM: usize = 200;

/// What came of a batch.
#[derive(PartialEq, Eq)]
enum Step {
    More,
    /// She stopped it, or another worker was faster.
    Stop,
    Done,
}

/// Takes a batch in, unless she stopped it meanwhile or another worker was faster.
async fn keep(tx: &mut TenantTx<'_>, id: Uuid, batch: &Batch) -> Result<Step, AppError> {
    let import = lock(tx, id).await?;
    if import.state() != State::Applying || import.bytes_read.unsigned_abs() != batch.start {
        return Ok(Step::Stop);
    }
    take_turn(tx).await?;
    if let Some(says) = allowance::refusal_of_bytes(tx, signed(batch.bytes())).await? {
        return Err(AppError::Limit(says));
    }
    let mut judged = Judged::load(tx, batch).await?;
    let first = import.items_read + 1;
    let items: Vec<NewItem<'_>> = (first..).zip(&batch.records).map(|(at, one)| judged.item(batch, at, one)).collect();
    judged.write(tx).await?;
    let mut counts = Counts::default();
    items.iter().for_each(|item| counts.add(item.status));
    let mut passing = Passing::of(&import)?.unwrap_or_default();
    for item in items.iter().filter(|item| item.status == Status::Ignored) {
        *passing.ignored.entry(item.reason.clone().unwrap_or_default()).or_default() += 1;
    }
    queries::keep(tx, id, &items, &counts, batch.end, &passing).await?;
    if !batch.is_last {
        return Ok(Step::More);
    }
    end(tx, &import, batch).await?;
    Ok(Step::Done)
}

async fn end(tx: &mut TenantTx<'_>, import: &Import, batch: &Batch) -> Result<(), AppError> {
    if import.items_read == 0 && batch.records.is_empty() {
        let reason = "There is nothing in this file that Kith could read.";
        return crate::exchange::queries::end(tx, import.id, State::Failed, Some(reason)).await;
    }
    queries::end(tx, import.id).await
}

/// What a batch will do.
struct Judged<'a> {
    known: HashMap<(&'a str, &'a str), Known>,
    new: Vec<(Uuid, &'a Draft)>,
}

/// What is said of a message whose interaction she put into the trash: a file does not bring it back.
const IN_TRASH: &str = "It is in the trash.";

impl<'a> Judged<'a> {
    async fn load(tx: &mut TenantTx<'_>, batch: &'a Batch) -> Result<Self, AppError> {
        let drafts = batch.records.iter().filter_map(|record| match &record.outcome {
            Outcome::Found(drafts, _) => Some(drafts),
            _ => None,
        });
        let keys: Vec<(&str, &str)> = drafts.flatten().map(|one| (one.namespace, one.external_id.as_str())).collect();
        let rows = queries::known(tx, &keys).await?;
        let by_key: HashMap<(String, String), Known> = rows.into_iter().collect();
        let known = keys.into_iter().filter_map(|(kind, id)| {
            let known = by_key.get(&(kind.to_owned(), id.to_owned()))?;
            Some(((kind, id), *known))
        });
        Ok(Self { known: known.collect(), new: Vec::new() })
    }

    /// The word of a record; what it brings is noted, to be written with the others.
    fn item(&mut self, batch: &Batch, position: i32, record: &'a Record) -> NewItem<'a> {
        let mut item = NewItem {
            part: batch.part,
            position,
            byte_offset: signed(record.offset),
            line: signed(record.line),
            status: Status::Unreadable,
            title: &record.title,
            interaction_id: None,
            reason: None,
        };
        match &record.outcome {
            Outcome::Unreadable(reason) => item.reason = Some(reason.clone()),
            Outcome::Ignored(reason) => {
                item.status = Status::Ignored;
                item.reason = Some(reason.clone().into_owned());
            }
            Outcome::Found(drafts, note) => {
                item.status = Status::Unchanged;
                item.reason.clone_from(note);
                let before = self.new.len();
                let mut is_trashed = !drafts.is_empty();
                for draft in drafts {
                    let known = self.meet(draft);
                    is_trashed &= known.is_trashed;
                    item.interaction_id = item.interaction_id.or(Some(known.interaction));
                }
                if self.new.len() > before {
                    item.status = Status::New;
                } else if is_trashed {
                    item.status = Status::Ignored;
                    item.reason = Some(IN_TRASH.to_owned());
                }
            }
        }
        item
    }

    fn meet(&mut self, draft: &'a Draft) -> Known {
        let key = (draft.namespace, draft.external_id.as_str());
        *self.known.entry(key).or_insert_with(|| {
            let interaction = Uuid::now_v7();
            self.new.push((interaction, draft));
            Known { interaction, is_trashed: false }
        })
    }

    /// A fixed number of statements, however many records.
    async fn write(&self, tx: &mut TenantTx<'_>) -> Result<(), AppError> {
        if self.new.is_empty() {
            return Ok(());
        }
        let new: Vec<(Uuid, Interaction)> =
            self.new.iter().map(|(id, draft)| (*id, draft.interaction.clone())).collect();
        let threads = self.threads(tx).await?;
        let origin = |(id, draft): &(Uuid, &'a Draft)| Origin {
            source: draft.source,
            namespace: draft.namespace,
            id: &draft.external_id,
            thread: threads.get(id).copied(),
        };
        let origins: Vec<Origin<'_>> = self.new.iter().map(origin).collect();
        import_many(tx, &new, &origins).await?;
        let rows = self.new.iter().flat_map(|(id, draft)| {
            (0..).zip(&draft.addresses).map(|(position, one)| AddressRow {
                interaction: *id,
                position,
                role: one.role,
                address: one.address.clone(),
                name: one.name.clone(),
                is_own: one.is_own,
            })
        });
        addresses::add(tx, &rows.collect::<Vec<_>>()).await?;
        while gather(tx).await? {}
        Ok(())
    }

    async fn threads(&self, tx: &mut TenantTx<'_>) -> Result<HashMap<Uuid, Uuid>, AppError> {
        let messages = self.new.iter().filter_map(|(id, draft)| {
            let thread = draft.thread.as_ref()?;
            let named = draft.addresses.iter().filter(|one| matches!(one.role, "from" | "to" | "cc"));
            Some(threads::Message {
                interaction: *id,
                message_id: Some(thread.message_id.clone()),
                references: thread.references.clone(),
                subject: fold(&thread.subject),
                is_reply: thread.is_answer,
                people: named.map(|one| one.address.clone()).collect(),
                sent_at: draft.interaction.when.at,
            })
        });
        let messages: Vec<threads::Message> = messages.collect();
        if messages.is_empty() {
            return Ok(HashMap::new());
        }
        let threads = threads::assign(tx, &messages).await?;
        Ok(messages.iter().map(|one| one.interaction).zip(threads).collect())
    }
}
