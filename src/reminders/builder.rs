//! How often, as one chooses it: a rule is made of it, and of a rule what one would have chosen.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate, NaiveDateTime, Weekday};

use crate::recurrence::{Frequency, Rule, Until, WeekdayNth};
use crate::web::{Field, FormData};

/// How often; the last one is typed as a rule.
pub(super) const REPEATS: [(&str, &str); 6] = [
    ("", "Once"),
    ("daily", "Daily"),
    ("weekly", "Weekly"),
    ("monthly", "Monthly"),
    ("yearly", "Yearly"),
    ("rule", "By a rule that I type"),
];
/// Which day of a month.
pub(super) const MONTHLY: [(&str, &str); 4] = [
    ("day", "On that day of the month, such as the 12th"),
    ("weekday", "On that weekday, such as the second Thursday"),
    ("last weekday", "On that weekday, the last of the month"),
    ("last day", "On the last day of the month"),
];
/// Until when.
pub(super) const ENDS: [(&str, &str); 3] = [("", "Never"), ("until", "On a day"), ("count", "After so many times")];
/// The weekdays, as rules and as people write them.
pub(super) const WEEKDAYS: [(&str, &str, Weekday); 7] = [
    ("MO", "Mon", Weekday::Mon),
    ("TU", "Tue", Weekday::Tue),
    ("WE", "Wed", Weekday::Wed),
    ("TH", "Thu", Weekday::Thu),
    ("FR", "Fri", Weekday::Fri),
    ("SA", "Sat", Weekday::Sat),
    ("SU", "Sun", Weekday::Sun),
];
/// Every so manieth day, week, month or year.
const MOST: i32 = 1000;
/// Days that a form leaves out at most.
const MOST_EXCEPT: usize = 200;

/// The part of the form that says how often.
#[derive(Debug, Clone, Default)]
pub(super) struct Builder {
    pub repeats: Field,
    pub interval: Field,
    /// Those that are ticked.
    pub weekdays: Vec<String>,
    /// What is wrong with them.
    pub weekday: Field,
    pub monthly: Field,
    pub ends: Field,
    pub until: Field,
    pub count: Field,
    /// Days on which it does not count.
    pub exdates: Field,
    /// As it is typed.
    pub recurrence_rule: Field,
}

impl Builder {
    pub fn posted(form: &FormData) -> Self {
        let field = |name| Field::of(form, name);
        Self {
            repeats: field("repeats"),
            interval: field("interval"),
            weekdays: form.all("weekday[]").take(WEEKDAYS.len()).map(str::to_owned).collect(),
            weekday: Field::default(),
            monthly: field("monthly"),
            ends: field("ends"),
            until: field("until"),
            count: field("count"),
            exdates: field("exdates"),
            recurrence_rule: field("recurrence_rule"),
        }
    }

    /// What one would have chosen for this rule of something that starts then.
    pub fn of(rule: Option<&Rule>, starts_at: NaiveDateTime, except: &BTreeSet<NaiveDateTime>) -> Self {
        let days: BTreeSet<NaiveDate> = except.iter().map(NaiveDateTime::date).collect();
        let days: Vec<String> = days.into_iter().map(|day| day.to_string()).collect();
        let exdates = days.join(", ").as_str().into();
        let monthly = "day".into();
        let Some(rule) = rule else { return Self { exdates, monthly, ..Self::default() } };
        let simple = Rule { count: None, until: None, ..rule.clone() };
        let chosen = |repeats: &str, monthly: &str| Self {
            repeats: repeats.into(),
            interval: rule.interval.to_string().as_str().into(),
            weekdays: rule.weekdays.iter().filter(|_| repeats == "weekly").map(ToString::to_string).collect(),
            monthly: monthly.into(),
            ..Self::default()
        };
        let kinds = [("daily", "day"), ("weekly", "day"), ("yearly", "day")].into_iter();
        let kinds = kinds.chain(MONTHLY.iter().map(|(which, _)| ("monthly", *which)));
        let mut candidates = kinds.map(|(repeats, monthly)| chosen(repeats, monthly));
        let found = candidates.find(|one| one.clone().simple_rule(starts_at.date()).as_ref() == Some(&simple));
        let until = match rule.until {
            Some(Until::Day(day)) => Some(day),
            _ => None,
        };
        let is_told = rule.until.is_none() == until.is_none() && !(rule.count.is_some() && until.is_some());
        let mut builder =
            found.filter(|_| is_told).unwrap_or_else(|| Self { repeats: "rule".into(), monthly, ..Self::default() });
        if builder.repeats.value == "rule" {
            builder.recurrence_rule = rule.to_string().as_str().into();
        } else if let Some(day) = until {
            (builder.ends, builder.until) = ("until".into(), day.to_string().as_str().into());
        } else if let Some(count) = rule.count {
            (builder.ends, builder.count) = ("count".into(), count.to_string().as_str().into());
        }
        Self { exdates, ..builder }
    }

    fn is_among<const N: usize>(field: &mut Field, choices: [(&str, &str); N]) {
        if !choices.iter().any(|(value, _)| *value == field.value) {
            field.refuse("Choose one from the list.");
        }
    }

    /// The rule that is meant for something that starts on this day; none where it comes once or something is wrong. What is
    /// typed into a field that is not asked for has to be right as well, or it would be lost unseen.
    pub fn rule(&mut self, day: Option<NaiveDate>) -> Option<Rule> {
        if self.monthly.value.is_empty() {
            self.monthly = "day".into();
        }
        Self::is_among(&mut self.repeats, REPEATS);
        Self::is_among(&mut self.monthly, MONTHLY);
        Self::is_among(&mut self.ends, ENDS);
        let (until, count) = (self.until.date(), self.count.number(1..=10_000));
        let typed = self.typed();
        let simple = self.simple_rule(day.unwrap_or_default());
        let mut rule = match self.repeats.value.as_str() {
            "" => return None,
            "rule" => {
                if typed.is_none() {
                    self.recurrence_rule.refuse("Type the rule, such as FREQ=MONTHLY;BYDAY=1MO.");
                }
                return typed;
            }
            _ => simple?,
        };
        match self.ends.value.as_str() {
            "until" => {
                if until.is_none() {
                    self.until.refuse("Say until which day.");
                } else if until < day {
                    self.until.refuse("That day is before the first one.");
                }
                rule.until = until.map(Until::Day);
            }
            "count" => {
                if count.is_none() {
                    self.count.refuse("Say how many times.");
                }
                rule.count = count.and_then(|count| u32::try_from(count).ok());
            }
            _ => {}
        }
        (!self.is_refused()).then_some(rule)
    }

    /// The rule that is typed, if it is one that can be kept.
    fn typed(&mut self) -> Option<Rule> {
        let typed = self.recurrence_rule.line(255)?;
        let bare = typed.strip_prefix("RRULE:").or_else(|| typed.strip_prefix("rrule:")).unwrap_or(&typed);
        match bare.parse::<Rule>() {
            Ok(rule) if rule.to_string().len() <= 255 => Some(rule),
            Ok(_) => {
                self.recurrence_rule.refuse("The rule is too long: at most 255 characters can be saved.");
                None
            }
            Err(error) => {
                self.recurrence_rule.refuse(error.to_string());
                None
            }
        }
    }

    /// The rule without its end.
    fn simple_rule(&mut self, day: NaiveDate) -> Option<Rule> {
        let interval = self.interval.number(1..=MOST);
        let known = |word: &String| WEEKDAYS.iter().find(|(name, ..)| name == word).map(|(.., weekday)| *weekday);
        let weekdays: Vec<Weekday> = self.weekdays.iter().filter_map(known).collect();
        if weekdays.len() < self.weekdays.len() {
            self.weekday.refuse("Choose weekdays from the list.");
        }
        let (nth, weekday) = (i32::try_from(day.day0() / 7).unwrap_or(0) + 1, day.weekday());
        let month_day = i32::try_from(day.day()).unwrap_or(1);
        let frequency = match self.repeats.value.as_str() {
            "daily" => Frequency::Daily,
            "weekly" => Frequency::Weekly,
            "monthly" => Frequency::Monthly,
            "yearly" => Frequency::Yearly,
            _ => return None,
        };
        let mut rule = Rule::every(frequency);
        rule.interval = interval.and_then(|interval| u32::try_from(interval).ok()).unwrap_or(1);
        match (frequency, self.monthly.value.as_str()) {
            (Frequency::Weekly, _) => {
                let days = if weekdays.is_empty() { vec![weekday] } else { weekdays };
                rule.weekdays = days.into_iter().map(|weekday| WeekdayNth { nth: None, weekday }).collect();
                rule.weekdays.sort_unstable_by_key(|day| day.weekday.num_days_from_monday());
                rule.weekdays.dedup();
            }
            (Frequency::Monthly, "weekday") => rule.weekdays = vec![WeekdayNth { nth: Some(nth), weekday }],
            (Frequency::Monthly, "last weekday") => rule.weekdays = vec![WeekdayNth { nth: Some(-1), weekday }],
            (Frequency::Monthly, "last day") => rule.month_days = vec![-1],
            (Frequency::Monthly, _) => rule.month_days = vec![month_day],
            (Frequency::Yearly, _) => {
                rule.months = vec![i32::try_from(day.month()).unwrap_or(1)];
                rule.month_days = vec![month_day];
            }
            _ => {}
        }
        Some(rule)
    }

    /// The days on which it does not count.
    pub fn except(&mut self) -> BTreeSet<NaiveDate> {
        let Some(typed) = self.exdates.lines(4000) else { return BTreeSet::new() };
        let words: Vec<&str> = typed.split([',', ';', ' ', '\n', '\t']).filter(|word| !word.is_empty()).collect();
        let days: Option<BTreeSet<NaiveDate>> = words.iter().map(|word| Field::from(*word).date()).collect();
        match days {
            None => self.exdates.refuse("Give dates as YYYY-MM-DD, with commas between them."),
            Some(days) if days.len() > MOST_EXCEPT => {
                self.exdates.refuse(format!("At most {MOST_EXCEPT} days can be left out."));
            }
            Some(days) => return days,
        }
        BTreeSet::new()
    }

    /// All of its fields.
    pub fn fields(&self) -> [&Field; 9] {
        [
            &self.repeats,
            &self.interval,
            &self.weekday,
            &self.monthly,
            &self.ends,
            &self.until,
            &self.count,
            &self.exdates,
            &self.recurrence_rule,
        ]
    }

    /// Whether anything is wrong.
    pub fn is_refused(&self) -> bool {
        self.fields().into_iter().any(Field::is_invalid)
    }

    /// Whether more is said than how often.
    pub fn is_asked(&self) -> bool {
        !self.repeats.value.is_empty() || self.is_refused()
    }

    /// Whether this weekday is ticked.
    pub fn has(&self, weekday: &str) -> bool {
        self.weekdays.iter().any(|ticked| ticked == weekday)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recurrence::sentence;

    fn built(pairs: &[(&str, &str)], day: &str) -> String {
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let mut builder = Builder::posted(&FormData::from_pairs(pairs));
        builder.rule(day.parse().ok()).as_ref().map(sentence).unwrap_or_default()
    }

    #[test]
    fn what_is_chosen_reads_as_a_sentence() {
        for (pairs, day, says) in [
            (&[("repeats", "")][..], "2026-12-03", ""),
            (&[("repeats", "daily"), ("interval", "3")], "2026-12-03", "Every third day"),
            (&[("repeats", "weekly"), ("interval", "2")], "2026-12-03", "Every second Thursday"),
            (
                &[("repeats", "weekly"), ("weekday[]", "FR"), ("weekday[]", "MO")],
                "2026-12-03",
                "Every Monday and Friday",
            ),
            (&[("repeats", "monthly"), ("monthly", "weekday")], "2026-12-07", "The first Monday of every month"),
            (&[("repeats", "monthly"), ("monthly", "last weekday")], "2026-12-07", "The last Monday of every month"),
            (&[("repeats", "monthly"), ("monthly", "last day")], "2026-12-07", "The last day of every month"),
            (&[("repeats", "monthly")], "2026-12-07", "The 7th of every month"),
            (&[("repeats", "yearly")], "2028-02-29", "Yearly on 29 February"),
            (
                &[("repeats", "daily"), ("ends", "until"), ("until", "2027-05-03")],
                "2026-12-03",
                "Every day until 3 May 2027",
            ),
            (&[("repeats", "daily"), ("ends", "count"), ("count", "10")], "2026-12-03", "Every day, 10 times"),
            (&[("repeats", "rule"), ("recurrence_rule", "RRULE:freq=daily")], "2026-12-03", "Every day"),
        ] {
            assert_eq!(built(pairs, day), says, "{pairs:?}");
        }
    }

    #[test]
    fn what_is_stored_comes_back_as_it_was_chosen() {
        let starts_at: NaiveDateTime = "2026-12-07T09:00:00".parse().unwrap();
        for (text, repeats) in [
            ("FREQ=DAILY;INTERVAL=3", "daily"),
            ("FREQ=WEEKLY;BYDAY=MO,FR", "weekly"),
            ("FREQ=MONTHLY;UNTIL=20270503;BYMONTHDAY=7", "monthly"),
            ("FREQ=MONTHLY;COUNT=4;BYDAY=1MO", "monthly"),
            ("FREQ=MONTHLY;BYMONTHDAY=-1", "monthly"),
            ("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=7", "yearly"),
            ("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=8", "rule"),
            ("FREQ=WEEKLY", "rule"),
            ("FREQ=DAILY;UNTIL=20270503T080000Z", "rule"),
        ] {
            let rule: Rule = text.parse().unwrap();
            let mut builder = Builder::of(Some(&rule), starts_at, &BTreeSet::new());
            assert_eq!(builder.repeats.value, repeats, "{text}");
            assert_eq!(builder.rule(Some(starts_at.date())), Some(rule), "{text}");
        }
    }

    #[test]
    fn what_is_no_choice_is_refused_at_its_field() {
        let typed = |name: &'static str| [(name, "x"), ("repeats", if name == "repeats" { "x" } else { "daily" })];
        for name in ["repeats", "interval", "monthly", "ends", "until", "count", "recurrence_rule"] {
            assert_eq!(built(&typed(name), "2026-12-03"), "", "{name}");
        }
    }
}
