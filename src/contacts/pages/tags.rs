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
use crate::web::{CsrfForm, Field, Htmx, Layout, see_other_with, unprocessable};

/// The small form of a refused tag, with what is wrong at the field.
#[derive(Template)]
#[template(path = "contacts/tag_form.html", blocks = ["main"])]
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

/// Her page at its tags: the browser moves the focus there, as from a link.
fn tags_of(id: Uuid) -> String {
    format!("{}#add-tag", url(id))
}

/// Gives her a tag.
#[post("/contacts/{id}/tags")]
pub(in crate::contacts) async fn add(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    htmx: Htmx,
    id: Path<Uuid>,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let mut tag = Field::of(&posted, "name");
    let Some(name) = tag.required_line(100, "Give the tag a name.") else {
        let name = db.as_user(&user, async |tx| queries::name_of(tx, *id).await).await?;
        let form = TagForm { layout, id: *id, name, tag };
        return if htmx.wants_block("pane") { unprocessable(&form.as_main()) } else { unprocessable(&form) };
    };
    let change_set = db
        .as_user(&user, async |tx| {
            queries::hold(tx, *id).await?;
            let tags = tags::queries::ids_of_names(tx, std::slice::from_ref(&name)).await?;
            let pairs: Vec<(Uuid, Uuid)> = tags.values().map(|tag| (*id, *tag)).collect();
            tags::queries::attach_many(tx, &pairs).await?;
            documents::refresh(tx, &[*id]).await?;
            tx.changes().await
        })
        .await?;
    Ok(changed_by(&layout, &tags_of(*id), format!("Tagged “{name}”."), change_set))
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
    let change_set = db
        .as_user(&user, async |tx| {
            queries::hold(tx, id).await?;
            tags::queries::detach(tx, id, tag).await?;
            documents::refresh(tx, &[id]).await?;
            Ok(tx.change_set())
        })
        .await?;
    Ok(see_other_with(&layout, &tags_of(id), "The tag is taken off.", Some(change_set)))
}
