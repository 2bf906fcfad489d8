//! A message that somebody saved as a text of another kind: in UTF-16, or with lines that end as on old Macs.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// Where no LF stands in so many bytes, none is meant.
const HEAD: usize = 8 << 10;

/// Such a message as programs send one; none of what is no such.
pub(in crate::exchange) fn plain(bytes: &[u8]) -> Option<Vec<u8>> {
    let wide = match bytes {
        [0xFF, 0xFE, text @ ..] => Some((UTF_16LE, text)),
        [0xFE, 0xFF, text @ ..] => Some((UTF_16BE, text)),
        _ => None,
    };
    let narrow = wide.map(|(encoding, text)| in_its_charset(&encoding.decode_without_bom_handling(text).0));
    let text = narrow.as_deref().unwrap_or(bytes);
    let head = &text[..text.len().min(HEAD)];
    if head.contains(&b'\r') && !head.contains(&b'\n') {
        return Some(with_lines(text));
    }
    narrow
}

/// A text in the charset that it says it is in, as the bytes that were read when it was saved.
fn in_its_charset(text: &str) -> Vec<u8> {
    let said = text.to_ascii_lowercase();
    let said = said.split_once("charset=").map(|(_, said)| said.trim_start_matches('"'));
    let is_name = |c: char| c.is_ascii_alphanumeric() || "-_:.".contains(c);
    let name = said.map(|said| said.split(|c| !is_name(c)).next().unwrap_or_default());
    let encoding = name.and_then(|name| Encoding::for_label_no_replacement(name.as_bytes())).unwrap_or(UTF_8);
    let (bytes, _, is_lossy) = encoding.encode(text);
    if is_lossy { text.as_bytes().to_vec() } else { bytes.into_owned() }
}

/// A CR on its own ends a line.
fn with_lines(text: &[u8]) -> Vec<u8> {
    let next = text.iter().skip(1).map(Some).chain([None]);
    text.iter()
        .zip(next)
        .map(|(byte, next)| if *byte == b'\r' && next != Some(&b'\n') { b'\n' } else { *byte })
        .collect()
}
