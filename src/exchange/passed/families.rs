//! When events took place: each by itself, and those of one UID together, since each of these leaves times to the others
//! (RFC 5545, section 3.8.4.4).

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::io::{self, BufRead};

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use chrono_tz::Tz;

use crate::exchange::calendar::{
    Attendee, Clock, Event, Occurrence, Participation, Reader, Status, Window, occurrences,
};

/// As often one UID takes place at most: every day for thirteen years. Of what takes place more often the newest are kept.
const MOST_TIMES: usize = 5_000;
/// As many times are counted at most.
const MOST_COUNTED: usize = 100_000;
/// Events that are kept together at once; those behind them stand on their own.
const MOST_TOGETHER: usize = 100_000;

/// Of what it is asked when it takes place.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// Her addresses, in lower case: what she declined is left out.
    pub own: Vec<String>,
    /// Her zone: days and floating times are hers.
    pub zone: Tz,
    /// What begins later is still to come.
    pub now: DateTime<Utc>,
}

/// A time that an event took place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Time {
    /// Which of its series, as a RECURRENCE-ID says it; none of what does not repeat.
    pub id: Option<String>,
    pub start: DateTime<Utc>,
    /// The day, if it is a whole one.
    pub on: Option<NaiveDate>,
}

/// When an event took place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Times {
    pub times: Vec<Time>,
    /// Those before them, where there were more than are kept.
    pub cut: Option<Cut>,
    /// Whether the start of the series is none of its own rule, and so left out.
    pub is_start_out: bool,
}

/// Times that are left out since there are so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cut {
    /// How many.
    pub count: usize,
    /// Whether there are even more of them.
    pub is_more: bool,
    /// The day of the last one.
    pub until: NaiveDate,
}

/// What a file says of an event.
#[derive(Debug, Clone)]
pub(super) struct Told {
    /// When it took place, or why it never did.
    pub times: Result<Times, &'static str>,
    /// Which times of its UID are no more, if it is what tells that.
    pub ended: Option<Ending>,
    /// Of which version its series is: the greater is the newer, in the order of strings; empty where the series stands nowhere.
    pub whole: String,
}

/// Times by their ids, as [`Time::id`].
#[derive(Debug, Clone)]
pub(super) enum Ending {
    /// All but these.
    AllBut(Vec<Option<String>>),
    /// This one.
    One(String),
}

/// The events of a file that share their UID.
pub(super) struct Families {
    hasher: RandomState,
    together: HashMap<u64, Family>,
    /// How many records the file has.
    pub total: u64,
}

enum Family {
    /// By the places of their records, without what does not tell when they are.
    Open(Vec<(u64, Event)>),
    Settled(HashMap<u64, Told>),
}

impl Families {
    /// Reads a file twice: for the UIDs that stand in it more than once, and for their events. What of it is in memory at
    /// once has no texts.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn of<R: BufRead>(open: impl Fn() -> io::Result<R>, asked: &Asked) -> io::Result<Self> {
        let mut families = Self { hasher: RandomState::new(), together: HashMap::new(), total: 0 };
        let mut counts: HashMap<u64, bool> = HashMap::new();
        for record in Reader::new(open()?) {
            families.total += 1;
            if let Some(uid) = record?.outcome.ok().filter(Event::is_said).and_then(|event| event.uid) {
                counts.entry(families.hasher.hash_one(&uid)).and_modify(|is_shared| *is_shared = true).or_insert(false);
            }
        }
        counts.retain(|_, is_shared| *is_shared);
        if counts.is_empty() {
            return Ok(families);
        }
        let mut kept = 0;
        for (place, record) in (0..).zip(Reader::new(open()?)) {
            let Some(event) = record?.outcome.ok().filter(Event::is_said) else { continue };
            let key =
                event.uid.as_ref().map(|uid| families.hasher.hash_one(uid)).filter(|key| counts.contains_key(key));
            let Some(key) = key.filter(|_| kept < MOST_TOGETHER) else { continue };
            kept += 1;
            let family = families.together.entry(key).or_insert_with(|| Family::Open(Vec::new()));
            if let Family::Open(events) = family {
                events.push((place, bare(event, asked)));
            }
        }
        Ok(families)
    }

    /// What the file says of the event at this place of it.
    pub fn told(&mut self, place: u64, event: &Event, asked: &Asked) -> Told {
        let key = event.uid.as_ref().map(|uid| self.hasher.hash_one(uid));
        let Some(family) = key.and_then(|key| self.together.get_mut(&key)) else { return alone(event, asked) };
        if let Family::Open(events) = family {
            let (places, events): (Vec<u64>, Vec<Event>) = std::mem::take(events).into_iter().unzip();
            *family = Family::Settled(places.into_iter().zip(settled(&events, asked)).collect());
        }
        let told = if let Family::Settled(told) = family { told.remove(&place) } else { None };
        told.unwrap_or_else(|| alone(event, asked))
    }
}

fn alone(event: &Event, asked: &Asked) -> Told {
    let told = settled(std::slice::from_ref(event), asked).pop();
    told.unwrap_or_else(|| Told { times: Ok(Times::default()), ended: None, whole: String::new() })
}

/// What tells when an event is.
fn bare(event: Event, asked: &Asked) -> Event {
    let is_told = |attendee: &Attendee| is_hers_and_declined(attendee, asked);
    Event {
        summary: String::new(),
        description: String::new(),
        location: String::new(),
        organizer: None,
        attendees: event.attendees.into_iter().filter(is_told).take(1).collect(),
        notes: Vec::new(),
        ..event
    }
}

fn is_hers_and_declined(attendee: &Attendee, asked: &Asked) -> bool {
    let is_hers = attendee.email.as_ref().is_some_and(|email| asked.own.contains(email));
    is_hers && attendee.participation == Participation::Declined
}

/// What is said of each of the events of one UID.
fn settled(events: &[Event], asked: &Asked) -> Vec<Told> {
    let (found, cut) = found(events, asked);
    let places: HashMap<*const Event, usize> =
        events.iter().enumerate().map(|(index, event)| (std::ptr::from_ref(event), index)).collect();
    let mut times: Vec<Vec<Time>> = vec![Vec::new(); events.len()];
    for occurrence in &found {
        if let Some(index) = places.get(&std::ptr::from_ref(occurrence.event)) {
            times[*index].push(time(occurrence, asked.zone));
        }
    }
    let has_series = events.iter().any(|event| event.instance.is_none());
    let whole = events.iter().filter(|event| event.instance.is_none()).map(version).max().unwrap_or_default();
    let is_over = events.iter().any(|event| event.instance.is_none() && event.status == Status::Cancelled);
    let is_start_out = |event: &Event| {
        let start = event.start.wall;
        event.instance.is_none() && event.recurrence.leaves_out(start) && !found.iter().any(|one| one.id == start)
    };
    let told = times.into_iter().zip(events).map(|(times, event)| {
        let times = if times.is_empty() {
            Err(why_never(event, events.len() > 1, is_over, asked))
        } else {
            Ok(Times { times, cut, is_start_out: is_start_out(event) })
        };
        let ended = if cut.is_some() { None } else { ending(event, &found, has_series, asked) };
        Told { times, ended, whole: whole.clone() }
    });
    told.collect()
}

/// SEQUENCE, then LAST-MODIFIED and DTSTAMP, so that they compare as strings.
fn version(event: &Event) -> String {
    let [modified, stamped] = [event.modified, event.stamped]
        .map(|at| at.map(|at| at.format("%Y%m%dT%H%M%SZ").to_string()).unwrap_or_default());
    format!("{:019} {modified} {stamped}", event.sequence.max(0))
}

/// The event that says when the others are speaks for all of them, an instance without it for itself, unless a newer version of that stands.
fn ending(event: &Event, found: &[Occurrence<'_>], has_series: bool, asked: &Asked) -> Option<Ending> {
    let own = event.instance.as_ref().map(|one| id(&one.moment.clock, one.moment.wall, asked.zone));
    let stands = |one: &Occurrence<'_>| std::ptr::eq(one.event, event) || time(one, asked.zone).id == own;
    match &own {
        None => {
            let ids = found.iter().map(|occurrence| time(occurrence, asked.zone).id);
            Some(Ending::AllBut(ids.collect()))
        }
        Some(_) if has_series || found.iter().any(stands) => None,
        Some(own) => Some(Ending::One(own.clone())),
    }
}

/// When it took place: all times, or the newest so many.
fn found<'a>(events: &'a [Event], asked: &Asked) -> (Vec<Occurrence<'a>>, Option<Cut>) {
    let second = chrono::Duration::seconds(1);
    let since = |from, limit| {
        // What begins at this very moment has begun.
        let window = Window { zone: asked.zone, from, up_to: asked.now + second, limit, addresses: &asked.own };
        occurrences(events, &window)
    };
    let mut all = since(first(), MOST_TIMES + 1);
    if all.len() <= MOST_TIMES {
        return (all, None);
    }
    // A moment from which on there is one more than is kept, or if several are at once as few more as there are.
    let (mut from, mut too_late) = (first(), asked.now + second);
    while too_late - from > second {
        let middle = from + (too_late - from) / 2;
        let count = since(middle, MOST_TIMES + 2).len();
        if count <= MOST_TIMES {
            too_late = middle;
            continue;
        }
        from = middle;
        if count == MOST_TIMES + 1 {
            break;
        }
    }
    all = since(from, 2 * MOST_TIMES);
    let kept = all.split_off(all.len().saturating_sub(MOST_TIMES));
    let until = all.last().map_or_else(first, |last| last.start).with_timezone(&asked.zone).date_naive();
    let count = since(first(), MOST_TIMES + MOST_COUNTED + 1).len() - kept.len();
    (kept, Some(Cut { count: count.min(MOST_COUNTED), is_more: count > MOST_COUNTED, until }))
}

/// Before it nobody alive met anybody; programs put the birthdays of which they know no year into 1604.
fn first() -> DateTime<Utc> {
    NaiveDate::from_ymd_opt(1900, 1, 1)
        .map_or(DateTime::UNIX_EPOCH, |day| day.and_time(chrono::NaiveTime::MIN).and_utc())
}

fn why_never(event: &Event, has_others: bool, is_over: bool, asked: &Asked) -> &'static str {
    let start = event.start.utc(asked.zone);
    match () {
        () if event.status == Status::Cancelled => "It was cancelled.",
        () if event.attendees.iter().any(|one| is_hers_and_declined(one, asked)) => "You declined it.",
        () if is_over => "The series that it belongs to was cancelled.",
        () if start > asked.now => "It is still to come.",
        () if start < first() && !event.repeats() => "It is of a time before 1900.",
        () if has_others && !event.repeats() => "Another version of it in this file stands in its place.",
        () if event.recurrence.leaves_out(event.start.wall) => {
            "Its own rule does not have its start, which is left out, and none of its other times took place."
        }
        () => "It never took place: each of its times is left out.",
    }
}

fn time(occurrence: &Occurrence<'_>, zone: Tz) -> Time {
    let event = occurrence.event;
    let is_one_of_many = event.repeats() || event.instance.is_some();
    Time {
        id: is_one_of_many.then(|| id(occurrence.clock, occurrence.id, zone)),
        start: occurrence.start,
        on: event.start.is_day().then(|| occurrence.start.with_timezone(&zone).date_naive()),
    }
}

fn id(clock: &Clock, wall: NaiveDateTime, zone: Tz) -> String {
    match clock {
        Clock::Day => wall.format("%Y%m%d").to_string(),
        Clock::Floating => wall.format("%Y%m%dT%H%M%S").to_string(),
        // The same moment in another zone is the same instance.
        clock => clock.utc(wall, zone).format("%Y%m%dT%H%M%SZ").to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(events: &str) -> Vec<Result<Vec<String>, &'static str>> {
        let file = format!("BEGIN:VCALENDAR\n{events}END:VCALENDAR\n");
        let now = "2026-04-01T12:00:00Z".parse().unwrap();
        let asked = Asked { own: vec!["ada@x.example".to_owned()], zone: Tz::Europe__Berlin, now };
        let mut families = Families::of(|| Ok(file.as_bytes()), &asked).unwrap();
        let records = (0..).zip(Reader::new(file.as_bytes())).map(|(place, record)| {
            let event = record.unwrap().outcome.unwrap();
            let say = |time: &Time| {
                let start = time.on.map_or_else(|| time.start.format("%m-%d %H:%M").to_string(), |on| on.to_string());
                format!("{start} {}", time.id.as_deref().unwrap_or("-"))
            };
            families.told(place, &event, &asked).times.map(|times| times.times.iter().map(say).collect())
        });
        records.collect()
    }

    fn event(uid: &str, lines: &str) -> String {
        format!("BEGIN:VEVENT\nUID:{uid}\n{}\nEND:VEVENT\n", lines.replace('|', "\n"))
    }

    #[test]
    fn a_series_leaves_to_its_instances_what_they_moved_wherever_they_stand() {
        let series = event("w", "DTSTART;TZID=Europe/Berlin:20260310T090000|RRULE:FREQ=WEEKLY");
        let moved = event("w", "RECURRENCE-ID:20260317T080000Z|DTSTART:20260318T100000Z");
        let off =
            event("w", "RECURRENCE-ID;TZID=Europe/Berlin:20260324T090000|DTSTART:20260324T080000Z|STATUS:CANCELLED");
        let other = event("x", "DTSTART:20260401T120000Z");
        let series_times = ["03-10 08:00 20260310T080000Z", "03-31 07:00 20260331T070000Z"].map(str::to_owned).to_vec();
        let moved_times = vec!["03-18 10:00 20260317T080000Z".to_owned()];
        let expected =
            [Ok(series_times), Ok(moved_times), Err("It was cancelled."), Ok(vec!["04-01 12:00 -".to_owned()])];
        assert_eq!(told(&[&*series, &moved, &off, &other].concat()), expected);
        let turned = [&expected[2], &expected[1], &expected[3], &expected[0]].map(Clone::clone);
        assert_eq!(told(&[&*off, &moved, &other, &series].concat()), turned);
    }

    #[test]
    fn what_never_took_place_is_left_out_for_a_reason() {
        let declined = "ATTENDEE;PARTSTAT=DECLINED:mailto:Ada@x.example";
        let events = [
            event("a", "DTSTART:20260402T120000Z"),
            event("b", &format!("DTSTART:20260302T120000Z|{declined}")),
            event("c", "DTSTART:20260302T120000Z|STATUS:CANCELLED|RRULE:FREQ=DAILY"),
            event("c", "RECURRENCE-ID:20260303T120000Z|DTSTART:20260303T120000Z|STATUS:CANCELLED"),
            event("d", "DTSTART:20260302T120000Z|SEQUENCE:2"),
            event("d", "DTSTART:20260303T120000Z|SEQUENCE:1"),
            event("e", "DTSTART:18260302T120000Z"),
            event("f", "DTSTART;VALUE=DATE:20260302|RRULE:FREQ=DAILY;COUNT=1|EXDATE;VALUE=DATE:20260302"),
            event("g", "DTSTART;VALUE=DATE:20260401"),
            // A Monday.
            event("h", "DTSTART:20260330T120000Z|RRULE:FREQ=WEEKLY;BYDAY=TH;COUNT=3"),
        ];
        let expected = [
            Err("It is still to come."),
            Err("You declined it."),
            Err("It was cancelled."),
            Err("It was cancelled."),
            Ok(vec!["03-02 12:00 -".to_owned()]),
            Err("Another version of it in this file stands in its place."),
            Err("It is of a time before 1900."),
            Err("It never took place: each of its times is left out."),
            Ok(vec!["2026-04-01 -".to_owned()]),
            Err("Its own rule does not have its start, which is left out, and none of its other times took place."),
        ];
        assert_eq!(told(&events.concat()), expected);
    }

    #[test]
    fn a_start_beside_its_own_rule_is_told_unless_something_stands_for_it() {
        let asked = Asked { own: Vec::new(), zone: Tz::UTC, now: "2026-04-01T12:00:00Z".parse().unwrap() };
        // The 2nd of March 2026 is a Monday.
        let tuesdays = event("a", "DTSTART:20260302T120000Z|RRULE:FREQ=WEEKLY;BYDAY=TU");
        let is_start_out = |file: &str| {
            let events: Vec<Event> = Reader::new(file.as_bytes()).map(|one| one.unwrap().outcome.unwrap()).collect();
            settled(&events, &asked)[0].times.as_ref().unwrap().is_start_out
        };
        assert!(is_start_out(&tuesdays));
        assert!(!is_start_out(&tuesdays.replace("BYDAY=TU", "BYDAY=MO")));
        let instance = event("a", "RECURRENCE-ID:20260302T120000Z|DTSTART:20260302T140000Z");
        assert!(!is_start_out(&[tuesdays, instance].concat()));
    }

    #[test]
    fn of_what_takes_place_all_the_time_the_newest_are_kept() {
        let now: DateTime<Utc> = "2026-04-01T12:00:00Z".parse().unwrap();
        let asked = Asked { own: Vec::new(), zone: Tz::UTC, now };
        for (rule, last, cut) in [
            ("FREQ=DAILY", "2026-04-01T12:00:00Z", (15_545, false, "2012-07-23")),
            ("FREQ=SECONDLY", "2026-04-01T12:00:00Z", (100_000, true, "2026-04-01")),
            ("FREQ=HOURLY;UNTIL=19801231T120000Z", "1980-12-31T12:00:00Z", (91_409, false, "1980-06-06")),
        ] {
            let file = event("a", &format!("DTSTART:19700101T120000Z|RRULE:{rule}"));
            let event = Reader::new(file.as_bytes()).next().unwrap().unwrap().outcome.unwrap();
            let times = alone(&event, &asked).times.unwrap();
            assert_eq!(times.times.len(), MOST_TIMES);
            let (count, is_more, until) = cut;
            assert_eq!(times.cut, Some(Cut { count, is_more, until: until.parse().unwrap() }), "{rule}");
            assert_eq!(times.times.last().unwrap().start, last.parse::<DateTime<Utc>>().unwrap());
        }
    }
}
