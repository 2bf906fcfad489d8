//! New and changed tags, refused with what is wrong at each field.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get, post};
use askama::Template;
use uuid::Uuid;

use super::removal_url;
use crate::contacts::groups::{self, Groups};
use crate::db::{CurrentUser, Db};
use crate::error::AppError;
use crate::jobs;
use crate::tags::forms::TagForm;
use crate::tags::model::{NAME_KEY, Tag};
use crate::tags::queries::{self, Choice};
use crate::web::page::changed_by;
use crate::web::{CsrfForm, Layout, html, see_other_with, unprocessable};

#[derive(Template)]
#[template(path = "tags/form.html")]
struct Form {
    layout: Layout,
    form: TagForm,
    /// Which one it edits; none yet where it makes one.
    editing: Option<Editing>,
    /// The other one that has this name.
    taken: Option<Choice>,
}

/// Which tag a form edits.
struct Editing {
    id: Uuid,
    name: String,
}

impl Form {
    fn new(layout: Layout, form: TagForm, editing: Option<Editing>) -> Self {
        Self { layout, form, editing, taken: None }
    }

    /// Refused since another one has the name.
    async fn taken(mut self, db: &Db, user: &CurrentUser, name: &str) -> Result<HttpResponse, AppError> {
        self.form.name.refuse("There is one of this name.");
        self.taken = db.as_user(user, async |tx| queries::of_name(tx, name).await).await?;
        unprocessable(&self)
    }

    fn action(&self) -> String {
        self.editing.as_ref().map_or_else(|| "/tags".to_owned(), |editing| format!("/tags/{}", editing.id))
    }
}

impl Editing {
    fn merge(&self) -> String {
        super::merge::KIND.page(&[self.id])
    }

    fn removal(&self) -> String {
        removal_url(self.id)
    }
}

/// Adds a tag.
#[post("/tags")]
pub(in crate::tags) async fn create(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let mut form = TagForm::posted(&posted);
    let Some(new) = form.validate() else {
        return unprocessable(&Form::new(layout, form, None));
    };
    let saved = db.as_user(&user, async |tx| {
        queries::insert(tx, Uuid::now_v7(), &new).await?;
        Ok(tx.change_set())
    });
    match saved.await {
        Ok(change_set) => Ok(see_other_with(&layout, "/tags", format!("“{}” is added.", new.name), Some(change_set))),
        Err(error) if error.violates(NAME_KEY) => Form::new(layout, form, None).taken(&db, &user, &new.name).await,
        Err(error) => Err(error),
    }
}

/// The form with what is stored.
#[get("/tags/{id}/edit")]
pub(in crate::tags) async fn edit(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    id: Path<Uuid>,
) -> Result<HttpResponse, AppError> {
    let tag = db.as_user(&user, async |tx| queries::find(tx, *id).await).await?;
    html(&Form::new(layout, TagForm::of(&tag), Some(Editing { id: *id, name: tag.name })))
}

/// Saves an edit.
#[post("/tags/{id}")]
pub(in crate::tags) async fn update(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    id: Path<Uuid>,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let mut form = TagForm::posted(&posted);
    let stored = db.as_user(&user, async |tx| queries::find(tx, *id).await).await?;
    let editing = Some(Editing { id: *id, name: stored.name });
    let Some(tag) = form.validate() else {
        return unprocessable(&Form::new(layout, form, editing));
    };
    match save(&db, &user, *id, &tag).await {
        Ok(change_set) => Ok(changed_by(&layout, "/tags", format!("“{}” is saved.", tag.name), change_set)),
        Err(error) if error.violates(NAME_KEY) => Form::new(layout, form, editing).taken(&db, &user, &tag.name).await,
        Err(error) => Err(error),
    }
}

/// A cadence that changes is lent to everybody who has the tag: with a hundred thousand that takes seconds.
async fn save(db: &Db, user: &CurrentUser, id: Uuid, tag: &Tag) -> Result<Option<Uuid>, AppError> {
    let change_set = db
        .as_user_for_job(user, async |tx| {
            let stored = queries::find(tx, id).await?;
            queries::update(tx, id, tag).await?;
            if stored.name != tag.name {
                groups::refresh(tx, &Groups::of_tag(id)).await?;
            }
            tx.changes().await
        })
        .await?;
    jobs::ring();
    Ok(change_set)
}
