//! A rule as text, read and written (RFC 5545, section 3.3.10).
//!
//! Read is also what programs write beside the grammar: small letters, blanks around a part, a semicolon at the
//! end, COUNT together with UNTIL, numbers before the weekdays of a weekly rule (they say nothing there).

use std::fmt::{self, Display};
use std::str::FromStr;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Weekday};

use super::rule::{Frequency, Rule, Until, WeekdayNth};

/// How long the text of a rule may be: BYYEARDAY with every day of a year has 3,000 characters.
const MAX_LENGTH: usize = 8_000;

/// Why a text is no rule, in one sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct RuleError(String);

impl FromStr for Rule {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, RuleError> {
        if text.len() > MAX_LENGTH {
            return Err(error("The rule is too long."));
        }
        let text = text.to_ascii_uppercase();
        let parts: Vec<(&str, &str)> = text
            .split(';')
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(name_and_value)
            .collect::<Result<_, _>>()?;
        for (index, (name, _)) in parts.iter().enumerate() {
            if parts[..index].iter().any(|(earlier, _)| earlier == name) {
                return Err(error(format!("{name} stands twice.")));
            }
        }
        let Some((_, frequency)) = parts.iter().find(|(name, _)| *name == "FREQ") else {
            return Err(error("The rule lacks FREQ."));
        };
        let mut rule = Self::every(frequency_of(frequency)?);
        for (name, value) in parts {
            rule.read(name, value)?;
        }
        Ok(rule)
    }
}

impl Rule {
    fn read(&mut self, name: &str, value: &str) -> Result<(), RuleError> {
        match name {
            "FREQ" => {}
            "INTERVAL" => self.interval = positive(name, value)?,
            "COUNT" => self.count = Some(positive(name, value)?),
            "UNTIL" => self.until = Some(until(value)?),
            "BYMONTH" => self.months = numbers(name, value, 12, false, 1)?,
            "BYWEEKNO" => self.weeks = numbers(name, value, 53, true, 1)?,
            "BYYEARDAY" => self.year_days = numbers(name, value, 366, true, 1)?,
            "BYMONTHDAY" => self.month_days = numbers(name, value, 31, true, 1)?,
            "BYHOUR" => self.hours = numbers(name, value, 23, false, 0)?,
            "BYMINUTE" => self.minutes = numbers(name, value, 59, false, 0)?,
            "BYSECOND" => {
                self.seconds = numbers(name, value, 60, false, 0)?.into_iter().map(|second| second.min(59)).collect();
                self.seconds.dedup();
            }
            "BYSETPOS" => self.positions = numbers(name, value, 366, true, 1)?,
            "BYDAY" => self.weekdays = weekdays(value)?,
            "WKST" => self.week_start = weekday(value)?,
            "RSCALE" | "SKIP" => {
                return Err(error(format!("{name} (RFC 7529) is not understood: only the Gregorian calendar is.")));
            }
            // RFC 2445 allowed private parts.
            _ if name.starts_with("X-") => {}
            _ => return Err(error(format!("{name} is no part of a rule."))),
        }
        Ok(())
    }
}

fn error(text: impl Into<String>) -> RuleError {
    RuleError(text.into())
}

fn name_and_value(part: &str) -> Result<(&str, &str), RuleError> {
    match part.split_once('=').map(|(name, value)| (name.trim(), value.trim())) {
        Some((name, value)) if !value.is_empty() && !value.contains('=') => Ok((name, value)),
        _ => Err(error(format!("“{}” is no part of a rule.", part.chars().take(40).collect::<String>()))),
    }
}

fn frequency_of(word: &str) -> Result<Frequency, RuleError> {
    FREQUENCIES
        .iter()
        .find(|(name, _)| *name == word)
        .map(|(_, frequency)| *frequency)
        .ok_or_else(|| error("FREQ is none of SECONDLY, MINUTELY, HOURLY, DAILY, WEEKLY, MONTHLY and YEARLY."))
}

const FREQUENCIES: [(&str, Frequency); 7] = [
    ("SECONDLY", Frequency::Secondly),
    ("MINUTELY", Frequency::Minutely),
    ("HOURLY", Frequency::Hourly),
    ("DAILY", Frequency::Daily),
    ("WEEKLY", Frequency::Weekly),
    ("MONTHLY", Frequency::Monthly),
    ("YEARLY", Frequency::Yearly),
];

fn positive(name: &str, value: &str) -> Result<u32, RuleError> {
    let number = Some(value).filter(|value| is_digits(value)).and_then(|value| value.parse().ok());
    number.filter(|number| *number >= 1).ok_or_else(|| error(format!("{name} is no whole number above 0.")))
}

/// A list of numbers, in order, each once.
fn numbers(name: &str, value: &str, most: i32, may_be_negative: bool, least: i32) -> Result<Vec<i32>, RuleError> {
    let mut numbers = Vec::new();
    for text in value.split(',') {
        let number = signed(text.trim()).ok_or_else(|| error(format!("{name} is no list of numbers.")))?;
        let is_in_range = (least..=most).contains(&number.abs()) && (may_be_negative || number >= 0);
        if !is_in_range {
            return Err(error(format!("{name} can't be {number}.")));
        }
        numbers.push(number);
    }
    numbers.sort_unstable();
    numbers.dedup();
    Ok(numbers)
}

fn signed(text: &str) -> Option<i32> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if is_digits(digits) { text.parse().ok() } else { None }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn weekdays(value: &str) -> Result<Vec<WeekdayNth>, RuleError> {
    let mut weekdays = Vec::new();
    for text in value.split(',') {
        let text = text.trim();
        let (number, name) = text.split_at_checked(text.len().saturating_sub(2)).unwrap_or(("", ""));
        let weekday = weekday(name)?;
        let nth = match number.trim() {
            "" => None,
            number => match signed(number) {
                Some(nth) if (1..=53).contains(&nth.abs()) => Some(nth),
                _ => return Err(error(format!("BYDAY can't have {number} before a weekday."))),
            },
        };
        weekdays.push(WeekdayNth { nth, weekday });
    }
    weekdays.sort_unstable_by_key(|day| (day.nth, day.weekday.num_days_from_monday()));
    weekdays.dedup();
    Ok(weekdays)
}

const WEEKDAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

fn weekday(name: &str) -> Result<Weekday, RuleError> {
    let index = WEEKDAYS.iter().position(|known| *known == name);
    let weekday = index.and_then(|index| u8::try_from(index).ok()).and_then(|index| Weekday::try_from(index).ok());
    weekday.ok_or_else(|| error("A weekday is none of MO, TU, WE, TH, FR, SA and SU."))
}

fn until(value: &str) -> Result<Until, RuleError> {
    let read = || {
        let Some((day, time)) = value.split_once('T') else { return date(value).map(Until::Day) };
        let (time, is_utc) = time.strip_suffix('Z').map_or((time, false), |time| (time, true));
        let moment = date(day)?.and_time(clock(time)?);
        Some(if is_utc { Until::Utc(moment) } else { Until::Local(moment) })
    };
    read().ok_or_else(|| error("UNTIL is neither a day nor a time."))
}

/// Reads a DATE (RFC 5545, section 3.3.4).
#[must_use]
pub fn date(text: &str) -> Option<NaiveDate> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<u32>().ok();
    if text.len() != 8 || !is_digits(text) {
        return None;
    }
    NaiveDate::from_ymd_opt(i32::try_from(number(0, 4)?).ok()?, number(4, 6)?, number(6, 8)?)
}

/// Reads a TIME without its zone (RFC 5545, section 3.3.12); a leap second is the one before it.
#[must_use]
pub fn clock(text: &str) -> Option<NaiveTime> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<u32>().ok();
    if text.len() != 6 || !is_digits(text) {
        return None;
    }
    let second = number(4, 6)?;
    NaiveTime::from_hms_opt(number(0, 2)?, number(2, 4)?, if second == 60 { 59 } else { second })
}

impl Display for Rule {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = FREQUENCIES.iter().find(|(_, frequency)| *frequency == self.frequency).map_or("", |(name, _)| name);
        write!(out, "FREQ={name}")?;
        match self.until {
            None => {}
            Some(Until::Day(day)) => write!(out, ";UNTIL={}", day.format("%Y%m%d"))?,
            Some(Until::Local(last)) => write!(out, ";UNTIL={}", compact(last))?,
            Some(Until::Utc(last)) => write!(out, ";UNTIL={}Z", compact(last))?,
        }
        if let Some(count) = self.count {
            write!(out, ";COUNT={count}")?;
        }
        if self.interval != 1 {
            write!(out, ";INTERVAL={}", self.interval)?;
        }
        let lists = [
            ("BYMONTH", &self.months),
            ("BYWEEKNO", &self.weeks),
            ("BYYEARDAY", &self.year_days),
            ("BYMONTHDAY", &self.month_days),
        ];
        for (name, list) in lists {
            write_list(out, name, list)?;
        }
        write_list(out, "BYDAY", &self.weekdays)?;
        for (name, list) in [("BYHOUR", &self.hours), ("BYMINUTE", &self.minutes), ("BYSECOND", &self.seconds)] {
            write_list(out, name, list)?;
        }
        write_list(out, "BYSETPOS", &self.positions)?;
        if self.week_start != Weekday::Mon {
            write!(out, ";WKST={}", weekday_name(self.week_start))?;
        }
        Ok(())
    }
}

impl Display for WeekdayNth {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(nth) = self.nth {
            write!(out, "{nth}")?;
        }
        out.write_str(weekday_name(self.weekday))
    }
}

fn weekday_name(weekday: Weekday) -> &'static str {
    WEEKDAYS[weekday.num_days_from_monday() as usize]
}

fn compact(moment: NaiveDateTime) -> impl Display {
    moment.format("%Y%m%dT%H%M%S")
}

fn write_list(out: &mut fmt::Formatter<'_>, name: &str, list: &[impl Display]) -> fmt::Result {
    for (index, entry) in list.iter().enumerate() {
        if index == 0 { write!(out, ";{name}={entry}")? } else { write!(out, ",{entry}")? }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> String {
        text.parse::<Rule>().map(|rule| rule.to_string()).unwrap_or_else(|error| error.to_string())
    }

    #[test]
    fn every_part_is_read_and_written() {
        for text in [
            "FREQ=SECONDLY",
            "FREQ=MINUTELY;COUNT=10;INTERVAL=90",
            "FREQ=HOURLY;UNTIL=19970902T170000Z;INTERVAL=3",
            "FREQ=DAILY;UNTIL=20270503",
            "FREQ=DAILY;UNTIL=20270503T090000;BYHOUR=9,10;BYMINUTE=0,20;BYSECOND=59",
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;WKST=SU",
            "FREQ=MONTHLY;BYMONTHDAY=-1,1;BYDAY=-1MO,2TU;BYSETPOS=-1",
            "FREQ=YEARLY;BYMONTH=1,12;BYWEEKNO=-53,20;BYYEARDAY=-366,1",
        ] {
            assert_eq!(written(text), text);
        }
    }

    #[test]
    fn lists_come_in_order_and_nothing_stands_twice() {
        assert_eq!(written("FREQ=YEARLY;BYMONTH=7,6,6;BYDAY=TU,+1MO,TU"), "FREQ=YEARLY;BYMONTH=6,7;BYDAY=TU,1MO");
        assert_eq!(written("FREQ=MINUTELY;BYSECOND=60,59"), "FREQ=MINUTELY;BYSECOND=59");
    }

    #[test]
    fn what_programs_write_beside_the_grammar_is_read() {
        assert_eq!(written(" freq=weekly; byday=mo, we ;X-NOTE=a;"), "FREQ=WEEKLY;BYDAY=MO,WE");
        assert_eq!(written("COUNT=3;FREQ=DAILY;UNTIL=20270503"), "FREQ=DAILY;UNTIL=20270503;COUNT=3");
    }

    #[test]
    fn what_is_no_rule_is_refused_in_a_sentence() {
        for (text, reason) in [
            ("", "The rule lacks FREQ."),
            ("INTERVAL=2", "The rule lacks FREQ."),
            ("FREQ=FORTNIGHTLY", "FREQ is none of SECONDLY, MINUTELY, HOURLY, DAILY, WEEKLY, MONTHLY and YEARLY."),
            ("FREQ=DAILY;INTERVAL=0", "INTERVAL is no whole number above 0."),
            ("FREQ=DAILY;COUNT=-1", "COUNT is no whole number above 0."),
            ("FREQ=DAILY;COUNT=99999999999", "COUNT is no whole number above 0."),
            ("FREQ=DAILY;COUNT=1;COUNT=2", "COUNT stands twice."),
            ("FREQ=DAILY;UNTIL=20270230", "UNTIL is neither a day nor a time."),
            ("FREQ=DAILY;UNTIL=20270203T25", "UNTIL is neither a day nor a time."),
            ("FREQ=DAILY;BYMONTH=13", "BYMONTH can't be 13."),
            ("FREQ=DAILY;BYMONTH=-1", "BYMONTH can't be -1."),
            ("FREQ=DAILY;BYMONTHDAY=0", "BYMONTHDAY can't be 0."),
            ("FREQ=DAILY;BYHOUR=1,,2", "BYHOUR is no list of numbers."),
            ("FREQ=WEEKLY;BYDAY=MO=", "“BYDAY=MO=” is no part of a rule."),
            ("FREQ=WEEKLY;BYDAY=Ä", "A weekday is none of MO, TU, WE, TH, FR, SA and SU."),
            ("FREQ=WEEKLY;BYDAY=54MO", "BYDAY can't have 54 before a weekday."),
            ("FREQ=YEARLY;BYEASTER=0", "BYEASTER is no part of a rule."),
            ("RSCALE=HEBREW;FREQ=YEARLY", "RSCALE (RFC 7529) is not understood: only the Gregorian calendar is."),
            ("FREQ=MONTHLY;SKIP=BACKWARD", "SKIP (RFC 7529) is not understood: only the Gregorian calendar is."),
        ] {
            assert_eq!(written(text), reason, "{text}");
        }
        assert_eq!(written(&format!("FREQ=DAILY;BYHOUR={}", "1,".repeat(9000))), "The rule is too long.");
    }
}
