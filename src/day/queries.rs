//! What the first page asks that is no list of a feature's own: one statement for all of it.

use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Jsonb, Nullable, Timestamptz};
use diesel_async::RunQueryDsl;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::model::Around;
use crate::correspondents::queries::waiting;
use crate::db::{TenantTx, bind, prepared};
use crate::delivery::queries::{ALARM, trouble_sql};
use crate::error::AppError;
use crate::interactions::queries::counts_of_times;

/// Correspondents who are counted at most.
pub(super) const COUNTED: i64 = 1000;

#[derive(QueryableByName)]
struct Stored {
    #[diesel(sql_type = BigInt)]
    people: i64,
    #[diesel(sql_type = Bool)]
    has_cadence: bool,
    #[diesel(sql_type = BigInt)]
    waiting: i64,
    #[diesel(sql_type = Jsonb)]
    first: Value,
    #[diesel(sql_type = Jsonb)]
    trouble: Value,
    #[diesel(sql_type = Nullable<Jsonb>)]
    alarm: Option<Value>,
    #[diesel(sql_type = Array<Integer>)]
    counts: Vec<i32>,
}

/// What stands around the lists; `days` are the beginnings of the days that are counted and, behind them, their end.
pub(super) async fn around(mut tx: &TenantTx<'_>, days: &[DateTime<Utc>]) -> Result<Around, AppError> {
    let (since, until) = (days.get(..days.len().saturating_sub(1)), days.get(1..));
    let query = prepared(
        format!(
            "select coalesce((select live from contact_counts), 0)::bigint as people, \
                 exists (select from contacts c where c.deleted_at is null and c.next_contact_due is not null) as has_cadence, \
                 w.waiting, w.first, (select to_jsonb(t) from ({}) t) as trouble, (select to_jsonb(a) from ({ALARM}) a) as alarm, {} as counts from {}",
            trouble_sql(),
            counts_of_times(),
            waiting(COUNTED)
        ),
        (
            bind::<Array<Timestamptz>, _>(since.unwrap_or_default()),
            bind::<Array<Timestamptz>, _>(until.unwrap_or_default()),
        ),
    );
    let Stored { people, has_cadence, waiting, first, trouble, alarm, counts } = query.get_result(&mut tx).await?;
    Ok(Around {
        people,
        has_cadence,
        waiting,
        first: read(first)?,
        trouble: read(trouble)?,
        alarm: alarm.map(read).transpose()?,
        counts,
    })
}

fn read<T: DeserializeOwned>(stored: Value) -> Result<T, AppError> {
    Ok(serde_json::from_value(stored).map_err(anyhow::Error::from)?)
}
