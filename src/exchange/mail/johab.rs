//! Johab (KS X 1001, annex 3), in which Korean programs wrote before Windows: of a syllable each of its three letters has five bits;
//! other characters are those of EUC-KR in another order.

use encoding_rs::EUC_KR;

/// Consonants that a syllable begins with.
const FIRST: [char; 19] =
    ['ㄱ', 'ㄲ', 'ㄴ', 'ㄷ', 'ㄸ', 'ㄹ', 'ㅁ', 'ㅂ', 'ㅃ', 'ㅅ', 'ㅆ', 'ㅇ', 'ㅈ', 'ㅉ', 'ㅊ', 'ㅋ', 'ㅌ', 'ㅍ', 'ㅎ'];
/// What stands for a letter that is not there.
const NONE: [u32; 3] = [1, 2, 1];

/// Bytes of Johab as text.
pub(super) fn decoded(bytes: &[u8]) -> String {
    let (mut plain, mut rest) = (String::with_capacity(bytes.len()), bytes);
    while let [first, after @ ..] = rest {
        rest = after;
        if first.is_ascii() {
            plain.push(char::from(*first));
            continue;
        }
        let Some((second, after)) = after.split_first() else {
            plain.push(char::REPLACEMENT_CHARACTER);
            break;
        };
        rest = after;
        match syllable(u32::from(*first) * 256 + u32::from(*second)) {
            Some(letter) => plain.push(letter),
            None => plain.push_str(&other(*first, *second)),
        }
    }
    plain
}

/// A syllable, or a letter alone.
fn syllable(code: u32) -> Option<char> {
    let letters = [(code >> 10) & 31, (code >> 5) & 31, code & 31];
    let first = letters[0].checked_sub(2).filter(|first| *first < 19);
    let vowel = match letters[1] {
        vowel @ 3..=7 => Some(vowel - 3),
        vowel @ 10..=15 => Some(vowel - 5),
        vowel @ 18..=23 => Some(vowel - 7),
        vowel @ 26..=29 => Some(vowel - 9),
        _ => None,
    };
    let last = match letters[2] {
        last @ 1..=17 => Some(last - 1),
        last @ 19..=29 => Some(last - 2),
        _ => None,
    };
    match (first, vowel, last) {
        (Some(first), Some(vowel), Some(last)) => char::from_u32(0xac00 + (first * 21 + vowel) * 28 + last),
        (Some(first), None, _) if letters[1..] == NONE[1..] => FIRST.get(usize::try_from(first).ok()?).copied(),
        (None, Some(vowel), _) if letters[0] == NONE[0] && letters[2] == NONE[2] => char::from_u32(0x314f + vowel),
        _ => None,
    }
}

/// A character of EUC-KR, of whose rows two have the same first byte here.
fn other(first: u8, second: u8) -> String {
    let (first, second) = (u32::from(first), u32::from(second));
    let row = match first {
        0xd9..=0xde => 2 * (first - 0xd9),
        0xe0..=0xf9 => 2 * first - 0x197,
        _ => return char::REPLACEMENT_CHARACTER.to_string(),
    };
    let column = second.saturating_sub(if second < 0x91 { 0x31 } else { 0x43 });
    let pair = [row + column / 0x5e + 0xa1, column % 0x5e + 0xa1].map(|byte| u8::try_from(byte).unwrap_or_default());
    EUC_KR.decode_without_bom_handling(&pair).0.into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syllables_are_made_of_their_letters() {
        assert_eq!(decoded(b"\xb4e\x91w\xd0a\xadA\xb6a, a"), "안녕하세요, a");
        assert_eq!(decoded(b"\xf7\xdb\xe2\xd0 \xd9h \xc4A\x84a"), "韓國 ※ ㅋㅏ");
        for first in 0..=255 {
            for second in 0..=255 {
                assert!(!decoded(&[first, second, b'a']).is_empty());
            }
        }
    }
}
