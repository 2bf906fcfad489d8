//! Days as people read them: how long ago, how soon, and the exact day.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use chrono_tz::Tz;

use super::plain::Plain;

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
    /// `day` as somebody reads it on `today`.
    #[must_use]
    pub fn of(day: NaiveDate, today: NaiveDate) -> Self {
        let [machine, exact, relative] = [day.to_string(), exact(day), relative(day, today)].map(Plain::spelled);
        Self { machine, exact, relative }
    }
}

/// `25 November 2026`.
#[must_use]
pub fn exact(day: NaiveDate) -> String {
    format!("{} {} {}", day.day(), month(day.month()), day.year())
}

/// `25 November 2026, 14:05` where she is.
#[must_use]
pub fn moment(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%-d %B %Y, %H:%M").to_string()
}

/// The month's name; `month` is 1 to 12.
#[must_use]
pub fn month(month: u32) -> &'static str {
    const NAMES: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    NAMES.get(month.saturating_sub(1) as usize).copied().unwrap_or("")
}

fn relative(day: NaiveDate, today: NaiveDate) -> String {
    match (day - today).num_days() {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        -1 => "yesterday".to_owned(),
        days if days > 0 => format!("in {}", span(days)),
        days => format!("{} ago", span(-days)),
    }
}

/// A number of days in the largest unit that says enough: `9 d`, `6 wk`, `4 mo`, `2 y`.
#[must_use]
pub fn span(days: i64) -> String {
    match days {
        ..14 => format!("{days} d"),
        14..60 => format!("{} wk", days / 7),
        60..730 => format!("{} mo", (days * 24 + 365) / 730),
        _ => format!("{} y", days / 365),
    }
}

/// A rhythm: `every 3 wk`, `every month`, `every 10 d`.
#[must_use]
pub fn every(days: i64) -> String {
    match days {
        1 => "every day".to_owned(),
        7 => "every week".to_owned(),
        30 | 31 => "every month".to_owned(),
        365 | 366 => "every year".to_owned(),
        _ if days % 7 == 0 || days % 30 == 0 || days >= 60 => format!("every {}", span(days)),
        _ => format!("every {days} d"),
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
        let today: NaiveDate = "2026-11-25".parse()?;
        let read = ["2026-11-25", "2026-11-26", "2026-11-24", "2026-12-01", "2026-09-15"]
            .map(|day| Day::of(day.parse().unwrap_or(today), today).relative.to_string());
        assert_eq!(read, ["today", "tomorrow", "yesterday", "in 6 d", "2 mo ago"]);
        Ok(())
    }
}
