//! The parts of the first page.

use chrono::{Datelike, NaiveDate, Timelike};
use uuid::Uuid;

use super::model::Around;
use super::queries::COUNTED;
use crate::contacts::occasions::queries::Occasion;
use crate::contacts::occasions::views::age;
use crate::contacts::touch::queries::Listed;
use crate::contacts::touch::views::TouchView;
use crate::correspondents::views::called;
use crate::dates::Here;
use crate::db::CurrentUser;
use crate::interactions::views::{DayView, RowView as Passed};
use crate::reminders::queries::DuePart;
use crate::reminders::times::Time;
use crate::reminders::views::RowView;
use crate::web::dates;
use crate::web::number::grouped;

/// Above the page: a greeting, the day, and what it holds in one sentence.
pub(super) struct Head {
    pub greeting: String,
    pub day: Named,
    pub told: String,
}

/// A day as it is written, with its exact form beside it.
pub(super) struct Named {
    pub machine: String,
    pub exact: String,
    pub shown: String,
}

impl Head {
    pub fn new(user: &CurrentUser, here: Here, parts: &[Part], touch: Option<&Touches>) -> Self {
        let Here { today, style, .. } = here;
        let things = parts.iter().filter(|part| matches!(part.time, Time::Overdue | Time::Today));
        let (things, is_more) =
            things.fold((0, false), |(sum, is_more), part| (sum + part.count, is_more || part.is_more));
        let people = touch.map_or((0, false), |touch| (touch.count, touch.is_more));
        Self {
            greeting: greeting(here.now.with_timezone(&here.zone).hour(), user.full_name()),
            day: Named { machine: today.to_string(), exact: style.exact(today), shown: style.long_without_year(today) },
            told: told((things, is_more), people),
        }
    }
}

/// `Good morning, Ada`.
fn greeting(hour: u32, name: &str) -> String {
    let time = match hour {
        5..12 => "Good morning",
        12..18 => "Good afternoon",
        _ => "Good evening",
    };
    match name.split_whitespace().next() {
        Some(first) => format!("{time}, {first}"),
        None => time.to_owned(),
    }
}

/// `Three things are due, and two people have gone quiet.` Nothing where neither is.
fn told((things, many): (i64, bool), (people, crowd): (i64, bool)) -> String {
    let due = match things {
        1 => "One thing is due".to_owned(),
        _ => format!("{} things are due", number(things, many, true)),
    };
    let quiet = |begins| match people {
        1 => format!("{} person has gone quiet", if begins { "One" } else { "one" }),
        _ => format!("{} people have gone quiet", number(people, crowd, begins)),
    };
    match (things, people) {
        (0, 0) => String::new(),
        (_, 0) => format!("{due}."),
        (0, _) => format!("{}.", quiet(true)),
        _ => format!("{due}, and {}.", quiet(false)),
    }
}

/// Small numbers in words.
fn number(number: i64, is_more: bool, begins: bool) -> String {
    const WORDS: [&str; 10] = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    let word = usize::try_from(number).ok().and_then(|number| WORDS.get(number)).copied();
    match word {
        Some(word) if begins => format!("{}{}", word[..1].to_uppercase(), &word[1..]),
        Some(word) => word.to_owned(),
        None if is_more => format!("{} than {}", if begins { "More" } else { "more" }, grouped(number)),
        None => grouped(number),
    }
}

/// Reminders that are due in the same time.
pub(super) struct Part {
    pub time: Time,
    pub rows: Vec<RowView>,
    pub count: i64,
    pub is_more: bool,
}

impl Part {
    /// Those in which something is due.
    pub fn all(parts: [DuePart; 4], here: Here) -> Vec<Self> {
        let part = |(time, part): (Time, DuePart)| {
            let rows = part.rows.into_iter().map(|row| RowView::new(row, here).standing_on("/")).collect();
            Self { time, rows, count: part.count, is_more: part.is_more }
        };
        let times = [Time::Overdue, Time::Today, Time::week_ahead(here), Time::Later];
        times.into_iter().zip(parts).map(part).filter(|part| !part.rows.is_empty()).collect()
    }

    pub fn title(&self) -> &'static str {
        if self.time == Time::Later { "Coming" } else { self.time.title() }
    }
    pub fn id(&self) -> &'static str {
        match self.time {
            Time::Overdue => "overdue",
            Time::Today => "due-today",
            Time::NextWeek => "next-week",
            Time::Later => "coming",
            _ => "this-week",
        }
    }
    /// The list that holds all of them.
    pub fn list(&self) -> &'static str {
        if self.time == Time::Overdue { "/reminders?show=overdue" } else { "/reminders" }
    }
    /// Whether there are more than are shown.
    pub fn has_others(&self) -> bool {
        self.is_more || self.count > i64::try_from(self.rows.len()).unwrap_or(i64::MAX)
    }
    /// What stands there once its rows have gone.
    pub fn none(&self) -> &'static str {
        match self.time {
            _ if self.has_others() => "Those are done.",
            Time::Overdue => "Nothing is overdue any more.",
            Time::Today => "Nothing more is due today.",
            Time::NextWeek => "Nothing more is due next week.",
            Time::Later => "Nothing more is coming of which you want notice.",
            _ => "Nothing more is due this week.",
        }
    }
}

/// Whom to be in touch with.
pub(super) struct Touches {
    pub rows: Vec<TouchView>,
    pub count: i64,
    pub is_more: bool,
}

impl Touches {
    /// None where nobody is due.
    pub fn new(listed: Listed, here: Here) -> Option<Self> {
        let Listed { people, count, is_more } = listed;
        let view = |one| TouchView::new(one, here).standing_on("/");
        let rows: Vec<TouchView> = people.into_iter().map(view).collect();
        (!rows.is_empty()).then_some(Self { rows, count, is_more })
    }

    pub fn has_others(&self) -> bool {
        self.is_more || self.count > i64::try_from(self.rows.len()).unwrap_or(i64::MAX)
    }
}

/// A day of somebody that comes.
pub(super) struct Date {
    pub id: Uuid,
    pub contact: Uuid,
    pub day: Named,
    pub name: String,
    /// What it is to her: `turns 50`.
    pub what: String,
}

impl Date {
    pub fn new(date: Occasion, here: Here) -> Self {
        let what = match (date.kind.to_lowercase().as_str(), age(&date.kind, date.years())) {
            ("birthday", Some(age)) if date.years() != Some(0) => age,
            (_, Some(age)) => format!("{}, {age}", date.kind),
            (_, None) => date.kind.clone(),
        };
        Self { id: date.id, contact: date.contact_id, day: named(date.on, here), name: date.name, what }
    }
}

/// `today`, `tomorrow`, `Tue 24` in the week that comes, `Tue 1 Dec` behind it.
fn named(day: NaiveDate, here: Here) -> Named {
    let (style, days) = (here.style, (day - here.today).num_days());
    let shown = match (style.near(days), days) {
        (Some(near), _) => near.to_owned(),
        (None, 2..=6) => format!("{} {}", style.short_weekday(day.weekday()), day.day()),
        (None, _) => style.short(day, day),
    };
    Named { machine: day.to_string(), exact: style.exact(day), shown }
}

/// Something that came in.
pub(super) struct Come {
    pub day: dates::Day,
    pub row: Passed,
}

impl Come {
    /// What came in on one day.
    pub fn of(day: DayView) -> Vec<Self> {
        let DayView { day, rows } = day;
        day.map(|day| rows.into_iter().map(|row| Self { day: day.clone(), row }).collect()).unwrap_or_default()
    }
}

/// Who writes with her and is nobody's contact yet.
pub(super) struct Waiting {
    pub count: i64,
    pub is_more: bool,
    pub first: Vec<String>,
}

impl Waiting {
    /// None where nobody waits.
    pub fn new(around: &Around) -> Option<Self> {
        let first: Vec<String> = around.first.iter().map(called).collect();
        (!first.is_empty()).then(|| Self {
            count: around.waiting.min(COUNTED),
            is_more: around.waiting > COUNTED,
            first,
        })
    }

    /// How many are not named.
    pub fn others(&self) -> i64 {
        self.count - i64::try_from(self.first.len()).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_greeted_by_the_hour_and_the_first_name() {
        let greeted = [4, 5, 11, 12, 17, 18, 23].map(|hour| greeting(hour, "Ada Lindqvist"));
        let times = ["evening", "morning", "morning", "afternoon", "afternoon", "evening", "evening"];
        assert_eq!(greeted, times.map(|time| format!("Good {time}, Ada")));
        assert_eq!(greeting(8, "  "), "Good morning");
    }

    #[test]
    fn the_day_is_told_in_one_sentence() {
        for (things, people, is) in [
            ((0, false), (0, false), ""),
            ((1, false), (0, false), "One thing is due."),
            ((3, false), (2, false), "Three things are due, and two people have gone quiet."),
            ((0, false), (1, false), "One person has gone quiet."),
            ((12, false), (1000, true), "12 things are due, and more than 1,000 people have gone quiet."),
        ] {
            assert_eq!(told(things, people), is);
        }
    }

    #[test]
    fn a_day_that_comes_is_named_as_one_says_it() {
        let now = "2026-11-22T09:00:00Z".parse().unwrap();
        let here = Here::at(now, chrono_tz::UTC, crate::dates::DateStyle::default());
        let shown = ["2026-11-22", "2026-11-23", "2026-11-24", "2026-11-28", "2026-11-29", "2026-12-01"]
            .map(|day| named(day.parse().unwrap(), here).shown);
        assert_eq!(shown, ["today", "tomorrow", "Tue 24", "Sat 28", "29 Nov", "1 Dec"]);
    }
}
