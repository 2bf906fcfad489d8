//! Important days: birthdays, anniversaries, the day on which they met, whatever she names; with or without their year.
//!
//! The 29th of February is kept on the 28th where a year has none: it stays in its month. (So do her page and the
//! feed.)

pub(super) mod pages;
/// The SQL of important days.
pub mod queries;
/// Important days as pages show them.
pub mod views;

use chrono::{Datelike, Months, NaiveDate};

/// When a day comes in a year; none where no year has it.
#[must_use]
pub fn in_year(year: i32, month: u32, day: u32) -> Option<NaiveDate> {
    let instead = if (month, day) == (2, 29) { 28 } else { day };
    NaiveDate::from_ymd_opt(year, month, day).or_else(|| NaiveDate::from_ymd_opt(year, month, instead))
}

/// The last day of the year that begins with this one: until then each day comes once.
#[must_use]
pub fn year_from(first: NaiveDate) -> NaiveDate {
    first.checked_add_months(Months::new(12)).and_then(|day| day.pred_opt()).unwrap_or(first)
}

/// The next time that a day comes round, today included.
#[must_use]
pub fn next(month: u32, day: u32, today: NaiveDate) -> Option<NaiveDate> {
    let comes = [today.year(), today.year() + 1].map(|year| in_year(year, month, day));
    comes.into_iter().flatten().find(|day| *day >= today)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_29th_of_february_is_kept_on_the_28th_in_other_years() {
        let next = |today: &str| next(2, 29, today.parse().unwrap()).unwrap().to_string();
        assert_eq!(next("2026-11-28"), "2027-02-28");
        assert_eq!(next("2027-02-28"), "2027-02-28");
        assert_eq!(next("2027-03-01"), "2028-02-29");
        assert_eq!(next("2028-02-28"), "2028-02-29");
        assert_eq!(next("2028-03-01"), "2029-02-28");
    }

    #[test]
    fn a_day_that_no_year_has_never_comes() {
        assert_eq!(in_year(2028, 2, 30), None);
        assert_eq!(next(4, 31, "2026-11-28".parse().unwrap()), None);
    }
}
