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
    #[diesel(sql_type = Integer)]
    version: i32,
}

/// A tag as it is stored.
#[derive(Debug, Clone)]
pub struct Stored {
    /// What is edited of it.
    pub tag: Tag,
    /// Counts edits.
    pub version: i32,
}

impl From<Row> for Stored {
    fn from(row: Row) -> Self {
        let tag = Tag { name: row.name, color: row.color, contact_frequency_days: row.contact_frequency_days };
        Self { tag, version: row.version }
    }
}

/// One tag.
///
/// # Errors
/// `NotFound` where she has no such tag.
pub async fn find(tx: &mut TenantTx<'_>, id: Uuid) -> Result<Stored, AppError> {
    let query = prepared(
        "select name, color, contact_frequency_days, version from tags where id = ?",
        (bind::<SqlUuid, _>(id),),
    );
    query.load::<Row>(tx).await?.pop().map(Stored::from).ok_or(AppError::NotFound)
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

/// Overwrites a tag, if it still is at `version`. Answers whether its name changed.
///
/// # Errors
/// `NotFound` where she has no such tag, `Conflict` where somebody saved a newer version.
pub async fn update(tx: &mut TenantTx<'_>, id: Uuid, tag: &Tag, version: i32) -> Result<bool, AppError> {
    let lock = prepared(
        "select name, color, contact_frequency_days, version from tags where id = ? for no key update",
        (bind::<SqlUuid, _>(id),),
    );
    let stored = lock.load::<Row>(tx).await?.pop().ok_or(AppError::NotFound)?;
    if stored.version != version {
        return Err(AppError::Conflict);
    }
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
    query.execute(tx).await?;
    Ok(stored.name != tag.name)
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
