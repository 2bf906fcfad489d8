//! Import and export: one pipeline for every format, read, match, preview, apply, undo.

/// What a record of a file says of one person.
pub mod card;
/// A card's normal form.
pub mod tidy;
/// vCard in and out.
pub mod vcard;
