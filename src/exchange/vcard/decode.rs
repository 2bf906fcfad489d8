//! Bytes to text: quoted-printable, and the charsets that a card names or that its bytes betray.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8};

/// Decodes quoted-printable; what is no code stays as it stands.
pub(super) fn quoted_printable(bytes: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match (byte, after) {
            (b'=', [high, low, behind @ ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                decoded.push(digit(*high) << 4 | digit(*low));
                rest = behind;
            }
            // A soft break behind which nothing came.
            (b'=', []) => {}
            _ => decoded.push(byte),
        }
    }
    decoded
}

fn digit(hex: u8) -> u8 {
    match hex {
        b'0'..=b'9' => hex - b'0',
        _ => (hex | 0x20) - b'a' + 10,
    }
}

/// What the bytes of a card are written in where they are no UTF-8 and no charset is named.
#[derive(Default)]
pub(super) struct Guess {
    /// Made when the first bytes need it: most cards are UTF-8, and a detector is large.
    detector: Option<EncodingDetector>,
}

impl Guess {
    /// Learns from bytes; those that are UTF-8 say nothing.
    pub fn learn(&mut self, bytes: &[u8]) {
        if std::str::from_utf8(bytes).is_err() {
            let detector = self.detector.get_or_insert_with(|| EncodingDetector::new(Iso2022JpDetection::Allow));
            detector.feed(bytes, false);
            // Between two values, so that no character seems to span them.
            detector.feed(b"\n", false);
        }
    }

    pub fn encoding(&self) -> &'static Encoding {
        self.detector.as_ref().map_or(UTF_8, |detector| detector.guess(None, Utf8Detection::Deny))
    }
}

/// Decodes in the charset that is named, else as UTF-8, else in `guess`.
pub(super) fn text(bytes: Vec<u8>, charset: Option<&str>, guess: &'static Encoding) -> String {
    let named = charset.and_then(|label| Encoding::for_label(label.as_bytes())).filter(|named| *named != UTF_8);
    if let Some(named) = named
        && let (text, _, false) = named.decode(&bytes)
    {
        return text.into_owned();
    }
    // Not what was named, or nothing was.
    match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let (text, _): (Cow<str>, bool) = named.unwrap_or(guess).decode_without_bom_handling(error.as_bytes());
            text.into_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guessed(text: &str, encoding: &'static Encoding) -> String {
        let (bytes, _, _) = encoding.encode(text);
        let mut guess = Guess::default();
        guess.learn(&bytes);
        super::text(bytes.into_owned(), None, guess.encoding())
    }

    #[test]
    fn quoted_printable_keeps_what_is_no_code() {
        assert_eq!(quoted_printable(b"=C3=a9 100=% a=3Db="), "é 100=% a=b".as_bytes());
    }

    #[test]
    fn bytes_that_are_no_utf_8_are_read_in_the_charset_they_look_like() {
        assert_eq!(guessed("Jürgen Müller, Straße", encoding_rs::WINDOWS_1252), "Jürgen Müller, Straße");
        assert_eq!(guessed("安藤ロイド", encoding_rs::SHIFT_JIS), "安藤ロイド");
        assert_eq!(guessed("Иван Петров", encoding_rs::WINDOWS_1251), "Иван Петров");
    }

    #[test]
    fn a_charset_that_is_named_counts_unless_the_bytes_are_utf_8_all_the_same() {
        assert_eq!(text(b"M\xFCller".to_vec(), Some("ISO-8859-1"), UTF_8), "Müller");
        assert_eq!(text("安藤".as_bytes().to_vec(), Some("utf-8"), UTF_8), "安藤");
        assert_eq!(text("é".as_bytes().to_vec(), Some("Shift_JIS"), UTF_8).chars().count(), 2, "valid in both");
        assert_eq!(text("Zoë".as_bytes().to_vec(), Some("no-such-charset"), UTF_8), "Zoë");
    }
}
