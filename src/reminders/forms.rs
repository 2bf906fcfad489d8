//! The form of a reminder.

use std::collections::BTreeSet;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use super::builder::Builder;
use super::coming;
use super::model::Reminder;
use super::queries::Stored;
use super::schedule::{Clock, Schedule};
use crate::contacts::queries::Candidate;
use crate::dates::DateStyle;
use crate::interactions::people::Meant;
use crate::interactions::queries::Companion;
use crate::recurrence::sentence;
use crate::web::{Difference, Field, FormData};

/// What the form holds.
#[derive(Debug, Clone, Default)]
pub(super) struct ReminderForm {
    pub title: Field,
    pub note: Field,
    pub starts_at: Field,
    pub zone: Field,
    pub advance_days: Field,
    pub often: Builder,
    /// Whom it is about, where she was chosen already.
    pub person: Option<Companion>,
    /// Whose id was sent.
    pub contact_id: Option<Uuid>,
    /// Who is named instead.
    pub contact: Field,
    /// Who of those who may be meant by that name.
    pub answer: Option<Uuid>,
    /// Who may be meant, where that has to be asked.
    pub candidates: Vec<Candidate>,
    /// How she writes days.
    style: DateStyle,
}

impl ReminderForm {
    /// An empty one but for what the address that leads there says, for somebody or nobody; a rule is shown as one would
    /// have chosen it.
    pub fn blank(person: Option<Companion>, asked: &FormData, style: DateStyle) -> Self {
        let field = |name| Field::of(asked, name);
        let rule = asked.text("recurrence_rule").parse().ok();
        let often = match coming::parse(asked.text("starts_at"), NaiveDate::default(), style).zip(rule) {
            Some(((day, time), rule)) => Builder::of(&Schedule::of(day, time, Some(rule)), style),
            None => Builder::asked(field("repeats"), field("recurrence_rule"), style),
        };
        Self {
            title: field("title"),
            starts_at: field("starts_at"),
            advance_days: field("advance_days"),
            often,
            style,
            contact_id: person.as_ref().map(|one| one.id),
            person,
            ..Self::default()
        }
    }

    pub fn posted(form: &FormData, style: DateStyle) -> Self {
        let field = |name| Field::of(form, name);
        let contact = field("contact");
        Self {
            title: field("title"),
            note: field("note"),
            starts_at: field("starts_at"),
            zone: field("zone"),
            advance_days: field("advance_days"),
            often: Builder::posted(form, style),
            person: None,
            contact_id: form.text("contact_id").parse().ok(),
            // A choice among people of one name is none among those of another.
            answer: if form.text("asked") == contact.value { form.text("meant").parse().ok() } else { None },
            contact,
            candidates: Vec::new(),
            style,
        }
    }

    /// The same for an edit of what is stored, or of what begins with one of its occurrences.
    pub fn keeping(mut self, stored: &Stored, since: Option<NaiveDateTime>) -> Self {
        let schedule = &stored.reminder.schedule;
        let rule = match since {
            Some(local) => schedule.from(local, stored.clock).rule,
            None => schedule.rule.clone(),
        };
        self.often = self.often.keeping(rule);
        self
    }

    /// Of a reminder that is stored.
    pub fn of(stored: &Stored, style: DateStyle) -> Self {
        let Reminder { title, note, schedule, advance_days, .. } = stored.reminder.clone();
        Self {
            title: title.as_str().into(),
            note: note.into(),
            starts_at: when(&schedule).as_str().into(),
            zone: schedule.zone.map_or("", Tz::name).into(),
            advance_days: advance_days.map(|days| days.to_string()).into(),
            often: Builder::of(&schedule, style),
            contact_id: stored.contact.as_ref().map(|one| one.id),
            person: stored.contact.clone(),
            style,
            ..Self::default()
        }
    }

    /// What was typed besides whom it is about, or none where something of it is wrong.
    pub fn validate(&mut self, today: NaiveDate, clock: Clock) -> Option<Reminder> {
        let title = self.title.required_line(255, "Say what to remind you of.");
        let note = self.note.lines(100_000);
        self.contact.line(255);
        let advance_days = self.advance_days.number(1..=365).and_then(|days| i16::try_from(days).ok());
        let schedule = self.schedule(today, clock);
        if self.is_refused() {
            return None;
        }
        Some(Reminder { title: title?, note, contact: None, schedule: schedule?, advance_days })
    }

    /// What is typed, unless it repeats and would all be over before now: that is a date that was mistyped. What was a part of
    /// another is made `since` its first one, also where that has passed.
    pub fn unless_over(
        &mut self,
        checked: Option<Reminder>,
        since: Option<NaiveDateTime>,
        clock: Clock,
    ) -> Option<Reminder> {
        let reminder = checked?;
        let schedule = &reminder.schedule;
        let from = since.into_iter().fold(schedule.local(Utc::now(), clock), Ord::min);
        let Some(day) = schedule.over_by(from, clock) else { return Some(reminder) };
        self.starts_at.refuse(format!("It would all have been over by {}.", self.style.exact(day)));
        None
    }

    /// When it comes, as far as nothing of that is wrong.
    fn schedule(&mut self, today: NaiveDate, clock: Clock) -> Option<Schedule> {
        let zone = match self.zone.value.as_str() {
            "" => None,
            name => {
                let zone = name.parse::<Tz>().ok();
                if zone.is_none() {
                    self.zone.refuse("Choose a time zone from the list.");
                }
                zone
            }
        };
        let typed = &self.starts_at.value;
        let soon = || coming::soon(typed, Utc::now(), zone.unwrap_or(clock.zone));
        let start = coming::parse(typed, today, self.style).or_else(soon);
        if start.is_none() {
            self.starts_at.refuse("Say when: as 2027-05-03, 2027-05-03 14:05, tomorrow or next friday.");
        }
        let rule = self.often.rule(start.map(|(day, _)| day));
        let days = self.often.except();
        let (day, time) = start?;
        let starts_at = day.and_time(time.unwrap_or(NaiveTime::MIN));
        let mut schedule = Schedule { starts_at, is_day: time.is_none(), zone, rule, except: BTreeSet::new() };
        if self.often.is_refused() {
            return None;
        }
        schedule.except = schedule.on_days(&days, clock);
        if let Some(refusal) = schedule.refusal(schedule.local(Utc::now(), clock), clock) {
            let is_typed = self.often.repeats.value == "rule";
            let field = if is_typed { &mut self.often.recurrence_rule } else { &mut self.often.repeats };
            field.refuse(refusal);
        }
        Some(schedule)
    }

    /// The name of which it is not known yet whom it means.
    pub fn open_name(&self) -> Option<&str> {
        let name = self.contact.value.trim();
        (!name.is_empty() && !self.contact.is_invalid() && self.answer.is_none()).then_some(name)
    }

    /// Takes in whom the open name means; where it leaves that open it is asked.
    pub fn take(&mut self, meant: Meant) {
        match meant {
            Meant::One(one) => self.answer = Some(one.id),
            Meant::Perhaps(several) => {
                self.contact.refuse(match several.len() {
                    0 => format!("Nobody is called “{}” yet.", self.contact.value),
                    _ => format!("Say who is meant by “{}”.", self.contact.value),
                });
                self.candidates = several;
            }
        }
    }

    /// Whom it is about: the one who is named, else the one who was chosen before.
    pub fn chosen(&self) -> Option<Uuid> {
        self.answer.or(self.contact_id)
    }

    /// The first thing that is wrong about when and how often, where anything was typed.
    pub fn wrong_about_when(&self) -> Option<&str> {
        let when = Some(&self.starts_at).filter(|field| !field.value.is_empty());
        when.into_iter().chain([&self.zone]).chain(self.often.fields()).find_map(|field| field.error.as_deref())
    }

    /// Whether anything is wrong.
    pub fn is_refused(&self) -> bool {
        let fields = [&self.title, &self.note, &self.starts_at, &self.zone, &self.advance_days, &self.contact];
        fields.into_iter().any(Field::is_invalid) || self.often.is_refused()
    }
}

/// As the form's field says it: `2027-05-03 14:05`.
fn when(schedule: &Schedule) -> String {
    schedule.starts_at.format(if schedule.is_day { "%Y-%m-%d" } else { "%Y-%m-%d %H:%M" }).to_string()
}

/// Every field in which two versions of a reminder differ; each with the name of whom it is about.
pub(super) fn differences(mine: (&Reminder, &str), stored: (&Reminder, &str), style: DateStyle) -> Vec<Difference> {
    let texts = |(one, name): (&Reminder, &str)| {
        let schedule = &one.schedule;
        let except: Vec<String> = schedule.except.iter().map(|out| out.date().to_string()).collect();
        [
            ("What", one.title.clone()),
            ("Note", one.note.clone().unwrap_or_default()),
            ("About", name.to_owned()),
            ("When", when(schedule)),
            ("Time zone", schedule.zone.map_or("", Tz::name).to_owned()),
            ("How often", schedule.rule.as_ref().map(|rule| sentence(rule, style)).unwrap_or_default()),
            ("Except on", except.join(", ")),
            ("Days before", one.advance_days.map(|days| days.to_string()).unwrap_or_default()),
        ]
    };
    Difference::between(texts(mine), texts(stored))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn validated(pairs: &[(&str, &str)]) -> (ReminderForm, Option<Reminder>) {
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let mut form = ReminderForm::posted(&FormData::from_pairs(pairs), DateStyle::default());
        let clock = Clock { zone: Tz::Europe__Berlin, hour: Clock::MORNING };
        let reminder = form.validate("2026-11-26".parse().unwrap(), clock);
        (form, reminder)
    }

    #[test]
    fn a_bomb_is_refused_at_the_field_it_was_typed_into() {
        let typed =
            [("title", "x"), ("starts_at", "tomorrow"), ("repeats", "rule"), ("recurrence_rule", "FREQ=SECONDLY")];
        let (form, reminder) = validated(&typed);
        assert!(reminder.is_none());
        assert!(form.often.recurrence_rule.error.unwrap().contains("five times a day"));
    }

    #[test]
    fn a_choice_holds_only_for_the_name_that_was_asked() {
        let id = "01900000-0000-7000-8000-000000000000";
        let (same, _) = validated(&[("contact", "Ada"), ("asked", "Ada"), ("meant", id)]);
        assert!(same.chosen().is_some() && same.open_name().is_none());
        let (other, _) = validated(&[("contact", "Grace"), ("asked", "Ada"), ("meant", id)]);
        assert_eq!((other.chosen(), other.open_name()), (None, Some("Grace")));
    }

    #[test]
    fn days_that_do_not_count_are_left_out() {
        let typed = [
            ("title", "x"),
            ("starts_at", "2026-12-01 09:00"),
            ("repeats", "daily"),
            ("exdates", "2026-12-24, 2026-12-25"),
        ];
        let except = validated(&typed).1.unwrap().schedule.except;
        assert_eq!(
            except.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["2026-12-24 09:00:00", "2026-12-25 09:00:00"]
        );
    }
}
