//! A reminder as events: what goes by its rule, and each occurrence that was put off or edited alone.

use std::collections::{BTreeSet, HashMap};

use chrono::{NaiveDateTime, Timelike};
use uuid::Uuid;

use super::component::{Event, Text, Zone, local};
use super::queries::ReminderRow;
use crate::recurrence::{self, Rule, Until};
use crate::reminders::schedule::{Clock, Schedule};

/// Writes reminders, a series before what is apart from it.
pub(super) struct Reminders<'a> {
    clock: Clock,
    /// Where Kith is found.
    base: &'a str,
    /// Occurrences of series that were told and that are reminders of their own, with the clock of the series.
    apart: HashMap<(Uuid, NaiveDateTime), Zone>,
}

impl<'a> Reminders<'a> {
    pub fn new(clock: Clock, base: &'a str) -> Self {
        Self { clock, base, apart: HashMap::new() }
    }

    pub fn write(&mut self, out: &mut Text, row: &ReminderRow) {
        let clock = self.clock;
        let schedule = schedule(row, clock);
        let zone: Zone = (!schedule.is_day).then(|| schedule.zone(clock));
        let series = Schedule { except: BTreeSet::new(), ..schedule.clone() };
        let repeats = schedule.rule.is_some();
        // A rule that was changed meanwhile may not have it any more: other programs drop such a RECURRENCE-ID.
        let is_told = |at| repeats && series.occurrences(at, clock).next().is_some_and(|first| first.local == at);
        self.apart.extend(row.apart.iter().filter(|at| is_told(**at)).map(|at| ((row.id, *at), zone)));

        let about = row.display_name.as_ref().map(|name| format!("About {name}\n")).unwrap_or_default();
        let note = row.note.as_ref().map(|note| format!("{note}\n")).unwrap_or_default();
        let apart = row.apart_from.zip(row.apart_at).filter(|_| !repeats);
        let which = apart.and_then(|(series, at)| Some((series, (self.apart.remove(&(series, at))?, at))));
        let event = Event {
            uid: which.map_or(row.id, |(series, _)| series).to_string(),
            which: which.map(|(_, which)| which),
            changed_at: row.changed_at,
            summary: &row.title,
            says: &format!("{about}{note}"),
            url: &format!("{}/reminders/{}", self.base, row.id),
        };
        if repeats || row.put_off.is_empty() {
            by_rule(out, &event, &schedule, (clock, row.advance_days));
        }
        for (at, until) in row.put_off.iter().zip(&row.until) {
            out.begin(&match repeats {
                false => event.clone(),
                true if is_told(*at) => Event { which: Some((zone, *at)), ..event.clone() },
                true => Event { uid: format!("{}-{}", row.id, local(*at)), ..event.clone() },
            });
            out.moment("DTSTART", *until);
            out.alarm(0, &row.title);
            out.end();
        }
    }
}

/// Its schedule without what is open no more, or stood for by what was at another hour; what is open as a reminder of
/// its own stays, to be told by that.
fn schedule(row: &ReminderRow, clock: Clock) -> Schedule {
    let mut schedule = Schedule {
        starts_at: row.starts_at,
        is_day: row.is_day,
        zone: row.zone.as_ref().and_then(|zone| zone.parse().ok()),
        rule: row.recurrence_rule.as_ref().and_then(|rule| rule.parse().ok()),
        except: row.except.iter().filter(|at| !row.apart.contains(at)).copied().collect(),
    };
    let stood_for = schedule.stood_for(&row.standing.iter().copied().collect(), clock);
    schedule.except.extend(stood_for);
    schedule
}

/// What goes by its rule, from the first one that is open.
fn by_rule(out: &mut Text, event: &Event<'_>, schedule: &Schedule, (clock, advance): (Clock, Option<i16>)) {
    // To other programs a start counts that its rule does not have; and so what was done one by one need not be told.
    let Some(first) = schedule.occurrences(schedule.starts_at, clock).next() else { return };
    let schedule = schedule.from(first.local, clock);
    let zone: Zone = (!schedule.is_day).then(|| schedule.zone(clock));
    out.begin(event);
    out.wall("DTSTART", zone, [schedule.starts_at]);
    if let Some(rule) = rule(&schedule, clock) {
        out.line(&format!("RRULE:{rule}"));
        if !schedule.except.is_empty() {
            out.wall("EXDATE", zone, schedule.except);
        }
    }
    let hour = if schedule.is_day { i64::from(clock.hour.num_seconds_from_midnight() / 60) } else { 0 };
    out.alarm(hour, event.summary);
    if let Some(days) = advance {
        out.alarm(hour - i64::from(days) * 24 * 60, event.summary);
    }
    out.end();
}

/// The rule as the RFC wants it (section 3.3.10): COUNT or UNTIL, which is a day beside days, and in UTC beside a zone.
fn rule(schedule: &Schedule, clock: Clock) -> Option<Rule> {
    let zone = schedule.zone(clock);
    let rule = schedule.rule.clone()?.in_zone(&zone);
    let mut rule = if schedule.is_day { rule.of_days() } else { rule };
    if let (Some(count), Some(_)) = (rule.count, rule.until) {
        let endless = Rule { count: None, ..rule.clone() };
        let is_reached = endless.occurrences(schedule.starts_at).nth(count as usize).is_some();
        rule = if is_reached { Rule { until: None, ..rule } } else { endless };
    }
    if !schedule.is_day {
        let last = |until| match until {
            Until::Day(day) => day.and_hms_opt(23, 59, 59).unwrap_or_default(),
            Until::Local(last) | Until::Utc(last) => last,
        };
        rule.until = rule.until.map(|until| Until::Utc(recurrence::at(&zone, last(until)).naive_utc()));
    }
    Some(rule)
}
