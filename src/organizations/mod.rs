//! Companies and other groups of people.

/// The SQL of organizations.
pub mod queries;
