//! What really takes place: the events of one UID together (RFC 5545, sections 3.8.4.4 and 3.8.5).

use std::collections::HashMap;

use chrono::{DateTime, Datelike, Duration, NaiveDateTime, NaiveTime, Utc};
use chrono_tz::Tz;

use super::attendee::Participation;
use super::event::{Event, Status, in_start};
use super::moment::Clock;

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Window<'a> {
    /// Her time zone: days and floating times are hers.
    pub zone: Tz,
    /// What begins at this moment or later,
    pub from: DateTime<Utc>,
    /// and before this one.
    pub up_to: DateTime<Utc>,
    /// How many at most, the earliest.
    pub limit: usize,
    /// Her own addresses, in small letters: what she declined is left out.
    pub addresses: &'a [String],
}

/// One time that an event takes place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence<'a> {
    /// The event that says what it is like: the series, or the instance in its place.
    pub event: &'a Event,
    /// When the series has it, by the clock of the series: its name, wherever it was moved to.
    pub id: NaiveDateTime,
    /// That clock.
    pub clock: &'a Clock,
    /// When it begins.
    pub start: DateTime<Utc>,
    /// When it ends.
    pub end: DateTime<Utc>,
}

/// The occurrences of all events of one UID that begin in the window, in order. Cancelled and declined ones are out.
#[must_use]
pub fn occurrences<'a>(events: &'a [Event], window: &Window<'_>) -> Vec<Occurrence<'a>> {
    // Some programs name the first instance where they mean the whole series.
    let master = newest(events.iter().filter(|event| event.instance.is_none()))
        .or_else(|| newest(events.iter().filter(|event| !event.recurrence.rules.is_empty())));
    let mut found = Vec::new();
    let mut instances: HashMap<NaiveDateTime, &Event> = HashMap::new();
    let mut futures: Vec<(NaiveDateTime, &Event)> = Vec::new();
    for event in events {
        let is_master = master.is_some_and(|master| std::ptr::eq(master, event));
        let Some(instance) = event.instance.as_ref().filter(|_| !is_master) else { continue };
        let start = &master.unwrap_or(event).start;
        let id = in_start(&instance.moment, start);
        if instance.and_future {
            futures.push((id, event));
        } else {
            instances.entry(id).and_modify(|kept| *kept = newer(kept, event)).or_insert(event);
        }
    }
    if master.is_some_and(|master| master.status == Status::Cancelled) {
        return found;
    }
    if let Some(master) = master {
        futures.sort_by_key(|(id, event)| (*id, event.sequence, event.stamped));
        // Until the next one of them begins, each says what the series is like.
        let starts = std::iter::once((NaiveDateTime::MIN, master)).chain(futures.iter().copied());
        let ends = futures.iter().map(|(id, _)| *id).chain([NaiveDateTime::MAX]);
        for ((start, like), end) in starts.zip(ends) {
            series(master, like, (start, end), &instances, window, &mut found);
            if like.status == Status::Cancelled {
                break;
            }
        }
    } else {
        instances.extend(futures);
    }
    for (id, event) in instances {
        let start = event.start.utc(window.zone);
        if window.has(start) && window.takes_place(event) {
            let clock = &master.unwrap_or(event).start.clock;
            found.push(occurrence(event, (id, clock), start, window));
        }
    }
    found.sort_by_key(|occurrence| (occurrence.start, occurrence.id));
    found.truncate(window.limit);
    found
}

/// Adds the occurrences of the master between two of its own, moved and told as `like` says.
fn series<'a>(
    master: &'a Event,
    like: &'a Event,
    (first, end): (NaiveDateTime, NaiveDateTime),
    instances: &HashMap<NaiveDateTime, &Event>,
    window: &Window<'_>,
    found: &mut Vec<Occurrence<'a>>,
) {
    if !window.takes_place(like) || first >= end {
        return;
    }
    let (clock, zone) = (&like.start.clock, window.zone);
    let moved = if std::ptr::eq(master, like) { Duration::zero() } else { like.start.wall - first };
    // No two clocks are further apart than two days.
    let margin = Duration::days(2);
    let wall = |utc: DateTime<Utc>, margin: Duration| {
        // Further out no calendar goes, and clocks have no room to differ.
        let wall = Some(utc).filter(|utc| (1..=9999).contains(&utc.year())).map(|utc| clock.wall(utc, zone))?;
        wall.checked_add_signed(margin)?.checked_sub_signed(moved)
    };
    let from = wall(window.from, -margin).unwrap_or(NaiveDateTime::MIN).max(first);
    let up_to = wall(window.up_to, margin).unwrap_or(NaiveDateTime::MAX).min(end);
    let is_replaced = |id: &NaiveDateTime| {
        let is_day = |event: &&Event| event.instance.as_ref().is_some_and(|instance| instance.moment.is_day());
        let midnight = id.date().and_time(NaiveTime::MIN);
        instances.contains_key(id) || instances.get(&midnight).is_some_and(is_day)
    };
    let ids = master.recurrence.occurrences(master.start.wall, from).take_while(|id| *id < up_to);
    let mut taken = 0;
    for id in ids.filter(|id| !is_replaced(id)) {
        let Some(start) = id.checked_add_signed(moved).map(|wall| clock.utc(wall, zone)) else { continue };
        if window.has(start) {
            found.push(occurrence(like, (id, &master.start.clock), start, window));
            taken += 1;
        }
        if taken >= window.limit {
            break;
        }
    }
}

fn occurrence<'a>(
    event: &'a Event,
    (id, clock): (NaiveDateTime, &'a Clock),
    start: DateTime<Utc>,
    window: &Window<'_>,
) -> Occurrence<'a> {
    let length = event.length(window.zone);
    let end = if event.start.is_day() {
        // A day in spring has 23 hours.
        let wall = event.start.clock.wall(start, window.zone).checked_add_signed(length);
        wall.map(|wall| event.start.clock.utc(wall, window.zone))
    } else {
        start.checked_add_signed(length)
    };
    Occurrence { event, id, clock, start, end: end.unwrap_or(start) }
}

impl Window<'_> {
    fn has(&self, start: DateTime<Utc>) -> bool {
        (self.from..self.up_to).contains(&start)
    }

    fn takes_place(&self, event: &Event) -> bool {
        let is_hers = |email: &String| self.addresses.contains(email);
        let declined = event.attendees.iter().any(|attendee| {
            attendee.participation == Participation::Declined && attendee.email.as_ref().is_some_and(is_hers)
        });
        event.status != Status::Cancelled && !declined
    }
}

/// Of events that say the same, the newest; of equals the later.
fn newest<'a>(events: impl Iterator<Item = &'a Event>) -> Option<&'a Event> {
    events.reduce(newer)
}

fn newer<'a>(one: &'a Event, other: &'a Event) -> &'a Event {
    let age = |event: &Event| (event.sequence, event.stamped);
    if age(other) >= age(one) { other } else { one }
}
