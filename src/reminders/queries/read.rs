//! One reminder, whole, with what is to come of it and what became of it.

use chrono::{DateTime, NaiveDateTime, NaiveTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{
    Array, Bool, Integer, Nullable, SmallInt, Text, Timestamp, Timestamptz, Uuid as SqlUuid, Varchar,
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;
use crate::interactions::queries::Companion;
use crate::reminders::model::{Reminder, State};
use crate::reminders::schedule::{Clock, Schedule};

/// A reminder with what the database keeps of it besides.
#[derive(Debug, Clone)]
pub struct Stored {
    /// Its row.
    pub id: Uuid,
    /// What is edited of it.
    pub reminder: Reminder,
    /// Whom it is about, as she is called.
    pub contact: Option<Companion>,
    /// What it shares with reminders that were one with it.
    pub series: Option<Uuid>,
    /// `pending`, `completed` or `dismissed`.
    pub status: String,
    /// When the next one is due, as it was put off.
    pub due_at: DateTime<Utc>,
    /// When she ended it.
    pub dismissed_at: Option<DateTime<Utc>>,
    /// When it was put into the trash.
    pub deleted_at: Option<DateTime<Utc>>,
    /// Until when its occurrences are made.
    pub made_until: Option<DateTime<Utc>>,
    /// Counts edits.
    pub version: i32,
    /// By what it goes.
    pub clock: Clock,
}

#[derive(QueryableByName)]
struct StoredRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Varchar)]
    title: String,
    #[diesel(sql_type = Nullable<Text>)]
    note: Option<String>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    contact_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Varchar>)]
    display_name: Option<String>,
    #[diesel(sql_type = Timestamp)]
    starts_at: NaiveDateTime,
    #[diesel(sql_type = Bool)]
    is_day: bool,
    #[diesel(sql_type = Nullable<Text>)]
    zone: Option<String>,
    #[diesel(sql_type = Nullable<Varchar>)]
    recurrence_rule: Option<String>,
    #[diesel(sql_type = Array<Timestamp>)]
    exdates: Vec<NaiveDateTime>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    series_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<SmallInt>)]
    advance_days: Option<i16>,
    #[diesel(sql_type = Timestamptz)]
    due_at: DateTime<Utc>,
    #[diesel(sql_type = Varchar)]
    status: String,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    dismissed_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    deleted_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    made_until: Option<DateTime<Utc>>,
    #[diesel(sql_type = Integer)]
    version: i32,
    #[diesel(embed)]
    clock: ClockRow,
}

#[derive(QueryableByName)]
struct ClockRow {
    #[diesel(sql_type = Varchar)]
    time_zone: String,
    #[diesel(sql_type = Nullable<Text>)]
    reminder_time: Option<String>,
}

impl From<ClockRow> for Clock {
    fn from(row: ClockRow) -> Self {
        let hour = row.reminder_time.and_then(|time| NaiveTime::parse_from_str(&time, "%H:%M").ok());
        Self { zone: row.time_zone.parse().unwrap_or(chrono_tz::Tz::UTC), hour: hour.unwrap_or(Self::MORNING) }
    }
}

const CLOCK: &str = "u.time_zone, u.settings ->> 'reminder_time' as reminder_time";

impl From<StoredRow> for Stored {
    fn from(row: StoredRow) -> Self {
        let contact = row.contact_id.zip(row.display_name).map(|(id, name)| Companion { id, name });
        let schedule = Schedule {
            starts_at: row.starts_at,
            is_day: row.is_day,
            zone: row.zone.and_then(|zone| zone.parse().ok()),
            // One that another program stored and that is no rule comes once.
            rule: row.recurrence_rule.and_then(|rule| rule.parse().ok()),
            except: row.exdates.into_iter().collect(),
        };
        Self {
            id: row.id,
            reminder: Reminder {
                title: row.title,
                note: row.note,
                contact: row.contact_id,
                schedule,
                advance_days: row.advance_days,
            },
            contact,
            series: row.series_id,
            status: row.status,
            due_at: row.due_at,
            dismissed_at: row.dismissed_at,
            deleted_at: row.deleted_at,
            made_until: row.made_until,
            version: row.version,
            clock: row.clock.into(),
        }
    }
}

/// These reminders, also from the trash. One statement.
pub(super) async fn load(tx: &mut TenantTx<'_>, ids: &[Uuid]) -> Result<Vec<Stored>, AppError> {
    let query = prepared(
        format!(
            "select r.id, r.title, r.note, r.contact_id, c.display_name, r.starts_at, r.is_day, r.zone, r.recurrence_rule, r.exdates, \
                 r.series_id, r.advance_days, r.due_at, r.status, r.dismissed_at, r.deleted_at, r.made_until, r.version, \
                 {CLOCK} \
             from reminders r join users u on u.id = r.user_id \
                 left join contacts c on c.user_id = r.user_id and c.id = r.contact_id and c.deleted_at is null where r.id = any(?)"
        ),
        (bind::<Array<SqlUuid>, _>(ids),),
    );
    let rows: Vec<StoredRow> = query.load(tx).await?;
    Ok(rows.into_iter().map(Stored::from).collect())
}

/// One reminder, also from the trash.
///
/// # Errors
/// `NotFound` where she has no such reminder.
pub async fn find(tx: &mut TenantTx<'_>, id: Uuid) -> Result<Stored, AppError> {
    load(tx, &[id]).await?.pop().ok_or(AppError::NotFound)
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// What this occurrence is since it was edited alone, if it was, and that is not in the trash.
///
/// # Errors
/// When the database fails.
pub async fn apart(tx: &mut TenantTx<'_>, id: Uuid, which: NaiveDateTime) -> Result<Option<Stored>, AppError> {
    let query = prepared(
        "select id from reminders where apart_from = ? and apart_at = ? and deleted_at is null order by created_at desc, id desc limit 1",
        (bind::<SqlUuid, _>(id), bind::<Timestamp, _>(which)),
    );
    match query.load(tx).await?.pop() {
        Some(Id { id }) => Ok(Some(find(tx, id).await?)),
        None => Ok(None),
    }
}

/// By what her reminders go.
///
/// # Errors
/// When the database fails.
pub async fn clock(tx: &mut TenantTx<'_>) -> Result<Clock, AppError> {
    let query = prepared(format!("select {CLOCK} from users u where u.id = app_user_id()"), ());
    let row: ClockRow = query.get_result(tx).await?;
    Ok(row.into())
}

/// An occurrence as it is stored.
#[derive(Debug, Clone, QueryableByName)]
pub struct Passed {
    /// Which one.
    #[diesel(sql_type = Timestamp)]
    pub occurs_at_local: NaiveDateTime,
    /// When that is.
    #[diesel(sql_type = Timestamptz)]
    pub due_at: DateTime<Utc>,
    #[diesel(sql_type = Varchar)]
    state: String,
    /// Until when it was put off.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub snoozed_until: Option<DateTime<Utc>>,
    /// Since when it is no longer open.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub settled_at: Option<DateTime<Utc>>,
}

impl Passed {
    /// What became of it.
    #[must_use]
    pub fn state(&self) -> State {
        State::of(&self.state)
    }
}

/// The next few that are open, in the order in which they are due. One statement.
pub async fn coming(tx: &mut TenantTx<'_>, id: Uuid) -> Result<Vec<Passed>, AppError> {
    let query = prepared(
        "select o.occurs_at_local, o.due_at, o.state, o.snoozed_until, o.settled_at from reminder_occurrences o \
         where o.reminder_id = ? and o.state = 'open' order by o.rings_at, o.occurs_at_local limit 5",
        (bind::<SqlUuid, _>(id),),
    );
    Ok(query.load(tx).await?)
}

/// What became of those that are no longer open, the latest first; a page of them behind `before`, and one row more. One
/// statement.
pub async fn passed(tx: &mut TenantTx<'_>, id: Uuid, before: Option<NaiveDateTime>) -> Result<Vec<Passed>, AppError> {
    let query = prepared(
        "select o.occurs_at_local, o.due_at, o.state, o.snoozed_until, o.settled_at from reminder_occurrences o \
         where o.reminder_id = ? and o.settled_at is not null and o.occurs_at_local < coalesce(?, 'infinity'::timestamp) \
         order by o.occurs_at_local desc limit 51",
        (bind::<SqlUuid, _>(id), bind::<Nullable<Timestamp>, _>(before)),
    );
    Ok(query.load(tx).await?)
}
