//! Days to come as people write them: `tomorrow`, `next friday`, `in 3 weeks`, `on 3 May`, `the first of the month`,
//! `2026-05-03`, with or without an hour before or behind it. A month's day without its year is the next one that there is.

use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Weekday};

use crate::dates::{self, DateStyle, Language, day_and_month, weekday};
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
    // Nine is nine in the evening then.
    let time = match time {
        Some(time) if time.hour() < 12 => time.with_hour(time.hour() + 12)?,
        Some(time) => time,
        None => NaiveTime::from_hms_opt(EVENING, 0, 0)?,
    };
    Some((today, Some(time)))
}

/// An hour at the end or at the beginning, and the words besides it.
pub(super) fn take_hour<'a, 'b>(words: &'b [&'a str]) -> Option<(NaiveTime, &'b [&'a str])> {
    (1..=3.min(words.len())).rev().find_map(|length| {
        let (rest, end) = words.split_at(words.len() - length);
        let (beginning, behind) = words.split_at(length);
        hour(end).map(|time| (time, rest)).or_else(|| hour(beginning).map(|time| (time, behind)))
    })
}

/// `9:00`, `at 9`, `9am`, `at 6:30 pm`, `noon`. A number alone is none.
fn hour(words: &[&str]) -> Option<NaiveTime> {
    let (is_at, words) = match words {
        ["at", rest @ ..] => (true, rest),
        all => (false, all),
    };
    let whole = words.concat();
    if whole == "noon" {
        return NaiveTime::from_hms_opt(12, 0, 0);
    }
    let half =
        whole.strip_suffix("am").map(|rest| (rest, 0)).or_else(|| whole.strip_suffix("pm").map(|rest| (rest, 12)));
    let clock = |text: &str| ["%H:%M", "%H:%M:%S"].iter().find_map(|form| NaiveTime::parse_from_str(text, form).ok());
    let number = |text: &str| NaiveTime::from_hms_opt(text.parse::<u8>().ok()?.into(), 0, 0);
    if let Some((text, add)) = half {
        let time = clock(text).or_else(|| number(text)).filter(|time| (1..=12).contains(&time.hour()))?;
        return time.with_hour(time.hour() % 12 + add);
    }
    match words {
        [one] => clock(one).or_else(|| is_at.then(|| number(one)).flatten()),
        _ => None,
    }
}

/// The day alone.
pub(super) fn day(words: &[&str], today: NaiveDate, style: DateStyle) -> Option<NaiveDate> {
    let words = match words {
        ["on" | "in", rest @ ..] if !rest.is_empty() => rest,
        all => all,
    };
    let in_days = |days: u64| today.checked_add_days(Days::new(days));
    let in_months = |months: u32| today.checked_add_months(Months::new(months));
    let number = |word: &str| word.parse::<u16>().ok();
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
        all => of_a_month(all, today).or_else(|| of_a_year(all, today, language)),
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

/// `the 15th`, `first of the month`, `last day of next month`: the next one behind today.
fn of_a_month(words: &[&str], today: NaiveDate) -> Option<NaiveDate> {
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
            _ => None,
        }
    };
    months.filter_map(in_month).find(|day| *day > today)
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

    proptest! {
        #[test]
        fn any_text_is_read_without_harm(typed in ".{0,60}") {
            let _ = parse(&typed, today(), DateStyle::default());
        }
    }
}
