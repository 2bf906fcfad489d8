//! What is overdue, due today and due this week, and of what comes later that of which notice has come: the first few of each, and how
//! many there are.

use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Bool, Integer, Timestamptz};
use diesel_async::RunQueryDsl;

use super::list::{NEXT, OPEN, Row, StoredRow};
use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;
use crate::reminders::model::Bounds;

/// More than so many are not counted.
pub const COUNTED: i64 = 1000;

/// So many of each part are shown: what is to come this week does not push away what is due.
const SHOWN: [usize; 4] = [10, 10, 5, 5];

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
    /// Whether they are days alone, which were counted apart from those with an hour.
    #[diesel(sql_type = Bool)]
    stretch: bool,
    #[diesel(sql_type = BigInt)]
    count: i64,
    #[diesel(embed)]
    row: StoredRow,
}

/// What was put off to an hour of today that has passed.
const PUT_OFF: &str = "select n.reminder_id, n.rings_at from reminder_occurrences n \
     where n.state = 'open' and n.snoozed_until is not null and n.rings_at >= b.today and n.rings_at < b.now";

/// What comes later and was not put off, and of which notice has come.
const NOTICED: &str = "select n.reminder_id, n.rings_at from reminder_occurrences n \
     where n.state = 'open' and n.snoozed_until is null and n.notice_at <= b.now and n.rings_at >= b.week";

/// What is overdue, due today and due this week, and what comes later of which notice has come. One statement. What has an hour is overdue once that has passed, a day alone once the
/// day has, unless it was put off to an hour: so each part is read in two stretches, each by an index that holds nothing else, however
/// many are due on one day.
///
/// # Errors
/// When the database fails.
pub async fn due(mut tx: &TenantTx<'_>, bounds: &Bounds) -> Result<[Part; 4], AppError> {
    let query = prepared(
        sql(),
        (
            bind::<Timestamptz, _>(bounds.today),
            bind::<Timestamptz, _>(bounds.now),
            bind::<Timestamptz, _>(bounds.tomorrow),
            bind::<Timestamptz, _>(bounds.week),
        ),
    );
    Ok(parts(query.load(&mut tx).await?))
}

fn sql() -> String {
    let held = format!(
        "select r.* from reminders r where {OPEN} and r.is_day = s.is_day and r.due_at >= s.since and r.due_at < s.until \
             and (s.part <> 1 or not s.is_day or (r.id, r.due_at) not in ({PUT_OFF}))"
    );
    let put_off = format!(
        "select r.* from ({PUT_OFF} group by 1, 2) n join reminders r on r.id = n.reminder_id and r.due_at = n.rings_at \
         where s.part = 0 and s.is_day and r.is_day and {OPEN}"
    );
    let noticed = format!(
        "select r.* from ({NOTICED} group by 1, 2) n join reminders r on r.id = n.reminder_id and r.due_at = n.rings_at \
         where s.part = 3 and {OPEN}"
    );
    let most = COUNTED + 1;
    format!(
        "select s.part, s.is_day as stretch, k.count, r.id, r.title, r.contact_id, c.display_name, r.due_at, \
             {NEXT}, r.is_day, r.recurrence_rule, o.occurs_at_local \
         from (select ?::timestamptz as today, ?::timestamptz as now, ?::timestamptz as tomorrow, ?::timestamptz as week) b \
         cross join lateral (values (0, false, '-infinity'::timestamptz, b.now), (0, true, '-infinity', b.today), (1, false, b.now, b.tomorrow), \
             (1, true, b.today, b.tomorrow), (2, false, b.tomorrow, b.week), (2, true, b.tomorrow, b.week), (3, false, 'infinity', '-infinity')) s(part, is_day, since, until) \
         cross join lateral (select count(*) from (({held} limit {most}) union all ({put_off} limit {most}) union all ({noticed} limit {most})) x) k \
         cross join lateral (({held} order by r.due_at, r.id limit 10) union all ({put_off} order by r.due_at, r.id limit 10) \
             union all ({noticed} order by r.due_at, r.id limit 10)) r \
         left join contacts c on c.user_id = r.user_id and c.id = r.contact_id \
         left join lateral (select n.occurs_at_local, n.snoozed_until, n.notice_at from reminder_occurrences n where n.user_id = r.user_id \
             and n.reminder_id = r.id and n.state = 'open' order by n.rings_at, n.occurs_at_local limit 1) o on true \
         order by s.part, r.due_at, r.id"
    )
}

/// The two stretches of each part as one.
fn parts(rows: Vec<DueRow>) -> [Part; 4] {
    let mut parts: [Part; 4] = Default::default();
    let mut counts = [[0; 2]; 4];
    for DueRow { part, stretch, count, row } in rows {
        let Some(place) = usize::try_from(part).ok().filter(|place| *place < parts.len()) else { continue };
        counts[place][usize::from(stretch)] = count;
        parts[place].rows.push(row.into());
    }
    for ((part, counts), shown) in parts.iter_mut().zip(counts).zip(SHOWN) {
        let count: i64 = counts.iter().sum();
        (part.count, part.is_more) = (count.min(COUNTED), count > COUNTED);
        part.rows.truncate(shown);
    }
    parts
}
