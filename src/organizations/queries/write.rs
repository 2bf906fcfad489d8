//! Writing organizations. A name that is taken violates `model::NAME_KEY`.

use diesel::QueryableByName;
use diesel::sql_types::{Binary, Integer, Nullable, Text, Uuid as SqlUuid, Varchar};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;
use crate::organizations::model::Organization;
use crate::text::sort_key::sort_key;

/// Adds an organization.
pub async fn insert(tx: &mut TenantTx<'_>, id: Uuid, organization: &Organization) -> Result<(), AppError> {
    let query = prepared(
        "insert into organizations (id, name, domain, industry, sort_key) values (?, ?, ?, ?, ?)",
        (
            bind::<SqlUuid, _>(id),
            bind::<Text, _>(&organization.name),
            bind::<Nullable<Text>, _>(&organization.domain),
            bind::<Nullable<Text>, _>(&organization.industry),
            bind::<Binary, _>(sort_key(&organization.name)),
        ),
    );
    query.execute(tx).await?;
    Ok(())
}

#[derive(QueryableByName)]
struct Locked {
    #[diesel(sql_type = Integer)]
    version: i32,
    #[diesel(sql_type = Varchar)]
    name: String,
}

/// Overwrites an organization, if it still is at `version`. Answers whether its name changed.
///
/// # Errors
/// `NotFound` where there is none outside the trash, `Conflict` where somebody saved a newer version.
pub async fn update(
    tx: &mut TenantTx<'_>,
    id: Uuid,
    organization: &Organization,
    version: i32,
) -> Result<bool, AppError> {
    let lock = prepared(
        "select version, name from organizations where id = ? and deleted_at is null for update",
        (bind::<SqlUuid, _>(id),),
    );
    let stored: Locked = lock.load(tx).await?.pop().ok_or(AppError::NotFound)?;
    if stored.version != version {
        return Err(AppError::Conflict);
    }
    let update = prepared(
        "update organizations set name = ?, domain = ?, industry = ?, sort_key = ? where id = ?",
        (
            bind::<Text, _>(&organization.name),
            bind::<Nullable<Text>, _>(&organization.domain),
            bind::<Nullable<Text>, _>(&organization.industry),
            bind::<Binary, _>(sort_key(&organization.name)),
            bind::<SqlUuid, _>(id),
        ),
    );
    update.execute(tx).await?;
    Ok(stored.name != organization.name)
}

/// Puts an organization into the trash; its people's posts stay with it. One that is there already stays there.
pub async fn trash(tx: &mut TenantTx<'_>, id: Uuid) -> Result<(), AppError> {
    let query = prepared(
        "update organizations set deleted_at = now() where id = ? and deleted_at is null",
        (bind::<SqlUuid, _>(id),),
    );
    query.execute(tx).await?;
    Ok(())
}

/// Takes an organization out of the trash, under the name that it has then. One that is not there stays as it is.
pub async fn restore(tx: &mut TenantTx<'_>, id: Uuid, name: &str) -> Result<(), AppError> {
    let query = prepared(
        "update organizations set deleted_at = null, name = ?, sort_key = ? where id = ? and deleted_at is not null",
        (bind::<Text, _>(name), bind::<Binary, _>(sort_key(name)), bind::<SqlUuid, _>(id)),
    );
    query.execute(tx).await?;
    Ok(())
}
