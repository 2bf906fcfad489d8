//! A year of contact with somebody, as a part of the statement that reads her.

use chrono::NaiveDate;
use diesel::QueryableByName;
use diesel::sql_types::{Array, BigInt, Date, Integer};

use crate::interactions::heat::{DAYS, MOST, Year};

/// What `from contacts c` is followed by, for the columns of a [`YearRow`]. Her own index is read, from today back.
#[must_use]
pub fn year_of_contact() -> String {
    format!(
        " cross join lateral (select coalesce(array_agg(d.day order by d.day), '{{}}') as days, coalesce(array_agg(d.n order by d.day), '{{}}') as counts, \
             coalesce(sum(d.inbound), 0)::int8 as inbound, coalesce(sum(d.outbound), 0)::int8 as outbound, coalesce(sum(d.n), 0)::int8 as total \
         from (select x.day, count(*)::int4 as n, count(*) filter (where x.direction = 'inbound') as inbound, \
                 count(*) filter (where x.direction = 'outbound') as outbound \
             from (select interaction_day(n.occurred_at, n.occurred_on, u.time_zone) as day, (now() at time zone u.time_zone)::date as today, n.direction \
                 from (select p.user_id, p.interaction_id, p.occurred_at from interaction_participants p \
                     where p.user_id = c.user_id and p.contact_id = c.id and p.occurred_at >= now() - interval '{} days' \
                     order by p.occurred_at desc, p.interaction_id desc limit {MOST}) p \
                 cross join lateral (select * from interactions i where i.user_id = p.user_id and i.id = p.interaction_id \
                     and i.occurred_at = p.occurred_at and is_in_touch(i.interaction_type, i.is_contact, i.deleted_at) offset 0) n \
                 join users u on u.id = p.user_id) x \
             where x.day > x.today - {DAYS} and x.day <= x.today group by x.day) d) y",
        DAYS + 2
    )
}

/// The columns of [`year_of_contact`].
pub const YEAR_COLUMNS: &str = "y.days, y.counts, y.inbound, y.outbound, y.total";

/// A year as it is read.
#[derive(QueryableByName)]
pub struct YearRow {
    #[diesel(sql_type = Array<Date>)]
    days: Vec<NaiveDate>,
    #[diesel(sql_type = Array<Integer>)]
    counts: Vec<i32>,
    #[diesel(sql_type = BigInt)]
    inbound: i64,
    #[diesel(sql_type = BigInt)]
    outbound: i64,
    #[diesel(sql_type = BigInt)]
    total: i64,
}

impl From<YearRow> for Year {
    fn from(row: YearRow) -> Self {
        let YearRow { days, counts, inbound, outbound, total } = row;
        Self { days, counts, inbound, outbound, is_cut: total >= MOST }
    }
}
