//! An occurrence put off: by an hour, to tomorrow, to next week, to a day. The others stay where they are.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get, post};
use askama::Template;
use chrono::{DateTime, Days, NaiveDateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{left, meant, row, swapped, url, wants_row, way_back};
use crate::db::{CurrentUser, Db};
use crate::error::AppError;
use crate::recurrence;
use crate::reminders::coming;
use crate::reminders::queries::{self, Stored};
use crate::reminders::views::written;
use crate::web::page::{changed_by, leaves};
use crate::web::{CsrfForm, Field, Htmx, Layout, Params, html, unprocessable};

/// Until when, each with its words for people.
const CHOICES: [(&str, &str); 3] = [("hour", "In an hour"), ("tomorrow", "Tomorrow"), ("week", "Next week")];

#[derive(Template)]
#[template(path = "reminders/snooze.html")]
struct Snooze {
    layout: Layout,
    id: Uuid,
    title: String,
    occurrence: String,
    /// A day, as it is typed.
    until: Field,
    next: String,
}

impl Snooze {
    fn choices() -> [(&'static str, &'static str); 3] {
        CHOICES
    }

    fn back(&self) -> String {
        url(self.id)
    }
}

/// The page that asks until when, or the row that does and, with `asks=no`, does no more.
#[get("/reminders/{id}/snooze")]
pub(in crate::reminders) async fn ask(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    htmx: Htmx,
    id: Path<Uuid>,
    params: Params,
) -> Result<HttpResponse, AppError> {
    let (stored, row) = db.as_user(&user, async |tx| Ok((open(tx, *id).await?, row(tx, *id).await?))).await?;
    let occurrence = meant(&params)?.map(written).unwrap_or_default();
    match row.filter(|_| wants_row(&htmx, *id)) {
        Some(row) => swapped(layout, row, &user, &params, |row| row.is_asking = params.text("asks") != "no"),
        None => html(&Snooze {
            layout,
            id: *id,
            title: stored.reminder.title,
            occurrence,
            until: Field::default(),
            next: params.text("next").to_owned(),
        }),
    }
}

/// Puts it off.
#[post("/reminders/{id}/snooze")]
pub(in crate::reminders) async fn snooze(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    htmx: Htmx,
    id: Path<Uuid>,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let stored = db.as_user(&user, async |tx| open(tx, *id).await).await?;
    let (which, choice) = (meant(&posted)?, posted.text("choice"));
    if !choice.is_empty() && !CHOICES.iter().any(|(word, _)| *word == choice) {
        return Err(AppError::BadRequest("There is no such time to put it off to.".to_owned()));
    }
    let mut typed = Field::of(&posted, "until");
    let Some(until) = until(&mut typed, choice, which, &stored, &user) else {
        let occurrence = which.map(written).unwrap_or_default();
        let next = posted.text("next").to_owned();
        return unprocessable(&Snooze {
            layout,
            id: *id,
            title: stored.reminder.title,
            occurrence,
            until: typed,
            next,
        });
    };
    let (before, after, change_set) = db
        .as_user(&user, async |tx| {
            let before = row(tx, *id).await?;
            if stored.made_until.is_none() {
                queries::make(tx, &[*id]).await?;
            }
            queries::snooze(tx, *id, which, until).await?;
            Ok((before, row(tx, *id).await?, tx.changes().await?))
        })
        .await?;
    let says = format!("Put off until {}.", user.here().moment(until));
    match before.zip(after).filter(|_| wants_row(&htmx, *id)) {
        Some((before, after)) if leaves(&posted) => {
            left(layout, (before, Some(after)), &user, &posted, (says, change_set))
        }
        Some((_, after)) => swapped(layout, after, &user, &posted, |row| row.settled = Some((says, change_set))),
        None => Ok(changed_by(&layout, &way_back(&posted, *id), says, change_set)),
    }
}

/// A reminder that is not in the trash.
async fn open(tx: &mut crate::db::TenantTx<'_>, id: Uuid) -> Result<Stored, AppError> {
    let stored = queries::find(tx, id).await?;
    if stored.deleted_at.is_some() { Err(AppError::NotFound) } else { Ok(stored) }
}

/// Until when: at the occurrence's own hour, where a day is chosen.
fn until(
    typed: &mut Field,
    choice: &str,
    which: Option<NaiveDateTime>,
    stored: &Stored,
    user: &CurrentUser,
) -> Option<DateTime<Utc>> {
    let (today, zone, schedule) = (user.today(), user.time_zone(), &stored.reminder.schedule);
    let due = which.map_or(stored.due_at, |local| schedule.due(local, stored.clock));
    let hour = due.with_timezone(&zone).time();
    let on = |days: u64| Some(recurrence::at(&zone, today.checked_add_days(Days::new(days))?.and_time(hour)));
    match choice {
        "hour" => return Some(Utc::now() + TimeDelta::hours(1)),
        "tomorrow" => return on(1),
        "week" => return on(7),
        _ => {}
    }
    let soon = || coming::soon(&typed.value, Utc::now(), zone);
    let Some((day, time)) = coming::parse(&typed.value, today, user.dates()).or_else(soon) else {
        typed.refuse("Say until when: as 2027-05-03, 2027-05-03 14:05, tomorrow or next friday.");
        return None;
    };
    let until = recurrence::at(&zone, day.and_time(time.unwrap_or(hour)));
    if until <= Utc::now() {
        typed.refuse("That has passed already.");
        return None;
    }
    Some(until)
}
