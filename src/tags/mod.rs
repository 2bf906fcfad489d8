//! Labels for people.

/// The SQL of tags.
pub mod queries;
