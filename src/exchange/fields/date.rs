//! Days as people and programs write them.

use crate::contacts::model::PartialDate;
use crate::exchange::tidy::is_day;

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// The day that a text names. Of 3/4/1990 `day_first` decides what is the month.
pub(in crate::exchange) fn parse(text: &str, kind: &str, day_first: bool) -> Option<PartialDate> {
    let text = text.trim();
    let text = text.split_once('T').map_or(text, |(day, hour)| if hour.contains(':') { day } else { text });
    let (year, month, day) = without_year(text).or_else(|| numbers(text, day_first)).or_else(|| named(text))?;
    let date = PartialDate { kind: kind.to_owned(), year: year.filter(|year| *year != 0), month, day };
    is_day(&date).then_some(date)
}

/// Of year, month and day in values of their own; the month may be a name.
pub(in crate::exchange) fn of_parts(kind: &str, year: &str, month: &str, day: &str) -> Option<PartialDate> {
    let month = number(month, 2).or_else(|| month_named(month.trim()))?;
    let year = if year.trim().is_empty() { None } else { Some(number(year, 4)?) };
    let date = PartialDate { kind: kind.to_owned(), year, month, day: number(day, 2)? };
    is_day(&date).then_some(date)
}

/// Whether a text names no day at all, as Outlook writes it.
pub(in crate::exchange) fn is_none(text: &str) -> bool {
    text.chars().all(|c| matches!(c, '0' | '/' | '-' | '.' | ' '))
}

/// What the days of a column say about their order, if they say anything.
pub(in crate::exchange) fn day_first(text: &str) -> Option<bool> {
    let parts: Vec<&str> = text.trim().split('/').collect();
    let [first, second, _] = parts[..] else { return None };
    match (number(first, 2)?, number(second, 2)?) {
        (13.., _) => Some(true),
        (_, 13..) => Some(false),
        _ => None,
    }
}

/// `--04-15`, `--0415`, as vCard and Google write a day without a year.
fn without_year(text: &str) -> Option<(Option<i32>, i32, i32)> {
    let rest = text.strip_prefix("--").filter(|rest| rest.is_ascii())?;
    let (month, day) = rest.split_once('-').or_else(|| (rest.len() == 4).then(|| rest.split_at(2)))?;
    Some((None, number(month, 2)?, number(day, 2)?))
}

/// `1990-04-15`, `1990/4/15`, `19900415`, `15.4.1990`, `4/15/1990`; an hour may follow.
fn numbers(text: &str, day_first: bool) -> Option<(Option<i32>, i32, i32)> {
    let text = text.split_once(' ').filter(|(_, hour)| hour.contains(':')).map_or(text, |(day, _)| day);
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some((Some(number(&text[..4], 4)?), number(&text[4..6], 2)?, number(&text[6..], 2)?));
    }
    let parts: Vec<&str> = text.split(['-', '/', '.']).map(str::trim).collect();
    let [first, second, third] = parts[..] else { return None };
    if first.len() == 4 {
        return Some((Some(number(first, 4)?), number(second, 2)?, number(third, 2)?));
    }
    if third.len() != 4 {
        return None;
    }
    let (first, second) = (number(first, 2)?, number(second, 2)?);
    let (day, month) = if day_first || text.contains('.') { (first, second) } else { (second, first) };
    Some((Some(number(third, 4)?), month, day))
}

/// `15 Jan 2023`, `January 15, 2023`, `15-Jan-2023`.
fn named(text: &str) -> Option<(Option<i32>, i32, i32)> {
    let parts: Vec<&str> = text.split([' ', ',', '-', '.']).filter(|part| !part.is_empty()).collect();
    let [first, second, year] = parts[..] else { return None };
    let (day, month) = if first.bytes().all(|byte| byte.is_ascii_digit()) { (first, second) } else { (second, first) };
    if year.len() != 4 {
        return None;
    }
    Some((Some(number(year, 4)?), month_named(month)?, number(day, 2)?))
}

fn month_named(text: &str) -> Option<i32> {
    let start = text.get(..3)?.to_ascii_lowercase();
    let index = MONTHS.iter().position(|month| *month == start)?;
    i32::try_from(index + 1).ok()
}

/// A number of at most so many digits.
fn number(text: &str, digits: usize) -> Option<i32> {
    let text = text.trim();
    let is_number = (1..=digits).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str, day_first: bool) -> Option<(Option<i32>, i32, i32)> {
        parse(text, "birthday", day_first).map(|date| (date.year, date.month, date.day))
    }

    #[test]
    fn days_are_read_in_every_spelling() {
        for text in [
            "1990-04-15",
            "1990/4/15",
            "19900415",
            "15.4.1990",
            "15. 4. 1990",
            "4/15/1990",
            "15 Apr 1990",
            "April 15, 1990",
            "15-Apr-1990",
            "1990-04-15T00:00:00Z",
            "1990-04-15 00:00:00",
        ] {
            assert_eq!(day(text, false), Some((Some(1990), 4, 15)), "{text}");
        }
        assert_eq!(day("3/4/1990", true), Some((Some(1990), 4, 3)));
        assert_eq!(day("3/4/1990", false), Some((Some(1990), 3, 4)));
        assert_eq!(day("--04-15", false), Some((None, 4, 15)));
        let parts = of_parts("birthday", "", "Apr", "15").map(|date| (date.year, date.month, date.day));
        assert_eq!(parts, Some((None, 4, 15)));
    }

    #[test]
    fn what_names_no_day_is_none() {
        for text in ["", "1990", "31/02/1990", "4/15/90", "soon", "15 Foo 1990", "é5-01-1990"] {
            assert_eq!(day(text, true), None, "{text}");
        }
        assert!(is_none("0/0/00") && is_none("") && !is_none("1/0/00"));
        assert_eq!(
            (day_first("13/1/2000"), day_first("1/13/2000"), day_first("1/1/2000")),
            (Some(true), Some(false), None)
        );
    }
}
