//! New and changed people: the one form, refused with what is wrong at each field, and shown beside
//! what is stored where somebody saved first.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get, post};
use askama::Template;
use uuid::Uuid;

use super::url;
use crate::allowance;
use crate::contacts::fields::inputs;
use crate::contacts::fields::queries::definitions;
use crate::contacts::forms::PersonForm;
use crate::contacts::model::{MethodKind, Person};
use crate::contacts::parts::Part;
use crate::contacts::queries::{self, Saved};
use crate::contacts::touch::model::Rhythm;
use crate::contacts::{compare, documents, touch};
use crate::db::{CurrentUser, Db, made};
use crate::error::AppError;
use crate::web::page::{changed_by, conflict};
use crate::web::twice::id_of_new;
use crate::web::{CsrfForm, Difference, Layout, html, see_other_with, unprocessable};

#[derive(Template)]
#[template(path = "contacts/form.html")]
struct Form {
    layout: Layout,
    form: PersonForm,
    /// Whom it edits; nobody yet where it makes one.
    editing: Option<Editing>,
    /// What differs between her values and those that were saved meanwhile.
    conflicts: Vec<Difference>,
    /// Why nobody can be added now.
    limit: Option<String>,
}

/// Whom a form edits.
struct Editing {
    id: Uuid,
    name: String,
    version: i32,
}

impl Form {
    fn new(layout: Layout, form: PersonForm, editing: Option<Editing>) -> Self {
        Self { layout, form: form.with_room(), editing, conflicts: Vec::new(), limit: None }
    }

    fn kinds() -> [(&'static str, &'static str); 6] {
        MethodKind::ALL.map(|kind| {
            let shown = match kind {
                MethodKind::Email => "E-mail",
                MethodKind::Phone => "Phone",
                MethodKind::Address => "Address",
                MethodKind::Url => "Link",
                MethodKind::Linkedin => "LinkedIn",
                MethodKind::Other => "Other",
            };
            (kind.as_str(), shown)
        })
    }

    fn action(&self) -> String {
        self.editing.as_ref().map_or_else(|| "/contacts".to_owned(), Editing::url)
    }

    fn cancel(&self) -> String {
        self.action()
    }
}

impl Editing {
    fn url(&self) -> String {
        url(self.id)
    }
}

impl Part {
    /// Whether the value has lines of its own.
    fn is_address(&self) -> bool {
        self.kind == MethodKind::Address.as_str() || self.value.contains('\n')
    }
}

/// The empty form, and where nobody more can be added why, before anything is typed.
#[get("/contacts/new")]
pub(in crate::contacts) async fn blank(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
) -> Result<HttpResponse, AppError> {
    let checks = !db.limits_of(user.tier()).are_none();
    let (limit, fields) = db
        .as_user(&user, async |tx| {
            let limit = if checks { allowance::refusal_of_people(tx, 1).await? } else { None };
            Ok((limit, definitions(tx).await?))
        })
        .await?;
    let form = PersonForm { fields: inputs::of(fields, &[]), ..PersonForm::blank() };
    html(&Form { limit, ..Form::new(layout, form, None) })
}

/// Adds a person.
#[post("/contacts")]
pub(in crate::contacts) async fn create(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let fields = db.as_user(&user, async |tx| definitions(tx).await).await?;
    let mut form = PersonForm { fields: inputs::posted(fields, &posted, &[]), ..PersonForm::posted(&posted) };
    let Some(person) = form.validate(None, user.dates()) else {
        return unprocessable(&Form::new(layout, form, None));
    };
    let id = id_of_new(&user, &posted);
    let new = [(id, person)];
    let added = db
        .as_user(&user, async |tx| {
            if let Some(made) = made(tx, "contacts", id).await? {
                return Ok(made.change_set);
            }
            queries::insert_many(tx, &new).await?;
            documents::refresh(tx, &[id]).await?;
            Ok(Some(tx.change_set()))
        })
        .await;
    let change_set = match added {
        Err(AppError::Limit(says)) => {
            return unprocessable(&Form { limit: Some(says), ..Form::new(layout, form, None) });
        }
        added => added?,
    };
    Ok(see_other_with(&layout, &url(id), format!("{} is added.", new[0].1.shown_name()), change_set))
}

/// The form with what is stored.
#[get("/contacts/{id}/edit")]
pub(in crate::contacts) async fn edit(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    id: Path<Uuid>,
) -> Result<HttpResponse, AppError> {
    let (contact, fields, days) = db
        .as_user(&user, async |tx| {
            let days = touch::queries::days_of_contact(tx, *id).await?;
            Ok((queries::find(tx, *id).await?, definitions(tx).await?, days))
        })
        .await?;
    if contact.deleted_at.is_some() {
        return Err(AppError::NotFound);
    }
    let mut form = PersonForm { fields: inputs::of(fields, &contact.person.fields), ..PersonForm::of(&contact.person) };
    form.cadence.rhythm = Rhythm::of(&days, user.today());
    let editing = Editing { id: *id, name: contact.person.shown_name(), version: contact.version };
    html(&Form::new(layout, form, Some(editing)))
}

/// Saves an edit, unless a newer version was saved since the form was opened: then 409 with both.
#[post("/contacts/{id}")]
pub(in crate::contacts) async fn update(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    id: Path<Uuid>,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let version: i32 = posted.text("version").parse().unwrap_or(0);
    let (stored, fields) =
        db.as_user(&user, async |tx| Ok((queries::find(tx, *id).await?, definitions(tx).await?))).await?;
    let fields = inputs::posted(fields, &posted, &stored.person.fields);
    let mut form = PersonForm { fields, ..PersonForm::posted(&posted) };
    let name = stored.person.shown_name();
    let Some(mut person) = form.validate(Some(&stored.person), user.dates()) else {
        return unprocessable(&Form::new(layout, form, Some(Editing { id: *id, name, version })));
    };
    person.is_nameless = stored.person.is_nameless && person.first_name == stored.person.first_name;
    let (saved, change_set) = db
        .as_user(&user, async |tx| {
            let saved = queries::update(tx, *id, &person, version).await?;
            if saved == Saved::Saved {
                documents::refresh(tx, &[*id]).await?;
            }
            Ok((saved, tx.changes().await?))
        })
        .await?;
    if saved == Saved::Conflict {
        return both_versions(&db, &user, layout, *id, (form, person)).await;
    }
    Ok(changed_by(&layout, &url(*id), "Saved.", change_set))
}

/// The form as she sent it, beside what was stored meanwhile. Saving it again is over that version.
async fn both_versions(
    db: &Db,
    user: &CurrentUser,
    layout: Layout,
    id: Uuid,
    (form, mine): (PersonForm, Person),
) -> Result<HttpResponse, AppError> {
    let stored = db.as_user(user, async |tx| queries::find(tx, id).await).await?;
    let editing = Editing { id, name: stored.person.shown_name(), version: stored.version };
    let conflicts = compare::differences(&mine, &stored.person);
    conflict(&Form { conflicts, ..Form::new(layout, form, Some(editing)) })
}
