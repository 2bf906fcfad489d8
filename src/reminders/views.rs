//! Reminders as pages show them.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Timelike, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use super::model::Reminder;
use super::queries::{Done, Passed, Row, Stored};
use super::schedule::{Clock, Occurrence, Schedule};
use crate::dates::{DateStyle, Here};
use crate::db::CurrentUser;
use crate::interactions::queries::Companion;
use crate::recurrence::{Frequency, Rule, sentence};
use crate::web::avatar::Avatar;
use crate::web::dates::span;
use crate::web::page::is_local;

/// Dates that are shown before a reminder is saved.
const SHOWN: usize = 5;

/// A reminder's page.
#[must_use]
pub fn url(id: Uuid) -> String {
    format!("/reminders/{id}")
}

/// When something is due, as pages show it.
pub struct DueView {
    /// For `<time datetime>`.
    pub machine: String,
    /// `3 December 2026, 09:00`.
    pub exact: String,
    /// `tomorrow, 09:00`, `3 d late`.
    pub shown: String,
    /// `overdue`, `soon` or nothing.
    pub state: &'static str,
}

impl DueView {
    /// Of a moment where she is; of a day alone no hour is told.
    #[must_use]
    pub fn new(at: DateTime<Utc>, has_hour: bool, here: Here) -> Self {
        let (local, style, today) = (at.with_timezone(&here.zone), here.style, here.today);
        let day = local.date_naive();
        let hour = hour_behind(local, has_hour, style);
        let is_over = if has_hour { at < here.now } else { day < today };
        let shown = match (day - today).num_days() {
            days @ ..=-1 => format!("{} late", span(-days)),
            0 if is_over => format!("since {}", style.hour(local)),
            days => match style.near(days) {
                Some(near) => format!("{near}{hour}"),
                None => format!("{}{hour}", style.short_with_weekday(day, today)),
            },
        };
        Self {
            machine: if has_hour { local.to_rfc3339() } else { day.to_string() },
            exact: if has_hour { here.moment(at) } else { style.exact(day) },
            shown,
            state: match (day - today).num_days() {
                _ if is_over => "overdue",
                0 => "soon",
                _ => "",
            },
        }
    }
}

/// `, 09:00`, where there is an hour.
fn hour_behind(local: impl Timelike, has_hour: bool, style: DateStyle) -> String {
    if has_hour { format!(", {}", style.hour(local)) } else { String::new() }
}

/// `Thursday, 3 December 2026, 09:00`.
fn long(local: NaiveDateTime, has_hour: bool, style: DateStyle) -> String {
    format!("{}{}", style.long(local.date()), hour_behind(local, has_hour, style))
}

/// A wall clock as forms and addresses say it.
#[must_use]
pub fn written(local: NaiveDateTime) -> String {
    local.format("%Y-%m-%dT%H:%M:%S").to_string()
}

/// What [`written`] wrote.
#[must_use]
pub fn read(text: &str) -> Option<NaiveDateTime> {
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S").ok()?;
    (1..=9999).contains(&local.year()).then_some(local)
}

/// A rule in words; one that is none is left out.
fn often(rule: Option<&str>, style: DateStyle) -> Option<String> {
    rule.and_then(|rule| rule.parse::<Rule>().ok()).map(|rule| sentence(&rule, style))
}

/// A row of a list, and of the page of somebody: it does and puts off its occurrence by itself.
pub struct RowView {
    /// Which.
    pub id: Uuid,
    /// What to be reminded of.
    pub title: String,
    /// Whom it is about.
    pub contact: Option<Companion>,
    /// How often.
    pub often: Option<String>,
    /// When it is due.
    pub due: DueView,
    /// Whether that was put off.
    pub is_snoozed: bool,
    /// How many days ahead it is, where notice of it has come: `in 3 days`.
    pub notice: Option<String>,
    /// Which occurrence.
    pub occurrence: String,
    /// What has just been done with it, and the change set that takes that back.
    pub settled: Option<(String, Option<Uuid>)>,
    /// Whether it asks until when it is to be put off.
    pub is_asking: bool,
    /// The page on which it stands, which its forms lead back to.
    pub back: String,
}

impl RowView {
    /// A row as it is stored.
    #[must_use]
    pub fn new(row: Row, here: Here) -> Self {
        let days = (here.day(row.due_at) - here.today).num_days();
        Self {
            id: row.id,
            // What is near is named by its day already.
            notice: (row.is_noticed && days > 1).then(|| here.style.days_ahead(days)),
            title: row.title,
            contact: row.contact,
            often: often(row.rule.as_deref(), here.style),
            due: DueView::new(row.due_at, !row.is_day || row.is_snoozed, here),
            is_snoozed: row.is_snoozed,
            occurrence: row.occurrence.map(written).unwrap_or_default(),
            settled: None,
            is_asking: false,
            back: "/reminders".to_owned(),
        }
    }

    /// The same on another page of ours.
    #[must_use]
    pub fn standing_on(self, page: &str) -> Self {
        if is_local(page) { Self { back: page.to_owned(), ..self } } else { self }
    }

    /// Drawn before it.
    #[must_use]
    pub fn avatar(&self) -> Option<Avatar> {
        self.contact.as_ref().map(|one| Avatar::of(one.id, &one.name))
    }
    /// Its page.
    #[must_use]
    pub fn url(&self) -> String {
        url(self.id)
    }
    /// Where it is put off.
    #[must_use]
    pub fn snooze(&self) -> String {
        format!("/reminders/{}/snooze?occurrence={}&next={}", self.id, self.occurrence.replace(':', "%3A"), self.back)
    }
    /// The row again, which asks no more.
    #[must_use]
    pub fn leaving(&self) -> String {
        format!("{}&asks=no", self.snooze())
    }
}

/// A row of what was done.
pub(super) struct DoneView {
    pub id: Uuid,
    pub title: String,
    pub contact: Option<Companion>,
    pub state: &'static str,
    /// Which occurrence it was.
    pub when: String,
    pub settled: DueView,
}

impl DoneView {
    pub fn new(done: Done, here: Here) -> Self {
        Self {
            id: done.id,
            title: done.title,
            contact: done.contact,
            state: done.state.label(),
            when: long(done.occurrence, !done.is_day, here.style),
            settled: settled(done.settled_at, here),
        }
    }
    pub fn url(&self) -> String {
        url(self.id)
    }
}

/// When something was done: no haste in it.
fn settled(at: DateTime<Utc>, here: Here) -> DueView {
    let local = at.with_timezone(&here.zone);
    let shown = here.style.short_with_weekday(local.date_naive(), here.today);
    DueView { machine: local.to_rfc3339(), exact: here.moment(at), shown, state: "" }
}

/// An occurrence on its reminder's page.
pub(super) struct OccurrenceView {
    /// As addresses say it.
    pub key: String,
    pub when: String,
    pub due: DueView,
    /// Until when it was put off.
    pub snoozed: Option<String>,
    pub state: &'static str,
    /// When that came of it.
    pub settled: Option<DueView>,
}

/// The page of one reminder.
pub(super) struct ReminderView {
    pub id: Uuid,
    pub title: String,
    pub contact: Option<Companion>,
    pub often: Option<String>,
    pub when: String,
    pub zone: Option<&'static str>,
    pub except: Vec<String>,
    pub advance_days: Option<i16>,
    pub status: &'static str,
    pub is_trashed: bool,
    pub is_pending: bool,
    pub coming: Vec<OccurrenceView>,
    pub passed: Vec<OccurrenceView>,
    /// Whether several have come due.
    pub is_behind: bool,
}

impl ReminderView {
    pub fn new(stored: &Stored, coming: Vec<Passed>, passed: Vec<Passed>, user: &CurrentUser) -> Self {
        let (here, schedule) = (user.here(), &stored.reminder.schedule);
        let (now, style) = (here.now, here.style);
        let view = |one: Passed| occurrence(one, stored, here);
        let is_behind = coming.iter().filter(|one| one.due_at <= now).count() > 1;
        let except: BTreeSet<NaiveDate> = schedule.except.iter().map(NaiveDateTime::date).collect();
        Self {
            id: stored.id,
            title: stored.reminder.title.clone(),
            contact: stored.contact.clone(),
            often: schedule.rule.as_ref().map(|rule| sentence(rule, style)),
            when: when(schedule, style),
            zone: schedule.zone.map(Tz::name),
            except: except.into_iter().map(|day| style.exact(day)).collect(),
            advance_days: stored.reminder.advance_days,
            status: match stored.status.as_str() {
                "completed" => "Done",
                "dismissed" => "Dismissed",
                _ => "Open",
            },
            is_trashed: stored.deleted_at.is_some(),
            is_pending: stored.status == "pending",
            coming: coming.into_iter().map(view).collect(),
            passed: passed.into_iter().map(view).collect(),
            is_behind,
        }
    }

    pub fn path(&self, part: &str) -> String {
        format!("/reminders/{}/{part}", self.id)
    }
    /// Where one of several is edited apart, or those from it on.
    pub fn edit_of(&self, key: &str, scope: &str) -> String {
        format!("/reminders/{}/edit?scope={scope}&occurrence={}", self.id, key.replace(':', "%3A"))
    }
    pub fn snooze_of(&self, key: &str) -> String {
        format!("/reminders/{}/snooze?occurrence={}", self.id, key.replace(':', "%3A"))
    }
}

/// At which hour, and of what comes once the day; of what comes by the hour or oftener, from which moment on.
fn when(schedule: &Schedule, style: DateStyle) -> String {
    let day = || style.exact(schedule.starts_at.date());
    match (&schedule.rule, schedule.is_day) {
        (None, is_day) => long(schedule.starts_at, !is_day, style),
        (Some(rule), false) if rule.frequency < Frequency::Daily => {
            format!("from {}, {}", day(), style.hour(schedule.starts_at))
        }
        (Some(rule), false) if rule.hours.is_empty() => {
            format!("at {}, from {}", style.hour(schedule.starts_at), day())
        }
        (Some(_), _) => format!("from {}", day()),
    }
}

fn occurrence(one: Passed, stored: &Stored, here: Here) -> OccurrenceView {
    let has_hour = !stored.reminder.schedule.is_day;
    OccurrenceView {
        key: written(one.occurs_at_local),
        when: long(one.occurs_at_local, has_hour, here.style),
        due: DueView::new(one.due_at, has_hour, here),
        snoozed: one.snoozed_until.map(|until| here.moment(until)),
        state: one.state().label(),
        settled: one.settled_at.map(|at| settled(at, here)),
    }
}

/// What is shown of a reminder before it is saved.
pub(super) struct Preview {
    /// `Every second Thursday, at 09:00`.
    pub says: String,
    /// The next few dates.
    pub dates: Vec<String>,
    /// Whether more follow.
    pub goes_on: bool,
}

impl Preview {
    pub fn of(reminder: &Reminder, clock: Clock, style: DateStyle) -> Self {
        let schedule = &reminder.schedule;
        let now = schedule.local(Utc::now(), clock);
        let mut coming = schedule.occurrences(now, clock);
        let dates: Vec<String> = coming.by_ref().take(SHOWN).map(|one| date(one, schedule, (clock, style))).collect();
        let often = schedule.rule.as_ref().map(|rule| format!("{}, ", sentence(rule, style))).unwrap_or_default();
        Self { says: format!("{often}{}", when(schedule, style)), dates, goes_on: coming.next().is_some() }
    }
}

/// When something comes that is not saved yet: `Every Friday, at 09:00, from 27 November 2026`, `Friday, 27 November 2026, 09:00`.
#[must_use]
pub fn told(schedule: &Schedule, (clock, style): (Clock, DateStyle)) -> String {
    match &schedule.rule {
        Some(rule) => format!("{}, {}", sentence(rule, style), when(schedule, style)),
        None => {
            let once = Occurrence { local: schedule.starts_at, due_at: schedule.due(schedule.starts_at, clock) };
            let has_passed = once.due_at < Utc::now();
            format!("{}{}", date(once, schedule, (clock, style)), if has_passed { ", which has passed" } else { "" })
        }
    }
}

/// A date as it will come: one whose hour a clock change leaves out says so, and so does one in another zone than hers.
fn date(one: Occurrence, schedule: &Schedule, (clock, style): (Clock, DateStyle)) -> String {
    let told = long(one.local, !schedule.is_day, style);
    let zone = schedule.zone(clock);
    let there = one.due_at.with_timezone(&zone);
    if !schedule.is_day && there.naive_local() != one.local {
        return format!("{told} (the clocks change: {})", style.hour(there));
    }
    if zone.name() != clock.zone.name() {
        let here = one.due_at.with_timezone(&clock.zone);
        return format!("{told} there, {} {} where you are", style.short_weekday(here.weekday()), style.hour(here));
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(at: &str, has_hour: bool) -> (String, &'static str) {
        let now = "2026-11-26T12:00:00Z".parse().unwrap();
        let view = DueView::new(at.parse().unwrap(), has_hour, Here::at(now, Tz::UTC, DateStyle::default()));
        (view.shown, view.state)
    }

    #[test]
    fn only_what_is_late_is_overdue() {
        assert_eq!(due("2026-11-23T09:00:00Z", true), ("3 d late".to_owned(), "overdue"));
        assert_eq!(due("2026-11-26T09:00:00Z", true), ("since 09:00".to_owned(), "overdue"));
        assert_eq!(due("2026-11-26T09:00:00Z", false), ("today".to_owned(), "soon"));
        assert_eq!(due("2026-11-26T14:05:00Z", true), ("today, 14:05".to_owned(), "soon"));
        assert_eq!(due("2026-11-27T09:00:00Z", false), ("tomorrow".to_owned(), ""));
        assert_eq!(due("2026-12-03T09:00:00Z", true), ("Thu 3 Dec, 09:00".to_owned(), ""));
        assert_eq!(due("2027-01-03T09:00:00Z", false), ("Sun 3 Jan 2027".to_owned(), ""));
    }

    #[test]
    fn a_wall_clock_is_read_as_it_was_written() {
        let local = "2026-12-03T09:00:00".parse().unwrap();
        assert_eq!(read(&written(local)), Some(local));
        assert_eq!([read(""), read("-infinity"), read("+294277-01-01T00:00:00")], [None, None, None]);
    }
}
