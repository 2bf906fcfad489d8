//! Making occurrences: always for many reminders at once, in six statements however many they are.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Array, Nullable, Text, Timestamp, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::read::{Stored, load};
use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;
use crate::jobs;
use crate::reminders::schedule::{AHEAD, Occurrence};

/// The job that makes them.
pub(in crate::reminders) const KIND: &str = "reminders";
/// Reminders of a batch: some thousand occurrences.
const BATCH: usize = 20;

/// Makes their occurrences as they are to be: those that are open and to come follow the rule and the zone as they are
/// now; what has come due, or was settled, stays. What comes once has but its one. `since` is where those begin that have
/// none yet, where that is before now.
///
/// # Errors
/// When the database fails.
pub async fn make(tx: &mut TenantTx<'_>, ids: &[Uuid], since: Option<NaiveDateTime>) -> Result<(), AppError> {
    for batch in ids.chunks(BATCH) {
        make_batch(tx, batch, since).await?;
    }
    Ok(())
}

async fn make_batch(tx: &mut TenantTx<'_>, ids: &[Uuid], since: Option<NaiveDateTime>) -> Result<(), AppError> {
    let now = Utc::now();
    let stored: Vec<Stored> = load(tx, ids).await?.into_iter().filter(|one| one.deleted_at.is_none()).collect();
    let ids: Vec<Uuid> = stored.iter().map(|one| one.id).collect();
    let open = open(tx, &ids).await?;
    let (mut gone, mut made, mut ends) = (Vec::new(), Vec::new(), Vec::new());
    for one in &stored {
        let once = one.reminder.schedule.rule.is_none();
        let known: BTreeMap<NaiveDateTime, Moments> = open
            .iter()
            .filter(|row| row.reminder_id == one.id)
            .map(|row| (row.occurs_at_local, (row.due_at, row.notice_at)))
            .collect();
        let moments = |next: &Occurrence| (next.due_at, one.reminder.notice(next.local, one.clock));
        let may_move = |due: &DateTime<Utc>| once || *due > now;
        let upcoming = known.iter().find(|(_, (due, _))| *due > now).map(|(local, _)| *local);
        let expected = expected(one, now, [upcoming, since]);
        let is_expected = |local: &NaiveDateTime| expected.binary_search_by_key(local, |next| next.local).is_ok();
        let out = known.iter().filter(|(local, (due, _))| may_move(due) && !is_expected(local));
        gone.extend(out.map(|(local, _)| (one.id, *local)));
        let is_made = |next: &Occurrence| {
            known.get(&next.local).is_some_and(|stands| *stands == moments(next) || !may_move(&stands.0))
        };
        made.extend(expected.iter().filter(|next| !is_made(next)).map(|next| (one.id, next.local, moments(next))));
        ends.push(if once { forever() } else { now + AHEAD });
    }
    clear(tx, gone).await?;
    add(tx, made).await?;
    let note = prepared(
        "update reminders r set made_until = i.until from unnest(?, ?) i(id, until) where r.id = i.id and r.made_until is distinct from i.until",
        (bind::<Array<SqlUuid>, _>(&ids), bind::<Array<Timestamptz>, _>(ends)),
    );
    note.execute(tx).await?;
    refresh(tx, &ids).await
}

/// When an occurrence is due, and when she is told before.
type Moments = (DateTime<Utc>, Option<DateTime<Utc>>);

#[derive(QueryableByName)]
struct Open {
    #[diesel(sql_type = SqlUuid)]
    reminder_id: Uuid,
    #[diesel(sql_type = Timestamp)]
    occurs_at_local: NaiveDateTime,
    #[diesel(sql_type = Timestamptz)]
    due_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    notice_at: Option<DateTime<Utc>>,
}

/// What is open of them.
async fn open(tx: &mut TenantTx<'_>, ids: &[Uuid]) -> Result<Vec<Open>, AppError> {
    let query = prepared(
        "select reminder_id, occurs_at_local, due_at, notice_at from reminder_occurrences where reminder_id = any(?) and state = 'open'",
        (bind::<Array<SqlUuid>, _>(ids),),
    );
    Ok(query.load(tx).await?)
}

async fn clear(tx: &mut TenantTx<'_>, gone: Vec<(Uuid, NaiveDateTime)>) -> Result<(), AppError> {
    if gone.is_empty() {
        return Ok(());
    }
    let (ids, locals): (Vec<Uuid>, Vec<NaiveDateTime>) = gone.into_iter().unzip();
    let query = prepared(
        "delete from reminder_occurrences o using unnest(?, ?) g(id, local) \
         where o.reminder_id = g.id and o.occurs_at_local = g.local and o.state = 'open'",
        (bind::<Array<SqlUuid>, _>(ids), bind::<Array<Timestamp>, _>(locals)),
    );
    query.execute(tx).await?;
    Ok(())
}

async fn add(tx: &mut TenantTx<'_>, made: Vec<(Uuid, NaiveDateTime, Moments)>) -> Result<(), AppError> {
    if made.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = made.iter().map(|one| one.0).collect();
    let locals: Vec<NaiveDateTime> = made.iter().map(|one| one.1).collect();
    let (dues, notices): (Vec<DateTime<Utc>>, Vec<Option<DateTime<Utc>>>) = made.into_iter().map(|one| one.2).unzip();
    let query = prepared(
        "insert into reminder_occurrences as o (reminder_id, occurs_at_local, due_at, notice_at) select e.id, e.local, e.due, e.notice \
             from unnest(?, ?, ?, ?) e(id, local, due, notice) \
         on conflict (user_id, reminder_id, occurs_at_local) do update set due_at = excluded.due_at, notice_at = excluded.notice_at \
             where o.state = 'open'",
        (
            bind::<Array<SqlUuid>, _>(ids),
            bind::<Array<Timestamp>, _>(locals),
            bind::<Array<Timestamptz>, _>(dues),
            bind::<Array<Nullable<Timestamptz>>, _>(notices),
        ),
    );
    query.execute(tx).await?;
    Ok(())
}

/// When these are due next, and whether.
pub(super) async fn refresh(tx: &mut TenantTx<'_>, ids: &[Uuid]) -> Result<(), AppError> {
    prepared("select refresh_reminders(?)", (bind::<Array<SqlUuid>, _>(ids),)).execute(tx).await?;
    Ok(())
}

/// Further than any rule goes.
fn forever() -> DateTime<Utc> {
    NaiveDate::from_ymd_opt(9999, 1, 1)
        .map_or(DateTime::<Utc>::MAX_UTC, |day| day.and_time(chrono::NaiveTime::MIN).and_utc())
}

/// What there is to be of it, in order. It begins now, or earlier: in another zone, where it is later already, that which was
/// to come still comes, and where nothing was made for long, what was left out meanwhile.
fn expected(one: &Stored, now: DateTime<Utc>, earlier: [Option<NaiveDateTime>; 2]) -> Vec<Occurrence> {
    if one.dismissed_at.is_some() {
        return Vec::new();
    }
    let schedule = &one.reminder.schedule;
    let local = schedule.local(now, one.clock);
    let left_out = one.made_until.filter(|until| *until < now).map(|until| schedule.local(until, one.clock));
    let from = earlier.into_iter().flatten().chain(left_out).fold(local, Ord::min);
    schedule.ahead(from, local + AHEAD, one.clock)
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// The next few reminders whose occurrences are not made far enough ahead.
///
/// # Errors
/// When the database fails.
pub async fn unmade(tx: &mut TenantTx<'_>) -> Result<Vec<Uuid>, AppError> {
    let query = prepared(
        "select id from reminders where status = 'pending' and deleted_at is null \
             and (made_until is null or made_until < now() + interval '399 days') order by id limit 20",
        (),
    );
    Ok(query.load(tx).await?.into_iter().map(|row: Id| row.id).collect())
}

/// What an undo has put back or changed, made anew.
///
/// # Errors
/// When the database fails.
pub async fn follow(tx: &mut TenantTx<'_>) -> Result<(), AppError> {
    let query = prepared(
        "select distinct coalesce(record_id, (row_key ->> 'reminder_id')::uuid) as id from audit_logs \
         where change_set_id = app_change_set_id() and table_name in ('reminders', 'reminder_occurrences')",
        (),
    );
    let ids: Vec<Uuid> = query.load(tx).await?.into_iter().map(|row: Id| row.id).collect();
    make(tx, &ids, None).await
}

/// Leaves it to the job to make what is not made yet; the caller rings its bell once the transaction has ended.
///
/// # Errors
/// When the database fails.
pub async fn begin(tx: &mut TenantTx<'_>) -> Result<(), AppError> {
    jobs::enqueue(tx, KIND, &serde_json::json!({}), None).await
}

/// The same after her zone or her hour has changed: all that go by it are made anew.
///
/// # Errors
/// When the database fails.
pub async fn make_anew(tx: &mut TenantTx<'_>) -> Result<(), AppError> {
    let query = prepared(
        "update reminders set made_until = null where status = ? and made_until is not null and (zone is null or is_day)",
        (bind::<Text, _>("pending"),),
    );
    if query.execute(tx).await? > 0 { begin(tx).await } else { Ok(()) }
}
