//! Dates as mail has them (RFC 5322 section 3.3 with the obsolete forms of 4.3, C's asctime, RFC 3339), whatever order
//! their parts stand in, the words in any language of Kith. A date that names no zone is taken for UTC, as section 4.3 says of zones that nobody knows.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, TimeZone};

use crate::dates::month_of_any_language;

const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Minutes from UTC of zones by name: those of RFC 5322, and others that mean one thing to all who write them.
const ZONES: [(&str, i32); 42] = [
    ("ut", 0),
    ("utc", 0),
    ("gmt", 0),
    ("z", 0),
    ("edt", -240),
    ("est", -300),
    ("cdt", -300),
    ("cst", -360),
    ("mdt", -360),
    ("mst", -420),
    ("pdt", -420),
    ("pst", -480),
    ("adt", -180),
    ("ast", -240),
    ("ndt", -150),
    ("nst", -210),
    ("akdt", -480),
    ("akst", -540),
    ("hst", -600),
    ("brt", -180),
    ("bst", 60),
    ("wet", 0),
    ("west", 60),
    ("cet", 60),
    ("cest", 120),
    ("met", 60),
    ("mest", 120),
    ("mez", 60),
    ("mesz", 120),
    ("eet", 120),
    ("eest", 180),
    ("sast", 120),
    ("msk", 180),
    ("msd", 240),
    ("hkt", 480),
    ("sgt", 480),
    ("awst", 480),
    ("jst", 540),
    ("kst", 540),
    ("aest", 600),
    ("aedt", 660),
    ("nzst", 720),
];

/// Whether a word is the name of a day, short or long.
pub(super) fn is_weekday(word: &str) -> bool {
    is_named(word.trim_end_matches(','), &WEEKDAYS).is_some()
}

/// The moment that a text says; `None` where it says none, or one that no calendar has.
#[must_use]
pub fn read(text: &str) -> Option<DateTime<FixedOffset>> {
    let text = without_comments(text.get(..200).unwrap_or(text));
    let mut parts = Parts::default();
    for word in text.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty()) {
        parts.add(word);
    }
    parts.date()
}

#[derive(Default)]
struct Parts {
    /// Day and year, in the order in which they stand, each with whether four digits say it.
    numbers: Vec<(u32, bool)>,
    month: Option<u32>,
    /// Whether that stood before any number, where it may be a weekday of another language: `mar.` is Tuesday or March.
    is_month_doubtful: bool,
    time: Option<(u32, u32, u32)>,
    afternoon: Option<bool>,
    zone: Option<i32>,
}

impl Parts {
    fn add(&mut self, word: &str) {
        let lower = word.to_ascii_lowercase();
        if let Some((date, time)) = lower.split_once('t').filter(|(date, time)| is_iso(date) && time.contains(':')) {
            self.add(date);
            self.add(time);
        } else if lower.contains(':') && self.time.is_none() && lower.starts_with(|c: char| c.is_ascii_digit()) {
            self.add_time(&lower);
        } else if self.wants_time() && is_dotted(&lower) {
            self.add_time(&lower.replace('.', ":"));
        } else if let Some(minutes) = offset(&lower) {
            self.zone = Some(minutes);
        } else if let Some(number) = number(lower.trim_end_matches('.')) {
            self.numbers.push((number, lower.trim_end_matches('.').len() >= 4));
        } else if let Some(month) = is_named(&lower, &MONTHS).filter(|_| self.wants_month()) {
            self.add_month(month);
        } else if lower == "am" || lower == "pm" {
            self.afternoon = Some(lower == "pm");
        } else if let Some((_, minutes)) = ZONES.iter().find(|(name, _)| *name == lower.trim_end_matches('.')) {
            self.zone.get_or_insert(*minutes);
        } else if lower.starts_with(|c: char| c.is_ascii_digit()) && lower.contains(['-', '/']) {
            let parts: Vec<&str> = lower.split(['-', '/']).collect();
            if let [first, second, third] = parts.as_slice() {
                let is_year_first = first.len() == 4;
                match number(second) {
                    Some(month) if is_year_first && self.month.is_none() => self.month = Some(month),
                    None => {
                        let named = || is_named(second, &MONTHS).or_else(|| month_of_any_language(second));
                        self.month = self.month.or_else(named);
                    }
                    // Which of two numbers is the month nobody can tell.
                    Some(_) => return,
                }
                self.numbers
                    .extend([first, third].into_iter().filter_map(|part| Some((number(part)?, part.len() >= 4))));
            }
        } else if self.wants_month()
            && !is_weekday(&lower)
            && let Some(month) = month_of_any_language(word)
        {
            self.add_month(month);
        }
    }

    fn wants_month(&self) -> bool {
        self.month.is_none() || self.is_month_doubtful && self.time.is_none()
    }

    fn add_month(&mut self, month: u32) {
        self.is_month_doubtful = self.month.is_none() && self.numbers.is_empty();
        self.month = Some(month);
    }

    /// Whether the day is said, and not the hour: behind it that may be parted by dots.
    fn wants_time(&self) -> bool {
        self.time.is_none() && self.month.is_some() && self.numbers.len() > 1
    }

    fn add_time(&mut self, word: &str) {
        // The zone may stand right behind the seconds.
        let end = word.find(['+', '-', 'z', 'a', 'p']).unwrap_or(word.len());
        let (time, rest) = word.split_at(end);
        let mut parts = time.split(':');
        let mut next = || parts.next().map(|part| part.split('.').next().unwrap_or(part)).and_then(number);
        if let (Some(hour), Some(minute)) = (next(), next()) {
            self.time = Some((hour, minute, next().unwrap_or(0)));
        }
        if !rest.is_empty() {
            self.add(rest);
        }
    }

    fn date(self) -> Option<DateTime<FixedOffset>> {
        let [first, second, ..] = *self.numbers.as_slice() else { return None };
        let is_year_first = first.1 || first.0 > 31 && !second.1;
        let ((day, _), (year, is_whole)) = if is_year_first { (second, first) } else { (first, second) };
        let year = match year {
            _ if is_whole => year,
            0..50 => 2000 + year,
            50..1000 => 1900 + year,
            _ => year,
        };
        let (mut hour, minute, second) = self.time?;
        if let Some(afternoon) = self.afternoon.filter(|_| (1..=12).contains(&hour)) {
            hour = hour % 12 + if afternoon { 12 } else { 0 };
        }
        let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, self.month?, day)?;
        // A leap second is the one before.
        let moment: NaiveDateTime = date.and_hms_opt(hour, minute, second.min(59))?;
        let zone = FixedOffset::east_opt(self.zone.unwrap_or(0) * 60)?;
        zone.from_local_datetime(&moment).single().filter(|_| year < 10_000)
    }
}

/// `+0200`, `-03:30`, `GMT+2`: the minutes from UTC. What no clock shows is no offset that anybody knows: 0.
fn offset(word: &str) -> Option<i32> {
    let word = ["gmt", "utc", "ut"]
        .iter()
        .find_map(|name| word.strip_prefix(name))
        .filter(|rest| !rest.is_empty())
        .unwrap_or(word);
    let sign = match word.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = word[1..].chars().filter(|c| *c != ':').collect();
    let number = i32::try_from(number(&digits)?).ok()?;
    let (hours, minutes) = if digits.len() <= 2 { (number, 0) } else { (number / 100, number % 100) };
    Some(if hours > 15 || minutes > 59 { 0 } else { sign * (hours * 60 + minutes) })
}

fn number(word: &str) -> Option<u32> {
    let is_number = (1..=6).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| word.parse().ok()).flatten()
}

/// Whether it is an hour as `13.52.38`, or `13.52`.
fn is_dotted(word: &str) -> bool {
    let is_part = |part: &str| (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    (2..=3).contains(&word.split('.').count()) && word.split('.').all(is_part)
}

/// Whether it is a date as `2002-08-22`.
fn is_iso(word: &str) -> bool {
    word.len() == 10
        && word
            .bytes()
            .enumerate()
            .all(|(at, byte)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() })
}

/// The number, from 1, of a word among names of three letters, of which it is one or a longer form.
fn is_named(word: &str, names: &[&str]) -> Option<u32> {
    let word = word.trim_end_matches('.');
    let start = word.get(..3).filter(|_| word.bytes().all(|byte| byte.is_ascii_alphabetic()))?;
    let at = names.iter().position(|name| name.eq_ignore_ascii_case(start))?;
    u32::try_from(at + 1).ok()
}

/// The text outside of brackets (RFC 5322 section 3.2.2).
fn without_comments(text: &str) -> String {
    let mut depth = 0usize;
    text.chars()
        .filter(|c| {
            let before = depth;
            match c {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0 && before == 0
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn dates_of_all_times_and_programs_are_read() {
        for (text, expected) in [
            ("Thu, 22 Aug 2002 13:52:38 +0100", "2002-08-22T13:52:38+01:00"),
            ("22 Aug 2002 13:52 GMT", "2002-08-22T13:52:00+00:00"),
            ("Thu, 22 Aug 02 13:52:38 EDT", "2002-08-22T13:52:38-04:00"),
            ("Thu, 22 Aug 99 13:52:38 -0330 (NDT (Newfoundland))", "1999-08-22T13:52:38-03:30"),
            ("22 Aug 102 13:52:38 Z", "2002-08-22T13:52:38+00:00"),
            ("1 Jan 0001 00:00:00 +0000", "0001-01-01T00:00:00+00:00"),
            ("Thu Aug  2 13:52:59 2002", "2002-08-02T13:52:59+00:00"),
            ("Thu Aug 22 13:52:59 MEST 2002", "2002-08-22T13:52:59+02:00"),
            ("Thursday, 22-Aug-02 13:52:59 GMT", "2002-08-22T13:52:59+00:00"),
            ("2002-08-22T13:52:59.123+02:00", "2002-08-22T13:52:59+02:00"),
            ("2002-08-22 13:52:59 +0200", "2002-08-22T13:52:59+02:00"),
            ("2002/09/14 Sat 02:29:32 CDT", "2002-09-14T02:29:32-05:00"),
            ("Thu, 22 Aug 2002 1:52:38 PM GMT+2", "2002-08-22T13:52:38+02:00"),
            ("Sat, 31 Dec 2016 23:59:60 +0000", "2016-12-31T23:59:59+00:00"),
            ("Thu, 22 Aug 2002 13:52:38 K", "2002-08-22T13:52:38+00:00"),
            ("Thu, 22 Aug 2002 13:52:38 -9999", "2002-08-22T13:52:38+00:00"),
            ("Tue, 5 Mar 2019 10.00.00 +0100", "2019-03-05T10:00:00+01:00"),
            ("Tue Mar 5 2019 7.30 pm", "2019-03-05T19:30:00+00:00"),
        ] {
            assert_eq!(read(text).map(|date| date.to_rfc3339()).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn dates_are_read_in_the_words_of_every_language() {
        for text in [
            "Di, 5 M\u{e4}r 2019 10:00:00 +0100",
            "Di, 5. M\u{e4}rz 2019 10:00:00 +0100",
            "Di, 5 Mrz 2019 10:00:00 +0100",
            "mar., 5 mars 2019 10:00:00 +0100",
            "mar, 5 de marzo de 2019 10:00:00 +0100",
            "Ter, 5 Mar\u{e7}o 2019 10:00:00 +0100",
            "di, 5 mrt 2019 10:00:00 +0100",
            "wt., 5 marca 2019 10:00:00 +0100",
        ] {
            assert_eq!(
                read(text).map(|date| date.to_rfc3339()).as_deref(),
                Some("2019-03-05T10:00:00+01:00"),
                "{text}"
            );
        }
        for (text, day) in [
            ("mar. 5 f\u{e9}vr. 2019 10:00", "2019-02-05"),
            ("mar, 8 ott 2019 10:00", "2019-10-08"),
            ("\u{15b}r., 9 pa\u{17a} 2019 10:00", "2019-10-09"),
            ("2-mai-2019 10:00", "2019-05-02"),
        ] {
            assert_eq!(read(text).map(|date| date.date_naive().to_string()).as_deref(), Some(day), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "yesterday",
            "Thu, 31 Feb 2002 13:52:38 +0100",
            "Thu, 22 Aug 2002",
            "08/09/2002 13:52:38",
            "22 Aug 2002 25:00",
            "Thu, 22 Aug 99999 13:52:38",
            "(((((",
            "٢٢ Aug 2002 10:00",
            "-",
            "+",
            "gmt",
            "T:",
            "ééé:",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
