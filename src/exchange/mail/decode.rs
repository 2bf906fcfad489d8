//! From the bytes of mail to text: transfer encodings (RFC 2045 section 6), charsets, encoded words (RFC 2047). Errors are
//! passed over, since most mail that has them can be read all the same.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::Encoding;
use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::charsets::map::charset_decoder;
use mail_parser::parsers::MessageStream;

use crate::text::clean;

/// A longer line of a header is cut: nobody wrote it, and no field that is shown is as long.
const MAX_FIELD_BYTES: usize = 16 << 10;

/// The bytes of a body without its transfer encoding.
pub(super) fn body<'a>(bytes: &'a [u8], encoding: &str) -> Cow<'a, [u8]> {
    match encoding {
        "base64" => base64(bytes).into(),
        "quoted-printable" => quoted_printable(bytes).into(),
        _ => bytes.into(),
    }
}

fn base64(bytes: &[u8]) -> Vec<u8> {
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    let bytes: Vec<u8> = bytes.iter().copied().filter(is_base64).collect();
    base64_decode(&bytes).unwrap_or_default()
}

/// RFC 2045 section 6.7; an `=` that begins no escape stands for itself.
fn quoted_printable(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(bytes.len());
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let text = line.trim_ascii_end();
        let mut rest = text;
        while let Some(at) = rest.iter().position(|byte| *byte == b'=') {
            plain.extend_from_slice(&rest[..at]);
            rest = &rest[at + 1..];
            let escaped = rest.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
            match escaped.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
                Some(byte) => {
                    plain.push(byte);
                    rest = &rest[2..];
                }
                None if rest.is_empty() => {}
                None => plain.push(b'='),
            }
        }
        plain.extend_from_slice(rest);
        if !text.ends_with(b"=") && line.ends_with(b"\n") {
            plain.push(b'\n');
        }
    }
    plain
}

/// Bytes as text, in the charset that they name; where they name none, an unknown one, or one that can't be theirs, in
/// UTF-8 if they are that, else in the likeliest.
pub(super) fn text<'a>(bytes: &'a [u8], charset: Option<&str>) -> Cow<'a, str> {
    let charset = charset.map(|name| name.trim().to_ascii_lowercase()).unwrap_or_default();
    let is_unsaid = matches!(charset.as_str(), "" | "us-ascii" | "ascii" | "ansi_x3.4-1968" | "utf-8" | "utf8");
    if is_unsaid {
        return match std::str::from_utf8(bytes) {
            Ok(text) => text.into(),
            Err(_) => guess(bytes),
        };
    }
    if let Some(encoding) = Encoding::for_label_no_replacement(charset.as_bytes()) {
        return encoding.decode_with_bom_removal(bytes).0;
    }
    match charset_decoder(charset.as_bytes()) {
        Some(decode) => decode(bytes).into(),
        None => std::str::from_utf8(bytes).map_or_else(|_| guess(bytes), Cow::Borrowed),
    }
}

fn guess(bytes: &[u8]) -> Cow<'_, str> {
    // Text with a few broken characters is still UTF-8.
    let lossy = String::from_utf8_lossy(bytes);
    let broken = lossy.chars().filter(|c| *c == char::REPLACEMENT_CHARACTER).count();
    let whole = lossy.chars().filter(|c| !c.is_ascii()).count() - broken;
    if broken * 4 < whole {
        return lossy;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(&bytes[..bytes.len().min(64 << 10)], true);
    detector.guess(None, Utf8Detection::Deny).decode_without_bom_handling(bytes).0
}

/// The value of an unstructured field (RFC 5322 section 2.2.1) as one line.
pub(super) fn line(value: &[u8]) -> String {
    words(&unfolded(&value[..value.len().min(MAX_FIELD_BYTES)]))
}

/// A text in which encoded words are what they say.
pub(super) fn words(text: &str) -> String {
    if !text.contains("=?") {
        return clean::line(text);
    }
    let text = format!("{}\n", joined_words(text));
    let text = MessageStream::new(text.as_bytes()).parse_unstructured();
    clean::line(text.as_text().unwrap_or_default())
}

/// The value of a field on one line, with encoded words as they stand.
pub(super) fn unfolded(value: &[u8]) -> String {
    text(value, None).trim().replace(['\r', '\n'], "")
}

/// Joins neighbouring encoded words of one charset and encoding, for programs cut characters in two between them.
pub(super) fn joined_words(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("=?") {
        joined.push_str(&rest[..at]);
        rest = &rest[at..];
        let Some(word) = Word::at(rest) else {
            joined.push_str("=?");
            rest = &rest[2..];
            continue;
        };
        rest = &rest[word.length..];
        let mut payload = word.payload.to_owned();
        while word.goes_on(&payload)
            && let next = rest.trim_start_matches([' ', '\t'])
            && let Some(more) = Word::at(next)
            && more.head.eq_ignore_ascii_case(word.head)
        {
            payload.push_str(more.payload);
            rest = &next[more.length..];
        }
        joined.push_str(&format!("=?{}?{payload}?=", word.head));
    }
    joined.push_str(rest);
    joined
}

/// An encoded word: `=?head?payload?=`, the head being charset and encoding.
struct Word<'a> {
    head: &'a str,
    payload: &'a str,
    length: usize,
}

impl<'a> Word<'a> {
    /// The one that a text begins with.
    fn at(text: &'a str) -> Option<Self> {
        let inner = text.strip_prefix("=?")?;
        let charset = inner.find('?').filter(|end| (2..60).contains(end))?;
        let head = inner.get(..charset + 2).filter(|head| head.ends_with(['q', 'Q', 'b', 'B']))?;
        let payload = inner[head.len()..].strip_prefix('?')?;
        let payload = &payload[..payload.find("?=")?];
        Some(Self { head, payload, length: head.len() + payload.len() + 5 })
    }

    /// Whether more can stand right behind its payload: of base64 only behind whole groups.
    fn goes_on(&self, payload: &str) -> bool {
        self.head.ends_with(['q', 'Q']) || payload.len().is_multiple_of(4) && !payload.ends_with('=')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoded_words_are_read_even_where_a_character_is_cut_in_two() {
        assert_eq!(line(b"=?utf-8?q?Z=C3?= =?UTF-8?Q?=BC?=\r\n =?utf-8?q?rich?= now"), "Z\u{fc}rich now");
        assert_eq!(line("=?utf-8?B?w7zD?= =?utf-8?B?vA==?= x".as_bytes()), "\u{fc}\u{fc} x");
        assert_eq!(line(b"=?iso-8859-1?q?caf=E9?= = =? =?x?= =?iso-8859-15?q?=A4?="), "caf\u{e9} = =? =?x?= \u{20ac}");
        assert_eq!(
            line(b"=?ISO-2022-JP?B?GyRCOD0+dRsoQg==?= =?shift_jis?B?jLuP8w==?="),
            "\u{73fe}\u{72b6}\u{73fe}\u{72b6}"
        );
        assert_eq!(line(b"plain \tfolded\r\n value\r\n"), "plain  folded value");
        assert_eq!(line(b"raw caf\xe9 d'hier, tr\xe8s bon"), "raw caf\u{e9} d'hier, tr\u{e8}s bon");
    }

    #[test]
    fn bodies_are_decoded_past_their_errors() {
        assert_eq!(
            body(b"caf=E9 = 100%=\r\n=3d =zz\r\nend=", "quoted-printable").as_ref(),
            b"caf\xe9 = 100%= =zz\nend"
        );
        assert_eq!(body(b"SGVs\r\nbG8\x00h!IQ==", "base64").as_ref(), b"Hello!!".as_slice());
        assert_eq!(text(b"\xe9t\xe9", Some("ISO-8859-1")), "\u{e9}t\u{e9}");
        assert_eq!(text("Z\u{fc}rich".as_bytes(), Some("us-ascii")), "Z\u{fc}rich");
        assert_eq!(text(b"\x1b$B8=>u\x1b(B", Some("iso-2022-jp")), "\u{73fe}\u{72b6}");
        assert_eq!(text(b"Hi +AOk-", Some("utf-7")), "Hi \u{e9}");
        assert_eq!(text(b"plain", Some("no-such-charset")), "plain");
    }
}
