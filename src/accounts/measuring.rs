//! How much storage an account takes: measured by a job as its own user, a table a transaction.

use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Text};
use diesel_async::RunQueryDsl;
use futures_util::FutureExt;
use serde_json::Value;

use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;
use crate::jobs::{self, Duty, Work};

const KIND: &str = "account.measure";

/// The job, left by the hourly housekeeping and by an import where storage is limited.
#[must_use]
pub fn duty() -> Duty {
    Duty { kind: KIND, work: WORK, give_up: None }
}

/// Has the account of this transaction's user measured.
pub async fn enqueue(tx: &mut TenantTx<'_>) -> Result<(), AppError> {
    jobs::enqueue(tx, KIND, &Value::Object(serde_json::Map::new()), None).await
}

const WORK: Work = |tools, job| {
    async move {
        let user = tools.db.anonymous().user(job.user_id.ok_or(AppError::NotFound)?).await?;
        let mut bytes = 0;
        for table in tools.db.as_user(&user, async |tx| tables(tx).await).await? {
            bytes += tools.db.as_user_for_job(&user, async |tx| bytes_of(tx, &table.name).await).await?;
        }
        tools.db.as_user(&user, async |tx| keep(tx, bytes).await).await
    }
    .boxed_local()
};

#[derive(QueryableByName)]
struct Table {
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(QueryableByName)]
struct Bytes {
    #[diesel(sql_type = BigInt)]
    answer: i64,
}

async fn tables(tx: &mut TenantTx<'_>) -> Result<Vec<Table>, AppError> {
    let query = prepared("select name::text from account_tables() where has_table_privilege(name, 'select')", ());
    Ok(query.load(tx).await?)
}

async fn bytes_of(tx: &mut TenantTx<'_>, table: &str) -> Result<i64, AppError> {
    let query = prepared("select table_bytes(?::regclass) as answer", (bind::<Text, _>(table),));
    Ok(query.get_result::<Bytes>(tx).await?.answer)
}

async fn keep(tx: &mut TenantTx<'_>, bytes: i64) -> Result<(), AppError> {
    let query = prepared(
        "insert into account_sizes as s (bytes) values (?) \
         on conflict (user_id) do update set bytes = excluded.bytes, measured_at = excluded.measured_at",
        (bind::<BigInt, _>(bytes),),
    );
    query.execute(tx).await?;
    Ok(())
}
