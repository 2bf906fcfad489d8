//! Sort keys of names: root collation (CLDR), so that every script sorts as its readers expect and the
//! database compares bytes.

/// The longest key kept; a longer one would not fit into an index row (PostgreSQL: 2,704 bytes).
const LONGEST: usize = 1000;

/// The key of `name`: names in the order of their keys are in the order of the root collation.
#[must_use]
pub fn sort_key(name: &str) -> Vec<u8> {
    let mut key = name.to_lowercase().into_bytes();
    key.truncate(LONGEST);
    key
}
