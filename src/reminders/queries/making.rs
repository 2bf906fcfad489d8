//! Making occurrences: always for many reminders at once, in six statements however many they are.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use diesel::QueryableByName;
use diesel::sql_types::{Array, Nullable, Text, Timestamp, Timestamptz, Uuid as SqlUuid, Varchar};
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
/// now; what has come due, or was settled, stays, and stands for its day where the rule has another hour by now. What is put off
/// stays so where its day is still there. What comes once has but its one, which goes along when it is given another day or hour.
///
/// # Errors
/// When the database fails.
pub async fn make(tx: &mut TenantTx<'_>, ids: &[Uuid]) -> Result<(), AppError> {
    for batch in ids.chunks(BATCH) {
        make_batch(tx, batch, Besides::default()).await?;
    }
    Ok(())
}

/// The same of one that was edited: `is_elsewhere` where the same wall clock means another moment by that, so that what comes once
/// is told anew.
pub(super) async fn make_edited(tx: &mut TenantTx<'_>, id: Uuid, is_elsewhere: bool) -> Result<(), AppError> {
    make_batch(tx, &[id], Besides { is_elsewhere, ..Besides::default() }).await
}

/// The same of one that was a part of another until now: since when, where that is before now, and what of it was put off.
pub(super) async fn make_part(
    tx: &mut TenantTx<'_>,
    id: Uuid,
    since: NaiveDateTime,
    put_off: &[PutOff],
) -> Result<(), AppError> {
    make_batch(tx, &[id], Besides { since: Some(since), put_off, is_elsewhere: false }).await
}

/// By what occurrences are made besides the rule and the clock.
#[derive(Clone, Copy, Default)]
struct Besides<'a> {
    /// Since when, where that is before now.
    since: Option<NaiveDateTime>,
    /// What of them was put off as a part of another.
    put_off: &'a [PutOff],
    /// Whether she gave it another zone, or an hour that is none of a day.
    is_elsewhere: bool,
}

/// An occurrence that was put off.
#[derive(Debug, Clone, Copy, QueryableByName)]
pub struct PutOff {
    /// Which one.
    #[diesel(sql_type = Timestamp)]
    pub occurs_at_local: NaiveDateTime,
    /// Until when.
    #[diesel(sql_type = Timestamptz)]
    pub snoozed_until: DateTime<Utc>,
}

async fn make_batch(tx: &mut TenantTx<'_>, ids: &[Uuid], besides: Besides<'_>) -> Result<(), AppError> {
    let now = Utc::now();
    let stored: Vec<Stored> = load(tx, ids).await?.into_iter().filter(|one| one.deleted_at.is_none()).collect();
    let ids: Vec<Uuid> = stored.iter().map(|one| one.id).collect();
    let rows = known(tx, &ids, settled_since(&stored, now, besides.since)).await?;
    let (mut gone, mut made, mut ends) = (Vec::new(), Vec::new(), Vec::new());
    for one in &stored {
        let rows: Vec<&Known> = rows.iter().filter(|row| row.reminder_id == one.id).collect();
        let (out, new) = remade(one, &rows, now, besides);
        gone.extend(out.into_iter().map(|local| (one.id, local)));
        made.extend(new.into_iter().map(|new| (one.id, new)));
        ends.push(if one.reminder.schedule.rule.is_none() { forever() } else { now + AHEAD });
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

#[derive(QueryableByName)]
struct Known {
    #[diesel(sql_type = SqlUuid)]
    reminder_id: Uuid,
    #[diesel(sql_type = Timestamp)]
    occurs_at_local: NaiveDateTime,
    #[diesel(sql_type = Timestamptz)]
    due_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    notice_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Varchar)]
    state: String,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    snoozed_until: Option<DateTime<Utc>>,
}

impl Known {
    fn is_open(&self) -> bool {
        self.state == "open"
    }

    /// Whether it stands for its day: it is settled, or came due and was put off. One that was edited apart does not, for which
    /// there is an exception as long as she wants it.
    fn stands(&self, may_move: impl Fn(&Self) -> bool) -> bool {
        match self.state.as_str() {
            "open" => self.snoozed_until.is_some() && !may_move(self),
            "moved" => false,
            _ => true,
        }
    }
}

/// What is open of them, and what is settled of the days that may be made anew.
async fn known(tx: &mut TenantTx<'_>, ids: &[Uuid], settled_since: NaiveDateTime) -> Result<Vec<Known>, AppError> {
    let query = prepared(
        "select reminder_id, occurs_at_local, due_at, notice_at, state, snoozed_until from reminder_occurrences \
             where reminder_id = any(?) and state = 'open' \
         union all select reminder_id, occurs_at_local, due_at, notice_at, state, snoozed_until from reminder_occurrences \
             where reminder_id = any(?) and state <> 'open' and occurs_at_local >= ?",
        (bind::<Array<SqlUuid>, _>(ids), bind::<Array<SqlUuid>, _>(ids), bind::<Timestamp, _>(settled_since)),
    );
    Ok(query.load(tx).await?)
}

/// Before anything that can be made, in any zone.
fn settled_since(stored: &[Stored], now: DateTime<Utc>, since: Option<NaiveDateTime>) -> NaiveDateTime {
    let left_out = stored.iter().filter_map(|one| one.made_until).map(|until| until.naive_utc());
    let first = left_out.chain(since).fold(now.naive_utc(), Ord::min);
    first.checked_sub_signed(TimeDelta::days(2)).unwrap_or(first)
}

/// An occurrence to be made.
struct Made {
    local: NaiveDateTime,
    due_at: DateTime<Utc>,
    /// When she is told before.
    notice_at: Option<DateTime<Utc>>,
    /// Until when it is put off.
    put_off: Option<DateTime<Utc>>,
}

/// Which of its open occurrences are to go, and which are to be made.
fn remade(
    one: &Stored,
    rows: &[&Known],
    now: DateTime<Utc>,
    Besides { since, put_off, is_elsewhere }: Besides<'_>,
) -> (Vec<NaiveDateTime>, Vec<Made>) {
    let schedule = &one.reminder.schedule;
    let once = schedule.rule.is_none();
    let may_move =
        |row: &Known| row.due_at > now || once && (is_elsewhere || row.occurs_at_local != schedule.starts_at);
    let (open, settled): (Vec<&Known>, Vec<&Known>) = rows.iter().copied().partition(|row| row.is_open());
    let open: BTreeMap<NaiveDateTime, &Known> = open.into_iter().map(|row| (row.occurs_at_local, row)).collect();
    let settled: BTreeSet<NaiveDateTime> = settled.into_iter().map(|row| row.occurs_at_local).collect();
    let standing: BTreeSet<NaiveDateTime> =
        rows.iter().filter(|row| row.stands(may_move)).map(|row| row.occurs_at_local).collect();
    let stood_for = schedule.stood_for(&standing, one.clock);
    let upcoming = open.iter().find(|(_, row)| row.due_at > now).map(|(local, _)| *local);
    let mut expected = expected(one, now, [upcoming, since]);
    expected.retain(|next| !stood_for.contains(&next.local));

    let is_expected = |local: &NaiveDateTime| expected.binary_search_by_key(local, |next| next.local).is_ok();
    let gone: Vec<&Known> =
        open.values().copied().filter(|row| may_move(row) && !is_expected(&row.occurs_at_local)).collect();
    let mut offs = Offs::of(&gone, put_off);
    let notice = |next: &Occurrence| one.reminder.notice(next.local, one.clock);
    let is_made = |next: &Occurrence| match open.get(&next.local) {
        Some(row) => (row.due_at, row.notice_at) == (next.due_at, notice(next)) || !may_move(row),
        None => settled.contains(&next.local),
    };
    let made = expected.iter().filter(|next| !is_made(next));
    let made = made.map(|next| Made {
        local: next.local,
        due_at: next.due_at,
        notice_at: notice(next),
        put_off: if open.contains_key(&next.local) { None } else { offs.take(next) },
    });
    let made = made.collect();
    (gone.into_iter().map(|row| row.occurs_at_local).collect(), made)
}

/// Until when those were put off that go, day by day in their order.
struct Offs(BTreeMap<NaiveDate, VecDeque<Option<DateTime<Utc>>>>);

impl Offs {
    fn of(gone: &[&Known], put_off: &[PutOff]) -> Self {
        let put_off = put_off.iter().map(|one| (one.occurs_at_local, Some(one.snoozed_until)));
        let gone = gone.iter().map(|row| (row.occurs_at_local, row.snoozed_until));
        let mut days: BTreeMap<NaiveDate, VecDeque<Option<DateTime<Utc>>>> = BTreeMap::new();
        for (local, until) in gone.chain(put_off).collect::<BTreeMap<_, _>>() {
            days.entry(local.date()).or_default().push_back(until);
        }
        Self(days)
    }

    /// Until when the one is put off that takes the place of one of its day. What is due later than that is not put off.
    fn take(&mut self, next: &Occurrence) -> Option<DateTime<Utc>> {
        let until = self.0.get_mut(&next.local.date())?.pop_front()?;
        until.filter(|until| *until > next.due_at)
    }
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

async fn add(tx: &mut TenantTx<'_>, made: Vec<(Uuid, Made)>) -> Result<(), AppError> {
    if made.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = made.iter().map(|(id, _)| *id).collect();
    let locals: Vec<NaiveDateTime> = made.iter().map(|(_, one)| one.local).collect();
    let dues: Vec<DateTime<Utc>> = made.iter().map(|(_, one)| one.due_at).collect();
    let notices: Vec<Option<DateTime<Utc>>> = made.iter().map(|(_, one)| one.notice_at).collect();
    let put_off: Vec<Option<DateTime<Utc>>> = made.iter().map(|(_, one)| one.put_off).collect();
    let query = prepared(
        "insert into reminder_occurrences as o (reminder_id, occurs_at_local, due_at, notice_at, snoozed_until) \
             select e.id, e.local, e.due, e.notice, e.until from unnest(?, ?, ?, ?, ?) e(id, local, due, notice, until) \
         on conflict (user_id, reminder_id, occurs_at_local) do update set due_at = excluded.due_at, notice_at = excluded.notice_at \
             where o.state = 'open'",
        (
            bind::<Array<SqlUuid>, _>(ids),
            bind::<Array<Timestamp>, _>(locals),
            bind::<Array<Timestamptz>, _>(dues),
            bind::<Array<Nullable<Timestamptz>>, _>(notices),
            bind::<Array<Nullable<Timestamptz>>, _>(put_off),
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
    make(tx, &ids).await
}

/// What was put off to a day and an hour: that is by her clock, and an hour from now, which is hardly ever a whole minute, is not.
pub(super) const BY_THE_CLOCK: &str = "n.snoozed_until = date_trunc('minute', n.snoozed_until)";

/// After she has moved from one zone to another: what goes by her clock and was put off to a day and an hour that are to come
/// stays put off to those.
///
/// # Errors
/// When the database fails.
pub async fn move_put_off(tx: &mut TenantTx<'_>, from: Tz, to: Tz) -> Result<(), AppError> {
    let query = prepared(
        format!(
            "update reminder_occurrences n set snoozed_until = (n.snoozed_until at time zone ?) at time zone ? from reminders r \
             where r.user_id = n.user_id and r.id = n.reminder_id and r.zone is null and n.state = 'open' and n.snoozed_until > now() \
                 and {BY_THE_CLOCK}"
        ),
        (bind::<Text, _>(from.name()), bind::<Text, _>(to.name())),
    );
    query.execute(tx).await?;
    Ok(())
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
