//! The list: filtered as one types, sorted, page by page.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use askama::Template;

use crate::contacts::asked::Asked;
use crate::contacts::queries::{self, Row};
use crate::contacts::relations;
use crate::contacts::views::RowView;
use crate::db::{CurrentUser, Db, TenantTx};
use crate::error::AppError;
use crate::web::paging::{self, Listed};
use crate::web::{Htmx, Layout, Params, html};
use crate::{organizations, tags};

#[derive(Template)]
#[template(path = "contacts/options.html")]
struct Options {
    names: Vec<String>,
}

#[derive(Template)]
#[template(path = "contacts/index.html", blocks = ["results"])]
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
    tags: Vec<tags::queries::Choice>,
    organizations: Vec<organizations::queries::Choice>,
}

async fn listed(tx: &mut TenantTx<'_>, asked: &Asked) -> Result<Listed<Row>, AppError> {
    match asked.filter(tx).await? {
        Some(filter) => queries::list(tx, &filter, asked.sort, asked.after.as_ref()).await,
        None => Ok(Listed::new(Vec::new(), 0)),
    }
}

/// The list, the block that a filter swaps, or the options of a field.
#[get("/contacts")]
pub(in crate::contacts) async fn index(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    htmx: Htmx,
    params: Params,
) -> Result<HttpResponse, AppError> {
    if htmx.wants_block("people-options") {
        // The field says its own name.
        let typed = params.text(params.text("options"));
        let names = db.as_user(&user, async |tx| relations::options(tx, typed).await).await?;
        return html(&Options { names });
    }
    let asked = Asked::of(&params);
    let is_partial = htmx.wants_block("results");
    let (listed, tags, organizations) = db
        .as_user(&user, async |tx| {
            let listed = listed(tx, &asked).await?;
            if is_partial {
                return Ok((listed, Vec::new(), Vec::new()));
            }
            let tags = tags::queries::choices(tx).await?;
            let organizations = organizations::queries::named(tx, &asked.organizations).await?;
            Ok((listed, tags, organizations))
        })
        .await?;
    let cursor = listed.rows.get(paging::PAGE - 1).map(queries::Row::cursor);
    let (rows, has_next) = paging::split(listed.rows);
    let here = user.here();
    let page = Index {
        first: asked.after.as_ref().map(|_| asked.url(None)),
        next: has_next.then(|| asked.url(cursor.as_ref())),
        rows: rows.into_iter().map(|row| RowView::new(row, here)).collect(),
        count: listed.count,
        is_more: listed.is_more,
        layout,
        asked,
        is_partial,
        tags,
        organizations,
    };
    if is_partial { html(&page.as_results()) } else { html(&page) }
}
