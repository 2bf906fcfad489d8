//! Folding: what two spellings of a word share. The search documents and the queries both go through it,
//! so it need not be reversible, only the same for both.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// `text` in NFKC, without case, accents, vowel points and invisible characters; other scripts' marks,
/// which carry vowels, stay. Letters that no decomposition reaches become their nearest Latin ones.
#[must_use]
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    // NFKC takes the free-standing accent for a space with one; people type it for an apostrophe.
    let text = text.chars().map(|c| if c == '´' { '\'' } else { c });
    text.nfkd().flat_map(char::to_lowercase).filter(|c| !is_dropped(*c)).flat_map(plain).nfc().collect()
}

/// Accents, vowel points and what is not seen.
fn is_dropped(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}'
        // Hebrew points; Arabic vowels, hamza above and below, and the stretching tatweel.
        | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}'..='\u{5c2}' | '\u{5c4}'..='\u{5c5}' | '\u{5c7}'
        | '\u{610}'..='\u{61a}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{6d6}'..='\u{6dc}' | '\u{6df}'..='\u{6e8}' | '\u{6ea}'..='\u{6ed}'
        // Soft hyphen, joiners, marks of direction, variation selectors, the byte order mark, skin tones.
        | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{1f3fb}'..='\u{1f3ff}')
}

/// One folded letter as it is compared: one or two others, or itself.
fn plain(c: char) -> impl Iterator<Item = char> {
    let (first, second) = match c {
        'ß' => ('s', Some('s')),
        'æ' => ('a', Some('e')),
        'œ' => ('o', Some('e')),
        'þ' => ('t', Some('h')),
        'ø' => ('o', None),
        'đ' | 'ð' | 'ɖ' | 'ɗ' => ('d', None),
        'ł' => ('l', None),
        'ı' => ('i', None),
        'ħ' => ('h', None),
        'ŧ' => ('t', None),
        'ŋ' => ('n', None),
        'ə' | 'ɛ' | 'ǝ' => ('e', None),
        'ɔ' => ('o', None),
        'ɓ' => ('b', None),
        'ƙ' => ('k', None),
        'ƴ' => ('y', None),
        'ς' => ('σ', None),
        // Letters that Arabic, Persian and Urdu keyboards write differently in one and the same name.
        'ى' | 'ی' => ('ي', None),
        'ک' => ('ك', None),
        'ة' | 'ہ' | 'ۃ' => ('ه', None),
        other => (digit(other).unwrap_or(other), None),
    };
    std::iter::once(first).chain(second)
}

/// The ASCII digit of an Arabic, Persian, Devanagari, Bengali or Thai one.
fn digit(c: char) -> Option<char> {
    const ZEROS: [u32; 5] = [0x660, 0x6f0, 0x966, 0x9e6, 0xe50];
    let value = ZEROS.iter().find_map(|zero| u32::from(c).checked_sub(*zero).filter(|value| *value < 10))?;
    char::from_digit(value, 10)
}

/// Whether a folded character belongs to a word.
#[must_use]
pub fn is_word(c: char) -> bool {
    c.is_alphanumeric() && !is_apostrophe(c) || is_combining_mark(c)
}

/// Whether it stands within a word without parting it: O'Brien, N’Diaye, ʻOkina.
#[must_use]
pub fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | '`' | 'ʻ' | 'ʼ' | 'ʹ' | 'ʿ' | 'ʾ' | '·' | '׳' | '״')
}

/// Whether it links the parts of a double name.
#[must_use]
pub fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}' | '\u{2011}' | '\u{2012}' | '\u{2013}' | '\u{30a0}')
}

/// Whether it belongs to a script that is written without spaces between words.
#[must_use]
pub fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' // Thai, Lao; Burmese; Khmer
        | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' // Kana
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{323af}' // Han
        | '\u{ac00}'..='\u{d7a3}') // Hangul: Korean names join family and given name
}

/// Whether it is a picture: somebody may be called 🦊.
#[must_use]
pub fn is_picture(c: char) -> bool {
    matches!(c, '\u{2600}'..='\u{27bf}' | '\u{1f300}'..='\u{1faff}')
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn case_and_accents_do_not_count() {
        let typed = ["ZOË", "Zoë", "zoe\u{308}", "Nguyễn", "ÅNGSTRÖM", "Čapek", "Ёлкин"];
        assert_eq!(typed.map(fold), ["zoe", "zoe", "zoe", "nguyen", "angstrom", "capek", "елкин"]);
    }

    #[test]
    fn letters_without_a_decomposition_become_their_nearest_latin_ones() {
        let typed = ["Groß", "GROẞ", "Sørensen", "Đặng", "Wałęsa", "Ægir", "Œuvre", "Þórr", "Əliyev"];
        assert_eq!(
            typed.map(fold),
            ["gross", "gross", "sorensen", "dang", "walesa", "aegir", "oeuvre", "thorr", "eliyev"]
        );
    }

    #[test]
    fn the_four_turkish_letters_are_one() {
        assert_eq!(["Işık", "IŞIK", "ışık", "İŞİK", "isik"].map(fold), ["isik"; 5]);
    }

    #[test]
    fn arabic_is_compared_without_vowels_and_by_its_bare_letters() {
        assert_eq!(fold("مُحَمَّد"), fold("محمد"));
        assert_eq!(fold("أحمد"), fold("احمد"));
        assert_eq!(fold("علی"), fold("علي"));
        assert_eq!(fold("فاطمة"), fold("فاطمه"));
        assert_eq!(fold("٠١٢"), "012");
    }

    #[test]
    fn the_vowels_of_devanagari_and_thai_and_the_voicing_of_kana_stay() {
        assert_eq!(fold("किशोरी"), "किशोरी");
        assert_ne!(fold("कि"), fold("क"));
        assert_eq!(fold("น้ำ"), fold("น้\u{e4d}า"));
        assert_eq!(fold("ガ"), "ガ");
        assert_eq!(fold("ｶﾞ"), "ガ");
        assert_eq!(fold("김"), "김");
    }

    #[test]
    fn wide_letters_and_ligatures_are_the_plain_ones_and_what_is_not_seen_is_gone() {
        assert_eq!(fold("Ａｄａ"), "ada");
        assert_eq!(fold("ﬁnn"), "finn");
        assert_eq!(fold("می\u{200c}خواهم"), fold("میخواهم"));
        assert_eq!(fold("A\u{ad}da\u{200b}\u{feff}"), "ada");
    }
}
