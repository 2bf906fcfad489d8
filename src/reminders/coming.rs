//! Days to come as people write them: `tomorrow`, `next friday`, `in 3 weeks`, `on 3 May`, `2026-05-03`, with or without an
//! hour behind it. A month's day without its year is the next one that there is.

use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, Weekday};

use crate::interactions::day::{YEARS, day_and_month, iso, weekday};

/// The day that is typed on `today`, and the hour where it has one.
#[must_use]
pub fn parse(typed: &str, today: NaiveDate) -> Option<(NaiveDate, Option<NaiveTime>)> {
    let lower = typed.trim().to_lowercase();
    let whole = ["%Y-%m-%dt%H:%M", "%Y-%m-%dt%H:%M:%S"];
    if let Some(at) = whole.iter().find_map(|form| NaiveDateTime::parse_from_str(&lower, form).ok()) {
        return YEARS.contains(&at.year()).then(|| (at.date(), Some(at.time())));
    }
    if let Some(day) = day(&lower, today) {
        return Some((day, None));
    }
    let (phrase, time) = lower.rsplit_once(char::is_whitespace)?;
    let time = ["%H:%M", "%H:%M:%S"].iter().find_map(|form| NaiveTime::parse_from_str(time, form).ok())?;
    let phrase = phrase.trim_end().trim_end_matches(" at").trim_end_matches(',');
    Some((day(phrase, today)?, Some(time)))
}

/// The day alone.
fn day(phrase: &str, today: NaiveDate) -> Option<NaiveDate> {
    let words: Vec<&str> = phrase.split([' ', '\t', ',']).filter(|word| !word.is_empty()).collect();
    let words = match words.as_slice() {
        ["on" | "in", rest @ ..] if !rest.is_empty() => rest,
        all => all,
    };
    let in_days = |days: u64| today.checked_add_days(Days::new(days));
    let in_months = |months: u32| today.checked_add_months(Months::new(months));
    let number = |word: &str| word.parse::<u16>().ok();
    let day = match words {
        ["today"] => today,
        ["tomorrow"] => in_days(1)?,
        ["next", "week"] => in_days(7)?,
        ["next", "month"] => in_months(1)?,
        ["next", "year"] => in_months(12)?,
        [one] => iso(one).or_else(|| behind(weekday(one)?, today))?,
        ["next", one] => behind(weekday(one)?, today)?,
        [days, "day" | "days"] => in_days(number(days)?.into())?,
        [weeks, "week" | "weeks"] => in_days(u64::from(number(weeks)?) * 7)?,
        [months, "month" | "months"] => in_months(number(months)?.into())?,
        [years, "year" | "years"] => in_months(u32::from(number(years)?) * 12)?,
        [one, other] => {
            let (day, month) = day_and_month(one, other)?;
            (0..9)
                .filter_map(|years| NaiveDate::from_ymd_opt(today.year() + years, month, day))
                .find(|day| *day >= today)?
        }
        [one, other, year] => {
            let (day, month) = day_and_month(one, other)?;
            NaiveDate::from_ymd_opt(year.parse().ok()?, month, day)?
        }
        _ => return None,
    };
    YEARS.contains(&day.year()).then_some(day)
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
            ("2019-05-03", "2019-05-03"),
            ("", ""),
            ("soon", ""),
            ("30 feb", ""),
            ("294277-01-01", ""),
            ("-infinity", ""),
        ] {
            let read = parse(typed, today()).map(|(day, _)| day.to_string()).unwrap_or_default();
            assert_eq!(read, day, "{typed}");
        }
    }

    #[test]
    fn an_hour_may_follow() {
        for typed in ["2026-12-03 14:05", "2026-12-03T14:05", "next thursday at 14:05", "on 3 December, 14:05:00"] {
            let read = parse(typed, today()).map(|(day, time)| format!("{day} {time:?}"));
            assert_eq!(read.as_deref(), Some("2026-12-03 Some(14:05:00)"), "{typed}");
        }
        assert_eq!(parse("14:05", today()), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_harm(typed in ".{0,60}") {
            let _ = parse(&typed, today());
        }
    }
}
