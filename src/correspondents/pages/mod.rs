//! The pages of correspondents.

/// Added, ignored, waiting again.
pub(super) mod changes;
/// The queue.
pub(super) mod index;
/// Merged into a contact.
pub(super) mod merge;
/// Parted into two.
pub(super) mod part;
