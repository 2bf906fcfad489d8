//! Components as they are read: what begins and ends where, and which lines of it are kept.
//!
//! Lines that nobody asks for are dropped while they are read, so that an attached film or a hundred thousand
//! attendees are never in memory.

use crate::exchange::record::MAX_RECORD_BYTES;
use crate::exchange::vcard::unfold::{header_end, without_byte_order_mark};

/// How many attendees of an event are kept; the others are counted.
pub(super) const MAX_ATTENDEES: usize = 500;
/// How long the text of a property is kept.
pub(super) const MAX_PROPERTY_BYTES: usize = 256 << 10;
/// How deep components inside of one are told apart by name.
const MAX_DEPTH: usize = 50;

/// What an event is asked for.
const OF_EVENT: [&str; 23] = [
    "UID",
    "RECURRENCE-ID",
    "SEQUENCE",
    "STATUS",
    "SUMMARY",
    "DESCRIPTION",
    "LOCATION",
    "DTSTART",
    "DTEND",
    "DURATION",
    "ORGANIZER",
    "ATTENDEE",
    "RRULE",
    "RDATE",
    "EXRULE",
    "EXDATE",
    "TRANSP",
    "CLASS",
    "LAST-MODIFIED",
    "DTSTAMP",
    "CREATED",
    "X-ALT-DESC",
    "X-MICROSOFT-CDO-ALLDAYEVENT",
];
/// What a zone is asked for.
const OF_ZONE: [&str; 7] = ["TZID", "X-LIC-LOCATION", "DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "RRULE", "RDATE"];
/// What a calendar is asked for.
const OF_CALENDAR: [&str; 4] = ["PRODID", "METHOD", "VERSION", "X-WR-CALNAME"];

/// Which components are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Calendar,
    Event,
    Zone,
    Other,
}

/// A component, as far as it was read.
#[derive(Debug)]
pub(super) struct Component {
    pub kind: Kind,
    pub offset: u64,
    pub line: u64,
    /// The lines that are kept, folded as they were.
    pub text: Vec<u8>,
    /// How many attendees there are.
    pub attendees: usize,
    /// Whether the text of a property was too long.
    pub is_cut: bool,
    /// Whether all of it was.
    pub is_too_large: bool,
    name: Vec<u8>,
    /// The components that begin inside of it and did not end.
    inner: Vec<Vec<u8>>,
    deeper: u64,
    property: Property,
    /// A line that is nothing but a name: old programs fold even right behind that.
    bare: Option<Vec<u8>>,
}

/// The property that lines without a name go on.
#[derive(Debug, Default)]
struct Property {
    is_kept: bool,
    is_quoted_printable: bool,
    /// Whether the last line ended in a soft break.
    is_broken: bool,
    length: usize,
}

impl Component {
    pub fn new(kind: Kind, name: &[u8], offset: u64, line: u64) -> Self {
        Self {
            kind,
            offset,
            line,
            text: Vec::new(),
            attendees: 0,
            is_cut: false,
            is_too_large: false,
            name: name.to_vec(),
            inner: Vec::new(),
            deeper: 0,
            property: Property::default(),
            bare: None,
        }
    }

    /// A component begins inside of this one.
    pub fn begin(&mut self, name: &[u8], line: &[u8]) {
        self.settle_bare();
        self.property = Property::default();
        if self.inner.len() < MAX_DEPTH {
            self.inner.push(name.to_vec());
        } else {
            self.deeper += 1;
        }
        self.keep_mark(line);
    }

    /// Something ends; whether it is this component. What did not end inside of it ends with it.
    pub fn end(&mut self, name: &[u8], line: &[u8]) -> bool {
        self.settle_bare();
        self.property = Property::default();
        if name == self.name {
            return true;
        }
        if self.deeper > 0 {
            self.deeper -= 1;
        } else if let Some(depth) = self.inner.iter().rposition(|inner| inner == name) {
            self.inner.truncate(depth);
        }
        self.keep_mark(line);
        false
    }

    /// Where the observances of a zone begin and end is a part of it.
    fn keep_mark(&mut self, line: &[u8]) {
        if self.kind == Kind::Zone {
            self.keep(line);
        }
    }

    /// A line that is neither BEGIN nor END.
    pub fn add(&mut self, line: &[u8], is_cut: bool) {
        let goes_on = |bare: &Vec<u8>| matches!(line.get(1), Some(b':' | b';')) || self.is_name_cut(bare, &line[1..]);
        let goes_on_bare = is_folded(line) && self.bare.as_ref().is_some_and(goes_on);
        if goes_on_bare && let Some(mut whole) = self.bare.take() {
            whole.extend_from_slice(&line[1..]);
            return self.add_line(&whole, is_cut);
        }
        self.settle_bare();
        if line.len() <= 100 && is_name(line) && !self.property.is_broken {
            self.bare = Some(line.to_vec());
        } else {
            self.add_line(line, is_cut);
        }
    }

    /// Whether the name of a property was folded in its middle; a word alone may be the rest of a text.
    fn is_name_cut(&self, start: &[u8], rest: &[u8]) -> bool {
        let Some(end) = property_name(rest) else { return false };
        let name = String::from_utf8_lossy(&[start, end].concat()).to_ascii_uppercase();
        name.starts_with("X-") || self.wanted().contains(&name.as_str())
    }

    /// What it is asked for where it is read now.
    fn wanted(&self) -> &'static [&'static str] {
        match self.kind {
            Kind::Event if self.inner.is_empty() => &OF_EVENT,
            Kind::Zone => &OF_ZONE,
            Kind::Calendar if self.inner.is_empty() => &OF_CALENDAR,
            _ => &[],
        }
    }

    /// What seemed to be a name is the rest of the line before, which a program forgot to fold.
    fn settle_bare(&mut self) {
        if let Some(line) = self.bare.take() {
            self.add_line(&line, false);
        }
    }

    fn add_line(&mut self, line: &[u8], is_cut: bool) {
        match property_name(line).filter(|_| !is_folded(line) && !self.property.is_broken) {
            Some(name) => self.property(name, line),
            None => self.property.length += line.len(),
        }
        let is_long = self.property.length > MAX_PROPERTY_BYTES;
        if self.property.is_kept && !is_long {
            self.keep(line);
        } else if self.property.is_kept && self.property.is_broken {
            // What comes behind is not kept: the soft break before it goes, or it would take in the next property.
            let end = self.text.strip_suffix(b"=\n").map_or(self.text.len(), <[u8]>::len);
            self.text.truncate(end);
            self.keep(b"");
        }
        self.is_cut |= self.property.is_kept && (is_cut || is_long);
        self.property.is_broken = self.property.is_quoted_printable && !is_long && line.ends_with(b"=");
    }

    fn property(&mut self, name: &[u8], line: &[u8]) {
        let name = String::from_utf8_lossy(name).to_ascii_uppercase();
        let mut is_kept = self.wanted().contains(&name.as_str());
        if is_kept && name == "ATTENDEE" {
            self.attendees += 1;
            is_kept = self.attendees <= MAX_ATTENDEES;
        }
        let header = &line[..header_end(line).unwrap_or_default()];
        let is_quoted_printable = header.to_ascii_uppercase().windows(16).any(|part| part == b"QUOTED-PRINTABLE");
        self.property = Property { is_kept, is_quoted_printable, is_broken: false, length: line.len() };
    }

    fn keep(&mut self, line: &[u8]) {
        self.is_too_large |= self.text.len() + line.len() > MAX_RECORD_BYTES;
        if self.is_too_large {
            self.text = Vec::new();
            return;
        }
        self.text.extend_from_slice(line);
        self.text.push(b'\n');
    }
}

/// Whether a line goes on with the one before.
pub(super) fn is_folded(line: &[u8]) -> bool {
    matches!(line.first(), Some(b' ' | b'\t'))
}

/// The name before the first colon or semicolon, if it is one.
fn property_name(line: &[u8]) -> Option<&[u8]> {
    let name = &line[..line.iter().position(|byte| matches!(byte, b':' | b';'))?];
    let name = name.trim_ascii_end();
    is_name(name).then_some(name)
}

fn is_name(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

/// What a line of BEGIN or END says: whether something begins, and its name in capitals.
pub(super) fn mark(line: &[u8]) -> Option<(bool, Vec<u8>)> {
    let line = without_byte_order_mark(line).trim_ascii();
    // No name is as long; a hostile line might be.
    let colon = line.iter().take(10).position(|byte| *byte == b':')?;
    let word = line[..colon].trim_ascii_end();
    let is_begin = word.eq_ignore_ascii_case(b"BEGIN");
    let name = line[colon + 1..].trim_ascii();
    let is_mark = (is_begin || word.eq_ignore_ascii_case(b"END")) && !name.is_empty() && name.len() <= 100;
    is_mark.then(|| (is_begin, name.to_ascii_uppercase()))
}
