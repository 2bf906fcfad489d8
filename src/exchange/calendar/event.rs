//! What a VEVENT says (RFC 5545, section 3.6.1).

use std::sync::Arc;

use chrono::{DateTime, Duration, NaiveDateTime, Utc};
use chrono_tz::Tz;

use super::attendee::Attendee;
use super::moment::{self, Clock, Moment, tzid, zone_of};
use super::old_rule;
use super::producer;
use super::zone::Zones;
use crate::exchange::vcard::content_line::ContentLine;
use crate::exchange::vcard::escape::{split, unescape};
use crate::recurrence::{Recurrence, Rule};

/// How many dates and rules of an event are read.
const MAX_DATES: usize = 10_000;
const MAX_RULES: usize = 10;
/// What a note says around the name of a time zone.
const ZONE: &str = "The time zone “";
const NOT_KNOWN: &str = "” is not known";

/// What a calendar says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calendar {
    /// X-WR-CALNAME.
    pub name: Option<String>,
    /// Which program it is from, as a word of at most 50 characters: `google_calendar`.
    pub source: String,
    /// METHOD, in capitals (RFC 5546).
    pub method: Option<String>,
}

/// STATUS.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Status {
    /// It takes place.
    #[default]
    Confirmed,
    /// Perhaps.
    Tentative,
    /// It does not.
    Cancelled,
}

/// CLASS.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Class {
    /// For all to see.
    #[default]
    Public,
    /// For her alone; so is what is unknown.
    Private,
    /// For some.
    Confidential,
}

/// RECURRENCE-ID: which occurrence of a series an event is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceId {
    /// When it would have been.
    pub moment: Moment,
    /// RANGE=THISANDFUTURE: and all behind it.
    pub and_future: bool,
}

/// An event: a whole series, or one instance of a series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The calendar that it stands in.
    pub calendar: Arc<Calendar>,
    /// UID; some programs leave it out.
    pub uid: Option<String>,
    /// RECURRENCE-ID.
    pub instance: Option<InstanceId>,
    /// SEQUENCE: the higher is the newer.
    pub sequence: i64,
    /// STATUS.
    pub status: Status,
    /// SUMMARY.
    pub summary: String,
    /// DESCRIPTION; else X-ALT-DESC, which is HTML.
    pub description: String,
    /// LOCATION.
    pub location: String,
    /// DTSTART.
    pub start: Moment,
    /// DTEND, or what DURATION makes of the start; the day behind the last one of whole days.
    pub end: Option<Moment>,
    /// ORGANIZER.
    pub organizer: Option<Attendee>,
    /// ATTENDEE, the first 500.
    pub attendees: Vec<Attendee>,
    /// How many there are.
    pub attendee_count: usize,
    /// RRULE, RDATE and EXDATE, by the clock of the start.
    pub recurrence: Recurrence,
    /// TRANSP: whether it leaves her free.
    pub is_transparent: bool,
    /// CLASS.
    pub class: Class,
    /// LAST-MODIFIED.
    pub modified: Option<DateTime<Utc>>,
    /// DTSTAMP.
    pub stamped: Option<DateTime<Utc>>,
    /// What was not understood of it, a sentence each.
    pub notes: Vec<String>,
}

impl Event {
    /// Whether it says how an event is: see [`Calendar::why_no_event`].
    #[must_use]
    pub fn is_said(&self) -> bool {
        self.calendar.why_no_event().is_none()
    }

    /// Whether it repeats.
    #[must_use]
    pub fn repeats(&self) -> bool {
        !self.recurrence.rules.is_empty() || !self.recurrence.dates.is_empty()
    }

    /// How long it takes.
    #[must_use]
    pub fn length(&self, hers: Tz) -> Duration {
        match &self.end {
            Some(end) if end.clock == self.start.clock && self.start.is_day() => end.wall - self.start.wall,
            Some(end) => end.utc(hers) - self.start.utc(hers),
            None => Duration::zero(),
        }
    }
}

impl Calendar {
    pub(super) fn read(lines: &[ContentLine]) -> Self {
        let text = |name| text(lines, name);
        Self {
            name: Some(text("X-WR-CALNAME")).filter(|name| !name.is_empty()),
            source: producer::source(&text("PRODID")),
            method: Some(text("METHOD").to_ascii_uppercase()).filter(|method| !method.is_empty()),
        }
    }

    fn is(&self, method: &str) -> bool {
        self.method.as_deref() == Some(method)
    }

    /// Why what it holds says of no event how it is (RFC 5546, section 3.2): only who invites says that, and whoever is invited
    /// answers by it, or asks for something.
    #[must_use]
    pub fn why_no_event(&self) -> Option<&'static str> {
        match self.method.as_deref()? {
            "REPLY" => Some("It is an answer to an invitation, which changes nothing of the event."),
            "COUNTER" => Some("It proposes something else of the event, which changes nothing of it."),
            "DECLINECOUNTER" => Some("It turns down what was proposed of the event, which changes nothing of it."),
            "REFRESH" => Some("It asks for the event once more, and says nothing of it."),
            _ => None,
        }
    }
}

/// Reads an event; in one sentence why there is none.
pub(super) fn read(
    lines: &[ContentLine],
    zones: &Zones,
    calendar: Arc<Calendar>,
    mut notes: Vec<String>,
) -> Result<Event, String> {
    note_zones(lines, zones, &mut notes);
    let moment_of = |name| all(lines, name).next().map(|line| moment::moment(&line.value, zone_of(line, zones)));
    let is_days = is_whole_days(lines, moment_of("DTSTART").flatten(), moment_of("DTEND").flatten());
    let as_day = |moment: Moment| if is_days { Moment { clock: Clock::Day, ..moment } } else { moment };
    let start = match moment_of("DTSTART") {
        Some(Some(start)) => as_day(start),
        Some(None) => return Err("The event's DTSTART is no date.".to_owned()),
        // Whoever calls off, answers or asks need not say it (RFC 5546, section 3.2).
        None => match moment_of("RECURRENCE-ID").or_else(|| moment_of("DTSTAMP")).flatten() {
            Some(moment) if calendar.is("CANCEL") || calendar.why_no_event().is_some() => as_day(moment),
            _ => return Err("The event has no DTSTART.".to_owned()),
        },
    };
    let instance = match all(lines, "RECURRENCE-ID").next() {
        // A time more of a series (section 3.2.4).
        None if calendar.is("ADD") => Some(InstanceId { moment: start.clone(), and_future: false }),
        None => None,
        Some(line) => Some(InstanceId {
            moment: moment_of("RECURRENCE-ID").flatten().map(as_day).ok_or("The event's RECURRENCE-ID is no date.")?,
            and_future: line.param("RANGE").any(|range| range.eq_ignore_ascii_case("THISANDFUTURE")),
        }),
    };
    let end = end(lines, moment_of("DTEND").map(|end| end.map(as_day)), &start, &mut notes);
    let recurrence = recurrence(lines, zones, &start, &mut notes);
    let utc = |name| moment_of(name).flatten().map(|moment| moment.utc(Tz::UTC));
    let word = |name| text(lines, name).trim().to_ascii_uppercase();
    Ok(Event {
        uid: Some(text(lines, "UID")).filter(|uid| !uid.is_empty()),
        instance,
        sequence: text(lines, "SEQUENCE").parse().unwrap_or_default(),
        status: match word("STATUS").as_str() {
            "CANCELLED" | "CANCELED" => Status::Cancelled,
            // Of a single time it need not be said again (section 3.2.5).
            _ if calendar.is("CANCEL") => Status::Cancelled,
            "TENTATIVE" => Status::Tentative,
            _ => Status::Confirmed,
        },
        summary: text(lines, "SUMMARY"),
        description: Some(text(lines, "DESCRIPTION"))
            .filter(|text| !text.is_empty())
            .unwrap_or_else(|| text(lines, "X-ALT-DESC")),
        location: text(lines, "LOCATION"),
        start,
        end,
        organizer: all(lines, "ORGANIZER").find_map(Attendee::read),
        attendees: all(lines, "ATTENDEE").filter_map(Attendee::read).collect(),
        attendee_count: all(lines, "ATTENDEE").count(),
        recurrence,
        is_transparent: matches!(word("TRANSP").as_str(), "TRANSPARENT" | "1"),
        class: match word("CLASS").as_str() {
            "" | "PUBLIC" => Class::Public,
            "CONFIDENTIAL" => Class::Confidential,
            _ => Class::Private,
        },
        modified: utc("LAST-MODIFIED"),
        stamped: utc("DTSTAMP"),
        calendar,
        notes,
    })
}

fn all<'a>(lines: &'a [ContentLine], name: &'a str) -> impl Iterator<Item = &'a ContentLine> {
    lines.iter().filter(move |line| line.name == name)
}

/// The text of the first such property that has one.
fn text(lines: &[ContentLine], name: &str) -> String {
    let texts = all(lines, name).map(|line| unescape(&line.value).trim().to_owned());
    texts.into_iter().find(|text| !text.is_empty()).unwrap_or_default()
}

/// Outlook writes whole days as times from midnight to midnight, and says so beside them.
fn is_whole_days(lines: &[ContentLine], start: Option<Moment>, end: Option<Moment>) -> bool {
    let is_said = text(lines, "X-MICROSOFT-CDO-ALLDAYEVENT").eq_ignore_ascii_case("TRUE");
    let is_midnight = |moment: &Moment| moment.wall.time() == chrono::NaiveTime::MIN;
    is_said && start.as_ref().is_some_and(is_midnight) && end.as_ref().is_none_or(is_midnight)
}

fn note_zones(lines: &[ContentLine], zones: &Zones, notes: &mut Vec<String>) {
    let mut unknown: Vec<String> = lines.iter().filter_map(tzid).filter(|name| zones.meant(name).is_none()).collect();
    unknown.sort_unstable();
    unknown.dedup();
    for name in unknown.iter().take(5) {
        let name: String = name.chars().take(60).collect();
        notes.push(format!("{ZONE}{name}{NOT_KNOWN}; its times are read as they stand."));
    }
}

/// The time zones of which notes say that they are not known.
pub fn unknown_zones(notes: &str) -> impl Iterator<Item = &str> {
    notes.split(ZONE).skip(1).filter_map(|rest| Some(rest.split_once(NOT_KNOWN)?.0))
}

fn end(lines: &[ContentLine], end: Option<Option<Moment>>, start: &Moment, notes: &mut Vec<String>) -> Option<Moment> {
    let of_length = |length| Some(Moment { wall: start.wall.checked_add_signed(length)?, clock: start.clock.clone() });
    let given = match end {
        Some(None) => {
            notes.push("Its DTEND is no date.".to_owned());
            None
        }
        Some(given) => given,
        None => all(lines, "DURATION").next().and_then(|line| match moment::duration(&line.value) {
            Some(length) => of_length(length),
            None => {
                notes.push("Its DURATION is none.".to_owned());
                None
            }
        }),
    };
    // Programs end a single day on that day, and forget the zone of an end.
    let given = given.filter(|end| !(start.is_day() && end == start)).map(|end| match end.clock {
        Clock::Floating if !start.is_day() => Moment { clock: start.clock.clone(), ..end },
        _ => end,
    });
    let is_before = |end: &Moment| end.utc(Tz::UTC) < start.utc(Tz::UTC);
    if given.as_ref().is_some_and(is_before) {
        notes.push("It ends before it begins; its end is left out.".to_owned());
        return None;
    }
    // One day, if nothing else is said (section 3.6.1).
    given.or_else(|| if start.is_day() { of_length(Duration::days(1)) } else { None })
}

fn recurrence(lines: &[ContentLine], zones: &Zones, start: &Moment, notes: &mut Vec<String>) -> Recurrence {
    let mut recurrence = Recurrence {
        rules: rules(lines, "RRULE", start, notes),
        except_rules: rules(lines, "EXRULE", start, notes),
        ..Recurrence::default()
    };
    for date in dates(lines, "RDATE", zones, notes) {
        recurrence.dates.insert(in_start(&date, start));
    }
    for date in dates(lines, "EXDATE", zones, notes) {
        if date.is_day() && !start.is_day() {
            recurrence.except_days.insert(date.wall.date());
        } else {
            recurrence.except.insert(in_start(&date, start));
        }
    }
    recurrence
}

/// A date by the clock of a start; a day, if the start is one.
pub(super) fn in_start(date: &Moment, start: &Moment) -> NaiveDateTime {
    if start.is_day() { date.wall.date().into() } else { date.wall_by(&start.clock) }
}

fn rules(lines: &[ContentLine], name: &str, start: &Moment, notes: &mut Vec<String>) -> Vec<Rule> {
    let mut rules = Vec::new();
    for line in all(lines, name).take(MAX_RULES) {
        let is_old = old_rule::is_old(&line.value);
        let text = if is_old { old_rule::translated(&line.value, start.wall) } else { Ok(line.value.clone()) };
        match text.and_then(|text| text.parse::<Rule>().map_err(|error| error.to_string())) {
            Ok(rule) if start.is_day() => rules.push(rule.of_days()),
            Ok(rule) => {
                rules.push(rule.with_local_until(|utc| Moment { wall: utc, clock: Clock::Utc }.wall_by(&start.clock)))
            }
            Err(error) => notes.push(format!("How it repeats can't be read. {error}")),
        }
    }
    rules
}

/// The dates of all such properties; of a PERIOD its start.
fn dates(lines: &[ContentLine], name: &str, zones: &Zones, notes: &mut Vec<String>) -> Vec<Moment> {
    let mut dates = Vec::new();
    let mut is_any_bad = false;
    for line in all(lines, name) {
        let zone = zone_of(line, zones);
        // vCalendar 1.0 parts them by semicolons.
        for text in split(&line.value, b',', MAX_DATES).into_iter().flat_map(|text| text.split(';')) {
            let text = text.split('/').next().unwrap_or_default();
            match moment::moment(text, zone.clone()) {
                Some(date) if dates.len() < MAX_DATES => dates.push(date),
                Some(_) => {}
                None => is_any_bad |= !text.trim().is_empty(),
            }
        }
    }
    if is_any_bad {
        notes.push(format!("Its {name} has something that is no date."));
    }
    dates
}
