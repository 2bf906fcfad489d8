//! The list; and the options that a field offers while a name is typed into it.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use askama::Template;
use uuid::Uuid;

use crate::db::{CurrentUser, Db};
use crate::error::AppError;
use crate::tags::queries;
use crate::tags::views::{RowView, beside};
use crate::web::paging::{self, NameCursor};
use crate::web::{Htmx, Layout, Params, html};

#[derive(Template)]
#[template(path = "tags/index.html", blocks = ["results"])]
struct Index {
    layout: Layout,
    q: String,
    rows: Vec<RowView>,
    count: i64,
    is_more: bool,
    first: Option<String>,
    next: Option<String>,
    /// Only the block is wanted: then it brings the count of the header along.
    is_partial: bool,
}

impl Index {
    /// Whether there is something to filter.
    fn is_long(&self) -> bool {
        !self.q.is_empty() || self.first.is_some() || self.next.is_some()
    }
}

#[derive(Template)]
#[template(path = "tags/options.html")]
struct Options {
    names: Vec<String>,
}

/// The list, the block that a filter swaps, or the options of a field.
#[get("/tags")]
pub(in crate::tags) async fn index(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    htmx: Htmx,
    params: Params,
) -> Result<HttpResponse, AppError> {
    if htmx.wants_block("tag-options") {
        // The field says its own name.
        let typed = params.text(params.text("options"));
        let names = db.as_user(&user, async |tx| queries::TABLE.options(tx, typed).await).await?;
        return html(&Options { names });
    }
    let (q, after) = (params.text("q").to_owned(), NameCursor::of(params.text("after")));
    let listed = db.as_user(&user, async |tx| queries::list(tx, &q, after.as_ref()).await).await?;
    let cursor = listed.rows.get(paging::PAGE - 1).map(queries::Row::cursor);
    let (rows, has_next) = paging::split(listed.rows);
    let here = paging::address("/tags", &q, after.as_ref());
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let view = |(at, row)| RowView::new(row, beside(&here, &ids, at));
    let page = Index {
        first: after.map(|_| paging::address("/tags", &q, None)),
        next: has_next.then(|| paging::address("/tags", &q, cursor.as_ref())),
        rows: rows.into_iter().enumerate().map(view).collect(),
        count: listed.count,
        is_more: listed.is_more,
        is_partial: htmx.wants_block("results"),
        layout,
        q,
    };
    if page.is_partial { html(&page.as_results()) } else { html(&page) }
}
