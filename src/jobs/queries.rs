//! The SQL of the queue that a user may run; claiming is in `db::Anonymous`.

use diesel::sql_types::{Jsonb, Nullable, Text};
use diesel_async::RunQueryDsl;
use serde_json::Value;

use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;

/// Puts a job of this user into the queue: it exists if the transaction commits. With a `place`
/// only the server of that data folder does it. The caller rings the bell afterwards.
pub async fn enqueue(tx: &mut TenantTx<'_>, kind: &str, payload: &Value, place: Option<&str>) -> Result<(), AppError> {
    let query = prepared(
        "insert into jobs (kind, payload, place) values (?, ?, ?)",
        (bind::<Text, _>(kind), bind::<Jsonb, _>(payload), bind::<Nullable<Text>, _>(place)),
    );
    query.execute(tx).await?;
    Ok(())
}

/// Puts a job of this kind that says nothing besides into the queue, behind what is due, unless one waits there.
pub async fn enqueue_once(tx: &mut TenantTx<'_>, kind: &str) -> Result<(), AppError> {
    prepared("select enqueue_once(?)", (bind::<Text, _>(kind),)).execute(tx).await?;
    Ok(())
}

/// Waits for every transaction of this user that left its work to a job which waits, by `enqueue_once`: a job that
/// looks for what is left does so in a transaction of its own after this one, and misses nothing.
pub async fn await_writers(tx: &mut TenantTx<'_>) -> Result<(), AppError> {
    let query = prepared("select pg_advisory_xact_lock(hashtextextended('enqueue ' || app_user_id()::text, 0))", ());
    query.execute(tx).await?;
    Ok(())
}
