//! Text as it is stored: in NFC, trimmed, without control characters.

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// One line: every control character, line feeds included, becomes a space, NUL vanishes.
#[must_use]
pub fn line(text: &str) -> String {
    composed(text.trim(), |_| false)
}

/// Several lines: as [`line()`], but line feeds and tabs stay; carriage returns become line feeds.
#[must_use]
pub fn lines(text: &str) -> String {
    if text.contains('\r') {
        return composed(text.replace("\r\n", "\n").replace('\r', "\n").trim(), is_layout);
    }
    composed(text.trim(), is_layout)
}

/// The first characters of a text, trimmed anew.
#[must_use]
pub fn cut(text: &str, characters: usize) -> &str {
    let end = text.char_indices().nth(characters).map_or(text.len(), |(end, _)| end);
    text[..end].trim_end()
}

fn is_layout(c: char) -> bool {
    matches!(c, '\n' | '\t')
}

fn composed(text: &str, keep: impl Fn(char) -> bool) -> String {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return text.to_owned();
    }
    let mut clean = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\0' => {}
            c if c.is_control() && !keep(c) => clean.push(' '),
            c => clean.push(c),
        }
    }
    if is_nfc_quick(clean.chars()) != IsNormalized::Yes {
        clean = clean.nfc().collect();
    }
    // A control character at either end has just become a space.
    if clean.trim().len() < clean.len() {
        clean = clean.trim().to_owned();
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_no_control_characters_and_no_nul() {
        assert_eq!(line(" A\u{0}da\tLovelace\u{1b}\r\n"), "Ada Lovelace");
    }

    #[test]
    fn lines_keep_line_feeds_and_compose_accents() {
        assert_eq!(lines("Caf\u{65}\u{301}\r\nbar\rbaz\u{7}"), "Caf\u{e9}\nbar\nbaz");
    }

    #[test]
    fn a_cut_never_splits_a_character() {
        assert_eq!(cut("ä b c", 2), "ä");
        assert_eq!(cut("äb", 5), "äb");
    }
}
