//! Days as people write them: `yesterday`, `last friday`, `on 3 May`, `2026-05-03`. What has passed is meant: a month's day
//! without its year is the last one that there was.

use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, Weekday};

use crate::dates::{self, DateStyle, Language};

/// The longest phrase in words: `3 de mayo de 2026`.
const LONGEST: usize = 5;
/// Years that PostgreSQL and a person know.
pub const YEARS: std::ops::RangeInclusive<i32> = 1900..=9999;

/// The day that a phrase names on `today`; none where it is no such phrase.
#[must_use]
pub fn parse(phrase: &str, today: NaiveDate, style: DateStyle) -> Option<NaiveDate> {
    let lower = phrase.to_lowercase();
    let lower = lower.trim();
    let lower = lower.strip_prefix("on ").unwrap_or(lower);
    let day = dates::typed(lower, style).or_else(|| in_words(lower, today, style.language))?;
    YEARS.contains(&day.year()).then_some(day)
}

fn in_words(lower: &str, today: NaiveDate, language: Language) -> Option<NaiveDate> {
    match dates::words(lower, language).as_slice() {
        ["last", day] => Some(before(dates::weekday(day, language)?, today)),
        [one] => match dates::near(one, language) {
            Some(days) => today.checked_sub_days(Days::new(u64::try_from(-days).ok()?)),
            None => Some(before(dates::weekday(one, language)?, today)),
        },
        [days, "days" | "day", "ago"] => today.checked_sub_days(Days::new(days.parse::<u16>().ok()?.into())),
        [weeks, "weeks" | "week", "ago"] => today.checked_sub_days(Days::new(u64::from(weeks.parse::<u8>().ok()?) * 7)),
        [one, other] => {
            let (day, month) = dates::day_and_month(one, other, language)?;
            latest(day, month, today)
        }
        _ => None,
    }
}

/// The day, and the hour where it has one: `2026-05-03T14:05`, `yesterday 14:05`.
#[must_use]
pub fn parse_with_time(typed: &str, today: NaiveDate, style: DateStyle) -> Option<(NaiveDate, Option<NaiveTime>)> {
    let typed = typed.trim();
    let whole = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%.f"];
    if let Some(at) = whole.iter().find_map(|form| NaiveDateTime::parse_from_str(typed, form).ok()) {
        return YEARS.contains(&at.year()).then(|| (at.date(), Some(at.time())));
    }
    if let Some(day) = parse(typed, today, style) {
        return Some((day, None));
    }
    let (day, time) = dates::split_hour(typed)?;
    let day = day.trim_end().strip_suffix(" at").unwrap_or(day);
    Some((parse(day.trim_end_matches(','), today, style)?, Some(time)))
}

/// A day at the beginning or at the end of a text, and the rest of it.
#[must_use]
pub fn take(text: &str, today: NaiveDate, style: DateStyle) -> (Option<NaiveDate>, String) {
    let words: Vec<&str> = text.split_whitespace().collect();
    for length in (1..=LONGEST.min(words.len())).rev() {
        let (rest, end) = words.split_at(words.len() - length);
        if let Some(day) = parse(&end.join(" "), today, style) {
            return (Some(day), rest.join(" "));
        }
        let (beginning, rest) = words.split_at(length);
        if let Some(day) = parse(&beginning.join(" "), today, style) {
            return (Some(day), rest.join(" "));
        }
    }
    (None, words.join(" "))
}

/// The day with which a text ends.
#[must_use]
pub fn at_end(text: &str, today: NaiveDate, style: DateStyle) -> Option<NaiveDate> {
    let words: Vec<&str> = text.trim_end_matches(['.', '!']).split_whitespace().collect();
    let lengths = (1..=LONGEST.min(words.len())).rev();
    lengths.filter_map(|length| parse(&words[words.len() - length..].join(" "), today, style)).next()
}

/// The last such day before today.
fn before(day: Weekday, today: NaiveDate) -> NaiveDate {
    let back = (7 + today.weekday().num_days_from_monday() - day.num_days_from_monday() + 6) % 7 + 1;
    today.checked_sub_days(Days::new(back.into())).unwrap_or(today)
}

/// That day of this year, or of the last one that had it where it is still to come.
fn latest(day: u32, month: u32, today: NaiveDate) -> Option<NaiveDate> {
    let years = (0..9).filter_map(|back| today.checked_sub_months(Months::new(12 * back)).map(|then| then.year()));
    let mut days = years.filter_map(|year| NaiveDate::from_ymd_opt(year, month, day));
    days.find(|day| *day <= today)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dates::Order;
    use proptest::prelude::*;

    /// A Thursday.
    fn today() -> NaiveDate {
        "2026-11-26".parse().unwrap()
    }

    fn read(phrase: &str) -> Option<String> {
        parse(phrase, today(), DateStyle::default()).map(|day| day.to_string())
    }

    #[test]
    fn a_day_is_understood_as_people_write_it() {
        for (phrase, day) in [
            ("today", "2026-11-26"),
            ("Yesterday", "2026-11-25"),
            ("last friday", "2026-11-20"),
            ("last Thursday", "2026-11-19"),
            ("on wednesday", "2026-11-25"),
            ("friday", "2026-11-20"),
            ("sun", ""),
            ("on 3 May", "2026-05-03"),
            ("3rd of may", ""),
            ("May 3rd", "2026-05-03"),
            ("on 24 December", "2025-12-24"),
            ("29 feb", "2024-02-29"),
            ("3 may 2019", "2019-05-03"),
            ("May 3, 2019", "2019-05-03"),
            ("2026-05-03", "2026-05-03"),
            ("on 2026-05-03", "2026-05-03"),
            ("3 days ago", "2026-11-23"),
            ("2 weeks ago", "2026-11-12"),
        ] {
            assert_eq!(read(phrase).unwrap_or_default(), day, "{phrase}");
        }
    }

    #[test]
    fn what_is_no_day_is_none() {
        for phrase in [
            "",
            "on",
            "may",
            "Ada",
            "32 may",
            "30 feb",
            "2026-13-01",
            "294277-01-01",
            "-infinity",
            "last",
            "0001-01-01",
            "mo",
        ] {
            assert_eq!(read(phrase), None, "{phrase}");
        }
    }

    #[test]
    fn an_hour_may_follow_the_day() {
        let read = |typed: &str| {
            parse_with_time(typed, today(), DateStyle::default()).map(|(day, time)| format!("{day} {time:?}"))
        };
        assert_eq!(read("2026-05-03").as_deref(), Some("2026-05-03 None"));
        for typed in
            ["2026-05-03T14:05", "2026-05-03 14:05", "2026-05-03 14:05:00", "on 3 May at 14:05", "May 3, 14:05"]
        {
            assert_eq!(read(typed).as_deref(), Some("2026-05-03 Some(14:05:00)"), "{typed}");
        }
        assert_eq!(read("14:05"), None);
        assert_eq!(read("2026-05-03 25:00"), None);
    }

    #[test]
    fn numbers_are_read_in_her_order_and_names_in_her_language() {
        let read = |typed: &str, order, language| {
            let style = DateStyle { order, language, ..DateStyle::default() };
            parse_with_time(typed, today(), style).map(|(day, _)| day.to_string()).unwrap_or_default()
        };
        let (days_first, months_first) = (Order::DayMonth, Order::MonthDay);
        assert_eq!(read("3/5/2026", days_first, Language::English), "2026-05-03");
        assert_eq!(read("3/5/2026 2:05 pm", months_first, Language::English), "2026-03-05");
        assert_eq!(read("gestern", days_first, Language::German), "2026-11-25");
        assert_eq!(read("Freitag", days_first, Language::German), "2026-11-20");
        assert_eq!(read("3. Mai", days_first, Language::German), "2026-05-03");
        assert_eq!(read("3 de mayo de 2019", days_first, Language::Spanish), "2019-05-03");
        assert_eq!(read("hier", days_first, Language::German), "");
        let (day, rest) = take("Ada 24/12/2025", today(), DateStyle::default());
        assert_eq!((day.map(|day| day.to_string()).as_deref(), rest.as_str()), (Some("2025-12-24"), "Ada"));
    }

    #[test]
    fn a_day_is_taken_from_either_end() {
        let taken = |text: &str| {
            let (day, rest) = take(text, today(), DateStyle::default());
            (day.map(|day| day.to_string()).unwrap_or_default(), rest)
        };
        let is = |day: &str, rest: &str| (day.to_owned(), rest.to_owned());
        assert_eq!(taken("Ada Lovelace yesterday"), is("2026-11-25", "Ada Lovelace"));
        assert_eq!(taken("last friday Ada"), is("2026-11-20", "Ada"));
        assert_eq!(taken("Ada on 3 May 2025"), is("2025-05-03", "Ada"));
        assert_eq!(taken("May Wong"), is("", "May Wong"));
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_harm(text in ".{0,60}") {
            let _ = parse_with_time(&text, today(), DateStyle::default());
            let (_, rest) = take(&text, today(), DateStyle::default());
            prop_assert!(rest.len() <= text.len());
        }

        #[test]
        fn a_weekday_is_one_of_the_seven_days_before(days in 0u64..3000, name in "(mon|tues|wednes|thurs|fri|satur|sun)day") {
            let today = today().checked_add_days(Days::new(days)).unwrap();
            let day = parse(&name, today, DateStyle::default()).unwrap();
            prop_assert!((1..=7).contains(&(today - day).num_days()));
            prop_assert_eq!(day.weekday(), name.parse::<Weekday>().unwrap());
        }
    }
}
