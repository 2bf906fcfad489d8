//! New and changed organizations: refused with what is wrong at each field, and shown beside what is
//! stored where somebody saved first.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get, post};
use askama::Template;
use uuid::Uuid;

use super::url;
use crate::contacts::groups::{self, Groups};
use crate::db::{CurrentUser, Db};
use crate::error::AppError;
use crate::jobs;
use crate::organizations::forms::{OrganizationForm, differences};
use crate::organizations::model::{NAME_KEY, Organization};
use crate::organizations::queries::{self, Choice};
use crate::web::page::{changed_by, conflict};
use crate::web::{CsrfForm, Difference, Layout, html, see_other_with, unprocessable};

#[derive(Template)]
#[template(path = "organizations/form.html")]
struct Form {
    layout: Layout,
    form: OrganizationForm,
    /// Which one it edits; none yet where it makes one.
    editing: Option<Editing>,
    /// What differs between her values and those that were saved meanwhile.
    conflicts: Vec<Difference>,
    /// The other one that has this name.
    taken: Option<Choice>,
}

/// Which organization a form edits.
struct Editing {
    id: Uuid,
    name: String,
    version: i32,
}

impl Form {
    fn new(layout: Layout, form: OrganizationForm, editing: Option<Editing>) -> Self {
        Self { layout, form, editing, conflicts: Vec::new(), taken: None }
    }

    /// Refused since another one has the name.
    async fn taken(mut self, db: &Db, user: &CurrentUser, name: &str) -> Result<HttpResponse, AppError> {
        self.form.name.refuse("There is one of this name.");
        self.taken = db.as_user(user, async |tx| queries::of_name(tx, name).await).await?;
        unprocessable(&self)
    }

    fn action(&self) -> String {
        self.editing.as_ref().map_or_else(|| "/organizations".to_owned(), Editing::url)
    }
}

impl Editing {
    fn url(&self) -> String {
        url(self.id)
    }
}

/// The empty form.
#[get("/organizations/new")]
pub(in crate::organizations) async fn blank(_user: CurrentUser, layout: Layout) -> Result<HttpResponse, AppError> {
    html(&Form::new(layout, OrganizationForm::default(), None))
}

/// Adds an organization.
#[post("/organizations")]
pub(in crate::organizations) async fn create(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let mut form = OrganizationForm::posted(&posted);
    let Some(new) = form.validate() else {
        return unprocessable(&Form::new(layout, form, None));
    };
    let id = Uuid::now_v7();
    let saved = db.as_user(&user, async |tx| {
        queries::insert(tx, id, &new).await?;
        Ok(tx.change_set())
    });
    match saved.await {
        Ok(change_set) => Ok(see_other_with(&layout, &url(id), format!("{} is added.", new.name), Some(change_set))),
        Err(error) if error.violates(NAME_KEY) => Form::new(layout, form, None).taken(&db, &user, &new.name).await,
        Err(error) => Err(error),
    }
}

/// The form with what is stored.
#[get("/organizations/{id}/edit")]
pub(in crate::organizations) async fn edit(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    id: Path<Uuid>,
) -> Result<HttpResponse, AppError> {
    let stored = db.as_user(&user, async |tx| queries::find(tx, *id).await).await?;
    if stored.deleted_at.is_some() {
        return Err(AppError::NotFound);
    }
    let form = OrganizationForm::of(&stored.organization);
    let editing = Editing { id: *id, name: stored.organization.name, version: stored.version };
    html(&Form::new(layout, form, Some(editing)))
}

/// Saves an edit, unless a newer version was saved since the form was opened: then 409 with both.
#[post("/organizations/{id}")]
pub(in crate::organizations) async fn update(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    id: Path<Uuid>,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let version: i32 = posted.text("version").parse().unwrap_or(0);
    let mut form = OrganizationForm::posted(&posted);
    let stored = db.as_user(&user, async |tx| queries::find(tx, *id).await).await?;
    let editing = Editing { id: *id, name: stored.organization.name, version };
    let Some(organization) = form.validate() else {
        return unprocessable(&Form::new(layout, form, Some(editing)));
    };
    match save(&db, &user, *id, &organization, version).await {
        Ok(change_set) => Ok(changed_by(&layout, &url(*id), "Saved.", change_set)),
        Err(AppError::Conflict) => both_versions(&db, &user, layout, *id, (form, organization)).await,
        Err(error) if error.violates(NAME_KEY) => {
            Form::new(layout, form, Some(editing)).taken(&db, &user, &organization.name).await
        }
        Err(error) => Err(error),
    }
}

async fn save(
    db: &Db,
    user: &CurrentUser,
    id: Uuid,
    organization: &Organization,
    version: i32,
) -> Result<Option<Uuid>, AppError> {
    let change_set = db
        .as_user(user, async |tx| {
            if queries::update(tx, id, organization, version).await? {
                groups::refresh(tx, &Groups::of_organization(id)).await?;
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
    (form, mine): (OrganizationForm, Organization),
) -> Result<HttpResponse, AppError> {
    let stored = db.as_user(user, async |tx| queries::find(tx, id).await).await?;
    let conflicts = differences(&mine, &stored.organization);
    let editing = Editing { id, name: stored.organization.name, version: stored.version };
    conflict(&Form { conflicts, ..Form::new(layout, form, Some(editing)) })
}
