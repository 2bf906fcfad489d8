//! What passed between her and one person, page by page, behind what that one's own page shows.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};
use askama::Template;
use uuid::Uuid;

use crate::contacts::queries::name_of;
use crate::db::{CurrentUser, Db};
use crate::error::AppError;
use crate::interactions::queries;
use crate::interactions::views::Timeline;
use crate::web::paging::TimeCursor;
use crate::web::{Htmx, Layout, Params, html};

#[derive(Template)]
#[template(path = "interactions/timeline.html", blocks = ["entries"])]
struct Page {
    layout: Layout,
    contact: Uuid,
    name: String,
    timeline: Timeline,
    first: Option<String>,
    /// Whether keys walk the entries: on a person's own page they walk no list.
    is_list: bool,
}

/// A page of it, or the entries that are added below those that are there.
#[get("/contacts/{id}/timeline")]
pub(in crate::interactions) async fn timeline(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    htmx: Htmx,
    id: Path<Uuid>,
    params: Params,
) -> Result<HttpResponse, AppError> {
    let after = TimeCursor::of(params.text("after"));
    let (name, rows) = db
        .as_user(&user, async |tx| {
            let name = name_of(tx, *id).await?;
            Ok((name, queries::timeline(tx, *id, after).await?))
        })
        .await?;
    let goes_on = htmx.wants_block("timeline-more");
    let begun = after.filter(|_| goes_on).map(|cursor| cursor.at.with_timezone(&user.time_zone()).date_naive());
    let page = Page {
        timeline: Timeline::new(*id, rows, &user, begun),
        first: after.map(|_| format!("/contacts/{id}/timeline")),
        is_list: !goes_on || params.has("list"),
        contact: *id,
        layout,
        name,
    };
    if goes_on { html(&page.as_entries()) } else { html(&page) }
}
