//! Into the trash and out of it. The posts of its people stay with an organization meanwhile.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, post};
use askama::Template;
use uuid::Uuid;

use super::url;
use crate::contacts::groups::{self, Groups};
use crate::db::{CurrentUser, Db};
use crate::error::AppError;
use crate::jobs;
use crate::organizations::model::NAME_KEY;
use crate::organizations::queries::{self, Choice};
use crate::web::{CsrfForm, Field, Layout, see_other_with, unprocessable};

/// Where another organization has the name meanwhile: that one can be opened, or this one comes back
/// under another name.
#[derive(Template)]
#[template(path = "organizations/restoration.html")]
struct Restoration {
    layout: Layout,
    id: Uuid,
    stored_name: String,
    wanted: Field,
    taken: Option<Choice>,
}

impl Restoration {
    /// The page on which both are made one.
    fn merge(&self, taken: &Choice) -> String {
        super::merge::KIND.page(&[taken.id, self.id])
    }

    fn action(&self) -> String {
        format!("{}/restoration", url(self.id))
    }
}

/// Puts it into the trash.
#[post("/organizations/{id}/trash")]
pub(in crate::organizations) async fn trash(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    id: Path<Uuid>,
    _posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let (name, change_set) = db
        .as_user(&user, async |tx| {
            let stored = queries::find(tx, *id).await?;
            queries::trash(tx, *id).await?;
            groups::refresh(tx, &Groups::of_organization(*id)).await?;
            Ok((stored.organization.name, tx.changes().await?))
        })
        .await?;
    jobs::ring();
    Ok(see_other_with(&layout, "/organizations", format!("{name} is in the trash."), change_set))
}

/// Takes it out of it, under its own name or the `name` that is sent along.
#[post("/organizations/{id}/restoration")]
pub(in crate::organizations) async fn restore(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    id: Path<Uuid>,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let stored_name = db.as_user(&user, async |tx| queries::find(tx, *id).await).await?.organization.name;
    let mut field = if posted.has("name") { Field::of(&posted, "name") } else { Field::from(stored_name.as_str()) };
    let Some(name) = field.required_line(255, "Give the organization a name.") else {
        return unprocessable(&Restoration { layout, id: *id, stored_name, wanted: field, taken: None });
    };
    let restored = db.as_user(&user, async |tx| {
        queries::restore(tx, *id, &name).await?;
        groups::refresh(tx, &Groups::of_organization(*id)).await?;
        tx.changes().await
    });
    match restored.await {
        Ok(change_set) => {
            jobs::ring();
            let name = if change_set.is_some() { name } else { stored_name };
            Ok(see_other_with(&layout, &url(*id), format!("{name} is back."), change_set))
        }
        Err(error) if error.violates(NAME_KEY) => {
            field.refuse("There is one of this name.");
            let taken = db.as_user(&user, async |tx| queries::of_name(tx, &name).await).await?;
            unprocessable(&Restoration { layout, id: *id, stored_name, wanted: field, taken })
        }
        Err(error) => Err(error),
    }
}
