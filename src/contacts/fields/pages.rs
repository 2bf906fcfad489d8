//! The page of the settings on which own fields are defined, put in order and deleted.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get, post};
use askama::Template;
use uuid::Uuid;

use super::model::{Definition, FieldKind};
use super::queries::{self, Counted, MOST, NAME_KEY};
use super::settings_form::{Defined, DefinitionForm};
use crate::contacts::groups::{self, Groups};
use crate::db::{CurrentUser, Db, TenantTx};
use crate::error::AppError;
use crate::jobs;
use crate::web::page::{changed_by, conflict};
use crate::web::{CsrfForm, Difference, Layout, html, see_other_with, unprocessable};

const LIST: &str = "/settings/fields";

#[derive(Template)]
#[template(path = "contacts/fields.html")]
struct Index {
    layout: Layout,
    rows: Vec<Counted>,
}

impl Index {
    fn is_full(&self) -> bool {
        self.rows.len() >= MOST
    }
}

impl Counted {
    /// Its kind for people, and what can be chosen.
    fn what(&self) -> String {
        let kind = self.kind.parse::<FieldKind>().unwrap_or_default();
        if self.choices.is_empty() { kind.label().to_owned() } else { self.choices.join(", ") }
    }

    fn of_people(&self) -> String {
        match self.people {
            0 => "nobody yet".to_owned(),
            1 => "1 person".to_owned(),
            1001.. => "more than 1,000 people".to_owned(),
            people => format!("{} people", crate::web::number::grouped(people)),
        }
    }

    fn edit(&self) -> String {
        format!("{LIST}/{}/edit", self.id)
    }

    fn position(&self) -> String {
        format!("{LIST}/{}/position", self.id)
    }
}

#[derive(Template)]
#[template(path = "contacts/field_form.html")]
struct Form {
    layout: Layout,
    form: DefinitionForm,
    /// Which one it edits; none yet where it makes one.
    editing: Option<Definition>,
    /// What differs between her values and those that were saved meanwhile.
    conflicts: Vec<Difference>,
}

impl Form {
    fn new(layout: Layout, form: DefinitionForm, editing: Option<Definition>) -> Self {
        Self { layout, form: form.with_room(), editing, conflicts: Vec::new() }
    }

    fn action(&self) -> String {
        self.editing.as_ref().map_or_else(|| LIST.to_owned(), |field| format!("{LIST}/{}", field.id))
    }

    fn removal(&self) -> String {
        format!("{}/removal", self.action())
    }

    fn has_choices(&self) -> bool {
        self.editing.as_ref().is_none_or(|field| field.kind == FieldKind::Choice) || self.form.choice.is_invalid()
    }

    fn kinds() -> [(&'static str, &'static str); 5] {
        FieldKind::ALL.map(|(_, word, label)| (word, label))
    }
}

/// The fields.
#[get("/settings/fields")]
pub(in crate::contacts) async fn index(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
) -> Result<HttpResponse, AppError> {
    let rows = db.as_user(&user, async |tx| queries::counted(tx).await).await?;
    html(&Index { layout, rows })
}

/// The empty form.
#[get("/settings/fields/new")]
pub(in crate::contacts) async fn blank(_user: CurrentUser, layout: Layout) -> Result<HttpResponse, AppError> {
    html(&Form::new(layout, DefinitionForm::default(), None))
}

/// Defines a field.
#[post("/settings/fields")]
pub(in crate::contacts) async fn create(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let mut form = DefinitionForm::posted(&posted);
    let Some(field) = form.validate_new() else {
        return unprocessable(&Form::new(layout, form, None));
    };
    let saved = db.as_user(&user, async |tx| Ok((queries::insert(tx, &field).await?, tx.change_set()))).await;
    match saved {
        Ok((true, change_set)) => {
            return Ok(see_other_with(&layout, LIST, format!("“{}” is added.", field.name), Some(change_set)));
        }
        Ok((false, _)) => form.name.refuse(format!("There are {MOST} fields, and more can’t be.")),
        Err(error) if error.violates(NAME_KEY) => form.name.refuse("There is one of this name."),
        Err(error) => return Err(error),
    }
    unprocessable(&Form::new(layout, form, None))
}

/// The form with what is stored.
#[get("/settings/fields/{id}/edit")]
pub(in crate::contacts) async fn edit(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    id: Path<Uuid>,
) -> Result<HttpResponse, AppError> {
    let field = db.as_user(&user, async |tx| queries::find(tx, *id).await).await?;
    html(&Form::new(layout, DefinitionForm::of(&field), Some(field)))
}

/// Saves an edit, unless a newer version was saved since the form was opened: then 409 with both. People keep a choice
/// that got another name; one that was removed is taken off them.
#[post("/settings/fields/{id}")]
pub(in crate::contacts) async fn update(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    id: Path<Uuid>,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let mut form = DefinitionForm::posted(&posted);
    let version: i32 = posted.text("version").parse().unwrap_or(0);
    let stored = db.as_user(&user, async |tx| queries::find(tx, *id).await).await?;
    if stored.version != version {
        return both_versions(layout, form, stored);
    }
    let Some(defined) = form.validate(&stored) else {
        return unprocessable(&Form::new(layout, form, Some(stored)));
    };
    match db.as_user_for_job(&user, async |tx| save(tx, &defined).await).await {
        Ok((lost, change_set)) => {
            jobs::ring();
            let name = &defined.field.name;
            let message = match lost {
                0 => format!("“{name}” is saved."),
                1 => format!("“{name}” is saved. What you removed was taken off 1 person."),
                _ => format!("“{name}” is saved. What you removed was taken off {lost} people."),
            };
            Ok(changed_by(&layout, LIST, message, change_set))
        }
        Err(AppError::Conflict) => {
            both_versions(layout, form, db.as_user(&user, async |tx| queries::find(tx, *id).await).await?)
        }
        Err(error) if error.violates(NAME_KEY) => {
            form.name.refuse("There is one of this name.");
            unprocessable(&Form::new(layout, form, Some(stored)))
        }
        Err(error) => Err(error),
    }
}

/// The form as she sent it, beside what was stored meanwhile. Saving it again is over that version.
fn both_versions(layout: Layout, form: DefinitionForm, stored: Definition) -> Result<HttpResponse, AppError> {
    let form = form.over(&stored);
    let conflicts = form.differences(&stored);
    if conflicts.is_empty() {
        return Ok(changed_by(&layout, LIST, "", None));
    }
    conflict(&Form { conflicts, ..Form::new(layout, form, Some(stored)) })
}

/// Of how many people something was taken, and the change set if anything changed.
async fn save(tx: &mut TenantTx<'_>, defined: &Defined) -> Result<(usize, Option<Uuid>), AppError> {
    let Defined { field, renamed, removed } = defined;
    queries::update(tx, field).await?;
    // First, since another choice may have got the name of one that was removed.
    let lost = if removed.is_empty() { 0 } else { queries::drop_choices(tx, field.id, removed).await? };
    if !renamed.is_empty() {
        queries::rename_choices(tx, field.id, renamed).await?;
    }
    follow(tx).await?;
    Ok((lost, tx.changes().await?))
}

/// What people are found by, where a field said it.
async fn follow(tx: &mut TenantTx<'_>) -> Result<(), AppError> {
    let moved_by = Some(tx.change_set());
    groups::refresh(tx, &Groups { moved_by, ..Groups::default() }).await
}

/// Moves a field one place up or down.
#[post("/settings/fields/{id}/position")]
pub(in crate::contacts) async fn shift(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    id: Path<Uuid>,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let down = match posted.text("position") {
        "up" => Some(false),
        "down" => Some(true),
        _ => None,
    };
    let (name, change_set) = db
        .as_user(&user, async |tx| {
            let field = queries::find(tx, *id).await?;
            let down = down.ok_or_else(|| AppError::BadRequest("A field is moved up or down.".to_owned()))?;
            queries::shift(tx, *id, down).await?;
            Ok((field.name, tx.changes().await?))
        })
        .await?;
    Ok(changed_by(&layout, LIST, format!("“{name}” is moved."), change_set))
}

/// Deletes a field and what it says of people; the undo gives both back.
#[post("/settings/fields/{id}/removal")]
pub(in crate::contacts) async fn remove(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    id: Path<Uuid>,
    _posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let (name, change_set) = db
        .as_user_for_job(&user, async |tx| {
            let field = queries::find(tx, *id).await?;
            queries::delete(tx, *id).await?;
            follow(tx).await?;
            Ok((field.name, tx.change_set()))
        })
        .await?;
    jobs::ring();
    Ok(see_other_with(&layout, LIST, format!("“{name}” is deleted."), Some(change_set)))
}
