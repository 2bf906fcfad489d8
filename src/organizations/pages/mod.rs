//! The pages of organizations.

/// New and changed organizations: the form.
pub(super) mod edit;
/// The list.
pub(super) mod index;
/// Several made into one.
pub(super) mod merge;
/// One organization.
pub(super) mod show;
/// Into the trash and out of it.
pub(super) mod trash;

use uuid::Uuid;

/// An organization's page.
pub(super) fn url(id: Uuid) -> String {
    format!("/organizations/{id}")
}
