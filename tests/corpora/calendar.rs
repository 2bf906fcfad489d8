//! Calendars of real programs, valid and broken. What is expected comes from a counter that shares nothing with the
//! reader: it knows lines, what continues one, and names before `:` or `;`.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;
use kith::exchange::calendar::{Clock, Event, Occurrence, Reader, Record, Window, Zone, occurrences};
use kith::recurrence::at;

/// What the counter saw between a BEGIN:VEVENT and its END.
#[derive(Debug, Default)]
struct Counted {
    line: u64,
    /// Names and values of properties, in order; those of components inside are left out.
    properties: Vec<(String, String)>,
    /// Ended in order, whatever began inside.
    has_end: bool,
}

impl Counted {
    fn values(&self, name: &str) -> Vec<&str> {
        self.properties.iter().filter(|(property, _)| property == name).map(|(_, value)| value.as_str()).collect()
    }

    fn is_well_formed(&self) -> bool {
        let start = self.values("DTSTART");
        let is_date = |text: &str| {
            let bytes = text.trim_end_matches('Z').as_bytes();
            matches!(bytes.len(), 8 | 15)
                && bytes.iter().enumerate().all(|(at, byte)| (at == 8) ^ byte.is_ascii_digit())
        };
        self.has_end && start.len() == 1 && is_date(start[0])
    }
}

/// The events of a file, counted; each byte is a character, since only ASCII is looked at.
fn counted(bytes: &[u8]) -> Vec<Counted> {
    let text: String = bytes.iter().map(|byte| char::from(*byte)).filter(|c| *c != '\0').collect();
    let text = text.replace("\r\r\n", "\n").replace("\r\n", "\n").replace('\r', "\n");
    let mut events: Vec<Counted> = Vec::new();
    let mut inside: Vec<String> = Vec::new();
    let mut lines = (1..).zip(text.split('\n')).peekable();
    while let Some((number, first)) = lines.next() {
        let mut line = first.to_owned();
        while let Some((_, next)) = lines.next_if(|(_, next)| next.starts_with([' ', '\t'])) {
            line.push_str(&next[1..]);
        }
        let upper = first.trim().trim_start_matches("ï»¿").to_uppercase();
        if let Some(name) = upper.strip_prefix("BEGIN:") {
            if name == "VEVENT" {
                events.push(Counted { line: number, ..Counted::default() });
                inside.clear();
            }
            inside.push(name.to_owned());
        } else if let Some(name) = upper.strip_prefix("END:") {
            let is_last = inside.pop().as_deref() == Some(name);
            if name == "VEVENT"
                && is_last
                && let Some(event) = events.last_mut()
            {
                event.has_end = true;
            }
        } else if inside == ["VEVENT"]
            && let (Some(event), Some(end)) = (events.last_mut(), line.find([':', ';']))
        {
            let value = colon(&line).map_or("", |colon| &line[colon + 1..]);
            event.properties.push((line[..end].to_uppercase(), value.trim().to_owned()));
        }
    }
    events
}

/// The first colon that stands in no quotes.
fn colon(line: &str) -> Option<usize> {
    let mut is_quoted = false;
    line.char_indices()
        .find(|(_, c)| {
            is_quoted ^= *c == '"';
            *c == ':' && !is_quoted
        })
        .map(|(at, _)| at)
}

fn records(path: &Path) -> (Vec<u8>, Vec<Record>) {
    let bytes = std::fs::read(path).unwrap();
    let begin = Instant::now();
    let records = Reader::new(bytes.as_slice()).map(Result::unwrap).collect();
    assert!(begin.elapsed() < Duration::from_secs(5), "{} took {:?}", path.display(), begin.elapsed());
    (bytes, records)
}

fn calendars() -> Vec<std::path::PathBuf> {
    let of = |corpus| crate::files(corpus).unwrap_or_default();
    let all = of("icalendar").into_iter().chain(of("icalendar_recurrence_pairs"));
    all.filter(|path| path.extension().is_some_and(|extension| extension == "ics")).collect()
}

#[test]
fn every_event_is_read_or_reported_on_its_line_and_no_other_is() {
    let (mut files, mut read) = (0, 0);
    let mut reasons = BTreeMap::<String, usize>::new();
    for path in calendars() {
        files += 1;
        let (bytes, records) = records(&path);
        let counted = counted(&bytes);
        for event in &counted {
            let is_there = records.iter().filter(|record| record.line == event.line).count() == 1;
            assert!(is_there, "{}:{} is no record", path.display(), event.line);
        }
        let begins = records.iter().filter(|record| counted.iter().any(|event| event.line == record.line));
        assert_eq!(begins.count(), counted.len(), "{}", path.display());
        for record in &records {
            match &record.outcome {
                Ok(_) => read += 1,
                Err(reason) => {
                    *reasons.entry(reason.clone()).or_default() += 1;
                    assert!(reason.ends_with('.'), "{reason}");
                }
            }
        }
    }
    println!("{files} files: {read} events read, reported: {reasons:?}");
}

#[test]
fn at_most_two_percent_of_the_well_formed_events_are_unreadable_and_they_have_what_was_counted() {
    let (mut all, mut unreadable, mut noted) = (0, 0, 0);
    for path in calendars() {
        let (bytes, records) = records(&path);
        for counted in counted(&bytes).iter().filter(|counted| counted.is_well_formed()) {
            all += 1;
            let record = records.iter().find(|record| record.line == counted.line).unwrap();
            let place = format!("{}:{}", path.display(), counted.line);
            let Ok(event) = &record.outcome else {
                unreadable += 1;
                println!("{place}: {:?}", record.outcome);
                continue;
            };
            noted += usize::from(!event.notes.is_empty());
            for note in &event.notes {
                println!("{place}: {note}");
            }
            let start = event.start.wall.format("%Y%m%dT%H%M%S").to_string();
            let digits = counted.values("DTSTART")[0].trim_end_matches('Z').to_owned();
            assert!(start.starts_with(&digits) || digits.ends_with("60"), "{place}: {start} for {digits}");
            assert_eq!(event.attendee_count, counted.values("ATTENDEE").len(), "{place}: attendees");
            let has = |name| counted.values(name).iter().any(|value| !value.is_empty());
            assert_eq!(has("UID"), event.uid.is_some(), "{place}: UID");
            assert!(
                !has("SUMMARY") || !event.summary.is_empty() || counted.values("SUMMARY")[0].len() < 3,
                "{place}: SUMMARY"
            );
            let rules =
                event.recurrence.rules.len() + event.notes.iter().filter(|note| note.starts_with("How it")).count();
            let counted_rules = counted.values("RRULE").len() + counted.values("EXRULE").len();
            assert_eq!(rules + event.recurrence.except_rules.len(), counted_rules.min(10), "{place}: rules");
        }
    }
    println!("{all} well-formed events: {unreadable} unreadable, {noted} with a note");
    assert!(unreadable * 50 <= all, "{unreadable} of {all} are unreadable");
}

fn far(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn all_occurrences(events: &[Event], limit: usize) -> Vec<Occurrence<'_>> {
    let (from, up_to) = (far("0001-01-01T00:00:00Z"), far("9999-01-01T00:00:00Z"));
    occurrences(events, &Window { zone: Tz::UTC, from, up_to, limit, addresses: &[] })
}

#[test]
fn no_event_takes_long_to_expand() {
    for path in calendars() {
        let (_, records) = records(&path);
        for event in records.into_iter().filter_map(|record| record.outcome.ok()) {
            let begin = Instant::now();
            let all = all_occurrences(std::slice::from_ref(&event), 1_000);
            assert!(all.is_sorted_by_key(|occurrence| occurrence.start));
            assert!(begin.elapsed() < Duration::from_secs(5), "{}: {event:?}", path.display());
        }
    }
}

/// A line of KDE's references: what the clock shows, and when that is.
fn reference(line: &str) -> (NaiveDateTime, DateTime<Utc>) {
    let mut words = line.split_whitespace();
    let wall: NaiveDateTime = words.next().unwrap().parse().unwrap();
    let zone = words.last().unwrap();
    if let Some(offset) = zone.strip_prefix("UTC").filter(|offset| !offset.is_empty()) {
        return (wall, DateTime::parse_from_rfc3339(&format!("{wall:?}{offset}")).unwrap().to_utc());
    }
    (wall, at(&zone.parse::<Tz>().unwrap_or(Tz::UTC), wall))
}

/// In what KDE differs from the RFC, or decides otherwise what the RFC leaves open.
fn compared(series: &Event, ours: &[DateTime<Utc>], theirs: &[(NaiveDateTime, DateTime<Utc>)]) -> Option<&'static str> {
    let start = series.start.utc(Tz::UTC);
    // What does not match its rule is an occurrence there; whether it counts, the RFC does not say.
    let is_start_added = ours.first() != Some(&start) && theirs.first().is_some_and(|(_, first)| *first == start);
    let theirs = if is_start_added { &theirs[1..] } else { theirs };
    let is_as_long = ours.len() == theirs.len() || (is_start_added && ours.len().abs_diff(theirs.len()) == 1);
    let is_equal = is_as_long && ours.iter().zip(theirs).all(|(ours, theirs)| *ours == theirs.1);
    // A VTIMEZONE is there the offset that it has at the start, where the RFC has it change.
    let clock = &series.start.clock;
    let is_equal_by_wall = is_as_long
        && matches!(clock, Clock::Zone(Zone::OfFile(_)))
        && ours.iter().zip(theirs).all(|(ours, theirs)| clock.wall(*ours, Tz::UTC) == theirs.0);
    match (is_equal, is_equal_by_wall) {
        (true, _) if is_start_added => Some("equal but for a start that does not match its rule"),
        (true, _) => Some("equal"),
        (_, true) if is_start_added => Some("equal by the wall clock but for a start that does not match its rule"),
        (_, true) => Some("equal by the wall clock of a zone of the file, which has one offset there"),
        _ => None,
    }
}

#[test]
fn series_have_the_occurrences_that_kde_has() {
    let mut counts = BTreeMap::<&str, usize>::new();
    let mut wrong = Vec::new();
    for path in crate::files("icalendar_recurrence_pairs").unwrap_or_default() {
        let beside = path.with_extension("ics.next.ref");
        if path.extension().is_none_or(|extension| extension != "ics") || !beside.exists() {
            continue;
        }
        let theirs = std::fs::read_to_string(beside).unwrap();
        let theirs: Vec<_> = theirs.lines().filter(|line| !line.is_empty()).map(reference).collect();
        let (_, records) = records(&path);
        let events: Vec<Event> = records.into_iter().filter_map(|record| record.outcome.ok()).collect();
        let ours: Vec<_> =
            all_occurrences(&events, theirs.len() + 1).iter().map(|occurrence| occurrence.start).collect();
        // They end at a round number where the series goes on.
        let is_cut = theirs.len() >= 20 && theirs.len() % 10 == 0 && ours.len() > theirs.len();
        let ours = if is_cut { &ours[..theirs.len()] } else { &ours };
        let difference = compared(&events[0], ours, &theirs);
        *counts.entry(difference.unwrap_or("wrong")).or_default() += 1;
        if difference.is_none() {
            let same = ours.iter().zip(&theirs).take_while(|(ours, theirs)| **ours == theirs.1).count();
            let rule = events[0].recurrence.rules.first().map(ToString::to_string);
            let (start, path) = (events[0].start.wall, path.display());
            let (next, expected) = (ours.get(same), theirs.get(same));
            wrong.push(format!("{path}: {rule:?} from {start}: after {same} {next:?} and not {expected:?}"));
        }
    }
    println!("{counts:?}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
