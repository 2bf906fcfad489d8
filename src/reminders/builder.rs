//! How often, as one chooses it: a rule is made of it, and of a rule what one would have chosen.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate, NaiveDateTime, Weekday};

use super::schedule::Schedule;
use crate::dates::{self, DateStyle};
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
/// The weekdays, as rules write them.
const WEEKDAYS: [(&str, Weekday); 7] = [
    ("MO", Weekday::Mon),
    ("TU", Weekday::Tue),
    ("WE", Weekday::Wed),
    ("TH", Weekday::Thu),
    ("FR", Weekday::Fri),
    ("SA", Weekday::Sat),
    ("SU", Weekday::Sun),
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
    /// Where the weeks begin of which each so manieth counts: a rule that is stored keeps its own, whatever she chose since.
    week_start: Option<Weekday>,
    /// The rule that is stored: also one that could not be typed now stays as it is.
    stored: Option<Rule>,
    /// How she writes days.
    style: DateStyle,
}

impl Builder {
    pub fn posted(form: &FormData, style: DateStyle) -> Self {
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
            week_start: weekday(form.text("week_start")),
            stored: None,
            style,
        }
    }

    /// The same for an edit of what has this rule.
    pub fn keeping(self, stored: Option<Rule>) -> Self {
        Self { stored, ..self }
    }

    /// As an address asks for it.
    pub fn asked(repeats: Field, recurrence_rule: Field, style: DateStyle) -> Self {
        Self { repeats, recurrence_rule, style, ..Self::default() }
    }

    /// What one would have chosen for this rule of something that starts then.
    pub fn of(schedule: &Schedule, style: DateStyle) -> Self {
        let Schedule { rule, starts_at, except, .. } = schedule;
        let days: BTreeSet<NaiveDate> = except.iter().map(NaiveDateTime::date).collect();
        let days: Vec<String> = days.into_iter().map(|day| day.to_string()).collect();
        let exdates = days.join(", ").as_str().into();
        let monthly = "day".into();
        let Some(rule) = rule else { return Self { exdates, monthly, style, ..Self::default() } };
        let simple = Rule { count: None, until: None, ..rule.clone() };
        let chosen = |repeats: &str, monthly: &str| Self {
            repeats: repeats.into(),
            interval: rule.interval.to_string().as_str().into(),
            weekdays: rule.weekdays.iter().filter(|_| repeats == "weekly").map(ToString::to_string).collect(),
            monthly: monthly.into(),
            week_start: Some(rule.week_start),
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
        // Where each week counts it says nothing, and she may choose otherwise.
        let week_start = builder.week_start.filter(|_| rule.interval > 1);
        Self { exdates, week_start, style, ..builder }
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
        let (until, count) = (self.until.typed_date(self.style), self.count.number(1..=10_000));
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
            Ok(rule) if rule.to_string().len() > 255 => {
                self.recurrence_rule.refuse("The rule is too long: at most 255 characters can be saved.");
                None
            }
            Ok(rule) => {
                let breach = rule.breach().filter(|_| self.stored.as_ref() != Some(&rule));
                if let Some(breach) = breach {
                    self.recurrence_rule.refuse(breach);
                }
                breach.is_none().then_some(rule)
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
        let weekdays: Vec<Weekday> = self.weekdays.iter().filter_map(|word| weekday(word)).collect();
        if weekdays.len() < self.weekdays.len() {
            self.weekday.refuse("Choose weekdays from the list.");
        }
        let (nth, on) = (i32::try_from(day.day0() / 7).unwrap_or(0) + 1, day.weekday());
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
                let days = if weekdays.is_empty() { vec![on] } else { weekdays };
                rule.weekdays = days.into_iter().map(|weekday| WeekdayNth { nth: None, weekday }).collect();
                rule.weekdays.sort_unstable_by_key(|day| day.weekday.num_days_from_monday());
                rule.weekdays.dedup();
                if rule.interval > 1 {
                    rule.week_start = self.week_start();
                }
            }
            (Frequency::Monthly, "weekday") => rule.weekdays = vec![WeekdayNth { nth: Some(nth), weekday: on }],
            (Frequency::Monthly, "last weekday") => rule.weekdays = vec![WeekdayNth { nth: Some(-1), weekday: on }],
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
        let read = |text: &str| dates::typed(text, self.style);
        // `4 May 2027, 11 May 2027`; what is no day as a whole may be several with blanks between them.
        let parts = typed.split([',', ';', '\n']).map(str::trim).filter(|part| !part.is_empty());
        let days: Option<BTreeSet<NaiveDate>> = parts
            .flat_map(|part| match read(part) {
                Some(day) => vec![Some(day)],
                None => part.split_whitespace().map(read).collect(),
            })
            .collect();
        match days {
            None => self.exdates.refuse(format!("Give dates with commas between them, as {}.", self.style.samples())),
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

    fn week_start(&self) -> Weekday {
        self.week_start.unwrap_or(self.style.week_start)
    }

    /// The same as rules write it.
    pub fn week_start_name(&self) -> &'static str {
        name(self.week_start())
    }

    /// The weekdays that are offered, from the first of her week on: as rules and as she writes them.
    pub fn offered(&self) -> [(&'static str, &'static str); 7] {
        self.style.week().map(|day| (name(day), self.style.short_weekday(day)))
    }

    /// Whether this weekday is ticked.
    pub fn has(&self, weekday: &str) -> bool {
        self.weekdays.iter().any(|ticked| ticked == weekday)
    }
}

fn weekday(word: &str) -> Option<Weekday> {
    WEEKDAYS.iter().find(|(name, _)| *name == word).map(|(_, day)| *day)
}

fn name(day: Weekday) -> &'static str {
    WEEKDAYS[day.num_days_from_monday() as usize].0
}

#[cfg(test)]
mod tests;
