//! A time zone for programs that do not know it by its name (RFC 5545, section 3.6.5).

use std::collections::BTreeMap;
use std::ops::Range;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::{OffsetComponents, OffsetName, Tz};

use super::component::{Text, local};

/// Clocks are not changed twice in so few days.
const STEP: TimeDelta = TimeDelta::days(7);

/// How clocks are changed: seconds from UTC before and behind, the zone's abbreviation then, and whether it is summer
/// time.
type Change = (i32, i32, String, bool);

fn offset(zone: Tz, at: DateTime<Utc>) -> i32 {
    zone.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc()
}

fn change(zone: Tz, before: i32, at: DateTime<Utc>) -> Change {
    let now = zone.offset_from_utc_datetime(&at.naive_utc());
    let name = now.abbreviation().unwrap_or_default().to_owned();
    (before, now.fix().local_minus_utc(), name, !now.dst_offset().is_zero())
}

/// The zone in these years.
pub(super) fn write(out: &mut Text, zone: Tz, years: Range<i32>) {
    let day = |year| NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default().and_time(NaiveTime::MIN);
    let (mut at, end) = (day(years.start).and_utc(), day(years.end).and_utc());
    let mut before = offset(zone, at);
    let mut changes = BTreeMap::from([(change(zone, before, at), vec![day(years.start)])]);
    while at < end {
        let next = at + STEP;
        if offset(zone, next) != before {
            let moment = first(zone, before, at, next);
            let wall = moment.naive_utc() + TimeDelta::seconds(before.into());
            changes.entry(change(zone, before, moment)).or_default().push(wall);
            before = offset(zone, next);
        }
        at = next;
    }
    out.line("BEGIN:VTIMEZONE");
    out.line(&format!("TZID:{}", zone.name()));
    for ((before, behind, name, is_summer), walls) in changes {
        let kind = if is_summer { "DAYLIGHT" } else { "STANDARD" };
        out.line(&format!("BEGIN:{kind}"));
        out.line(&format!("DTSTART:{}", local(walls[0])));
        match yearly(&walls, years.end) {
            Some(rule) => out.line(&rule),
            None if walls.len() == 1 => {}
            None => out.line(&format!("RDATE:{}", walls.iter().map(|wall| local(*wall)).collect::<Vec<_>>().join(","))),
        }
        out.line(&format!("TZOFFSETFROM:{}", signed(before)));
        out.line(&format!("TZOFFSETTO:{}", signed(behind)));
        out.text("TZNAME", &name);
        out.line(&format!("END:{kind}"));
    }
    out.line("END:VTIMEZONE");
}

/// When clocks stop being `before`, between these two.
fn first(zone: Tz, before: i32, mut from: DateTime<Utc>, mut to: DateTime<Utc>) -> DateTime<Utc> {
    while to - from > TimeDelta::seconds(1) {
        let middle = from + TimeDelta::seconds((to - from).num_seconds() / 2);
        if offset(zone, middle) == before { from = middle } else { to = middle }
    }
    to
}

/// The rule of what comes on the same weekday of a month each year until the last before `end`.
fn yearly(walls: &[NaiveDateTime], end: i32) -> Option<String> {
    let (first, last) = (walls.first()?, walls.last()?);
    let alike = |wall: &NaiveDateTime| {
        (wall.month(), wall.weekday(), wall.time()) == (first.month(), first.weekday(), first.time())
    };
    let is_yearly = walls.len() > 1 && walls.windows(2).all(|two| two[0].year() + 1 == two[1].year());
    if !is_yearly || last.year() + 1 != end || !walls.iter().all(alike) {
        return None;
    }
    let nth = |wall: &NaiveDateTime| wall.day0() / 7 + 1;
    let is_last = |wall: &NaiveDateTime| (*wall + TimeDelta::days(7)).month() != wall.month();
    let number = match nth(first) {
        _ if walls.iter().all(is_last) => "-1".to_owned(),
        same if walls.iter().all(|wall| nth(wall) == same) => same.to_string(),
        _ => return None,
    };
    let weekday = first.weekday().to_string()[..2].to_ascii_uppercase();
    Some(format!("RRULE:FREQ=YEARLY;BYMONTH={};BYDAY={number}{weekday}", first.month()))
}

/// UTC-OFFSET (section 3.3.14).
fn signed(seconds: i32) -> String {
    let (sign, seconds) = (if seconds < 0 { '-' } else { '+' }, seconds.abs());
    let rest = if seconds % 60 == 0 { String::new() } else { format!("{:02}", seconds % 60) };
    format!("{sign}{:02}{:02}{rest}", seconds / 3600, seconds / 60 % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(zone: Tz, from: i32) -> String {
        let mut out = Text::default();
        write(&mut out, zone, from..2056);
        out.0.replace("\r\n ", "")
    }

    #[test]
    fn summer_time_is_a_rule_where_it_is_one() {
        let berlin = written(Tz::Europe__Berlin, 2026);
        for line in [
            "DTSTART:20260329T020000\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nTZNAME:CEST\r\nEND:DAYLIGHT",
            "DTSTART:20261025T030000\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nTZNAME:CET\r\nEND:STANDARD",
        ] {
            assert!(berlin.contains(line), "{berlin}");
        }
        assert!(written(Tz::America__New_York, 2026).contains("BYMONTH=3;BYDAY=2SU"));
    }

    #[test]
    fn where_it_is_none_each_change_is_written() {
        let casablanca = written(Tz::Africa__Casablanca, 2026);
        assert!(!casablanca.contains("RRULE") && casablanca.contains("RDATE:"), "{casablanca}");
        assert_eq!(written(Tz::Asia__Kolkata, 2026).matches("BEGIN:STANDARD").count(), 1);
        // Until 2006 it began in April.
        let new_york = written(Tz::America__New_York, 2005);
        assert!(new_york.contains("RDATE:20050403T020000,20060402T020000,20070311T020000,"), "{new_york}");
    }
}
