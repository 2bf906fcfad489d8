//! One reminder: in the reading pane and as a page of its own, with what is to come of it and what became of it.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};
use askama::Template;
use uuid::Uuid;

use crate::db::{CurrentUser, Db};
use crate::delivery::queries::of_reminder;
use crate::delivery::views::{self, ToldView};
use crate::error::AppError;
use crate::reminders::queries;
use crate::reminders::views::{ReminderView, read};
use crate::text::markdown;
use crate::web::paging::split;
use crate::web::{Htmx, Layout, Params, html};

#[derive(Template)]
#[template(path = "reminders/show.html", blocks = ["reminder"])]
struct Show {
    layout: Layout,
    reminder: ReminderView,
    note: Option<markdown::Html>,
    /// Where what became of it goes on.
    next: Option<String>,
    /// What was mailed of it, newest first, and how that went.
    told: Vec<ToldView>,
    first: Option<String>,
    /// Only the block is wanted: then it brings the message of the last request along.
    is_partial: bool,
}

/// Its page, or the block that fills the reading pane.
#[get("/reminders/{id}")]
pub(in crate::reminders) async fn show(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    htmx: Htmx,
    id: Path<Uuid>,
    params: Params,
) -> Result<HttpResponse, AppError> {
    let before = read(params.text("before"));
    let (stored, coming, passed, told) = db
        .as_user(&user, async |tx| {
            let stored = queries::find(tx, *id).await?;
            let (coming, passed) = (queries::coming(tx, *id).await?, queries::passed(tx, *id, before).await?);
            Ok((stored, coming, passed, of_reminder(tx, *id).await?))
        })
        .await?;
    let (passed, has_more) = split(passed);
    let reminder = ReminderView::new(&stored, coming, passed, &user);
    let last = reminder.passed.last().filter(|_| has_more);
    let page = Show {
        layout,
        next: last.map(|last| format!("/reminders/{id}?before={}", last.key.replace(':', "%3A"))),
        first: before.map(|_| format!("/reminders/{id}")),
        told: told.iter().map(|one| views::told(one, &user)).collect(),
        note: stored.reminder.note.as_deref().map(markdown::to_html),
        reminder,
        is_partial: htmx.wants_block("pane"),
    };
    if page.is_partial { html(&page.as_reminder()) } else { html(&page) }
}
