//! Organizations by their names.

use std::collections::HashMap;

use diesel::QueryableByName;
use diesel::sql_types::{Array, Binary, Text, Uuid as SqlUuid, Varchar};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::by_name::NamedTable;
use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;
use crate::text::sort_key::sort_key;

/// The table, as what is called by its name.
pub const TABLE: NamedTable = NamedTable {
    table: "organizations",
    living: "t.deleted_at is null",
    text: "concat_ws(' ', t.name, t.domain, t.industry)",
    columns: "t.domain, t.industry, t.people_count",
};

/// The organizations of these names, whatever their case, those that there are not yet made first.
/// The keys of the answer are the names as they were given. Two statements, however many names.
pub async fn ids_of_names(tx: &mut TenantTx<'_>, names: &[String]) -> Result<HashMap<String, Uuid>, AppError> {
    let keys: Vec<Vec<u8>> = names.iter().map(|name| sort_key(name)).collect();
    let insert = prepared(
        "insert into organizations (name, sort_key) select distinct on (lower(n)) n, k from unnest(?, ?) r(n, k) \
         where not exists (select from organizations o where lower(o.name) = lower(n) and o.deleted_at is null) \
         on conflict do nothing",
        (bind::<Array<Text>, _>(names), bind::<Array<Binary>, _>(keys)),
    );
    insert.execute(tx).await?;
    TABLE.ids_of_names(tx, names).await
}

/// What has this name in the trash while nothing outside of it does, the last that went there.
pub async fn trashed_of_name(tx: &mut TenantTx<'_>, name: &str) -> Result<Option<Choice>, AppError> {
    let query = prepared(
        "select id, name from organizations where lower(name) = lower(?) and deleted_at is not null \
         and not exists (select from organizations o where lower(o.name) = lower(?) and o.deleted_at is null) \
         order by deleted_at desc, id limit 1",
        (bind::<Text, _>(name), bind::<Text, _>(name)),
    );
    Ok(query.load(tx).await?.pop())
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
        "select id, name from organizations where id = any(?) and deleted_at is null order by sort_key, id limit 50",
        (bind::<Array<SqlUuid>, _>(ids),),
    );
    Ok(query.load(tx).await?)
}

/// The organization outside the trash that has this name, whatever its case.
pub async fn of_name(tx: &mut TenantTx<'_>, name: &str) -> Result<Option<Choice>, AppError> {
    let query = prepared(
        "select id, name from organizations where lower(name) = lower(?) and deleted_at is null limit 1",
        (bind::<Text, _>(name),),
    );
    Ok(query.load(tx).await?.pop())
}
