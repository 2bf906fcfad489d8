//! Invitations: links that each make one account, for administrators to make, list and revoke.

/// The page and what its buttons do.
pub(super) mod pages;
mod queries;
mod views;
