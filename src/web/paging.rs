//! Keyset cursors: opaque in the URL, typed inside, never an offset.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

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
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(after).ok()?).ok()
}

/// Splits off the row that a list read beyond its page, which says that there is more.
pub fn split<T>(mut rows: Vec<T>) -> (Vec<T>, bool) {
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    (rows, more)
}
