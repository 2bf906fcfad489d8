//! The job that takes in what passed: batch by batch, each one transaction with its interactions, the word of each record and
//! the place where the next batch begins. A killed one goes on from there, and none is taken twice.

use std::path::Path;
use std::rc::Rc;

use anyhow::Context;
use futures_util::FutureExt;
use uuid::Uuid;

use super::answers::Passing;
use super::directory::Directory;
use super::files::{Batch, Files, Reading, signed};
use super::judged::Judged;
use super::meeting::CUT;
use super::queries::{self, NewItem};
use super::{one_way, own};
use crate::accounts::measuring;
use crate::allowance;
use crate::db::{CurrentUser, TenantTx};
use crate::error::AppError;
use crate::exchange::calendar::unknown_zones;
use crate::exchange::intake;
use crate::exchange::model::{Counts, Import, State, Status};
use crate::exchange::parts::{self, Part};
use crate::exchange::payload::Payload;
use crate::exchange::queries::{find, lock, take_turn};
use crate::jobs::{self, Tools, Work};

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
    let (parts, reading) = reading(tools, user, (parts, passing, change_set)).await?;
    let mut files = Files::open(&tools.data_dir, parts, &import, reading)?;
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

/// By what the files of an import are understood, once what came before follows the addresses that are said anew. Mail is looked
/// at whole for senders who only ever wrote to her; on another thread, so that the lease is kept meanwhile.
async fn reading(
    tools: &Tools,
    user: &CurrentUser,
    (parts, passing, change_set): (Vec<Part>, Passing, Uuid),
) -> Result<(Vec<Part>, Reading), AppError> {
    let db = &tools.db;
    let follow = async |tx: &mut TenantTx<'_>| {
        take_turn(tx).await?;
        own::follow(tx, &passing.fresh).await
    };
    while !passing.fresh.is_empty() && db.as_change_set(user, change_set, follow).await? {}
    let directory = if parts.iter().any(|part| part.is_read() && part.is_table_of_what_passed()) {
        db.as_user_for_job(user, async |tx| Directory::load(tx).await).await?
    } else {
        Directory::default()
    };
    let (data_dir, own) = (tools.data_dir.clone(), passing.own.clone());
    let looking = move || {
        let senders = one_way::unanswered(&data_dir, &parts, &own);
        (parts, senders)
    };
    let (parts, senders) = tokio::task::spawn_blocking(looking).await.map_err(anyhow::Error::from)?;
    let senders = senders?;
    let strangers = match senders.is_empty() {
        true => Vec::new(),
        false => db.as_user_for_job(user, async |tx| queries::strangers(tx, &senders).await).await?,
    };
    let one_way = Rc::new(strangers.into_iter().collect());
    Ok((parts, Reading { passing, zone: user.time_zone(), directory: Rc::new(directory), one_way }))
}

/// Records after which PostgreSQL is told to look at what it holds, and again at each twofold: until it knows that the
/// tables have rows, each foreign key is checked by reading a table whole.
const LOOKED_FROM: usize = 200;

/// Events of which it is told with the import, too, how much of them is left out.
const MOST_CUT: usize = 20;

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
    let mut judged = Judged::load(tx, batch, false).await?;
    let first = import.items_read + 1;
    let items: Vec<NewItem<'_>> = (first..).zip(&batch.records).map(|(at, one)| judged.item(batch, at, one)).collect();
    judged.write(tx).await?;
    let mut counts = Counts::default();
    items.iter().for_each(|item| counts.add(item.status));
    let mut passing = Passing::of(&import)?.unwrap_or_default();
    for item in items.iter().filter(|item| item.status == Status::Ignored) {
        *passing.ignored.entry(item.reason.clone().unwrap_or_default()).or_default() += 1;
    }
    let cut =
        items.iter().filter_map(|item| Some(item).zip(item.reason.as_ref().filter(|reason| reason.contains(CUT))));
    let cut: Vec<String> = cut.map(|(item, reason)| format!("{}: {reason}", item.title)).collect();
    let room = MOST_CUT.saturating_sub(passing.cut.len());
    passing.cut.extend(cut.into_iter().take(room));
    for zone in items.iter().filter_map(|item| item.reason.as_deref()).flat_map(unknown_zones) {
        if passing.unknown_zones.len() < MOST_CUT {
            passing.unknown_zones.insert(zone.to_owned());
        }
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
