//! What the address of the list asks for: its filter, its order and its place.

use super::queries::{Cursor, Filter, Show, Sort};
use crate::db::containing;
use crate::web::{FormData, paging};

/// What the address, or a form that stands in the list, asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Asked {
    pub q: String,
    pub show: Show,
    pub sort: Sort,
}

const SHOWN: [(Show, &str, &str); 3] =
    [(Show::Waiting, "waiting", "Waiting"), (Show::Ignored, "ignored", "Ignored"), (Show::All, "all", "All")];
const SORTS: [(Sort, &str, &str); 2] = [(Sort::Most, "most", "Most messages"), (Sort::Last, "last", "Newest message")];

impl Asked {
    pub fn of(form: &FormData) -> Self {
        let (show, sort) = (form.text("show"), form.text("sort"));
        Self {
            q: form.text("q").trim().replace(char::is_control, ""),
            show: SHOWN.iter().find(|(_, word, _)| *word == show).map_or_else(Show::default, |(show, ..)| *show),
            sort: SORTS.iter().find(|(_, word, _)| *word == sort).map_or_else(Sort::default, |(sort, ..)| *sort),
        }
    }

    pub fn filter(&self) -> Filter {
        Filter { show: self.show, sort: self.sort, patterns: containing(&self.q.to_lowercase()) }
    }

    /// The words of the address, each with its label and whether it is this one.
    pub fn shows(&self) -> Vec<(&'static str, &'static str, bool)> {
        SHOWN.iter().map(|(show, word, label)| (*word, *label, *show == self.show)).collect()
    }

    pub fn sorts(&self) -> Vec<(&'static str, &'static str, bool)> {
        SORTS.iter().map(|(sort, word, label)| (*word, *label, *sort == self.sort)).collect()
    }

    pub fn show_word(&self) -> &'static str {
        SHOWN.iter().find(|(show, ..)| *show == self.show).map_or("", |(_, word, _)| word)
    }

    pub fn sort_word(&self) -> &'static str {
        SORTS.iter().find(|(sort, ..)| *sort == self.sort).map_or("", |(_, word, _)| word)
    }

    /// Whether all but those with whom little passed are listed.
    pub fn is_whole(&self) -> bool {
        self.q.is_empty() && self.show == Show::All
    }

    /// The address of this list behind a row.
    pub fn url(&self, after: Option<&Cursor>) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        if !self.q.is_empty() {
            query.append_pair("q", &self.q);
        }
        if self.show != Show::default() {
            query.append_pair("show", self.show_word());
        }
        if self.sort != Sort::default() {
            query.append_pair("sort", self.sort_word());
        }
        if let Some(cursor) = after {
            query.append_pair("after", &paging::pack(cursor));
        }
        format!("/correspondents?{}", query.finish()).trim_end_matches('?').to_owned()
    }
}
