//! An occurrence done or left out, and a reminder ended. In a list the row alone is swapped, for one that says so and takes
//! it back; what is sent twice is done once.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, post};
use uuid::Uuid;

use super::{left, meant, row, swapped, wants_row, way_back};
use crate::db::{CurrentUser, Db};
use crate::error::AppError;
use crate::reminders::model::State;
use crate::reminders::queries::{self, Row};
use crate::reminders::views::DueView;
use crate::web::page::{changed_by, leaves};
use crate::web::{CsrfForm, Htmx, Layout};

/// Done: this one, and the next appears.
#[post("/reminders/{id}/completion")]
pub(in crate::reminders) async fn complete(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    htmx: Htmx,
    id: Path<Uuid>,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    settle(&db, &user, (layout, &htmx), *id, &posted, State::Completed).await
}

/// Left out: this one, or with `scope=missed` all that have come due but the last.
#[post("/reminders/{id}/skip")]
pub(in crate::reminders) async fn skip(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    htmx: Htmx,
    id: Path<Uuid>,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    if posted.text("scope") != "missed" {
        return settle(&db, &user, (layout, &htmx), *id, &posted, State::Skipped).await;
    }
    let (skipped, change_set) = db
        .as_user(&user, async |tx| {
            queries::find(tx, *id).await?;
            Ok((queries::skip_missed(tx, *id).await?, tx.changes().await?))
        })
        .await?;
    let says = if skipped == 1 { "One is left out.".to_owned() } else { format!("{skipped} are left out.") };
    Ok(changed_by(&layout, &way_back(&posted, *id), says, change_set))
}

/// Ends the reminder.
#[post("/reminders/{id}/dismissal")]
pub(in crate::reminders) async fn dismiss(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    id: Path<Uuid>,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let (title, change_set) = db
        .as_user(&user, async |tx| {
            let stored = queries::find(tx, *id).await?;
            if stored.deleted_at.is_some() {
                return Err(AppError::NotFound);
            }
            queries::dismiss(tx, *id).await?;
            Ok((stored.reminder.title, tx.changes().await?))
        })
        .await?;
    let says = format!("“{title}” is ended.");
    Ok(changed_by(&layout, &way_back(&posted, *id), says, change_set))
}

async fn settle(
    db: &Db,
    user: &CurrentUser,
    (layout, htmx): (Layout, &Htmx),
    id: Uuid,
    posted: &CsrfForm,
    state: State,
) -> Result<HttpResponse, AppError> {
    let which = meant(posted)?;
    let (before, after, change_set) = db
        .as_user(user, async |tx| {
            let stored = queries::find(tx, id).await?;
            if stored.deleted_at.is_some() {
                return Err(AppError::NotFound);
            }
            if stored.made_until.is_none() {
                queries::make(tx, &[id]).await?;
            }
            let before = row(tx, id).await?;
            queries::settle(tx, id, which, state).await?;
            let after = row(tx, id).await?;
            Ok((before.unwrap_or_else(|| over(stored)), after, tx.changes().await?))
        })
        .await?;
    let next = after.as_ref().map(|row| DueView::new(row.due_at, !row.is_day, user.here()).shown);
    let deed = if state == State::Completed { "done" } else { "left out" };
    let then = next.map(|when| format!(" The next one: {when}.")).unwrap_or_default();
    let says = format!("“{}” is {deed}.{then}", before.title);
    match wants_row(htmx, id) {
        true if leaves(posted) => left(layout, (before, after), user, posted, (says, change_set)),
        true => swapped(layout, before, user, posted, |row| {
            row.settled = Some((format!("{}.{then}", capital(deed)), change_set))
        }),
        false => Ok(changed_by(&layout, &way_back(posted, id), says, change_set)),
    }
}

/// What a list showed of one that is over.
fn over(stored: queries::Stored) -> Row {
    Row {
        id: stored.id,
        title: stored.reminder.title,
        contact: stored.contact,
        due_at: stored.due_at,
        is_snoozed: false,
        is_noticed: false,
        is_day: stored.reminder.schedule.is_day,
        rule: None,
        occurrence: None,
    }
}

fn capital(words: &str) -> String {
    let (first, rest) = words.split_at(1);
    format!("{}{rest}", first.to_uppercase())
}
