//! Text that Kith spells itself: the ids and days that a list's rows write many times.

use std::fmt;

use askama::filters::HtmlSafe;
use askama::{FastWritable, Values};
use uuid::Uuid;

/// Text in which HTML has nothing to escape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plain(String);

impl Plain {
    /// `text`, which Kith spelled: whatever it held besides would be lost.
    #[must_use]
    pub fn spelled(mut text: String) -> Self {
        let is_marked = |byte: u8| matches!(byte, b'<' | b'>' | b'&' | b'"' | b'\'');
        if text.bytes().any(is_marked) {
            text.retain(|c| !matches!(c, '<' | '>' | '&' | '"' | '\''));
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_html_would_escape_gets_in() {
        assert_eq!(Plain::spelled("3 wk late".to_owned()).as_str(), "3 wk late");
        assert_eq!(Plain::spelled("28. März 2026, 14:05".to_owned()).as_str(), "28. März 2026, 14:05");
        assert_eq!(Plain::spelled("<b>\"x\"&'".to_owned()).as_str(), "bx");
    }
}
