//! The pages of reminders.

/// New and changed ones: the form.
pub(super) mod edit;
/// All of them.
pub(super) mod index;
/// What a form means before it is saved.
pub(super) mod preview;
/// Done, left out, ended.
pub(super) mod settling;
/// One reminder.
pub(super) mod show;
/// Put off.
pub(super) mod snooze;
/// Into the trash and out of it.
pub(super) mod trash;

use actix_web::HttpResponse;
use askama::Template;
use chrono::NaiveDateTime;
use uuid::Uuid;

use super::queries::{self, Filter, Row};
use super::times::Time;
use super::views::{RowView, read, url};
use crate::db::{CurrentUser, TenantTx};
use crate::error::AppError;
use crate::web::page::{self, is_local};
use crate::web::{FormData, Htmx, Layout, html};

/// Where a form leads back to: a list or a page that it was sent from, else the reminder.
fn way_back(posted: &FormData, id: Uuid) -> String {
    Some(posted.text("next")).filter(|next| is_local(next)).map_or_else(|| url(id), str::to_owned)
}

/// Which occurrence a form or an address means: the one that it names, or none, which is the next. One that is mistyped is not there.
fn meant(sent: &FormData) -> Result<Option<NaiveDateTime>, AppError> {
    match sent.text("occurrence") {
        "" => Ok(None),
        named => read(named).map(Some).ok_or(AppError::NotFound),
    }
}

/// The element that shows a reminder in a list.
fn row_id(id: Uuid) -> String {
    format!("reminder-{id}")
}

/// Whether a row alone is wanted, which swaps itself.
fn wants_row(htmx: &Htmx, id: Uuid) -> bool {
    htmx.wants_block(&row_id(id))
}

#[derive(Template)]
#[template(path = "reminders/_swapped.html")]
struct Swapped {
    layout: Layout,
    row: RowView,
    is_current: bool,
}

/// A reminder as its list would show it; none where it is over.
async fn row(tx: &mut TenantTx<'_>, id: Uuid) -> Result<Option<Row>, AppError> {
    Ok(queries::list(tx, &Filter { id: Some(id), ..Filter::default() }, None).await?.pop())
}

/// The row that takes the place of the one that was acted on, on the page that sent this form or asked for this address.
fn swapped(
    layout: Layout,
    row: Row,
    user: &CurrentUser,
    sent: &FormData,
    change: impl FnOnce(&mut RowView),
) -> Result<HttpResponse, AppError> {
    let mut row = standing(row, user, sent);
    change(&mut row);
    html(&Swapped { layout, row, is_current: true })
}

fn standing(row: Row, user: &CurrentUser, sent: &FormData) -> RowView {
    RowView::new(row, user.here()).standing_on(sent.text("next"))
}

#[derive(Template)]
#[template(path = "reminders/_next.html")]
struct Next {
    layout: Layout,
    row: RowView,
    is_current: bool,
}

/// What takes the place of a row that leaves: nothing, but what is due next where that is in the same time.
fn left(
    layout: Layout,
    (before, after): (Row, Option<Row>),
    user: &CurrentUser,
    sent: &FormData,
    (says, change_set): (String, Option<Uuid>),
) -> Result<HttpResponse, AppError> {
    let here = user.here();
    let time = |row: &Row| Time::of(row, here);
    match after.filter(|after| time(after) == time(&before)) {
        Some(next) => {
            let row = standing(next, user, sent);
            html(&Next { layout: layout.saying(says, change_set), row, is_current: true })
        }
        None => page::left(layout, says, change_set),
    }
}
