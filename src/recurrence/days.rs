//! Which days a rule means: the BYxxx parts that speak of days, and the weeks of a year.

use chrono::{Datelike, Days, NaiveDate, Weekday};

use super::rule::{Frequency, Rule};

/// The parts of a rule that speak of days. Whether a part expands or limits (the table of section 3.3.10) makes no
/// difference here: a period offers each of its days, and those stay that every part allows.
#[derive(Debug, Clone)]
pub(super) struct DayFilter {
    months: Vec<i32>,
    weeks: Vec<i32>,
    year_days: Vec<i32>,
    month_days: Vec<i32>,
    weekdays: Vec<(Option<i32>, Weekday)>,
    is_nth_of_month: bool,
    week_start: Weekday,
}

impl DayFilter {
    /// The parts that a rule has, and those that follow from its start ("derived from DTSTART"): where no part
    /// says which day of the period, it is the day of the start.
    pub fn new(rule: &Rule, start: NaiveDate) -> Self {
        let mut filter = Self {
            months: rule.months.clone(),
            weeks: rule.weeks.clone(),
            year_days: rule.year_days.clone(),
            month_days: rule.month_days.clone(),
            weekdays: rule.weekdays.iter().map(|day| (day.nth, day.weekday)).collect(),
            is_nth_of_month: rule.frequency == Frequency::Monthly || !rule.months.is_empty(),
            week_start: rule.week_start,
        };
        // A number counts within a month or a year; elsewhere, and beside weeks, the RFC forbids it.
        if rule.frequency < Frequency::Monthly || !rule.weeks.is_empty() {
            filter.weekdays.iter_mut().for_each(|(nth, _)| *nth = None);
        }
        let says_day = !(rule.weekdays.is_empty() && rule.month_days.is_empty() && rule.year_days.is_empty());
        match rule.frequency {
            _ if says_day => {}
            Frequency::Yearly if !rule.weeks.is_empty() => filter.weekdays.push((None, start.weekday())),
            Frequency::Yearly | Frequency::Monthly => {
                filter.month_days.push(day(start));
                if rule.frequency == Frequency::Yearly && rule.months.is_empty() {
                    filter.months.push(month(start));
                }
            }
            Frequency::Weekly => filter.weekdays.push((None, start.weekday())),
            _ => {}
        }
        filter
    }

    /// Whether every part allows this day.
    pub fn allows(&self, date: NaiveDate) -> bool {
        self.allows_month(month(date))
            && (self.month_days.is_empty() || has(&self.month_days, day(date), days_in_month(date)))
            && (self.weekdays.is_empty() || self.weekdays.iter().any(|entry| self.is_weekday(date, *entry)))
            && (self.year_days.is_empty() || has(&self.year_days, year_day(date), days_in_year(date)))
            && (self.weeks.is_empty() || self.is_week(date))
    }

    pub fn allows_month(&self, month: i32) -> bool {
        self.months.is_empty() || self.months.contains(&month)
    }

    /// Whether the year is that of the weeks (ISO 8601), which begins up to three days before or after January.
    pub fn has_weeks(&self) -> bool {
        !self.weeks.is_empty()
    }

    fn is_week(&self, date: NaiveDate) -> bool {
        let (year, week) = week_of(date, self.week_start);
        has(&self.weeks, week, weeks_in_year(year, self.week_start))
    }

    fn is_weekday(&self, date: NaiveDate, (nth, weekday): (Option<i32>, Weekday)) -> bool {
        if date.weekday() != weekday {
            return false;
        }
        let Some(nth) = nth else { return true };
        let (index, length) =
            if self.is_nth_of_month { (day(date), days_in_month(date)) } else { (year_day(date), days_in_year(date)) };
        nth == (index - 1) / 7 + 1 || nth == -((length - index) / 7 + 1)
    }
}

/// Whether a list names `number`, counted from the front or from the end of `length`.
fn has(list: &[i32], number: i32, length: i32) -> bool {
    list.contains(&number) || list.contains(&(number - length - 1))
}

/// The year and number of a day's week: the first week of a year is the one that has four of its days.
pub(super) fn week_of(date: NaiveDate, week_start: Weekday) -> (i32, i32) {
    let into = i64::from(date.weekday().days_since(week_start));
    let fourth = date + chrono::Duration::days(3 - into);
    (fourth.year(), (year_day(fourth) - 1) / 7 + 1)
}

/// The day on which the first week of a year begins.
pub(super) fn first_week(year: i32, week_start: Weekday) -> Option<NaiveDate> {
    let fourth = NaiveDate::from_ymd_opt(year, 1, 4)?;
    fourth.checked_sub_days(Days::new(fourth.weekday().days_since(week_start).into()))
}

fn weeks_in_year(year: i32, week_start: Weekday) -> i32 {
    // The 28th of December is always in the last week.
    NaiveDate::from_ymd_opt(year, 12, 28).map_or(52, |day| week_of(day, week_start).1)
}

pub(super) fn days_in_month(date: NaiveDate) -> i32 {
    match date.month() {
        2 => 28 + i32::from(date.leap_year()),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn days_in_year(date: NaiveDate) -> i32 {
    365 + i32::from(date.leap_year())
}

fn day(date: NaiveDate) -> i32 {
    date.day().cast_signed()
}

pub(super) fn month(date: NaiveDate) -> i32 {
    date.month().cast_signed()
}

fn year_day(date: NaiveDate) -> i32 {
    date.ordinal().cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn weeks_are_those_of_iso_8601_where_they_begin_on_monday() {
        let mut day = date(1996, 1, 1);
        while day < date(2040, 1, 1) {
            let iso = day.iso_week();
            assert_eq!(week_of(day, Weekday::Mon), (iso.year(), i32::try_from(iso.week()).unwrap()), "{day}");
            day = day.succ_opt().unwrap();
        }
    }

    #[test]
    fn weeks_that_begin_elsewhere_have_their_own_first_day() {
        for week_start in [Weekday::Sun, Weekday::Wed, Weekday::Sat] {
            for year in 1996..2040 {
                let first = first_week(year, week_start).unwrap();
                assert_eq!(first.weekday(), week_start);
                assert_eq!(week_of(first, week_start), (year, 1));
                let before = week_of(first.pred_opt().unwrap(), week_start);
                assert_eq!(before, (year - 1, weeks_in_year(year - 1, week_start)));
            }
        }
    }
}
