//! The list of what is in the trash.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use askama::Template;
use chrono::{Duration, Utc};

use super::queries;
use super::views::RowView;
use crate::db::{CurrentUser, Db};
use crate::error::AppError;
use crate::web::paging::{self, TimeCursor};
use crate::web::{Layout, Params, html};

#[derive(Template)]
#[template(path = "trash/index.html")]
struct Index {
    layout: Layout,
    /// After so many the job deletes.
    days: u16,
    rows: Vec<RowView>,
    count: i64,
    is_more: bool,
    first: Option<String>,
    next: Option<String>,
    /// As on the lists that swap a block; this one is always whole.
    is_partial: bool,
}

/// The list.
#[get("/trash")]
pub(super) async fn index(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    params: Params,
) -> Result<HttpResponse, AppError> {
    let after = TimeCursor::of(params.text("after"));
    let days = layout.site().trash_days;
    let since = Utc::now() - Duration::days(i64::from(days));
    let listed = db.as_user(&user, async |tx| queries::list(tx, since, after).await).await?;
    let cursor = listed.rows.get(paging::PAGE - 1).map(queries::Row::cursor);
    let (rows, has_next) = paging::split(listed.rows);
    html(&Index {
        layout,
        days,
        rows: rows.into_iter().map(|row| RowView::new(row, &user, days)).collect(),
        count: listed.count,
        is_more: listed.is_more,
        first: after.map(|_| "/trash".to_owned()),
        next: cursor.filter(|_| has_next).map(|cursor| format!("/trash?after={}", paging::pack(&cursor))),
        is_partial: false,
    })
}
