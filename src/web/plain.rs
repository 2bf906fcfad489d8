//! Text that Kith spells itself: the ids and days that a list's rows write many times.

use std::fmt;

use askama::filters::HtmlSafe;
use askama::{FastWritable, Values};
use uuid::Uuid;

/// Text of letters, digits, spaces and hyphens, in which HTML has nothing to escape. Only what is made in this folder
/// becomes one; whatever somebody typed never does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plain(String);

impl Plain {
    pub(in crate::web) fn spelled(text: String) -> Self {
        debug_assert!(text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b' ' | b'-' | b'+')), "{text}");
        Self(text)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<Uuid> for Plain {
    fn from(id: Uuid) -> Self {
        Self(id.to_string())
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
