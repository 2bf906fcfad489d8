//! Forms: fields that keep what was typed and say what is wrong with it.

use unicode_normalization::UnicodeNormalization;

use crate::dates::{self, DateStyle, Order};
use crate::text::clean::is_blank;

/// A form's pairs in their order, repeated names included (`application/x-www-form-urlencoded`,
/// WHATWG URL standard section 5).
#[derive(Debug, Clone, Default)]
pub struct FormData {
    pairs: Vec<(String, String)>,
}

impl FormData {
    /// Reads a body or a query string. Bytes that are not UTF-8 become U+FFFD.
    #[must_use]
    pub fn parse(body: &[u8]) -> Self {
        Self { pairs: url::form_urlencoded::parse(body).into_owned().collect() }
    }

    /// A form of these pairs, as tests write them down.
    #[cfg(test)]
    pub fn from_pairs(pairs: Vec<(String, String)>) -> Self {
        Self { pairs }
    }

    /// All pairs, in order.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The first value of `name`, else nothing.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.pairs.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// Every value of `name`, in order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.pairs.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether `name` was sent at all: a ticked box.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.pairs.iter().any(|(key, _)| key == name)
    }

    /// Every value of `name` that is an id, each once; what is none is left out.
    #[must_use]
    pub fn ids(&self, name: &str) -> Vec<uuid::Uuid> {
        let mut seen = std::collections::HashSet::new();
        self.all(name).filter_map(|value| value.parse().ok()).filter(|id| seen.insert(*id)).collect()
    }
}

/// One input: what was typed, and what is wrong with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Field {
    /// As it was typed or stored.
    pub value: String,
    /// A sentence for a person.
    pub error: Option<String>,
}

impl From<&str> for Field {
    fn from(value: &str) -> Self {
        Self { value: value.to_owned(), error: None }
    }
}

impl From<Option<String>> for Field {
    fn from(value: Option<String>) -> Self {
        Self { value: value.unwrap_or_default(), error: None }
    }
}

impl Field {
    /// The field `name` of a posted form.
    #[must_use]
    pub fn of(form: &FormData, name: &str) -> Self {
        form.text(name).into()
    }

    /// Whether the value was refused.
    #[must_use]
    pub fn is_invalid(&self) -> bool {
        self.error.is_some()
    }

    /// Refuses the value for `reason`, unless it was refused before.
    pub fn refuse(&mut self, reason: impl Into<String>) {
        self.error.get_or_insert(reason.into());
    }

    /// One line of at most `max` characters, trimmed and in NFC; `None` where it is empty, refused, or nothing of it
    /// can be seen.
    pub fn line(&mut self, max: usize) -> Option<String> {
        self.clean(max, false)
    }

    /// Several lines of at most `max` characters, in NFC, with `\n` at their ends.
    pub fn lines(&mut self, max: usize) -> Option<String> {
        self.clean(max, true)
    }

    /// As [`Field::line`], refused with `missing` where it is empty.
    pub fn required_line(&mut self, max: usize, missing: &str) -> Option<String> {
        let line = self.line(max);
        if line.is_none() {
            self.refuse(missing);
        }
        line
    }

    /// A whole number within `range`.
    pub fn number(&mut self, range: std::ops::RangeInclusive<i32>) -> Option<i32> {
        let typed = self.value.trim();
        if typed.is_empty() {
            return None;
        }
        match typed.parse() {
            Ok(number) if range.contains(&number) => Some(number),
            _ => {
                self.refuse(format!("Give a whole number from {} to {}.", range.start(), range.end()));
                None
            }
        }
    }

    /// A date as YYYY-MM-DD, from year 1 to 9999.
    pub fn date(&mut self) -> Option<chrono::NaiveDate> {
        use chrono::Datelike;
        let typed = self.value.trim();
        if typed.is_empty() {
            return None;
        }
        let date = chrono::NaiveDate::parse_from_str(typed, "%Y-%m-%d").ok();
        match date.filter(|date| (1..=9999).contains(&date.year()) && typed.len() == 10) {
            Some(date) => Some(date),
            None => {
                self.refuse("Give a date as YYYY-MM-DD.");
                None
            }
        }
    }

    /// A date as she writes it, or as YYYY-MM-DD, from year 1 to 9999.
    pub fn typed_date(&mut self, style: DateStyle) -> Option<chrono::NaiveDate> {
        if self.value.trim().is_empty() {
            return None;
        }
        let date = dates::typed(&self.value, style);
        if date.is_none() {
            self.refuse(match style.order {
                Order::Iso => "Give a date as YYYY-MM-DD.".to_owned(),
                _ => format!("Give a date as YYYY-MM-DD or {}.", style.sample()),
            });
        }
        date
    }

    fn clean(&mut self, max: usize, many_lines: bool) -> Option<String> {
        let text: String = self.value.replace("\r\n", "\n").nfc().collect();
        let text = text.trim();
        let is_bad = |c: char| c.is_control() && !(many_lines && matches!(c, '\n' | '\t'));
        if text.contains(is_bad) {
            self.refuse("This holds characters that cannot be saved, such as NUL or a line break.");
            return None;
        }
        let length = text.chars().count();
        if length > max {
            self.refuse(format!("This is {length} characters long; at most {max} can be saved."));
            return None;
        }
        (!is_blank(text)).then(|| text.to_owned())
    }
}

/// A field in which what somebody typed differs from what was saved meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What it is called on the form.
    pub field: &'static str,
    /// What she typed.
    pub mine: String,
    /// What is stored.
    pub stored: String,
}

impl Difference {
    /// The differing ones of two versions of the same fields, each with its name.
    #[must_use]
    pub fn between<const N: usize>(
        mine: [(&'static str, String); N],
        stored: [(&'static str, String); N],
    ) -> Vec<Self> {
        let pairs = mine.into_iter().zip(stored).filter(|(mine, stored)| mine.1 != stored.1);
        pairs.map(|(mine, stored)| Self { field: mine.0, mine: mine.1, stored: stored.1 }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nul_byte_is_refused_and_stays_as_typed() {
        let mut field = Field::from("Ada\0");
        assert_eq!(field.line(255), None);
        assert!(field.is_invalid());
        assert_eq!(field.value, "Ada\0");
    }

    #[test]
    fn a_year_past_9999_is_refused() {
        let mut field = Field::from("294277-01-01");
        assert_eq!(field.date(), None);
        assert!(field.is_invalid());
    }

    #[test]
    fn repeated_names_keep_their_order() {
        let form = FormData::parse(b"v%5B%5D=a&x=1&v%5B%5D=b");
        assert_eq!(form.all("v[]").collect::<Vec<_>>(), ["a", "b"]);
    }
}
