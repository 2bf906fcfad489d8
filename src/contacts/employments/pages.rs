//! Posts of one person: where she works and worked, several at once.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get, post};
use askama::Template;
use uuid::Uuid;

use super::forms::{EmploymentForm, NewEmployment};
use super::queries::{self, Employment};
use crate::contacts::documents;
use crate::contacts::pages::url;
use crate::contacts::queries::{hold, name_of};
use crate::db::{CurrentUser, Db, TenantTx};
use crate::error::AppError;
use crate::organizations;
use crate::organizations::queries::Choice;
use crate::web::page::{changed_by, conflict};
use crate::web::{CsrfForm, Difference, Layout, html, see_other_with, unprocessable};

#[derive(Template)]
#[template(path = "contacts/employment_form.html")]
struct Form {
    layout: Layout,
    contact: Uuid,
    name: String,
    /// The post that it edits; none where it makes one.
    post: Option<Standing>,
    form: EmploymentForm,
    /// What differs between her values and those that were saved meanwhile.
    conflicts: Vec<Difference>,
    /// The organization in the trash that has the name that was typed.
    taken: Option<Choice>,
}

/// A post that is edited, at the version that she saw.
#[derive(Debug, Clone, Copy)]
struct Standing {
    id: Uuid,
    version: i32,
}

impl Form {
    fn action(&self) -> String {
        match self.post {
            Some(post) => format!("/contacts/{}/employments/{}", self.contact, post.id),
            None => format!("/contacts/{}/employments", self.contact),
        }
    }

    fn removal(&self) -> String {
        format!("{}/removal", self.action())
    }

    fn back(&self) -> String {
        url(self.contact)
    }
}

/// Two posts differ in organization, title or start.
const KEY: &str = "contact_employments_key";
const SAME_POST: &str = "There is a post of this title and start here already.";

/// The empty form.
#[get("/contacts/{id}/employments/new")]
pub(in crate::contacts) async fn blank(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    id: Path<Uuid>,
) -> Result<HttpResponse, AppError> {
    let name = db.as_user(&user, async |tx| name_of(tx, *id).await).await?;
    let form = EmploymentForm::blank();
    html(&Form { layout, contact: *id, name, post: None, form, conflicts: Vec::new(), taken: None })
}

/// Adds a post; an organization that there is not yet is made.
#[post("/contacts/{id}/employments")]
pub(in crate::contacts) async fn create(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    id: Path<Uuid>,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    save(user, db, layout, (*id, None), posted).await
}

/// The form with what is stored.
#[get("/contacts/{id}/employments/{employment}")]
pub(in crate::contacts) async fn edit(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    path: Path<(Uuid, Uuid)>,
) -> Result<HttpResponse, AppError> {
    let (contact, id) = path.into_inner();
    let (name, post) =
        db.as_user(&user, async |tx| Ok((name_of(tx, contact).await?, queries::find(tx, contact, id).await?))).await?;
    let (form, standing) = (EmploymentForm::of(&post), Standing { id, version: post.version });
    html(&Form { layout, contact, name, post: Some(standing), form, conflicts: Vec::new(), taken: None })
}

/// Changes a post, unless a newer version was saved since the form was opened: then 409 with both.
#[post("/contacts/{id}/employments/{employment}")]
pub(in crate::contacts) async fn update(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    path: Path<(Uuid, Uuid)>,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let (contact, id) = path.into_inner();
    let version = posted.text("version").parse().unwrap_or(0);
    save(user, db, layout, (contact, Some(Standing { id, version })), posted).await
}

async fn save(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    (contact, post): (Uuid, Option<Standing>),
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let mut form = EmploymentForm::posted(&posted);
    let Some(new) = form.validate(user.dates()) else {
        let name = db.as_user(&user, async |tx| name_of(tx, contact).await).await?;
        return unprocessable(&Form { layout, contact, name, post, form, conflicts: Vec::new(), taken: None });
    };
    let mut taken = None;
    match db.as_user(&user, async |tx| store(tx, contact, post, &new).await).await {
        Ok(Outcome::Saved(change_set)) => {
            return Ok(changed_by(&layout, &url(contact), "The post is saved.", change_set));
        }
        Ok(Outcome::InTrash(choice)) => {
            form.organization.refuse("It is in the trash. Restore it first, or write another name.");
            taken = Some(choice);
        }
        Err(AppError::Conflict) => return both_versions(&user, &db, layout, (contact, post), (form, new)).await,
        Ok(Outcome::Taken) => form.organization.refuse(SAME_POST),
        Err(error) if error.violates(KEY) => form.organization.refuse(SAME_POST),
        Err(error) => return Err(error),
    }
    let name = db.as_user(&user, async |tx| name_of(tx, contact).await).await?;
    unprocessable(&Form { layout, contact, name, post, form, conflicts: Vec::new(), taken })
}

/// The form as she sent it, beside what was stored meanwhile. Saving it again is over that version.
async fn both_versions(
    user: &CurrentUser,
    db: &Db,
    layout: Layout,
    (contact, post): (Uuid, Option<Standing>),
    (form, mine): (EmploymentForm, NewEmployment),
) -> Result<HttpResponse, AppError> {
    let id = post.ok_or(AppError::Conflict)?.id;
    let (name, stored) =
        db.as_user(user, async |tx| Ok((name_of(tx, contact).await?, queries::find(tx, contact, id).await?))).await?;
    let conflicts = mine.differences(&stored, user.dates());
    if conflicts.is_empty() {
        return Ok(changed_by(&layout, &url(contact), "", None));
    }
    let post = Some(Standing { id, version: stored.version });
    conflict(&Form { layout, contact, name, post, form, conflicts, taken: None })
}

/// What became of a post that was sent.
enum Outcome {
    /// It stands; the change set, if it did not stand like this before.
    Saved(Option<Uuid>),
    /// Its organization is in the trash: a second one of that name is not what is meant.
    InTrash(Choice),
    /// Another one like it has other dates.
    Taken,
}

async fn store(
    tx: &mut TenantTx<'_>,
    contact: Uuid,
    post: Option<Standing>,
    new: &NewEmployment,
) -> Result<Outcome, AppError> {
    hold(tx, contact).await?;
    if let Some(post) = post {
        queries::hold(tx, contact, post.id, post.version).await?;
    }
    if let Some(choice) = organizations::queries::trashed_of_name(tx, &new.organization).await? {
        return Ok(Outcome::InTrash(choice));
    }
    let named = organizations::queries::ids_of_names(tx, std::slice::from_ref(&new.organization)).await?;
    let organization_id = *named.values().next().ok_or(AppError::NotFound)?;
    let row = Employment {
        contact_id: contact,
        organization_id,
        title: new.title.clone(),
        start_date: new.start_date,
        end_date: new.end_date,
        is_current: new.is_current,
    };
    match post {
        Some(post) => queries::update(tx, post.id, &row).await?,
        None if queries::insert(tx, &row).await? => {}
        None => return Ok(Outcome::Taken),
    }
    documents::refresh(tx, &[contact]).await?;
    Ok(Outcome::Saved(tx.changes().await?))
}

/// Takes a post off her; the organization stays.
#[post("/contacts/{id}/employments/{employment}/removal")]
pub(in crate::contacts) async fn remove(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    path: Path<(Uuid, Uuid)>,
    _posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let (contact, id) = path.into_inner();
    let change_set = db
        .as_user(&user, async |tx| {
            hold(tx, contact).await?;
            queries::delete(tx, contact, id).await?;
            documents::refresh(tx, &[contact]).await?;
            Ok(tx.change_set())
        })
        .await?;
    Ok(see_other_with(&layout, &url(contact), "The post is removed.", Some(change_set)))
}
