//! The SQL of employments.

use chrono::NaiveDate;
use diesel::QueryableByName;
use diesel::sql_types::{Bool, Date, Integer, Jsonb, Nullable, Uuid as SqlUuid, Varchar};
use diesel_async::RunQueryDsl;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;

/// A post that somebody holds or held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Employment {
    /// Who.
    pub contact_id: Uuid,
    /// Where.
    pub organization_id: Uuid,
    /// As what; at most 255 characters.
    pub title: Option<String>,
    /// From when.
    pub start_date: Option<NaiveDate>,
    /// Until when; not before the start.
    pub end_date: Option<NaiveDate>,
    /// Whether she works there now.
    pub is_current: bool,
}

/// Inserts posts; one that stands already (person, organization, start and title) stays as it is.
pub async fn insert_many(tx: &mut TenantTx<'_>, employments: &[Employment]) -> Result<(), AppError> {
    let mut rows = serde_json::to_value(employments).map_err(anyhow::Error::from)?;
    // Posts without dates keep their order by their ids, which the database would draw at random.
    rows.as_array_mut().into_iter().flatten().for_each(|row| row["id"] = json!(Uuid::now_v7()));
    let query = prepared(
        "insert into contact_employments (id, contact_id, organization_id, title, start_date, end_date, is_current) \
         select r.id, r.contact_id, r.organization_id, r.title, r.start_date, r.end_date, r.is_current from jsonb_to_recordset(?) \
         as r(id uuid, contact_id uuid, organization_id uuid, title text, start_date date, end_date date, is_current boolean) \
         on conflict do nothing",
        (bind::<Jsonb, _>(rows),),
    );
    query.execute(tx).await?;
    Ok(())
}

/// Inserts a post, unless it stands already. Answers whether it stands now as given: another one of the same
/// organization, start and title may be in its way.
pub(super) async fn insert(tx: &mut TenantTx<'_>, employment: &Employment) -> Result<bool, AppError> {
    insert_many(tx, std::slice::from_ref(employment)).await?;
    let query = prepared(
        "select exists (select from contact_employments where contact_id = ? and organization_id = ? \
             and title is not distinct from ? and start_date is not distinct from ? \
             and end_date is not distinct from ? and is_current = ?) as stands",
        (
            bind::<SqlUuid, _>(employment.contact_id),
            bind::<SqlUuid, _>(employment.organization_id),
            bind::<Nullable<Varchar>, _>(&employment.title),
            bind::<Nullable<Date>, _>(employment.start_date),
            bind::<Nullable<Date>, _>(employment.end_date),
            bind::<Bool, _>(employment.is_current),
        ),
    );
    Ok(query.get_result::<Standing>(tx).await?.stands)
}

#[derive(QueryableByName)]
struct Standing {
    #[diesel(sql_type = Bool)]
    stands: bool,
}

/// Overwrites a post of the person that `employment` names.
///
/// # Errors
/// `NotFound` where she has no such post.
pub async fn update(tx: &mut TenantTx<'_>, id: Uuid, employment: &Employment) -> Result<(), AppError> {
    let query = prepared(
        "update contact_employments set organization_id = ?, title = ?, start_date = ?, end_date = ?, is_current = ? \
         where contact_id = ? and id = ?",
        (
            bind::<SqlUuid, _>(employment.organization_id),
            bind::<Nullable<Varchar>, _>(&employment.title),
            bind::<Nullable<Date>, _>(employment.start_date),
            bind::<Nullable<Date>, _>(employment.end_date),
            bind::<Bool, _>(employment.is_current),
            bind::<SqlUuid, _>(employment.contact_id),
            bind::<SqlUuid, _>(id),
        ),
    );
    found(query.execute(tx).await?)
}

#[derive(QueryableByName)]
struct Seen {
    #[diesel(sql_type = Integer)]
    version: i32,
}

/// Keeps a post of somebody to this transaction alone, if it still is at `version`.
///
/// # Errors
/// `NotFound` where she has no such post, `Conflict` where somebody saved a newer version.
pub(super) async fn hold(tx: &mut TenantTx<'_>, contact: Uuid, id: Uuid, version: i32) -> Result<(), AppError> {
    let query = prepared(
        "select version from contact_employments where contact_id = ? and id = ? for no key update",
        (bind::<SqlUuid, _>(contact), bind::<SqlUuid, _>(id)),
    );
    let seen: Seen = query.load(tx).await?.pop().ok_or(AppError::NotFound)?;
    if seen.version == version { Ok(()) } else { Err(AppError::Conflict) }
}

/// Removes a post.
///
/// # Errors
/// `NotFound` where she has no such post.
pub async fn delete(tx: &mut TenantTx<'_>, contact: Uuid, id: Uuid) -> Result<(), AppError> {
    let query = prepared(
        "delete from contact_employments where contact_id = ? and id = ?",
        (bind::<SqlUuid, _>(contact), bind::<SqlUuid, _>(id)),
    );
    found(query.execute(tx).await?)
}

fn found(rows: usize) -> Result<(), AppError> {
    if rows == 0 { Err(AppError::NotFound) } else { Ok(()) }
}

/// A post of one person, with its organization's name.
#[derive(Debug, Clone, QueryableByName)]
pub struct Post {
    /// Its row.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Where.
    #[diesel(sql_type = SqlUuid)]
    pub organization_id: Uuid,
    /// Its name.
    #[diesel(sql_type = Varchar)]
    pub organization: String,
    /// As what.
    #[diesel(sql_type = Nullable<Varchar>)]
    pub title: Option<String>,
    /// From when.
    #[diesel(sql_type = Nullable<Date>)]
    pub start_date: Option<NaiveDate>,
    /// Until when.
    #[diesel(sql_type = Nullable<Date>)]
    pub end_date: Option<NaiveDate>,
    /// Whether she works there now.
    #[diesel(sql_type = Bool)]
    pub is_current: bool,
    /// Counts edits.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

const POSTS: &str = "select e.id, e.organization_id, o.name as organization, e.title, e.start_date, e.end_date, \
     coalesce(e.is_current, false) as is_current, e.version from contact_employments e \
     join organizations o on o.user_id = e.user_id and o.id = e.organization_id and o.deleted_at is null \
     where e.contact_id = ?";

/// Where somebody works and worked: what is current first, then the latest.
pub async fn of_contact(mut tx: &TenantTx<'_>, contact: Uuid) -> Result<Vec<Post>, AppError> {
    let query = prepared(
        format!(
            "{POSTS} order by is_current desc, e.start_date desc nulls last, e.end_date desc nulls first, e.id limit 200"
        ),
        (bind::<SqlUuid, _>(contact),),
    );
    Ok(query.load(&mut tx).await?)
}

/// One post of somebody.
///
/// # Errors
/// `NotFound` where she has no such post.
pub(super) async fn find(tx: &mut TenantTx<'_>, contact: Uuid, id: Uuid) -> Result<Post, AppError> {
    let query = prepared(format!("{POSTS} and e.id = ?"), (bind::<SqlUuid, _>(contact), bind::<SqlUuid, _>(id)));
    query.load(tx).await?.pop().ok_or(AppError::NotFound)
}
