//! What she does with an occurrence: each answers whether there was one, so that what is sent twice is done once.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Bool, Nullable, Text, Timestamp, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::making::{PutOff, make, refresh};
use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;
use crate::reminders::model::State;

#[derive(QueryableByName)]
struct Which {
    #[diesel(sql_type = Timestamp)]
    occurs_at_local: NaiveDateTime,
}

/// The one that is meant: that which is named, else the next.
const MEANT: &str = "o.reminder_id = ? and o.state = 'open' and o.occurs_at_local = coalesce(?, (select n.occurs_at_local \
     from reminder_occurrences n where n.reminder_id = ? and n.state = 'open' order by n.rings_at, n.occurs_at_local limit 1))";

/// Settles an occurrence; which one it was, if it was open.
///
/// # Errors
/// When the database fails.
pub async fn settle(
    tx: &mut TenantTx<'_>,
    id: Uuid,
    which: Option<NaiveDateTime>,
    state: State,
) -> Result<Option<NaiveDateTime>, AppError> {
    let query = prepared(
        format!(
            "update reminder_occurrences o set state = ?, settled_at = now() where {MEANT} returning o.occurs_at_local"
        ),
        (
            bind::<Text, _>(state.word()),
            bind::<SqlUuid, _>(id),
            bind::<Nullable<Timestamp>, _>(which),
            bind::<SqlUuid, _>(id),
        ),
    );
    let settled: Option<Which> = query.load(tx).await?.pop();
    refresh(tx, &[id]).await?;
    Ok(settled.map(|row| row.occurs_at_local))
}

/// Puts an occurrence off, and no other; which one it was, if it was open.
///
/// # Errors
/// When the database fails.
pub async fn snooze(
    tx: &mut TenantTx<'_>,
    id: Uuid,
    which: Option<NaiveDateTime>,
    until: DateTime<Utc>,
) -> Result<Option<NaiveDateTime>, AppError> {
    let query = prepared(
        format!("update reminder_occurrences o set snoozed_until = ? where {MEANT} returning o.occurs_at_local"),
        (
            bind::<Timestamptz, _>(until),
            bind::<SqlUuid, _>(id),
            bind::<Nullable<Timestamp>, _>(which),
            bind::<SqlUuid, _>(id),
        ),
    );
    let snoozed: Option<Which> = query.load(tx).await?.pop();
    refresh(tx, &[id]).await?;
    Ok(snoozed.map(|row| row.occurs_at_local))
}

/// Leaves out all that have come due but the last.
///
/// # Errors
/// When the database fails.
pub async fn skip_missed(tx: &mut TenantTx<'_>, id: Uuid) -> Result<usize, AppError> {
    let query = prepared(
        "update reminder_occurrences o set state = 'skipped', settled_at = now() where o.reminder_id = ? and o.state = 'open' \
             and o.due_at < (select max(n.due_at) from reminder_occurrences n \
                 where n.reminder_id = o.reminder_id and n.state = 'open' and n.due_at <= now())",
        (bind::<SqlUuid, _>(id),),
    );
    let skipped = query.execute(tx).await?;
    refresh(tx, &[id]).await?;
    Ok(skipped)
}

/// Ends the reminder: what is due, or else what comes next, is dismissed, and there is nothing behind it.
///
/// # Errors
/// When the database fails.
pub async fn dismiss(tx: &mut TenantTx<'_>, id: Uuid) -> Result<(), AppError> {
    let end = prepared(
        "update reminders set dismissed_at = now() where id = ? and dismissed_at is null",
        (bind::<SqlUuid, _>(id),),
    );
    end.execute(tx).await?;
    let settle = prepared(
        "update reminder_occurrences o set state = 'dismissed', settled_at = now() where o.reminder_id = ? and o.state = 'open' \
             and o.due_at <= greatest(now(), (select min(n.due_at) from reminder_occurrences n \
                 where n.reminder_id = o.reminder_id and n.state = 'open'))",
        (bind::<SqlUuid, _>(id),),
    );
    settle.execute(tx).await?;
    make(tx, &[id]).await
}

/// This occurrence is a reminder of its own from now on.
///
/// # Errors
/// When the database fails.
pub async fn move_apart(tx: &mut TenantTx<'_>, id: Uuid, which: NaiveDateTime) -> Result<(), AppError> {
    let query = prepared(
        "update reminder_occurrences set state = 'moved', settled_at = now() where reminder_id = ? and state = 'open' and occurs_at_local = ?",
        (bind::<SqlUuid, _>(id), bind::<Timestamp, _>(which)),
    );
    query.execute(tx).await?;
    Ok(())
}

/// Likewise all that have come due from this one on: those that are to come are made of the other reminder.
///
/// # Errors
/// When the database fails.
pub async fn move_due(tx: &mut TenantTx<'_>, id: Uuid, from: NaiveDateTime) -> Result<(), AppError> {
    let query = prepared(
        "update reminder_occurrences set state = 'moved', settled_at = now() where reminder_id = ? and state = 'open' \
             and occurs_at_local >= ? and due_at <= now()",
        (bind::<SqlUuid, _>(id), bind::<Timestamp, _>(from)),
    );
    query.execute(tx).await?;
    Ok(())
}

/// What is put off of those from this one on, or of this one alone.
///
/// # Errors
/// When the database fails.
pub async fn put_off(
    tx: &mut TenantTx<'_>,
    id: Uuid,
    from: NaiveDateTime,
    is_alone: bool,
) -> Result<Vec<PutOff>, AppError> {
    let query = prepared(
        "select occurs_at_local, snoozed_until from reminder_occurrences where reminder_id = ? and state = 'open' \
             and snoozed_until is not null and occurs_at_local >= ? and (occurs_at_local = ? or not ?)",
        (bind::<SqlUuid, _>(id), bind::<Timestamp, _>(from), bind::<Timestamp, _>(from), bind::<Bool, _>(is_alone)),
    );
    Ok(query.load(tx).await?)
}

/// What was done or left out already of those that are another reminder's from now on becomes that one's: it would come again
/// there.
pub(super) async fn hand_over(tx: &mut TenantTx<'_>, id: Uuid, to: Uuid, from: NaiveDateTime) -> Result<(), AppError> {
    let query = prepared(
        "with settled as (delete from reminder_occurrences o where o.reminder_id = ? and o.occurs_at_local >= ? \
             and o.state in ('completed', 'skipped') returning o.occurs_at_local, o.due_at, o.state, o.snoozed_until, o.settled_at) \
         insert into reminder_occurrences (reminder_id, occurs_at_local, due_at, state, snoozed_until, settled_at) \
         select ?, s.* from settled s",
        (bind::<SqlUuid, _>(id), bind::<Timestamp, _>(from), bind::<SqlUuid, _>(to)),
    );
    query.execute(tx).await?;
    Ok(())
}
