//! Tags as their pages show them.

use uuid::Uuid;

use super::queries::{Choice, Row};
use crate::web::dates;

/// The colour of a tag without one.
const GREY: &str = "#808080";

/// A row of the list.
pub(super) struct RowView {
    pub id: Uuid,
    pub name: String,
    pub shade: String,
    /// `Every 3 wk`.
    pub cadence: Option<String>,
    pub people: i32,
    /// Where one goes on once it is deleted.
    pub next: String,
}

impl RowView {
    pub fn new(row: Row, next: String) -> Self {
        Self {
            id: row.id,
            name: row.name,
            shade: row.color.unwrap_or_else(|| GREY.to_owned()),
            cadence: row.contact_frequency_days.map(|days| format!("Every {}", dates::span(days.into()))),
            people: row.people_count,
            next,
        }
    }

    /// Everybody who has it.
    pub fn list(&self) -> String {
        format!("/contacts?tag={}", self.id)
    }
    pub fn edit(&self) -> String {
        super::pages::edit_url(self.id)
    }
    pub fn removal(&self) -> String {
        super::pages::removal_url(self.id)
    }
}

/// The list at the tag behind one, or before the last.
pub(super) fn beside(list: &str, ids: &[Uuid], at: usize) -> String {
    let before = || at.checked_sub(1).and_then(|before| ids.get(before));
    ids.get(at + 1).or_else(before).map_or_else(|| list.to_owned(), |id| format!("{list}#{id}"))
}

impl Choice {
    /// Its form.
    pub fn edit(&self) -> String {
        super::pages::edit_url(self.id)
    }
}
