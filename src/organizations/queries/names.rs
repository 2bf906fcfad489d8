//! Organizations by their names.

use std::collections::HashMap;

use diesel::QueryableByName;
use diesel::sql_types::{Array, Binary, Text, Uuid as SqlUuid, Varchar};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::db::{TenantTx, bind, containing, prepared};
use crate::error::AppError;
use crate::text::sort_key::sort_key;

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    key: String,
}

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
    let select = prepared(
        "select o.id, n as key from unnest(?) n join organizations o on lower(o.name) = lower(n) where o.deleted_at is null",
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

/// A few organizations whose names hold what was typed, those that begin with it first.
pub async fn options(tx: &mut TenantTx<'_>, typed: &str) -> Result<Vec<Choice>, AppError> {
    let patterns = containing(typed);
    let query = prepared(
        "select id, name from organizations where deleted_at is null \
             and unaccent(lower(name)) like all (array(select unaccent(lower(p)) from unnest(?) p)) \
         order by not unaccent(lower(name)) like ltrim(unaccent(lower(?)), '%'), sort_key, id limit 20",
        (bind::<Array<Text>, _>(&patterns), bind::<Text, _>(patterns.as_slice().first().map_or("", String::as_str))),
    );
    Ok(query.load(tx).await?)
}

/// Makes the sort keys of these organizations anew: for an undo, which gives them back their names alone.
pub async fn rekey(tx: &mut TenantTx<'_>, ids: &[Uuid]) -> Result<(), AppError> {
    if ids.is_empty() {
        return Ok(());
    }
    let select = prepared("select id, name from organizations where id = any(?)", (bind::<Array<SqlUuid>, _>(ids),));
    let found: Vec<Choice> = select.load(tx).await?;
    let (ids, keys): (Vec<Uuid>, Vec<Vec<u8>>) = found.iter().map(|row| (row.id, sort_key(&row.name))).unzip();
    let update = prepared(
        "update organizations o set sort_key = r.key from unnest(?, ?) r(id, key) where o.id = r.id and o.sort_key <> r.key",
        (bind::<Array<SqlUuid>, _>(ids), bind::<Array<Binary>, _>(keys)),
    );
    update.execute(tx).await?;
    Ok(())
}
