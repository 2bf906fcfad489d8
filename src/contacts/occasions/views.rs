//! Important days as pages show them.

use chrono::Datelike;
use uuid::Uuid;

use super::queries::Occasion;
use super::{in_year, next};
use crate::contacts::model::PartialDate;
use crate::contacts::pages::url;
use crate::dates::Here;
use crate::web::avatar::Avatar;
use crate::web::dates::Day;

/// What the day brings, where its first year is known: `turns 40`, `12 years`, `the day itself`.
#[must_use]
pub fn age(kind: &str, years: Option<i32>) -> Option<String> {
    Some(match (kind.to_lowercase().as_str(), years?) {
        (_, 0) => "the day itself".to_owned(),
        ("birthday", years) => format!("turns {years}"),
        (_, 1) => "1 year".to_owned(),
        (_, years) => format!("{years} years"),
    })
}

/// A day of somebody on her page.
pub struct DateView {
    /// birthday, anniversary, or a label of her own.
    pub kind: String,
    /// For `<time datetime>`, with the year if it is known.
    pub machine: String,
    /// `17 March 1986`.
    pub shown: String,
    /// `turns 41 in 112 days`.
    pub note: String,
    /// How far off it is, which they are sorted by.
    pub in_days: i64,
}

impl DateView {
    /// As it is read today.
    #[must_use]
    pub fn new(date: &PartialDate, here: Here) -> Self {
        let number = |number: i32| u32::try_from(number).unwrap_or(1);
        let (in_month, day) = (number(date.month), number(date.day));
        let first = date.year.and_then(|year| in_year(year, in_month, day));
        let comes = next(in_month, day, here.today).map(|comes| first.map_or(comes, |first| comes.max(first)));
        let in_days = comes.map_or(i64::MAX, |comes| (comes - here.today).num_days());
        let years = date.year.zip(comes).map(|(year, comes)| comes.year() - year).filter(|years| *years > 0);
        let words = age(&date.kind, years).into_iter().chain(comes.map(|_| here.style.days_ahead(in_days)));
        let machine = match date.year {
            Some(year) => format!("{year:04}-{in_month:02}-{day:02}"),
            None => format!("{in_month:02}-{day:02}"),
        };
        Self {
            kind: date.kind.clone(),
            machine,
            shown: here.style.date(date.year, in_month, day),
            note: words.collect::<Vec<_>>().join(" "),
            in_days,
        }
    }
}

/// A row of the days that come.
pub struct OccasionView {
    /// Which of her days.
    pub id: Uuid,
    /// Whose.
    pub contact_id: Uuid,
    /// Her name.
    pub name: String,
    /// Drawn before it.
    pub avatar: Avatar,
    /// birthday, anniversary, or a label of her own.
    pub kind: String,
    /// When it comes.
    pub on: Day,
    /// `in 5 days`.
    pub when: String,
    /// `turns 40`.
    pub age: Option<String>,
    /// The form of a yearly reminder of it.
    pub remind: String,
}

impl OccasionView {
    /// As it is read today; `days_ahead` is how long before a reminder of it tells.
    #[must_use]
    pub fn new(occasion: Occasion, here: Here, days_ahead: i32) -> Self {
        let age = age(&occasion.kind, occasion.years());
        Self {
            id: occasion.id,
            contact_id: occasion.contact_id,
            avatar: Avatar::of(occasion.contact_id, &occasion.name),
            on: Day::of(occasion.on, here),
            when: here.style.days_ahead((occasion.on - here.today).num_days()),
            age,
            remind: remind(&occasion, days_ahead),
            name: occasion.name,
            kind: occasion.kind,
        }
    }

    /// Her page.
    #[must_use]
    pub fn url(&self) -> String {
        url(self.contact_id)
    }
}

/// The form of a reminder of each year, so many days before; the 29th of February is the last day of its month.
fn remind(occasion: &Occasion, days_ahead: i32) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("contact", &occasion.contact_id.to_string());
    query.append_pair("title", &format!("{}: {}", occasion.name, occasion.kind));
    query.append_pair("starts_at", &occasion.on.to_string());
    if occasion.is_leap_day() {
        query.append_pair("repeats", "rule").append_pair("recurrence_rule", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1");
    } else {
        query.append_pair("repeats", "yearly");
    }
    if days_ahead > 0 {
        query.append_pair("advance_days", &days_ahead.to_string());
    }
    format!("/reminders/new?{}", query.finish())
}

/// Days of one month.
pub struct MonthView {
    /// `December 2026`.
    pub title: String,
    /// In the order in which they come.
    pub rows: Vec<OccasionView>,
}

/// Days by month.
#[must_use]
pub fn by_month(occasions: Vec<Occasion>, here: Here, days_ahead: i32) -> Vec<MonthView> {
    let mut months: Vec<MonthView> = Vec::new();
    for occasion in occasions {
        let title = here.style.month_and_year(occasion.on);
        let view = OccasionView::new(occasion, here, days_ahead);
        match months.last_mut().filter(|month| month.title == title) {
            Some(month) => month.rows.push(view),
            None => months.push(MonthView { title, rows: vec![view] }),
        }
    }
    months
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_birthday_tells_the_age_it_brings_and_a_day_without_a_year_none() {
        let date = |kind: &str, year, month, day| PartialDate { kind: kind.into(), year, month, day };
        let now = "2026-11-25T09:00:00Z".parse().unwrap();
        let here = Here::at(now, chrono_tz::UTC, crate::dates::DateStyle::default());
        let note = |date: &PartialDate| DateView::new(date, here).note;
        assert_eq!(note(&date("birthday", Some(1986), 3, 17)), "turns 41 in 112 days");
        assert_eq!(note(&date("first met", Some(2025), 11, 26)), "1 year tomorrow");
        assert_eq!(note(&date("birthday", None, 11, 25)), "today");
        assert_eq!(note(&date("birthday", Some(2026), 11, 30)), "in 5 days");
        assert_eq!(note(&date("birthday", Some(2027), 11, 25)), "in 365 days", "it comes in no year before its own");
        assert_eq!(note(&date("birthday", None, 4, 31)), "");
    }
}
