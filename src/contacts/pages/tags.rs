//! Tags of one person: given by name, made where there is none of that name yet.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, post};
use askama::Template;
use uuid::Uuid;

use super::url;
use crate::contacts::{documents, queries};
use crate::db::{CurrentUser, Db};
use crate::error::AppError;
use crate::tags;
use crate::web::page::changed_by;
use crate::web::{CsrfForm, Field, Layout, see_other_with, unprocessable};

/// The small form of a refused tag, with what is wrong at the field.
#[derive(Template)]
#[template(path = "contacts/tag_form.html")]
struct TagForm {
    layout: Layout,
    id: Uuid,
    name: String,
    tag: Field,
}

impl TagForm {
    fn back(&self) -> String {
        url(self.id)
    }
}

/// Whoever is in the trash is restored before anything about her is changed.
async fn living(db: &Db, user: &CurrentUser, id: Uuid) -> Result<queries::Contact, AppError> {
    let contact = db.as_user(user, async |tx| queries::find(tx, id).await).await?;
    if contact.deleted_at.is_some() { Err(AppError::NotFound) } else { Ok(contact) }
}

/// Gives her a tag.
#[post("/contacts/{id}/tags")]
pub(in crate::contacts) async fn add(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    id: Path<Uuid>,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let contact = living(&db, &user, *id).await?;
    let mut tag = Field::of(&posted, "name");
    let Some(name) = tag.required_line(100, "Give the tag a name.") else {
        return unprocessable(&TagForm { layout, id: *id, name: contact.person.shown_name(), tag });
    };
    let change_set = db
        .as_user(&user, async |tx| {
            let tags = tags::queries::ids_of_names(tx, std::slice::from_ref(&name)).await?;
            let pairs: Vec<(Uuid, Uuid)> = tags.values().map(|tag| (*id, *tag)).collect();
            tags::queries::attach_many(tx, &pairs).await?;
            documents::refresh(tx, &[*id]).await?;
            tx.changes().await
        })
        .await?;
    Ok(changed_by(&layout, &url(*id), format!("Tagged “{name}”."), change_set))
}

/// Takes a tag off her; the tag itself stays.
#[post("/contacts/{id}/tags/{tag}/removal")]
pub(in crate::contacts) async fn remove(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    path: Path<(Uuid, Uuid)>,
    _posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let (id, tag) = path.into_inner();
    living(&db, &user, id).await?;
    let change_set = db
        .as_user(&user, async |tx| {
            tags::queries::detach(tx, id, tag).await?;
            documents::refresh(tx, &[id]).await?;
            Ok(tx.change_set())
        })
        .await?;
    Ok(see_other_with(&layout, &url(id), "The tag is taken off.", Some(change_set)))
}
