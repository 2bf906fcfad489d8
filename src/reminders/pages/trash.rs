//! Into the trash and out of it.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, post};
use uuid::Uuid;

use super::url;
use crate::db::{CurrentUser, Db};
use crate::error::AppError;
use crate::reminders::queries;
use crate::web::{CsrfForm, Layout, see_other_with};

/// Puts it into the trash.
#[post("/reminders/{id}/trash")]
pub(in crate::reminders) async fn trash(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    id: Path<Uuid>,
    _posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let (title, change_set) = db
        .as_user(&user, async |tx| {
            let stored = queries::find(tx, *id).await?;
            queries::trash(tx, *id).await?;
            Ok((stored.reminder.title, tx.changes().await?))
        })
        .await?;
    Ok(see_other_with(&layout, "/reminders", format!("“{title}” is in the trash."), change_set))
}

/// Takes it out of it.
#[post("/reminders/{id}/restoration")]
pub(in crate::reminders) async fn restore(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    id: Path<Uuid>,
    _posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let (title, change_set) = db
        .as_user(&user, async |tx| {
            let stored = queries::find(tx, *id).await?;
            queries::restore(tx, *id).await?;
            Ok((stored.reminder.title, tx.changes().await?))
        })
        .await?;
    Ok(see_other_with(&layout, &url(*id), format!("“{title}” is back."), change_set))
}
