//! Rules of vCalendar 1.0 (its Basic Recurrence Rule Grammar) in the words of RFC 5545: `MP1 2+ TU #10` is the second Tuesday
//! of each month, ten times.
//!
//! What is said of hours within a day, and rules within rules, RFC 5545 says otherwise: these are not translated.

use chrono::{Datelike, NaiveDateTime};

/// How often what says nothing of that takes place.
const DEFAULT: u32 = 2;
const WEEKDAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

/// Whether a text is of this grammar, whose rules have no names of parts.
pub(super) fn is_old(text: &str) -> bool {
    text.trim().starts_with(|c: char| c.is_ascii_alphabetic()) && !text.contains('=')
}

/// The same rule as RFC 5545 writes it, of something that begins at `start`; in one sentence why there is none.
pub(super) fn translated(text: &str, start: NaiveDateTime) -> Result<String, String> {
    let text = text.to_ascii_uppercase();
    let mut words: Vec<&str> = text.split_whitespace().collect();
    let first = if words.is_empty() { "" } else { words.remove(0) };
    let (unit, interval) = first.split_at(first.find(|c: char| c.is_ascii_digit()).unwrap_or(first.len()));
    let frequency = match unit {
        "M" => "MINUTELY",
        "D" => "DAILY",
        "W" => "WEEKLY",
        "MP" | "MD" => "MONTHLY",
        "YM" | "YD" => "YEARLY",
        _ => return Err(unknown(first)),
    };
    let interval: u32 = interval.parse().map_err(|_| unknown(first))?;
    let end = end(&mut words)?;
    let parts = match unit {
        "W" => list("BYDAY", &words, weekday)?,
        "MP" => positions(&words, start)?,
        "MD" => list("BYMONTHDAY", &words, month_day)?,
        "YM" => list("BYMONTH", &words, |word| number(word, 12))?,
        "YD" => list("BYYEARDAY", &words, |word| number(word, 366))?,
        _ => list("", &words, |_| None)?,
    };
    Ok(format!("FREQ={frequency};INTERVAL={interval}{parts}{end}"))
}

fn unknown(word: &str) -> String {
    format!("“{}” is not understood.", word.chars().take(40).collect::<String>())
}

/// Takes what ends it: `#10`, where `#0` is forever, or a last day.
fn end(words: &mut Vec<&str>) -> Result<String, String> {
    let Some(last) = words.last().copied() else { return Ok(format!(";COUNT={DEFAULT}")) };
    let end = match last.strip_prefix('#') {
        Some(count) => match count.parse::<u32>().map_err(|_| unknown(last))? {
            0 => String::new(),
            count => format!(";COUNT={count}"),
        },
        None if last.len() >= 8 && last.starts_with(|c: char| c.is_ascii_digit()) => {
            format!(";UNTIL={}", last.replace(['-', ':'], ""))
        }
        None => return Ok(format!(";COUNT={DEFAULT}")),
    };
    words.pop();
    Ok(end)
}

/// A list of RFC 5545; nothing where nothing is said.
fn list(name: &str, words: &[&str], read: impl Fn(&str) -> Option<String>) -> Result<String, String> {
    let values = words.iter().map(|word| read(word).ok_or_else(|| unknown(word)));
    let values = values.collect::<Result<Vec<String>, String>>()?;
    Ok(if values.is_empty() { String::new() } else { format!(";{name}={}", values.join(",")) })
}

fn weekday(word: &str) -> Option<String> {
    WEEKDAYS.contains(&word).then(|| word.to_owned())
}

fn number(word: &str, most: u32) -> Option<String> {
    word.parse::<u32>().ok().filter(|number| (1..=most).contains(number)).map(|number| number.to_string())
}

/// `2+`, and from the end `1-`.
fn nth(word: &str, most: u32) -> Option<String> {
    if let Some(from_end) = word.strip_suffix('-') {
        return number(from_end, most).map(|number| format!("-{number}"));
    }
    number(word.strip_suffix('+')?, most)
}

fn month_day(word: &str) -> Option<String> {
    if word == "LD" { Some("-1".to_owned()) } else { number(word, 31).or_else(|| nth(word, 31)) }
}

/// `1+ 1- FR 2+ MO`: the first and the last Friday and the second Monday; without any the weekday of the start.
fn positions(words: &[&str], start: NaiveDateTime) -> Result<String, String> {
    let (mut days, mut places, mut is_used) = (Vec::new(), Vec::new(), false);
    for word in words {
        if let Some(place) = nth(word, 5) {
            if is_used {
                places.clear();
                is_used = false;
            }
            places.push(place);
        } else if let Some(day) = weekday(word).filter(|_| !places.is_empty()) {
            days.extend(places.iter().map(|place| format!("{place}{day}")));
            is_used = true;
        } else {
            return Err(unknown(word));
        }
    }
    if let Some(place) = words.last().filter(|_| !is_used) {
        return Err(unknown(place));
    }
    if days.is_empty() {
        let day = usize::try_from(start.weekday().num_days_from_monday()).ok().and_then(|day| WEEKDAYS.get(day));
        days.push(format!("{}{}", start.day0() / 7 + 1, day.copied().unwrap_or_default()));
    }
    Ok(format!(";BYDAY={}", days.join(",")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recurrence::Rule;

    fn read(text: &str) -> String {
        // The second Tuesday of March.
        let start = "2026-03-10T09:00:00".parse().unwrap();
        translated(text, start).unwrap_or_else(|reason| reason)
    }

    #[test]
    fn a_rule_of_vcalendar_is_one_of_icalendar() {
        for (old, new) in [
            ("D1 #3", "FREQ=DAILY;INTERVAL=1;COUNT=3"),
            ("D2", "FREQ=DAILY;INTERVAL=2;COUNT=2"),
            ("W1 MO WE #10", "FREQ=WEEKLY;INTERVAL=1;BYDAY=MO,WE;COUNT=10"),
            ("W2 #0", "FREQ=WEEKLY;INTERVAL=2"),
            ("W1 TH 20261231T090000Z", "FREQ=WEEKLY;INTERVAL=1;BYDAY=TH;UNTIL=20261231T090000Z"),
            ("w1 th 2026-12-31", "FREQ=WEEKLY;INTERVAL=1;BYDAY=TH;UNTIL=20261231"),
            ("MP1 2+ TU #0", "FREQ=MONTHLY;INTERVAL=1;BYDAY=2TU"),
            ("MP6 1+ 1- FR 2+ MO WE #4", "FREQ=MONTHLY;INTERVAL=6;BYDAY=1FR,-1FR,2MO,2WE;COUNT=4"),
            ("MP1 #3", "FREQ=MONTHLY;INTERVAL=1;BYDAY=2TU;COUNT=3"),
            ("MD1 15 #0", "FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=15"),
            ("MD1 1 2- LD #5", "FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=1,-2,-1;COUNT=5"),
            ("YM1 6 #0", "FREQ=YEARLY;INTERVAL=1;BYMONTH=6"),
            ("YD1 1 100 #10", "FREQ=YEARLY;INTERVAL=1;BYYEARDAY=1,100;COUNT=10"),
            ("M90 #3", "FREQ=MINUTELY;INTERVAL=90;COUNT=3"),
        ] {
            assert!(is_old(old));
            assert_eq!(read(old), new, "{old}");
            assert!(new.parse::<Rule>().is_ok(), "{new}");
        }
    }

    #[test]
    fn what_has_no_translation_is_said() {
        for (old, word) in [
            ("W1 TU 1200 TH 1130 #10", "1200"),
            ("YM1 6 #0 MP1 1+ MO #1", "#0"),
            ("D1 WE$ #3", "WE$"),
            ("MP1 TU #0", "TU"),
            ("MP1 2+ #0", "2+"),
            ("MD1 32 #0", "32"),
            ("D #3", "D"),
            ("X1 #3", "X1"),
            ("D1 #many", "#MANY"),
        ] {
            assert_eq!(read(old), format!("“{word}” is not understood."), "{old}");
        }
        assert!(!is_old("FREQ=DAILY") && !is_old(""));
    }
}
