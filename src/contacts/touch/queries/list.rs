//! Who is due, and who comes next.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Date, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid, Varchar};
use diesel_async::RunQueryDsl;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;
use crate::interactions::model::When;
use crate::text::markdown::to_words;
use crate::web::paging::{PAGE, unpack};

/// More than so many are not counted.
pub const COUNTED: i64 = 1000;
/// Characters of a line of what was said that are more than is shown of it.
const LINE: usize = 300;

/// Which of those who have a cadence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Which {
    /// Today or before.
    #[default]
    Due,
    /// After today.
    Coming,
}

/// Some of them, and how many there are.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The one who is due first before the others.
    pub people: Vec<Touch>,
    /// All of them, at most [`COUNTED`]; nothing where nobody is listed.
    pub count: i64,
    /// Whether there are more than were counted.
    pub is_more: bool,
}

/// Somebody to be in touch with.
#[derive(Debug, Clone)]
pub struct Touch {
    /// Who.
    pub id: Uuid,
    /// Her name as it is shown.
    pub name: String,
    /// When she is due, as it was postponed.
    pub due: NaiveDate,
    /// The latest day of contact.
    pub last_contact: Option<NaiveDate>,
    /// The cadence in days.
    pub every: i32,
    /// The day that it counts from while there was no contact.
    pub since: NaiveDate,
    /// Not due before this day.
    pub postponed_until: Option<NaiveDate>,
    /// What passed last that counts as contact.
    pub last: Option<Last>,
}

/// What passed last between her and somebody.
#[derive(Debug, Clone)]
pub struct Last {
    /// The type as it is stored.
    pub kind: String,
    /// The subject, else the first line that was said, without its marks.
    pub what: Option<String>,
    /// When.
    pub when: When,
}

/// The place behind a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    day: NaiveDate,
    id: Uuid,
}

impl Cursor {
    /// Unpacks an `after` parameter; what PostgreSQL has no day for is none.
    #[must_use]
    pub fn of(after: &str) -> Option<Self> {
        use chrono::Datelike;
        unpack(after).filter(|cursor: &Self| (1..=9999).contains(&cursor.day.year()))
    }
}

impl Touch {
    /// The place behind this row.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        Cursor { day: self.due, id: self.id }
    }
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Varchar)]
    display_name: String,
    #[diesel(sql_type = Date)]
    next_contact_due: NaiveDate,
    #[diesel(sql_type = Nullable<Date>)]
    last_contact_date: Option<NaiveDate>,
    #[diesel(sql_type = Integer)]
    effective_frequency_days: i32,
    #[diesel(sql_type = Date)]
    cadence_since: NaiveDate,
    #[diesel(sql_type = Nullable<Date>)]
    postponed_until: Option<NaiveDate>,
    #[diesel(sql_type = Nullable<Varchar>)]
    interaction_type: Option<String>,
    #[diesel(sql_type = Nullable<Varchar>)]
    subject: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    summary: Option<String>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    occurred_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Date>)]
    occurred_on: Option<NaiveDate>,
    #[diesel(sql_type = BigInt)]
    count: i64,
}

impl From<Row> for Touch {
    fn from(row: Row) -> Self {
        let Row { interaction_type, subject, summary, occurred_at, occurred_on, .. } = row;
        let mut lines = summary.iter().flat_map(|summary| summary.lines()).map(|line| to_words(line, LINE));
        let what = subject.filter(|subject| !subject.trim().is_empty()).or_else(|| lines.find(|line| !line.is_empty()));
        let last = interaction_type.zip(occurred_at);
        Self {
            id: row.id,
            name: row.display_name,
            due: row.next_contact_due,
            last_contact: row.last_contact_date,
            every: row.effective_frequency_days,
            since: row.cadence_since,
            postponed_until: row.postponed_until,
            last: last.map(|(kind, at)| Last { kind, what, when: When { at, on: occurred_on } }),
        }
    }
}

/// Whoever is due on `today` or was before, the longest overdue first, at most `limit` of them. One statement.
///
/// # Errors
/// When the database fails.
pub async fn due(tx: &TenantTx<'_>, today: NaiveDate, limit: usize) -> Result<Listed, AppError> {
    select(tx, Which::Due, today, None, limit).await
}

/// A page behind `after`, and one row more where there is more. One statement.
///
/// # Errors
/// When the database fails.
pub async fn list(
    tx: &TenantTx<'_>,
    which: Which,
    today: NaiveDate,
    after: Option<Cursor>,
) -> Result<Listed, AppError> {
    select(tx, which, today, after, PAGE + 1).await
}

/// The one who is due first. One statement.
///
/// # Errors
/// When the database fails.
pub async fn first(tx: &TenantTx<'_>, which: Which, today: NaiveDate) -> Result<Option<Touch>, AppError> {
    Ok(select(tx, which, today, None, 1).await?.people.pop())
}

/// Somebody who has a cadence, whenever she is due; none of anybody else. One statement.
///
/// # Errors
/// When the database fails.
pub async fn find(tx: &mut TenantTx<'_>, id: Uuid) -> Result<Option<Touch>, AppError> {
    let query = prepared(sql("0::bigint", "c.id = ? and c.next_contact_due is not null", 1), (bind::<SqlUuid, _>(id),));
    Ok(query.load::<Row>(tx).await?.pop().map(Touch::from))
}

async fn select(
    mut tx: &TenantTx<'_>,
    which: Which,
    today: NaiveDate,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Listed, AppError> {
    let comes = if which == Which::Due { "c.next_contact_due <= ?" } else { "c.next_contact_due > ?" };
    let count = format!(
        "(select count(*) from (select from contacts c where c.deleted_at is null and {comes} limit {}) n)",
        COUNTED + 1
    );
    let behind = if after.is_some() { " and (c.next_contact_due, c.id) > (?, ?)" } else { "" };
    let sql = sql(&count, &format!("{comes}{behind}"), limit);
    let day = || bind::<Date, _>(today);
    let rows: Vec<Row> = match after {
        None => prepared(sql, (day(), day())).load(&mut tx).await?,
        Some(Cursor { day: last, id }) => {
            let binds = (day(), day(), bind::<Date, _>(last), bind::<SqlUuid, _>(id));
            prepared(sql, binds).load(&mut tx).await?
        }
    };
    let count = rows.last().map_or(0, |row| row.count);
    Ok(Listed {
        people: rows.into_iter().map(Touch::from).collect(),
        count: count.min(COUNTED),
        is_more: count > COUNTED,
    })
}

/// What passed last is looked up only of whoever is on the page, and by two plain bounds: the last contact is a day
/// where she lives, which begins and ends within a day of that in UTC.
fn sql(count: &str, condition: &str, limit: usize) -> String {
    format!(
        "select d.id, d.display_name, d.next_contact_due, d.last_contact_date, d.effective_frequency_days, d.cadence_since, d.postponed_until, \
             l.interaction_type, l.subject, l.summary, l.occurred_at, l.occurred_on, {count} as count \
         from (select c.*, (c.last_contact_date - 1)::timestamp at time zone 'UTC' as begins, \
                 (c.last_contact_date + 2)::timestamp at time zone 'UTC' as ends from contacts c \
             where c.deleted_at is null and {condition} order by c.next_contact_due, c.id limit {limit}) d \
         left join lateral (select n.interaction_type, n.subject, case when n.subject is null then left(n.summary, 300) end as summary, n.occurred_at, n.occurred_on \
             from interaction_participants p join interactions n on n.user_id = p.user_id and n.id = p.interaction_id and n.occurred_at = p.occurred_at \
                 and counts_as_contact(n.interaction_type, n.direction, n.is_contact, n.deleted_at, \
                     (select not_contact(settings) from users where id = app_user_id()), \
                     (select received_is_contact(settings) from users where id = app_user_id())) \
             where p.user_id = d.user_id and p.contact_id = d.id and p.occurred_at >= d.begins and p.occurred_at < d.ends \
             order by p.occurred_at desc, p.interaction_id desc limit 1) l on true \
         order by d.next_contact_due, d.id"
    )
}
