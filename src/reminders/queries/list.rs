//! Reminders page by page: those that are open, in the order in which they are due, and what was done, newest first.

use chrono::{DateTime, Datelike, NaiveDateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Array, Bool, Nullable, Text, Timestamp, Timestamptz, Uuid as SqlUuid, Varchar};
use diesel_async::RunQueryDsl;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::making::BY_THE_CLOCK;
use crate::db::{Prepared, TenantTx, bind, prepared};
use crate::error::AppError;
use crate::interactions::queries::Companion;
use crate::reminders::model::State;
use crate::web::paging::{TimeCursor, unpack};

/// What a list is narrowed to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Patterns that all have to be met by the title.
    pub words: Vec<String>,
    /// About this person.
    pub contact: Option<Uuid>,
    /// This reminder alone.
    pub id: Option<Uuid>,
    /// Due before this moment.
    pub before: Option<DateTime<Utc>>,
}

/// A row of a list: a reminder and the next of its occurrences.
#[derive(Debug, Clone)]
pub struct Row {
    /// Which.
    pub id: Uuid,
    /// What to be reminded of.
    pub title: String,
    /// Whom it is about.
    pub contact: Option<Companion>,
    /// When it is due, as it was put off.
    pub due_at: DateTime<Utc>,
    /// Whether that was put off.
    pub is_snoozed: bool,
    /// Whether notice of it has come.
    pub is_noticed: bool,
    /// Whether it is a date alone.
    pub is_day: bool,
    /// RRULE.
    pub rule: Option<String>,
    /// Which occurrence; none where it is not made yet.
    pub occurrence: Option<NaiveDateTime>,
}

impl Row {
    /// The place behind this row.
    #[must_use]
    pub fn cursor(&self) -> TimeCursor {
        TimeCursor { at: self.due_at, id: self.id }
    }
}

/// A row as the statements of lists name it.
#[derive(QueryableByName)]
pub(super) struct StoredRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Varchar)]
    title: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    contact_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Varchar>)]
    display_name: Option<String>,
    #[diesel(sql_type = Timestamptz)]
    due_at: DateTime<Utc>,
    #[diesel(sql_type = Bool)]
    is_snoozed: bool,
    #[diesel(sql_type = Bool)]
    is_noticed: bool,
    #[diesel(sql_type = Bool)]
    is_day: bool,
    #[diesel(sql_type = Nullable<Varchar>)]
    recurrence_rule: Option<String>,
    #[diesel(sql_type = Nullable<Timestamp>)]
    occurs_at_local: Option<NaiveDateTime>,
}

impl From<StoredRow> for Row {
    fn from(row: StoredRow) -> Self {
        Self {
            id: row.id,
            title: row.title,
            contact: row.contact_id.zip(row.display_name).map(|(id, name)| Companion { id, name }),
            due_at: row.due_at,
            is_snoozed: row.is_snoozed,
            is_noticed: row.is_noticed,
            is_day: row.is_day,
            rule: row.recurrence_rule,
            occurrence: row.occurs_at_local,
        }
    }
}

/// Open, and about nobody who is in the trash: she is not to be thought of.
pub(super) const OPEN: &str = "r.status = 'pending' and r.deleted_at is null \
     and not exists (select from contacts t where t.user_id = r.user_id and t.id = r.contact_id and t.deleted_at is not null)";

/// What a row says of the next of its occurrences, `o`.
pub(super) const NEXT: &str = "o.snoozed_until is not null as is_snoozed, \
     coalesce(o.snoozed_until is null and o.notice_at <= now(), false) as is_noticed";

/// A page behind `after` of those that are open, the one that is due first before the others, and one row more where there
/// is more. One statement.
///
/// # Errors
/// When the database fails.
pub async fn list(mut tx: &TenantTx<'_>, filter: &Filter, after: Option<TimeCursor>) -> Result<Vec<Row>, AppError> {
    let query = prepared(
        sql(filter, after.is_some()),
        (
            bind::<Array<Text>, _>(&filter.words),
            bind::<Nullable<SqlUuid>, _>(filter.contact),
            bind::<Nullable<SqlUuid>, _>(filter.id),
            bind::<Nullable<Timestamptz>, _>(filter.before),
            bind::<Nullable<Timestamptz>, _>(after.map(|cursor| cursor.at)),
            bind::<Nullable<SqlUuid>, _>(after.map(|cursor| cursor.id)),
        ),
    );
    let rows: Vec<StoredRow> = for_words(filter, query).load(&mut tx).await?;
    Ok(rows.into_iter().map(Row::from).collect())
}

/// How many words there are, which says how many rows they leave, a kept plan does not know, and takes it for ten.
fn for_words<B>(filter: &Filter, query: Prepared<B>) -> Prepared<B> {
    if filter.words.is_empty() { query } else { query.planned_each_time() }
}

/// What is not asked for is no condition of any row, so that a kept plan reads them in the order of the page and stops
/// with it, and whatever hangs on a row is looked up for those of the page alone. Each form holds all binds.
fn sql(filter: &Filter, goes_on: bool) -> String {
    let words = if filter.words.is_empty() { "?::text[] is not null" } else { "r.title ilike all(?)" };
    let contact = if filter.contact.is_none() { "?::uuid is null" } else { "r.contact_id = ?" };
    let id = if filter.id.is_none() { "?::uuid is null" } else { "r.id = ?" };
    let before = if filter.before.is_none() { "?::timestamptz is null" } else { "r.due_at < ?" };
    let behind = if goes_on { "(r.due_at, r.id) > (?, ?)" } else { "?::timestamptz is null and ?::uuid is null" };
    format!(
        "select r.id, r.title, r.contact_id, c.display_name, r.due_at, {NEXT}, r.is_day, r.recurrence_rule, o.occurs_at_local \
         from (select r.* from reminders r where {OPEN} and {words} and {contact} and {id} and {before} and {behind} \
             order by r.due_at, r.id limit 51) r \
         left join contacts c on c.user_id = r.user_id and c.id = r.contact_id \
         left join lateral (select n.occurs_at_local, n.snoozed_until, n.notice_at from reminder_occurrences n \
             where n.user_id = r.user_id and n.reminder_id = r.id and n.state = 'open' order by n.rings_at, n.occurs_at_local limit 1) o on true \
         order by r.due_at, r.id"
    )
}

/// Something that was done, or left out.
#[derive(Debug, Clone)]
pub struct Done {
    /// Of which reminder.
    pub id: Uuid,
    /// What it reminded of.
    pub title: String,
    /// Whom it is about.
    pub contact: Option<Companion>,
    /// Which occurrence.
    pub occurrence: NaiveDateTime,
    /// Whether it was a date alone.
    pub is_day: bool,
    /// What became of it.
    pub state: State,
    /// When.
    pub settled_at: DateTime<Utc>,
}

/// The place behind a row of what was done: of one moment there may be several of a reminder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoneCursor {
    at: DateTime<Utc>,
    id: Uuid,
    local: NaiveDateTime,
}

impl DoneCursor {
    /// Unpacks an `after` parameter; what PostgreSQL has no time for is none.
    #[must_use]
    pub fn of(after: &str) -> Option<Self> {
        unpack(after)
            .filter(|cursor: &Self| [cursor.at.year(), cursor.local.year()].iter().all(|y| (1..=9999).contains(y)))
    }
}

impl Done {
    /// The place behind this row.
    #[must_use]
    pub fn cursor(&self) -> DoneCursor {
        DoneCursor { at: self.settled_at, id: self.id, local: self.occurrence }
    }
}

#[derive(QueryableByName)]
struct DoneRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Varchar)]
    title: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    contact_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Varchar>)]
    display_name: Option<String>,
    #[diesel(sql_type = Timestamp)]
    occurs_at_local: NaiveDateTime,
    #[diesel(sql_type = Bool)]
    is_day: bool,
    #[diesel(sql_type = Varchar)]
    state: String,
    #[diesel(sql_type = Timestamptz)]
    settled_at: DateTime<Utc>,
}

/// A page behind `after` of what was done or left out, newest first, and one row more where there is more. One statement.
///
/// # Errors
/// When the database fails.
pub async fn done(tx: &mut TenantTx<'_>, filter: &Filter, after: Option<DoneCursor>) -> Result<Vec<Done>, AppError> {
    let query = prepared(
        sql_of_done(filter, after.is_some()),
        (
            bind::<Array<Text>, _>(&filter.words),
            bind::<Nullable<SqlUuid>, _>(filter.contact),
            bind::<Nullable<Timestamptz>, _>(after.map(|cursor| cursor.at)),
            bind::<Nullable<Timestamptz>, _>(after.map(|cursor| cursor.at)),
            bind::<Nullable<SqlUuid>, _>(after.map(|cursor| cursor.id)),
            bind::<Nullable<Timestamp>, _>(after.map(|cursor| cursor.local)),
        ),
    );
    let rows: Vec<DoneRow> = for_words(filter, query).load(tx).await?;
    let done = |row: DoneRow| Done {
        id: row.id,
        title: row.title,
        contact: row.contact_id.zip(row.display_name).map(|(id, name)| Companion { id, name }),
        occurrence: row.occurs_at_local,
        is_day: row.is_day,
        state: State::of(&row.state),
        settled_at: row.settled_at,
    };
    Ok(rows.into_iter().map(done).collect())
}

/// As [`sql`].
fn sql_of_done(filter: &Filter, goes_on: bool) -> String {
    let words = if filter.words.is_empty() { "?::text[] is not null" } else { "r.title ilike all(?)" };
    let contact = if filter.contact.is_none() { "?::uuid is null" } else { "r.contact_id = ?" };
    let behind = match goes_on {
        true => "o.settled_at <= ? and (o.settled_at < ? or (o.reminder_id, o.occurs_at_local) > (?, ?))",
        false => "?::timestamptz is null and ?::timestamptz is null and ?::uuid is null and ?::timestamp is null",
    };
    format!(
        "select o.reminder_id as id, r.title, r.contact_id, c.display_name, o.occurs_at_local, r.is_day, o.state, o.settled_at \
         from reminder_occurrences o join reminders r on r.user_id = o.user_id and r.id = o.reminder_id and r.deleted_at is null \
             left join contacts c on c.user_id = r.user_id and c.id = r.contact_id \
         where o.settled_at is not null and c.deleted_at is null and {words} and {contact} and {behind} \
         order by o.settled_at desc, o.reminder_id, o.occurs_at_local limit 51"
    )
}

/// The next occurrence of a reminder that goes by her own clock.
#[derive(Debug, Clone, QueryableByName)]
pub struct ByHerClock {
    /// What to be reminded of.
    #[diesel(sql_type = Varchar)]
    pub title: String,
    /// Whether it is a date alone.
    #[diesel(sql_type = Bool)]
    pub is_day: bool,
    /// Which occurrence.
    #[diesel(sql_type = Timestamp)]
    pub occurs_at_local: NaiveDateTime,
    /// When that is now.
    #[diesel(sql_type = Timestamptz)]
    pub due_at: DateTime<Utc>,
    /// Until when it was put off.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub snoozed_until: Option<DateTime<Utc>>,
    /// Whether that is by her clock, too.
    #[diesel(sql_type = Bool)]
    pub is_off_by_clock: bool,
}

/// The next few of those that move with her zone, as they are to come. One statement.
///
/// # Errors
/// When the database fails.
pub async fn by_her_clock(tx: &mut TenantTx<'_>) -> Result<Vec<ByHerClock>, AppError> {
    let query = prepared(
        format!(
            "select r.title, r.is_day, o.occurs_at_local, o.due_at, o.snoozed_until, o.is_off_by_clock from reminders r \
                 cross join lateral (select n.occurs_at_local, n.due_at, n.snoozed_until, n.rings_at, coalesce({BY_THE_CLOCK}, false) as is_off_by_clock \
                     from reminder_occurrences n where n.user_id = r.user_id \
                     and n.reminder_id = r.id and n.state = 'open' and n.rings_at > now() order by n.rings_at limit 1) o \
             where r.status = 'pending' and r.deleted_at is null and r.zone is null order by o.rings_at, r.id limit 5"
        ),
        (),
    );
    Ok(query.load(tx).await?)
}
