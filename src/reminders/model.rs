//! What she wants to be told, and when.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use super::schedule::{Clock, Schedule};
use crate::dates::Here;
use crate::recurrence;

/// A reminder as its form says it. Texts are trimmed, in NFC and without control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reminder {
    /// What to be reminded of, at most 255 characters.
    pub title: String,
    /// What else to know about it.
    pub note: Option<String>,
    /// Whom it is about.
    pub contact: Option<Uuid>,
    /// When.
    pub schedule: Schedule,
    /// So many days before it she is told, too.
    pub advance_days: Option<i16>,
}

impl Reminder {
    /// When she is told before that this occurrence comes: days earlier, by the same wall clock.
    #[must_use]
    pub fn notice(&self, local: NaiveDateTime, clock: Clock) -> Option<DateTime<Utc>> {
        let days = Days::new(u64::try_from(self.advance_days?).ok()?);
        Some(self.schedule.due(local.checked_sub_days(days)?, clock))
    }
}

/// What becomes of an occurrence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nothing yet.
    Open,
    /// She did it.
    Completed,
    /// She left this one out.
    Skipped,
    /// She ended the reminder.
    Dismissed,
    /// It was edited apart and is a reminder of its own.
    Moved,
}

impl State {
    const ALL: [(Self, &'static str, &'static str); 5] = [
        (Self::Open, "open", "Open"),
        (Self::Completed, "completed", "Done"),
        (Self::Skipped, "skipped", "Skipped"),
        (Self::Dismissed, "dismissed", "Dismissed"),
        (Self::Moved, "moved", "Edited apart"),
    ];

    /// As it is stored.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::ALL.into_iter().find(|(state, ..)| *state == self).map_or("", |(_, word, _)| word)
    }

    /// In words for people.
    #[must_use]
    pub fn label(self) -> &'static str {
        Self::ALL.into_iter().find(|(state, ..)| *state == self).map_or("", |(.., label)| label)
    }

    /// What is stored as this word.
    #[must_use]
    pub fn of(word: &str) -> Self {
        Self::ALL.into_iter().find(|(_, known, _)| *known == word).map_or(Self::Open, |(state, ..)| state)
    }
}

/// What divides the reminders of a day and its week, as moments: the database knows no zone of hers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// The beginning of today.
    pub today: DateTime<Utc>,
    /// This moment.
    pub now: DateTime<Utc>,
    /// The beginning of tomorrow.
    pub tomorrow: DateTime<Utc>,
    /// The beginning of the day behind the week that is to come.
    pub week: DateTime<Utc>,
}

impl Bounds {
    /// Those of a moment where she is.
    #[must_use]
    pub fn of(here: Here) -> Self {
        let Here { today, now, .. } = here;
        let begins = |days: u64| begins(today.checked_add_days(Days::new(days)).unwrap_or(today), here.zone);
        let week = u64::from(here.style.days_of_week_ahead(today));
        Self { today: begins(0), now, tomorrow: begins(1), week: begins(week + 1) }
    }
}

/// When a day begins where she is; where the clocks leave midnight out, behind the gap.
#[must_use]
pub fn begins(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    recurrence::at(&zone, day.and_time(NaiveTime::MIN))
}
