//! The SQL of tags.

use std::collections::HashMap;

use diesel::QueryableByName;
use diesel::sql_types::{Array, Integer, Text, Uuid as SqlUuid, Varchar};
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

/// The tags of these names, whatever their case, those that there are not yet made first.
/// The keys of the answer are the names in PostgreSQL's lower case. Two statements, however many names.
pub async fn ids_of_names(tx: &mut TenantTx<'_>, names: &[String]) -> Result<HashMap<String, Uuid>, AppError> {
    let insert = prepared(
        "insert into tags (name) select distinct on (lower(n)) n from unnest(?) n \
         where not exists (select from tags t where lower(t.name) = lower(n)) \
         on conflict do nothing",
        (bind::<Array<Text>, _>(names),),
    );
    insert.execute(tx).await?;
    let select = prepared(
        "select id, lower(name) as key from tags \
         where lower(name) = any(select lower(n) from unnest(?) n)",
        (bind::<Array<Text>, _>(names),),
    );
    let rows: Vec<Named> = select.load(tx).await?;
    Ok(rows.into_iter().map(|row| (row.key, row.id)).collect())
}

/// Gives people tags; who has one keeps it. The pairs are (contact, tag).
pub async fn attach_many(tx: &mut TenantTx<'_>, pairs: &[(Uuid, Uuid)]) -> Result<(), AppError> {
    let (contacts, tags): (Vec<Uuid>, Vec<Uuid>) = pairs.iter().copied().unzip();
    let query = prepared(
        "insert into contact_tags (contact_id, tag_id) select * from unnest(?, ?) on conflict do nothing",
        (bind::<Array<SqlUuid>, _>(contacts), bind::<Array<SqlUuid>, _>(tags)),
    );
    query.execute(tx).await?;
    Ok(())
}

/// Takes a tag off somebody.
///
/// # Errors
/// `NotFound` where she does not have it.
pub async fn detach(tx: &mut TenantTx<'_>, contact: Uuid, tag: Uuid) -> Result<(), AppError> {
    let query = prepared(
        "delete from contact_tags where contact_id = ? and tag_id = ?",
        (bind::<SqlUuid, _>(contact), bind::<SqlUuid, _>(tag)),
    );
    match query.execute(tx).await? {
        0 => Err(AppError::NotFound),
        _ => Ok(()),
    }
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
    let query = prepared("select id, name, people_count from tags order by lower(name), id limit 500", ());
    Ok(query.load(tx).await?)
}
