//! New and changed tags: refused with what is wrong at each field, and shown beside what is stored where somebody saved
//! first.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get, post};
use askama::Template;
use uuid::Uuid;

use super::removal_url;
use crate::contacts::groups::{self, Groups};
use crate::db::{CurrentUser, Db};
use crate::error::AppError;
use crate::jobs;
use crate::tags::forms::{TagForm, differences};
use crate::tags::model::{NAME_KEY, Tag};
use crate::tags::queries::{self, Choice};
use crate::web::page::{changed_by, conflict};
use crate::web::{CsrfForm, Difference, Layout, html, see_other_with, unprocessable};

#[derive(Template)]
#[template(path = "tags/form.html")]
struct Form {
    layout: Layout,
    form: TagForm,
    /// Which one it edits; none yet where it makes one.
    editing: Option<Editing>,
    /// What differs between her values and those that were saved meanwhile.
    conflicts: Vec<Difference>,
    /// The other one that has this name.
    taken: Option<Choice>,
}

/// Which tag a form edits.
struct Editing {
    id: Uuid,
    name: String,
    version: i32,
}

impl Form {
    fn new(layout: Layout, form: TagForm, editing: Option<Editing>) -> Self {
        Self { layout, form, editing, conflicts: Vec::new(), taken: None }
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
    let stored = db.as_user(&user, async |tx| queries::find(tx, *id).await).await?;
    let form = TagForm::of(&stored.tag);
    html(&Form::new(layout, form, Some(Editing { id: *id, name: stored.tag.name, version: stored.version })))
}

/// Saves an edit, unless a newer version was saved since the form was opened: then 409 with both.
#[post("/tags/{id}")]
pub(in crate::tags) async fn update(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    id: Path<Uuid>,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let version: i32 = posted.text("version").parse().unwrap_or(0);
    let mut form = TagForm::posted(&posted);
    let stored = db.as_user(&user, async |tx| queries::find(tx, *id).await).await?;
    let editing = Some(Editing { id: *id, name: stored.tag.name, version });
    let Some(tag) = form.validate() else {
        return unprocessable(&Form::new(layout, form, editing));
    };
    match save(&db, &user, *id, &tag, version).await {
        Ok(change_set) => Ok(changed_by(&layout, "/tags", format!("“{}” is saved.", tag.name), change_set)),
        Err(AppError::Conflict) => both_versions(&db, &user, layout, *id, (form, tag)).await,
        Err(error) if error.violates(NAME_KEY) => Form::new(layout, form, editing).taken(&db, &user, &tag.name).await,
        Err(error) => Err(error),
    }
}

/// A cadence that changes is lent to everybody who has the tag: with a hundred thousand that takes seconds.
async fn save(db: &Db, user: &CurrentUser, id: Uuid, tag: &Tag, version: i32) -> Result<Option<Uuid>, AppError> {
    let change_set = db
        .as_user_for_job(user, async |tx| {
            if queries::update(tx, id, tag, version).await? {
                groups::refresh(tx, &Groups::of_tag(id)).await?;
            }
            tx.changes().await
        })
        .await?;
    jobs::ring();
    Ok(change_set)
}

/// The form as she sent it, beside what was stored meanwhile. Saving it again is over that version.
async fn both_versions(
    db: &Db,
    user: &CurrentUser,
    layout: Layout,
    id: Uuid,
    (form, mine): (TagForm, Tag),
) -> Result<HttpResponse, AppError> {
    let stored = db.as_user(user, async |tx| queries::find(tx, id).await).await?;
    let conflicts = differences(&mine, &stored.tag);
    if conflicts.is_empty() {
        return Ok(changed_by(&layout, "/tags", "", None));
    }
    let editing = Editing { id, name: stored.tag.name, version: stored.version };
    conflict(&Form { conflicts, ..Form::new(layout, form, Some(editing)) })
}
