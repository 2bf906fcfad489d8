//! The SQL of feeds. What stands in one comes row by row, each kind of it by one statement.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{
    Array, Binary, Bool, Date, Integer, Nullable, SmallInt, Text, Timestamp, Timestamptz, Uuid as SqlUuid, Varchar,
};
use diesel_async::RunQueryDsl;
use futures_util::stream::{Stream, TryStreamExt};
use uuid::Uuid;

use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;

#[derive(QueryableByName)]
struct Made {
    #[diesel(sql_type = Timestamptz)]
    created_at: DateTime<Utc>,
}

/// When the link was made that stands.
pub(super) async fn standing(tx: &mut TenantTx<'_>) -> Result<Option<DateTime<Utc>>, AppError> {
    Ok(prepared("select created_at from feeds", ()).load::<Made>(tx).await?.pop().map(|row| row.created_at))
}

/// From now on the link with this token is hers, and no other.
pub(super) async fn make(tx: &mut TenantTx<'_>, token_hash: &[u8]) -> Result<(), AppError> {
    let query = prepared(
        "insert into feeds (token_hash) values (?) \
         on conflict (user_id) do update set token_hash = excluded.token_hash, created_at = now()",
        (bind::<Binary, _>(token_hash),),
    );
    query.execute(tx).await?;
    Ok(())
}

/// There is no link any more.
pub(super) async fn revoke(tx: &mut TenantTx<'_>) -> Result<(), AppError> {
    prepared("delete from feeds", ()).execute(tx).await?;
    Ok(())
}

#[derive(QueryableByName)]
pub(super) struct ZoneRow {
    #[diesel(sql_type = Nullable<Text>)]
    pub zone: Option<String>,
    #[diesel(sql_type = Integer)]
    pub year: i32,
}

/// Whose clocks it goes by, hers where none is named, and since which year.
pub(super) async fn zones(tx: &mut TenantTx<'_>) -> Result<Vec<ZoneRow>, AppError> {
    let query = prepared(
        "select zone, extract(year from least(min(starts_at), now()))::int as year from reminders \
         where status = 'pending' and deleted_at is null and not is_day group by zone order by zone",
        (),
    );
    Ok(query.load(tx).await?)
}

/// A reminder with those of its occurrences that its rule does not tell.
#[derive(QueryableByName)]
pub(super) struct ReminderRow {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = Varchar)]
    pub title: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub note: Option<String>,
    /// Whom it is about.
    #[diesel(sql_type = Nullable<Varchar>)]
    pub display_name: Option<String>,
    #[diesel(sql_type = Timestamp)]
    pub starts_at: NaiveDateTime,
    #[diesel(sql_type = Bool)]
    pub is_day: bool,
    #[diesel(sql_type = Nullable<Text>)]
    pub zone: Option<String>,
    #[diesel(sql_type = Nullable<Varchar>)]
    pub recurrence_rule: Option<String>,
    #[diesel(sql_type = Nullable<SmallInt>)]
    pub advance_days: Option<i16>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub apart_from: Option<Uuid>,
    #[diesel(sql_type = Nullable<Timestamp>)]
    pub apart_at: Option<NaiveDateTime>,
    /// When it was edited last, or one of it was settled.
    #[diesel(sql_type = Timestamptz)]
    pub changed_at: DateTime<Utc>,
    /// When it does not count, or is open no more.
    #[diesel(sql_type = Array<Timestamp>)]
    pub except: Vec<NaiveDateTime>,
    /// What became something, which stands for its day where the rule has another hour by now.
    #[diesel(sql_type = Array<Timestamp>)]
    pub standing: Vec<NaiveDateTime>,
    /// Those that were put off.
    #[diesel(sql_type = Array<Timestamp>)]
    pub put_off: Vec<NaiveDateTime>,
    /// Until when.
    #[diesel(sql_type = Array<Timestamptz>)]
    pub until: Vec<DateTime<Utc>>,
    /// Those that are open as reminders of their own.
    #[diesel(sql_type = Array<Timestamp>)]
    pub apart: Vec<NaiveDateTime>,
}

/// What is open of her reminders, about nobody who lies in the trash; each behind the one that it was a part of.
pub(super) async fn reminders<'tx>(
    tx: &'tx mut TenantTx<'_>,
) -> Result<impl Stream<Item = Result<ReminderRow, AppError>> + 'tx, AppError> {
    let query = prepared(
        "with r as (select r.*, c.display_name from reminders r left join contacts c on c.user_id = r.user_id and c.id = r.contact_id \
             where r.status = 'pending' and r.deleted_at is null and c.deleted_at is null) \
         select r.id, r.title, r.note, r.display_name, r.starts_at, r.is_day, r.zone, r.recurrence_rule, r.advance_days, r.apart_from, r.apart_at, \
             greatest(r.updated_at, o.settled_at) as changed_at, r.exdates || o.settled as except, o.standing, o.put_off, o.until, coalesce(a.apart, '{}') as apart \
         from r cross join lateral (select max(o.settled_at) as settled_at, \
                 coalesce(array_agg(o.occurs_at_local) filter (where o.state <> 'open'), '{}') as settled, \
                 coalesce(array_agg(o.occurs_at_local) filter (where o.state <> 'moved'), '{}') as standing, \
                 coalesce(array_agg(o.occurs_at_local order by o.occurs_at_local) filter (where o.state = 'open'), '{}') as put_off, \
                 coalesce(array_agg(o.snoozed_until order by o.occurs_at_local) filter (where o.state = 'open'), '{}') as until \
             from reminder_occurrences o where o.user_id = r.user_id and o.reminder_id = r.id and (o.state <> 'open' or o.snoozed_until is not null)) o \
             left join (select p.apart_from, array_agg(p.apart_at) as apart from r p where p.recurrence_rule is null and p.apart_from is not null \
                 group by p.apart_from) a on a.apart_from = r.id \
         order by r.apart_from nulls first, r.id",
        (),
    );
    Ok(query.load_stream::<ReminderRow>(tx).await?.map_err(AppError::from))
}

/// A day of somebody.
#[derive(QueryableByName)]
pub(super) struct DateRow {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = Varchar)]
    pub kind: String,
    #[diesel(sql_type = Nullable<Integer>)]
    pub year: Option<i32>,
    #[diesel(sql_type = Integer)]
    pub month: i32,
    #[diesel(sql_type = Integer)]
    pub day: i32,
    #[diesel(embed)]
    pub contact: ContactRow,
}

/// Whose it is.
#[derive(QueryableByName)]
pub(super) struct ContactRow {
    #[diesel(sql_type = SqlUuid)]
    pub contact_id: Uuid,
    #[diesel(sql_type = Varchar)]
    pub display_name: String,
    #[diesel(sql_type = Timestamptz)]
    pub updated_at: DateTime<Utc>,
}

/// The days of everybody outside the trash.
pub(super) async fn dates<'tx>(
    tx: &'tx mut TenantTx<'_>,
) -> Result<impl Stream<Item = Result<DateRow, AppError>> + 'tx, AppError> {
    let query = prepared(
        "select d.id, d.kind, d.year, d.month, d.day, c.id as contact_id, c.display_name, c.updated_at \
         from contact_dates d join contacts c on c.user_id = d.user_id and c.id = d.contact_id where c.deleted_at is null order by d.id",
        (),
    );
    Ok(query.load_stream::<DateRow>(tx).await?.map_err(AppError::from))
}

/// Somebody to get in touch with.
#[derive(QueryableByName)]
pub(super) struct DueRow {
    #[diesel(sql_type = Date)]
    pub due: NaiveDate,
    #[diesel(embed)]
    pub contact: ContactRow,
}

/// Everybody outside the trash whom she wants to be in touch with.
pub(super) async fn due<'tx>(
    tx: &'tx mut TenantTx<'_>,
) -> Result<impl Stream<Item = Result<DueRow, AppError>> + 'tx, AppError> {
    let query = prepared(
        "select c.next_contact_due as due, c.id as contact_id, c.display_name, c.updated_at from contacts c \
         where c.deleted_at is null and c.next_contact_due is not null order by c.next_contact_due, c.id",
        (),
    );
    Ok(query.load_stream::<DueRow>(tx).await?.map_err(AppError::from))
}
