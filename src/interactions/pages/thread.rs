//! The messages of one thread: in the reading pane and as a page of its own.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};
use askama::Template;
use uuid::Uuid;

use super::thread_url;
use crate::db::{CurrentUser, Db};
use crate::error::AppError;
use crate::interactions::queries;
use crate::interactions::views::{DayView, by_day};
use crate::web::paging::{self, TimeCursor};
use crate::web::{Htmx, Layout, Params, html};

#[derive(Template)]
#[template(path = "interactions/thread.html", blocks = ["thread"])]
struct Thread {
    layout: Layout,
    id: Uuid,
    title: String,
    days: Vec<DayView>,
    first: Option<String>,
    next: Option<String>,
}

/// A page of them, the newest first, or the block that fills the reading pane.
#[get("/interactions/threads/{id}")]
pub(in crate::interactions) async fn show(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    htmx: Htmx,
    id: Path<Uuid>,
    params: Params,
) -> Result<HttpResponse, AppError> {
    let after = TimeCursor::of(params.text("after"));
    let rows = db.as_user(&user, async |tx| queries::of_thread(tx, *id, after).await).await?;
    let cursor = rows.get(paging::PAGE - 1).map(queries::Row::cursor);
    let (rows, has_next) = paging::split(rows);
    let first = rows.first().ok_or(AppError::NotFound)?;
    let page = Thread {
        id: *id,
        title: first.subject.clone().unwrap_or_else(|| "Without a subject".to_owned()),
        first: after.map(|_| thread_url(*id)),
        next: cursor.filter(|_| has_next).map(|cursor| format!("{}?after={}", thread_url(*id), paging::pack(&cursor))),
        days: by_day(rows, &user, None, None),
        layout,
    };
    if htmx.wants_block("pane") { html(&page.as_thread()) } else { html(&page) }
}
