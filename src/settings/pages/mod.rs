//! The page of the settings, and what its forms change.

/// What she changes of her account.
pub(super) mod account;
/// What she changes of her habits.
pub(super) mod habits;
/// The page.
pub(super) mod show;
