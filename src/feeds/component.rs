//! Components as text (RFC 5545, section 3.4): lines of at most 75 octets that end with CRLF.

use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;

use crate::exchange::vcard::escape::{escape, fold};

/// By which clock something goes; none of days alone.
pub(super) type Zone = Option<Tz>;

/// What is written so far.
#[derive(Default)]
pub(super) struct Text(pub String);

/// What every event says.
#[derive(Clone)]
pub(super) struct Event<'a> {
    /// The same each time that the feed is read.
    pub uid: String,
    /// Which one of the series of this UID it is (section 3.8.4.4), by the series' clock.
    pub which: Option<(Zone, NaiveDateTime)>,
    /// When what it tells was changed last.
    pub changed_at: DateTime<Utc>,
    /// In one line.
    pub summary: &'a str,
    /// What else, each line with its end.
    pub says: &'a str,
    /// The page of what it tells.
    pub url: &'a str,
}

impl Text {
    /// A content line.
    pub fn line(&mut self, line: &str) {
        fold(line, &mut self.0);
    }

    /// A property of type TEXT (section 3.3.11), which has no control characters but line breaks and tabs.
    pub fn text(&mut self, name: &str, text: &str) {
        let is_kept = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
        let text: String = text.chars().filter(is_kept).collect();
        self.line(&format!("{name}:{}", escape(&text)));
    }

    /// A moment (section 3.3.5, form 2).
    pub fn moment(&mut self, name: &str, at: DateTime<Utc>) {
        self.line(&format!("{name}:{}Z", local(at.naive_utc())));
    }

    /// Days (section 3.3.4), or what a clock shows (section 3.3.5, form 3).
    pub fn wall(&mut self, name: &str, zone: Zone, at: impl IntoIterator<Item = NaiveDateTime>) {
        let at = at.into_iter();
        let (param, values): (String, Vec<String>) = match zone {
            None => ("VALUE=DATE".to_owned(), at.map(|at| at.format("%Y%m%d").to_string()).collect()),
            Some(zone) => (format!("TZID={}", zone.name()), at.map(local).collect()),
        };
        self.line(&format!("{name};{param}:{}", values.join(",")));
    }

    /// How an event begins. It makes nobody busy.
    pub fn begin(&mut self, event: &Event<'_>) {
        self.line("BEGIN:VEVENT");
        self.line(&format!("UID:{}", event.uid));
        if let Some((zone, at)) = event.which {
            self.wall("RECURRENCE-ID", zone, [at]);
        }
        self.moment("DTSTAMP", event.changed_at);
        self.moment("LAST-MODIFIED", event.changed_at);
        self.text("SUMMARY", event.summary);
        self.text("DESCRIPTION", &format!("{}{}", event.says, event.url));
        self.line(&format!("URL:{}", event.url));
        self.line("TRANSP:TRANSPARENT");
    }

    /// An alarm so many minutes from the start (section 3.6.6).
    pub fn alarm(&mut self, minutes: i64, title: &str) {
        let sign = if minutes < 0 { "-" } else { "" };
        self.line("BEGIN:VALARM");
        self.line("ACTION:DISPLAY");
        self.line(&format!("TRIGGER:{sign}PT{}M", minutes.abs()));
        self.text("DESCRIPTION", title);
        self.line("END:VALARM");
    }

    /// How it ends.
    pub fn end(&mut self) {
        self.line("END:VEVENT");
    }
}

/// A wall clock (section 3.3.5, form 1).
pub(super) fn local(at: NaiveDateTime) -> String {
    at.format("%Y%m%dT%H%M%S").to_string()
}
