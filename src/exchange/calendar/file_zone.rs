//! A time zone that the file describes itself: VTIMEZONE with its changes expanded (RFC 5545, section 3.6.5).

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, Utc};

use super::moment;
use crate::exchange::vcard::content_line::ContentLine;
use crate::recurrence::{Recurrence, Rule};

/// How many changes of one observance are made: two thousand years, since those of Outlook begin in 1601.
const MAX_CHANGES: usize = 2_000;
/// How many observances a zone may have.
const MAX_OBSERVANCES: usize = 300;
/// The last year whose changes are made.
const LAST_YEAR: i32 = 2100;

/// A zone of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileZone {
    /// TZID.
    pub name: String,
    /// X-LIC-LOCATION: the name of the zone of IANA, if the file says it.
    pub location: Option<String>,
    /// In order of time.
    changes: Vec<Change>,
}

/// From when on which offset counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Change {
    utc: NaiveDateTime,
    /// Offsets from UTC in seconds, before and after.
    from: i64,
    to: i64,
}

impl Change {
    /// What clocks showed that had not been changed yet.
    fn wall(&self) -> NaiveDateTime {
        shifted(self.utc, self.from)
    }
}

impl FileZone {
    /// Reads a VTIMEZONE from its content lines; `None` if it lacks a name or any observance.
    pub(super) fn read(lines: &[ContentLine]) -> Option<Self> {
        let value = |name: &str| lines.iter().find(|line| line.name == name).map(|line| line.value.trim().to_owned());
        let mut changes = Vec::new();
        let parts = lines.split(|line| line.name == "BEGIN" || line.name == "END");
        // Properties of the zone itself have no offsets.
        for part in parts.filter(|part| !part.is_empty()).take(MAX_OBSERVANCES) {
            changes.extend(changes_of(part).unwrap_or_default());
        }
        changes.sort_unstable();
        changes.dedup();
        let (name, location) = (value("TZID")?, value("X-LIC-LOCATION"));
        (!changes.is_empty()).then_some(Self { name, location, changes })
    }

    /// One whose offset, in seconds, never changes.
    pub(super) fn fixed(name: &str, offset: i64) -> Self {
        let change = Change { utc: NaiveDateTime::default(), from: offset, to: offset };
        Self { name: name.to_owned(), location: None, changes: vec![change] }
    }

    /// When its clocks show `wall`; gaps and doubles as in [`at`](crate::recurrence::at).
    #[must_use]
    pub fn utc(&self, wall: NaiveDateTime) -> DateTime<Utc> {
        let behind = self.changes.partition_point(|change| change.wall() <= wall);
        let offset = match behind.checked_sub(1).map(|index| self.changes[index]) {
            // In the gap the old offset still counts.
            Some(change) if wall < shifted(change.wall(), change.to - change.from) => change.from,
            Some(change) => change.to,
            None => self.changes[0].from,
        };
        shifted(wall, -offset).and_utc()
    }

    /// What its clocks show.
    #[must_use]
    pub fn wall(&self, utc: DateTime<Utc>) -> NaiveDateTime {
        let utc = utc.naive_utc();
        let behind = self.changes.partition_point(|change| change.utc <= utc);
        let offset = behind.checked_sub(1).map_or(self.changes[0].from, |index| self.changes[index].to);
        shifted(utc, offset)
    }
}

/// The changes to one observance.
fn changes_of(lines: &[ContentLine]) -> Option<Vec<Change>> {
    let values = |name: &'static str| lines.iter().filter(move |line| line.name == name).map(|line| line.value.trim());
    let (from, to) = (offset(values("TZOFFSETFROM").next()?)?, offset(values("TZOFFSETTO").next()?)?);
    let start = moment::moment(values("DTSTART").next()?, None)?.wall;
    let rules = values("RRULE").filter_map(|rule| rule.parse::<Rule>().ok());
    let rules: Vec<Rule> = rules.map(|rule| rule.with_local_until(|utc| shifted(utc, from))).collect();
    let dates = values("RDATE").flat_map(|list| list.split(',')).take(MAX_CHANGES);
    let dates = dates.filter_map(|date| Some(moment::moment(date, None)?.wall)).chain([start]).collect();
    let recurrence = Recurrence { rules, dates, ..Recurrence::default() };
    let end = NaiveDate::from_ymd_opt(LAST_YEAR + 1, 1, 1)?.and_hms_opt(0, 0, 0)?;
    let onsets = recurrence.occurrences(start, start).take_while(|onset| *onset < end).take(MAX_CHANGES);
    Some(onsets.map(|onset| Change { utc: shifted(onset, -from), from, to }).collect())
}

/// Reads a UTC-OFFSET in seconds (section 3.3.14).
fn offset(text: &str) -> Option<i64> {
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits = text.get(1..)?.replace(':', "");
    let number = |from: usize, to: usize| digits.get(from..to).and_then(|part| part.parse::<i64>().ok());
    if !matches!(digits.len(), 4 | 6) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let seconds = number(0, 2)? * 3_600 + number(2, 4)? * 60 + number(4, 6).unwrap_or_default();
    (seconds < 86_400).then_some(sign * seconds)
}

fn shifted(wall: NaiveDateTime, seconds: i64) -> NaiveDateTime {
    wall.checked_add_signed(Duration::seconds(seconds)).unwrap_or(wall)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::vcard::content_line;

    const VIENNA: &str = "TZID:Mine\nBEGIN:DAYLIGHT\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nDTSTART:19810329T020000\n\
        RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\nEND:DAYLIGHT\nBEGIN:STANDARD\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\n\
        DTSTART:19961027T030000\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nEND:STANDARD\n";

    fn zone(text: &str) -> Option<FileZone> {
        FileZone::read(&content_line::parse(text.as_bytes(), 1000).unwrap())
    }

    #[test]
    fn it_is_the_zone_that_it_describes() {
        let zone = zone(VIENNA).unwrap();
        let mut utc = "2026-01-01T00:10:00Z".parse::<DateTime<Utc>>().unwrap();
        for _ in 0..366 * 48 {
            let known = utc.with_timezone(&chrono_tz::Europe::Vienna).naive_local();
            assert_eq!(zone.wall(utc), known);
            // Of the walls, too, that are left out.
            for wall in [known, known + Duration::hours(1)] {
                assert_eq!(zone.utc(wall), crate::recurrence::at(&chrono_tz::Europe::Vienna, wall), "{wall}");
            }
            utc += Duration::minutes(30);
        }
    }

    #[test]
    fn before_its_first_change_the_offset_is_what_that_changed() {
        let zone = zone(
            "TZID:A\nBEGIN:STANDARD\nDTSTART:20200101T000000\nTZOFFSETFROM:-0330\nTZOFFSETTO:+053000\nEND:STANDARD",
        );
        let zone = zone.unwrap();
        assert_eq!(zone.wall("2019-01-01T12:00:00Z".parse().unwrap()).to_string(), "2019-01-01 08:30:00");
        assert_eq!(zone.wall("2021-01-01T12:00:00Z".parse().unwrap()).to_string(), "2021-01-01 17:30:00");
    }

    #[test]
    fn what_describes_no_zone_is_none() {
        for text in
            ["", "TZID:A", "TZID:A\nBEGIN:STANDARD\nTZOFFSETTO:+0100\nEND:STANDARD", "BEGIN:STANDARD\nEND:STANDARD"]
        {
            assert!(zone(text).is_none(), "{text}");
        }
    }
}
