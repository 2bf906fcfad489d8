//! What passed lately: the newest of it, and on which days how much.

use chrono::{DateTime, Utc};
use diesel::sql_types::Timestamptz;
use diesel_async::RunQueryDsl;

use super::list::{Row, columns, rows};
use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;
use crate::interactions::heat::ENOUGH;

/// The newest that passed since a moment and until another, at most six, of a thread the newest. One statement: threads
/// are told apart among the two hundred newest messages.
pub async fn lately(mut tx: &TenantTx<'_>, since: DateTime<Utc>, until: DateTime<Utc>) -> Result<Vec<Row>, AppError> {
    let query = prepared(
        format!(
            "select {} from (select i.* from interactions i where i.deleted_at is null and i.occurred_at >= ? and i.occurred_at < ? \
                 order by i.occurred_at desc, i.id desc limit 200) n \
             where n.thread_id is null or not exists (select from interactions w where w.thread_id = n.thread_id and w.deleted_at is null \
                 and (w.occurred_at, w.id) > (n.occurred_at, n.id) and w.occurred_at < ?) \
             order by n.occurred_at desc, n.id desc limit 6",
            columns(true)
        ),
        (bind::<Timestamptz, _>(since), bind::<Timestamptz, _>(until), bind::<Timestamptz, _>(until)),
    );
    rows(query.load(&mut tx).await?)
}

/// An expression for how much passed in each of some times, as an array in their order; its binds are the arrays of
/// their beginnings and of their ends. Each time is counted by the index of what passed up to [`ENOUGH`], however much
/// passed.
#[must_use]
pub fn counts_of_times() -> String {
    format!(
        "(select coalesce(array_agg(d.n order by d.place), '{{}}') from (select t.place, (select count(*)::int4 from (select from interactions i \
             where i.deleted_at is null and i.occurred_at >= t.since and i.occurred_at < t.until limit {ENOUGH}) x) as n \
             from unnest(?::timestamptz[], ?::timestamptz[]) with ordinality t(since, until, place)) d)"
    )
}
