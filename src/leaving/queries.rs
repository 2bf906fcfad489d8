//! The SQL of closing an account.

use diesel::QueryableByName;
use diesel::sql_types::{Array, BigInt, Bool, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::db::{Done, TenantTx, bind, prepared};
use crate::error::AppError;

/// What the page says of the account.
#[derive(Debug, QueryableByName)]
pub struct Standing {
    /// People not in the trash.
    #[diesel(sql_type = BigInt)]
    pub contacts: i64,
    /// Whether others would be left without an administrator.
    #[diesel(sql_type = Bool)]
    pub is_last: bool,
    /// Whether nobody would be left.
    #[diesel(sql_type = Bool)]
    pub is_only: bool,
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    answer: String,
}

/// What closing the account would mean.
pub async fn standing(tx: &mut TenantTx<'_>) -> Result<Standing, AppError> {
    let query = prepared(
        "select coalesce((select live from contact_counts), 0)::bigint as contacts, s.is_last, s.is_only \
         from public.closing_standing() s",
        (),
    );
    Ok(query.get_result(tx).await?)
}

/// Closes the account of the session that asks, and leaves its erasure to a job.
pub async fn close(tx: &mut TenantTx<'_>) -> Result<Done, AppError> {
    let waiting = prepared("select id from imports where upload_path is not null order by id limit 10000", ());
    let uploads: Vec<Uuid> = waiting.load::<Id>(tx).await?.into_iter().map(|row| row.id).collect();
    let query = prepared("select public.close_account(?) as answer", (bind::<Array<SqlUuid>, _>(uploads),));
    Ok(Done::of(&query.get_result::<Word>(tx).await?.answer))
}
