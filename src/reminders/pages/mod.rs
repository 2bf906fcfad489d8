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
use chrono::Utc;
use uuid::Uuid;

use super::queries::{self, Filter, Row};
use super::views::RowView;
use crate::db::{CurrentUser, TenantTx};
use crate::error::AppError;
use crate::web::page::is_local;
use crate::web::{FormData, Htmx, Layout, html};

/// A reminder's page.
#[must_use]
pub fn url(id: Uuid) -> String {
    format!("/reminders/{id}")
}

/// Where a form leads back to: a list or a page that it was sent from, else the reminder.
fn way_back(posted: &FormData, id: Uuid) -> String {
    Some(posted.text("next")).filter(|next| is_local(next)).map_or_else(|| url(id), str::to_owned)
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

/// The row that takes the place of the one that was acted on.
fn swapped(
    layout: Layout,
    row: Row,
    user: &CurrentUser,
    change: impl FnOnce(&mut RowView),
) -> Result<HttpResponse, AppError> {
    let mut row = RowView::new(row, user.time_zone(), Utc::now());
    change(&mut row);
    html(&Swapped { layout, row, is_current: true })
}
