//! The occurrences of a rule, one after the other: period by period, each a set of days, hours, minutes and
//! seconds, of which BYSETPOS picks some.

use chrono::{Datelike, Duration, NaiveDate, NaiveDateTime, NaiveTime, Timelike};

use super::days::{DayFilter, days_in_month, first_week, month, week_of};
use super::moments::Moments;
use super::rule::{Frequency, Rule};

/// How many days, or times of day, are looked at in a row of which none is an occurrence: a thousand years of days.
const MAX_IN_VAIN: u64 = 400_000;

/// How many are looked at in all, which takes less than a tenth of a second.
const MAX_WORK: u64 = 2_000_000;

/// The last year that a date of iCalendar can be in.
const LAST_YEAR: i32 = 9999;

/// The occurrences of a rule in order, by the wall clock. They end with COUNT or UNTIL, with the year 9999, where the
/// rule has none for a thousand years, and after two million steps, which are a million occurrences or more: who wants
/// those of another time says [`from`](Self::from).
#[derive(Debug, Clone)]
pub struct Occurrences {
    rule: Rule,
    start: NaiveDateTime,
    from: NaiveDateTime,
    last: Option<NaiveDateTime>,
    filter: DayFilter,
    /// Which period is loaded next, from that of the start.
    index: i64,
    /// The time of day from which the period has what the rule does not say.
    time: NaiveTime,
    moments: Moments,
    /// How many counted so far.
    counted: u32,
    work: u64,
    in_vain: u64,
    is_over: bool,
}

impl Rule {
    /// What the rule makes of a start. A start that does not match its rule, which the RFC leaves undefined, is no
    /// occurrence and does not count: dateutil, rrule.js, ical.js and ical.net have it so.
    #[must_use]
    pub fn occurrences(&self, start: NaiveDateTime) -> Occurrences {
        let start = start.with_nanosecond(0).unwrap_or(start);
        let is_too_late = !(0..=LAST_YEAR).contains(&start.year());
        Occurrences {
            filter: DayFilter::new(self, start.date()),
            rule: self.clone(),
            start,
            from: start,
            last: self.last(),
            index: 0,
            time: start.time(),
            moments: Moments::default(),
            counted: 0,
            work: 0,
            in_vain: 0,
            is_over: is_too_late,
        }
    }
}

impl Occurrences {
    /// Only what is not before `from`. Without COUNT nothing in between is looked at, so that it costs as little for
    /// a rule that began long ago.
    #[must_use]
    pub fn from(mut self, from: NaiveDateTime) -> Self {
        if from <= self.start {
            return self;
        }
        self.from = from;
        if self.rule.count.is_none() {
            let (start, interval) = (self.start, i64::from(self.rule.interval));
            let months = |at: NaiveDateTime| i64::from(at.year()) * 12 + i64::from(at.month());
            let periods = match self.rule.frequency {
                Frequency::Yearly => i64::from(from.year() - start.year()) / interval,
                Frequency::Monthly => (months(from) - months(start)) / interval,
                frequency => (from - start).num_seconds() / (seconds_in(frequency) * interval),
            };
            // A little less: a week or a year of weeks may have begun earlier, and that of the start later.
            self.index = (periods - 2).max(0);
        }
        self
    }

    /// The next moment of the loaded set that is not before the start.
    fn take(&mut self) -> Option<NaiveDateTime> {
        while let Some(moment) = self.moments.take() {
            self.work += 1;
            if moment >= self.start {
                return Some(moment);
            }
            if self.work > MAX_WORK {
                return None;
            }
        }
        None
    }

    /// Loads the next period that has a moment at all, or tells that there is none.
    fn load(&mut self) -> Option<()> {
        loop {
            if self.in_vain > MAX_IN_VAIN || self.work > MAX_WORK {
                return None;
            }
            let step = self.index.checked_mul(self.rule.interval.into())?;
            self.index += 1;
            self.moments.days.clear();
            let looked_at = match self.rule.frequency {
                Frequency::Yearly => self.load_year(step)?,
                Frequency::Monthly => self.load_month(step)?,
                Frequency::Weekly => self.load_week(step)?,
                frequency => self.load_moment(frequency, step)?,
            };
            self.work += looked_at;
            self.in_vain += looked_at;
            if !self.moments.days.is_empty() {
                // Days that are over are not even looked at.
                let floor = if self.rule.count.is_none() { self.from } else { self.start };
                self.moments.begin(&self.rule, self.time, floor.date());
                return Some(());
            }
        }
    }

    fn load_year(&mut self, step: i64) -> Option<u64> {
        let week_start = self.rule.week_start;
        let has_weeks = self.filter.has_weeks();
        let first = if has_weeks { week_of(self.start.date(), week_start).0 } else { self.start.year() };
        let year = valid_year(i64::from(first).checked_add(step)?)?;
        if has_weeks {
            let end = first_week(year + 1, week_start)?;
            return Some(self.offer(first_week(year, week_start)?, (end - first_week(year, week_start)?).num_days()));
        }
        let mut looked_at = 1;
        for month in 1..=12u32 {
            if self.filter.allows_month(month.cast_signed()) {
                let first = NaiveDate::from_ymd_opt(year, month, 1)?;
                looked_at += self.offer(first, days_in_month(first).into());
            }
        }
        Some(looked_at)
    }

    fn load_month(&mut self, step: i64) -> Option<u64> {
        let months = (i64::from(self.start.year()) * 12 + i64::from(self.start.month0())).checked_add(step)?;
        let month0 = u32::try_from(months.rem_euclid(12)).ok()?;
        let first = NaiveDate::from_ymd_opt(valid_year(months.div_euclid(12))?, month0 + 1, 1)?;
        if !self.filter.allows_month(month(first)) {
            return Some(1);
        }
        Some(self.offer(first, days_in_month(first).into()))
    }

    fn load_week(&mut self, step: i64) -> Option<u64> {
        let start = self.start.date();
        let into = i64::from(start.weekday().days_since(self.rule.week_start));
        let first = start.checked_add_signed(Duration::try_days(step.checked_mul(7)?.checked_sub(into)?)?)?;
        valid_year(first.year().into())?;
        Some(self.offer(first, 7))
    }

    /// A day, hour, minute or second. What can't be one is passed over with all that is like it: the rest of the
    /// month, day, hour or minute.
    fn load_moment(&mut self, frequency: Frequency, step: i64) -> Option<u64> {
        let elapsed = step.checked_mul(seconds_in(frequency))?;
        let moment = self.start.checked_add_signed(Duration::try_seconds(elapsed)?)?;
        valid_year(moment.year().into())?;
        let has = |list: &[i32], number: u32| list.is_empty() || list.contains(&number.cast_signed());
        let second_of_day = moment.time().num_seconds_from_midnight();
        let rest = if !self.filter.allows_month(month(moment.date())) {
            let days = days_in_month(moment.date()).cast_unsigned() + 1 - moment.day();
            days * 86_400 - second_of_day
        } else if !self.filter.allows(moment.date()) {
            86_400 - second_of_day
        } else if frequency < Frequency::Daily && !has(&self.rule.hours, moment.hour()) {
            3_600 - second_of_day % 3_600
        } else if frequency < Frequency::Hourly && !has(&self.rule.minutes, moment.minute()) {
            60 - second_of_day % 60
        } else if frequency < Frequency::Minutely && !has(&self.rule.seconds, moment.second()) {
            1
        } else {
            self.moments.days.push(moment.date());
            self.time = moment.time();
            return Some(1);
        };
        let length = seconds_in(frequency).checked_mul(self.rule.interval.into())?;
        self.index += (i64::from(rest) + length - 1) / length - 1;
        Some(1)
    }

    /// Takes those of the days that the filter allows.
    fn offer(&mut self, first: NaiveDate, days: i64) -> u64 {
        let days = usize::try_from(days).unwrap_or_default();
        let filter = &self.filter;
        self.moments.days.extend(first.iter_days().take(days).filter(|day| filter.allows(*day)));
        days as u64
    }
}

impl Iterator for Occurrences {
    type Item = NaiveDateTime;

    fn next(&mut self) -> Option<NaiveDateTime> {
        while !self.is_over {
            let Some(moment) = self.take() else {
                self.is_over = self.load().is_none();
                continue;
            };
            self.in_vain = 0;
            let is_counted_out = self.rule.count.is_some_and(|count| self.counted >= count);
            let is_late = self.last.is_some_and(|last| moment > last) || moment.year() > LAST_YEAR;
            if is_counted_out || is_late {
                self.is_over = true;
                return None;
            }
            self.counted = self.counted.saturating_add(1);
            if moment >= self.from {
                return Some(moment);
            }
        }
        None
    }
}

/// How long a period is, of those that are always as long.
fn seconds_in(frequency: Frequency) -> i64 {
    match frequency {
        Frequency::Secondly => 1,
        Frequency::Minutely => 60,
        Frequency::Hourly => 3_600,
        Frequency::Daily => 86_400,
        _ => 604_800,
    }
}

fn valid_year(year: i64) -> Option<i32> {
    i32::try_from(year).ok().filter(|year| (0..=LAST_YEAR).contains(year))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").unwrap()
    }

    /// The first `count` occurrences of a rule, as text.
    fn first(start: &str, rule: &str, count: usize) -> Vec<String> {
        let rule: Rule = rule.parse().unwrap();
        rule.occurrences(moment(start)).take(count).map(|at| at.format("%Y-%m-%d %H:%M:%S").to_string()).collect()
    }

    fn days(start: &str, rule: &str, count: usize) -> Vec<String> {
        first(&format!("{start} 09:00:00"), rule, count).iter().map(|at| at[..10].to_owned()).collect()
    }

    #[test]
    fn a_rule_that_says_nothing_of_days_repeats_that_of_its_start() {
        assert_eq!(days("2026-01-31", "FREQ=MONTHLY", 3), ["2026-01-31", "2026-03-31", "2026-05-31"]);
        assert_eq!(days("2024-02-29", "FREQ=YEARLY", 3), ["2024-02-29", "2028-02-29", "2032-02-29"]);
        assert_eq!(days("2026-11-26", "FREQ=WEEKLY;INTERVAL=2", 2), ["2026-11-26", "2026-12-10"]);
        assert_eq!(days("2026-11-26", "FREQ=YEARLY;BYMONTH=1,3", 2), ["2027-01-26", "2027-03-26"]);
        assert_eq!(days("2027-01-05", "FREQ=YEARLY;BYWEEKNO=1", 2), ["2027-01-05", "2028-01-04"]);
        // A century is no leap year.
        assert_eq!(days("2096-02-29", "FREQ=YEARLY", 2), ["2096-02-29", "2104-02-29"]);
    }

    #[test]
    fn negative_numbers_count_from_the_end() {
        assert_eq!(days("2026-01-31", "FREQ=MONTHLY;BYMONTHDAY=-1", 3), ["2026-01-31", "2026-02-28", "2026-03-31"]);
        assert_eq!(days("2026-01-30", "FREQ=MONTHLY;BYDAY=-1FR", 2), ["2026-01-30", "2026-02-27"]);
        assert_eq!(days("2027-01-01", "FREQ=YEARLY;BYYEARDAY=-366", 2), ["2028-01-01", "2032-01-01"]);
        assert_eq!(days("2026-12-28", "FREQ=YEARLY;BYWEEKNO=-1;BYDAY=MO", 2), ["2026-12-28", "2027-12-27"]);
    }

    #[test]
    fn a_year_of_weeks_may_begin_in_december() {
        // The 30th of December 2024 is in the first week of 2025, three years after which is 2028.
        let rule = "FREQ=YEARLY;INTERVAL=3;BYWEEKNO=1;BYDAY=MO";
        assert_eq!(days("2024-12-30", rule, 2), ["2024-12-30", "2028-01-03"]);
    }

    #[test]
    fn positions_pick_from_the_whole_period_even_where_it_began_before_the_start() {
        let rule = "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1,-1";
        assert_eq!(days("2026-11-26", rule, 3), ["2026-11-30", "2026-12-01", "2026-12-31"]);
    }

    #[test]
    fn times_of_day_multiply() {
        let rule = "FREQ=DAILY;BYHOUR=9,17;BYMINUTE=0,30;BYSETPOS=2,-1";
        assert_eq!(first("2026-11-26 09:00:00", rule, 2), ["2026-11-26 09:30:00", "2026-11-26 17:30:00"]);
        let rule = "FREQ=HOURLY;INTERVAL=5;BYHOUR=8,13";
        assert_eq!(first("2026-11-26 08:15:00", rule, 3)[2], "2026-12-01 08:15:00");
    }

    #[test]
    fn count_and_until_end_it_and_the_day_of_until_belongs_to_it() {
        assert_eq!(days("2026-11-26", "FREQ=DAILY;COUNT=2", 9).len(), 2);
        assert_eq!(days("2026-11-26", "FREQ=DAILY;UNTIL=20261128", 9).len(), 3);
        assert_eq!(days("2026-11-26", "FREQ=DAILY;UNTIL=20261128T090000", 9).len(), 3);
        assert_eq!(days("2026-11-26", "FREQ=DAILY;UNTIL=20261128T085959", 9).len(), 2);
        assert_eq!(days("2026-11-26", "FREQ=DAILY;UNTIL=20261125", 9).len(), 0);
    }

    #[test]
    fn a_start_that_does_not_match_is_no_occurrence_and_does_not_count() {
        assert_eq!(days("2026-11-26", "FREQ=WEEKLY;BYDAY=MO;COUNT=2", 9), ["2026-11-30", "2026-12-07"]);
    }

    #[test]
    fn beginning_later_gives_the_same_occurrences() {
        for rule in [
            "FREQ=SECONDLY;INTERVAL=7919",
            "FREQ=MINUTELY;INTERVAL=243;BYMONTH=2",
            "FREQ=HOURLY;INTERVAL=5;BYDAY=MO",
            "FREQ=DAILY;INTERVAL=10;BYHOUR=1,23",
            "FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,SU;WKST=SU",
            "FREQ=MONTHLY;INTERVAL=5;BYDAY=-1FR,1MO",
            "FREQ=YEARLY;INTERVAL=2;BYWEEKNO=1,53",
            "FREQ=YEARLY;BYDAY=20MO;BYSETPOS=-1",
            "FREQ=DAILY;COUNT=5000",
        ] {
            let all = rule.parse::<Rule>().unwrap().occurrences(moment("2019-12-30 10:20:30"));
            for from in ["2019-12-30 10:20:30", "2020-02-29 23:00:00", "2024-12-30 00:00:00", "2027-01-03 12:00:00"] {
                let from = moment(from);
                let expected: Vec<_> = all.clone().skip_while(|at| *at < from).take(20).collect();
                assert_eq!(all.clone().from(from).take(20).collect::<Vec<_>>(), expected, "{rule} from {from}");
                assert_eq!(expected.len(), 20, "{rule} from {from}");
            }
        }
    }

    #[test]
    fn rules_that_never_come_true_end_and_so_do_those_without_end() {
        for rule in [
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=24",
            "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
            "FREQ=YEARLY;BYMONTHDAY=15,16,17,18,19,20,21;BYDAY=1MO",
            "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=31",
            "FREQ=SECONDLY;INTERVAL=60;BYSECOND=7",
            "FREQ=MINUTELY;INTERVAL=1440;BYHOUR=3",
            "FREQ=DAILY;INTERVAL=7;BYDAY=MO",
            "FREQ=YEARLY;INTERVAL=4294967295",
        ] {
            assert!(days("2026-11-26", rule, 9).len() <= 1, "{rule}");
        }
        let rule = "FREQ=SECONDLY".parse::<Rule>().unwrap();
        let count = rule.occurrences(moment("2026-11-26 09:00:00")).count();
        assert!((900_000..2_000_000).contains(&count));
        let hours = (0..24).map(|hour| hour.to_string()).collect::<Vec<_>>().join(",");
        let minutes = (0..60).map(|minute| minute.to_string()).collect::<Vec<_>>().join(",");
        let rule = format!("FREQ=YEARLY;BYYEARDAY=-1,1;BYHOUR={hours};BYMINUTE={minutes};BYSECOND={minutes}");
        assert_eq!(first("2026-12-31 23:59:58", &rule, 3)[2], "2027-01-01 00:00:00");
    }
}
