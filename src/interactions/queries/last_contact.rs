//! When she was last in touch with people. The database keeps it as interactions change; this is for what it does not
//! see.

use diesel::QueryableByName;
use diesel::sql_types::{Array, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Counts it anew for these people.
pub async fn refresh_last_contacts(tx: &mut TenantTx<'_>, people: &[Uuid]) -> Result<(), AppError> {
    let query = prepared("select refresh_last_contacts(?)", (bind::<Array<SqlUuid>, _>(people),));
    query.execute(tx).await?;
    Ok(())
}

/// Counts it anew for the next two hundred people behind `after`; the place to go on from, while there may be more.
pub async fn refresh_last_contacts_behind(tx: &mut TenantTx<'_>, after: Uuid) -> Result<Option<Uuid>, AppError> {
    let query = prepared("select id from contacts where id > ? order by id limit 200", (bind::<SqlUuid, _>(after),));
    let people: Vec<Uuid> = query.load(tx).await?.into_iter().map(|row: Id| row.id).collect();
    refresh_last_contacts(tx, &people).await?;
    Ok(people.last().copied())
}
