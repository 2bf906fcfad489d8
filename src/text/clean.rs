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

/// The first `bytes` of a text, or a little less, so that no character is cut.
pub(super) fn beginning(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

/// Whether nothing of a text can be seen: it is empty, white, or made of joiners, marks of direction, fillers and
/// their like (Unicode's `Default_Ignorable_Code_Point`, and the blank of Braille).
#[must_use]
pub fn is_blank(text: &str) -> bool {
    let is_unseen = |c: char| {
        matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
    };
    text.chars().all(|c| c.is_whitespace() || c.is_control() || is_unseen(c))
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
    fn a_text_that_nobody_can_see_is_blank_and_an_emoji_with_joiners_is_none() {
        for blank in ["", " \n", "\u{200b}", "\u{202e}\u{202c}", "\u{feff}", "\u{3164}", "\u{2800}", "\u{e0041}"] {
            assert!(is_blank(blank), "{blank:?}");
        }
        for seen in ["a\u{200b}", "👩\u{200d}👩", "\u{202e}abc", "می\u{200c}خواهم", "0", "\u{301}"] {
            assert!(!is_blank(seen), "{seen:?}");
        }
    }

    #[test]
    fn a_cut_never_splits_a_character() {
        assert_eq!(cut("ä b c", 2), "ä");
        assert_eq!(cut("äb", 5), "äb");
    }
}
