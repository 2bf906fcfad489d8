//! The SQL of what an account holds: stored figures and an index, never a scan that grows.

use chrono_tz::Tz;
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Text};
use diesel_async::RunQueryDsl;

use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;

/// What an account holds of what can be limited.
#[derive(Debug, Clone, Copy, QueryableByName)]
pub struct Usage {
    /// People not in the trash.
    #[diesel(sql_type = BigInt)]
    pub contacts: i64,
    /// Files taken in today.
    #[diesel(sql_type = BigInt)]
    pub imports: i64,
    /// Of her rows as last measured, and of her files that wait to be read.
    #[diesel(sql_type = BigInt)]
    pub bytes: i64,
}

macro_rules! holding {
    () => {
        "coalesce((select live from contact_counts), 0)::bigint as contacts, \
         coalesce((select bytes from account_sizes), 0) + coalesce((select sum(file_size) from imports \
             where upload_path is not null), 0)::bigint as bytes"
    };
}

/// All of it.
pub(super) async fn usage(tx: &mut TenantTx<'_>, zone: Tz) -> Result<Usage, AppError> {
    let query = prepared(
        concat!(
            "select (select count(*) from imports where created_at >= date_trunc('day', now(), ?)) as imports, ",
            holding!()
        ),
        (bind::<Text, _>(zone.name()),),
    );
    Ok(query.get_result(tx).await?)
}

/// What people fill; of imports it says none.
pub(super) async fn holding(tx: &mut TenantTx<'_>) -> Result<Usage, AppError> {
    Ok(prepared(concat!("select 0::bigint as imports, ", holding!()), ()).get_result(tx).await?)
}
