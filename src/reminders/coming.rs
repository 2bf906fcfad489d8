//! Days to come as people write them: `tomorrow`, `next friday`, `in 3 weeks`, `on 3 May`, `the first of the month`,
//! `2026-05-03`, with or without an hour before or behind it. A month's day without its year is the next one that there is.

use chrono::{
    DateTime, Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc, Weekday,
};
use chrono_tz::Tz;

use crate::dates::{self, DateStyle, Language, day_and_month, take_hour, weekday};
use crate::interactions::day::YEARS;

/// The evening of `tonight` begins at this hour.
const EVENING: u32 = 20;

/// The day that is typed on `today`, and the hour where it has one.
#[must_use]
pub fn parse(typed: &str, today: NaiveDate, style: DateStyle) -> Option<(NaiveDate, Option<NaiveTime>)> {
    let lower = typed.trim().to_lowercase();
    let whole = ["%Y-%m-%dt%H:%M", "%Y-%m-%dt%H:%M:%S"];
    if let Some(at) = whole.iter().find_map(|form| NaiveDateTime::parse_from_str(&lower, form).ok()) {
        return YEARS.contains(&at.year()).then(|| (at.date(), Some(at.time())));
    }
    let words = dates::words(&lower, style.language);
    match day(&words, today, style) {
        Some(day) => Some((day, None)),
        None => with_hour(&words, today, style),
    }
}

/// A day with its hour: `tomorrow at 9`, `9:00 friday`, `tonight`.
fn with_hour(words: &[&str], today: NaiveDate, style: DateStyle) -> Option<(NaiveDate, Option<NaiveTime>)> {
    let (time, rest) = match take_hour(words) {
        Some((time, rest)) => (Some(time), rest),
        None => (None, words),
    };
    if rest != ["tonight"] {
        return Some((day(rest, today, style)?, Some(time?)));
    }
    // Nine is nine in the evening then, and midnight the end of it.
    let time = match time {
        Some(time) if time.hour() == 0 => return Some((today.succ_opt()?, Some(time))),
        Some(time) if time.hour() < 12 => time.with_hour(time.hour() + 12)?,
        Some(time) => time,
        None => NaiveTime::from_hms_opt(EVENING, 0, 0)?,
    };
    Some((today, Some(time)))
}

/// So long from now on: `in 2 hours`, `in half an hour`, `in 30 minutes`.
#[must_use]
pub(super) fn span(words: &[&str]) -> Option<TimeDelta> {
    let (many, unit) = match words {
        ["in", "half", "an", "hour"] => return Some(TimeDelta::minutes(30)),
        ["in", many, unit] => (number(many)?, *unit),
        _ => return None,
    };
    match unit {
        "hour" | "hours" => Some(TimeDelta::hours(many.into())),
        "minute" | "minutes" | "min" => Some(TimeDelta::minutes(many.into())),
        _ => None,
    }
}

/// What the clock shows there so long from now on, to the minute, where that is typed.
#[must_use]
pub fn soon(typed: &str, now: DateTime<Utc>, zone: Tz) -> Option<(NaiveDate, Option<NaiveTime>)> {
    let lower = typed.to_lowercase();
    let at = (now + span(&lower.split_whitespace().collect::<Vec<_>>())?).with_timezone(&zone).naive_local();
    YEARS.contains(&at.year()).then(|| (at.date(), at.time().with_second(0).and_then(|time| time.with_nanosecond(0))))
}

/// `3`, `three`, `a`.
pub(super) fn number(word: &str) -> Option<u16> {
    const WORDS: [&str; 12] =
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    match word {
        "a" | "an" => Some(1),
        _ => WORDS
            .iter()
            .zip(1..)
            .find(|(name, _)| **name == word)
            .map(|(_, number)| number)
            .or_else(|| word.parse().ok()),
    }
}

/// `first`, `2nd`, `last`, as rules count a month's weekdays.
fn ordinal(word: &str) -> Option<i32> {
    const WORDS: [(&str, &str); 5] =
        [("first", "1st"), ("second", "2nd"), ("third", "3rd"), ("fourth", "4th"), ("fifth", "5th")];
    let place = WORDS.iter().zip(1..).find(|((name, short), _)| *name == word || *short == word);
    place.map(|(_, number)| number).or_else(|| (word == "last").then_some(-1))
}

/// `first friday`, `the last monday`, wherever it stands among these words.
pub(super) fn nth_weekday(words: &[&str], language: Language) -> Option<(i32, Weekday)> {
    words.windows(2).find_map(|pair| match pair {
        [nth, day] => ordinal(nth).zip(weekday(day, language)),
        _ => None,
    })
}

/// The day alone.
pub(super) fn day(words: &[&str], today: NaiveDate, style: DateStyle) -> Option<NaiveDate> {
    let words = match words {
        ["on" | "in", rest @ ..] if !rest.is_empty() => rest,
        all => all,
    };
    let in_days = |days: u64| today.checked_add_days(Days::new(days));
    let in_months = |months: u32| today.checked_add_months(Months::new(months));
    let language = style.language;
    let in_words = || match words {
        ["next", "week"] => in_days(7),
        ["next", "month"] => in_months(1),
        ["next", "year"] => in_months(12),
        [one] => match dates::near(one, language) {
            Some(days) => in_days(u64::try_from(days).ok()?),
            None => behind(weekday(one, language)?, today),
        },
        ["next" | "this", one] => behind(weekday(one, language)?, today),
        [days, "day" | "days"] => in_days(number(days)?.into()),
        [weeks, "week" | "weeks"] => in_days(u64::from(number(weeks)?) * 7),
        [months, "month" | "months"] => in_months(number(months)?.into()),
        [years, "year" | "years"] => in_months(u32::from(number(years)?) * 12),
        all => of_a_month(all, today, language).or_else(|| of_a_year(all, today, language)),
    };
    let day = dates::typed(&words.join(" "), style).or_else(in_words)?;
    YEARS.contains(&day.year()).then_some(day)
}

/// `3 may`, `may 3`: the next one that there is.
fn of_a_year(words: &[&str], today: NaiveDate, language: Language) -> Option<NaiveDate> {
    let [one, other] = words else { return None };
    let (day, month) = day_and_month(one, other, language)?;
    (0..9).filter_map(|years| NaiveDate::from_ymd_opt(today.year() + years, month, day)).find(|day| *day >= today)
}

/// `the 15th`, `first of the month`, `last day of next month`, `second friday of the month`: the next one behind today.
fn of_a_month(words: &[&str], today: NaiveDate, language: Language) -> Option<NaiveDate> {
    let (is_of, which, months) = match words {
        [which @ .., "of", "next", "month"] => (true, which, 1..2),
        [which @ .., "of", "the", "month"] | [which @ .., "of", "month"] => (true, which, 0..9),
        ["the", _] => (false, words, 0..9),
        _ => return None,
    };
    let first = today.with_day(1)?;
    let in_month = |months: u32| {
        let first = first.checked_add_months(Months::new(months))?;
        match which {
            ["first" | "1st"] | ["the", "first" | "1st"] | ["beginning" | "start"] | ["the", "beginning" | "start"] => {
                Some(first)
            }
            ["last" | "end"] | ["the", "last" | "end"] | ["last", "day"] | ["the", "last", "day"] if is_of => {
                first.checked_add_months(Months::new(1))?.pred_opt()
            }
            [day] | ["the", day] => {
                let digits =
                    day.strip_suffix("st").or_else(|| day.strip_suffix("nd")).or_else(|| day.strip_suffix("rd"));
                first.with_day(digits.or_else(|| day.strip_suffix("th"))?.parse().ok()?)
            }
            [nth, day] | ["the", nth, day] if is_of => nth_of_month(first, nth_weekday(&[*nth, *day], language)?),
            _ => None,
        }
    };
    months.filter_map(in_month).find(|day| *day > today)
}

/// The nth such weekday of the month that begins on this day; from its end where that is negative.
fn nth_of_month(first: NaiveDate, (nth, day): (i32, Weekday)) -> Option<NaiveDate> {
    match u8::try_from(nth) {
        Ok(nth) => NaiveDate::from_weekday_of_month_opt(first.year(), first.month(), day, nth),
        Err(_) => first.checked_add_months(Months::new(1))?.iter_days().rev().skip(1).find(|one| one.weekday() == day),
    }
}

/// The next such day behind today.
fn behind(day: Weekday, today: NaiveDate) -> Option<NaiveDate> {
    let days = (7 + day.num_days_from_monday() - today.weekday().num_days_from_monday() + 6) % 7 + 1;
    today.checked_add_days(Days::new(days.into()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dates::Order;

    /// A Thursday.
    fn today() -> NaiveDate {
        "2026-11-26".parse().unwrap()
    }

    #[test]
    fn a_day_to_come_is_understood_as_people_write_it() {
        for (typed, day) in [
            ("today", "2026-11-26"),
            ("Tomorrow", "2026-11-27"),
            ("next week", "2026-12-03"),
            ("friday", "2026-11-27"),
            ("next Thursday", "2026-12-03"),
            ("in 3 days", "2026-11-29"),
            ("in 2 weeks", "2026-12-10"),
            ("in 3 months", "2027-02-26"),
            ("3 May", "2027-05-03"),
            ("on December 24th", "2026-12-24"),
            ("26 november", "2026-11-26"),
            ("29 feb", "2028-02-29"),
            ("3 may 2031", "2031-05-03"),
            ("this friday", "2026-11-27"),
            ("the 15th", "2026-12-15"),
            ("on the 31st", "2026-12-31"),
            ("first of month", "2026-12-01"),
            ("the 26th of the month", "2026-12-26"),
            ("the first of next month", "2026-12-01"),
            ("last day of the month", "2026-11-30"),
            ("end of next month", "2026-12-31"),
            ("first friday of the month", "2026-12-04"),
            ("the last friday of the month", "2026-11-27"),
            ("on the 2nd thursday of next month", "2026-12-10"),
            ("fifth monday of the month", "2026-11-30"),
            ("the first friday", ""),
            ("in two weeks", "2026-12-10"),
            ("in a month", "2026-12-26"),
            ("in twelve days", "2026-12-08"),
            ("the last", ""),
            ("the end", ""),
            ("the 32nd", ""),
            ("2019-05-03", "2019-05-03"),
            ("", ""),
            ("soon", ""),
            ("30 feb", ""),
            ("294277-01-01", ""),
            ("-infinity", ""),
        ] {
            let read = parse(typed, today(), DateStyle::default()).map(|(day, _)| day.to_string()).unwrap_or_default();
            assert_eq!(read, day, "{typed}");
        }
    }

    #[test]
    fn numbers_are_read_in_her_order_and_names_in_her_language() {
        let read = |typed: &str, order, language| {
            let style = DateStyle { order, language, ..DateStyle::default() };
            parse(typed, today(), style).map(|(day, time)| format!("{day} {time:?}")).unwrap_or_default()
        };
        assert_eq!(read("3/5/2027", Order::DayMonth, Language::English), "2027-05-03 None");
        assert_eq!(read("3/5/2027 2 pm", Order::MonthDay, Language::English), "2027-03-05 Some(14:00:00)");
        assert_eq!(read("3/5/2027", Order::Iso, Language::English), "");
        assert_eq!(read("morgen", Order::Dotted, Language::German), "2026-11-27 None");
        assert_eq!(read("Freitag 14:05", Order::Dotted, Language::German), "2026-11-27 Some(14:05:00)");
        assert_eq!(read("3 maja", Order::Dotted, Language::Polish), "2027-05-03 None");
        assert_eq!(read("gestern", Order::Dotted, Language::German), "");
    }

    #[test]
    fn an_hour_may_stand_before_or_behind_it() {
        for typed in [
            "2026-12-03 14:05",
            "2026-12-03T14:05",
            "next thursday at 14:05",
            "on 3 December, 14:05:00",
            "2:05pm on 3 December",
        ] {
            let read = parse(typed, today(), DateStyle::default()).map(|(day, time)| format!("{day} {time:?}"));
            assert_eq!(read.as_deref(), Some("2026-12-03 Some(14:05:00)"), "{typed}");
        }
        for (typed, hour) in [
            ("at 9 tomorrow", "09:00"),
            ("tomorrow at 9", "09:00"),
            ("tomorrow, 9 am", "09:00"),
            ("tomorrow at 12am", "00:00"),
            ("tomorrow 12:30 pm", "12:30"),
            ("tomorrow noon", "12:00"),
            ("tonight", "20:00"),
            ("tonight at 9", "21:00"),
            ("22:15 tonight", "22:15"),
            ("midnight tonight", "00:00"),
            ("tomorrow at midnight", "00:00"),
            ("tomorrow 9", ""),
            ("tomorrow at 25", ""),
            ("tomorrow 13pm", ""),
            ("14:05", ""),
            ("at 9", ""),
        ] {
            let read = parse(typed, today(), DateStyle::default())
                .and_then(|(_, time)| time)
                .map(|time| time.format("%H:%M").to_string());
            assert_eq!(read.unwrap_or_default(), hour, "{typed}");
        }
    }

    #[test]
    fn so_many_hours_from_now_are_told_by_the_clock_across_a_change_of_it() {
        let told = |typed: &str, now: &str, zone| {
            let at = soon(typed, now.parse().unwrap(), zone).map(|(day, time)| day.and_time(time.unwrap()));
            at.map(|at| at.format("%Y-%m-%d %H:%M:%S").to_string()).unwrap_or_default()
        };
        let now = "2026-11-26T10:30:40.5Z";
        for (typed, at) in [
            ("in 2 hours", "2026-11-26 13:30:00"),
            ("in an hour", "2026-11-26 12:30:00"),
            ("In half an hour", "2026-11-26 12:00:00"),
            ("in 30 minutes", "2026-11-26 12:00:00"),
            ("in 20 hours", "2026-11-27 07:30:00"),
            ("in 2 days", ""),
            ("2 hours", ""),
            ("in 70000 hours", ""),
        ] {
            assert_eq!(told(typed, now, Tz::Europe__Berlin), at, "{typed}");
        }
        // There two o'clock comes twice, and five months later not at all.
        assert_eq!(told("in 2 hours", "2026-10-25T00:10:00Z", Tz::Europe__Berlin), "2026-10-25 03:10:00");
        assert_eq!(told("in 2 hours", "2027-03-28T00:10:00Z", Tz::Europe__Berlin), "2027-03-28 04:10:00");
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_harm(typed in ".{0,60}") {
            let _ = parse(&typed, today(), DateStyle::default());
        }
    }
}
