//! The merge itself: a fixed number of statements in one transaction, one change set.

use uuid::Uuid;

use super::{queries, united};
use crate::contacts::documents;
use crate::contacts::employments;
use crate::contacts::model::Person;
use crate::contacts::photos;
use crate::contacts::queries::{set_trashed, update_many};
use crate::db::{TenantTx, merged};
use crate::error::AppError;

/// Makes whoever stays into `person` with the photo of `photo_of`, gives her all that hangs on the others and puts
/// those into the trash. The caller has locked them all.
pub(super) async fn merge(
    tx: &mut TenantTx<'_>,
    stays: Uuid,
    others: &[Uuid],
    person: &Person,
    photo_of: Uuid,
) -> Result<(), AppError> {
    let all: Vec<Uuid> = std::iter::once(stays).chain(others.iter().copied()).collect();
    update_many(tx, &[(stays, person.clone())]).await?;
    queries::unite_the_rest(tx, stays, &all).await?;
    queries::unite_tags(tx, stays, others).await?;
    unite_employments(tx, stays, &all).await?;
    queries::unite_relations(tx, stays, others).await?;
    queries::unite_extras(tx, stays, others).await?;
    photos::queries::copy(tx, stays, photo_of).await?;
    queries::move_participations(tx, stays, others).await?;
    queries::move_notices(tx, stays, others).await?;
    queries::move_sources(tx, stays, others).await?;
    set_trashed(tx, others, true).await?;
    let how_many = if others.len() == 1 { "one other".to_owned() } else { format!("{} others", others.len()) };
    merged::note(tx, &format!("{} merged with {how_many}", person.shown_name()), stays).await?;
    documents::refresh(tx, &[stays]).await
}

/// Gives whoever stays the posts of all.
async fn unite_employments(tx: &mut TenantTx<'_>, stays: Uuid, all: &[Uuid]) -> Result<(), AppError> {
    let held = queries::posts(tx, all).await?;
    let (changed, new) = united::posts(stays, &held);
    queries::rewrite_posts(tx, &changed).await?;
    employments::insert_many(tx, &new).await
}
