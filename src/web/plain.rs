//! Ids as the rows of a list write them.

use std::fmt;

use askama::filters::HtmlSafe;
use uuid::Uuid;

/// An id that a row writes several times: spelled once, and known to hold nothing that HTML would have escaped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HtmlId(String);

impl From<Uuid> for HtmlId {
    fn from(id: Uuid) -> Self {
        Self(id.to_string())
    }
}

impl fmt::Display for HtmlId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for HtmlId {}
