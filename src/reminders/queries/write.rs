//! Writing reminders, with the occurrences that follow.

use chrono::NaiveDateTime;
use diesel::QueryableByName;
use diesel::sql_types::{Bool, Integer, Jsonb, Nullable, Text, Timestamp, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use serde_json::{Value, json};
use uuid::Uuid;

use super::making::{PutOff, make, make_edited, make_part};
use super::settling::hand_over;
use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;
use crate::reminders::model::Reminder;
use crate::reminders::schedule::{Clock, Schedule};

/// What a row is written from.
const RECORD: &str = "(id uuid, contact_id uuid, title text, note text, starts_at timestamp, is_day boolean, zone text, \
     recurrence_rule text, exdates timestamp[], advance_days smallint, due_at timestamptz)";

fn row(id: Uuid, reminder: &Reminder, clock: Clock) -> Value {
    let Schedule { starts_at, is_day, zone, rule, except } = &reminder.schedule;
    json!({
        "id": id, "contact_id": reminder.contact, "title": reminder.title, "note": reminder.note,
        "starts_at": starts_at, "is_day": is_day, "zone": zone.map(chrono_tz::Tz::name),
        "recurrence_rule": rule.as_ref().map(ToString::to_string), "exdates": except,
        "advance_days": reminder.advance_days, "due_at": reminder.schedule.due(*starts_at, clock),
    })
}

/// What a reminder is that was a part of another until it was edited apart.
#[derive(Debug, Clone)]
pub struct Part {
    /// Of which.
    pub of: Uuid,
    /// What it shares with those that were one with it.
    pub series: Uuid,
    /// From which occurrence on.
    pub since: NaiveDateTime,
    /// Whether it is that one alone.
    pub is_alone: bool,
    /// What of it was put off.
    pub put_off: Vec<PutOff>,
}

/// Adds reminders, which are `part` of another where they were edited apart from it.
///
/// # Errors
/// When the database fails.
pub async fn insert_many(
    tx: &mut TenantTx<'_>,
    new: &[(Uuid, Reminder)],
    clock: Clock,
    part: Option<&Part>,
) -> Result<(), AppError> {
    let alone = part.filter(|part| part.is_alone);
    let rows = new.iter().map(|(id, reminder)| row(*id, reminder, clock)).collect();
    let insert = prepared(
        format!(
            "insert into reminders (id, contact_id, title, note, starts_at, is_day, zone, recurrence_rule, exdates, advance_days, due_at, series_id, apart_from, apart_at) \
             select r.id, r.contact_id, r.title, r.note, r.starts_at, r.is_day, r.zone, r.recurrence_rule, r.exdates, r.advance_days, r.due_at, ?, ?, ? \
             from jsonb_to_recordset(?) as r{RECORD}"
        ),
        (
            bind::<Nullable<SqlUuid>, _>(part.map(|part| part.series)),
            bind::<Nullable<SqlUuid>, _>(alone.map(|part| part.of)),
            bind::<Nullable<Timestamp>, _>(alone.map(|part| part.since)),
            bind::<Jsonb, _>(Value::Array(rows)),
        ),
    );
    insert.execute(tx).await?;
    match (part, new) {
        (Some(part), [(id, _)]) => {
            if !part.is_alone {
                hand_over(tx, part.of, *id, part.since).await?;
            }
            make_part(tx, *id, part.since, &part.put_off).await
        }
        _ => make(tx, &new.iter().map(|(id, _)| *id).collect::<Vec<_>>()).await,
    }
}

#[derive(QueryableByName)]
struct Locked {
    #[diesel(sql_type = Integer)]
    version: i32,
    #[diesel(sql_type = Nullable<Text>)]
    zone: Option<String>,
    #[diesel(sql_type = Bool)]
    is_day: bool,
}

/// Holds a reminder until the end of this transaction, if it still is at `version`; by which clock it goes.
async fn lock(tx: &mut TenantTx<'_>, id: Uuid, version: i32) -> Result<Locked, AppError> {
    let query = prepared(
        "select version, zone, is_day from reminders where id = ? and deleted_at is null for update",
        (bind::<SqlUuid, _>(id),),
    );
    let stored: Locked = query.load(tx).await?.pop().ok_or(AppError::NotFound)?;
    if stored.version == version { Ok(stored) } else { Err(AppError::Conflict) }
}

/// Overwrites a reminder, if it still is at `version`. Where it repeated and no longer does, what has come due of it is
/// left out.
///
/// # Errors
/// `NotFound` where there is none outside the trash, `Conflict` where somebody saved a newer version.
pub async fn update(
    tx: &mut TenantTx<'_>,
    id: Uuid,
    reminder: &Reminder,
    clock: Clock,
    version: i32,
) -> Result<(), AppError> {
    let was = lock(tx, id, version).await?;
    let schedule = &reminder.schedule;
    if schedule.rule.is_none() {
        let leave = prepared(
            "update reminder_occurrences o set state = 'skipped', settled_at = now() where o.reminder_id = ? and o.state = 'open' \
                 and o.due_at <= now() and exists (select from reminders r where r.id = o.reminder_id and r.recurrence_rule is not null)",
            (bind::<SqlUuid, _>(id),),
        );
        leave.execute(tx).await?;
    }
    let update = prepared(
        format!(
            "update reminders t set (contact_id, title, note, starts_at, is_day, zone, recurrence_rule, exdates, advance_days) = \
                 (r.contact_id, r.title, r.note, r.starts_at, r.is_day, r.zone, r.recurrence_rule, r.exdates, r.advance_days) \
             from jsonb_to_record(?) as r{RECORD} where t.id = r.id"
        ),
        (bind::<Jsonb, _>(row(id, reminder, clock)),),
    );
    update.execute(tx).await?;
    let is_elsewhere = (was.zone.as_deref(), was.is_day) != (schedule.zone.map(chrono_tz::Tz::name), schedule.is_day);
    make_edited(tx, id, is_elsewhere).await
}

/// Another rule for what stays of a reminder of which a part is edited apart; it is of the series then. The same conditions
/// as [`update`].
///
/// # Errors
/// As [`update`].
pub async fn set_schedule(
    tx: &mut TenantTx<'_>,
    id: Uuid,
    reminder: &Reminder,
    (clock, version): (Clock, i32),
    series: Uuid,
) -> Result<(), AppError> {
    lock(tx, id, version).await?;
    let update = prepared(
        format!(
            "update reminders t set recurrence_rule = r.recurrence_rule, exdates = r.exdates, series_id = ? \
             from jsonb_to_record(?) as r{RECORD} where t.id = r.id"
        ),
        (bind::<SqlUuid, _>(series), bind::<Jsonb, _>(row(id, reminder, clock))),
    );
    update.execute(tx).await?;
    make(tx, &[id]).await
}

/// Puts a reminder into the trash. One that is there already stays there.
///
/// # Errors
/// When the database fails.
pub async fn trash(tx: &mut TenantTx<'_>, id: Uuid) -> Result<(), AppError> {
    let query = prepared(
        "update reminders set deleted_at = now() where id = ? and deleted_at is null",
        (bind::<SqlUuid, _>(id),),
    );
    query.execute(tx).await?;
    Ok(())
}

/// Takes a reminder out of the trash, with what came due meanwhile. One that is not there stays as it is.
///
/// # Errors
/// When the database fails.
pub async fn restore(tx: &mut TenantTx<'_>, id: Uuid) -> Result<(), AppError> {
    let query = prepared(
        "update reminders set deleted_at = null where id = ? and deleted_at is not null",
        (bind::<SqlUuid, _>(id),),
    );
    query.execute(tx).await?;
    make(tx, &[id]).await
}
