//! The SQL of organizations.

use std::collections::HashMap;

use diesel::QueryableByName;
use diesel::sql_types::{Array, Text, Uuid as SqlUuid, Varchar};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    key: String,
}

/// The organizations of these names, whatever their case, those that there are not yet made first.
/// The keys of the answer are the names in PostgreSQL's lower case. Two statements, however many names.
pub async fn ids_of_names(tx: &mut TenantTx<'_>, names: &[String]) -> Result<HashMap<String, Uuid>, AppError> {
    let insert = prepared(
        "insert into organizations (name) select distinct on (lower(n)) n from unnest(?) n \
         where not exists (select from organizations o where lower(o.name) = lower(n) and o.deleted_at is null) \
         on conflict do nothing",
        (bind::<Array<Text>, _>(names),),
    );
    insert.execute(tx).await?;
    let select = prepared(
        "select id, lower(name) as key from organizations \
         where deleted_at is null and lower(name) = any(select lower(n) from unnest(?) n)",
        (bind::<Array<Text>, _>(names),),
    );
    let rows: Vec<Named> = select.load(tx).await?;
    Ok(rows.into_iter().map(|row| (row.key, row.id)).collect())
}

/// An organization as a filter shows it.
#[derive(Debug, Clone, QueryableByName)]
pub struct Choice {
    /// Its row.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Its name.
    #[diesel(sql_type = Varchar)]
    pub name: String,
}

/// These organizations' names; no statement where none is asked for.
pub async fn named(tx: &mut TenantTx<'_>, ids: &[Uuid]) -> Result<Vec<Choice>, AppError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let query = prepared(
        "select id, name from organizations where id = any(?) and deleted_at is null order by lower(name), id limit 50",
        (bind::<Array<SqlUuid>, _>(ids),),
    );
    Ok(query.load(tx).await?)
}
