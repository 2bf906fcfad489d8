//! A recurrence rule: what repeats, how often, until when (RFC 5545, section 3.3.10).

use chrono::{NaiveDate, NaiveDateTime, TimeZone, Weekday};

/// FREQ: the period that a rule repeats; the larger is the later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Frequency {
    /// Every second.
    Secondly,
    /// Every minute.
    Minutely,
    /// Every hour.
    Hourly,
    /// Every day.
    Daily,
    /// Every week.
    Weekly,
    /// Every month.
    Monthly,
    /// Every year.
    Yearly,
}

/// UNTIL: the last moment that may still be an occurrence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Until {
    /// The whole of that day.
    Day(NaiveDate),
    /// By the wall clock of the rule's start.
    Local(NaiveDateTime),
    /// In UTC; [`Rule::in_zone`] makes wall clock of it.
    Utc(NaiveDateTime),
}

/// One entry of BYDAY: a weekday, or the nth of a month or year, from its end if negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct WeekdayNth {
    /// Which one; each one if there is none.
    pub nth: Option<i32>,
    /// The day of the week.
    pub weekday: Weekday,
}

/// A recurrence rule. Lists are in order and hold nothing twice; an empty one says nothing.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Rule {
    /// FREQ.
    pub frequency: Frequency,
    /// INTERVAL: every how many periods, at least 1.
    pub interval: u32,
    /// COUNT: how many occurrences there are at most, at least 1.
    pub count: Option<u32>,
    /// UNTIL. Beside a COUNT, which the RFC forbids and programs write, whichever is reached first ends it.
    pub until: Option<Until>,
    /// BYMONTH, 1 to 12.
    pub months: Vec<i32>,
    /// BYWEEKNO, 1 to 53 or from the end.
    pub weeks: Vec<i32>,
    /// BYYEARDAY, 1 to 366 or from the end.
    pub year_days: Vec<i32>,
    /// BYMONTHDAY, 1 to 31 or from the end.
    pub month_days: Vec<i32>,
    /// BYDAY.
    pub weekdays: Vec<WeekdayNth>,
    /// BYHOUR.
    pub hours: Vec<i32>,
    /// BYMINUTE.
    pub minutes: Vec<i32>,
    /// BYSECOND; 60 is read as 59, as section 3.3.12 advises who knows no leap seconds.
    pub seconds: Vec<i32>,
    /// BYSETPOS: which ones of a period's set, from its end if negative.
    pub positions: Vec<i32>,
    /// WKST.
    pub week_start: Weekday,
}

impl Rule {
    /// A rule that repeats each period and says nothing else.
    #[must_use]
    pub fn every(frequency: Frequency) -> Self {
        Self {
            frequency,
            interval: 1,
            count: None,
            until: None,
            months: Vec::new(),
            weeks: Vec::new(),
            year_days: Vec::new(),
            month_days: Vec::new(),
            weekdays: Vec::new(),
            hours: Vec::new(),
            minutes: Vec::new(),
            seconds: Vec::new(),
            positions: Vec::new(),
            week_start: Weekday::Mon,
        }
    }

    /// The rule with an UNTIL in UTC as the wall clock of `zone` had it, since occurrences are wall clock too.
    #[must_use]
    pub fn in_zone(self, zone: &impl TimeZone) -> Self {
        self.with_local_until(|utc| zone.from_utc_datetime(&utc).naive_local())
    }

    /// The same for what knows its zone otherwise.
    #[must_use]
    pub fn with_local_until(mut self, local: impl FnOnce(NaiveDateTime) -> NaiveDateTime) -> Self {
        if let Some(Until::Utc(utc)) = self.until {
            self.until = Some(Until::Local(local(utc)));
        }
        self
    }

    /// The rule of something that begins on a day and at no hour, which ignores BYHOUR, BYMINUTE and BYSECOND
    /// (section 3.3.10), and ends with the day of an UNTIL.
    #[must_use]
    pub fn of_days(mut self) -> Self {
        self.hours.clear();
        self.minutes.clear();
        self.seconds.clear();
        if let Some(Until::Local(until) | Until::Utc(until)) = self.until {
            self.until = Some(Until::Day(until.date()));
        }
        self
    }

    /// What of it the RFC forbids, in a sentence. Programs write it all the same, so it is read; nobody has to be let type it.
    #[must_use]
    pub fn breach(&self) -> Option<&'static str> {
        let is_numbered = self.weekdays.iter().any(|day| day.nth.is_some());
        if self.count.is_some() && self.until.is_some() {
            return Some("COUNT and UNTIL can't stand together: keep one of them.");
        }
        if is_numbered && self.frequency < Frequency::Monthly {
            return Some("A number before a weekday, such as 2MO, counts only with FREQ=MONTHLY and FREQ=YEARLY.");
        }
        if is_numbered && !self.weeks.is_empty() {
            return Some("A number before a weekday, such as 2MO, can't stand beside BYWEEKNO.");
        }
        let frequency = self.frequency;
        if !self.weeks.is_empty() && frequency != Frequency::Yearly {
            return Some("BYWEEKNO can stand only with FREQ=YEARLY.");
        }
        if !self.year_days.is_empty() && (Frequency::Daily..=Frequency::Monthly).contains(&frequency) {
            return Some("BYYEARDAY can't stand with FREQ=DAILY, FREQ=WEEKLY or FREQ=MONTHLY.");
        }
        if !self.month_days.is_empty() && frequency == Frequency::Weekly {
            return Some("BYMONTHDAY can't stand with FREQ=WEEKLY.");
        }
        (!self.positions.is_empty() && !self.has_set())
            .then_some("BYSETPOS chooses from what another part, such as BYDAY, gives: it can't stand alone.")
    }

    /// Whether there is a part that BYSETPOS can choose from.
    fn has_set(&self) -> bool {
        let lists =
            [&self.months, &self.weeks, &self.year_days, &self.month_days, &self.hours, &self.minutes, &self.seconds];
        !self.weekdays.is_empty() || lists.into_iter().any(|list| !list.is_empty())
    }

    /// The last moment that UNTIL allows, by the wall clock.
    pub(super) fn last(&self) -> Option<NaiveDateTime> {
        match self.until? {
            Until::Day(day) => day.and_hms_opt(23, 59, 59),
            Until::Local(last) | Until::Utc(last) => Some(last),
        }
    }
}
