//! When a reminder comes, as a sentence says it at its end or its beginning: `tomorrow at 9`, `every friday 18:30`, `on the
//! first of every month`. The form's own field understands the same days, without how often.

use chrono::{Datelike, Days, Months, NaiveDate, NaiveTime, Weekday};

use super::coming::{self, day, nth_weekday, number, span};
use super::schedule::Schedule;
use crate::dates::{self, DateStyle, Here, day_and_month, take_hour, weekday};
use crate::interactions::day::YEARS;
use crate::recurrence::{Frequency, Rule, WeekdayNth};

/// The longest phrase in words: `on the first of every month at 9:30 pm`, and one more.
const LONGEST: usize = 10;
/// Words behind which a day belongs to the text: `prepare for friday` is due then, and stays what it is.
const BELONGING: [&str; 9] = ["about", "before", "by", "for", "from", "of", "since", "till", "until"];
/// Every so manieth day, week, month or year.
const MOST: u32 = 1000;

/// When a text says at its end that it comes, read `here`, and the text without that.
#[must_use]
pub fn at_end(text: &str, here: Here) -> (Option<Schedule>, String) {
    let Some((schedule, rest)) = ending(text, here) else { return (None, text.trim().to_owned()) };
    let rest = if rest.last().is_some_and(|word| belongs(word)) { text.trim().to_owned() } else { rest.join(" ") };
    (Some(schedule), rest.trim_end_matches([',', ';', '-', '–', ' ']).to_owned())
}

/// When a name says so at either end, and the name.
#[must_use]
pub fn take(text: &str, here: Here) -> (Option<Schedule>, String) {
    if let Some((schedule, mut rest)) = ending(text, here) {
        if rest.len() > 1 && rest.last().is_some_and(|word| belongs(word)) {
            rest.pop();
        }
        return (Some(schedule), rest.join(" ").trim_end_matches([',', ' ']).to_owned());
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    let begun = (1..=LONGEST.min(words.len())).rev().find_map(|length| {
        let (beginning, rest) = words.split_at(length);
        parse(&beginning.join(" "), here).map(|schedule| (Some(schedule), rest.join(" ")))
    });
    begun.unwrap_or_else(|| (None, words.join(" ")))
}

/// The longest phrase at the end, and the words before it.
fn ending(text: &str, here: Here) -> Option<(Schedule, Vec<&str>)> {
    let words: Vec<&str> = text.trim_end_matches(['.', '!', ' ']).split_whitespace().collect();
    (1..=LONGEST.min(words.len())).rev().find_map(|length| {
        let (rest, end) = words.split_at(words.len() - length);
        parse(&end.join(" "), here).map(|schedule| (schedule, rest.to_vec()))
    })
}

fn belongs(word: &str) -> bool {
    BELONGING.contains(&word.to_lowercase().as_str())
}

/// When a phrase says that something comes; none where it is no such phrase. An hour alone is the next one.
#[must_use]
pub fn parse(phrase: &str, here: Here) -> Option<Schedule> {
    let lower = phrase.to_lowercase();
    let words = dates::words(&lower, here.style.language);
    if span(&words).is_some() {
        let (day, time) = coming::soon(&lower, here.now, here.zone)?;
        return schedule(day, time, None);
    }
    for from in 0..words.len() {
        for to in (from + 1..=words.len()).rev() {
            if let Some(often) = Often::parse(&words[from..to], here.style) {
                return often.schedule([&words[..from], &words[to..]].concat(), here);
            }
        }
    }
    let is_span = matches!(words.as_slice(), [many, ..] if number(many).is_some())
        && words.get(1).is_some_and(|unit| unit_of(unit).is_some());
    if is_span {
        // `Book three nights for 3 days` says how long.
        return None;
    }
    if let Some((day, time)) = coming::parse(&lower, here.today, here.style) {
        return schedule(day, time, None);
    }
    let (time, rest) = take_hour(&words)?;
    let today = here.today;
    let day = if time > here.clock(here.now).time() { today } else { today.succ_opt()? };
    rest.is_empty().then(|| schedule(day, Some(time), None)).flatten()
}

fn schedule(day: NaiveDate, time: Option<NaiveTime>, rule: Option<Rule>) -> Option<Schedule> {
    YEARS.contains(&day.year()).then(|| Schedule::of(day, time, rule))
}

/// `days`, `week`.
fn unit_of(word: &str) -> Option<Frequency> {
    match word {
        "day" | "days" => Some(Frequency::Daily),
        "week" | "weeks" => Some(Frequency::Weekly),
        "month" | "months" => Some(Frequency::Monthly),
        "year" | "years" => Some(Frequency::Yearly),
        _ => None,
    }
}

/// How often.
struct Often {
    frequency: Frequency,
    interval: u32,
    /// Of weeks.
    weekdays: Vec<Weekday>,
    /// Of months and years: the words that name the day.
    day: Option<String>,
}

/// `second thursday of the month`, `last day of every month`: the words that name the day of each.
fn of_month(words: &[&str], style: DateStyle) -> Option<String> {
    let which = match words {
        [which @ .., "of", "the", "month"] | [which @ .., "of", "month"] => which.join(" "),
        _ => return None,
    };
    let day_of_it = format!("{which} of month");
    day(&day_of_it.split(' ').collect::<Vec<_>>(), NaiveDate::default(), style).map(|_| day_of_it)
}

impl Often {
    /// `weekly`, `every month`, `every 2 weeks`, `every other friday`, `every monday and thursday`, `every 3 may`, `every first
    /// friday of the month`.
    fn parse(words: &[&str], style: DateStyle) -> Option<Self> {
        let plain = |frequency| Self { frequency, interval: 1, weekdays: Vec::new(), day: None };
        let words = match words {
            ["daily"] => return Some(plain(Frequency::Daily)),
            ["weekly"] => return Some(plain(Frequency::Weekly)),
            ["monthly"] => return Some(plain(Frequency::Monthly)),
            ["yearly" | "annually"] => return Some(plain(Frequency::Yearly)),
            ["every" | "each", rest @ ..] => rest,
            _ => return None,
        };
        if let Some(day) = of_month(words, style) {
            return Some(Self { day: Some(day), ..plain(Frequency::Monthly) });
        }
        let interval = |word: &str| number(word).map(u32::from).filter(|number| (1..=MOST).contains(number));
        let (interval, words) = match words {
            ["other" | "second", rest @ ..] => (2, rest),
            ["third", rest @ ..] => (3, rest),
            [many, unit] if unit_of(unit).is_some() => (interval(many)?, &words[1..]),
            all => (1, all),
        };
        if let [unit] = words
            && let Some(frequency) = unit_of(unit)
        {
            return Some(Self { interval, ..plain(frequency) });
        }
        if let [one, other] = words
            && day_and_month(one, other, style.language).is_some()
        {
            return Some(Self { interval, day: Some(words.join(" ")), ..plain(Frequency::Yearly) });
        }
        let named = words.iter().filter(|word| **word != "and").map(|word| weekday(word, style.language));
        let weekdays = match words {
            ["weekday" | "workday"] => vec![Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri],
            all if all.last() == Some(&"and") => return None,
            _ => named.collect::<Option<Vec<_>>>()?,
        };
        (!weekdays.is_empty()).then(|| Self { interval, weekdays, ..plain(Frequency::Weekly) })
    }

    /// What it comes to with the words that stand around it: `at 9`, `from 1 december`. Without a day the first one is a day,
    /// week, month or year ahead.
    fn schedule(&self, mut around: Vec<&str>, here: Here) -> Option<Schedule> {
        let (time, mut rest) = match take_hour(&around) {
            Some((time, rest)) => (Some(time), rest.to_vec()),
            None => (None, std::mem::take(&mut around)),
        };
        if matches!(rest.first(), Some(&("from" | "starting" | "beginning"))) {
            rest.remove(0);
        }
        let has_nth = nth_weekday(&rest, here.style.language).is_some();
        match rest.last() {
            _ if self.frequency != Frequency::Monthly => {}
            Some(&"of") => rest.push("month"),
            _ if has_nth => rest.extend(["of", "month"]),
            _ => {}
        }
        if let Some(day) = &self.day {
            rest.extend(day.split(' '));
        }
        let nth = nth_weekday(&rest, here.style.language);
        let is_last = rest.iter().any(|word| matches!(*word, "last" | "end"));
        let first = if rest.is_empty() { self.ahead(here, time)? } else { day(&rest, here.today, here.style)? };
        let first = match self.weekdays.is_empty() {
            true => first,
            false => first.iter_days().take(7).find(|day| self.weekdays.contains(&day.weekday()))?,
        };
        schedule(first, time, Some(self.rule(first, is_last, nth)))
    }

    fn ahead(&self, here: Here, time: Option<NaiveTime>) -> Option<NaiveDate> {
        let today = here.today;
        let is_to_come = time.is_some_and(|time| time > here.clock(here.now).time());
        match self.frequency {
            Frequency::Daily if is_to_come => Some(today),
            Frequency::Daily => today.checked_add_days(Days::new(self.interval.into())),
            Frequency::Weekly if !self.weekdays.is_empty() => {
                if is_to_come {
                    Some(today)
                } else {
                    today.succ_opt()
                }
            }
            Frequency::Weekly => today.checked_add_days(Days::new(u64::from(self.interval) * 7)),
            Frequency::Monthly => today.checked_add_months(Months::new(self.interval)),
            _ => today.checked_add_months(Months::new(self.interval * 12)),
        }
    }

    /// As the form would make it, which then shows what one would have chosen.
    fn rule(&self, first: NaiveDate, is_last: bool, nth: Option<(i32, Weekday)>) -> Rule {
        let mut rule = Rule::every(self.frequency);
        rule.interval = self.interval;
        let day = i32::try_from(first.day()).unwrap_or(1);
        match self.frequency {
            Frequency::Weekly => {
                let mut days = self.weekdays.clone();
                if days.is_empty() {
                    days.push(first.weekday());
                }
                days.sort_unstable_by_key(Weekday::num_days_from_monday);
                days.dedup();
                rule.weekdays = days.into_iter().map(|weekday| WeekdayNth { nth: None, weekday }).collect();
            }
            Frequency::Monthly if nth.is_some() => {
                rule.weekdays = nth.map(|(nth, weekday)| WeekdayNth { nth: Some(nth), weekday }).into_iter().collect();
            }
            Frequency::Monthly => rule.month_days = vec![if is_last { -1 } else { day }],
            Frequency::Yearly => {
                rule.months = vec![i32::try_from(first.month()).unwrap_or(1)];
                rule.month_days = vec![day];
            }
            _ => {}
        }
        rule
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::recurrence::sentence;

    /// A Thursday at half past ten.
    fn now() -> Here {
        Here::at("2026-11-26T10:30:00Z".parse().unwrap(), chrono_tz::UTC, DateStyle::default())
    }

    fn told(schedule: &Schedule) -> String {
        let at = schedule.starts_at.format(if schedule.is_day { "%Y-%m-%d" } else { "%Y-%m-%d %H:%M" });
        let often =
            schedule.rule.as_ref().map(|rule| format!(" {}", sentence(rule, DateStyle::default()))).unwrap_or_default();
        format!("{at}{often}")
    }

    #[test]
    fn when_and_how_often_are_understood_together() {
        for (phrase, means) in [
            ("tomorrow", "2026-11-27"),
            ("friday at 9", "2026-11-27 09:00"),
            ("9:00", "2026-11-27 09:00"),
            ("18:30", "2026-11-26 18:30"),
            ("in 3 days", "2026-11-29"),
            ("3 days", ""),
            ("every day", "2026-11-27 Every day"),
            ("daily at 18:00", "2026-11-26 18:00 Every day"),
            ("every day at 9", "2026-11-27 09:00 Every day"),
            ("every 3 days", "2026-11-29 Every third day"),
            ("every friday at 9", "2026-11-27 09:00 Every Friday"),
            ("every thursday", "2026-12-03 Every Thursday"),
            ("every thursday at noon", "2026-11-26 12:00 Every Thursday"),
            ("every other friday", "2026-11-27 Every second Friday"),
            ("every thursday and monday", "2026-11-30 Every Monday and Thursday"),
            ("every friday from 9 december", "2026-12-11 Every Friday"),
            ("weekly", "2026-12-03 Every Thursday"),
            ("every 2 weeks", "2026-12-10 Every second Thursday"),
            ("every month", "2026-12-26 The 26th of every month"),
            ("first of every month", "2026-12-01 The 1st of every month"),
            ("on the 15th of each month at 9", "2026-12-15 09:00 The 15th of every month"),
            ("every month on the 1st", "2026-12-01 The 1st of every month"),
            ("last day of every month", "2026-11-30 The last day of every month"),
            ("first friday of the month", "2026-12-04"),
            ("first friday of every month", "2026-12-04 The first Friday of every month"),
            ("every first friday of the month at 9", "2026-12-04 09:00 The first Friday of every month"),
            ("every second thursday", "2026-12-03 Every second Thursday"),
            ("every second thursday of the month", "2026-12-10 The second Thursday of every month"),
            ("every third thursday", "2026-12-03 Every third Thursday"),
            ("monthly on the last friday", "2026-11-27 The last Friday of every month"),
            ("every last day of the month", "2026-11-30 The last day of every month"),
            ("every 15th of the month", "2026-12-15 The 15th of every month"),
            ("last day of the month", "2026-11-30"),
            ("every friday of the month", ""),
            ("in 2 hours", "2026-11-26 12:30"),
            ("in half an hour", "2026-11-26 11:00"),
            ("in a week", "2026-12-03"),
            ("in two weeks", "2026-12-10"),
            ("every two weeks", "2026-12-10 Every second Thursday"),
            ("a week", ""),
            ("2 hours", ""),
            ("yearly", "2027-11-26 Yearly on 26 November"),
            ("every year on 3 may", "2027-05-03 Yearly on 3 May"),
            ("every 3 may", "2027-05-03 Yearly on 3 May"),
            ("12 may yearly", "2027-05-12 Yearly on 12 May"),
            ("every", ""),
            ("every and", ""),
            ("every ada", ""),
            ("every 0 days", ""),
            ("every day ada", ""),
            ("", ""),
        ] {
            let read = parse(phrase, now()).as_ref().map(told).unwrap_or_default();
            assert_eq!(read, means, "{phrase}");
        }
    }

    #[test]
    fn a_sentence_is_told_from_when_it_is_due() {
        for (text, rest, means) in [
            ("ring back, friday 9:00", "ring back", "2026-11-27 09:00"),
            ("ring Ada on friday at 9", "ring Ada", "2026-11-27 09:00"),
            ("pay the rent first of month", "pay the rent", "2026-12-01"),
            ("water the plants every friday.", "water the plants", "2026-11-27 Every Friday"),
            ("finish it by friday", "finish it by friday", "2026-11-27"),
            ("read chapter 9", "read chapter 9", ""),
            ("book a room for 3 days", "book a room for 3 days", ""),
            ("water it twice a week", "water it twice a week", ""),
            ("turn the bread in 2 hours", "turn the bread", "2026-11-26 12:30"),
            ("pay the rent on the last day of the month", "pay the rent", "2026-11-30"),
            ("tomorrow", "", "2026-11-27"),
        ] {
            let (schedule, left) = at_end(text, now());
            let read = schedule.as_ref().map(told).unwrap_or_default();
            assert_eq!((left.as_str(), read.as_str()), (rest, means), "{text}");
        }
        assert_eq!(take("next friday Ada Lovelace", now()).1, "Ada Lovelace");
        assert_eq!(take("May Wong", now()), (None, "May Wong".to_owned()));
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_harm(text in ".{0,60}", words in "((every|daily|2|monday|and|of|last|month|on|at|9|from) ){0,8}") {
            let _ = take(&text, now());
            let (_, rest) = take(&words, now());
            prop_assert!(rest.len() <= words.len());
        }
    }
}
