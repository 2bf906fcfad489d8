//! A rule in plain English, where there is a plain sentence for it. The day on which it ends is written as she writes
//! days.

use chrono::Weekday;

use super::rule::{Frequency, Rule, Until, WeekdayNth};
use crate::dates::DateStyle;

/// What a rule says: `Every second Thursday until 3 May 2027`. The rule as text where no sentence is plain.
#[must_use]
pub fn sentence(rule: &Rule, style: DateStyle) -> String {
    let said = match rule.frequency {
        Frequency::Secondly | Frequency::Minutely | Frequency::Hourly => by_the_clock(rule),
        Frequency::Daily | Frequency::Weekly => by_weekday(rule),
        Frequency::Monthly => monthly(rule),
        Frequency::Yearly => yearly(rule),
    };
    match said.zip(times(rule)) {
        Some((said, times)) => format!("{said}{times}{}", end(rule, style)),
        None => rule.to_string(),
    }
}

fn by_the_clock(rule: &Rule) -> Option<String> {
    let unit = match rule.frequency {
        Frequency::Hourly => "hour",
        Frequency::Minutely => "minute",
        _ => "second",
    };
    says_only(rule, &[]).then(|| every(rule.interval, unit))
}

fn by_weekday(rule: &Rule) -> Option<String> {
    if !says_only(rule, &["weekdays"]) {
        return None;
    }
    let days: Vec<Weekday> = rule.weekdays.iter().map(|day| day.weekday).collect();
    let (is_daily, interval) = (rule.frequency == Frequency::Daily, rule.interval);
    Some(match days.as_slice() {
        [] => every(interval, if is_daily { "day" } else { "week" }),
        // Every second day, if that is a Monday: hardly plain.
        _ if is_daily && interval > 1 => return None,
        [day] => every(interval, name(*day)),
        days if days.len() == 7 && interval == 1 => "Every day".to_owned(),
        days if is_working_week(days) && interval == 1 => "Every weekday".to_owned(),
        days if interval == 1 => format!("Every {}", list(days.iter().map(|day| name(*day)))),
        days => format!("{} on {}", every(interval, "week"), list(days.iter().map(|day| name(*day)))),
    })
}

fn monthly(rule: &Rule) -> Option<String> {
    let month = every(rule.interval, "month").to_lowercase();
    let of_month = |which: String| format!("The {which} of {month}");
    if says_only(rule, &[]) {
        return Some(every(rule.interval, "month"));
    }
    if says_only(rule, &["month_days"]) {
        return days_of_month(&rule.month_days).map(of_month);
    }
    nth_weekday(rule, &["weekdays"]).map(of_month)
}

fn yearly(rule: &Rule) -> Option<String> {
    let year = if rule.interval == 1 { "Yearly".to_owned() } else { every(rule.interval, "year") };
    let months = || list(rule.months.iter().map(|month| month_name(*month)));
    if says_only(rule, &[]) {
        return Some(year);
    }
    if says_only(rule, &["months"]) {
        return Some(format!("{year} in {}", months()));
    }
    if says_only(rule, &["months", "month_days"]) && !rule.months.is_empty() {
        let is_plain = rule.month_days.iter().all(|day| *day > 0) && rule.months.len() * rule.month_days.len() <= 4;
        let days = rule
            .months
            .iter()
            .flat_map(|month| rule.month_days.iter().map(move |day| format!("{day} {}", month_name(*month))));
        return if is_plain { Some(format!("{year} on {}", list(days))) } else { last_day(rule, &year) };
    }
    if rule.months.is_empty() {
        return None;
    }
    nth_weekday(rule, &["months", "weekdays"]).map(|which| format!("{year} on the {which} of {}", months()))
}

fn last_day(rule: &Rule, year: &str) -> Option<String> {
    let months = list(rule.months.iter().map(|month| month_name(*month)));
    days_of_month(&rule.month_days).map(|days| format!("{year} on the {days} of {months}"))
}

/// `1st and last day`.
fn days_of_month(days: &[i32]) -> Option<String> {
    let from_start = days.iter().filter(|day| **day > 0).map(|day| numeral(*day));
    let from_end = days.iter().rev().filter(|day| **day < 0).map(|day| match day {
        -1 => Some("last day".to_owned()),
        _ => Some(format!("{} day", nth_from_end(*day)?)),
    });
    let days: Option<Vec<String>> = from_start.map(Some).chain(from_end).collect();
    days.filter(|days| days.len() <= 5).map(list)
}

/// `first and third Monday`, `last weekday`: by numbers before the weekdays or by one BYSETPOS.
fn nth_weekday(rule: &Rule, parts: &[&str]) -> Option<String> {
    if says_only(rule, parts) {
        let [WeekdayNth { weekday: first, .. }, others @ ..] = rule.weekdays.as_slice() else { return None };
        let mut days = rule.weekdays.clone();
        // From the end of the month what counts from its end.
        days.sort_by_key(|day| (day.nth.unwrap_or_default() < 0, day.nth, day.weekday.num_days_from_monday()));
        if others.iter().all(|day| day.weekday == *first) {
            let nths: Option<Vec<String>> = days.iter().map(|day| nth(day.nth?)).collect();
            return nths.map(|nths| format!("{} {}", list(nths), name(*first)));
        }
        let days: Option<Vec<String>> =
            days.iter().map(|day| Some(format!("{} {}", nth(day.nth?)?, name(day.weekday)))).collect();
        return days.filter(|days| days.len() <= 4).map(list);
    }
    let with_position = [parts, &["positions"]].concat();
    let ([position], true) = (rule.positions.as_slice(), says_only(rule, &with_position)) else { return None };
    let position = nth(*position)?;
    if rule.weekdays.iter().any(|day| day.nth.is_some()) {
        return None;
    }
    let days: Vec<Weekday> = rule.weekdays.iter().map(|day| day.weekday).collect();
    match days.as_slice() {
        [day] => Some(format!("{position} {}", name(*day))),
        days if days.len() == 7 => Some(format!("{position} day")),
        days if is_working_week(days) => Some(format!("{position} weekday")),
        [Weekday::Sat, Weekday::Sun] => Some(format!("{position} day of a weekend")),
        _ => None,
    }
}

/// ` at 9:00 and 17:30`; `None` where it is not plain.
fn times(rule: &Rule) -> Option<String> {
    if rule.hours.is_empty() && rule.minutes.is_empty() && rule.seconds.is_empty() {
        return Some(String::new());
    }
    let is_plain = !rule.hours.is_empty()
        && !rule.minutes.is_empty()
        && matches!(rule.seconds.as_slice(), [] | [0])
        && rule.hours.len() * rule.minutes.len() <= 4
        && rule.positions.is_empty()
        && rule.frequency >= Frequency::Daily;
    let times = rule.hours.iter().flat_map(|hour| rule.minutes.iter().map(move |minute| format!("{hour}:{minute:02}")));
    is_plain.then(|| format!(" at {}", list(times)))
}

fn end(rule: &Rule, style: DateStyle) -> String {
    let until = match rule.until {
        None => String::new(),
        Some(Until::Day(day)) => format!(" until {}", style.exact(day)),
        Some(Until::Local(last) | Until::Utc(last)) => format!(" until {}", style.exact(last.date())),
    };
    match rule.count {
        None => until,
        Some(1) => format!("{until}, once"),
        Some(2) => format!("{until}, twice"),
        Some(count) => format!("{until}, {count} times"),
    }
}

/// Whether of the parts that speak of days the rule has these at most.
fn says_only(rule: &Rule, parts: &[&str]) -> bool {
    [
        ("months", rule.months.is_empty()),
        ("weeks", rule.weeks.is_empty()),
        ("year_days", rule.year_days.is_empty()),
        ("month_days", rule.month_days.is_empty()),
        ("weekdays", rule.weekdays.is_empty()),
        ("positions", rule.positions.is_empty()),
    ]
    .iter()
    .all(|(part, is_empty)| *is_empty || parts.contains(part))
}

fn every(interval: u32, unit: &str) -> String {
    match i32::try_from(interval).ok().and_then(ordinal) {
        _ if interval == 1 => format!("Every {unit}"),
        Some(ordinal) => format!("Every {ordinal} {unit}"),
        None => format!("Every {interval} {unit}s"),
    }
}

fn ordinal(number: i32) -> Option<&'static str> {
    const WORDS: [&str; 10] =
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];
    usize::try_from(number).ok()?.checked_sub(1).and_then(|index| WORDS.get(index).copied())
}

fn nth(number: i32) -> Option<String> {
    if number < 0 { nth_from_end(number) } else { ordinal(number).map(str::to_owned) }
}

fn nth_from_end(number: i32) -> Option<String> {
    match number {
        -1 => Some("last".to_owned()),
        _ => ordinal(-number).map(|ordinal| format!("{ordinal} to last")),
    }
}

fn numeral(number: i32) -> String {
    let ending = match (number % 10, number % 100) {
        (1, rest) if rest != 11 => "st",
        (2, rest) if rest != 12 => "nd",
        (3, rest) if rest != 13 => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

fn is_working_week(days: &[Weekday]) -> bool {
    days.len() == 5 && !days.contains(&Weekday::Sat) && !days.contains(&Weekday::Sun)
}

fn name(weekday: Weekday) -> &'static str {
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
        [weekday.num_days_from_monday() as usize]
}

fn month_name(month: i32) -> &'static str {
    const NAMES: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    usize::try_from(month - 1).ok().and_then(|index| NAMES.get(index).copied()).unwrap_or_default()
}

/// `a, b and c`.
fn list(words: impl IntoIterator<Item = impl Into<String>>) -> String {
    let mut words: Vec<String> = words.into_iter().map(Into::into).collect();
    match words.pop() {
        Some(last) if words.is_empty() => last,
        Some(last) => format!("{} and {last}", words.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(rule: &str) -> String {
        sentence(&rule.parse().unwrap(), DateStyle::default())
    }

    #[test]
    fn plain_rules_have_a_plain_sentence() {
        for (rule, expected) in [
            ("FREQ=DAILY", "Every day"),
            ("FREQ=DAILY;UNTIL=20270503", "Every day until 3 May 2027"),
            ("FREQ=DAILY;COUNT=10", "Every day, 10 times"),
            ("FREQ=DAILY;COUNT=2", "Every day, twice"),
            ("FREQ=DAILY;INTERVAL=14", "Every 14 days"),
            ("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", "Every weekday"),
            ("FREQ=WEEKLY", "Every week"),
            ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TH", "Every second Thursday"),
            ("FREQ=WEEKLY;BYDAY=MO,TH", "Every Monday and Thursday"),
            ("FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO,TH;WKST=SU", "Every second week on Monday, Thursday and Sunday"),
            ("FREQ=MONTHLY;INTERVAL=3", "Every third month"),
            ("FREQ=MONTHLY;BYDAY=1MO", "The first Monday of every month"),
            ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1", "The first Monday of every month"),
            ("FREQ=MONTHLY;BYDAY=-1FR,1MO", "The first Monday and last Friday of every month"),
            ("FREQ=MONTHLY;INTERVAL=2;BYDAY=1MO,3MO", "The first and third Monday of every second month"),
            ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "The last weekday of every month"),
            ("FREQ=MONTHLY;BYMONTHDAY=22,1", "The 1st and 22nd of every month"),
            ("FREQ=MONTHLY;BYMONTHDAY=11,-1,-2", "The 11th, last day and second to last day of every month"),
            ("FREQ=YEARLY", "Yearly"),
            ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "Yearly on 29 February"),
            ("FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29", "Every fourth year on 29 February"),
            ("FREQ=YEARLY;BYMONTH=6,7", "Yearly in June and July"),
            ("FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", "Yearly on the fourth Thursday of November"),
            ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1", "Yearly on the last day of February"),
            ("FREQ=HOURLY;INTERVAL=6;COUNT=1", "Every sixth hour, once"),
            ("FREQ=DAILY;BYHOUR=9,17;BYMINUTE=30", "Every day at 9:30 and 17:30"),
        ] {
            assert_eq!(said(rule), expected);
        }
    }

    #[test]
    fn what_has_no_plain_sentence_stays_a_rule() {
        for rule in [
            "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO",
            "FREQ=YEARLY;BYDAY=20MO",
            "FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR",
            "FREQ=MONTHLY;BYDAY=TU,WE;BYSETPOS=3",
            "FREQ=MONTHLY;BYDAY=MO",
            "FREQ=DAILY;BYHOUR=9",
            "FREQ=DAILY;INTERVAL=2;BYDAY=MO",
            "FREQ=WEEKLY;BYMONTH=1",
            "FREQ=MINUTELY;BYHOUR=9",
        ] {
            assert_eq!(said(rule), rule);
        }
    }
}
