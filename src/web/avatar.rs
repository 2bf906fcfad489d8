//! The round mark beside a name: initials on a colour that stays with the id.

use unicode_segmentation::UnicodeSegmentation;
use uuid::Uuid;

/// Colours in the style sheet, `hue-1` to `hue-12`.
const HUES: u8 = 12;

/// What the template needs to draw an avatar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Avatar {
    /// One or two letters.
    pub initials: String,
    /// The number of the colour class.
    pub hue: u8,
}

impl Avatar {
    /// Draws the avatar of the person or organization with this id and name.
    pub fn of(id: Uuid, name: &str) -> Self {
        Self { initials: initials(name), hue: id.as_bytes()[15] % HUES + 1 }
    }
}

/// First letters of the first and last word; one for a script that has no capitals
/// and writes names without spaces.
fn initials(name: &str) -> String {
    let mut words = name
        .split_whitespace()
        .map(|word| word.trim_start_matches(|c: char| !c.is_alphanumeric()))
        .filter_map(first_letter);
    let Some(first) = words.next() else {
        return "?".to_owned();
    };
    let cased = |letter: &str| letter.chars().next().is_some_and(|c| c.is_lowercase() || c.is_uppercase());
    match words.next_back() {
        Some(last) if cased(first) && cased(last) => upper(first.chars().chain(last.chars())),
        _ => upper(first.chars()),
    }
}

/// The first grapheme. Between two letters of ASCII there is always a boundary, which spares asking for it in most rows.
fn first_letter(word: &str) -> Option<&str> {
    match word.as_bytes() {
        [first, rest @ ..] if first.is_ascii() && rest.first().is_none_or(u8::is_ascii) => word.get(..1),
        _ => word.graphemes(true).next(),
    }
}

fn upper(letters: impl Iterator<Item = char>) -> String {
    letters.flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_the_outer_words_first_letters() {
        let read = ["Zoë Marchetti", "nguyễn thị minh khai", "Prince", "山田 花子", "(Dr) Émile Zola", "  ", "🦊"];
        let drawn = read.map(initials);
        assert_eq!(drawn, ["ZM", "NK", "P", "山", "DZ", "?", "?"]);
    }

    #[test]
    fn a_colour_stays_with_the_id() {
        let id = Uuid::from_u128(7);
        assert_eq!(Avatar::of(id, "Ada").hue, Avatar::of(id, "Ada Lindqvist").hue);
        assert!((1..=12).contains(&Avatar::of(Uuid::from_u128(255), "Bob").hue));
    }
}
