//! One organization: whom she knows there, in the reading pane and as a page of its own.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};
use askama::Template;
use uuid::Uuid;

use crate::db::{CurrentUser, Db};
use crate::error::AppError;
use crate::organizations::queries;
use crate::organizations::views::OrganizationView;
use crate::web::{Htmx, Layout, html};

#[derive(Template)]
#[template(path = "organizations/show.html", blocks = ["organization"])]
struct Show {
    layout: Layout,
    organization: OrganizationView,
    /// Only the block is wanted: then it brings the message of the last request along.
    is_partial: bool,
}

/// Its page, or the block that fills the reading pane.
#[get("/organizations/{id}")]
pub(in crate::organizations) async fn show(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    htmx: Htmx,
    id: Path<Uuid>,
) -> Result<HttpResponse, AppError> {
    let organization = db
        .as_user(&user, async |tx| {
            let stored = queries::find(tx, *id).await?;
            let people = queries::people(tx, *id).await?;
            Ok(OrganizationView::new(stored, people, user.here()))
        })
        .await?;
    let page = Show { layout, organization, is_partial: htmx.wants_block("pane") };
    if page.is_partial { html(&page.as_organization()) } else { html(&page) }
}
