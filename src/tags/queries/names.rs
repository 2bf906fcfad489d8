//! Tags by their names.

use std::collections::HashMap;

use diesel::QueryableByName;
use diesel::sql_types::{Array, Binary, Integer, Text, Uuid as SqlUuid, Varchar};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::by_name::NamedTable;
use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;
use crate::tags::model::color_of;
use crate::text::sort_key::sort_key;

/// The table, as what is called by its name.
pub const TABLE: NamedTable = NamedTable {
    table: "tags",
    living: "true",
    text: "t.name",
    columns: "t.color, t.contact_frequency_days, t.people_count",
};

/// The tags of these names, whatever their case, those that there are not yet made first.
/// The keys of the answer are the names as they were given. Two statements, however many names.
pub async fn ids_of_names(tx: &mut TenantTx<'_>, names: &[String]) -> Result<HashMap<String, Uuid>, AppError> {
    let keys: Vec<Vec<u8>> = names.iter().map(|name| sort_key(name)).collect();
    let colors: Vec<&str> = names.iter().map(|name| color_of(name)).collect();
    let insert = prepared(
        "insert into tags (name, sort_key, color) select distinct on (lower(n)) n, k, c from unnest(?, ?, ?) r(n, k, c) \
         where not exists (select from tags t where lower(t.name) = lower(n)) \
         on conflict do nothing",
        (bind::<Array<Text>, _>(names), bind::<Array<Binary>, _>(keys), bind::<Array<Text>, _>(colors)),
    );
    insert.execute(tx).await?;
    TABLE.ids_of_names(tx, names).await
}

/// A tag as a filter offers it.
#[derive(Debug, Clone, QueryableByName)]
pub struct Choice {
    /// Its row.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Its name.
    #[diesel(sql_type = Varchar)]
    pub name: String,
    /// People not in the trash who have it.
    #[diesel(sql_type = Integer)]
    pub people_count: i32,
}

/// The tags that a filter offers, by name.
pub async fn choices(tx: &mut TenantTx<'_>) -> Result<Vec<Choice>, AppError> {
    let query = prepared("select id, name, people_count from tags order by sort_key, id limit 500", ());
    Ok(query.load(tx).await?)
}

/// The tag that has this name, whatever its case.
pub async fn of_name(tx: &mut TenantTx<'_>, name: &str) -> Result<Option<Choice>, AppError> {
    let query = prepared(
        "select id, name, people_count from tags where lower(name) = lower(?) limit 1",
        (bind::<Text, _>(name),),
    );
    Ok(query.load(tx).await?.pop())
}
