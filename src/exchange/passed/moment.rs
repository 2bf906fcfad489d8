//! When something was, as people and programs write it into a cell.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;

use crate::exchange::fields::date;
use crate::interactions::day::YEARS;
use crate::interactions::model::When;
use crate::text::clean;

/// When a cell says that it was, with the hour that another may say. Of 3/4/1990 `day_first` decides what is the month;
/// an hour without a zone is of hers. What programs write where they know of no day is none: 0001-01-01.
pub(super) fn when(text: &str, hour: &str, day_first: bool, zone: Tz) -> Option<When> {
    read(text, hour, day_first, zone).filter(|when| YEARS.contains(&when.day(zone).year()))
}

fn read(text: &str, hour: &str, day_first: bool, zone: Tz) -> Option<When> {
    let text = text.trim();
    if let Some(at) = seconds(text).or_else(|| whole(text)) {
        return Some(When::at(at));
    }
    let (day, time) = parted(text);
    let day = day_of(&day, day_first)?;
    let hour = if time.is_empty() { hour.trim() } else { time.as_str() };
    if hour.is_empty() {
        return Some(When::of(day, None, zone));
    }
    let (time, offset) = time_of(hour)?;
    Some(match offset {
        Some(offset) => When::at(day.and_time(time).and_local_timezone(offset).single()?.to_utc()),
        None => When::of(day, Some(time), zone),
    })
}

/// What is wrong with what [`when`] can't read, in a sentence.
pub(super) fn fault(text: &str, hour: &str, day_first: bool) -> String {
    let shown = |text: &str| clean::cut(&clean::line(text), 60).to_owned();
    if clean::line(text).is_empty() {
        return "It does not say when it was.".to_owned();
    }
    let (day, time) = parted(text.trim());
    let hour = if time.is_empty() { hour.trim() } else { time.as_str() };
    let said = day_of(&day, day_first).or_else(|| whole(text.trim()).map(|at| at.date_naive()));
    if said.is_some_and(|day| day.year() < *YEARS.start()) {
        return "It is of a time before 1900.".to_owned();
    }
    if !hour.is_empty() && day_of(&day, day_first).is_some() {
        return format!("“{}” is no hour.", shown(hour));
    }
    format!("“{}” is no date.", shown(text))
}

/// Seconds or milliseconds since 1970; eight digits are a day.
fn seconds(text: &str) -> Option<DateTime<Utc>> {
    let number: i64 = text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())??;
    match text.len() {
        9 | 10 => DateTime::from_timestamp(number, 0),
        12 | 13 => DateTime::from_timestamp_millis(number),
        _ => None,
    }
}

/// RFC 3339, RFC 5322.
fn whole(text: &str) -> Option<DateTime<Utc>> {
    let at = DateTime::parse_from_rfc3339(text).or_else(|_| DateTime::parse_from_rfc2822(text));
    at.ok().map(|at| at.to_utc())
}

/// The day, and what is said of the hour.
fn parted(text: &str) -> (String, String) {
    let bytes = text.as_bytes();
    let is_digit = |index: usize| bytes.get(index).is_some_and(u8::is_ascii_digit);
    let marks = text.match_indices(['T', ',']);
    let mark =
        marks.map(|(at, _)| at).find(|at| *at > 0 && is_digit(at - 1) && text[at + 1..].trim_start().contains(':'));
    let spaced: String = match mark {
        Some(at) => format!("{} {}", &text[..at], &text[at + 1..]),
        None => text.to_owned(),
    };
    let words: Vec<&str> = spaced.split_whitespace().collect();
    // `5 Mar 2025 3pm`, `5.3.2025 9.30`: what is a day, and behind it an hour.
    let is_parted = |at: &usize| {
        let day = words[..*at].join(" ");
        let is_day = || day_of(&day, false).or_else(|| day_of(&day, true)).is_some();
        time_of(&words[*at..].join(" ")).is_some() && is_day()
    };
    let at = words.iter().position(|word| word.contains(':'));
    let at = at.or_else(|| (1..words.len()).find(is_parted)).unwrap_or(words.len());
    (words[..at].join(" "), words[at..].join(" "))
}

fn day_of(text: &str, day_first: bool) -> Option<NaiveDate> {
    let text = text.trim_end_matches(',');
    let short = || {
        let mark = text.chars().find(|c| matches!(c, '/' | '.'))?;
        let (rest, year) = text.rsplit_once(mark)?;
        let is_short = year.len() == 2 && year.bytes().all(|byte| byte.is_ascii_digit());
        is_short.then(|| date::parse(&format!("{rest}{mark}20{year}"), "", day_first))?
    };
    let day = date::parse(text, "", day_first).or_else(short)?;
    let part = |number: i32| u32::try_from(number).ok();
    NaiveDate::from_ymd_opt(day.year?, part(day.month)?, part(day.day)?)
}

/// `14:05`, `2:05:30 PM`, `14:05:30.123+02:00`, `14:05 UTC`, `9.30`, `14:30 Uhr`, `3pm`.
fn time_of(text: &str) -> Option<(NaiveTime, Option<FixedOffset>)> {
    let upper = text.trim().to_ascii_uppercase();
    let end = upper.find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '.'))).unwrap_or(upper.len());
    let (clock, rest) = upper.split_at(end);
    let rest = rest.trim().replace("A.M.", "AM").replace("P.M.", "PM");
    let half = rest.get(..2).filter(|half| matches!(*half, "AM" | "PM"));
    let rest = half.map_or(rest.as_str(), |half| rest[half.len()..].trim());
    let (rest, is_german) = rest.strip_prefix("UHR").map_or((rest, false), |rest| (rest.trim(), true));
    let clock = dotted(clock).unwrap_or_else(|| clock.to_owned());
    let mut parts = clock.split(':').map(|part| part.split('.').next()?.parse::<u32>().ok());
    let hour_alone = (half.is_some() || is_german).then_some(Some(0));
    let (mut hour, minute, second) =
        (parts.next()??, parts.next().or(hour_alone)??, parts.next().flatten().unwrap_or(0));
    if let Some(half) = half {
        hour = (1..=12).contains(&hour).then_some(hour % 12 + if half == "PM" { 12 } else { 0 })?;
    }
    let offset = match rest {
        "" => None,
        "Z" | "UTC" | "GMT" => FixedOffset::east_opt(0),
        rest => Some(offset(rest)?),
    };
    Some((NaiveTime::from_hms_opt(hour, minute, second)?, offset))
}

/// `9.30` as `9:30`; `0.25` is a part of something.
fn dotted(clock: &str) -> Option<String> {
    let (hour, minute) = clock.split_once('.')?;
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_clock =
        matches!(hour.len(), 1 | 2) && minute.len() == 2 && hour != "0" && is_number(hour) && is_number(minute);
    is_clock.then(|| format!("{hour}:{minute}"))
}

/// `+02:00`, `-0530`, `+01`.
fn offset(text: &str) -> Option<FixedOffset> {
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = text[1..].chars().filter(|c| *c != ':').collect();
    if !matches!(digits.len(), 2 | 4) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: i32 = digits.parse().ok()?;
    let (hours, minutes) = if digits.len() == 2 { (number, 0) } else { (number / 100, number % 100) };
    FixedOffset::east_opt(sign * (hours * 3_600 + minutes * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str, hour: &str, day_first: bool) -> Option<String> {
        let zone = Tz::Europe__Berlin;
        when(text, hour, day_first, zone).map(|when| when.typed(zone))
    }

    #[test]
    fn moments_are_read_in_every_spelling() {
        for text in [
            "2024-05-03 14:05:00",
            "2024-05-03T14:05:00",
            "2024-05-03T12:05:00Z",
            "2024-05-03T14:05:00.123+02:00",
            "2024-05-03 12:05:00 UTC",
            "2024-05-03 14:05:00 +0200",
            "3.5.2024 14:05",
            "3.5.24, 14:05",
            "5/3/2024 2:05 PM",
            "5/3/24 2:05pm",
            "May 3, 2024 14:05",
            "3 May 2024, 14:05",
            "Fri, 3 May 2024 12:05:00 +0000",
            "1714737900",
            "1714737900000",
        ] {
            assert_eq!(told(text, "", false).as_deref(), Some("2024-05-03 14:05"), "{text}");
        }
        for text in
            ["5 Mar 2025 3pm", "5 Mar 2025 3 p.m.", "5.3.2025 15.00", "5 March 2025, 15 Uhr", "5.3.2025 15:00 Uhr"]
        {
            assert_eq!(told(text, "", true).as_deref(), Some("2025-03-05 15:00"), "{text}");
        }
        for hour in ["9.30", "09:30 Uhr", "9.30 Uhr", "9:30am"] {
            assert_eq!(told("5.3.2025", hour, true).as_deref(), Some("2025-03-05 09:30"), "{hour}");
        }
        assert_eq!(told("3/5/2024", "14:05", true).as_deref(), Some("2024-05-03 14:05"));
        assert_eq!(told("20240503", "", true).as_deref(), Some("2024-05-03"));
        assert_eq!(told("2024-05-03", " ", true).as_deref(), Some("2024-05-03"));
    }

    #[test]
    fn what_names_no_moment_is_none() {
        for text in [
            "",
            "soon",
            "2024-13-03",
            "2024-05-03 25:00",
            "2024-05-03 14:05 sharp",
            "é:é",
            "--05-03",
            "99999999999999999999",
            "5 Mar 2025 0.25",
            "5 Mar 2025 15",
            "0001-01-01",
            "0001-01-01 00:00:00",
            "0001-01-01T00:00:00Z",
            "31.12.1899",
        ] {
            assert_eq!(told(text, "", false), None, "{text}");
        }
        assert_eq!(told("2024-05-03", "noon", false), None);
    }

    #[test]
    fn what_is_wrong_is_said_of_the_day_or_of_the_hour() {
        for (text, hour, says) in [
            ("05.03.2024", "25:00", "“25:00” is no hour."),
            ("05.03.2024 25:00", "", "“25:00” is no hour."),
            ("05.13.2024", "14:00", "“05.13.2024” is no date."),
            ("soon", "", "“soon” is no date."),
            ("0001-01-01", "00:00", "It is of a time before 1900."),
            ("0001-01-01T00:00:00Z", "", "It is of a time before 1900."),
            (" ", "14:00", "It does not say when it was."),
        ] {
            assert_eq!(fault(text, hour, true), says, "{text} {hour}");
        }
    }
}
