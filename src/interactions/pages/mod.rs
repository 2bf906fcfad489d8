//! The pages of interactions.

/// What counts as contact.
pub(super) mod counting;
/// New and changed ones: the form.
pub(super) mod edit;
/// Those of the whole network.
pub(super) mod index;
/// How much passed when, and with whom most.
pub(super) mod overview;
mod settling;
/// One interaction.
pub(super) mod show;
/// The messages of one thread.
pub(super) mod thread;
/// Those of one person.
pub(super) mod timeline;
/// Into the trash and out of it.
pub(super) mod trash;

use uuid::Uuid;

/// An interaction's page.
#[must_use]
pub fn url(id: Uuid) -> String {
    format!("/interactions/{id}")
}

/// The page of a thread of mail.
#[must_use]
pub fn thread_url(thread: Uuid) -> String {
    format!("/interactions/threads/{thread}")
}
