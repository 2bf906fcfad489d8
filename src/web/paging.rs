//! Keyset cursors: opaque in the URL, typed inside, never an offset.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Datelike, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Rows of a page of a list.
pub const PAGE: usize = 50;

/// Packs the key of a page's last row for the `after` parameter.
#[must_use]
pub fn pack<K: Serialize>(key: &K) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(key).unwrap_or_default())
}

/// Unpacks an `after` parameter; what is no cursor of this list starts it from its beginning.
#[must_use]
pub fn unpack<K: DeserializeOwned>(after: &str) -> Option<K> {
    // JSON's way to write the NUL, which PostgreSQL has not in text.
    const NUL: &[u8] = b"\\u0000";
    let key = URL_SAFE_NO_PAD.decode(after).ok()?;
    if key.windows(NUL.len()).any(|bytes| bytes == NUL) {
        return None;
    }
    serde_json::from_slice(&key).ok()
}

/// Splits off the row that a list read beyond its page, which says that there is more.
pub fn split<T>(mut rows: Vec<T>) -> (Vec<T>, bool) {
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    (rows, more)
}

/// Matches beyond this are not counted.
pub const COUNTED: i64 = 10_000;

/// A page of a list, one row more than fits where there is more, and how many match.
#[derive(Debug, Clone)]
pub struct Listed<R> {
    /// At most one more than [`PAGE`].
    pub rows: Vec<R>,
    /// All that match, on whatever page.
    pub count: i64,
    /// Whether there are more than `count`, which was not counted further.
    pub is_more: bool,
}

impl<R> Listed<R> {
    /// Rows of which `count` match, counted up to one more than [`COUNTED`].
    #[must_use]
    pub fn new(rows: Vec<R>, count: i64) -> Self {
        Self { rows, count: count.min(COUNTED), is_more: count > COUNTED }
    }
}

/// The address of the list at `path` filtered by `q`, behind a row.
#[must_use]
pub fn address(path: &str, q: &str, after: Option<&NameCursor>) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    if !q.is_empty() {
        query.append_pair("q", q);
    }
    if let Some(cursor) = after {
        query.append_pair("after", &pack(cursor));
    }
    format!("{path}?{}", query.finish()).trim_end_matches('?').to_owned()
}

/// The place behind a row of a list in the order of names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameCursor {
    /// The sort key in hexadecimal.
    pub key: String,
    /// Of names with the same key.
    pub id: Uuid,
}

impl NameCursor {
    /// Unpacks an `after` parameter. It comes from a URL: a key that is no hexadecimal would be an
    /// error of the database.
    #[must_use]
    pub fn of(after: &str) -> Option<Self> {
        unpack(after).filter(|cursor: &Self| {
            let key = cursor.key.as_str();
            key.len().is_multiple_of(2) && key.len() <= 4096 && key.bytes().all(|b| b.is_ascii_hexdigit())
        })
    }
}

/// The place behind a row of a list in the order of time. PostgreSQL's times have microseconds, and so has this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeCursor {
    /// The row's time.
    pub at: DateTime<Utc>,
    /// Of rows of one moment.
    pub id: Uuid,
}

impl TimeCursor {
    /// Unpacks an `after` parameter. It comes from a URL: a time that PostgreSQL does not have would be an
    /// error of the database.
    #[must_use]
    pub fn of(after: &str) -> Option<Self> {
        unpack(after).filter(|cursor: &Self| (1..=9999).contains(&cursor.at.year()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_is_no_hexadecimal_is_no_cursor() {
        let cursor = |key: &str| NameCursor { key: key.to_owned(), id: Uuid::nil() };
        assert_eq!(NameCursor::of(&pack(&cursor("2a3f"))), Some(cursor("2a3f")));
        for key in ["2a3", "'; drop", &"00".repeat(3000)] {
            assert_eq!(NameCursor::of(&pack(&cursor(key))), None);
        }
        assert_eq!(NameCursor::of("x"), None);
    }

    #[test]
    fn a_cursor_with_a_nul_is_none() {
        assert_eq!(unpack::<String>(&pack(&"a")), Some("a".to_owned()));
        assert_eq!(unpack::<String>(&pack(&"a\0b")), None);
    }
}
