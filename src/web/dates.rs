//! Days as people read them: how long ago, how soon, and the exact day. How long something is late, and how often it is
//! due, stands among English words and is English.

use chrono::{Datelike, NaiveDate};

use super::plain::Plain;
use crate::dates::{DateStyle, Here, Order, digits};

/// A day beside which its exact form stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// YYYY-MM-DD, for `<time datetime>`.
    pub machine: Plain,
    /// `25 November 2026`.
    pub exact: Plain,
    /// `3 d ago`, `in 5 d`, `today`.
    pub relative: Plain,
}

impl Day {
    /// `day` as somebody reads it here.
    #[must_use]
    pub fn of(day: NaiveDate, here: Here) -> Self {
        let iso = DateStyle { order: Order::Iso, ..here.style };
        let [machine, exact, relative] =
            [iso.exact(day), here.style.exact(day), here.relative(day)].map(Plain::spelled);
        Self { machine, exact, relative }
    }
}

/// A number of days in the largest unit that says enough: `9 d`, `6 wk`, `4 mo`, `2 y`.
#[must_use]
pub fn span(days: i64) -> String {
    let (number, unit) = match days {
        ..14 => (days, " d"),
        14..60 => (days / 7, " wk"),
        60..730 => ((days * 24 + 365) / 730, " mo"),
        _ => (days / 365, " y"),
    };
    let mut text = String::with_capacity(8);
    digits::number(&mut text, number);
    text.push_str(unit);
    text
}

/// A rhythm: `every 3 wk`, `every month`, `every 10 d`.
#[must_use]
pub fn every(days: i64) -> String {
    match days {
        1 => "every day".to_owned(),
        7 => "every week".to_owned(),
        30 | 31 => "every month".to_owned(),
        365 | 366 => "every year".to_owned(),
        // It stands on most rows of a list, and `format!` takes ten times as many instructions.
        _ if days % 7 == 0 || days % 30 == 0 || days >= 60 => "every ".to_owned() + &span(days),
        _ => format!("every {days} d"),
    }
}

/// The years that something lasts or lasted, as a post does: `since 2022`, `2017–2022`, `now`, `before`.
#[must_use]
pub fn period(start: Option<NaiveDate>, end: Option<NaiveDate>, is_current: bool) -> String {
    match (start.map(|day| day.year()), end.map(|day| day.year())) {
        (Some(from), None) if is_current => format!("since {from}"),
        (Some(from), Some(to)) if from == to => from.to_string(),
        (Some(from), Some(to)) => format!("{from}–{to}"),
        (Some(from), None) => format!("from {from}"),
        (None, Some(to)) => format!("until {to}"),
        (None, None) if is_current => "now".to_owned(),
        (None, None) => "before".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_told_in_the_largest_unit_that_says_enough() {
        assert_eq!(
            [1, 13, 14, 59, 60, 364, 730, 4000].map(span),
            ["1 d", "13 d", "2 wk", "8 wk", "2 mo", "12 mo", "2 y", "10 y"]
        );
    }

    #[test]
    fn a_rhythm_is_told_as_one_says_it() {
        let told = [1, 7, 10, 21, 30, 60, 90, 180, 365].map(every);
        let expected = [
            "every day",
            "every week",
            "every 10 d",
            "every 3 wk",
            "every month",
            "every 2 mo",
            "every 3 mo",
            "every 6 mo",
            "every year",
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn near_days_have_names() -> anyhow::Result<()> {
        let here = Here::at("2026-11-25T09:00:00Z".parse()?, chrono_tz::UTC, crate::dates::DateStyle::default());
        let read = ["2026-11-25", "2026-11-26", "2026-11-24", "2026-12-01", "2026-09-15"]
            .map(|day| Day::of(day.parse().unwrap_or(here.today), here).relative.to_string());
        assert_eq!(read, ["today", "tomorrow", "yesterday", "in 6 d", "2 mo ago"]);
        Ok(())
    }
}
