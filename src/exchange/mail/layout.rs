//! Whether a file is mail: a mailbox, or one message.

use super::saved::plain;
use super::separator::{is_bare, is_dated, is_field, is_from, is_known_field, is_main_field};

/// How messages stand in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Behind each other, each after a line that begins with `From `.
    Mbox,
    /// The file is one message.
    Single,
}

impl Layout {
    /// What the first bytes of a file say; `None` where they are no mail.
    #[must_use]
    pub fn recognise(start: &[u8]) -> Option<Self> {
        match plain(start) {
            // A mailbox is not read so.
            Some(start) => Self::told(&start).filter(|layout| *layout == Self::Single),
            None => Self::told(start),
        }
    }

    fn told(start: &[u8]) -> Option<Self> {
        let start = start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(start).trim_ascii_start();
        let mut lines = start.split(|byte| *byte == b'\n');
        let first = lines.next().unwrap_or_default();
        let next = lines.next();
        if is_dated(first)
            || is_from(first) && next.is_some_and(is_known_field)
            || is_bare(first) && next.is_some_and(is_field)
        {
            return Some(Self::Mbox);
        }
        let header = || start.split(|byte| *byte == b'\n').take_while(|line| !line.trim_ascii().is_empty());
        // Whatever its first field is called, the others tell, up to a line that is none.
        let mut fields = header().take_while(|line| is_field(line) || matches!(line.first(), Some(b' ' | b'\t')));
        let is_told = is_known_field(first) || fields.any(is_main_field);
        (is_told && header().filter(|line| is_known_field(line)).take(2).count() == 2).then_some(Self::Single)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_is_recognised_and_other_files_are_not() {
        assert_eq!(Layout::recognise(b"From ann@x.example Thu Aug 22 13:52:59 2002"), Some(Layout::Mbox));
        assert_eq!(Layout::recognise(b"\xEF\xBB\xBFReceived: x\n y\nSubject: z\n"), Some(Layout::Single));
        for first in ["Path: a!b", "Comments: x\r\n  y", "Priority: normal", "DomainKey-Signature: a=b", "msip_labels:"]
        {
            let mail = format!("{first}\r\nFrom: Ann <ann@x.example>\r\nSubject: x\r\n\r\nHi\r\n");
            assert_eq!(Layout::recognise(mail.as_bytes()), Some(Layout::Single), "{first}");
        }
        for other in ["Title: x\nDate: z\n\nx\n", "BEGIN:VCARD\nX-A: b\nX-C: d\n", "Note: x\nmilk\nFrom: a\nTo: b\n"] {
            assert_eq!(Layout::recognise(other.as_bytes()), None, "{other}");
        }
        for other in ["BEGIN:VCARD\nFN:x\n", "Name,Email\n", "dn: cn=x\ncn: x\n", "", "From here\n", "To: do\nmilk\n"] {
            assert_eq!(Layout::recognise(other.as_bytes()), None, "{other}");
        }
    }
}
