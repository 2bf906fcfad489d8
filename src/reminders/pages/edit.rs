//! New and changed reminders: refused with what is wrong at each field, and shown beside what is stored where somebody saved
//! first. Of one that repeats a part may be edited apart: one occurrence, or all from it on.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get, post};
use askama::Template;
use chrono::{NaiveDateTime, Utc};
use uuid::Uuid;

use super::url;
use crate::contacts::queries::named;
use crate::db::{CurrentUser, Db, TenantTx, made};
use crate::error::AppError;
use crate::interactions::people::meant;
use crate::interactions::queries::Companion;
use crate::reminders::builder::{ENDS, MONTHLY, REPEATS};
use crate::reminders::forms::{ReminderForm, differences};
use crate::reminders::model::Reminder;
use crate::reminders::queries::{self, Part, Stored};
use crate::reminders::schedule::{Clock, Schedule};
use crate::reminders::views::{Preview, read, written};
use crate::web::page::{changed_by, conflict};
use crate::web::twice::id_of_new;
use crate::web::{CsrfForm, Difference, FormData, Layout, Params, html, see_other_with, unprocessable, zones};

#[derive(Template)]
#[template(path = "reminders/form.html", blocks = ["preview"])]
pub(super) struct Form {
    pub layout: Layout,
    pub form: ReminderForm,
    /// Which one it edits; none yet where it makes one.
    pub editing: Option<Editing>,
    /// What differs between her values and those that were saved meanwhile.
    pub conflicts: Vec<Difference>,
    /// On whose page it began, which it leads back to.
    pub begun_at: Option<Uuid>,
    /// What it means, where that was asked.
    pub preview: Option<Preview>,
    /// Whether that alone is shown: then nothing is told at the fields.
    pub is_partial: bool,
    /// What a select offers.
    pub zones: Vec<&'static str>,
}

/// Which reminder a form edits, and how much of it.
pub(super) struct Editing {
    pub id: Uuid,
    pub title: String,
    pub version: i32,
    /// `one` or `following`, and which one.
    pub apart: Option<(&'static str, NaiveDateTime)>,
}

impl Editing {
    pub fn of(stored: &Stored, version: i32, apart: Option<(&'static str, NaiveDateTime)>) -> Self {
        Self { id: stored.id, title: stored.reminder.title.clone(), version, apart }
    }

    fn scope(&self) -> &'static str {
        self.apart.map_or("all", |(scope, _)| scope)
    }

    fn occurrence(&self) -> String {
        self.apart.map(|(_, local)| written(local)).unwrap_or_default()
    }
}

impl Form {
    pub fn new(layout: Layout, form: ReminderForm, editing: Option<Editing>) -> Self {
        let conflicts = Vec::new();
        let zones = zones::names();
        Self { layout, form, editing, conflicts, begun_at: None, preview: None, is_partial: false, zones }
    }

    fn action(&self) -> String {
        self.editing.as_ref().map_or_else(|| "/reminders".to_owned(), |editing| url(editing.id))
    }

    fn cancel(&self) -> String {
        self.begun_at.map_or_else(|| self.action(), |contact| format!("/contacts/{contact}"))
    }

    /// Whether it is of one occurrence, which does not repeat.
    fn is_of_one(&self) -> bool {
        self.editing.as_ref().is_some_and(|editing| editing.scope() == "one")
    }

    fn repeats() -> [(&'static str, &'static str); 6] {
        REPEATS
    }
    fn monthly() -> [(&'static str, &'static str); 4] {
        MONTHLY
    }
    fn ends() -> [(&'static str, &'static str); 3] {
        ENDS
    }
}

/// How much of a reminder a form is about, and from which occurrence on.
pub(super) fn apart(form: &FormData) -> Result<Option<(&'static str, NaiveDateTime)>, AppError> {
    let scope = match form.text("scope") {
        "one" => "one",
        "following" => "following",
        "" | "all" => return Ok(None),
        _ => return Err(AppError::NotFound),
    };
    read(form.text("occurrence")).map(|local| Some((scope, local))).ok_or(AppError::NotFound)
}

/// The form with whom its name means; it changes nothing.
pub(super) async fn identify(tx: &mut TenantTx<'_>, mut form: ReminderForm) -> Result<ReminderForm, AppError> {
    if let Some(name) = form.open_name().map(str::to_owned)
        && let Some(meant) = meant(tx, &[&name]).await?.pop()
    {
        form.take(meant);
    }
    let ids: Vec<Uuid> = form.chosen().into_iter().collect();
    form.person = named(tx, &ids).await?.pop().map(|one| Companion { id: one.id, name: one.name });
    if form.person.is_none() && !ids.is_empty() {
        form.contact.refuse("Whom you chose is no longer here.");
        form.contact_id = None;
    }
    Ok(form)
}

/// What a form says, if nothing of it is wrong. `checked` is what was typed besides whom it is about.
fn whole(form: &ReminderForm, checked: Option<Reminder>) -> Option<Reminder> {
    let contact = form.person.as_ref().map(|one| one.id);
    checked.filter(|_| !form.is_refused()).map(|reminder| Reminder { contact, ..reminder })
}

/// The empty form, with whoever the address names in it.
#[get("/reminders/new")]
pub(in crate::reminders) async fn blank(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    params: Params,
) -> Result<HttpResponse, AppError> {
    let ids: Vec<Uuid> = params.ids("contact").into_iter().take(1).collect();
    let person = db.as_user(&user, async |tx| Ok(named(tx, &ids).await?.pop())).await?;
    let person = person.map(|one| Companion { id: one.id, name: one.name });
    let begun_at = person.as_ref().map(|one| one.id);
    let form = ReminderForm::blank(person, &params, user.dates());
    html(&Form { begun_at, ..Form::new(layout, form, None) })
}

/// Adds a reminder.
#[post("/reminders")]
pub(in crate::reminders) async fn create(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let begun_at: Option<Uuid> = posted.text("begun_at").parse().ok();
    let clock = db.as_user(&user, async |tx| queries::clock(tx).await).await?;
    let mut form = ReminderForm::posted(&posted, user.dates());
    let checked = form.validate(user.today(), clock);
    let checked = form.unless_over(checked, None, clock);
    let id = id_of_new(&user, &posted);
    let (form, reminder, change_set) = db
        .as_user(&user, async |tx| {
            let form = identify(tx, form.clone()).await?;
            let reminder = whole(&form, checked.clone());
            let change_set = match &reminder {
                Some(reminder) => add_once(tx, id, reminder, clock).await?,
                None => None,
            };
            Ok((form, reminder, change_set))
        })
        .await?;
    let Some(reminder) = reminder else {
        return unprocessable(&Form { begun_at, ..Form::new(layout, form, None) });
    };
    let back = begun_at.filter(|contact| reminder.contact == Some(*contact));
    let way = back.map_or_else(|| url(id), |contact| format!("/contacts/{contact}"));
    Ok(see_other_with(&layout, &way, format!("You will be reminded: “{}”.", reminder.title), change_set))
}

/// Adds a reminder, if the form was not sent before; the change set that did it.
async fn add_once(
    tx: &mut TenantTx<'_>,
    id: Uuid,
    reminder: &Reminder,
    clock: Clock,
) -> Result<Option<Uuid>, AppError> {
    if let Some(made) = made(tx, "reminders", id).await? {
        return Ok(made.change_set);
    }
    queries::insert_many(tx, &[(id, reminder.clone())], clock, None).await?;
    Ok(Some(tx.change_set()))
}

/// The form with what is stored, or with a part of it.
#[get("/reminders/{id}/edit")]
pub(in crate::reminders) async fn edit(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    id: Path<Uuid>,
    params: Params,
) -> Result<HttpResponse, AppError> {
    let apart = apart(&params)?;
    let (mut stored, already) =
        db.as_user(&user, async |tx| Ok((queries::find(tx, *id).await?, already(tx, *id, apart).await?))).await?;
    if stored.deleted_at.is_some() {
        return Err(AppError::NotFound);
    }
    if let Some(already) = already {
        return Ok(see_other_with(&layout, &format!("{}/edit", url(already.id)), ALREADY, None));
    }
    let editing = Editing::of(&stored, stored.version, apart);
    if let Some((scope, local)) = apart {
        let from = stored.reminder.schedule.from(local, stored.clock);
        stored.reminder.schedule = if scope == "one" { once(from) } else { from };
    }
    html(&Form::new(layout, ReminderForm::of(&stored, user.dates()), Some(editing)))
}

const ALREADY: &str = "That one was edited apart already: this is it.";

/// What the occurrence that is to be edited alone is already since that was done, from another page or before.
async fn already(
    tx: &mut TenantTx<'_>,
    id: Uuid,
    apart: Option<(&'static str, NaiveDateTime)>,
) -> Result<Option<Stored>, AppError> {
    match apart {
        Some(("one", local)) => queries::apart(tx, id, local).await,
        _ => Ok(None),
    }
}

/// Whether a form, of which nothing is wrong, says what is stored.
fn is_same(form: &ReminderForm, mine: &Reminder, stored: &Reminder) -> bool {
    let is_about = form.open_name().is_none() && form.chosen() == stored.contact;
    is_about && Reminder { contact: stored.contact, ..mine.clone() } == *stored
}

/// Whether an edit may leave nothing that is to come: all of it was over or ended before, or something that has come due of it
/// stays to be done. Part of it is a new reminder.
pub(super) async fn may_end(
    tx: &mut TenantTx<'_>,
    stored: &Stored,
    apart: Option<(&'static str, NaiveDateTime)>,
) -> Result<bool, AppError> {
    if apart.is_some() {
        return Ok(false);
    }
    let (schedule, clock, now) = (&stored.reminder.schedule, stored.clock, Utc::now());
    let was_over = stored.dismissed_at.is_some() || schedule.over_by(schedule.local(now, clock), clock).is_some();
    Ok(was_over || queries::coming(tx, stored.id).await?.iter().any(|open| open.due_at <= now))
}

/// The first of them alone.
fn once(schedule: Schedule) -> Schedule {
    Schedule { rule: None, except: std::collections::BTreeSet::new(), ..schedule }
}

/// Saves an edit, unless a newer version was saved since the form was opened: then 409 with both.
#[post("/reminders/{id}")]
pub(in crate::reminders) async fn update(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    id: Path<Uuid>,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let version: i32 = posted.text("version").parse().unwrap_or(0);
    let apart = apart(&posted)?;
    let (stored, already, may_end) = db
        .as_user(&user, async |tx| {
            let stored = queries::find(tx, *id).await?;
            let may_end = may_end(tx, &stored, apart).await?;
            Ok((stored, already(tx, *id, apart).await?, may_end))
        })
        .await?;
    let mut form = ReminderForm::posted(&posted, user.dates()).keeping(&stored, apart.map(|(_, since)| since));
    let mut checked = form.validate(user.today(), stored.clock);
    if let Some(already) = already {
        if checked.as_ref().is_some_and(|mine| is_same(&form, mine, &already.reminder)) {
            return Ok(see_other_with(&layout, &url(already.id), ALREADY, None));
        }
        return both_versions(&db, &user, layout, (already, None), (form, checked)).await;
    }
    if !may_end {
        checked = form.unless_over(checked, apart.map(|(_, since)| since), stored.clock);
    }
    let saved = db
        .as_user(&user, async |tx| {
            let form = identify(tx, form.clone()).await?;
            let reminder = whole(&form, checked.clone());
            let way = match &reminder {
                Some(reminder) => save(tx, &stored, reminder, (version, apart)).await?,
                None => *id,
            };
            Ok((form, reminder.is_some(), way, tx.changes().await?))
        })
        .await;
    match saved {
        Ok((_, true, way, change_set)) => Ok(changed_by(&layout, &url(way), "Saved.", change_set)),
        Ok((form, false, ..)) => unprocessable(&Form::new(layout, form, Some(Editing::of(&stored, version, apart)))),
        Err(AppError::Conflict) => both_versions(&db, &user, layout, (stored, apart), (form, checked)).await,
        Err(error) => Err(error),
    }
}

/// Saves all of it, or a part that is a reminder of its own from now on; the page that shows what was saved.
async fn save(
    tx: &mut TenantTx<'_>,
    stored: &Stored,
    reminder: &Reminder,
    (version, apart): (i32, Option<(&'static str, NaiveDateTime)>),
) -> Result<Uuid, AppError> {
    let (id, clock, schedule) = (stored.id, stored.clock, &stored.reminder.schedule);
    let is_first = |local| schedule.before(local, clock) == 0;
    let Some((scope, local)) = apart.filter(|(scope, local)| *scope == "one" || !is_first(*local)) else {
        queries::update(tx, id, reminder, clock, version).await?;
        return Ok(id);
    };
    let is_alone = scope == "one";
    let rest = if is_alone { schedule.without(local) } else { schedule.until(local) };
    let put_off = queries::put_off(tx, id, local, is_alone).await?;
    if is_alone {
        queries::move_apart(tx, id, local).await?;
    } else {
        queries::move_due(tx, id, local).await?;
    }
    let series = stored.series.unwrap_or(id);
    let rest = Reminder { schedule: rest, ..stored.reminder.clone() };
    queries::set_schedule(tx, id, &rest, (clock, version), series).await?;
    let part = Part { of: id, series, since: local, is_alone, put_off };
    let apart = Uuid::now_v7();
    queries::insert_many(tx, &[(apart, reminder.clone())], clock, Some(&part)).await?;
    Ok(apart)
}

/// The form as she sent it, beside what was stored meanwhile. Saving it again is over that version.
async fn both_versions(
    db: &Db,
    user: &CurrentUser,
    layout: Layout,
    (stored, apart): (Stored, Option<(&'static str, NaiveDateTime)>),
    (form, mine): (ReminderForm, Option<Reminder>),
) -> Result<HttpResponse, AppError> {
    let (now, form) = db
        .as_user(user, async |tx| Ok((queries::find(tx, stored.id).await?, identify(tx, form.clone()).await?)))
        .await?;
    let name = |one: &Option<Companion>| one.as_ref().map(|one| one.name.clone()).unwrap_or_default();
    let theirs = name(&now.contact);
    let conflicts = mine.map(|mine| differences((&mine, &name(&form.person)), (&now.reminder, &theirs), user.dates()));
    let editing = Editing::of(&now, now.version, apart);
    conflict(&Form { conflicts: conflicts.unwrap_or_default(), ..Form::new(layout, form, Some(editing)) })
}
