//! The list, filtered as one types; and the options that a field offers while a name is typed into it.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use askama::Template;

use crate::db::{CurrentUser, Db};
use crate::error::AppError;
use crate::organizations::queries;
use crate::organizations::views::RowView;
use crate::web::paging::{self, NameCursor};
use crate::web::{Htmx, Layout, Params, html};

#[derive(Template)]
#[template(path = "organizations/index.html", blocks = ["results"])]
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

#[derive(Template)]
#[template(path = "organizations/options.html")]
struct Options {
    names: Vec<String>,
}

/// The list, the block that a filter swaps, or the options of a field.
#[get("/organizations")]
pub(in crate::organizations) async fn index(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    htmx: Htmx,
    params: Params,
) -> Result<HttpResponse, AppError> {
    if htmx.wants_block("organization-options") {
        // The field says its own name.
        let typed = params.text(params.text("options"));
        let names = db.as_user(&user, async |tx| queries::TABLE.options(tx, typed).await).await?;
        return html(&Options { names });
    }
    let (q, after) = (params.text("q").to_owned(), NameCursor::of(params.text("after")));
    let listed = db.as_user(&user, async |tx| queries::list(tx, &q, after.as_ref()).await).await?;
    let cursor = listed.rows.get(paging::PAGE - 1).map(queries::Row::cursor);
    let (rows, has_next) = paging::split(listed.rows);
    let page = Index {
        first: after.map(|_| paging::address("/organizations", &q, None)),
        next: has_next.then(|| paging::address("/organizations", &q, cursor.as_ref())),
        rows: rows.into_iter().map(RowView::new).collect(),
        count: listed.count,
        is_more: listed.is_more,
        is_partial: htmx.wants_block("results"),
        layout,
        q,
    };
    if page.is_partial { html(&page.as_results()) } else { html(&page) }
}
