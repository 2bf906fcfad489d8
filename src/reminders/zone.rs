//! Reminders in another zone of hers, as the page tells that asks before.

use chrono::Utc;
use chrono_tz::Tz;

use super::queries::ByHerClock;
use super::schedule::Clock;
use crate::dates::{DateStyle, Here};
use crate::recurrence;

/// What becomes of a reminder once her clock is that of another zone: `Call Ada: Thu 3 Dec, 09:00 stays 09:00 in Asia/Tokyo,
/// 8 hours earlier`; and of one that was put off, likewise or at the same moment.
#[must_use]
pub fn told_move(row: &ByHerClock, clock: Clock, to: Tz, style: DateStyle) -> String {
    let wall = if row.is_day { row.occurs_at_local.date().and_time(clock.hour) } else { row.occurs_at_local };
    let (put_off, wall, from) = match row.snoozed_until {
        Some(until) => ("put off until ", until.with_timezone(&clock.zone).naive_local(), until),
        None => ("", wall, row.due_at),
    };
    let stays = row.snoozed_until.is_none() || row.is_off_by_clock;
    let minutes = if stays { (recurrence::at(&to, wall) - from).num_minutes() } else { 0 };
    let here = Here::at(Utc::now(), clock.zone, style);
    let (day, hour) = (style.short_with_weekday(wall.date(), here.today), style.hour(wall.time()));
    let told = format!("{}: {put_off}{day}, {hour}", row.title);
    match stays {
        true => format!("{told} stays {hour} in {}, {}.", to.name(), how_far(minutes)),
        false => {
            let there = style.hour(from.with_timezone(&to));
            format!("{told} becomes {there} in {}, {}.", to.name(), how_far(minutes))
        }
    }
}

/// So many minutes later, in words.
fn how_far(minutes: i64) -> String {
    match (minutes.abs() / 60, minutes.abs() % 60) {
        (0, 0) => "at the same moment".to_owned(),
        (hours, rest) => {
            let hours = [(hours, "hour"), (rest, "minute")].into_iter().filter(|(number, _)| *number > 0);
            let told = hours.map(|(number, unit)| format!("{number} {unit}{}", if number == 1 { "" } else { "s" }));
            let direction = if minutes < 0 { "earlier" } else { "later" };
            format!("{} {direction}", told.collect::<Vec<_>>().join(" "))
        }
    }
}
