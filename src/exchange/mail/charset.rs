//! Text in the charset that it names: those of the web, and what mail has besides.

use std::borrow::Cow;

use encoding_rs::{BIG5, EUC_JP, EUC_KR, Encoding, GB18030, GBK, ISO_2022_JP, SHIFT_JIS, UTF_16BE, UTF_16LE};
use mail_parser::decoders::charsets::map::charset_decoder;

use super::johab;

const ESCAPE: u8 = 0x1b;
const SHIFT_OUT: u8 = 0x0e;
const SHIFT_IN: u8 = 0x0f;
/// The upper half of IBM's code page 437.
const UPPER_437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

/// Bytes as text in a charset, by its name in lower case; none where it is not known. Its byte order mark is no part of it.
pub(super) fn decoded<'a>(bytes: &'a [u8], charset: &str) -> Option<Cow<'a, str>> {
    Some(match charset.replace('_', "-").as_str() {
        "hz-gb-2312" | "hz" => GBK.decode_without_bom_handling(&hz(bytes)).0.into_owned().into(),
        "iso-2022-kr" | "csiso2022kr" => EUC_KR.decode_without_bom_handling(&iso_2022_kr(bytes)).0.into_owned().into(),
        "utf-7" | "utf7" | "unicode-1-1-utf-7" | "csutf7" => utf_7(bytes).into(),
        "utf-32" | "utf32" | "utf-32be" | "utf-32le" | "ucs-4" | "iso-10646-ucs-4" => utf_32(bytes, charset).into(),
        "johab" | "cp1361" | "ms1361" => johab::decoded(bytes).into(),
        "cp437" | "ibm437" | "437" | "cspc8codepage437" => cp_437(bytes).into(),
        // The editions of this one differ in characters that hardly any mail has.
        name if is_iso_2022_jp(name) => ISO_2022_JP.decode_without_bom_handling(bytes).0,
        // Of these the decoders of the web read nothing.
        "iso-2022-cn" | "iso-2022-cn-ext" | "replacement" | "x-user-defined" => return None,
        _ => match Encoding::for_label(charset.as_bytes()) {
            // Its mark tells which of both it is.
            Some(encoding) if encoding == UTF_16LE || encoding == UTF_16BE => encoding.decode(bytes).0,
            Some(encoding) => encoding.decode_with_bom_removal(bytes).0,
            None => charset_decoder(charset.as_bytes())?(bytes).into(),
        },
    })
}

/// How many characters outside ASCII tell that what is UTF-8 is not in a charset, whatever that makes of it: one where
/// its bytes have seven bits, and a few where two of them are a character, which may be one of UTF-8 by chance.
pub(super) fn enough_of_utf_8(charset: &str) -> Option<usize> {
    if matches!(charset, "hz-gb-2312" | "hz" | "iso-2022-kr" | "csiso2022kr") {
        return Some(1);
    }
    let wide = [BIG5, EUC_JP, EUC_KR, GB18030, GBK, SHIFT_JIS];
    Encoding::for_label(charset.as_bytes()).filter(|encoding| wide.contains(encoding)).map(|_| 4)
}

/// ASCII that shifts to Japanese characters by an escape which nothing else has, whatever it is said to be.
pub(super) fn shifted(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let is_shifting = |three: &[u8]| matches!(three, [ESCAPE, b'$', b'B' | b'@']);
    let is_japanese = bytes.is_ascii() && bytes.contains(&ESCAPE) && bytes.windows(3).any(is_shifting);
    is_japanese.then(|| ISO_2022_JP.decode_without_bom_handling(bytes).0)
}

fn is_iso_2022_jp(name: &str) -> bool {
    const OTHERS: [&str; 7] =
        ["cp50220", "cp50221", "cp50222", "windows-50220", "windows-50221", "windows-iso2022jp", "csiso2022jp2"];
    name.starts_with("iso-2022-jp") || OTHERS.contains(&name.trim_start_matches("x-"))
}

/// As GBK (RFC 1843): between `~{` and `~}`, at most up to the end of a line, two letters are a character.
fn hz(bytes: &[u8]) -> Vec<u8> {
    let (mut plain, mut rest, mut is_wide) = (Vec::with_capacity(bytes.len()), bytes, false);
    while let [first, after @ ..] = rest {
        rest = after;
        match (first, after.first()) {
            (b'~', Some(b'{')) => is_wide = true,
            (b'~', Some(b'}')) => is_wide = false,
            (b'~', Some(b'~')) if !is_wide => plain.push(b'~'),
            (b'~', Some(b'\n')) if !is_wide => {}
            (b'\n', _) => {
                is_wide = false;
                plain.push(b'\n');
                continue;
            }
            (b'!'..=b'}', Some(second @ b'!'..=b'~')) if is_wide => plain.extend([first | 0x80, second | 0x80]),
            _ => {
                plain.push(*first);
                continue;
            }
        }
        rest = &after[1..];
    }
    plain
}

/// As EUC-KR (RFC 1557): between two shifts two letters are a character, and an escape before them says of which charset.
fn iso_2022_kr(bytes: &[u8]) -> Vec<u8> {
    let (mut plain, mut rest, mut is_wide) = (Vec::with_capacity(bytes.len()), bytes, false);
    while let [first, after @ ..] = rest {
        rest = after;
        match first {
            &ESCAPE if after.starts_with(b"$)C") => rest = &after[3..],
            &SHIFT_OUT => is_wide = true,
            &SHIFT_IN => is_wide = false,
            b'\n' => {
                is_wide = false;
                plain.push(b'\n');
            }
            b'!'..=b'~' if is_wide => plain.push(first | 0x80),
            _ => plain.push(*first),
        }
    }
    plain
}

/// RFC 2152: behind a `+` stands UTF-16 in base64; a hyphen may end it. Where none stands there the `+` is one: `+49-30`.
fn utf_7(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let (mut plain, mut rest) = (String::with_capacity(text.len()), text.as_ref());
    while let Some((before, behind)) = rest.split_once('+') {
        plain.push_str(before);
        let end = behind.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '+' | '/')).unwrap_or(behind.len());
        let (digits, after) = behind.split_at(end);
        let said = if digits.is_empty() { Some("+".to_owned()) } else { unicode(digits) };
        if let Some(said) = said {
            plain.push_str(&said);
            rest = after.strip_prefix('-').unwrap_or(after);
        } else {
            plain.push('+');
            plain.push_str(digits);
            rest = after;
        }
    }
    plain.push_str(rest);
    plain
}

/// What digits of base64 stand for, if that is text; nobody writes characters of private use.
fn unicode(digits: &str) -> Option<String> {
    let text = String::from_utf16(&units(digits)?).ok()?;
    (!text.contains(|c| ('\u{e000}'..='\u{f8ff}').contains(&c))).then_some(text)
}

/// The units of UTF-16 that digits of base64 stand for, if they are whole and what fills the last digit is nothing.
fn units(digits: &str) -> Option<Vec<u16>> {
    let (mut units, mut bits, mut count) = (Vec::new(), 0u32, 0);
    for digit in digits.bytes() {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' => 62,
            _ => 63,
        };
        bits = (bits << 6) | u32::from(value);
        count += 6;
        if count >= 16 {
            count -= 16;
            units.extend(u16::try_from(bits >> count));
            bits &= (1 << count) - 1;
        }
    }
    (count < 6 && bits == 0).then_some(units)
}

/// In the order that its mark or its name says, else in that in which its first character is one.
fn utf_32(bytes: &[u8], charset: &str) -> String {
    let is_little = charset.ends_with("le") || matches!(bytes, [0xff, 0xfe, 0, 0, ..] | [1..=0xff, _, _, 0, ..]);
    let (characters, _) = bytes.as_chunks::<4>();
    let read = characters.iter().map(|four| {
        let number = if is_little { u32::from_le_bytes(*four) } else { u32::from_be_bytes(*four) };
        char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER)
    });
    read.enumerate().filter(|(at, c)| *at > 0 || *c != '\u{feff}').map(|(_, c)| c).collect()
}

fn cp_437(bytes: &[u8]) -> String {
    let upper: Vec<char> = UPPER_437.chars().collect();
    let read = bytes.iter().map(|byte| match byte.checked_sub(0x80) {
        Some(at) => upper.get(usize::from(at)).copied().unwrap_or(char::REPLACEMENT_CHARACTER),
        None => char::from(*byte),
    });
    read.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], charset: &str) -> String {
        decoded(bytes, charset).unwrap().into_owned()
    }

    #[test]
    fn charsets_that_shift_between_two_are_read() {
        assert_eq!(read(b"a ~{Dc:C~} ~~ b~\nc ~{Dc\nd", "hz-gb-2312"), "a \u{4f60}\u{597d} ~ bc \u{4f60}\nd");
        let korean = b"\x1b$)C\x0e>H3gGO<<?d\x0f, a\nb";
        assert_eq!(read(korean, "iso-2022-kr"), "\u{c548}\u{b155}\u{d558}\u{c138}\u{c694}, a\nb");
        for name in ["iso-2022-jp-1", "iso-2022-jp-2", "iso-2022-jp-ms", "iso_2022_jp", "cp50220", "x-windows-50221"] {
            assert_eq!(read(b"\x1b$B$3$s\x1b(B!", name), "\u{3053}\u{3093}!", "{name}");
        }
        for broken in [b"~".as_slice(), b"~{", b"~{D", b"~{D~}", b"\x1b", b"\x0e", b"\x0e>"] {
            let _ = (read(broken, "hz"), read(broken, "iso-2022-kr"));
        }
    }

    #[test]
    fn unicode_in_letters_and_in_four_bytes_is_read() {
        assert_eq!(read(b"k+AW8BSA- 1+-1, k+AP0 k", "utf-7"), "k\u{16f}\u{148} 1+1, k\u{fd} k");
        assert_eq!(read(b"+2DTdHg-", "utf-7"), "\u{1d11e}");
        for plain in ["+!+A+", "call +49-30-1234, +4930123456 or +1-555-0100", "C++ +33123456-", "+2DQ-"] {
            assert_eq!(read(plain.as_bytes(), "utf-7"), plain);
        }
        for (bytes, name) in [
            (b"\xff\xfe\0\0\xe9\0\0\0".as_slice(), "utf-32"),
            (b"\0\0\xfe\xff\0\0\0\xe9", "utf-32"),
            (b"\xe9\0\0\0", "utf-32"),
            (b"\0\0\0\xe9", "utf-32"),
            (b"\xe9\0\0\0\x01", "utf-32le"),
        ] {
            assert_eq!(read(bytes, name), "\u{e9}", "{bytes:?}");
        }
        for bytes in [b"\xfe\xff\0\xe9".as_slice(), b"\xff\xfe\xe9\0"] {
            assert_eq!(read(bytes, "utf-16"), "\u{e9}");
        }
    }

    #[test]
    fn the_first_code_page_is_read() {
        assert_eq!(UPPER_437.chars().count(), 128);
        assert_eq!(read(b"\x8erger \x81ber \x99l \xe1\xff", "cp437"), "\u{c4}rger \u{fc}ber \u{d6}l \u{df}\u{a0}");
    }

    #[test]
    fn what_no_decoder_reads_is_not_known() {
        for name in ["iso-2022-cn", "x-user-defined", "no-such-charset"] {
            assert_eq!(decoded(b"hello", name), None, "{name}");
        }
    }
}
