//! What text is to Kith, whatever feature it belongs to: words to search by, keys to sort by, Markdown
//! to show. A ground like `web` and `db`: it knows no feature and no database.

/// Text as it is stored: in NFC, trimmed, without control characters.
pub mod clean;
/// Countries, as telephones know them.
pub mod country;
/// What two spellings of a word share.
pub mod fold;
/// Bytes as hexadecimal.
pub mod hex;
/// Notes in Markdown, as safe HTML.
pub mod markdown;
/// In which order the parts of a name stand.
pub mod name_order;
/// Phone numbers, in any spelling.
pub mod phone;
/// What is found of one person.
pub mod search_document;
/// What was typed into a search field.
pub mod search_query;
/// Sort keys of names.
pub mod sort_key;
/// The one tokeniser: it writes the search documents and builds the queries.
pub mod tokens;
