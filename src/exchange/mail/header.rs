//! The header of a message or of a part (RFC 5322 section 2.2): its fields as they stand, and where its body begins.
//! No more is parsed than is asked for.

/// Fields of a header that are kept.
const MAX_FIELDS: usize = 10_000;

/// A header and what follows it.
#[derive(Debug, Default)]
pub(super) struct Header<'a> {
    fields: Vec<(&'a str, &'a [u8])>,
    /// The bytes behind it, up to the end of the message.
    pub body: &'a [u8],
}

impl<'a> Header<'a> {
    /// Reads up to the first empty line, or a line that is no field. One of blanks alone is an obsolete fold (RFC 5322
    /// section 4.2). `is_end` tells of a line that ends it anyway: the
    /// boundary of a part.
    pub fn split(bytes: &'a [u8], is_end: impl Fn(&[u8]) -> bool) -> Self {
        let mut fields: Vec<(&str, &[u8])> = Vec::new();
        let mut at = 0;
        while at < bytes.len() {
            let end = end_of_line(bytes, at);
            let line = &bytes[at..end];
            if matches!(line, b"\n" | b"\r\n") {
                return Self { fields, body: &bytes[end..] };
            }
            if is_end(line) {
                break;
            }
            let Some(colon) = name_length(line) else {
                // Separators that strayed in; a fold of nothing.
                if line.starts_with(b"From ") || line.starts_with(b">From ") || line[0].is_ascii_whitespace() {
                    at = end;
                    continue;
                }
                break;
            };
            let value = at + colon + 1;
            at = end;
            while matches!(bytes.get(at), Some(b' ' | b'\t')) {
                at = end_of_line(bytes, at);
            }
            let name = std::str::from_utf8(line[..colon].trim_ascii_end()).unwrap_or_default();
            if fields.len() < MAX_FIELDS {
                fields.push((name, &bytes[value..at]));
            }
        }
        Self { fields, body: &bytes[at..] }
    }

    /// Whether it has no field at all.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The value of the first field of a name, folded and encoded as it stands.
    pub fn first(&self, name: &str) -> Option<&'a [u8]> {
        self.all(name).next()
    }

    /// The values of all fields of a name.
    pub fn all<'b>(&'b self, name: &'b str) -> impl Iterator<Item = &'a [u8]> + 'b {
        self.fields.iter().filter(move |field| field.0.eq_ignore_ascii_case(name)).map(|field| field.1)
    }

    /// The value of the first field of a name on one line; empty where there is none.
    pub fn line(&self, name: &str) -> String {
        self.first(name).map(super::decode::line).unwrap_or_default()
    }

    /// Whether there is a field of that name.
    pub fn has(&self, name: &str) -> bool {
        self.first(name).is_some()
    }
}

/// Where the line ends that begins or goes on at `at`, its LF included.
pub(super) fn end_of_line(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |length| at + length + 1)
}

/// The length of a field's name, up to its colon; some old programs put blanks before that.
fn name_length(line: &[u8]) -> Option<usize> {
    let colon = line.iter().take(200).position(|byte| *byte == b':')?;
    let name = line[..colon].trim_ascii_end();
    (!name.is_empty() && name.iter().all(u8::is_ascii_graphic)).then_some(colon)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_folded_and_end_at_a_blank_line() {
        let bytes = b"Subject: a\r\n b\r\nFROM : x\nX-Empty:\n>From y z\nsubject: second\n \t\r\n more\n\r\nbody: no\n";
        let header = Header::split(bytes, |_| false);
        assert_eq!(header.first("Subject"), Some(b" a\r\n b\r\n".as_slice()));
        assert_eq!(header.line("from"), "x");
        assert_eq!((header.line("x-empty"), header.has("x-empty"), header.has("body")), (String::new(), true, false));
        assert_eq!(header.all("subject").count(), 2);
        assert_eq!(header.body, b"body: no\n");
    }

    #[test]
    fn a_line_that_is_no_field_belongs_to_the_body() {
        assert_eq!(Header::split(b"A: b\nHello world\n", |_| false).body, b"Hello world\n");
        assert!(Header::split(b"no header", |_| false).is_empty());
        assert!(Header::split(b"", |_| false).is_empty());
    }
}
