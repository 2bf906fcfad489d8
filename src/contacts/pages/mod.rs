//! The pages of contacts.

/// New and changed people: the form.
pub(super) mod edit;
/// The list.
pub(super) mod index;
/// One person.
pub(super) mod show;
/// Tags of one person.
pub(super) mod tags;
/// Into the trash and out of it.
pub(super) mod trash;

use uuid::Uuid;

/// A person's page.
#[must_use]
pub fn url(id: Uuid) -> String {
    format!("/contacts/{id}")
}
