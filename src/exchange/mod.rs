//! Import and export: one pipeline for every format, read, match, preview, apply, undo.

/// What a record of a file says of one person.
pub mod card;
