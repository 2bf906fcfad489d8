//! When something is: by which clock, and in UTC.

use std::sync::Arc;

use chrono::{DateTime, Duration, NaiveDateTime, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

use super::file_zone::FileZone;
use super::zone::Zones;
use crate::exchange::vcard::content_line::ContentLine;
use crate::recurrence::{self, clock, date};

/// A time zone that a file names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Zone {
    /// One of IANA's.
    Iana(Tz),
    /// A VTIMEZONE of the file.
    OfFile(Arc<FileZone>),
}

/// By which clock a moment is told (RFC 5545, sections 3.3.4 and 3.3.5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Clock {
    /// A whole day, wherever one is.
    Day,
    /// The clock of wherever one is.
    Floating,
    /// UTC.
    Utc,
    /// That of a place.
    Zone(Zone),
}

/// A moment by a clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// What the clock shows; midnight of a whole day.
    pub wall: NaiveDateTime,
    /// Which clock.
    pub clock: Clock,
}

impl Moment {
    /// The moment in UTC; days and floating times are those of `hers`.
    #[must_use]
    pub fn utc(&self, hers: Tz) -> DateTime<Utc> {
        self.clock.utc(self.wall, hers)
    }

    /// What `clock` shows at this moment. A floating time or a day is the same on every clock.
    #[must_use]
    pub fn wall_by(&self, clock: &Clock) -> NaiveDateTime {
        match (&self.clock, clock) {
            (Clock::Day | Clock::Floating, _) | (_, Clock::Day | Clock::Floating) => self.wall,
            (from, to) if from == to => self.wall,
            (from, to) => to.wall(from.utc(self.wall, Tz::UTC), Tz::UTC),
        }
    }

    /// Whether it is a whole day.
    #[must_use]
    pub fn is_day(&self) -> bool {
        self.clock == Clock::Day
    }
}

impl Clock {
    /// When this clock shows `wall`.
    #[must_use]
    pub fn utc(&self, wall: NaiveDateTime, hers: Tz) -> DateTime<Utc> {
        match self {
            Self::Utc => wall.and_utc(),
            Self::Zone(Zone::Iana(zone)) => recurrence::at(zone, wall),
            Self::Zone(Zone::OfFile(zone)) => zone.utc(wall),
            Self::Day | Self::Floating => recurrence::at(&hers, wall),
        }
    }

    /// What this clock shows at a moment.
    #[must_use]
    pub fn wall(&self, utc: DateTime<Utc>, hers: Tz) -> NaiveDateTime {
        match self {
            Self::Utc => utc.naive_utc(),
            Self::Zone(Zone::Iana(zone)) => zone.from_utc_datetime(&utc.naive_utc()).naive_local(),
            Self::Zone(Zone::OfFile(zone)) => zone.wall(utc),
            Self::Day | Self::Floating => hers.from_utc_datetime(&utc.naive_utc()).naive_local(),
        }
    }
}

/// The zone that a line names, if it is known.
pub(super) fn zone_of(line: &ContentLine, zones: &Zones) -> Option<Zone> {
    zones.meant(&tzid(line)?)
}

/// The TZID of a line whose times are by it.
pub(super) fn tzid(line: &ContentLine) -> Option<String> {
    // A zone's name may have commas in it, which part the values of a parameter.
    let name = line.param("TZID").collect::<Vec<_>>().join(",");
    (!name.trim().is_empty()).then_some(name)
}

/// Reads a DATE or DATE-TIME; also one with the hyphens and colons of ISO 8601, without seconds, or with parts of one.
pub(super) fn moment(text: &str, zone: Option<Zone>) -> Option<Moment> {
    let text: String = text.trim().chars().filter(|c| !matches!(c, '-' | ':')).collect::<String>().to_ascii_uppercase();
    let Some((day, time)) = text.split_once('T') else {
        return Some(Moment { wall: date(text.trim_end_matches('Z'))?.and_time(NaiveTime::MIN), clock: Clock::Day });
    };
    let (time, is_utc) = time.strip_suffix('Z').map_or((time, false), |time| (time, true));
    let time = time.split('.').next().unwrap_or_default().trim();
    let padded = if time.len() == 4 { format!("{time}00") } else { time.to_owned() };
    let day = date(day)?;
    let wall = match padded.as_str() {
        // ISO 8601's end of the day.
        "240000" => day.succ_opt()?.and_time(NaiveTime::MIN),
        padded => day.and_time(clock(padded)?),
    };
    let clock = match zone {
        _ if is_utc => Clock::Utc,
        Some(zone) => Clock::Zone(zone),
        None => Clock::Floating,
    };
    Some(Moment { wall, clock })
}

/// Reads a DURATION (section 3.3.6), of at most a hundred years.
pub(super) fn duration(text: &str) -> Option<Duration> {
    let text = text.trim().to_ascii_uppercase();
    let (text, sign) = match text.strip_prefix('-') {
        Some(rest) => (rest, -1),
        None => (text.strip_prefix('+').unwrap_or(&text), 1),
    };
    let (mut seconds, mut number, mut is_time, mut has_any) = (0i64, String::new(), false, false);
    for c in text.strip_prefix('P')?.chars() {
        let unit = match c {
            '0'..='9' => {
                number.push(c);
                continue;
            }
            'T' if number.is_empty() => {
                is_time = true;
                continue;
            }
            'W' => 604_800,
            'D' => 86_400,
            'H' if is_time => 3_600,
            'M' if is_time => 60,
            'S' if is_time => 1,
            _ => return None,
        };
        seconds = seconds.checked_add(number.parse::<i64>().ok()?.checked_mul(unit)?)?;
        number.clear();
        has_any = true;
    }
    let is_whole = has_any && number.is_empty() && seconds <= 100 * 366 * 86_400;
    is_whole.then(|| Duration::seconds(sign * seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        moment(text, None).map(|moment| format!("{} {:?}", moment.wall, moment.clock))
    }

    #[test]
    fn a_moment_is_read_as_programs_write_it() {
        for (text, expected) in [
            ("20261126", "2026-11-26 00:00:00 Day"),
            ("20261126T090000", "2026-11-26 09:00:00 Floating"),
            ("20261126T090000Z", "2026-11-26 09:00:00 Utc"),
            ("2026-11-26T09:00:00.000Z", "2026-11-26 09:00:00 Utc"),
            ("20261126T0900", "2026-11-26 09:00:00 Floating"),
            ("20261126T240000", "2026-11-27 00:00:00 Floating"),
            (" 20261126t235960z ", "2026-11-26 23:59:59 Utc"),
        ] {
            assert_eq!(read(text).as_deref(), Some(expected), "{text}");
        }
        for text in ["", "T", "20260230", "20261126T", "20261126T2500", "2026112", "20261126T09é0", "9999999999999"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_duration_is_read_with_its_sign() {
        for (text, seconds) in
            [("PT1H30M", 5400), ("P1DT2H", 93_600), ("-PT15M", -900), ("+P2W", 1_209_600), ("pt5s", 5)]
        {
            assert_eq!(duration(text), Some(Duration::seconds(seconds)), "{text}");
        }
        for text in ["", "P", "PT", "1H", "P1H", "PT1", "P99999999999999999999D", "P999999W"] {
            assert_eq!(duration(text), None, "{text}");
        }
    }
}
