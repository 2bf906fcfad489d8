//! Days that are typed, read as she writes them.

use chrono::{Datelike, Month, NaiveDate, Weekday};

use super::{DateStyle, Language};

/// Letters below which a word names no month: `ma` may be anything.
const FEWEST: usize = 3;

/// The day that a text names with its year: `2026-05-03`, `3 May 2026`, `May 3, 2026`, `3.5.2026`, and `3/5/2026` in
/// the order in which she writes the two. Where that is not known, or is none of the calendar, the other one is meant
/// if it alone can be.
#[must_use]
pub fn typed(text: &str, style: DateStyle) -> Option<NaiveDate> {
    let text = text.trim();
    if let Some(day) = numbers(text, style) {
        return Some(day);
    }
    let lower = text.to_lowercase();
    match words(&lower, style.language).as_slice() {
        [one, other, year] => {
            let (day, month) = day_and_month(one, other, style.language)?;
            NaiveDate::from_ymd_opt(year_of(year)?, month, day)
        }
        _ => None,
    }
}

/// A day without a year, as month and day: `3 May`, `May 3`, `3.5.`, and `3/5` in the order in which she writes the
/// two.
#[must_use]
pub fn day_of_month(text: &str, style: DateStyle) -> Option<(u32, u32)> {
    let lower = text.trim().to_lowercase();
    // 2000 was a leap year: 29 February is a birthday too.
    let of_numbers = || match lower.split_once(['/', '.', '-']) {
        Some((month, day)) if lower.contains('-') => {
            let is_hers = style.order.is_day_first().is_none();
            is_hers.then_some((number(month)?, number(day)?))
        }
        Some((one, other)) => {
            let is_dotted = lower.contains('.');
            let other = if is_dotted { other.trim().trim_end_matches('.') } else { other };
            let day_first = if is_dotted { Some(true) } else { style.order.is_day_first() };
            in_order(2000, (number(one)?, number(other)?), day_first).map(month_and_day)
        }
        None => None,
    };
    let (month, day) = of_numbers().or_else(|| match words(&lower, style.language).as_slice() {
        [one, other] => day_and_month(one, other, style.language).map(|(day, month)| (month, day)),
        _ => None,
    })?;
    NaiveDate::from_ymd_opt(2000, month, day).map(month_and_day)
}

/// `3 may`, `3rd may`, `may 3`, as day and month; in small letters.
#[must_use]
pub fn day_and_month(one: &str, other: &str, language: Language) -> Option<(u32, u32)> {
    let day = |word: &str| {
        let digits = word.trim_end_matches(|c: char| !c.is_ascii_digit());
        let is_ordinal = matches!(&word[digits.len()..], "" | "." | "st" | "nd" | "rd" | "th" | "er" | "º");
        digits.parse::<u32>().ok().filter(|day| is_ordinal && (1..=31).contains(day))
    };
    day(one).zip(month(other, language)).or_else(|| day(other).zip(month(one, language)))
}

/// The weekday that a word names, written out: Sun is a name. In small letters.
#[must_use]
pub fn weekday(word: &str, language: Language) -> Option<Weekday> {
    let english = || (word.len() > 5).then(|| word.parse().ok()).flatten();
    let theirs = || {
        let index = language.words().weekdays.iter().position(|name| name.to_lowercase() == word)?;
        Weekday::try_from(u8::try_from(index).ok()?).ok()
    };
    english().or_else(theirs)
}

/// How many days ahead a word means, in English or in her language: `today`, `yesterday`, `tomorrow`. In small letters.
#[must_use]
pub fn near(word: &str, language: Language) -> Option<i64> {
    let word = word.replace('\'', "’");
    [language, Language::English].into_iter().find_map(|language| {
        let words = language.words();
        let named = [(words.today, 0), (words.tomorrow, 1), (words.yesterday, -1)];
        named.into_iter().find(|(name, _)| *name == word).map(|(_, days)| days)
    })
}

/// The words of a phrase, without those that only join a day, its month and its year.
#[must_use]
pub fn words(lower: &str, language: Language) -> Vec<&str> {
    let joint = language.words().joints.0.trim();
    lower.split([' ', '\t', ',']).filter(|word| !word.is_empty() && (joint != *word)).collect()
}

/// The month that a word names in any language, by three letters of it at least: `mär`, `févr.`, `października`. None
/// where it may be one or the other.
#[must_use]
pub fn month_of_any_language(word: &str) -> Option<u32> {
    let lower = word.to_lowercase();
    let word = lower.trim_end_matches('.');
    if word.chars().count() < FEWEST {
        return None;
    }
    // Mail programs in German abbreviate March so, and the CLDR does not.
    let abbreviated = (word == "mrz").then_some(3);
    let mut named = Language::ALL.into_iter().flat_map(move |(language, ..)| {
        let words = language.words();
        let names = [Some(&words.months), Some(&words.short_months), words.months_of_days.as_ref()];
        let numbered = names.into_iter().flatten().flat_map(|months| months.iter().zip(1_u32..));
        numbered.filter(move |(name, _)| name.to_lowercase().starts_with(word)).map(|(_, number)| number)
    });
    let first = abbreviated.or_else(|| named.next())?;
    named.all(|other| other == first).then_some(first)
}

fn month(word: &str, language: Language) -> Option<u32> {
    let word = word.trim_end_matches('.');
    if word.chars().count() < FEWEST {
        return None;
    }
    let english = || word.parse::<Month>().ok().map(|month| month.number_from_month());
    let theirs = || {
        let of = |names: &[&str; 12]| {
            names
                .iter()
                .position(|name| name.trim_end_matches('.').to_lowercase() == word)
                .map(|index| index as u32 + 1)
        };
        let words = language.words();
        of(&words.months).or_else(|| of(&words.short_months)).or_else(|| words.months_of_days.as_ref().and_then(of))
    };
    theirs().or_else(english)
}

fn numbers(text: &str, style: DateStyle) -> Option<NaiveDate> {
    let sign = text.chars().find(|c| matches!(c, '/' | '.' | '-'))?;
    let mut parts = text.split(sign).map(|part| if sign == '.' { part.trim() } else { part });
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    if first.len() == 4 {
        // Nothing shorter than YYYY-MM-DD is one.
        let is_whole = sign != '-' || second.len() + third.len() == 4;
        return NaiveDate::from_ymd_opt(year_of(first)?, number(second)?, number(third)?).filter(|_| is_whole);
    }
    let day_first = if sign == '.' { Some(true) } else { style.order.is_day_first() };
    in_order(year_of(third)?, (number(first)?, number(second)?), day_first)
}

/// The day of two numbers of which one is the month.
fn in_order(year: i32, (first, second): (u32, u32), day_first: Option<bool>) -> Option<NaiveDate> {
    let (one, other) = (NaiveDate::from_ymd_opt(year, second, first), NaiveDate::from_ymd_opt(year, first, second));
    match (day_first, one, other) {
        (Some(true), one, other) => one.or(other),
        (Some(false), one, other) => other.or(one),
        (None, Some(one), Some(other)) => (one == other).then_some(one),
        (None, one, other) => one.or(other),
    }
}

fn month_and_day(day: NaiveDate) -> (u32, u32) {
    (day.month(), day.day())
}

/// One digit or two.
fn number(text: &str) -> Option<u32> {
    let is_number = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

/// Four digits.
fn year_of(text: &str) -> Option<i32> {
    let is_year = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    is_year.then(|| text.parse().ok()).flatten().filter(|year| *year > 0)
}

#[cfg(test)]
mod tests {
    use super::super::Order;
    use super::*;

    fn style(order: Order) -> DateStyle {
        DateStyle { order, ..DateStyle::default() }
    }

    fn read(text: &str, style: DateStyle) -> String {
        typed(text, style).map(|day| day.to_string()).unwrap_or_default()
    }

    #[test]
    fn slashes_are_read_in_the_order_in_which_she_writes() {
        for (text, order, day) in [
            ("3/5/2026", Order::DayMonth, "2026-05-03"),
            ("3/5/2026", Order::DayMonthName, "2026-05-03"),
            ("3/5/2026", Order::MonthDay, "2026-03-05"),
            ("03-05-2026", Order::MonthNameDay, "2026-03-05"),
            ("3/5/2026", Order::Iso, ""),
            ("5/5/2026", Order::Iso, "2026-05-05"),
            ("28/11/2026", Order::Iso, "2026-11-28"),
            ("28/11/2026", Order::MonthDay, "2026-11-28"),
            ("11/28/2026", Order::DayMonth, "2026-11-28"),
            ("3.5.2026", Order::MonthDay, "2026-05-03"),
            ("3. 5. 2026", Order::MonthDay, "2026-05-03"),
            ("2026/5/3", Order::DayMonth, "2026-05-03"),
        ] {
            assert_eq!(read(text, style(order)), day, "{text} {order:?}");
        }
    }

    #[test]
    fn a_day_is_read_in_every_way_that_it_is_written() {
        for (language, ..) in Language::ALL {
            for (order, ..) in Order::ALL {
                let style = DateStyle { order, language, ..DateStyle::default() };
                for day in ["2026-11-01", "2026-03-28", "2028-02-29", "1815-12-31"] {
                    let date: NaiveDate = day.parse().unwrap();
                    assert_eq!(read(&format!(" {} ", style.exact(date)), style), day, "{style:?}");
                    let bare = style.date(None, month_and_day(date).0, month_and_day(date).1);
                    assert_eq!(day_of_month(&bare, style), Some(month_and_day(date)), "{bare} {style:?}");
                }
            }
        }
    }

    #[test]
    fn months_of_every_language_are_known_unless_they_may_be_two() {
        for (word, month) in [
            ("M\u{e4}r", 3),
            ("mrz", 3),
            ("F\u{c9}VR.", 2),
            ("pa\u{17a}dziernika", 10),
            ("dez", 12),
            ("ene", 1),
            ("giu", 6),
            ("out", 10),
        ] {
            assert_eq!(month_of_any_language(word), Some(month), "{word}");
        }
        for word in ["jui", "ma", "xyz", "", "di", "lunes"] {
            assert_eq!(month_of_any_language(word), None, "{word}");
        }
    }

    #[test]
    fn what_is_no_day_is_none() {
        let texts = [
            "",
            "1990",
            "31/02/2026",
            "4/15/26",
            "soon",
            "15 foo 2026",
            "2026-5-3",
            "1/2/3/2026",
            "0000-01-01",
            "+1/2/2026",
            "294277-01-01",
            "1/1/294277",
            "é5-01-1990",
            "--05-03",
            "3 de may 2026",
        ];
        for text in texts {
            assert_eq!(read(text, DateStyle::default()), "", "{text}");
        }
        for text in ["", "30/02", "13", "5-3", "1/2/3", "32 may", "ma 3"] {
            assert_eq!(day_of_month(text, DateStyle::default()), None, "{text}");
        }
    }

    #[test]
    fn a_weekday_is_read_in_english_and_in_her_language() {
        assert_eq!(weekday("freitag", Language::German), Some(Weekday::Fri));
        assert_eq!(weekday("friday", Language::German), Some(Weekday::Fri));
        assert_eq!([weekday("freitag", Language::English), weekday("sun", Language::English)], [None, None]);
    }
}
