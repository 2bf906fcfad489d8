//! People to be in touch with, as pages show them.

use chrono::{Days, Months, NaiveDate};
use uuid::Uuid;

use super::model::{span, told};
use super::queries::{Last, Touch};
use crate::dates::{DateStyle, Here};
use crate::interactions::model::kind_label;
use crate::text::clean::cut;
use crate::web::avatar::Avatar;
use crate::web::dates::Day;
use crate::web::page::is_local;

/// The list.
pub(super) const LIST: &str = "/keep-in-touch";
/// Characters of what was said that a row shows.
const SHOWN: usize = 160;

/// Until when somebody is put off, each with its words.
const CHOICES: [(&str, &str); 4] =
    [("tomorrow", "Tomorrow"), ("week", "Next week"), ("fortnight", "In two weeks"), ("month", "Next month")];

/// The day that a choice means; none where there is no such choice.
pub(super) fn chosen(choice: &str, today: NaiveDate) -> Option<NaiveDate> {
    match choice {
        "tomorrow" => today.checked_add_days(Days::new(1)),
        "week" => today.checked_add_days(Days::new(7)),
        "fortnight" => today.checked_add_days(Days::new(14)),
        "month" => today.checked_add_months(Months::new(1)),
        _ => None,
    }
}

/// What is offered of somebody who is due on a day by her cadence alone: what is later.
pub(super) fn choices(natural: NaiveDate, today: NaiveDate) -> Vec<(&'static str, &'static str)> {
    let is_later = |choice: &&(&str, &str)| chosen(choice.0, today).is_some_and(|day| day > natural);
    CHOICES.iter().filter(is_later).copied().collect()
}

/// A row of a list, which is put off by itself.
pub struct TouchView {
    /// Who.
    pub id: Uuid,
    /// Her name.
    pub name: String,
    /// Drawn before it.
    pub avatar: Avatar,
    /// When she is due.
    pub due: Day,
    /// `3 weeks overdue`, `due today`, `in 5 days`.
    pub says: String,
    /// `overdue`, `soon` or nothing.
    pub state: &'static str,
    /// `every 3 weeks`.
    pub every: String,
    /// Until when she is put off, while that is to come.
    pub postponed: Option<Day>,
    /// What passed last.
    pub last: Option<LastView>,
    /// Since when there is a cadence and was no contact.
    pub since: Option<Day>,
    /// What has just been done with it, and the change set that takes that back.
    pub settled: Option<(String, Option<Uuid>)>,
    /// Whether it asks until when to put her off, and what it offers.
    pub is_asking: bool,
    /// What is offered then.
    pub choices: Vec<(&'static str, &'static str)>,
    /// The page on which it stands, which its forms lead back to.
    pub back: String,
}

/// What passed last between her and somebody.
pub struct LastView {
    /// `Call`.
    pub kind: String,
    /// What was said last, on one line.
    pub what: String,
    /// When.
    pub day: Day,
}

impl LastView {
    fn new(last: &Last, here: Here) -> Self {
        let words = last.what.as_deref().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
        let shown = cut(&words, SHOWN);
        Self {
            kind: kind_label(&last.kind).to_owned(),
            what: if shown.len() < words.len() { format!("{shown}…") } else { words },
            day: Day::of(last.when.day(here.zone), here),
        }
    }
}

impl Touch {
    /// When her cadence alone asks for the next contact.
    #[must_use]
    pub fn natural(&self) -> NaiveDate {
        let from = self.last_contact.unwrap_or(self.since);
        from.checked_add_days(Days::new(self.every.unsigned_abs().into())).unwrap_or(from)
    }
}

impl TouchView {
    /// A row as it is stored.
    #[must_use]
    pub fn new(touch: Touch, here: Here) -> Self {
        let today = here.today;
        let left = (touch.due - today).num_days();
        let (state, says) = match left {
            ..0 => ("overdue", format!("{} overdue", span(-left))),
            0 => ("soon", "due today".to_owned()),
            1..=7 => ("soon", here.style.relative_in_full(left)),
            _ => ("", here.style.relative_in_full(left)),
        };
        let last = touch.last.as_ref().map(|last| LastView::new(last, here));
        Self {
            id: touch.id,
            avatar: Avatar::of(touch.id, &touch.name),
            due: Day::of(touch.due, here),
            says,
            state,
            every: told(touch.every),
            postponed: touch.postponed_until.filter(|day| *day > today).map(|day| Day::of(day, here)),
            since: last.is_none().then(|| Day::of(touch.last_contact.unwrap_or(touch.since), here)),
            last,
            settled: None,
            is_asking: false,
            choices: choices(touch.natural(), today),
            back: LIST.to_owned(),
            name: touch.name,
        }
    }

    /// The same on another page of ours.
    #[must_use]
    pub fn standing_on(self, page: &str) -> Self {
        if is_local(page) { Self { back: page.to_owned(), ..self } } else { self }
    }

    /// Her page.
    #[must_use]
    pub fn url(&self) -> String {
        crate::contacts::pages::url(self.id)
    }
    /// Where a contact with her is logged.
    #[must_use]
    pub fn log(&self) -> String {
        format!("/interactions/new?contact={}&next={}", self.id, self.back)
    }
    /// Where she is put off.
    #[must_use]
    pub fn postponement(&self) -> String {
        postponement_url(self.id)
    }
    /// Where it is asked until when.
    #[must_use]
    pub fn asking(&self) -> String {
        format!("{}?next={}", self.postponement(), self.back)
    }
    /// The row again, which asks no more.
    #[must_use]
    pub fn leaving(&self) -> String {
        format!("{}&asks=no", self.asking())
    }
}

/// Where somebody is put off.
#[must_use]
pub fn postponement_url(id: Uuid) -> String {
    format!("/contacts/{id}/postponement")
}

/// `Postponed until 5 December 2026.`
pub(super) fn postponed(until: NaiveDate, style: DateStyle) -> String {
    format!("Postponed until {}.", style.exact(until))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn touch(due: &str) -> Touch {
        Touch {
            id: Uuid::nil(),
            name: "Grace".into(),
            due: day(due),
            last_contact: None,
            every: 21,
            since: day("2026-10-01"),
            postponed_until: None,
            last: None,
        }
    }

    #[test]
    fn a_row_says_how_late_or_how_soon() {
        let says = |due: &str| {
            let now = "2026-11-28T09:00:00Z".parse().unwrap();
            let view = TouchView::new(touch(due), Here::at(now, chrono_tz::UTC, DateStyle::default()));
            (view.says, view.state)
        };
        assert_eq!(says("2026-11-07"), ("3 weeks overdue".to_owned(), "overdue"));
        assert_eq!(says("2026-11-27"), ("1 day overdue".to_owned(), "overdue"));
        assert_eq!(says("2026-11-28"), ("due today".to_owned(), "soon"));
        assert_eq!(says("2026-12-03"), ("in 5 days".to_owned(), "soon"));
        assert_eq!(says("2027-02-28"), ("in 3 months".to_owned(), ""));
    }

    #[test]
    fn only_what_is_later_than_the_cadence_has_it_is_offered() {
        let offered = |natural: &str| -> Vec<&str> {
            choices(day(natural), day("2026-11-28")).into_iter().map(|(choice, _)| choice).collect()
        };
        assert_eq!(offered("2026-10-22"), ["tomorrow", "week", "fortnight", "month"]);
        assert_eq!(offered("2026-12-05"), ["fortnight", "month"]);
        assert_eq!(touch("2026-12-05").natural(), day("2026-10-22"));
        assert_eq!(chosen("month", day("2027-01-31")), Some(day("2027-02-28")));
    }
}
