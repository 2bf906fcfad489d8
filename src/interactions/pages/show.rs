//! One interaction: in the reading pane and as a page of its own.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};
use askama::Template;
use uuid::Uuid;

use crate::db::{CurrentUser, Db};
use crate::error::AppError;
use crate::interactions::queries;
use crate::interactions::views::{InteractionView, NamedView};
use crate::text::markdown;
use crate::web::{Htmx, Layout, html};

/// Addresses that the page shows.
const NAMED: usize = 100;

#[derive(Template)]
#[template(path = "interactions/show.html", blocks = ["interaction"])]
struct Show {
    layout: Layout,
    interaction: InteractionView,
    summary: Option<markdown::Html>,
    /// Whom it names, and whether there are more.
    named: Vec<NamedView>,
    names_others: bool,
    /// Only the block is wanted: then it brings the message of the last request along.
    is_partial: bool,
}

/// Its page, or the block that fills the reading pane.
#[get("/interactions/{id}")]
pub(in crate::interactions) async fn show(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    htmx: Htmx,
    id: Path<Uuid>,
) -> Result<HttpResponse, AppError> {
    let (stored, mut named) = db
        .as_user(&user, async |tx| Ok((queries::find(tx, *id).await?, queries::addresses::named(tx, *id).await?)))
        .await?;
    let names_others = named.len() > NAMED;
    named.truncate(NAMED);
    let page = Show {
        layout,
        interaction: InteractionView::new(&stored, &user),
        summary: stored.interaction.summary.as_deref().map(markdown::to_html),
        named: named.into_iter().map(NamedView::from).collect(),
        names_others,
        is_partial: htmx.wants_block("pane"),
    };
    if page.is_partial { html(&page.as_interaction()) } else { html(&page) }
}
