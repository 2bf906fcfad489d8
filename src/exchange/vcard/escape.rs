//! Values as vCard writes them: what is escaped, where lists and components part.

/// How many parts a value may have: an address has 7 (18 since RFC 9554), and a hostile one millions.
const MAX_COMPONENTS: usize = 30;

/// Unescapes a text: `\n`, and whatever else stands behind a backslash that vCard ever escaped.
pub(in crate::exchange) fn unescape(value: &str) -> String {
    if !value.contains('\\') {
        return value.to_owned();
    }
    let mut text = String::with_capacity(value.len());
    let mut rest = value.chars();
    while let Some(c) = rest.next() {
        let next = if c == '\\' { rest.clone().next() } else { None };
        match next {
            Some('n' | 'N') => text.push('\n'),
            Some(escaped @ ('\\' | ',' | ';' | ':' | '"')) => text.push(escaped),
            // A backslash of its own, as vCard 2.1 has it.
            _ => {
                text.push(c);
                continue;
            }
        }
        rest.next();
    }
    text
}

/// Parts a value at a separator that is not escaped; what is behind the last part allowed stays with it.
/// The parts are still escaped.
pub(in crate::exchange) fn split(value: &str, separator: u8, limit: usize) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut is_escaped) = (0, false);
    for (index, byte) in value.bytes().enumerate() {
        if byte == separator && !is_escaped && parts.len() + 1 < limit {
            parts.push(&value[start..index]);
            start = index + 1;
        }
        is_escaped = byte == b'\\' && !is_escaped;
    }
    parts.push(&value[start..]);
    parts
}

/// The components of a structured value, still escaped.
pub(super) fn components(value: &str) -> Vec<&str> {
    split(value, b';', MAX_COMPONENTS)
}

/// Escapes a text for any place, list and component included.
pub(crate) fn escape(text: &str) -> String {
    let mut value = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => value.push_str("\\n"),
            '\\' | ',' | ';' => value.extend(['\\', c]),
            c => value.push(c),
        }
    }
    value
}

/// Escapes what is no text but a link or an id, whose commas and semicolons stay.
pub(super) fn escape_uri(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\n', "\\n")
}

/// Whether this is a link of whatever kind, as IMPP asks.
pub(super) fn has_scheme(value: &str) -> bool {
    value.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    })
}

/// Escapes a parameter's value (RFC 6868) and quotes it.
pub(super) fn quote_param(text: &str) -> String {
    format!("\"{}\"", text.replace('^', "^^").replace('\n', "^n").replace('"', "^'"))
}

/// Appends a content line, folded at 75 bytes, never inside a character or a property's name.
pub(crate) fn fold(line: &str, into: &mut String) {
    let mut rest = line;
    let mut room = line.find([':', ';']).map_or(75, |name| 75.max(name + 1));
    while rest.len() > room {
        let mut end = rest.floor_char_boundary(room);
        // Of blanks alone no line is left over, for readers pass that by.
        let last = rest.trim_end_matches([' ', '\t']).char_indices().last().map_or(0, |(at, _)| at);
        if last < end && last > 0 {
            end = last;
        }
        into.push_str(&rest[..end]);
        into.push_str("\r\n ");
        rest = &rest[end..];
        room = 74;
    }
    into.push_str(rest);
    into.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_escaped_comes_back() {
        let text = "a\\b,c;d\ne\\n:\"";
        assert_eq!(unescape(&escape(text)), text);
        assert_eq!(unescape(&escape_uri(text)), text);
    }

    #[test]
    fn a_backslash_before_anything_else_stays() {
        assert_eq!(unescape("C:\\temp\\"), "C:\\temp\\");
        assert_eq!(unescape("http\\://a\\, b\\Nc"), "http://a, b\nc");
    }

    #[test]
    fn parts_end_at_separators_that_are_not_escaped() {
        assert_eq!(components("a\\;b;c\\\\;d"), ["a\\;b", "c\\\\", "d"]);
        assert_eq!(split("a,b,c", b',', 2), ["a", "b,c"]);
        assert_eq!(components(""), [""]);
    }

    #[test]
    fn no_line_is_folded_to_blanks_alone() {
        for blanks in 1..4 {
            let mut folded = String::new();
            fold(&format!("NOTE:{}{}", "x".repeat(70), " ".repeat(blanks)), &mut folded);
            assert_eq!(folded.lines().collect::<Vec<_>>().len(), 2);
            assert!(folded.lines().all(|line| !line.trim().is_empty()), "{folded}");
            assert_eq!(folded.replace("\r\n ", "").len(), 75 + blanks + "\r\n".len());
        }
    }

    #[test]
    fn folded_lines_have_75_bytes_and_whole_characters() {
        let mut folded = String::new();
        fold(&format!("NOTE:{}", "é猫🦀".repeat(60)), &mut folded);
        assert!(folded.lines().count() > 5);
        assert!(folded.lines().all(|line| line.len() <= 75));
        assert_eq!(folded.replace("\r\n ", "").trim_end(), format!("NOTE:{}", "é猫🦀".repeat(60)));
    }
}
