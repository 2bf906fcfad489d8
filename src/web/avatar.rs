//! The round mark beside a name: initials on a colour that stays with the id.

use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;
use uuid::Uuid;

use super::titles::{self, is_letter, is_sign};
use crate::text::fold::is_picture;

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

    /// The same of a person whose prefix is known: that is no name, whatever it is.
    pub fn titled(id: Uuid, name: &str, prefix: Option<&str>) -> Self {
        Self::of(id, titles::without(name, prefix))
    }
}

/// First letters of the first and last word, what one is called by left out; one for a script that has no capitals
/// and writes names without spaces; of a name without letters its picture.
fn initials(name: &str) -> String {
    outer_letters(name).unwrap_or_else(|| of_any(name))
}

/// The initials of a name of two words and more that begins and ends with plain ones in ASCII: nearly all rows of a
/// list, each of which asks for them. Of any other name nothing.
fn outer_letters(name: &str) -> Option<String> {
    let is_space = |byte: &u8| *byte == b' ';
    let bytes = name.as_bytes();
    let first = name.get(..bytes.iter().position(is_space)?)?;
    let last = name.get(bytes.iter().rposition(is_space)? + 1..)?;
    let plain = |word: &str| {
        let is_plain = word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_alphabetic());
        word.bytes().next().filter(|_| is_plain).map(|byte| char::from(byte.to_ascii_uppercase()))
    };
    let (begins, ends) = (plain(first)?, plain(last)?);
    if titles::is_before(first) || titles::is_behind(last) {
        return None;
    }
    let mut letters = String::with_capacity(2);
    letters.push(begins);
    letters.push(ends);
    Some(letters)
}

/// The initials of a name in any script, of any words.
fn of_any(name: &str) -> String {
    let mut words = name.split_whitespace().map(bare).filter(|word| !word.is_empty());
    let Some(mut first) = words.next() else {
        return picture(name);
    };
    while titles::is_before(first)
        && let Some(next) = words.next()
    {
        first = next;
    }
    let last = words.rfind(|word| !titles::is_behind(word));
    let (first, last) = (first_letter(first), last.and_then(first_letter).filter(|letter| is_cased(letter)));
    let Some(first) = first else { return "?".to_owned() };
    let mut drawn = String::with_capacity(8);
    push_upper(&mut drawn, first);
    if let Some(last) = last.filter(|_| is_cased(first)) {
        push_upper(&mut drawn, last);
    }
    drawn
}

/// A word without the signs before it.
fn bare(word: &str) -> &str {
    // Most names begin so; it is asked of each row of a list.
    if word.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return word;
    }
    word.trim_start_matches(|c: char| !is_letter(c) || is_combining_mark(c))
}

/// The first grapheme that is a letter or digit, with all that belongs to it. Between two letters of ASCII there is
/// always a boundary, which spares asking for it in most rows.
fn first_letter(word: &str) -> Option<&str> {
    match word.as_bytes() {
        [first, rest @ ..] if first.is_ascii() && rest.first().is_none_or(u8::is_ascii) => word.get(..1),
        _ => {
            // Thai and Lao write some vowels before the letter that they follow.
            let is_vowel =
                |letter: &&str| letter.starts_with(|c| matches!(c, '\u{e40}'..='\u{e44}' | '\u{ec0}'..='\u{ec4}'));
            let mut letters = word.graphemes(true);
            letters.find(|letter| !is_vowel(letter)).or_else(|| word.graphemes(true).next())
        }
    }
}

/// Whether the letter has a capital, or is one.
fn is_cased(letter: &str) -> bool {
    letter.chars().next().is_some_and(|c| c.is_lowercase() || c.is_uppercase())
}

/// Adds the capital, where it is one letter too. Georgian's are for headlines.
fn push_upper(drawn: &mut String, letter: &str) {
    if letter.is_ascii() {
        drawn.extend(letter.chars().map(|c| c.to_ascii_uppercase()));
        return;
    }
    let is_georgian = |c: char| matches!(c, '\u{10d0}'..='\u{10ff}');
    let is_one = letter.chars().all(|c| c.to_uppercase().len() == 1);
    if is_one && !letter.starts_with(is_georgian) {
        drawn.extend(letter.chars().flat_map(char::to_uppercase));
    } else {
        drawn.push_str(letter);
    }
}

/// The first picture, whole however many characters it is made of.
fn picture(name: &str) -> String {
    let is_whole = |letter: &&str| letter.starts_with(|c| is_picture(c) || is_sign(c));
    name.graphemes(true).find(is_whole).unwrap_or("?").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_the_outer_words_first_letters() {
        let read = ["Zoë Marchetti", "nguyễn thị minh khai", "Prince", "山田 花子", "J. R. R. Tolkien", "  ", "<>"];
        assert_eq!(read.map(initials), ["ZM", "NK", "P", "山", "JT", "?", "?"]);
    }

    proptest::proptest! {
        #[test]
        fn letters_of_plain_words_are_the_same_as_those_of_any(
            words in proptest::collection::vec("[A-Za-z]{1,5}|Dr|prof|Jr|III|van|[éд]a", 1..5)
        ) {
            let name = words.join(" ");
            proptest::prop_assert!(outer_letters(&name).is_none_or(|letters| letters == of_any(&name)), "{name}");
        }
    }

    #[test]
    fn what_one_is_called_by_is_no_name() {
        let read = [
            "Dr. Émile Zola",
            "(Dr) Émile Zola",
            "Prof. Dr. Ada Cornelia van den Berg jr.",
            "Mrs Dalloway",
            "Ada King PhD",
            "Ada King, Ph.D.",
            "праф. Ада Бруль мал.",
            "د. محمد علي",
            "Dr.",
            "Martin Luther King Jr. III",
            "Ma Long",
            "Yo-Yo Ma",
            "J. R.",
            "Frau Ada King phd",
        ];
        let drawn = ["ÉZ", "ÉZ", "AB", "D", "AK", "AK", "АБ", "م", "D", "MK", "ML", "YM", "JR", "AK"];
        assert_eq!(read.map(initials), drawn);
    }

    #[test]
    fn a_letter_is_never_split_whatever_it_is_made_of() {
        let read = [
            "किशोरी अमोणकर",
            "เกศ ใจดี",
            "ເອດາ ຄໍນີເລຍ",
            "김철수",
            "\u{1100}\u{1161}\u{11ab} 철수",
            "e\u{301}mile zola",
            "ნინო თავაძე",
            "ßtefan",
            "👩‍👩‍👧 Ada",
            "👩‍👩‍👧",
            "🇵🇹🇩🇪",
            "❤\u{fe0f}",
            "מרים כהן",
            "ᎠᏓ ᏫᎵ",
            "2nd Ada",
        ];
        let drawn = [
            "कि",
            "ก",
            "ອ",
            "김",
            "\u{1100}\u{1161}\u{11ab}",
            "E\u{301}Z",
            "ნთ",
            "ß",
            "A",
            "👩‍👩‍👧",
            "🇵🇹",
            "❤\u{fe0f}",
            "מ",
            "ᎠᏫ",
            "2",
        ];
        assert_eq!(read.map(initials), drawn);
    }

    #[test]
    fn what_is_read_as_one_letter_is_never_split() {
        for (name, drawn) in [
            ("👨‍👩‍👧‍👦", "👨‍👩‍👧‍👦"),
            ("🇩🇪 🇫🇷", "🇩🇪"),
            ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"),
            ("👩🏽‍🦰 Ada Lovelace", "AL"),
            ("1️⃣ one", "1️⃣"),
            ("e\u{301}mile zo\u{308}la", "E\u{301}Z"),
            ("a\u{301}\u{327}\u{489}", "A\u{301}\u{327}\u{489}"),
            ("\u{1112}\u{1161}\u{11AB} \u{1100}\u{1161}", "\u{1112}\u{1161}\u{11AB}"),
            ("홍길동", "홍"),
            ("क्षमा शर्मा", "क्ष"),
            ("ํ\u{E19}", "\u{E19}"),
            ("தமிழ்", "த"),
            ("كريم", "ك"),
            ("ßen ﬁn", "ßﬁ"),
            ("გიორგი ბ", "გბ"),
        ] {
            assert_eq!(initials(name), drawn, "{name}");
        }
    }

    #[test]
    fn what_is_known_to_be_a_prefix_gives_no_initial() {
        let titled = |name, prefix| Avatar::titled(Uuid::nil(), name, prefix).initials;
        assert_eq!(titled("Maître Claire Dubois", None), "CD");
        assert_eq!(titled("Pan Jan Kowalski", Some("Pan")), "JK");
        assert_eq!(titled("Pan Wei", None), "PW");
        assert_eq!(titled("Pan", Some("Pan")), "P");
    }

    #[test]
    fn a_colour_stays_with_the_id() {
        let id = Uuid::from_u128(7);
        assert_eq!(Avatar::of(id, "Ada").hue, Avatar::of(id, "Ada Lindqvist").hue);
        assert!((1..=12).contains(&Avatar::of(Uuid::from_u128(255), "Bob").hue));
    }
}
