//! Where and when she reads, which is what a page words days by.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use chrono_tz::Tz;

use super::DateStyle;

/// Where and when somebody reads, and how she writes days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Here {
    /// Her time zone.
    pub zone: Tz,
    /// This moment.
    pub now: DateTime<Utc>,
    /// Her date at this moment.
    pub today: NaiveDate,
    /// How she writes days and hours.
    pub style: DateStyle,
}

impl Here {
    /// A moment where she is.
    #[must_use]
    pub fn at(now: DateTime<Utc>, zone: Tz, style: DateStyle) -> Self {
        Self { zone, now, today: now.with_timezone(&zone).date_naive(), style }
    }

    /// The day of a moment where she is.
    #[must_use]
    pub fn day(self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.zone).date_naive()
    }

    /// What the clock on her wall shows at a moment.
    #[must_use]
    pub fn clock(self, at: DateTime<Utc>) -> NaiveDateTime {
        at.with_timezone(&self.zone).naive_local()
    }

    /// `25 November 2026, 14:05` where she is.
    #[must_use]
    pub fn moment(self, at: DateTime<Utc>) -> String {
        let local = at.with_timezone(&self.zone);
        format!("{}, {}", self.style.exact(local.date_naive()), self.style.hour(local))
    }

    /// `3 d ago`, `in 5 d`, `today`.
    #[must_use]
    pub fn relative(self, day: NaiveDate) -> String {
        self.style.relative((day - self.today).num_days())
    }
}
