//! Posts of one person: where she works and worked, several at once.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get, post};
use askama::Template;
use uuid::Uuid;

use super::forms::EmploymentForm;
use super::queries::{self, Employment};
use crate::contacts::pages::url;
use crate::contacts::{self, documents};
use crate::db::{CurrentUser, Db};
use crate::error::AppError;
use crate::organizations;
use crate::web::{CsrfForm, Layout, html, see_other_with, unprocessable};

#[derive(Template)]
#[template(path = "contacts/employment_form.html")]
struct Form {
    layout: Layout,
    contact: Uuid,
    name: String,
    /// The post that it edits; none where it makes one.
    post: Option<Uuid>,
    form: EmploymentForm,
}

impl Form {
    fn action(&self) -> String {
        match self.post {
            Some(post) => format!("/contacts/{}/employments/{post}", self.contact),
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
const SAME_POST: &str = "contact_employments_key";

async fn name_of(db: &Db, user: &CurrentUser, id: Uuid) -> Result<String, AppError> {
    let contact = db.as_user(user, async |tx| contacts::queries::find(tx, id).await).await?;
    // Whoever is in the trash is restored before anything about her is changed.
    if contact.deleted_at.is_some() { Err(AppError::NotFound) } else { Ok(contact.person.shown_name()) }
}

/// The empty form.
#[get("/contacts/{id}/employments/new")]
pub(in crate::contacts) async fn blank(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    id: Path<Uuid>,
) -> Result<HttpResponse, AppError> {
    let name = name_of(&db, &user, *id).await?;
    html(&Form { layout, contact: *id, name, post: None, form: EmploymentForm::blank() })
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
    let name = name_of(&db, &user, contact).await?;
    let post = db.as_user(&user, async |tx| queries::find(tx, contact, id).await).await?;
    html(&Form { layout, contact, name, post: Some(id), form: EmploymentForm::of(&post) })
}

/// Changes a post.
#[post("/contacts/{id}/employments/{employment}")]
pub(in crate::contacts) async fn update(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    path: Path<(Uuid, Uuid)>,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let (contact, id) = path.into_inner();
    save(user, db, layout, (contact, Some(id)), posted).await
}

async fn save(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    (contact, post): (Uuid, Option<Uuid>),
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let name = name_of(&db, &user, contact).await?;
    let mut form = EmploymentForm::posted(&posted);
    let Some(new) = form.validate() else {
        return unprocessable(&Form { layout, contact, name, post, form });
    };
    let saved = db
        .as_user(&user, async |tx| {
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
                Some(post) => queries::update(tx, post, &row).await?,
                None => queries::insert_many(tx, &[row]).await?,
            }
            documents::refresh(tx, &[contact]).await?;
            Ok(tx.change_set())
        })
        .await;
    match saved {
        Ok(change_set) => Ok(see_other_with(&layout, &url(contact), "The post is saved.", Some(change_set))),
        Err(error) if error.violates(SAME_POST) => {
            form.organization.refuse("There is a post of this title and start here already.");
            unprocessable(&Form { layout, contact, name, post, form })
        }
        Err(error) => Err(error),
    }
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
    name_of(&db, &user, contact).await?;
    let change_set = db
        .as_user(&user, async |tx| {
            queries::delete(tx, contact, id).await?;
            documents::refresh(tx, &[contact]).await?;
            Ok(tx.change_set())
        })
        .await?;
    Ok(see_other_with(&layout, &url(contact), "The post is removed.", Some(change_set)))
}
