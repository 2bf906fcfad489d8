//! Text that Kith spells itself: the ids and days that a list's rows write many times.

use std::fmt;

use askama::filters::HtmlSafe;
use askama::{FastWritable, Values};
use uuid::Uuid;

/// Text in which HTML has nothing to escape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plain(String);

impl Plain {
    /// `text` of digits and of words from Kith's own tables: never one that somebody typed.
    #[must_use]
    pub(crate) fn spelled(text: String) -> Self {
        debug_assert!(!text.contains(['<', '>', '&', '"', '\'']), "HTML would escape {text}");
        Self(text)
    }
}

impl From<Uuid> for Plain {
    fn from(id: Uuid) -> Self {
        Self(id.hyphenated().encode_lower(&mut Uuid::encode_buffer()).to_owned())
    }
}

impl fmt::Display for Plain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Plain {}

impl FastWritable for Plain {
    fn write_into(&self, out: &mut dyn fmt::Write, _values: &dyn Values) -> askama::Result<()> {
        Ok(out.write_str(&self.0)?)
    }
}
