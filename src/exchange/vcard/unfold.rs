//! From the lines of a card to its content lines, still in bytes: what was folded is joined, in every way
//! in which programs fold.

/// A content line in bytes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Encoded {
    pub header: Vec<u8>,
    pub value: Vec<u8>,
    pub charset: Option<String>,
    pub is_quoted_printable: bool,
}

/// Joins lines that begin with a blank, soft breaks of quoted-printable, the card of an AGENT, and lines that
/// are no property at all, such as base64 without indentation or the rest of a note that a program forgot to
/// fold. `None` if more than `limit` content lines come of it.
pub(super) fn unfold(text: &[u8], is_v21: bool, limit: usize) -> Option<Vec<Encoded>> {
    // In vCard 2.1 the blank is part of the text.
    let fold = usize::from(!is_v21);
    let mut joined: Vec<Joined> = Vec::new();
    let (mut agents, mut after_agent) = (0usize, false);
    let mut lines = text.split(|byte| *byte == b'\n').peekable();
    while let Some(line) = lines.next() {
        let begins =
            is_property(line) || is_bare_name(line) && lines.peek().is_some_and(|next| is_rest_of_property(next));
        let is_agent = agents > 0 || (after_agent && is_mark(line, b"BEGIN"));
        let is_blank = line.trim_ascii().is_empty();
        let is_full = joined.len() == limit;
        match joined.last_mut() {
            Some(last) if is_agent => {
                agents += usize::from(is_mark(line, b"BEGIN"));
                agents -= usize::from(is_mark(line, b"END"));
                last.append_escaped(line);
            }
            Some(last) if last.ends_in_soft_break() => {
                last.bytes.pop();
                last.bytes.extend_from_slice(line);
            }
            _ if is_blank => continue,
            Some(last) if matches!(line[0], b' ' | b'\t') => last.bytes.extend_from_slice(&line[fold..]),
            Some(last) if !begins => last.append_rest(line),
            _ if is_full => return None,
            _ => joined.push(Joined::of(line, begins)),
        }
        after_agent = is_empty_agent(line);
    }
    Some(joined.into_iter().map(Joined::parted).collect())
}

struct Joined {
    bytes: Vec<u8>,
    is_quoted_printable: bool,
    is_base64: bool,
}

impl Joined {
    fn of(line: &[u8], is_property: bool) -> Self {
        // The first line of a card that is no property at all is kept as a note.
        let bytes = if is_property { line.to_vec() } else { [b"NOTE:", line.trim_ascii()].concat() };
        let (is_quoted_printable, is_base64) = encoding(&bytes[..header_end(&bytes).unwrap_or(bytes.len())]);
        Self { bytes, is_quoted_printable, is_base64 }
    }

    fn ends_in_soft_break(&self) -> bool {
        self.is_quoted_printable && self.bytes.last() == Some(&b'=')
    }

    /// Appends a line that was not folded as it should have been.
    fn append_rest(&mut self, line: &[u8]) {
        if is_bare_name(line) {
            return;
        }
        if !self.is_base64 {
            self.bytes.extend_from_slice(if self.is_quoted_printable { b"=0A" } else { b"\\n" });
        }
        self.bytes.extend_from_slice(line.trim_ascii());
    }

    /// Appends a line of an AGENT's card, as vCard 3.0 writes it.
    fn append_escaped(&mut self, line: &[u8]) {
        for byte in line {
            if matches!(byte, b'\\' | b',' | b';') {
                self.bytes.push(b'\\');
            }
            self.bytes.push(*byte);
        }
        self.bytes.extend_from_slice(b"\\n");
    }

    fn parted(self) -> Encoded {
        let end = header_end(&self.bytes).unwrap_or(self.bytes.len());
        // The short part is copied and the long one moved: a photo is not in memory twice.
        let header = self.bytes[..end].to_vec();
        let mut value = self.bytes;
        value.drain(..value.len().min(end + 1));
        let charset = charset(&header);
        // Anew, since the header may have been folded itself.
        let (is_quoted_printable, is_base64) = encoding(&header);
        if is_base64 {
            value.retain(|byte| !byte.is_ascii_whitespace());
        }
        Encoded { header, value, charset, is_quoted_printable }
    }
}

/// Whether a header says quoted-printable, and whether it says base64.
fn encoding(header: &[u8]) -> (bool, bool) {
    let (mut is_quoted_printable, mut is_base64) = (false, false);
    for param in params(header) {
        let param = param.trim_ascii().to_ascii_uppercase();
        let word = param.strip_prefix(b"ENCODING=").unwrap_or(&param);
        is_quoted_printable |= word == b"QUOTED-PRINTABLE";
        is_base64 |= word == b"BASE64" || word == b"B";
    }
    (is_quoted_printable, is_base64)
}

fn charset(header: &[u8]) -> Option<String> {
    let named = params(header)
        .find_map(|param| param.get(..8).filter(|name| name.eq_ignore_ascii_case(b"CHARSET=")).map(|_| &param[8..]))?;
    Some(String::from_utf8_lossy(named).trim_matches('"').to_owned())
}

/// What stands behind the name, parted at semicolons outside of quotes.
fn params(header: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut is_quoted = false;
    let is_end = move |byte: &u8| {
        is_quoted ^= *byte == b'"';
        *byte == b';' && !is_quoted
    };
    header.split(is_end).skip(1)
}

/// Where the header ends: the first colon outside of quotes; where quotes are not closed, the first at all.
pub(in crate::exchange) fn header_end(line: &[u8]) -> Option<usize> {
    let mut is_quoted = false;
    let colon = line.iter().position(|byte| {
        is_quoted ^= *byte == b'"';
        *byte == b':' && !is_quoted
    });
    colon.or_else(|| line.iter().position(|byte| *byte == b':'))
}

/// Whether a line begins a property: a name and a colon, or a name and parameters.
fn is_property(line: &[u8]) -> bool {
    let Some(end) = line.iter().position(|byte| matches!(byte, b':' | b';')) else { return false };
    let name = &line[..end];
    let is_known_shape = !name.is_empty() && name.iter().all(|byte| is_name_byte(*byte));
    is_known_shape || starts_with_x(name)
}

/// Whether this was folded right behind a name.
fn is_rest_of_property(line: &[u8]) -> bool {
    matches!(line, [b' ' | b'\t', b':' | b';', ..])
}

/// A property that a program left without a value, such as FN.
fn is_bare_name(line: &[u8]) -> bool {
    const NAMES: [&[u8]; 12] =
        [b"FN", b"N", b"TEL", b"EMAIL", b"ADR", b"ORG", b"TITLE", b"NOTE", b"URL", b"BDAY", b"NICKNAME", b"PHOTO"];
    NAMES.contains(&line.trim_ascii().to_ascii_uppercase().as_slice())
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')
}

/// X-names are found with blanks and slashes in them.
pub(super) fn starts_with_x(name: &[u8]) -> bool {
    name.get(..2).is_some_and(|start| start.eq_ignore_ascii_case(b"X-"))
}

/// Whether this is `AGENT:` of vCard 2.1, whose card stands on the lines behind it.
pub(super) fn is_empty_agent(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    line.last() == Some(&b':') && line.get(..5).is_some_and(|name| name.eq_ignore_ascii_case(b"AGENT"))
}

/// Whether this is BEGIN:VCARD or END:VCARD.
pub(super) fn is_mark(line: &[u8], word: &[u8]) -> bool {
    let line = without_byte_order_mark(line).trim_ascii();
    let Some(colon) = line.iter().position(|byte| *byte == b':') else { return false };
    line[..colon].trim_ascii_end().eq_ignore_ascii_case(word)
        && line[colon + 1..].trim_ascii_start().eq_ignore_ascii_case(b"VCARD")
}

/// Files that were joined keep the byte order mark in front of each.
pub(in crate::exchange) fn without_byte_order_mark(line: &[u8]) -> &[u8] {
    line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line)
}

pub(super) fn is_version_21(text: &[u8]) -> bool {
    text.split(|byte| *byte == b'\n').any(|line| {
        let colon = line.iter().position(|byte| *byte == b':').unwrap_or(0);
        line[..colon].eq_ignore_ascii_case(b"VERSION")
            && line[colon..].get(1..).unwrap_or_default().trim_ascii() == b"2.1"
    })
}

pub(super) fn is_base64(encoding: &str) -> bool {
    encoding.eq_ignore_ascii_case("BASE64") || encoding.eq_ignore_ascii_case("B")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_folded_right_behind_its_name_is_a_property_and_a_bare_name_is_none() {
        let text = b"NOTE:met\nFN\n :Ada\nTEL\n\t;TYPE=home:1\nEMAIL\nORG:Engine";
        let lines = unfold(text, false, 9).unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let lines: Vec<String> =
            lines.iter().map(|line| format!("{}:{}", text(&line.header), text(&line.value))).collect();
        assert_eq!(lines, ["NOTE:met", "FN:Ada", "TEL;TYPE=home:1", "ORG:Engine"]);
    }
}
