//! An event as meetings, one for each time that it took place.

use std::borrow::Cow;
use std::collections::HashSet;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::families::{Asked, Ending, Time, Times};
use super::record::{Draft, Ended, Named, Revision, Which};
use super::revising::{self, said};
use crate::exchange::calendar::{Attendee, CalendarUser, Event, Participation, Status};
use crate::exchange::mail::html_to_text;
use crate::exchange::source_key::{hash, short};
use crate::interactions::model::{Interaction, When};
use crate::text::clean;
use crate::web::number::grouped;

/// Ids of events, whatever program kept them (RFC 5545 section 3.8.4.7).
const UID: &str = "ical";
/// What stands for the id of an event that has none.
const CONTENT: &str = "ical content";
/// The longest address.
const LONGEST: usize = 255;
/// The longest subject that an interaction has, and the longest summary.
const SUBJECT: usize = 500;
const SUMMARY: usize = 20_000;
/// Addresses of all times of an event together: each is a row.
const MOST_ADDRESSES: usize = 40_000;
/// Of each time at least so many.
const LEAST_ADDRESSES: usize = 10;
/// With what it begins that times are left out since there are so many.
pub(super) const CUT: &str = "It took place more than 5,000 times";
/// Names without an address that are told.
const NAMES: usize = 50;

/// What Google gives to calendars and rooms, behind which there is nobody.
const NOBODY: [&str; 3] =
    ["@group.calendar.google.com", "@resource.calendar.google.com", "@import.calendar.google.com"];

/// The meetings of an event, and what of it could not be taken as it stands. `whole` is as that of [`Said`](super::record::Said).
pub(super) fn meetings(event: &Event, times: &Times, whole: &str, asked: &Asked) -> (Vec<Draft>, Option<String>) {
    let mut notes: Vec<String> = event.notes.clone();
    let mut named = named(event, asked);
    if event.attendee_count > event.attendees.len() {
        let (kept, all) = (event.attendees.len(), grouped(event.attendee_count));
        notes.push(format!("Of its {all} attendees the first {kept} are kept."));
    }
    let most = (MOST_ADDRESSES / times.times.len().max(1)).max(LEAST_ADDRESSES);
    if named.len() > most {
        notes.push(format!("It took place so often that of its people the first {most} are kept."));
        named.truncate(most);
    }
    if let Some(cut) = times.cut {
        let more = if cut.is_more { "more than " } else { "" };
        let (count, until) = (grouped(cut.count), cut.until.format("%-d %B %Y"));
        notes.push(format!("{CUT}: the newest 5,000 are kept, and {more}{count} until {until} are left out."));
    }
    if times.is_start_out {
        notes.push("Its own rule does not have its start: that time is left out.".to_owned());
    }
    let (subject, summary) = (subject(event), summary(event));
    let revision = |when: When| {
        let texts = (subject.as_deref(), summary.as_deref());
        Some(Revision {
            series: Some(key(event.uid.as_deref()?)),
            said: said((calendar(event), newness(event), whole.to_owned()), texts, when, &named),
        })
    };
    let draft = |time: &Time| {
        let (namespace, external_id) = id(event, time.id.as_deref(), time.start);
        let when = when(time, asked.zone);
        Draft {
            interaction: Interaction {
                kind: "meeting".to_owned(),
                direction: Some("mutual".to_owned()),
                subject: subject.clone(),
                summary: summary.clone(),
                when,
                is_contact: true,
                people: Vec::new(),
                sentiment: None,
            },
            source: Cow::Owned(event.calendar.source.clone()),
            namespace: Cow::Borrowed(namespace),
            external_id,
            older_id: None,
            addresses: named.clone(),
            is_joint: false,
            thread: None,
            torn: None,
            revision: revision(when),
        }
    };
    (times.times.iter().map(draft).collect(), (!notes.is_empty()).then(|| notes.join(" ")))
}

fn when(time: &Time, zone: Tz) -> When {
    time.on.map_or_else(|| When::at(time.start), |day| When::of(day, None, zone))
}

/// Which times of the event's UID are no more.
pub(super) fn ended(event: &Event, ending: Ending, whole: &str) -> Option<Ended> {
    let id = |instance: Option<&str>| id(event, instance, DateTime::UNIX_EPOCH).1;
    let which = match ending {
        Ending::One(instance) => Which::One(id(Some(&instance))),
        Ending::AllBut(instances) => Which::AllBut(instances.iter().map(|one| id(one.as_deref())).collect()),
    };
    let is_all = match &which {
        Which::One(_) => true,
        Which::AllBut(those) => those.is_empty(),
    };
    let is_called_off = is_all && event.status == Status::Cancelled;
    let (calendar, revision, whole) = (calendar(event), newness(event), whole.to_owned());
    Some(Ended { calendar, revision, whole, series: key(event.uid.as_deref()?), which, is_called_off })
}

/// Which calendar it stands in, as far as that is told.
fn calendar(event: &Event) -> String {
    let calendar = &event.calendar;
    revising::hash(&format!("{}\u{1f}{}", calendar.name.as_deref().unwrap_or_default(), calendar.source))
}

/// SEQUENCE and LAST-MODIFIED (RFC 5545, sections 3.8.7.4 and 3.8.7.3), so that they compare as strings.
fn newness(event: &Event) -> String {
    let modified = event.modified.map(|at| at.format("%Y%m%dT%H%M%SZ").to_string());
    format!("{:019} {}", event.sequence.max(0), modified.unwrap_or_default())
}

/// UID and RECURRENCE-ID; of an event without UID what it says.
fn id(event: &Event, instance: Option<&str>, start: DateTime<Utc>) -> (&'static str, String) {
    let Some(uid) = &event.uid else {
        let start = start.to_rfc3339();
        let what = [&event.summary, &event.description, &event.location, &start].map(String::as_str);
        return (CONTENT, hash(&what.join("\u{1f}")));
    };
    (UID, key(&instance.map_or_else(|| uid.clone(), |instance| format!("{uid} {instance}"))))
}

fn key(id: &str) -> String {
    short(&clean::line(id))
}

fn subject(event: &Event) -> Option<String> {
    Some(clean::cut(&clean::line(&event.summary), SUBJECT).to_owned()).filter(|subject| !subject.is_empty())
}

fn summary(event: &Event) -> Option<String> {
    let is_html = ["<br", "</", "<p>"].iter().any(|tag| event.description.contains(tag));
    let description = if is_html { html_to_text(&event.description) } else { event.description.clone() };
    let location = clean::line(&event.location);
    let is_declined = |one: &&Attendee| one.participation == Participation::Declined;
    let parts = [
        clean::cut(&clean::lines(&description), SUMMARY).to_owned(),
        if location.is_empty() { location } else { format!("Where: {location}") },
        told("Also there", event.attendees.iter().filter(|one| one.email.is_none() && !is_declined(one))),
        told("Declined", event.attendees.iter().filter(is_declined)),
    ];
    let told: Vec<String> = parts.into_iter().filter(|part| !clean::is_blank(part)).collect();
    (!told.is_empty()).then(|| told.join("\n\n"))
}

fn told<'a>(what: &str, people: impl Iterator<Item = &'a Attendee>) -> String {
    let is_person = |one: &&Attendee| !matches!(one.user, CalendarUser::Room | CalendarUser::Resource);
    let names = people.filter(is_person).filter_map(|one| one.name.as_ref().or(one.email.as_ref()));
    let names: Vec<String> = names.take(NAMES).map(|name| clean::line(name)).collect();
    if names.is_empty() { String::new() } else { format!("{what}: {}", names.join(", ")) }
}

/// Who called it and who takes part, each once. Whoever declined was not there, and rooms meet nobody.
fn named(event: &Event, asked: &Asked) -> Vec<Named> {
    let coming = event.attendees.iter().filter(|one| {
        let is_thing = matches!(one.user, CalendarUser::Room | CalendarUser::Resource);
        !is_thing && one.participation != Participation::Declined
    });
    let declined: HashSet<&String> = event
        .attendees
        .iter()
        .filter(|one| one.participation == Participation::Declined)
        .filter_map(|one| one.email.as_ref())
        .collect();
    let caller = event.organizer.iter().map(|one| ("organizer", one));
    let mut seen = HashSet::new();
    let all = caller.chain(coming.map(|one| ("attendee", one))).filter_map(|(role, one)| {
        let address = one.email.as_ref()?;
        let is_somebody = address.len() <= LONGEST && !NOBODY.iter().any(|end| address.ends_with(end));
        (is_somebody && !declined.contains(address) && seen.insert(address)).then(|| Named {
            role,
            address: clean::line(address),
            name: one.name.as_deref().map(clean::line).unwrap_or_default(),
            is_own: asked.own.contains(address),
        })
    });
    all.collect()
}
