//! From the bytes of mail to text: transfer encodings (RFC 2045 section 6), charsets, encoded words (RFC 2047). Errors are
//! passed over, since most mail that has them can be read all the same.

use std::borrow::Cow;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use mail_parser::decoders::base64::base64_decode;
use mail_parser::parsers::MessageStream;

use super::charset;
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
    let known = if is_unsaid { None } else { charset::decoded(bytes, &charset) };
    let known = known.filter(|text| !is_rather_utf_8(bytes, text, &charset));
    known.unwrap_or_else(|| utf_8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)))
}

/// Whether bytes are UTF-8 and not what they are said to be: they can't be that, or have more of UTF-8 than chance has.
fn is_rather_utf_8(bytes: &[u8], read: &str, charset: &str) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let others = || text.chars().filter(|c| !c.is_ascii()).count();
    // Charsets that shift, or have four bytes for a character, are UTF-8 by their bytes.
    let is_of_those = || text.contains(['\0', '\u{e}', '\u{1b}']) || text.contains("~{");
    let is_wrong = read.contains(char::REPLACEMENT_CHARACTER)
        || charset::enough_of_utf_8(charset).is_some_and(|enough| others() >= enough);
    is_wrong && !is_of_those()
}

/// UTF-8, without half a character at its end; what is none of it is guessed.
fn utf_8(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return charset::shifted(bytes).unwrap_or_else(|| text.into());
    }
    let text = bytes.trim_ascii_end();
    match std::str::from_utf8(text) {
        // A whole character before it tells what it is: the only one of a text may be of another charset.
        Err(error) if error.error_len().is_none() && !text[..error.valid_up_to()].is_ascii() => {
            String::from_utf8_lossy(&text[..error.valid_up_to()])
        }
        _ => guess(bytes),
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

/// The same of a message whose text is in a charset: in that are bytes that stand in its header as they are, though none should.
pub(super) fn line_in(value: &[u8], charset: Option<&str>) -> String {
    let value = &value[..value.len().min(MAX_FIELD_BYTES)];
    // By an escape begins what ISO 2022 writes in ASCII.
    let is_plain = !value.contains(&0x1b) && std::str::from_utf8(value).is_ok();
    let text = text(value, charset.filter(|_| !is_plain));
    words(&text.trim().replace(['\r', '\n'], ""))
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

/// Joins neighbouring encoded words of one charset and encoding, for programs cut characters in two between them, and writes all
/// of them in UTF-8: their charsets are told and guessed as those of bodies are.
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
        let mut bytes = word.bytes();
        loop {
            let next = rest.trim_start_matches([' ', '\t']);
            let Some(more) = Word::at(next).filter(|more| more.head.eq_ignore_ascii_case(word.head)) else { break };
            bytes.extend(more.bytes());
            rest = &next[more.length..];
        }
        let said = self::text(&bytes, Some(word.charset()));
        if !said.is_empty() {
            joined.push_str(&format!("=?utf-8?b?{}?=", BASE64_STANDARD.encode(said.as_bytes())));
        }
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

    /// Its charset, without the language that may stand behind it (RFC 2231 section 5).
    fn charset(&self) -> &'a str {
        let charset = &self.head[..self.head.len() - 2];
        charset.split_once('*').map_or(charset, |(charset, _)| charset)
    }

    /// The bytes that it stands for (RFC 2047 section 4).
    fn bytes(&self) -> Vec<u8> {
        if self.head.ends_with(['b', 'B']) {
            return base64(self.payload.as_bytes());
        }
        let (mut bytes, mut rest) = (Vec::with_capacity(self.payload.len()), self.payload.as_bytes());
        while let [first, after @ ..] = rest {
            let pair = after.get(..2).filter(|pair| *first == b'=' && pair.iter().all(u8::is_ascii_hexdigit));
            let escaped = pair.and_then(|pair| std::str::from_utf8(pair).ok());
            match escaped.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
                Some(byte) => {
                    bytes.push(byte);
                    rest = &after[2..];
                }
                None => {
                    bytes.push(if *first == b'_' { b' ' } else { *first });
                    rest = after;
                }
            }
        }
        bytes
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
    fn encoded_words_are_joined_by_their_bytes_and_their_charsets_guessed_where_need_be() {
        assert_eq!(line(b"=?UTF-8?B?5pel5g==?= =?UTF-8?B?nKzoqp4=?="), "\u{65e5}\u{672c}\u{8a9e}");
        assert_eq!(line(b"=?UTF-8?B?5pel5g?=\r\n =?utf-8?b?nKzoqp4?= x"), "\u{65e5}\u{672c}\u{8a9e} x");
        assert_eq!(line(b"=?x-unknown?Q?Z=C3=BCrich_=3F=?= =?utf-8*de?q?!_=3F?="), "Z\u{fc}rich ?=! ?");
        assert_eq!(line(b"a =?utf-8?q??= b =?utf-8?q?c=?="), "a  b c=");
    }

    #[test]
    fn what_stands_in_a_header_as_it_is_is_in_the_charset_of_the_text() {
        assert_eq!(line_in(b"\x1b$B8=>u\x1b(B x\r\n", Some("ISO-2022-JP")), "\u{73fe}\u{72b6} x");
        assert_eq!(
            line_in(b"\xcf\xf0\xe8\xe2\xe5\xf2", Some("windows-1251")),
            "\u{41f}\u{440}\u{438}\u{432}\u{435}\u{442}"
        );
        assert_eq!(line_in("Z\u{fc}rich".as_bytes(), Some("iso-8859-1")), "Z\u{fc}rich");
        assert_eq!(line_in(b"=?utf-8?q?=C3=BC?=", Some("iso-2022-jp")), "\u{fc}");
    }

    #[test]
    fn what_is_utf_8_is_read_so_where_its_label_is_wrong() {
        let german = "Gr\u{fc}\u{df}e aus K\u{f6}ln, sch\u{f6}n!";
        for name in ["iso-2022-jp", "iso-2022-kr", "hz-gb-2312", "gb2312", "big5", "shift_jis", "euc-kr", "utf-32"] {
            assert_eq!(text(german.as_bytes(), Some(name)), german, "{name}");
        }
        assert_eq!(text(b"Plain text.\n", Some("utf-32")), "Plain text.\n");
        assert_eq!(text(b"\0\0\0h\0\0\0i", Some("utf-32")), "hi");
        // This is UTF-8 as well, by chance.
        assert_eq!(text(b"\xc4\xa3\xca\xbd", Some("gb2312")), "\u{6a21}\u{5f0f}");
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
        for name in [None, Some("us-ascii"), Some("utf-8")] {
            assert_eq!(text(b"\x1b$B8=>u\x1b(B \x1b[1m", name), "\u{73fe}\u{72b6} \u{fffd}[1m", "{name:?}");
            assert_eq!(text(b"\x1b[1mbold\x1b(B", name), "\x1b[1mbold\x1b(B", "{name:?}");
        }
        assert_eq!(text(b"\xef\xbb\xbfcaf\xc3\xa9", Some("utf-8")), "caf\u{e9}");
        assert_eq!(text(b"caf\xc3\xa9 100% soft \xc3\n", Some("utf-8")), "caf\u{e9} 100% soft ");
    }
}
