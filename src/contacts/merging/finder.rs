//! Where the others are found who are perhaps the same person.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};
use askama::Template;
use uuid::Uuid;

use crate::contacts::asked::Asked;
use crate::contacts::queries::{self, Sort};
use crate::contacts::views::RowView;
use crate::db::{CurrentUser, Db};
use crate::error::AppError;
use crate::web::{Htmx, Layout, Params, html};

#[derive(Template)]
#[template(path = "contacts/merge.html", blocks = ["results"])]
struct Finder {
    layout: Layout,
    id: Uuid,
    name: String,
    asked: Asked,
    rows: Vec<RowView>,
    /// Whether more match than are shown.
    is_more: bool,
}

/// People of a like name, or whoever is looked for.
#[get("/contacts/{id}/merge")]
pub(in crate::contacts) async fn find(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    htmx: Htmx,
    id: Path<Uuid>,
    params: Params,
) -> Result<HttpResponse, AppError> {
    let address = Asked::of(&params);
    let is_asked = params.has("q");
    let (name, rows, is_more, asked) = db
        .as_user(&user, async |tx| {
            let contact = queries::find(tx, *id).await?;
            if contact.deleted_at.is_some() {
                return Err(AppError::NotFound);
            }
            let mut asked = address.clone();
            if !is_asked {
                asked.q = like(&contact.person.first_name, contact.person.last_name.as_deref());
            }
            let listed = match asked.filter(tx).await? {
                Some(filter) => queries::list(tx, &filter, Sort::Name, None).await?.rows,
                None => Vec::new(),
            };
            let is_more = listed.len() > crate::web::paging::PAGE;
            let rows: Vec<_> = listed.into_iter().filter(|row| row.id != *id).collect();
            Ok((contact.person.shown_name(), rows, is_more, asked))
        })
        .await?;
    let here = user.here();
    let rows = rows.into_iter().map(|row| RowView::new(row, here)).collect();
    let page = Finder { layout, id: *id, name, asked, rows, is_more };
    if htmx.wants_block("results") { html(&page.as_results()) } else { html(&page) }
}

/// What is looked for at first: the last name, which two cards of one person share more often than the first.
fn like(first: &str, last: Option<&str>) -> String {
    last.unwrap_or(first).chars().take(100).collect()
}
