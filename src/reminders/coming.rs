//! Days to come as people write them: `tomorrow`, `next friday`, `in 3 weeks`, `on 3 May`, `2026-05-03`, with or without an
//! hour behind it. A month's day without its year is the next one that there is.

use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, Weekday};

use crate::dates::{self, DateStyle, Language};
use crate::interactions::day::YEARS;

/// The day that is typed on `today`, and the hour where it has one.
#[must_use]
pub fn parse(typed: &str, today: NaiveDate, style: DateStyle) -> Option<(NaiveDate, Option<NaiveTime>)> {
    let lower = typed.trim().to_lowercase();
    let whole = ["%Y-%m-%dt%H:%M", "%Y-%m-%dt%H:%M:%S"];
    if let Some(at) = whole.iter().find_map(|form| NaiveDateTime::parse_from_str(&lower, form).ok()) {
        return YEARS.contains(&at.year()).then(|| (at.date(), Some(at.time())));
    }
    if let Some(day) = day(&lower, today, style) {
        return Some((day, None));
    }
    let (phrase, time) = dates::split_hour(&lower)?;
    let phrase = phrase.trim_end().trim_end_matches(" at").trim_end_matches(',');
    Some((day(phrase, today, style)?, Some(time)))
}

/// The day alone.
fn day(phrase: &str, today: NaiveDate, style: DateStyle) -> Option<NaiveDate> {
    let phrase = phrase.trim();
    let phrase = ["on ", "in "].iter().find_map(|word| phrase.strip_prefix(word)).unwrap_or(phrase);
    let day = dates::typed(phrase, style).or_else(|| in_words(phrase, today, style.language))?;
    YEARS.contains(&day.year()).then_some(day)
}

fn in_words(phrase: &str, today: NaiveDate, language: Language) -> Option<NaiveDate> {
    let in_days = |days: u64| today.checked_add_days(Days::new(days));
    let in_months = |months: u32| today.checked_add_months(Months::new(months));
    let number = |word: &str| word.parse::<u16>().ok();
    match dates::words(phrase, language).as_slice() {
        ["next", "week"] => in_days(7),
        ["next", "month"] => in_months(1),
        ["next", "year"] => in_months(12),
        [one] => match dates::near(one, language) {
            Some(days) => in_days(u64::try_from(days).ok()?),
            None => behind(dates::weekday(one, language)?, today),
        },
        ["next", one] => behind(dates::weekday(one, language)?, today),
        [days, "day" | "days"] => in_days(number(days)?.into()),
        [weeks, "week" | "weeks"] => in_days(u64::from(number(weeks)?) * 7),
        [months, "month" | "months"] => in_months(number(months)?.into()),
        [years, "year" | "years"] => in_months(u32::from(number(years)?) * 12),
        [one, other] => {
            let (day, month) = dates::day_and_month(one, other, language)?;
            (0..9)
                .filter_map(|years| NaiveDate::from_ymd_opt(today.year() + years, month, day))
                .find(|day| *day >= today)
        }
        _ => None,
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
    fn an_hour_may_follow() {
        for typed in ["2026-12-03 14:05", "2026-12-03T14:05", "next thursday at 14:05", "on 3 December, 14:05:00"] {
            let read = parse(typed, today(), DateStyle::default()).map(|(day, time)| format!("{day} {time:?}"));
            assert_eq!(read.as_deref(), Some("2026-12-03 Some(14:05:00)"), "{typed}");
        }
        assert_eq!(parse("14:05", today(), DateStyle::default()), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_harm(typed in ".{0,60}") {
            let _ = parse(&typed, today(), DateStyle::default());
        }
    }
}
