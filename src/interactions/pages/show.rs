//! One interaction: in the reading pane and as a page of its own.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};
use askama::Template;
use uuid::Uuid;

use crate::db::{CurrentUser, Db};
use crate::error::AppError;
use crate::interactions::queries;
use crate::interactions::views::InteractionView;
use crate::text::markdown;
use crate::web::{Htmx, Layout, html};

#[derive(Template)]
#[template(path = "interactions/show.html", blocks = ["interaction"])]
struct Show {
    layout: Layout,
    interaction: InteractionView,
    summary: Option<markdown::Html>,
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
    let stored = db.as_user(&user, async |tx| queries::find(tx, *id).await).await?;
    let page = Show {
        layout,
        interaction: InteractionView::new(&stored, &user),
        summary: stored.interaction.summary.as_deref().map(markdown::to_html),
        is_partial: htmx.wants_block("pane"),
    };
    if page.is_partial { html(&page.as_interaction()) } else { html(&page) }
}
