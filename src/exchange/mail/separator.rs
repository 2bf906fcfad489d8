//! The line that separates the messages of an mbox (RFC 4155, appendix A, and what real mailboxes hold), and the
//! escape of such lines within them.

use super::date;

/// Whether a line begins as a separator does.
pub(super) fn is_from(line: &[u8]) -> bool {
    line.starts_with(b"From ")
}

/// Whether a line that begins so also ends with a date, as no sentence does: `From ann@x.example Thu Aug 22
/// 13:52:59 2002`, whatever stands for the sender.
pub(super) fn is_dated(line: &[u8]) -> bool {
    is_from(line) && line.len() < 500 && date_of(&String::from_utf8_lossy(line)).is_some()
}

/// Whether a line is all that a separator of today's Thunderbird is: the word, and behind it nothing but blanks.
pub(super) fn is_bare(line: &[u8]) -> bool {
    is_from(line) && line.len() < 10 && line.trim_ascii_end() == b"From"
}

/// Whether the sender of an undated separator is written as programs write one.
pub(super) fn has_sender(line: &[u8]) -> bool {
    let sender = line.get(5..).unwrap_or_default().trim_ascii_start();
    let end = sender.iter().position(u8::is_ascii_whitespace).unwrap_or(sender.len());
    let sender = &sender[..end];
    sender == b"-" || sender.contains(&b'@') || sender.eq_ignore_ascii_case(b"MAILER-DAEMON")
}

/// The date of a separator, which programs write as C's asctime, some with a zone before or behind the year, some as
/// messages have it. The sender before it may hold spaces (`ann at x.example`).
pub(super) fn date_of(line: &str) -> Option<chrono::DateTime<chrono::FixedOffset>> {
    let words: Vec<&str> = line.split_ascii_whitespace().skip(1).collect();
    let first = words.iter().position(|word| date::is_weekday(word))?;
    let dated = &words[first..];
    if !(4..=8).contains(&dated.len()) {
        return None;
    }
    date::read(&dated.join(" "))
}

/// Whether a line is a field of a header by a name that messages begin with.
pub(super) fn is_known_field(line: &[u8]) -> bool {
    const NAMES: [&[u8]; 21] = [
        b"return-path",
        b"received",
        b"delivered-to",
        b"message-id",
        b"date",
        b"from",
        b"to",
        b"subject",
        b"cc",
        b"bcc",
        b"mime-version",
        b"reply-to",
        b"sender",
        b"status",
        b"envelope-to",
        b"user-agent",
        b"references",
        b"in-reply-to",
        b"authentication-results",
        b"precedence",
        b"organization",
    ];
    const STARTS: [&[u8]; 8] = [b"x-", b"content-", b"dkim-", b"arc-", b"list-", b"resent-", b"received-", b"thread-"];
    if line.starts_with(b">From ") {
        return true;
    }
    field_name(line)
        .is_some_and(|name| NAMES.contains(&name.as_slice()) || STARTS.iter().any(|start| name.starts_with(start)))
}

/// Whether a line is a field of a header by its form, whatever it is called.
pub(super) fn is_field(line: &[u8]) -> bool {
    field_name(line).is_some()
}

/// Whether a line is one of the fields that nearly every message has.
pub(super) fn is_main_field(line: &[u8]) -> bool {
    const NAMES: [&[u8]; 6] = [b"from", b"date", b"subject", b"message-id", b"to", b"received"];
    field_name(line).is_some_and(|name| NAMES.contains(&name.as_slice()))
}

/// What the field of a line is called, in lower case: one word before a colon.
fn field_name(line: &[u8]) -> Option<Vec<u8>> {
    let end = line.iter().take(80).position(|byte| *byte == b':')?;
    let name = line[..end].trim_ascii_end().to_ascii_lowercase();
    let is_name = name.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    (is_name && !name.is_empty()).then_some(name)
}

/// Takes one `>` from each line of `>`s before `From ` (mboxrd; of mboxo what can be undone).
pub(super) fn unescape(bytes: &mut Vec<u8>) {
    let is_escaped = |line: &[u8]| {
        let marks = line.iter().take_while(|byte| **byte == b'>').count();
        marks > 0 && is_from(&line[marks..])
    };
    if !bytes.windows(6).any(|part| part == b">From ") {
        return;
    }
    let mut plain = Vec::with_capacity(bytes.len());
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        plain.extend_from_slice(if is_escaped(line) { &line[1..] } else { line });
    }
    *bytes = plain;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_of_many_programs_are_dated_and_sentences_are_not() {
        for line in [
            "From ann@x.example Thu Aug 22 13:52:59 2002",
            "From ann@x.example  Thu Aug  2 13:52:59 2002\r\n",
            "From - Thu Aug 22 13:52:59 2002",
            "From ???@??? Thu Aug 22 13:52:59 2002",
            "From 1234567890@xxx Thu Aug 22 13:52:59 +0000 2002",
            "From ann at x.example  Thu Aug 22 13:52:59 2002",
            "From MAILER-DAEMON Thu Aug 22 13:52 MET 2002",
            "From ann@x.example Thu, 22 Aug 2002 13:52:59 +0200",
        ] {
            assert!(is_dated(line.as_bytes()), "{line}");
        }
        for line in ["From here on", "From Thu 22 we meet", "From Mon to Fri 10:00", "From: ann@x.example", "Fromage"] {
            assert!(!is_dated(line.as_bytes()), "{line}");
        }
    }

    #[test]
    fn each_unescape_takes_one_mark() {
        let mut bytes = b">From here\n>>From there\n> From\nx >From y\n>From".to_vec();
        unescape(&mut bytes);
        assert_eq!(bytes, b"From here\n>From there\n> From\nx >From y\n>From");
    }
}
