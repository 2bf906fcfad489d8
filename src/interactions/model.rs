//! What passed between her and people.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use super::sentiment::Score;
use crate::dates::Here;
use crate::recurrence;

/// The types that pages offer, each with its word for people; another one that is stored is kept.
pub const KINDS: [(&str, &str); 7] = [
    ("call", "Call"),
    ("meeting", "Meeting"),
    ("email", "E-mail"),
    ("message", "Message"),
    ("linkedin", "LinkedIn"),
    ("note", "Note"),
    ("other", "Other"),
];

/// The type's word for people; that of another program as it is stored.
#[must_use]
pub fn kind_label(kind: &str) -> &str {
    KINDS.into_iter().find(|(word, _)| *word == kind).map_or(kind, |(_, label)| label)
}

/// The directions, each with its words for people.
pub const DIRECTIONS: [(&str, &str); 3] =
    [("outbound", "From you"), ("inbound", "From them"), ("mutual", "From both sides")];

/// An interaction as its form says it. Texts are trimmed, in NFC and without control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interaction {
    /// One of [`KINDS`], or another word of at most 50 characters.
    pub kind: String,
    /// One of [`DIRECTIONS`].
    pub direction: Option<String>,
    /// At most 500 characters.
    pub subject: Option<String>,
    /// Markdown.
    pub summary: Option<String>,
    /// When.
    pub when: When,
    /// Whether it may count as contact; whether its type does is a setting.
    pub is_contact: bool,
    /// How warm it was, where she says so herself.
    pub sentiment: Option<Score>,
    /// With whom.
    pub people: Vec<Uuid>,
}

/// When something happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct When {
    /// The moment; of a day whose hour is not known its place in the order.
    pub at: DateTime<Utc>,
    /// The day, where no hour of it is known. It is that day whatever zone she lives in later.
    pub on: Option<NaiveDate>,
}

impl When {
    /// A moment.
    #[must_use]
    pub fn at(at: DateTime<Utc>) -> Self {
        Self { at, on: None }
    }

    /// A day, and the hour of it where she is, if that is known. An hour that the clock skips moves forward by the gap.
    #[must_use]
    pub fn of(day: NaiveDate, time: Option<NaiveTime>, zone: Tz) -> Self {
        let noon = NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default();
        let at = recurrence::at(&zone, day.and_time(time.unwrap_or(noon)));
        Self { at, on: time.is_none().then_some(day) }
    }

    /// The day where she is.
    #[must_use]
    pub fn day(self, zone: Tz) -> NaiveDate {
        self.on.unwrap_or_else(|| self.at.with_timezone(&zone).date_naive())
    }

    /// `14:05` where she is, if the hour is known.
    #[must_use]
    pub fn time(self, zone: Tz) -> Option<String> {
        self.on.is_none().then(|| self.at.with_timezone(&zone).format("%H:%M").to_string())
    }

    /// The same by the clock that she reads.
    #[must_use]
    pub fn hour(self, here: Here) -> Option<String> {
        self.on.is_none().then(|| here.style.hour(self.at.with_timezone(&here.zone)))
    }

    /// As the form's field says it: `2026-05-03 14:05`.
    #[must_use]
    pub fn typed(self, zone: Tz) -> String {
        match self.time(zone) {
            Some(time) => format!("{} {time}", self.day(zone)),
            None => self.day(zone).to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_alone_stays_that_day_in_every_zone() {
        let when = When::of("2026-05-03".parse().unwrap(), None, chrono_tz::Pacific::Kiritimati);
        for zone in [chrono_tz::Pacific::Kiritimati, chrono_tz::Pacific::Midway, chrono_tz::UTC] {
            assert_eq!(when.typed(zone), "2026-05-03");
        }
    }

    #[test]
    fn an_hour_that_the_clock_skips_moves_forward_on_its_day() {
        for (zone, day, hour, expected) in [
            (chrono_tz::America::New_York, "2026-03-08", (2, 30), "2026-03-08 03:30"),
            (chrono_tz::Europe::Berlin, "2026-03-29", (2, 30), "2026-03-29 03:30"),
            (chrono_tz::Africa::Cairo, "2026-04-24", (0, 0), "2026-04-24 01:00"),
            (chrono_tz::America::Havana, "2026-03-08", (0, 0), "2026-03-08 01:00"),
        ] {
            let time = NaiveTime::from_hms_opt(hour.0, hour.1, 0);
            assert_eq!(When::of(day.parse().unwrap(), time, zone).typed(zone), expected, "{zone}");
        }
    }

    #[test]
    fn an_hour_is_told_where_she_is() {
        let time = NaiveTime::from_hms_opt(23, 30, 0);
        let when = When::of("2026-05-03".parse().unwrap(), time, chrono_tz::Europe::Berlin);
        assert_eq!(when.at.to_rfc3339(), "2026-05-03T21:30:00+00:00");
        assert_eq!(when.typed(chrono_tz::Europe::Berlin), "2026-05-03 23:30");
        assert_eq!(when.typed(chrono_tz::Asia::Tokyo), "2026-05-04 06:30");
    }
}
