//! What the address of a list asks for: its filter, its order and its place.

use uuid::Uuid;

use super::documents;
use super::queries::{self, Filter, Sort};
use crate::db::TenantTx;
use crate::error::AppError;
use crate::web::{FormData, paging};

/// What the address asks for.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub q: String,
    pub tags: Vec<Uuid>,
    pub organizations: Vec<Uuid>,
    pub sort: Sort,
    pub after: Option<queries::Cursor>,
}

impl Asked {
    pub fn of(params: &FormData) -> Self {
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

    /// What the list is narrowed to; none where nothing of what was typed can be looked for, such as a
    /// lone dash, so that nobody matches.
    pub async fn filter(&self, tx: &mut TenantTx<'_>) -> Result<Option<Filter>, AppError> {
        let query = if self.q.trim().is_empty() { None } else { documents::query(tx, &self.q).await? };
        if query.is_none() && !self.q.trim().is_empty() {
            return Ok(None);
        }
        Ok(Some(Filter { query, tags: self.tags.clone(), organizations: self.organizations.clone() }))
    }

    pub fn is_filtered(&self) -> bool {
        !self.q.trim().is_empty() || !self.tags.is_empty() || !self.organizations.is_empty()
    }

    pub fn sorts_by(&self, word: &str) -> bool {
        self.sort.word() == word
    }

    pub fn has_first_tag(&self, id: &Uuid) -> bool {
        self.tags.first() == Some(id)
    }

    /// Whether a tag is asked for besides the one that the select shows.
    pub fn has_further_tag(&self, id: &Uuid) -> bool {
        self.tags.iter().skip(1).any(|tag| tag == id)
    }

    /// The address of the same list without `tag` or `organization` in its filter, from the start.
    pub fn without(&self, id: &Uuid) -> String {
        let keep = |ids: &[Uuid]| ids.iter().copied().filter(|other| other != id).collect();
        Self { tags: keep(&self.tags), organizations: keep(&self.organizations), ..self.clone() }.url(None)
    }

    /// The address of this list behind a row.
    pub fn url(&self, after: Option<&queries::Cursor>) -> String {
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
    pub fn sorts() -> [(&'static str, &'static str); 8] {
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
