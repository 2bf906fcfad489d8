//! The list: filtered as one types, sorted, page by page.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use askama::Template;
use uuid::Uuid;

use crate::contacts::documents;
use crate::contacts::queries::{self, Filter, Row, Sort};
use crate::contacts::views::RowView;
use crate::db::{CurrentUser, Db, TenantTx};
use crate::error::AppError;
use crate::web::paging::{self, Listed};
use crate::web::{Htmx, Layout, Params, html, see_other};
use crate::{organizations, tags};

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

/// What the address asks for.
#[derive(Debug, Clone)]
struct Asked {
    q: String,
    tags: Vec<Uuid>,
    organizations: Vec<Uuid>,
    sort: Sort,
    after: Option<queries::Cursor>,
}

impl Asked {
    fn of(params: &Params) -> Self {
        let sort = Sort::of(params.text("sort"));
        let after = paging::unpack(params.text("after")).filter(|cursor: &queries::Cursor| cursor.fits(sort));
        Self {
            q: params.text("q").to_owned(),
            tags: params.ids("tag"),
            organizations: params.ids("organization"),
            sort,
            after,
        }
    }

    fn is_filtered(&self) -> bool {
        !self.q.trim().is_empty() || !self.tags.is_empty() || !self.organizations.is_empty()
    }

    fn sorts_by(&self, word: &str) -> bool {
        self.sort.word() == word
    }

    fn has_first_tag(&self, id: &Uuid) -> bool {
        self.tags.first() == Some(id)
    }

    /// Whether a tag is asked for besides the one that the select shows.
    fn has_further_tag(&self, id: &Uuid) -> bool {
        self.tags.iter().skip(1).any(|tag| tag == id)
    }

    /// The address of the same list without `tag` or `organization` in its filter, from the start.
    fn without(&self, id: &Uuid) -> String {
        let keep = |ids: &[Uuid]| ids.iter().copied().filter(|other| other != id).collect();
        Self { tags: keep(&self.tags), organizations: keep(&self.organizations), ..self.clone() }.url(None)
    }

    /// The address of this list behind a row.
    fn url(&self, after: Option<&queries::Cursor>) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        if !self.q.is_empty() {
            query.append_pair("q", &self.q);
        }
        for (name, ids) in [("tag", &self.tags), ("organization", &self.organizations)] {
            query.extend_pairs(ids.iter().map(|id| (name, id.to_string())));
        }
        if self.sort != Sort::Name {
            query.append_pair("sort", self.sort.word());
        }
        if let Some(cursor) = after {
            query.append_pair("after", &paging::pack(cursor));
        }
        let query = query.finish();
        if query.is_empty() { "/contacts".to_owned() } else { format!("/contacts?{query}") }
    }

    /// The sorts, each with its word and what a person reads.
    fn sorts() -> [(&'static str, &'static str); 8] {
        [
            ("name", "Name"),
            ("-name", "Name, Z first"),
            ("last_contact", "Last contact"),
            ("-last_contact", "Longest silence"),
            ("strength", "Strongest"),
            ("-strength", "Weakest"),
            ("newest", "Newest"),
            ("-newest", "Oldest"),
        ]
    }
}

async fn listed(tx: &mut TenantTx<'_>, asked: &Asked) -> Result<Listed<Row>, AppError> {
    let query = if asked.q.trim().is_empty() { None } else { documents::query(tx, &asked.q).await? };
    if query.is_none() && !asked.q.trim().is_empty() {
        // Nothing of what was typed can be looked for, such as a lone dash.
        return Ok(Listed::new(Vec::new(), 0));
    }
    let filter = Filter { query, tags: asked.tags.clone(), organizations: asked.organizations.clone() };
    queries::list(tx, &filter, asked.sort, asked.after.as_ref()).await
}

/// The front door leads to the list.
#[get("/")]
pub(in crate::contacts) async fn home(_user: CurrentUser) -> HttpResponse {
    see_other("/contacts")
}

/// The list, or the block that a filter swaps.
#[get("/contacts")]
pub(in crate::contacts) async fn index(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    htmx: Htmx,
    params: Params,
) -> Result<HttpResponse, AppError> {
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
    let today = user.today();
    let page = Index {
        first: asked.after.as_ref().map(|_| asked.url(None)),
        next: has_next.then(|| asked.url(cursor.as_ref())),
        rows: rows.into_iter().map(|row| RowView::new(row, today)).collect(),
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
