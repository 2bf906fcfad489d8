//! Into the trash and out of it. Everything that hangs on a person stays with her meanwhile.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, post};
use uuid::Uuid;

use super::url;
use crate::contacts::queries;
use crate::db::{CurrentUser, Db};
use crate::error::AppError;
use crate::web::{CsrfForm, Layout, see_other_with};

/// Puts her into the trash.
#[post("/contacts/{id}/trash")]
pub(in crate::contacts) async fn trash(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    id: Path<Uuid>,
    _posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let (name, change_set) = set_trashed(&db, &user, *id, true).await?;
    Ok(see_other_with(&layout, "/contacts", format!("{name} is in the trash."), change_set))
}

/// Takes her out of it, with every link.
#[post("/contacts/{id}/restoration")]
pub(in crate::contacts) async fn restore(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    id: Path<Uuid>,
    _posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let (name, change_set) = set_trashed(&db, &user, *id, false).await?;
    Ok(see_other_with(&layout, &url(*id), format!("{name} is back."), change_set))
}

/// Whoever is there already stays there: a button that is pressed twice does no harm.
async fn set_trashed(db: &Db, user: &CurrentUser, id: Uuid, trashed: bool) -> Result<(String, Option<Uuid>), AppError> {
    db.as_user(user, async |tx| {
        let contact = queries::find(tx, id).await?;
        queries::set_trashed(tx, &[id], trashed).await?;
        Ok((contact.person.shown_name(), tx.changes().await?))
    })
    .await
}
