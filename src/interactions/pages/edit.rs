//! New and changed interactions: refused with what is wrong at each field, and shown beside what is stored where
//! somebody saved first.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get, post};
use askama::Template;
use chrono_tz::Tz;
use uuid::Uuid;

use super::settling::{Settled, identify, settle};
use super::url;
use crate::contacts::queries::named;
use crate::contacts::touch;
use crate::db::{CurrentUser, Db, TenantTx, made};
use crate::error::AppError;
use crate::interactions::forms::{self, InteractionForm, NEW, differences};
use crate::interactions::model::{Interaction, KINDS, kind_label};
use crate::interactions::queries::{self, Companion};
use crate::interactions::views::title;
use crate::web::page::{changed_by, conflict, is_local};
use crate::web::twice::id_of_new;
use crate::web::{CsrfForm, Difference, FormData, Layout, Params, html, see_other_with, unprocessable};

#[derive(Template)]
#[template(path = "interactions/form.html")]
struct Form {
    layout: Layout,
    form: InteractionForm,
    /// Which one it edits; none yet where it makes one.
    editing: Option<Editing>,
    /// What differs between her values and those that were saved meanwhile.
    conflicts: Vec<Difference>,
    /// On whose page it began, which it leads back to.
    begun_at: Option<Uuid>,
    /// The page that it leads back to in any case.
    next: Option<String>,
}

/// Which interaction a form edits.
struct Editing {
    id: Uuid,
    title: String,
    version: i32,
}

impl Form {
    fn new(layout: Layout, form: InteractionForm, editing: Option<Editing>) -> Self {
        Self { layout, form: form.with_room(), editing, conflicts: Vec::new(), begun_at: None, next: None }
    }

    fn action(&self) -> String {
        self.editing.as_ref().map_or_else(|| "/interactions".to_owned(), |editing| url(editing.id))
    }

    fn cancel(&self) -> String {
        let begun_at = self.begun_at.map(|contact| format!("/contacts/{contact}"));
        self.next.clone().or(begun_at).unwrap_or_else(|| self.action())
    }

    fn new_one() -> &'static str {
        NEW
    }
}

impl forms::Name {
    /// Whether what was answered is this one.
    fn is_answered_by(&self, id: &Uuid) -> bool {
        self.answer.parse() == Ok(*id)
    }
}

/// The empty form, with whoever the address names in it, and today.
#[get("/interactions/new")]
pub(in crate::interactions) async fn blank(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    params: Params,
) -> Result<HttpResponse, AppError> {
    let ids = params.ids("contact");
    let people = db.as_user(&user, async |tx| named(tx, &ids).await).await?;
    let asked = params.text("interaction_type");
    let kind = KINDS.iter().find(|(kind, _)| *kind == asked).map_or("call", |(kind, _)| kind);
    let begun_at = people.first().map(|one| one.id);
    let mut form = InteractionForm::blank(kind, user.today());
    form.people = people.into_iter().map(|one| Companion { id: one.id, name: one.name }).collect();
    html(&Form { begun_at, next: next(&params), ..Form::new(layout, form, None) })
}

/// Where the form is told to lead back to.
fn next(sent: &FormData) -> Option<String> {
    Some(sent.text("next")).filter(|next| is_local(next)).map(str::to_owned)
}

/// Logs an interaction.
#[post("/interactions")]
pub(in crate::interactions) async fn create(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let begun_at: Option<Uuid> = posted.text("begun_at").parse().ok();
    let mut form = InteractionForm::posted(&posted);
    let checked = form.validate(user.here());
    let id = id_of_new(&user, &posted);
    let saved = db.as_user(&user, async |tx| log_once(tx, id, form.clone(), checked.clone(), user.time_zone()).await);
    match saved.await {
        Ok((Settled::Whole(interaction, names), change_set)) => {
            let back = begun_at.filter(|contact| interaction.people.contains(contact));
            let begun_at = back.map(|contact| format!("/contacts/{contact}"));
            let way = next(&posted).or(begun_at).unwrap_or_else(|| url(id));
            let says = format!("{} with {} is logged.", kind_label(&interaction.kind), told(&names));
            Ok(see_other_with(&layout, &way, says, change_set))
        }
        Ok((Settled::Open(form), _)) => {
            unprocessable(&Form { begun_at, next: next(&posted), ..Form::new(layout, *form, None) })
        }
        Err(AppError::Limit(says)) => {
            form.participant.refuse(says);
            unprocessable(&Form { begun_at, next: next(&posted), ..Form::new(layout, form, None) })
        }
        Err(error) => Err(error),
    }
}

/// Logs what a form says, with whoever is new in it, if the form was not sent before; the change set that did it.
async fn log_once(
    tx: &mut TenantTx<'_>,
    id: Uuid,
    form: InteractionForm,
    checked: Option<Interaction>,
    zone: Tz,
) -> Result<(Settled, Option<Uuid>), AppError> {
    if let Some(made) = made(tx, "interactions", id).await? {
        let stored = queries::find(tx, id).await?;
        let names = stored.people.into_iter().map(|one| one.name).collect();
        return Ok((Settled::Whole(stored.interaction, names), made.change_set));
    }
    let settled = settle(tx, form, checked).await?;
    if let Settled::Whole(interaction, _) = &settled {
        touch::queries::met(tx, interaction, interaction.when.day(zone)).await?;
        queries::insert_many(tx, &[(id, interaction.clone())]).await?;
    }
    Ok((settled, Some(tx.change_set())))
}

/// The first few names.
fn told(names: &[String]) -> String {
    match names {
        [one] => one.clone(),
        [one, other] => format!("{one} and {other}"),
        [one, rest @ ..] => format!("{one} and {} others", rest.len()),
        [] => String::new(),
    }
}

/// The form with what is stored.
#[get("/interactions/{id}/edit")]
pub(in crate::interactions) async fn edit(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    id: Path<Uuid>,
) -> Result<HttpResponse, AppError> {
    let stored = db.as_user(&user, async |tx| queries::find(tx, *id).await).await?;
    if stored.deleted_at.is_some() {
        return Err(AppError::NotFound);
    }
    let title = title(&stored.interaction, &stored.people);
    let editing = Editing { id: *id, title, version: stored.version };
    html(&Form::new(layout, InteractionForm::of(stored, user.time_zone()), Some(editing)))
}

/// Saves an edit, unless a newer version was saved since the form was opened: then 409 with both.
#[post("/interactions/{id}")]
pub(in crate::interactions) async fn update(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    id: Path<Uuid>,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let version: i32 = posted.text("version").parse().unwrap_or(0);
    let stored = db.as_user(&user, async |tx| queries::find(tx, *id).await).await?;
    let mut form = InteractionForm::posted(&posted).over(&stored);
    let checked = form.validate(user.here());
    let editing = Editing { id: *id, title: title(&stored.interaction, &stored.people), version };
    let saved = db.as_user(&user, async |tx| {
        let settled = settle(tx, form.clone(), checked.clone()).await?;
        if let Settled::Whole(interaction, _) = &settled {
            queries::update(tx, *id, interaction, version).await?;
        }
        Ok((settled, tx.changes().await?))
    });
    match saved.await {
        Ok((Settled::Whole(..), change_set)) => Ok(changed_by(&layout, &url(*id), "Saved.", change_set)),
        Ok((Settled::Open(form), _)) => unprocessable(&Form::new(layout, *form, Some(editing))),
        Err(AppError::Conflict) => both_versions(&db, &user, layout, *id, (form, checked)).await,
        Err(AppError::Limit(says)) => {
            form.participant.refuse(says);
            unprocessable(&Form::new(layout, form, Some(editing)))
        }
        Err(error) => Err(error),
    }
}

/// The form as she sent it, beside what was stored meanwhile. Saving it again is over that version.
async fn both_versions(
    db: &Db,
    user: &CurrentUser,
    layout: Layout,
    id: Uuid,
    (form, mine): (InteractionForm, Option<Interaction>),
) -> Result<HttpResponse, AppError> {
    let (stored, (form, found)) =
        db.as_user(user, async |tx| Ok((queries::find(tx, id).await?, identify(tx, form.clone()).await?))).await?;
    let names: Vec<String> = found.into_iter().map(|one| one.name).chain(form.new_names()).collect();
    let stored_names: Vec<String> = stored.people.iter().map(|one| one.name.clone()).collect();
    let theirs = (&stored.interaction, stored_names.as_slice());
    let conflicts = mine.map(|mine| differences((&mine, &names), theirs, user.time_zone())).unwrap_or_default();
    let editing = Editing { id, title: title(&stored.interaction, &stored.people), version: stored.version };
    conflict(&Form { conflicts, ..Form::new(layout, form, Some(editing)) })
}
