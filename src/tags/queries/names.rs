//! Tags by their names.

use std::collections::HashMap;

use diesel::QueryableByName;
use diesel::sql_types::{Array, Binary, Integer, Text, Uuid as SqlUuid, Varchar};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::db::{TenantTx, bind, containing, prepared};
use crate::error::AppError;
use crate::tags::model::color_of;
use crate::text::sort_key::sort_key;

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    key: String,
}

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
    let select = prepared(
        "select t.id, n as key from unnest(?) n join tags t on lower(t.name) = lower(n)",
        (bind::<Array<Text>, _>(names),),
    );
    let rows: Vec<Named> = select.load(tx).await?;
    Ok(rows.into_iter().map(|row| (row.key, row.id)).collect())
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

/// A few tags whose names hold what was typed, those that begin with it first, then those of most people.
pub async fn options(tx: &mut TenantTx<'_>, typed: &str) -> Result<Vec<Choice>, AppError> {
    let patterns = containing(typed);
    let query = prepared(
        "select id, name, people_count from tags \
         where unaccent(lower(name)) like all (array(select unaccent(lower(p)) from unnest(?) p)) \
         order by not unaccent(lower(name)) like ltrim(unaccent(lower(?)), '%'), people_count desc, sort_key, id limit 20",
        (bind::<Array<Text>, _>(&patterns), bind::<Text, _>(patterns.as_slice().first().map_or("", String::as_str))),
    );
    Ok(query.load(tx).await?)
}

/// Makes the sort keys of these tags anew: for an undo, which gives them back their names alone.
pub async fn rekey(tx: &mut TenantTx<'_>, ids: &[Uuid]) -> Result<(), AppError> {
    if ids.is_empty() {
        return Ok(());
    }
    let select =
        prepared("select id, name, people_count from tags where id = any(?)", (bind::<Array<SqlUuid>, _>(ids),));
    let found: Vec<Choice> = select.load(tx).await?;
    let (ids, keys): (Vec<Uuid>, Vec<Vec<u8>>) = found.iter().map(|row| (row.id, sort_key(&row.name))).unzip();
    let update = prepared(
        "update tags t set sort_key = r.key from unnest(?, ?) r(id, key) where t.id = r.id and t.sort_key <> r.key",
        (bind::<Array<SqlUuid>, _>(ids), bind::<Array<Binary>, _>(keys)),
    );
    update.execute(tx).await?;
    Ok(())
}
