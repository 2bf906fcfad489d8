//! The accounts of the instance, as administrators see them: how much they hold and when they were used, never a row
//! of theirs.

/// The list, and one account with what may be done to it.
pub(super) mod pages;
mod queries;
mod views;
