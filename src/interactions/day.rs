//! Days as people write them: `yesterday`, `last friday`, `on 3 May`, `2026-05-03`. What has passed is meant: a month's
//! day without its year is the last one that there was.

use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, Weekday};

use crate::dates::{self, DateStyle, Language};

/// The longest phrase in words: `3 de mayo de 2026 at 9 pm`.
const LONGEST_WITH_HOUR: usize = 8;
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

/// A day, and the hour of it where that is said.
pub type Moment = (NaiveDate, Option<NaiveTime>);

/// The day, and the hour where it has one: `2026-05-03T14:05`, `yesterday 14:05`, `today 9am`. An hour alone is one of
/// today.
#[must_use]
pub fn parse_with_time(typed: &str, today: NaiveDate, style: DateStyle) -> Option<Moment> {
    let typed = typed.trim();
    let whole = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%.f"];
    if let Some(at) = whole.iter().find_map(|form| NaiveDateTime::parse_from_str(typed, form).ok()) {
        return YEARS.contains(&at.year()).then(|| (at.date(), Some(at.time())));
    }
    let (day, time) = in_parts(typed, today, style)?;
    Some((day.unwrap_or(today), time))
}

/// The day of a phrase and its hour, at least one of the two.
fn in_parts(phrase: &str, today: NaiveDate, style: DateStyle) -> Option<(Option<NaiveDate>, Option<NaiveTime>)> {
    if let Some(day) = parse(phrase, today, style) {
        return Some((Some(day), None));
    }
    let lower = phrase.to_lowercase();
    let words: Vec<&str> = lower.split([' ', '\t', ',']).filter(|word| !word.is_empty()).collect();
    match dates::take_hour(&words) {
        Some((time, [])) => Some((None, Some(time))),
        Some((time, rest)) => Some((Some(parse(&rest.join(" "), today, style)?), Some(time))),
        None => day_and_number(&words, today, style),
    }
}

/// `yesterday 14`, `last friday 9`: behind a day that has no number of its own a number is its hour.
fn day_and_number(
    words: &[&str],
    today: NaiveDate,
    style: DateStyle,
) -> Option<(Option<NaiveDate>, Option<NaiveTime>)> {
    let (number, day) = words.split_last()?;
    let is_number = (1..=2).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number || day.concat().bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let time = NaiveTime::from_hms_opt(number.parse().ok()?, 0, 0)?;
    Some((Some(parse(&day.join(" "), today, style)?), Some(time)))
}

/// A text, and what is left of it as a day and an hour are taken from its beginning or its end one after the other. They may stand
/// apart: `yesterday Ada at 9`. What is still to come is taken, too.
#[must_use]
pub fn takes(text: &str, today: NaiveDate, style: DateStyle) -> Vec<(Option<Moment>, String)> {
    let mut rest: Vec<&str> = text.split_whitespace().collect();
    let (mut day, mut time) = (None, None);
    let mut readings = vec![(None, rest.join(" "))];
    while let Some(((a_day, an_hour), left)) = take_part(&rest, today, style) {
        if a_day.is_some() && day.is_some() || an_hour.is_some() && time.is_some() {
            break;
        }
        (day, time, rest) = (day.or(a_day), time.or(an_hour), left);
        readings.push((Some((day.unwrap_or(today), time)), rest.join(" ")));
    }
    readings
}

type Parts<'a> = ((Option<NaiveDate>, Option<NaiveTime>), Vec<&'a str>);

fn take_part<'a>(words: &[&'a str], today: NaiveDate, style: DateStyle) -> Option<Parts<'a>> {
    (1..=LONGEST_WITH_HOUR.min(words.len())).rev().find_map(|length| {
        let (rest, end) = words.split_at(words.len() - length);
        let (beginning, behind) = words.split_at(length);
        [(end, rest), (beginning, behind)].into_iter().filter(|(phrase, _)| !is_name(phrase)).find_map(
            |(phrase, others)| {
                let phrase = phrase.join(" ");
                let parts = in_parts(&phrase, today, style);
                let parts = parts.or_else(|| Some((Some(ahead(&phrase, today, style.language)?), None)))?;
                Some((parts, others.to_vec()))
            },
        )
    })
}

/// Peter Noon is somebody; `at noon` and `yesterday noon` say when.
fn is_name(phrase: &[&str]) -> bool {
    matches!(phrase, [one] if ["noon", "midnight"].contains(&one.to_lowercase().as_str()))
}

/// `tomorrow`, `next friday`.
fn ahead(phrase: &str, today: NaiveDate, language: Language) -> Option<NaiveDate> {
    let lower = phrase.to_lowercase();
    match dates::words(&lower, language).as_slice() {
        ["next", day] => before(dates::weekday(day, language)?, today).checked_add_days(Days::new(14)),
        [one] => {
            let days = u64::try_from(dates::near(one, language)?).ok()?;
            today.checked_add_days(Days::new(days))
        }
        _ => None,
    }
}

/// When it was by a text that tells of it: by words of the past that a comma or a colon sets off at its beginning, or
/// that end it. Any other day in it is one of what it tells: `moves to Berlin on Monday`, `wedding on Saturday, 12 June`.
/// So is an hour alone.
#[must_use]
pub fn in_text(text: &str, today: NaiveDate, style: DateStyle) -> Option<Moment> {
    let text = text.trim().trim_end_matches(['.', '!']);
    let moment = |phrase: &str| {
        let phrase = phrase.trim();
        let (day, time) = in_parts(phrase, today, style).filter(|_| is_of_the_past(phrase, style.language))?;
        Some((day?, time))
    };
    // `yesterday, 14:30: asked`
    let is_of_an_hour = |mark: &str, behind: &str| mark == ":" && behind.starts_with(|c: char| c.is_ascii_digit());
    let marks =
        text.match_indices([',', ':', '：']).filter(|(at, mark)| !is_of_an_hour(mark, &text[at + mark.len()..]));
    let beginning = marks.take(2).filter_map(|(at, _)| moment(&text[..at])).last();
    let words: Vec<&str> = text.split_whitespace().collect();
    beginning.or_else(|| {
        let lengths = (1..=LONGEST_WITH_HOUR.min(words.len())).rev();
        lengths.map(|length| words[words.len() - length..].join(" ")).find_map(|phrase| moment(&phrase))
    })
}

/// Whether a day is told from where she stands: `yesterday`, `last friday`, `3 days ago`.
fn is_of_the_past(phrase: &str, language: Language) -> bool {
    let lower = phrase.to_lowercase();
    dates::words(&lower, language)
        .into_iter()
        .any(|word| matches!(word, "last" | "ago") || dates::near(word, language).is_some_and(|days| days <= 0))
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

    fn take(text: &str, today: NaiveDate, style: DateStyle) -> (Option<Moment>, String) {
        takes(text, today, style).pop().unwrap()
    }

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
        assert_eq!(read("2026-05-03 25:00"), None);
        for (typed, at) in [
            ("today 9am", "2026-11-26 Some(09:00:00)"),
            ("yesterday at 9", "2026-11-25 Some(09:00:00)"),
            ("yesterday 14", "2026-11-25 Some(14:00:00)"),
            ("9 pm yesterday", "2026-11-25 Some(21:00:00)"),
            ("last friday noon", "2026-11-20 Some(12:00:00)"),
            ("noon", "2026-11-26 Some(12:00:00)"),
            ("midnight", "2026-11-26 Some(00:00:00)"),
            ("9 pm", "2026-11-26 Some(21:00:00)"),
            ("at 14:00", "2026-11-26 Some(14:00:00)"),
            ("14:05", "2026-11-26 Some(14:05:00)"),
        ] {
            assert_eq!(read(typed).as_deref(), Some(at), "{typed}");
        }
        for typed in ["9", "at", "soon 9am", "tomorrow 9am", "noon noon", "yesterday 24"] {
            assert_eq!(read(typed), None, "{typed}");
        }
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
        assert_eq!((day.map(|(day, _)| day.to_string()).as_deref(), rest.as_str()), (Some("2025-12-24"), "Ada"));
    }

    #[test]
    fn a_day_and_an_hour_are_taken_from_either_end() {
        let taken = |text: &str| {
            let (moment, rest) = take(text, today(), DateStyle::default());
            let time = |time: NaiveTime| time.format(" %H:%M").to_string();
            let told = moment.map(|(day, hour)| format!("{day}{}", hour.map(time).unwrap_or_default()));
            (told.unwrap_or_default(), rest)
        };
        let is = |day: &str, rest: &str| (day.to_owned(), rest.to_owned());
        assert_eq!(taken("Ada Lovelace yesterday"), is("2026-11-25", "Ada Lovelace"));
        assert_eq!(taken("last friday Ada"), is("2026-11-20", "Ada"));
        assert_eq!(taken("Ada on 3 May 2025"), is("2025-05-03", "Ada"));
        assert_eq!(taken("May Wong"), is("", "May Wong"));
        assert_eq!(taken("Ada at 14:00"), is("2026-11-26 14:00", "Ada"));
        assert_eq!(taken("Ada yesterday at 9 pm"), is("2026-11-25 21:00", "Ada"));
        assert_eq!(taken("yesterday Ada King 9:30am"), is("2026-11-25 09:30", "Ada King"));
        assert_eq!(taken("tim chapman yesterday 2pm"), is("2026-11-25 14:00", "tim chapman"));
        assert_eq!(taken("Ada 7"), is("", "Ada 7"));
        assert_eq!(taken("Ada at noon"), is("2026-11-26 12:00", "Ada"));
        assert_eq!(taken("Peter Noon"), is("", "Peter Noon"));
        assert_eq!(taken("Tom tomorrow"), is("2026-11-27", "Tom"));
        assert_eq!(taken("Tom tomorrow at 9am"), is("2026-11-27 09:00", "Tom"));
        assert_eq!(taken("Tom next friday"), is("2026-12-04", "Tom"));
        let steps = takes("Sunday Adeyemi at 14:00", today(), DateStyle::default());
        let steps: Vec<&str> = steps.iter().map(|(_, rest)| rest.as_str()).collect();
        assert_eq!(steps, ["Sunday Adeyemi at 14:00", "Sunday Adeyemi", "Adeyemi"]);
    }

    #[test]
    fn a_text_says_when_it_was_in_words_of_the_past() {
        let read =
            |text: &str| in_text(text, today(), DateStyle::default()).map(|(day, time)| format!("{day} {time:?}"));
        for (text, day) in [
            ("asked last friday", "2026-11-20 None"),
            ("asked 3 days ago", "2026-11-23 None"),
            ("asked yesterday", "2026-11-25 None"),
            ("asked about the job, yesterday at 9am.", "2026-11-25 Some(09:00:00)"),
            ("yesterday, asked about the job, again", "2026-11-25 None"),
            ("Last friday: asked about the job", "2026-11-20 None"),
            ("yesterday, 14:30: asked", "2026-11-25 Some(14:30:00)"),
        ] {
            assert_eq!(read(text).as_deref(), Some(day), "{text}");
        }
        for text in [
            "we meet tomorrow at 14:00",
            "asked, at 9am",
            "Monday is a holiday",
            "moves to Berlin on Monday",
            "leaves for Paris, Monday",
            "monday, the garden",
            "wedding on Saturday, 12 June",
            "birthday 3 May",
            "birthday, May 3, 1990",
            "yesterday was better",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
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
