//! Writing tags. A name that is taken violates `model::NAME_KEY`.

use diesel::QueryableByName;
use diesel::sql_types::{Binary, Integer, Nullable, Text, Uuid as SqlUuid, Varchar};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;
use crate::tags::model::Tag;
use crate::text::sort_key::sort_key;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Varchar)]
    name: String,
    #[diesel(sql_type = Nullable<Varchar>)]
    color: Option<String>,
    #[diesel(sql_type = Nullable<Integer>)]
    contact_frequency_days: Option<i32>,
}

/// One tag.
///
/// # Errors
/// `NotFound` where she has no such tag.
pub async fn find(tx: &mut TenantTx<'_>, id: Uuid) -> Result<Tag, AppError> {
    let query =
        prepared("select name, color, contact_frequency_days from tags where id = ?", (bind::<SqlUuid, _>(id),));
    let row: Row = query.load(tx).await?.pop().ok_or(AppError::NotFound)?;
    Ok(Tag { name: row.name, color: row.color, contact_frequency_days: row.contact_frequency_days })
}

/// Adds a tag.
pub async fn insert(tx: &mut TenantTx<'_>, id: Uuid, tag: &Tag) -> Result<(), AppError> {
    let query = prepared(
        "insert into tags (id, name, color, contact_frequency_days, sort_key) values (?, ?, ?, ?, ?)",
        (
            bind::<SqlUuid, _>(id),
            bind::<Text, _>(&tag.name),
            bind::<Nullable<Text>, _>(&tag.color),
            bind::<Nullable<Integer>, _>(tag.contact_frequency_days),
            bind::<Binary, _>(sort_key(&tag.name)),
        ),
    );
    query.execute(tx).await?;
    Ok(())
}

/// Overwrites a tag.
///
/// # Errors
/// `NotFound` where she has no such tag.
pub async fn update(tx: &mut TenantTx<'_>, id: Uuid, tag: &Tag) -> Result<(), AppError> {
    let query = prepared(
        "update tags set name = ?, color = ?, contact_frequency_days = ?, sort_key = ? where id = ?",
        (
            bind::<Text, _>(&tag.name),
            bind::<Nullable<Text>, _>(&tag.color),
            bind::<Nullable<Integer>, _>(tag.contact_frequency_days),
            bind::<Binary, _>(sort_key(&tag.name)),
            bind::<SqlUuid, _>(id),
        ),
    );
    found(query.execute(tx).await?)
}

/// Deletes a tag and takes it off everybody.
///
/// # Errors
/// `NotFound` where she has no such tag.
pub async fn delete(tx: &mut TenantTx<'_>, id: Uuid) -> Result<(), AppError> {
    let query = prepared("delete from tags where id = ?", (bind::<SqlUuid, _>(id),));
    found(query.execute(tx).await?)
}

fn found(rows: usize) -> Result<(), AppError> {
    if rows == 0 { Err(AppError::NotFound) } else { Ok(()) }
}
