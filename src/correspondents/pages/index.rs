//! The queue, page by page.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use askama::Template;

use crate::correspondents::asked::Asked;
use crate::correspondents::queries::{self, Cursor, Row};
use crate::correspondents::views::RowView;
use crate::db::{CurrentUser, Db};
use crate::error::AppError;
use crate::web::paging::{self, Listed};
use crate::web::{Htmx, Layout, Params, html};

#[derive(Template)]
#[template(path = "correspondents/index.html", blocks = ["results"])]
struct Index {
    layout: Layout,
    asked: Asked,
    rows: Vec<RowView>,
    count: i64,
    is_more: bool,
    first: Option<String>,
    next: Option<String>,
    /// Only the block is wanted: then it brings the count of the header along.
    is_partial: bool,
}

/// The list, or the block that a filter swaps.
#[get("/correspondents")]
pub(in crate::correspondents) async fn index(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    htmx: Htmx,
    params: Params,
) -> Result<HttpResponse, AppError> {
    let (asked, after) = (Asked::of(&params), Cursor::of(params.text("after")));
    let filter = asked.filter();
    let listed = db
        .as_user(&user, async |tx| {
            let rows = queries::list(tx, &filter, after.as_ref()).await?;
            Ok(Listed::new(rows, queries::count(tx, &filter).await?))
        })
        .await?;
    let cursor = listed.rows.get(paging::PAGE - 1).map(Row::cursor);
    let (rows, has_next) = paging::split(listed.rows);
    let page = Index {
        first: after.map(|_| asked.url(None)),
        next: has_next.then(|| asked.url(cursor.as_ref())),
        rows: rows.into_iter().filter_map(|row| RowView::new(row, &user)).collect(),
        count: listed.count,
        is_more: listed.is_more,
        is_partial: htmx.wants_block("results"),
        layout,
        asked,
    };
    if page.is_partial { html(&page.as_results()) } else { html(&page) }
}
