//! Tags of people.

use diesel::sql_types::{Array, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;

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
