//! The SQL of the example people that no other feature has.

use diesel::QueryableByName;
use diesel::sql_types::{Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// The change set that made the example people, while they are here.
pub async fn standing(tx: &mut TenantTx<'_>) -> Result<Option<Uuid>, AppError> {
    let query = prepared(
        "select id from change_sets where kind = 'demo' and undone_at is null order by created_at desc, id desc limit 1",
        (),
    );
    Ok(query.load::<Id>(tx).await?.pop().map(|row| row.id))
}

/// Keeps others who would make them too waiting till the end of this transaction.
pub async fn take_turn(tx: &mut TenantTx<'_>) -> Result<(), AppError> {
    let query = prepared("select pg_advisory_xact_lock(hashtextextended('demo ' || app_user_id(), 0))", ());
    query.execute(tx).await?;
    Ok(())
}

/// Says of this transaction's change set what it is.
pub async fn name_change_set(tx: &mut TenantTx<'_>, summary: &str) -> Result<(), AppError> {
    let query = prepared(
        "update change_sets set kind = 'demo', summary = ? where id = app_change_set_id()",
        (bind::<Text, _>(summary),),
    );
    query.execute(tx).await?;
    Ok(())
}
