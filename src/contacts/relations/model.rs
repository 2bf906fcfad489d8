//! What is entered of a relation.

use chrono::NaiveDate;

use super::kind::Kind;

/// What the form says when nothing is wrong with it.
pub(super) struct NewRelation {
    pub kind: Kind,
    /// What the other one is to her, and she to the other one, of an own kind.
    pub words: Option<(String, String)>,
    pub started_on: Option<NaiveDate>,
    pub ended_on: Option<NaiveDate>,
    pub note: String,
}

impl NewRelation {
    pub fn word(&self) -> Option<&str> {
        self.words.as_ref().map(|words| words.0.as_str())
    }

    pub fn inverse_word(&self) -> Option<&str> {
        self.words.as_ref().map(|words| words.1.as_str())
    }
}
