//! The content lines of a card: unfolded, decoded to UTF-8, parted into group, name, parameters and value.

use super::decode::{self, Guess};
use super::unfold::{self, header_end, starts_with_x};

/// A parameter of a content line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::exchange) struct Param {
    /// In capitals; bare words of vCard 2.1 are told apart into TYPE, ENCODING and VALUE.
    pub name: String,
    /// Without quotes, commas part them.
    pub values: Vec<String>,
    /// As it stood.
    pub raw: String,
}

/// One property: `group.NAME;PARAM=x:value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::exchange) struct ContentLine {
    /// As it stood, empty if there is none.
    pub group: String,
    /// In capitals.
    pub name: String,
    /// As it stood.
    pub raw_name: String,
    /// Without CHARSET and what else said how the value was encoded.
    pub params: Vec<Param>,
    /// On one line, escaped as it stood, base64 still encoded.
    pub value: String,
    /// vCard 2.1, where commas part nothing.
    pub is_v21: bool,
}

impl ContentLine {
    /// The values of a parameter.
    pub fn param<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.params.iter().filter(move |param| param.name == name).flat_map(|param| &param.values).map(String::as_str)
    }

    /// Takes a parameter out.
    pub fn drop_param(&mut self, name: &str) {
        self.params.retain(|param| param.name != name);
    }

    /// A line without parameters; the value is escaped.
    pub fn new(name: &str, value: &str) -> Self {
        let (name, raw_name, value) = (name.to_owned(), name.to_owned(), value.to_owned());
        Self { group: String::new(), name, raw_name, params: Vec::new(), value, is_v21: false }
    }

    /// The line anew, unfolded.
    pub fn to_text(&self) -> String {
        let group = if self.group.is_empty() { String::new() } else { format!("{}.", self.group) };
        let params: String = self.params.iter().map(|param| format!(";{}", param.raw)).collect();
        format!("{group}{}{params}:{}", self.raw_name, self.value)
    }

    /// Reads a line that is text already, such as one that was kept.
    pub fn of_text(text: &str) -> Option<Self> {
        let colon = header_end(text.as_bytes())?;
        Self::of_parts(&text[..colon], text[colon + 1..].to_owned(), false)
    }

    fn of_parts(header: &str, value: String, is_v21: bool) -> Option<Self> {
        let mut parts = split_unquoted(header, ';').into_iter();
        let name = parts.next()?.trim();
        // X-names with a dot in them exist, groups called X- do not.
        let (group, name) = match name.split_once('.') {
            Some((group, name)) if !starts_with_x(group.as_bytes()) => (group, name),
            _ => ("", name),
        };
        let params = parts.filter(|part| !part.trim().is_empty()).map(Param::of_text).collect();
        let (group, raw_name) = (group.to_owned(), name.to_owned());
        Some(Self { group, name: name.to_ascii_uppercase(), raw_name, params, value, is_v21 })
    }
}

impl Param {
    /// A parameter with a value that needs no quotes.
    pub fn new(name: &str, value: &str) -> Self {
        Self { name: name.to_owned(), values: vec![value.to_owned()], raw: format!("{name}={value}") }
    }

    /// Reads one that is text already.
    pub(super) fn of_text(raw: &str) -> Self {
        let (name, text) = match raw.split_once('=') {
            Some((name, text)) => (name.trim().to_ascii_uppercase(), text),
            None => (bare_param_name(raw.trim()).to_owned(), raw),
        };
        let mut values = Vec::new();
        for value in split_unquoted(text, ',') {
            let value = decode_caret(value.trim().trim_matches('"'));
            if name == "TYPE" {
                values.extend(value.split(',').map(|word| word.trim().to_owned()));
            } else {
                values.push(value);
            }
        }
        Self { name, values, raw: raw.to_owned() }
    }
}

/// What a word without a name is in vCard 2.1.
fn bare_param_name(word: &str) -> &'static str {
    match word.to_ascii_uppercase().as_str() {
        "QUOTED-PRINTABLE" | "BASE64" | "B" | "7BIT" | "8BIT" => "ENCODING",
        "INLINE" | "URL" | "CONTENT-ID" | "CID" => "VALUE",
        _ => "TYPE",
    }
}

/// RFC 6868: what a parameter cannot hold otherwise.
fn decode_caret(value: &str) -> String {
    if !value.contains('^') {
        return value.to_owned();
    }
    value.replace("^^", "\0").replace("^n", "\n").replace("^'", "\"").replace('\0', "^")
}

/// The content lines of a card's text, or `None` if there are more than `limit`.
pub(in crate::exchange) fn parse(text: &[u8], limit: usize) -> Option<Vec<ContentLine>> {
    let is_v21 = unfold::is_version_21(text);
    let mut encoded = unfold::unfold(text, is_v21, limit)?;
    let mut guess = Guess::default();
    for line in &mut encoded {
        if line.is_quoted_printable {
            line.value = decode::quoted_printable(&line.value);
        }
        guess.learn(&line.header);
        if line.charset.is_none() {
            guess.learn(&line.value);
        }
    }
    let guess = guess.encoding();
    let decoded = encoded.into_iter().filter_map(|line| {
        let header = without_controls(decode::text(line.header, None, guess));
        let value = on_one_line(decode::text(line.value, line.charset.as_deref(), guess));
        let mut line = ContentLine::of_parts(&header, value, is_v21)?;
        line.drop_param("CHARSET");
        line.params.retain(|param| param.name != "ENCODING" || param.values.iter().any(|word| unfold::is_base64(word)));
        Some(line)
    });
    Some(decoded.collect())
}

/// Parts a text where `separator` stands outside of quotes.
pub(super) fn split_unquoted(text: &str, separator: char) -> Vec<&str> {
    let mut is_quoted = false;
    text.split(|c| {
        is_quoted ^= c == '"';
        c == separator && !is_quoted
    })
    .collect()
}

fn without_controls(text: String) -> String {
    let is_bad = |c: char| c.is_control() && c != '\t';
    if text.contains(is_bad) { text.replace(is_bad, "") } else { text }
}

/// Line feeds that were encoded become escaped ones.
fn on_one_line(text: String) -> String {
    if !text.contains(|c: char| c.is_control()) {
        return text;
    }
    without_controls(text.replace("\r\n", "\\n").replace(['\r', '\n'], "\\n"))
}
