//! What she does already, kept to from now on.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, post};
use uuid::Uuid;

use crate::contacts::pages::url;
use crate::contacts::queries::name_of;
use crate::contacts::touch::model::{Rhythm, told};
use crate::contacts::touch::queries;
use crate::db::{CurrentUser, Db};
use crate::error::AppError;
use crate::web::page::changed_by;
use crate::web::{CsrfForm, Layout};

/// Gives somebody the cadence of her rhythm so far; where there is none it changes nothing.
#[post("/contacts/{id}/rhythm")]
pub(in crate::contacts) async fn keep_to(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    id: Path<Uuid>,
    _posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let (says, change_set) = db
        .as_user(&user, async |tx| {
            let name = name_of(tx, *id).await?;
            let days = queries::days_of_contact(tx, *id).await?;
            let Some(rhythm) = Rhythm::of(&days, user.today()) else { return Ok((String::new(), None)) };
            queries::keep_to(tx, *id, rhythm.days).await?;
            Ok((format!("{name}: {} from now on.", told(rhythm.days)), tx.changes().await?))
        })
        .await?;
    Ok(changed_by(&layout, &url(*id), says, change_set))
}
