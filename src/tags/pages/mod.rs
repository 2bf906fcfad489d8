//! The pages of tags.

/// New and changed tags: the form.
pub(super) mod edit;
/// The list.
pub(super) mod index;
/// Several made into one.
pub(super) mod merge;
/// Deleting.
pub(super) mod removal;

use uuid::Uuid;

/// The form of a tag.
pub(super) fn edit_url(id: Uuid) -> String {
    format!("/tags/{id}/edit")
}

/// What deletes a tag.
pub(super) fn removal_url(id: Uuid) -> String {
    format!("/tags/{id}/removal")
}
