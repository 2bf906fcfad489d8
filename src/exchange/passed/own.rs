//! The SQL of the addresses that are hers, kept in her settings for the next import.

use diesel::QueryableByName;
use diesel::sql_types::{Array, Text};
use diesel_async::RunQueryDsl;

use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;

#[derive(QueryableByName)]
struct Own {
    #[diesel(sql_type = Array<Text>)]
    addresses: Vec<String>,
}

/// The addresses that she said are hers, with that of her account.
pub async fn own_addresses(tx: &mut TenantTx<'_>) -> Result<Vec<String>, AppError> {
    let query = prepared(
        "select array(select a from jsonb_array_elements_text(case when jsonb_typeof(settings -> 'own_addresses') = 'array' \
             then settings -> 'own_addresses' else jsonb_build_array(lower(email)) end) a) as addresses from users",
        (),
    );
    Ok(query.get_result::<Own>(tx).await?.addresses)
}

/// Remembers which are.
pub(super) async fn remember(tx: &mut TenantTx<'_>, addresses: &[String]) -> Result<(), AppError> {
    let query = prepared(
        "update users set settings = coalesce(settings, '{}') || jsonb_build_object('own_addresses', to_jsonb(?::text[]))",
        (bind::<Array<Text>, _>(addresses),),
    );
    query.execute(tx).await?;
    Ok(())
}
