//! The people of `network.json` as they are told there: days and years ago, so that they are always of today.

use chrono::{Datelike, Days, Months, NaiveDate};
use serde::Deserialize;

use crate::contacts::model::{Method, MethodKind, PartialDate, Person};
use crate::error::AppError;

/// Who they are. All of it is made up: addresses end in `.example`, and phone numbers are those kept free for films.
const NETWORK: &str = include_str!("network.json");

/// Somebody, with what she does and what passed between her and the user.
#[derive(Debug, Deserialize)]
pub struct Entry {
    first: String,
    last: Option<String>,
    prefix: Option<String>,
    suffix: Option<String>,
    nick: Option<String>,
    sort: Option<String>,
    /// Where, as what, from how many years ago, to how many years ago (0: still).
    #[serde(default)]
    posts: Vec<(String, String, u32, u32)>,
    email: Option<String>,
    phone: Option<String>,
    city: String,
    /// Her tags.
    pub tags: Vec<String>,
    strength: i32,
    every: Option<i32>,
    /// YYYY-MM-DD or --MM-DD.
    born: Option<String>,
    /// In how many days she has her birthday.
    born_in: Option<u64>,
    /// How many years ago they met.
    met: u32,
    notes: String,
    /// How many days ago, what it was, its subject and what was said.
    #[serde(default)]
    talks: Vec<(u64, String, String, String)>,
    /// Every how many days, what it was, and what about.
    habit: Option<(u64, String, Vec<String>)>,
    /// In how many days, and what.
    reminder: Option<(u64, String)>,
}

/// A post of hers.
pub struct Post<'a> {
    pub organization: &'a str,
    pub title: &'a str,
    pub from: NaiveDate,
    pub to: Option<NaiveDate>,
}

/// Something that passed between her and the user.
pub struct Talk<'a> {
    pub day: NaiveDate,
    /// `call`, `email`, `meeting` or `message`.
    pub kind: &'a str,
    pub subject: &'a str,
    pub summary: &'a str,
}

/// Meetings of a habit that are told of at most.
const MOST_TALKS: usize = 40;

/// What the user does again and again: what, at which hour, and how often.
pub const HABITS: [(&str, u32, &str); 3] = [
    ("Write a postcard to somebody", 18, "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU"),
    ("Look through the photos of the month", 20, "FREQ=MONTHLY;BYMONTHDAY=-1"),
    ("Ask the neighbours over", 17, "FREQ=MONTHLY;BYDAY=1FR"),
];

/// All of them.
///
/// # Errors
/// Where the file is not as its reader wants it, which a test would tell.
pub fn entries() -> Result<Vec<Entry>, AppError> {
    Ok(serde_json::from_str(NETWORK).map_err(anyhow::Error::from)?)
}

fn years_ago(today: NaiveDate, years: u32) -> NaiveDate {
    today.checked_sub_months(Months::new(12 * years)).unwrap_or(today)
}

fn days_ago(today: NaiveDate, days: u64) -> NaiveDate {
    today.checked_sub_days(Days::new(days)).unwrap_or(today)
}

/// So many days from now.
pub fn days_ahead(today: NaiveDate, days: u64) -> NaiveDate {
    today.checked_add_days(Days::new(days)).unwrap_or(today)
}

impl Entry {
    /// Who she is.
    pub fn person(&self, today: NaiveDate) -> Person {
        let method = |kind, label: &str, value: &Option<String>| {
            value.clone().map(|value| Method { kind, label: label.to_owned(), value })
        };
        let methods = [
            method(MethodKind::Email, "work", &self.email),
            method(MethodKind::Phone, "mobile", &self.phone),
            method(MethodKind::Address, "home", &Some(self.city.clone())),
        ];
        Person {
            first_name: self.first.clone(),
            last_name: self.last.clone(),
            name_prefix: self.prefix.clone(),
            name_suffix: self.suffix.clone(),
            nickname: self.nick.clone(),
            sort_name: self.sort.clone(),
            notes: self.notes.clone(),
            relationship_strength: Some(self.strength),
            contact_frequency_days: self.every,
            methods: methods.into_iter().flatten().collect(),
            dates: self.dates(today),
            ..Person::default()
        }
    }

    fn dates(&self, today: NaiveDate) -> Vec<PartialDate> {
        let of = |kind: &str, day: NaiveDate, has_year: bool| PartialDate {
            kind: kind.to_owned(),
            year: has_year.then_some(day.year()),
            month: day.month().cast_signed(),
            day: day.day().cast_signed(),
        };
        let born = self.born.as_deref().and_then(|text| {
            let has_year = !text.starts_with("--");
            // 2000 was a leap year: 29 February is a birthday too.
            let whole = if has_year { text.to_owned() } else { format!("2000-{}", text.trim_start_matches("--")) };
            Some(of("birthday", whole.parse().ok()?, has_year))
        });
        let soon = self.born_in.map(|days| of("birthday", days_ahead(today, days), false));
        // Not all of them on the anniversary of this day.
        let offset = self.notes.len() as u64 * 7 % 360;
        let met = of("first met", days_ago(years_ago(today, self.met), offset), true);
        born.or(soon).into_iter().chain([met]).collect()
    }

    /// Her posts, the present one first.
    pub fn posts(&self, today: NaiveDate) -> Vec<Post<'_>> {
        self.posts
            .iter()
            .map(|(organization, title, from, to)| Post {
                organization,
                title,
                from: years_ago(today, *from),
                to: (*to > 0).then(|| years_ago(today, *to)),
            })
            .collect()
    }

    /// What passed between them, from the day they met on.
    pub fn talks(&self, today: NaiveDate) -> Vec<Talk<'_>> {
        let mut talks: Vec<Talk<'_>> = self
            .talks
            .iter()
            .map(|(days, kind, subject, summary)| Talk { day: days_ago(today, *days), kind, subject, summary })
            .collect();
        if let Some((every, kind, subjects)) = &self.habit {
            let since = years_ago(today, self.met);
            // Before the newest that is told of above, so that this one stays the last contact.
            let mut days = self.talks.first().map_or(0, |talk| talk.0) + every;
            for (n, subject) in subjects.iter().cycle().enumerate().take(MOST_TALKS) {
                let day = days_ago(today, days);
                if day < since {
                    break;
                }
                talks.push(Talk { day, kind, subject, summary: "" });
                // Nobody keeps to a day: some come early and some late.
                days += every - every / 4 + (n as u64 * 37 + self.notes.len() as u64) % (every / 2 + 1);
            }
        }
        talks
    }

    /// What the user means to do, and when.
    pub fn reminder(&self, today: NaiveDate) -> Option<(NaiveDate, &str)> {
        self.reminder.as_ref().map(|(days, title)| (days_ahead(today, *days), title.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2028, 2, 29).unwrap_or_default()
    }

    #[test]
    fn the_network_is_of_sixty_people_with_years_behind_them() {
        let entries = entries().unwrap_or_default();
        assert_eq!(entries.len(), 60);
        let talks: Vec<Talk<'_>> = entries.iter().flat_map(|entry| entry.talks(today())).collect();
        assert!(talks.len() > 500, "{}", talks.len());
        assert!(talks.iter().all(|talk| talk.day < today()));
        assert!(talks.iter().any(|talk| talk.day < years_ago(today(), 3)));
        let names: BTreeSet<String> = entries.iter().map(|entry| entry.person(today()).shown_name()).collect();
        assert_eq!(names.len(), 60, "nobody is there twice");
        for entry in &entries {
            assert!(entry.person(today()).dates.iter().all(|date| date.day >= 1), "{entry:?}");
            assert!(entry.posts(today()).iter().all(|post| post.to.is_none_or(|to| to >= post.from)), "{entry:?}");
            assert_eq!(entry.born.is_some(), entry.dates(today()).len() == 2 && entry.born_in.is_none(), "{entry:?}");
        }
    }

    #[test]
    fn the_same_day_makes_the_same_network_and_nobody_of_it_can_be_reached() {
        let entries = entries().unwrap_or_default();
        for entry in &entries {
            assert_eq!(entry.person(today()), entry.person(today()));
            assert!(entry.email.as_ref().is_none_or(|email| email.ends_with(".example")), "{entry:?}");
        }
    }
}
