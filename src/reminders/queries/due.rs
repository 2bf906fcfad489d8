//! What is overdue, due today and due this week: the first few of each, and how many there are.

use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Integer, Timestamptz};
use diesel_async::RunQueryDsl;

use super::list::{Row, StoredRow};
use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;
use crate::reminders::model::Bounds;

/// More than so many are not counted.
pub const COUNTED: i64 = 1000;

/// So many of each part are shown: what is to come this week does not push away what is due.
const SHOWN: [usize; 3] = [10, 10, 5];

/// The reminders of one time.
#[derive(Debug, Clone, Default)]
pub struct Part {
    /// The first few, in the order in which they are due.
    pub rows: Vec<Row>,
    /// All of them, at most [`COUNTED`].
    pub count: i64,
    /// Whether there are more than were counted.
    pub is_more: bool,
}

#[derive(QueryableByName)]
struct DueRow {
    #[diesel(sql_type = Integer)]
    part: i32,
    #[diesel(sql_type = BigInt)]
    count: i64,
    #[diesel(embed)]
    row: StoredRow,
}

/// What a part `s` holds of all that is open. A day alone is not overdue before the day has passed, unless it was put off
/// to an hour of it. Whoever is in the trash is not to be thought of.
const HELD: &str = "r.status = 'pending' and r.deleted_at is null and r.due_at >= s.since and r.due_at < s.until \
     and (r.due_at < b.today or r.due_at >= b.now or (not r.is_day or exists (select from reminder_occurrences n where n.user_id = r.user_id \
         and n.reminder_id = r.id and n.state = 'open' and n.rings_at = r.due_at and n.snoozed_until is not null)) = (s.part = 0)) \
     and not exists (select from contacts t where t.user_id = r.user_id and t.id = r.contact_id and t.deleted_at is not null)";

/// What is overdue, due today and due this week. One statement, each part of which walks the index of what is open.
///
/// # Errors
/// When the database fails.
pub async fn due(mut tx: &TenantTx<'_>, bounds: &Bounds) -> Result<[Part; 3], AppError> {
    let query = prepared(
        format!(
            "select s.part, k.count, r.id, r.title, r.contact_id, c.display_name, r.due_at, o.snoozed_until is not null as is_snoozed, \
                 r.is_day, r.recurrence_rule, o.occurs_at_local \
             from (select ?::timestamptz as today, ?::timestamptz as now, ?::timestamptz as tomorrow, ?::timestamptz as week) b \
             cross join lateral (values (0, '-infinity'::timestamptz, b.now), (1, b.today, b.tomorrow), (2, b.tomorrow, b.week)) s(part, since, until) \
             cross join lateral (select count(*) from (select from reminders r where {HELD} limit {}) x) k \
             cross join lateral (select r.* from reminders r where {HELD} order by r.due_at, r.id limit 10) r \
             left join contacts c on c.user_id = r.user_id and c.id = r.contact_id \
             left join lateral (select n.occurs_at_local, n.snoozed_until from reminder_occurrences n where n.user_id = r.user_id \
                 and n.reminder_id = r.id and n.state = 'open' order by n.rings_at, n.occurs_at_local limit 1) o on true \
             order by s.part, r.due_at, r.id",
            COUNTED + 1
        ),
        (
            bind::<Timestamptz, _>(bounds.today),
            bind::<Timestamptz, _>(bounds.now),
            bind::<Timestamptz, _>(bounds.tomorrow),
            bind::<Timestamptz, _>(bounds.week),
        ),
    );
    let mut parts: [Part; 3] = Default::default();
    for DueRow { part, count, row } in query.load::<DueRow>(&mut tx).await? {
        let Some(part) = usize::try_from(part).ok().and_then(|part| parts.get_mut(part)) else { continue };
        (part.count, part.is_more) = (count.min(COUNTED), count > COUNTED);
        part.rows.push(row.into());
    }
    for (part, shown) in parts.iter_mut().zip(SHOWN) {
        part.rows.truncate(shown);
    }
    Ok(parts)
}
