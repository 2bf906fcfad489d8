//! The SQL of photos. Their bytes never change: somebody has one of them or another, which is what the history keeps.

use diesel::QueryableByName;
use diesel::sql_types::{Array, Binary, Nullable, Uuid as SqlUuid, Varchar};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::Photo;
use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;

/// Keeps the bytes of photos, each once. Whoever is given one of them has it from the same transaction or a later one
/// of this day: then nobody sweeps it away in between.
pub async fn keep(tx: &mut TenantTx<'_>, photos: &[Photo]) -> Result<(), AppError> {
    let mut each: Vec<&Photo> = photos.iter().collect();
    each.sort_by_key(|photo| photo.id);
    each.dedup_by_key(|photo| photo.id);
    if each.is_empty() {
        return Ok(());
    }
    let (ids, bytes): (Vec<Uuid>, Vec<&[u8]>) = each.iter().map(|photo| (photo.id, photo.bytes.as_slice())).unzip();
    let query = prepared(
        "insert into photos (id, bytes) select r.id, r.bytes from unnest(?, ?) r(id, bytes) \
         on conflict (user_id, id) do update set created_at = now()",
        (bind::<Array<SqlUuid>, _>(ids), bind::<Array<Binary>, _>(bytes)),
    );
    query.execute(tx).await?;
    Ok(())
}

/// Who has which photo, made of which source.
#[derive(Debug, Clone, Copy)]
pub struct Given {
    /// Who.
    pub contact: Uuid,
    /// Whose bytes are kept already.
    pub photo: Uuid,
    /// The hash of what it was made of.
    pub source: Uuid,
}

/// Gives people photos in the place of those that they have. A row that is changed no longer is what an import added.
pub async fn give(tx: &mut TenantTx<'_>, given: &[Given]) -> Result<(), AppError> {
    if given.is_empty() {
        return Ok(());
    }
    let of = |pick: fn(&Given) -> Uuid| given.iter().map(pick).collect::<Vec<_>>();
    let query = prepared(
        "insert into contact_photos as p (contact_id, photo_id, source_id) \
         select r.contact_id, r.photo_id, r.source_id from unnest(?, ?, ?) r(contact_id, photo_id, source_id) \
         on conflict (user_id, contact_id) do update \
         set photo_id = excluded.photo_id, source_id = excluded.source_id, import_id = null, updated_at = now() \
         where p.photo_id <> excluded.photo_id or p.source_id <> excluded.source_id",
        (
            bind::<Array<SqlUuid>, _>(of(|one| one.contact)),
            bind::<Array<SqlUuid>, _>(of(|one| one.photo)),
            bind::<Array<SqlUuid>, _>(of(|one| one.source)),
        ),
    );
    query.execute(tx).await?;
    Ok(())
}

/// Takes the photos of these people away.
pub async fn take(tx: &mut TenantTx<'_>, people: &[Uuid]) -> Result<(), AppError> {
    if people.is_empty() {
        return Ok(());
    }
    let query = prepared("delete from contact_photos where contact_id = any(?)", (bind::<Array<SqlUuid>, _>(people),));
    query.execute(tx).await?;
    Ok(())
}

/// Gives somebody the photo of another, or none where that one has none.
pub async fn copy(tx: &mut TenantTx<'_>, contact: Uuid, whose: Uuid) -> Result<(), AppError> {
    let none = prepared(
        "delete from contact_photos where contact_id = ? and not exists (select from contact_photos o where o.contact_id = ?)",
        (bind::<SqlUuid, _>(contact), bind::<SqlUuid, _>(whose)),
    );
    none.execute(tx).await?;
    let query = prepared(
        "insert into contact_photos as p (contact_id, photo_id, source_id) \
         select ?, o.photo_id, o.source_id from contact_photos o where o.contact_id = ? \
         on conflict (user_id, contact_id) do update \
         set photo_id = excluded.photo_id, source_id = excluded.source_id, import_id = null, updated_at = now() \
         where p.photo_id <> excluded.photo_id",
        (bind::<SqlUuid, _>(contact), bind::<SqlUuid, _>(whose)),
    );
    query.execute(tx).await?;
    Ok(())
}

#[derive(QueryableByName)]
struct Bytes {
    #[diesel(sql_type = SqlUuid)]
    contact_id: Uuid,
    #[diesel(sql_type = Binary)]
    bytes: Vec<u8>,
}

/// The photos of these people, whoever has one.
pub async fn of_people(tx: &mut TenantTx<'_>, people: &[Uuid]) -> Result<Vec<(Uuid, Vec<u8>)>, AppError> {
    let query = prepared(
        "select x.contact_id, p.bytes from contact_photos x join photos p on p.user_id = x.user_id and p.id = x.photo_id \
         where x.contact_id = any(?)",
        (bind::<Array<SqlUuid>, _>(people),),
    );
    let rows: Vec<Bytes> = query.load(tx).await?;
    Ok(rows.into_iter().map(|row| (row.contact_id, row.bytes)).collect())
}

/// What the form of a photo shows of a person.
#[derive(QueryableByName)]
pub struct Shown {
    /// Her name as it is shown.
    #[diesel(sql_type = Varchar)]
    pub display_name: String,
    /// What stands before it, which is no name.
    #[diesel(sql_type = Nullable<Varchar>)]
    pub name_prefix: Option<String>,
    /// Her photo.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub photo_id: Option<Uuid>,
}

/// Somebody's name and photo.
///
/// # Errors
/// `NotFound` where she is in the trash, or there is no such person.
pub async fn shown(tx: &mut TenantTx<'_>, contact: Uuid) -> Result<Shown, AppError> {
    let query = prepared(
        "select c.display_name, c.name_prefix, p.photo_id from contacts c \
         left join contact_photos p on p.user_id = c.user_id and p.contact_id = c.id where c.id = ? and c.deleted_at is null",
        (bind::<SqlUuid, _>(contact),),
    );
    query.load(tx).await?.pop().ok_or(AppError::NotFound)
}

/// The bytes of a photo, if this person has it.
///
/// # Errors
/// `NotFound` where she has another or none, or there is no such person.
pub async fn bytes(tx: &mut TenantTx<'_>, contact: Uuid, photo: Uuid) -> Result<Vec<u8>, AppError> {
    let query = prepared(
        "select x.contact_id, p.bytes from contact_photos x join photos p on p.user_id = x.user_id and p.id = x.photo_id \
         where x.contact_id = ? and x.photo_id = ?",
        (bind::<SqlUuid, _>(contact), bind::<SqlUuid, _>(photo)),
    );
    let row: Bytes = query.load(tx).await?.pop().ok_or(AppError::NotFound)?;
    Ok(row.bytes)
}

/// Deletes photos that nobody has, that no import waits to give, and that the history cannot give back, a few at a
/// time; answers how many went.
pub async fn sweep(tx: &mut TenantTx<'_>) -> Result<usize, AppError> {
    let query = prepared(
        "with logged as materialized (select v.id from audit_logs a, \
                 lateral (values (a.old_values ->> 'photo_id'), (a.new_values ->> 'photo_id')) v(id) \
             where a.table_name = 'contact_photos'), \
         stale as (select p.id from photos p where p.created_at < now() - interval '1 day' \
             and not exists (select from contact_photos x where x.photo_id = p.id) \
             and not exists (select from import_items i join imports m on m.user_id = i.user_id and m.id = i.import_id \
                 where i.photo_id = p.id and i.applied_at is null and m.state not in ('cancelled', 'failed', 'undone')) \
             and not exists (select from logged l where l.id = p.id::text) limit 100) \
         delete from photos p using stale s where p.id = s.id and p.created_at < now() - interval '1 day'",
        (),
    );
    Ok(query.execute(tx).await?)
}
