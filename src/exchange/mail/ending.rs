//! Whether the last message of a file is whole, or the file ends before it does, as where a download broke off.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::{Deserialize, Serialize};

use super::header::Header;
use super::part;
use super::reader::RawMessage;

const HEADER: &str = "The message is cut off: the file ends in the middle of its header.";
const PARTS: &str = "The message is cut off: the file ends before the last of its parts does.";
const TEXT: &str = "The message is cut off: the file ends before its text does.";

/// Of the last message of a file, in one sentence, what tells that it is cut off; none where nothing does. Programs forget the last
/// boundary of a message, or break off what they encode, but then they end the line.
#[must_use]
pub fn cut_off(raw: &RawMessage) -> Option<&'static str> {
    // As where a message is read: a panic of the mail parser costs nothing but what it would have told.
    catch_unwind(AssertUnwindSafe(|| told(raw))).unwrap_or_default()
}

/// In what of its last message a file ends that may have been cut off there, though whole ones end so too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Torn {
    /// In a line: programs forget the end of the last one.
    Line,
    /// In something that should have an end of its own: programs forget the last boundary.
    Part,
}

/// Of the last message of a file that is not [`cut_off`] for certain whether there may be more of it. Of a plain text that ends with a line
/// nobody knows.
#[must_use]
pub fn torn(raw: &RawMessage) -> Option<Torn> {
    catch_unwind(AssertUnwindSafe(|| perhaps(raw))).unwrap_or_default()
}

fn perhaps(raw: &RawMessage) -> Option<Torn> {
    let header = Header::split(&raw.bytes, |_| false);
    if raw.is_cut || header.body.trim_ascii().is_empty() {
        return None;
    }
    let (parts, is_open) = part::read(&header);
    if is_open {
        return Some(Torn::Part);
    }
    if part::media_type(&header).starts_with("multipart/") {
        return None;
    }
    match parts.as_slice() {
        [part] if part.encoding == "base64" => (!is_whole(part.body) || goes_on(part.body)).then_some(Torn::Part),
        _ => (!raw.bytes.ends_with(b"\n") && !raw.bytes.ends_with(b"\r")).then_some(Torn::Line),
    }
}

fn told(raw: &RawMessage) -> Option<&'static str> {
    let bytes = raw.bytes.as_slice();
    // Of a message that is not read whole nobody knows.
    if raw.is_cut || bytes.is_empty() {
        return None;
    }
    let ends_line = bytes.ends_with(b"\n") || bytes.ends_with(b"\r");
    if ends_line && !goes_on(bytes) {
        return None;
    }
    let header = Header::split(bytes, |_| false);
    let is_ended =
        [b"\n\n".as_slice(), b"\n\r\n"].iter().any(|end| bytes[..bytes.len() - header.body.len()].ends_with(end));
    // Half the name of a field is no field.
    if !ends_line && !is_ended && !header.body.contains(&b'\n') {
        return Some(HEADER);
    }
    let (parts, is_open) = part::read(&header);
    let last = parts.last().filter(|part| part.encoding == "base64");
    if is_open && (!ends_line || last.is_some()) {
        return Some(PARTS);
    }
    let is_broken = last.is_some_and(|part| !is_whole(part.body)) || is_shorter(&header);
    (!ends_line && !is_open && is_broken).then_some(TEXT)
}

/// Whether the last line of base64 is as long as that before it, and not filled up: more was to come.
fn goes_on(body: &[u8]) -> bool {
    let mut lines = body.trim_ascii_end().rsplit(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end);
    let (last, before) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    last.len() >= 60
        && last.len() == before.len()
        && !last.ends_with(b"=")
        && lines.next().is_some_and(|line| line.len() == last.len())
}

/// Whether base64 ends with a whole group.
fn is_whole(body: &[u8]) -> bool {
    let is_digit = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    body.iter().filter(is_digit).count().is_multiple_of(4)
}

/// Whether the body is shorter than its Content-Length, however its lines ended when that was counted.
fn is_shorter(header: &Header<'_>) -> bool {
    let lines = header.body.iter().filter(|byte| **byte == b'\n').count();
    header.line("content-length").trim().parse::<usize>().is_ok_and(|length| length > header.body.len() + lines + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGE: &str = "From: ann@x.example\r\nTo: bo@x.example\r\nSubject: Photos\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
        --b\r\n\r\nHere they are.\r\n--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n\
        iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9\r\n\
        iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9\r\n\
        iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9\r\n\
        iVBORw0KGgoAAAANSUhEUg==\r\n--b--\r\n";

    fn of(bytes: &[u8]) -> Option<&'static str> {
        cut_off(&RawMessage { bytes: bytes.to_vec(), ..RawMessage::default() })
    }

    #[test]
    fn a_message_is_cut_off_wherever_its_file_ends_before_its_last_boundary() {
        assert_eq!(of(MESSAGE.as_bytes()), None);
        assert_eq!(of(MESSAGE.trim_end().as_bytes()), None, "the end of the last line is no part of it");
        assert_eq!(of(&MESSAGE.as_bytes()[..30]), Some(HEADER));
        for end in MESSAGE.find("--b").unwrap() + 1..MESSAGE.rfind("--b--").unwrap() + 4 {
            let half = &MESSAGE[..end];
            // Of a line that is whole nobody can say, but in the middle of a picture.
            let is_in_picture = half.trim_end().ends_with("WjR9") && half.matches("WjR9").count() > 2;
            let is_told = !half.ends_with(['\r', '\n']) || is_in_picture;
            assert_eq!(of(half.as_bytes()), is_told.then_some(PARTS), "{half}");
        }
    }

    #[test]
    fn what_is_encoded_or_counted_tells_that_it_is_cut_off() {
        let base64 = "Subject: x\nContent-Transfer-Encoding: base64\n\nSGVsbG8gQW5u";
        assert_eq!(of(base64.as_bytes()), None);
        assert_eq!(of(&base64.as_bytes()[..base64.len() - 2]), Some(TEXT));
        let counted = "Subject: x\nContent-Length: 40\n\nHello Ann,\nsee you";
        assert_eq!(of(counted.as_bytes()), Some(TEXT));
        assert_eq!(of(counted.replace("40", "19").as_bytes()), None);
    }

    #[test]
    fn what_may_have_more_to_come_is_told_from_what_has_an_end() {
        let base64 = "Subject: x\nContent-Transfer-Encoding: base64\n\n";
        let line = "SGVsbG8gQW5u".repeat(6) + "\n";
        for (message, expected) in [
            ("Subject: x\n\nHello Ann,\nsee yo".to_owned(), Some(Torn::Line)),
            ("Subject: x\n\nHello Ann,\n".to_owned(), None),
            ("Subject: x\n\n".to_owned(), None),
            ("Subject: x".to_owned(), None),
            ("Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nHello\n".to_owned(), Some(Torn::Part)),
            ("Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nHello\n--b--".to_owned(), None),
            (format!("{base64}{}", line.repeat(3)), Some(Torn::Part)),
            (format!("{base64}{}SGVsbG8=\n", line.repeat(3)), None),
            (format!("{base64}SGVsbG8gQW5u"), None),
            (format!("{base64}SGVsbG8gQW\n"), Some(Torn::Part)),
        ] {
            let raw = RawMessage { bytes: message.clone().into_bytes(), ..RawMessage::default() };
            assert_eq!(torn(&raw), expected, "{message}");
        }
    }

    #[test]
    fn what_programs_forget_is_not_cut_off() {
        for whole in [
            "Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nno last boundary\n",
            "Subject: x\nContent-Type: multipart/mixed; boundary=b\n\nnone at all\n",
            "Subject: x\nContent-Transfer-Encoding: base64\n\nDUMMY\n",
            "Subject: x\n\nno end of the last line",
            "Subject: x\n",
            "",
        ] {
            assert_eq!(of(whole.as_bytes()), None, "{whole}");
        }
    }
}
