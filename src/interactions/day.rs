//! Days as people write them: `yesterday`, `last friday`, `on 3 May`, `2026-05-03`. What has passed is meant: a month's day
//! without its year is the last one that there was.

use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, Weekday};

/// The longest phrase in words: `on 3 May 2026`.
const LONGEST: usize = 4;
/// Years that PostgreSQL and a person know.
pub const YEARS: std::ops::RangeInclusive<i32> = 1900..=9999;

/// The day that a phrase names on `today`; none where it is no such phrase.
#[must_use]
pub fn parse(phrase: &str, today: NaiveDate) -> Option<NaiveDate> {
    let lower = phrase.to_lowercase();
    let words: Vec<&str> = lower.split([' ', '\t', ',']).filter(|word| !word.is_empty()).collect();
    let words = match words.as_slice() {
        ["on", rest @ ..] if !rest.is_empty() => rest,
        all => all,
    };
    let day = match words {
        ["today"] => today,
        ["yesterday"] => today.pred_opt()?,
        ["last", day] => before(weekday(day)?, today),
        [one] => iso(one).or_else(|| weekday(one).map(|day| before(day, today)))?,
        [days, "days" | "day", "ago"] => today.checked_sub_days(Days::new(days.parse::<u16>().ok()?.into()))?,
        [weeks, "weeks" | "week", "ago"] => {
            today.checked_sub_days(Days::new(u64::from(weeks.parse::<u8>().ok()?) * 7))?
        }
        [one, other] => {
            let (day, month) = day_and_month(one, other)?;
            latest(day, month, today)?
        }
        [one, other, year] => {
            let (day, month) = day_and_month(one, other)?;
            NaiveDate::from_ymd_opt(year.parse().ok()?, month, day)?
        }
        _ => return None,
    };
    YEARS.contains(&day.year()).then_some(day)
}

/// The day, and the hour where it has one: `2026-05-03T14:05`, `yesterday 14:05`.
#[must_use]
pub fn parse_with_time(typed: &str, today: NaiveDate) -> Option<(NaiveDate, Option<NaiveTime>)> {
    let typed = typed.trim();
    let whole = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%.f"];
    if let Some(at) = whole.iter().find_map(|form| NaiveDateTime::parse_from_str(typed, form).ok()) {
        return YEARS.contains(&at.year()).then(|| (at.date(), Some(at.time())));
    }
    if let Some(day) = parse(typed, today) {
        return Some((day, None));
    }
    let (day, time) = typed.rsplit_once(char::is_whitespace)?;
    let day = day.trim_end().strip_suffix(" at").unwrap_or(day);
    let time = ["%H:%M", "%H:%M:%S"].iter().find_map(|form| NaiveTime::parse_from_str(time, form).ok())?;
    Some((parse(day.trim_end_matches(','), today)?, Some(time)))
}

/// A day at the beginning or at the end of a text, and the rest of it.
#[must_use]
pub fn take(text: &str, today: NaiveDate) -> (Option<NaiveDate>, String) {
    let words: Vec<&str> = text.split_whitespace().collect();
    for length in (1..=LONGEST.min(words.len())).rev() {
        let (rest, end) = words.split_at(words.len() - length);
        if let Some(day) = parse(&end.join(" "), today) {
            return (Some(day), rest.join(" "));
        }
        let (beginning, rest) = words.split_at(length);
        if let Some(day) = parse(&beginning.join(" "), today) {
            return (Some(day), rest.join(" "));
        }
    }
    (None, words.join(" "))
}

/// The day with which a text ends.
#[must_use]
pub fn at_end(text: &str, today: NaiveDate) -> Option<NaiveDate> {
    let words: Vec<&str> = text.trim_end_matches(['.', '!']).split_whitespace().collect();
    let lengths = (1..=LONGEST.min(words.len())).rev();
    lengths.filter_map(|length| parse(&words[words.len() - length..].join(" "), today)).next()
}

/// YYYY-MM-DD, and nothing shorter.
#[must_use]
pub fn iso(word: &str) -> Option<NaiveDate> {
    (word.len() == 10).then(|| NaiveDate::parse_from_str(word, "%Y-%m-%d").ok()).flatten()
}

/// Written out: Sun is a name.
#[must_use]
pub fn weekday(word: &str) -> Option<Weekday> {
    (word.len() > 5).then(|| word.parse().ok()).flatten()
}

/// The last such day before today.
fn before(day: Weekday, today: NaiveDate) -> NaiveDate {
    let back = (7 + today.weekday().num_days_from_monday() - day.num_days_from_monday() + 6) % 7 + 1;
    today.checked_sub_days(Days::new(back.into())).unwrap_or(today)
}

/// `3 may`, `3rd may`, `may 3`, in small letters.
#[must_use]
pub fn day_and_month(one: &str, other: &str) -> Option<(u32, u32)> {
    let number = |word: &str| {
        let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '.');
        let is_ordinal = matches!(&word[digits.len()..], "" | "." | "st" | "nd" | "rd" | "th");
        digits.parse::<u32>().ok().filter(|day| is_ordinal && (1..=31).contains(day))
    };
    let month = |word: &str| {
        let word = word.trim_end_matches('.');
        let month = (word.len() > 2).then(|| word.parse::<chrono::Month>().ok()).flatten();
        month.map(|month| month.number_from_month())
    };
    number(one).zip(month(other)).or_else(|| number(other).zip(month(one)))
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
    use proptest::prelude::*;

    /// A Thursday.
    fn today() -> NaiveDate {
        "2026-11-26".parse().unwrap()
    }

    fn read(phrase: &str) -> Option<String> {
        parse(phrase, today()).map(|day| day.to_string())
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
        let read = |typed: &str| parse_with_time(typed, today()).map(|(day, time)| format!("{day} {time:?}"));
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
    fn a_day_is_taken_from_either_end() {
        let taken = |text: &str| {
            let (day, rest) = take(text, today());
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
            let _ = parse_with_time(&text, today());
            let (_, rest) = take(&text, today());
            prop_assert!(rest.len() <= text.len());
        }

        #[test]
        fn a_weekday_is_one_of_the_seven_days_before(days in 0u64..3000, name in "(mon|tues|wednes|thurs|fri|satur|sun)day") {
            let today = today().checked_add_days(Days::new(days)).unwrap();
            let day = parse(&name, today).unwrap();
            prop_assert!((1..=7).contains(&(today - day).num_days()));
            prop_assert_eq!(day.weekday(), name.parse::<Weekday>().unwrap());
        }
    }
}
