//! Deleting a tag takes it off everybody; its undo gives it back to all of them.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, post};
use uuid::Uuid;

use crate::contacts::groups::{self, Groups};
use crate::db::{CurrentUser, Db};
use crate::error::AppError;
use crate::jobs;
use crate::tags::queries;
use crate::web::page::is_local;
use crate::web::{CsrfForm, Layout, see_other_with};

/// Deletes a tag, and leads to the one beside it in its list. One that a hundred thousand people have takes seconds, so it
/// is given them.
#[post("/tags/{id}/removal")]
pub(in crate::tags) async fn remove(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    id: Path<Uuid>,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let (name, change_set) = db
        .as_user_for_job(&user, async |tx| {
            let stored = queries::find(tx, *id).await?;
            queries::delete(tx, *id).await?;
            let change_set = tx.change_set();
            groups::refresh(tx, &Groups { moved_by: Some(change_set), ..Groups::default() }).await?;
            Ok((stored.tag.name, change_set))
        })
        .await?;
    jobs::ring();
    let list = Some(posted.text("next")).filter(|next| is_local(next)).unwrap_or("/tags");
    Ok(see_other_with(&layout, list, format!("“{name}” is deleted."), Some(change_set)))
}
