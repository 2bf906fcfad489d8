//! Interactions of the whole network: filtered as one chooses, newest first, page by page.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use askama::Template;

use crate::db::{CurrentUser, Db};
use crate::error::AppError;
use crate::interactions::asked::{Asked, Narrowed};
use crate::interactions::pages::overview::Overview;
use crate::interactions::queries;
use crate::interactions::views::{DayView, by_day};
use crate::tags;
use crate::web::paging::{self, TimeCursor};
use crate::web::{Htmx, Layout, Params, html};

#[derive(Template)]
#[template(path = "interactions/index.html", blocks = ["results"])]
struct Index {
    layout: Layout,
    asked: Asked,
    narrowed: Narrowed,
    days: Vec<DayView>,
    first: Option<String>,
    next: Option<String>,
    tags: Vec<tags::queries::Choice>,
    /// What the pane shows until a row is chosen, where the list is of all that passed.
    overview: Option<Overview>,
}

/// The list, or the block that a filter swaps.
#[get("/interactions")]
pub(in crate::interactions) async fn index(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    htmx: Htmx,
    params: Params,
) -> Result<HttpResponse, AppError> {
    let asked = Asked::of(&params, user.dates());
    let after = TimeCursor::of(params.text("after"));
    let is_partial = htmx.wants_block("results");
    let (narrowed, rows, tags, overview) = db
        .as_user(&user, async |tx| {
            let narrowed = asked.narrow(tx, user.time_zone()).await?;
            let rows = match &narrowed.filter {
                Some(filter) => queries::list(tx, filter, after).await?,
                None => Vec::new(),
            };
            let tags = if is_partial { Vec::new() } else { tags::queries::choices(tx).await? };
            let is_whole = !is_partial && !asked.is_filtered() && after.is_none() && !rows.is_empty();
            let overview = if is_whole { Some(Overview::read(tx, None, user.here()).await?) } else { None };
            Ok((narrowed, rows, tags, overview))
        })
        .await?;
    let cursor = rows.get(paging::PAGE - 1).map(queries::Row::cursor);
    let (rows, has_next) = paging::split(rows);
    let page = Index {
        first: after.map(|_| asked.url(None)),
        next: has_next.then(|| asked.url(cursor.as_ref())),
        days: by_day(rows, &user, None, None),
        narrowed,
        layout,
        asked,
        tags,
        overview,
    };
    if is_partial { html(&page.as_results()) } else { html(&page) }
}
