//! The parts of a message (RFC 2045, 2046), in one pass over its lines and without recursion: what a message encloses
//! is a part, and its own parts are not looked into.

use mail_parser::parsers::MessageStream;
use mail_parser::{ContentType, HeaderValue};

use super::decode;
use super::flowed::Flow;
use super::header::{Header, end_of_line};

/// Parts of a message that are read.
const MAX_PARTS: usize = 10_000;
/// How deep multiparts are nested that are read.
const MAX_DEPTH: usize = 50;
/// A longer boundary, or field of a part, is none.
const MAX_FIELD_BYTES: usize = 8 << 10;

/// A part that is no multipart.
#[derive(Debug)]
pub(super) struct Part<'a> {
    /// `text/plain`, in lower case.
    pub media_type: String,
    pub charset: Option<String>,
    /// What its file is called; empty where it has no name.
    pub name: String,
    pub is_attachment: bool,
    /// `base64`, `quoted-printable` or others, in lower case.
    pub encoding: String,
    /// As it stands, encoded.
    pub body: &'a [u8],
    flow: Option<Flow>,
}

/// What a field of type Content-Type says.
struct Kind {
    media_type: String,
    boundary: Option<Vec<u8>>,
    charset: Option<String>,
    name: String,
    flow: Option<Flow>,
}

/// A multipart whose end has not come yet.
struct Open {
    boundary: Vec<u8>,
    is_digest: bool,
}

/// The parts of a message in their order.
pub(super) fn parts<'a>(header: &Header<'a>) -> Vec<Part<'a>> {
    read(header).0
}

/// The parts of a message, and whether it ends before a multipart of it does.
pub(super) fn read<'a>(header: &Header<'a>) -> (Vec<Part<'a>>, bool) {
    let mut walk = Walk { open: Vec::new(), parts: Vec::new(), current: None };
    walk.begin(header, 0);
    let bytes = header.body;
    let mut at = 0;
    while at < bytes.len() && !walk.open.is_empty() && walk.parts.len() + 1 < MAX_PARTS {
        let end = end_of_line(bytes, at);
        let Some((depth, is_last)) = walk.boundary(&bytes[at..end]) else {
            at = end;
            continue;
        };
        walk.end(bytes, at);
        walk.open.truncate(depth + usize::from(!is_last));
        at = end;
        if !is_last {
            let header = Header::split(&bytes[at..], |line| walk.boundary(line).is_some());
            at = bytes.len() - header.body.len();
            walk.begin(&header, at);
        }
    }
    walk.end(bytes, bytes.len());
    if walk.parts.is_empty() {
        // A multipart that never begins is the text that stands there.
        walk.parts.push(Part { body: bytes, ..Part::new(Kind::plain(), header) });
    }
    (walk.parts, at >= bytes.len() && !walk.open.is_empty())
}

struct Walk<'a> {
    open: Vec<Open>,
    parts: Vec<Part<'a>>,
    /// The part that is being read, and where its body begins.
    current: Option<(Part<'a>, usize)>,
}

impl<'a> Walk<'a> {
    fn begin(&mut self, header: &Header<'a>, at: usize) {
        let kind = header.first("content-type").and_then(Kind::read);
        let is_digest = self.open.last().is_some_and(|open| open.is_digest);
        let mut kind = kind.unwrap_or_else(|| if is_digest { Kind::message() } else { Kind::plain() });
        if kind.boundary.is_none() && kind.media_type.starts_with("multipart/") {
            kind.boundary = self.boundary_of(header.body);
            // Without any it is the text that stands there.
            if kind.boundary.is_none() {
                kind.media_type = "text/plain".to_owned();
            }
        }
        match &kind.boundary {
            Some(boundary) if self.open.len() < MAX_DEPTH => {
                let is_digest = kind.media_type == "multipart/digest";
                self.open.push(Open { boundary: boundary.clone(), is_digest });
            }
            _ => self.current = Some((Part::new(kind, header), at)),
        }
    }

    /// Which multipart a line is a boundary of, the innermost first, and whether it is its last.
    fn boundary(&self, line: &[u8]) -> Option<(usize, bool)> {
        let text = line.strip_prefix(b"--")?.trim_ascii_end();
        let of = |boundary: &[u8]| self.open.iter().rposition(|open| open.boundary == boundary);
        of(text).map(|depth| (depth, false)).or_else(|| Some((of(text.strip_suffix(b"--")?)?, true)))
    }

    /// The boundary of a multipart that does not say it: what stands over the header of its first part.
    fn boundary_of(&self, body: &[u8]) -> Option<Vec<u8>> {
        let body = &body[..body.len().min(MAX_FIELD_BYTES)];
        let mut at = 0;
        while at < body.len() {
            let (line, rest) = body[at..].split_at(end_of_line(body, at) - at);
            if self.boundary(line).is_some() {
                return None;
            }
            let boundary = line.strip_prefix(b"--").map(<[u8]>::trim_ascii_end).filter(|text| !text.is_empty());
            let is_header = rest.get(..8).is_some_and(|start| start.eq_ignore_ascii_case(b"content-"));
            if let Some(boundary) = boundary.filter(|_| is_header) {
                return Some(boundary.to_vec());
            }
            at += line.len();
        }
        None
    }

    /// Ends the current part where a boundary begins, to which the end of the line before belongs.
    fn end(&mut self, bytes: &'a [u8], at: usize) {
        let Some((mut part, begin)) = self.current.take() else { return };
        part.body = bytes.get(begin..at).unwrap_or_default();
        if !self.open.is_empty() {
            let body = part.body.strip_suffix(b"\n").unwrap_or(part.body);
            part.body = body.strip_suffix(b"\r").unwrap_or(body);
        }
        self.parts.push(part);
    }
}

impl Part<'_> {
    fn new(kind: Kind, header: &Header<'_>) -> Self {
        let disposition = header.first("content-disposition").and_then(parsed);
        let file_name = disposition.as_ref().and_then(|one| one.attribute("filename")).unwrap_or_default();
        let name = if file_name.is_empty() { kind.name } else { file_name.to_owned() };
        Part {
            media_type: kind.media_type,
            charset: kind.charset,
            name: decode::words(&name),
            is_attachment: disposition.is_some_and(|one| one.is_attachment()),
            encoding: header.line("content-transfer-encoding").to_ascii_lowercase(),
            body: b"",
            flow: kind.flow,
        }
    }

    /// Whether its text is what the message says.
    pub fn is_text(&self, media_type: &str) -> bool {
        self.media_type == media_type && !self.is_attachment && self.name.is_empty()
    }

    /// The text of its first bytes, at most `limit`.
    pub fn text(&self, limit: usize) -> String {
        let bytes = decode::body(&self.body[..self.body.len().min(limit)], &self.encoding);
        // A body of lines is in no UTF-16: a message that says so was saved in it as a whole.
        let is_encoded = matches!(self.encoding.as_str(), "base64" | "quoted-printable") || bytes.contains(&0);
        let charset = self.charset.as_deref();
        let charset = charset.filter(|name| is_encoded || !name.trim().to_ascii_lowercase().starts_with("utf-16"));
        let text = decode::text(&bytes, charset);
        match self.flow {
            Some(flow) => flow.joined(&text),
            None => text.into_owned(),
        }
    }

    /// How large it is without its encoding; of quoted-printable, as it stands.
    pub fn size(&self) -> u64 {
        if self.encoding != "base64" {
            return self.body.len() as u64;
        }
        let is_digit = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
        self.body.iter().filter(is_digit).count() as u64 * 3 / 4
    }
}

impl Kind {
    fn read(value: &[u8]) -> Option<Self> {
        let value = parsed(value)?;
        let media_type = format!("{}/{}", value.ctype(), value.subtype().unwrap_or_default()).to_ascii_lowercase();
        let attribute = |name: &str| value.attribute(name).map(str::trim_end).filter(|text| !text.is_empty());
        let is_multipart = value.ctype().eq_ignore_ascii_case("multipart");
        let media_type = if value.subtype().is_some() { media_type } else { "text/plain".to_owned() };
        Some(Self {
            media_type,
            boundary: attribute("boundary").filter(|_| is_multipart).map(|text| text.as_bytes().to_vec()),
            charset: attribute("charset").map(str::to_owned),
            name: attribute("name").unwrap_or_default().to_owned(),
            flow: Flow::read(&value),
        })
    }

    fn plain() -> Self {
        Self { media_type: "text/plain".to_owned(), boundary: None, charset: None, name: String::new(), flow: None }
    }

    fn message() -> Self {
        Self { media_type: "message/rfc822".to_owned(), ..Self::plain() }
    }
}

/// The media type of a message as a whole.
pub(super) fn media_type(header: &Header<'_>) -> String {
    header.first("content-type").and_then(Kind::read).map_or_else(String::new, |kind| kind.media_type)
}

/// A value as Content-Type and Content-Disposition have it (RFC 2045 section 5.1, RFC 2183, RFC 2231).
fn parsed(value: &[u8]) -> Option<ContentType<'static>> {
    let text = format!("{}\n", decode::unfolded(&value[..value.len().min(MAX_FIELD_BYTES)]));
    match MessageStream::new(text.as_bytes()).parse_content_type().into_owned() {
        HeaderValue::ContentType(value) => Some(value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Vec<Part<'_>> {
        parts(&Header::split(bytes, |_| false))
    }

    #[test]
    fn nested_parts_come_in_their_order_and_end_at_their_boundaries() {
        let bytes = b"Content-Type: multipart/mixed; boundary=\"a b\"\r\n\r\nprologue\r\n--a b\r\n\
            Content-Type: multipart/alternative;\r\n boundary=ab\r\n\r\n--ab\r\n\r\none\r\n\r\n--ab\r\n\
            Content-Type: TEXT/html; charset=\"utf-8\"\r\nContent-Transfer-Encoding: Base64\r\n\r\nPGI+\r\n--ab--\r\n--a b\r\n\
            Content-Type: application/pdf; name=x.pdf\r\nContent-Disposition: attachment; filename*=utf-8''Z%C3%BC.pdf\r\n\
            \r\n%PDF\r\n--a b--\r\nepilogue\r\n";
        let parts = read(bytes);
        let seen: Vec<(&str, &[u8], &str, bool)> = parts
            .iter()
            .map(|part| (part.media_type.as_str(), part.body, part.name.as_str(), part.is_attachment))
            .collect();
        assert_eq!(
            seen,
            [
                ("text/plain", b"one\r\n".as_slice(), "", false),
                ("text/html", b"PGI+", "", false),
                ("application/pdf", b"%PDF", "Z\u{fc}.pdf", true)
            ]
        );
        assert_eq!((parts[1].text(100).as_str(), parts[1].size()), ("<b>", 3));
    }

    #[test]
    fn what_never_ends_or_never_begins_is_read_as_far_as_it_goes() {
        let open = read(b"Content-Type: multipart/mixed; boundary=x\n\n--x\n\nhello\n");
        assert_eq!((open.len(), open[0].body), (1, b"hello".as_slice()));
        let none = read(b"Content-Type: multipart/mixed; boundary=x\n\nhello\n");
        assert_eq!((none.len(), none[0].media_type.as_str(), none[0].body), (1, "text/plain", b"hello\n".as_slice()));
        assert_eq!(read(b"Content-Type: text\n\nhello")[0].media_type, "text/plain");
        let unsaid = read(b"Content-Type: multipart/mixed\n\n-- \n--b\nContent-Type: text/html\n\n<b>\n--b--\n");
        assert_eq!((unsaid.len(), unsaid[0].media_type.as_str(), unsaid[0].body), (1, "text/html", b"<b>".as_slice()));
        let text = read(b"Content-Type: multipart/mixed; charset=utf-8\n\nhello\n--b\n");
        assert_eq!((text.len(), text[0].is_text("text/plain"), text[0].body), (1, true, b"hello\n--b\n".as_slice()));
    }

    #[test]
    fn an_enclosed_message_is_one_part_and_a_digest_is_made_of_them() {
        let bytes =
            b"Content-Type: multipart/digest; boundary=d\n\n--d\n\nSubject: in\nContent-Type: multipart/mixed; \
            boundary=e\n\n--e\n\nx\n--e--\n--d--\n";
        let parts = read(bytes);
        assert_eq!((parts.len(), parts[0].media_type.as_str()), (1, "message/rfc822"));
    }

    #[test]
    fn parts_without_end_and_depth_without_end_are_bounded() {
        let mut flat = b"Content-Type: multipart/mixed; boundary=x\n\n".to_vec();
        flat.extend(b"--x\n\n".repeat(20_000));
        assert_eq!(read(&flat).len(), MAX_PARTS);
        let mut deep = Vec::new();
        for depth in 0..20_000 {
            deep.extend(format!("Content-Type: multipart/mixed; boundary=b{depth}\n\n--b{depth}\n").bytes());
        }
        assert!(read(&deep).len() <= MAX_PARTS);
        let enclosed = b"Content-Type: message/rfc822\n\n".repeat(100_000);
        assert_eq!(read(&enclosed).len(), 1);
    }
}
