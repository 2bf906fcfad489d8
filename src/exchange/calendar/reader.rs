//! Reads a file event by event: each with its place, and an event or the reason why there is none.

use std::collections::VecDeque;
use std::io::{BufRead, Result};
use std::sync::Arc;

use super::component::{Component, Kind, MAX_PROPERTY_BYTES, is_folded, mark};
use super::event::{self, Calendar, Event};
use super::file_zone::FileZone;
use super::moment::tzid;
use super::zone::Zones;
use crate::exchange::lines::{Line, Lines};
use crate::exchange::record::{MAX_RECORD_BYTES, MAX_RECORD_LINES};
use crate::exchange::vcard::content_line::{self, ContentLine};
use crate::exchange::vcard::unfold::without_byte_order_mark;

/// How many events may wait for a time zone that the calendar describes behind them.
const MAX_WAITING: usize = 1_000;
/// How much of what a calendar says of itself is read.
const MAX_HEADER_BYTES: usize = 8 << 10;
const CUT_OFF: &str = "The event is cut off: the file ends in the middle of it.";

/// One event of a file, or what stands where an event should be.
#[derive(Debug)]
pub struct Record {
    /// Where it begins, in bytes.
    pub offset: u64,
    /// The line on which it begins, from 1.
    pub line: u64,
    /// The event, or in one sentence why it cannot be read.
    pub outcome: std::result::Result<Event, String>,
}

/// The events of a file, one after the other. An event whose zone is not known comes behind the VTIMEZONEs of its
/// calendar; the others come in the order of the file.
#[derive(Debug)]
pub struct Reader<R> {
    lines: Lines<R>,
    /// Blanks before every line, if the file as a whole is indented.
    indent: usize,
    header: Component,
    calendar: Option<Arc<Calendar>>,
    zones: Zones,
    open: Option<Component>,
    waiting: Vec<Waiting>,
    ready: VecDeque<Record>,
    /// Whether anything began at all, and whether there was anything else.
    has_begun: bool,
    stray_line: Option<u64>,
    /// Whether a calendar began, and did not end; or an event outside of any.
    is_open: bool,
    others: Others,
    is_over: bool,
}

/// What a calendar holds besides events.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Others {
    /// Of VTODO.
    pub todos: usize,
    /// Of VJOURNAL.
    pub journals: usize,
    /// Of VFREEBUSY.
    pub busy_times: usize,
}

#[derive(Debug)]
struct Waiting {
    event: Component,
    lines: Vec<ContentLine>,
    notes: Vec<String>,
}

impl<R: BufRead> Reader<R> {
    /// Reads from the beginning of a file.
    pub fn new(read: R) -> Self {
        Self {
            lines: Lines::new(read, 0, 1),
            indent: 0,
            header: header(),
            calendar: None,
            zones: Zones::default(),
            open: None,
            waiting: Vec::new(),
            ready: VecDeque::new(),
            has_begun: false,
            stray_line: None,
            is_open: false,
            others: Others::default(),
            is_over: false,
        }
    }

    /// Whether anything began so far.
    pub fn has_begun(&self) -> bool {
        self.has_begun
    }

    /// What it met besides events.
    pub fn others(&self) -> Others {
        self.others
    }

    /// Whether the file has ended before its calendar did.
    pub fn is_cut_off(&self) -> bool {
        self.is_over && self.is_open
    }

    fn record(&mut self) -> Result<Option<Record>> {
        loop {
            if let Some(record) = self.ready.pop_front() {
                return Ok(Some(record));
            }
            if self.is_over {
                return Ok(None);
            }
            match self.lines.next(MAX_PROPERTY_BYTES)? {
                Some(line) => self.line(line),
                None => self.end_of_file(),
            }
        }
    }

    fn line(&mut self, mut line: Line) {
        if line.bytes.contains(&0) {
            line.bytes.retain(|byte| *byte != 0);
        }
        if !self.has_begun {
            self.indent = line.bytes.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        }
        let indent = line.bytes.iter().take(self.indent).take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let text = without_byte_order_mark(&line.bytes[indent..]);
        if text.trim_ascii().is_empty() {
            return;
        }
        match mark(text).filter(|_| !is_folded(text)) {
            Some((true, name)) => self.begin(&name, text, &line),
            Some((false, name)) => self.end(&name, text),
            None => self.add(text, &line),
        }
        if self.open.is_some() && !line.is_ended {
            self.cut_off();
        }
    }

    fn add(&mut self, text: &[u8], line: &Line) {
        self.stray_line.get_or_insert(line.number);
        match &mut self.open {
            Some(open) => open.add(text, line.is_cut),
            None if self.header.text.len() < MAX_HEADER_BYTES => {
                self.header.add(text, line.is_cut);
                self.calendar = None;
            }
            None => {}
        }
    }

    fn begin(&mut self, name: &[u8], text: &[u8], line: &Line) {
        self.has_begun = true;
        match name {
            b"VCALENDAR" => self.is_open = true,
            b"VTODO" => self.others.todos += 1,
            b"VJOURNAL" => self.others.journals += 1,
            b"VFREEBUSY" => self.others.busy_times += 1,
            _ => {}
        }
        let kind = match name {
            b"VCALENDAR" => Kind::Calendar,
            b"VEVENT" => Kind::Event,
            b"VTIMEZONE" => Kind::Zone,
            b"VTODO" | b"VJOURNAL" | b"VFREEBUSY" => Kind::Other,
            _ => match &mut self.open {
                Some(open) => return open.begin(name, text),
                None => Kind::Other,
            },
        };
        // None of these stands inside of another: its END is missing.
        if let Some(open) = self.open.take() {
            self.finish(open, false);
        }
        if kind == Kind::Calendar {
            self.end_of_calendar();
        } else {
            self.open = Some(Component::new(kind, name, line.offset, line.number));
        }
    }

    fn end(&mut self, name: &[u8], text: &[u8]) {
        let is_calendar = name == b"VCALENDAR";
        if let Some(mut open) = self.open.take() {
            let is_end = open.end(name, text);
            if is_end || is_calendar {
                self.finish(open, is_end);
            } else {
                self.open = Some(open);
            }
        }
        if is_calendar {
            self.is_open = false;
            self.end_of_calendar();
        }
    }

    fn finish(&mut self, component: Component, has_end: bool) {
        match component.kind {
            Kind::Event => self.event(component, has_end),
            Kind::Zone => {
                let lines = content_line::parse(&component.text, MAX_RECORD_LINES).unwrap_or_default();
                if let Some(zone) = FileZone::read(&lines) {
                    self.zones.add(zone);
                }
            }
            Kind::Calendar | Kind::Other => {}
        }
    }

    fn event(&mut self, mut event: Component, has_end: bool) {
        let text = std::mem::take(&mut event.text);
        if event.is_too_large {
            let reason = format!("The event is larger than {} MB.", MAX_RECORD_BYTES >> 20);
            return self.refuse(&event, reason);
        }
        let Some(lines) = content_line::parse(&text, MAX_RECORD_LINES) else {
            return self.refuse(&event, format!("The event has more than {MAX_RECORD_LINES} lines."));
        };
        let mut notes = Vec::new();
        if !has_end {
            notes.push("Its END:VEVENT is missing.".to_owned());
        }
        if event.is_cut {
            notes.push(format!("A text is longer than {} KB; the rest is left out.", MAX_PROPERTY_BYTES >> 10));
        }
        let is_known = lines.iter().filter_map(tzid).all(|name| self.zones.find(&name).is_some());
        let waiting = Waiting { event, lines, notes };
        if is_known {
            self.build(waiting);
        } else {
            self.waiting.push(waiting);
            if self.waiting.len() > MAX_WAITING {
                self.wait_no_longer();
            }
        }
    }

    fn build(&mut self, waiting: Waiting) {
        let Waiting { event, lines, notes } = waiting;
        let calendar = self.calendar();
        let mut outcome = event::read(&lines, &self.zones, calendar, notes);
        if let Ok(read) = &mut outcome {
            read.attendee_count = event.attendees;
        }
        self.ready.push_back(Record { offset: event.offset, line: event.line, outcome });
    }

    fn calendar(&mut self) -> Arc<Calendar> {
        let text = &self.header.text;
        let read = || Arc::new(Calendar::read(&content_line::parse(text, MAX_RECORD_LINES).unwrap_or_default()));
        Arc::clone(self.calendar.get_or_insert_with(read))
    }

    fn refuse(&mut self, event: &Component, reason: String) {
        self.ready.push_back(Record { offset: event.offset, line: event.line, outcome: Err(reason) });
    }

    fn wait_no_longer(&mut self) {
        for waiting in std::mem::take(&mut self.waiting) {
            self.build(waiting);
        }
    }

    fn end_of_calendar(&mut self) {
        self.wait_no_longer();
        self.zones = Zones::default();
        self.header = header();
        self.calendar = None;
    }

    /// The last line has no end, and something is open: it may be half of what it was.
    fn cut_off(&mut self) {
        if let Some(open) = self.open.take_if(|open| open.kind == Kind::Event) {
            self.is_open = true;
            self.refuse(&open, CUT_OFF.to_owned());
        }
    }

    fn end_of_file(&mut self) {
        match self.open.take() {
            Some(open) if self.is_open && open.kind == Kind::Event => self.refuse(&open, CUT_OFF.to_owned()),
            Some(open) => self.finish(open, false),
            None => {}
        }
        self.wait_no_longer();
        self.is_over = true;
        if let (false, Some(line)) = (self.has_begun, self.stray_line) {
            let outcome = Err("This is no calendar: nothing begins in it.".to_owned());
            self.ready.push_back(Record { offset: 0, line, outcome });
        }
    }
}

fn header() -> Component {
    Component::new(Kind::Calendar, b"VCALENDAR", 0, 0)
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Record>;

    fn next(&mut self) -> Option<Self::Item> {
        self.record().transpose()
    }
}
