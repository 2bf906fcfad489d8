//! In which charset a table is written: a byte order mark, else what its bytes betray.

use std::io::BufRead;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::exchange::lines::{Lines, Width};

/// What the mapping page offers: the label and how people call it.
pub const ENCODINGS: [(&str, &str); 13] = [
    ("UTF-8", "UTF-8"),
    ("windows-1252", "Western (Windows-1252, Latin 1)"),
    ("UTF-16LE", "UTF-16, little-endian"),
    ("UTF-16BE", "UTF-16, big-endian"),
    ("Shift_JIS", "Japanese (Shift-JIS)"),
    ("EUC-JP", "Japanese (EUC-JP)"),
    ("windows-1250", "Central European (Windows-1250)"),
    ("windows-1251", "Cyrillic (Windows-1251)"),
    ("windows-1253", "Greek (Windows-1253)"),
    ("windows-1254", "Turkish (Windows-1254)"),
    ("gb18030", "Chinese (GB18030)"),
    ("Big5", "Chinese (Big5)"),
    ("EUC-KR", "Korean (EUC-KR)"),
];

/// So many bytes of lines that are no UTF-8 tell the charset.
const ENOUGH: usize = 256 << 10;
/// A line of a table that is longer has told enough.
const LONG: usize = 1 << 16;

/// How wide the characters of an encoding are.
pub(super) fn width(encoding: &'static Encoding) -> Width {
    if encoding == UTF_16LE {
        Width::Utf16 { little: true }
    } else if encoding == UTF_16BE {
        Width::Utf16 { little: false }
    } else {
        Width::Bytes
    }
}

/// The charset of a file, which is read to its end: an accent may stand in its last line alone.
///
/// # Errors
/// When the file cannot be read.
pub(super) fn of(mut file: impl BufRead) -> std::io::Result<&'static Encoding> {
    let head = file.fill_buf()?;
    if let Some((encoding, _)) = Encoding::for_bom(head) {
        return Ok(encoding);
    }
    if let Some(encoding) = wide(head) {
        return Ok(encoding);
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    let (mut modern, mut legacy, mut seen, mut has_escape) = (0usize, 0usize, 0usize, false);
    let mut lines = Lines::of_width(file, Width::Bytes, 0, 1);
    while let Some(line) = lines.next(LONG)? {
        has_escape |= line.bytes.contains(&0x1b);
        match std::str::from_utf8(&line.bytes) {
            Ok(text) if text.is_ascii() && !has_escape => {}
            Ok(text) if !text.is_ascii() => modern += 1,
            // A line that was cut may be cut inside a character.
            Err(error) if line.is_cut && error.error_len().is_none() => modern += 1,
            outcome => {
                legacy += usize::from(outcome.is_err());
                if seen < ENOUGH {
                    seen += line.bytes.len();
                    detector.feed(&line.bytes, false);
                    detector.feed(b"\n", false);
                }
            }
        }
    }
    // A file that was put together of two: a line that is no UTF-8 is read by itself.
    if (legacy == 0 && !has_escape) || modern > legacy {
        return Ok(UTF_8);
    }
    detector.feed(b"", true);
    let guess = detector.guess(None, Utf8Detection::Allow);
    Ok(if guess == UTF_8 && legacy > 0 { WINDOWS_1252 } else { guess })
}

/// UTF-16 without a mark: every other byte of what is mostly ASCII is zero.
fn wide(head: &[u8]) -> Option<&'static Encoding> {
    let head = &head[..head.len().min(4096)];
    let pairs = head.len() / 2;
    let zeros = |at: usize| head.iter().skip(at).step_by(2).filter(|byte| **byte == 0).count();
    let (first, second) = (zeros(0), zeros(1));
    if pairs < 2 {
        None
    } else if second * 3 > pairs && first * 20 < pairs {
        Some(UTF_16LE)
    } else if first * 3 > pairs && second * 20 < pairs {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// A line as text. One that is not what the file is said to be is read as the charset that takes any byte.
pub(super) fn decode(bytes: &[u8], encoding: &'static Encoding) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) if encoding == UTF_8 || width(encoding) != Width::Bytes => text.to_owned(),
        Ok(text) if text.is_ascii() && encoding.is_ascii_compatible() => text.to_owned(),
        _ => {
            let encoding = if encoding == UTF_8 { WINDOWS_1252 } else { encoding };
            encoding.decode_without_bom_handling(bytes).0.into_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::SHIFT_JIS;

    #[test]
    fn a_charset_is_known_by_its_mark_or_by_its_bytes() {
        let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        for (bytes, expected) in [
            (b"\xEF\xBB\xBFName".to_vec(), UTF_8),
            ("Name\nZo\u{eb}\n".as_bytes().to_vec(), UTF_8),
            (utf16("\u{feff}Name,Mail\n"), UTF_16LE),
            (utf16("Name,Mail\n花子,h@x.example\n"), UTF_16LE),
            (utf16("Name,Mail\n").chunks(2).flat_map(|two| [two[1], two[0]]).collect(), UTF_16BE),
            (SHIFT_JIS.encode("氏名,メール\n権兵衛,g@host.example\n").0.into_owned(), SHIFT_JIS),
            (b"Name\nJ\xFCrgen M\xFCller\nZo\xEB Stra\xDFe\n".to_vec(), WINDOWS_1252),
            (b"Name,Mail\n".to_vec(), UTF_8),
            (Vec::new(), UTF_8),
        ] {
            assert_eq!(of(bytes.as_slice()).unwrap(), expected, "{bytes:?}");
        }
    }

    #[test]
    fn an_accent_in_the_last_line_counts() {
        let mut file = b"Name,Mail\n".repeat(20_000);
        file.extend_from_slice(b"J\xFCrgen,j@x.example\n");
        assert_eq!(of(file.as_slice()).unwrap(), WINDOWS_1252);
    }

    #[test]
    fn a_stray_line_of_another_charset_is_read_by_itself() {
        let file = "Zoë\nJürgen\n".as_bytes();
        assert_eq!(of([file, b"Zo\xEB\n"].concat().as_slice()).unwrap(), UTF_8);
        assert_eq!(decode(b"Zo\xEB", UTF_8), "Zoë");
    }
}
