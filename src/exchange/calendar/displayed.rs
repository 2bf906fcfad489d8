//! Time zones by what a person reads in a list of them: what Windows, and with it Outlook, shows instead of their names, such as
//! `(UTC-05:00) Eastern Time (US & Canada)`; a city; a bare offset from UTC.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use chrono::{NaiveDate, Offset, TimeZone};
use chrono_tz::{TZ_VARIANTS, Tz};

use super::file_zone::FileZone;
use super::moment::Zone;
use super::windows;

/// The zone that a text means, as far as it can be told.
pub(super) fn zone(text: &str) -> Option<Zone> {
    let text = text.trim();
    let in_brackets = text.strip_prefix('(').and_then(|rest| rest.split_once(')'));
    let (before, name) = in_brackets.unwrap_or(("", text));
    // Greenwich Mean Time : Dublin, Edinburgh, Lisbon, London
    let name = name.rsplit_once(" : ").map_or(name, |(_, cities)| cities).trim();
    let seconds = offset(before).or_else(|| offset(name));
    let named = table(name).or_else(|| windows::zone(name)).or_else(|| name.parse().ok());
    match (named.or_else(|| city(name, seconds)), seconds) {
        (Some(zone), _) => Some(Zone::Iana(zone)),
        (None, Some(seconds)) => Some(Zone::OfFile(Arc::new(FileZone::fixed(text, seconds)))),
        (None, None) => None,
    }
}

fn table(name: &str) -> Option<Tz> {
    let (_, zone) = NAMES.iter().find(|(shown, _)| shown.eq_ignore_ascii_case(name))?;
    zone.parse().ok()
}

/// The zone of the first of some cities that has one, of those that have the offset if that is said: there is more than one La Paz.
fn city(names: &str, seconds: Option<i64>) -> Option<Tz> {
    static CITIES: LazyLock<HashMap<String, Tz>> = LazyLock::new(cities);
    let found = names.split([',', ';']).map(|name| {
        let name = name.split(" - ").next().unwrap_or_default();
        CITIES.get(&name.trim().to_lowercase()).copied()
    });
    let found: Vec<Tz> = found.flatten().take(20).collect();
    let agrees = |zone: &&Tz| seconds.is_none_or(|seconds| standard_offset(**zone) == Some(seconds));
    found.iter().find(agrees).or(found.first()).copied()
}

/// IANA's zones by the cities in their names.
fn cities() -> HashMap<String, Tz> {
    const AREAS: [&str; 9] =
        ["Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"];
    // Of Australia's.
    const NONE: [&str; 3] = ["north", "south", "west"];
    let mut cities = HashMap::new();
    for zone in TZ_VARIANTS {
        let Some((area, rest)) = zone.name().split_once('/') else { continue };
        let city = rest.rsplit('/').next().unwrap_or(rest).replace('_', " ").to_lowercase();
        if AREAS.contains(&area) && !NONE.contains(&city.as_str()) {
            cities.entry(city).or_insert(zone);
        }
    }
    cities
}

/// In seconds; that of winter, wherever it is.
fn standard_offset(zone: Tz) -> Option<i64> {
    let at = |month| {
        let noon = NaiveDate::from_ymd_opt(2025, month, 1)?.and_hms_opt(12, 0, 0)?;
        Some(i64::from(zone.offset_from_utc_datetime(&noon).fix().local_minus_utc()))
    };
    Some(at(1)?.min(at(7)?))
}

/// An offset in seconds: `UTC+02:00`, `GMT+0200`, `GMT-5`, `+01:00`.
fn offset(text: &str) -> Option<i64> {
    let text = text.trim();
    let is_said = text.get(..3).is_some_and(|word| ["utc", "gmt"].contains(&word.to_ascii_lowercase().as_str()));
    let rest = if is_said { text[3..].trim_start() } else { text };
    if rest.is_empty() {
        return is_said.then_some(0);
    }
    let (sign, rest) = match rest.chars().next()? {
        '+' => (1, &rest[1..]),
        sign @ ('-' | '\u{2212}') => (-1, &rest[sign.len_utf8()..]),
        _ => return None,
    };
    let (hours, minutes) = match rest.split_once([':', '.']) {
        Some(parts) => parts,
        None if rest.len() <= 2 && is_said => (rest, "00"),
        None => rest.split_at_checked(rest.len().checked_sub(2)?)?,
    };
    let number = |digits: &str, most: i64| {
        let is_number = (1..=2).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse::<i64>().ok().filter(|number| is_number && *number <= most)
    };
    Some(sign * (number(hours, 14)? * 3_600 + number(minutes, 59)? * 60))
}

/// What Windows shows where no city tells its zone.
#[rustfmt::skip]
const NAMES: [(&str, &str); 59] = [
    ("Alaska", "America/Anchorage"),
    ("Aleutian Islands", "America/Adak"),
    ("Arizona", "America/Phoenix"),
    ("Astana", "Asia/Almaty"),
    ("Atlantic Time", "America/Halifax"),
    ("Atlantic Time (Canada)", "America/Halifax"),
    ("Baja California", "America/Tijuana"),
    ("Bougainville Island", "Pacific/Bougainville"),
    ("Brasilia", "America/Sao_Paulo"),
    ("Cabo Verde Is.", "Atlantic/Cape_Verde"),
    ("Cape Verde Is.", "Atlantic/Cape_Verde"),
    ("Central America", "America/Guatemala"),
    ("Central Time", "America/Chicago"),
    ("Central Time (US & Canada)", "America/Chicago"),
    ("Chatham Islands", "Pacific/Chatham"),
    ("Chetumal", "America/Cancun"),
    ("Chihuahua, La Paz, Mazatlan", "America/Mazatlan"),
    ("Chokurdakh", "Asia/Srednekolymsk"),
    ("City of Buenos Aires", "America/Buenos_Aires"),
    ("Coordinated Universal Time", "UTC"),
    ("Easter Island", "Pacific/Easter"),
    ("Eastern Time", "America/New_York"),
    ("Eastern Time (US & Canada)", "America/New_York"),
    ("Ekaterinburg", "Asia/Yekaterinburg"),
    ("Georgetown, La Paz, Manaus, San Juan", "America/La_Paz"),
    ("Greenland", "America/Godthab"),
    ("Greenwich Mean Time", "UTC"),
    ("Haiti", "America/Port-au-Prince"),
    ("Hawaii", "Pacific/Honolulu"),
    ("Indiana (East)", "America/Indianapolis"),
    ("International Date Line West", "Etc/GMT+12"),
    ("Islamabad, Karachi", "Asia/Karachi"),
    ("Kiritimati Island", "Pacific/Kiritimati"),
    ("Lord Howe Island", "Australia/Lord_Howe"),
    ("Marquesas Islands", "Pacific/Marquesas"),
    ("Mid-Atlantic", "Etc/GMT+2"),
    ("Midway Island, Samoa", "Pacific/Pago_Pago"),
    ("Mountain Time", "America/Denver"),
    ("Mountain Time (US & Canada)", "America/Denver"),
    ("New Caledonia", "Pacific/Noumea"),
    ("Newfoundland", "America/St_Johns"),
    ("Norfolk Island", "Pacific/Norfolk"),
    ("Nuku'alofa", "Pacific/Tongatapu"),
    ("Pacific Time", "America/Los_Angeles"),
    ("Pacific Time (US & Canada)", "America/Los_Angeles"),
    ("Pacific Time (US & Canada); Tijuana", "America/Los_Angeles"),
    ("Port Louis", "Indian/Mauritius"),
    ("Saint Pierre and Miquelon", "America/Miquelon"),
    ("Salvador", "America/Bahia"),
    ("Samoa", "Pacific/Apia"),
    ("Saskatchewan", "America/Regina"),
    ("Solomon Is., New Caledonia", "Pacific/Guadalcanal"),
    ("Sri Jayawardenepura", "Asia/Colombo"),
    ("Turks and Caicos", "America/Grand_Turk"),
    ("US Eastern Time", "America/New_York"),
    ("US Pacific Time", "America/Los_Angeles"),
    ("West Central Africa", "Africa/Lagos"),
    ("Yangon (Rangoon)", "Asia/Rangoon"),
    ("Yukon", "America/Whitehorse"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_known_by_what_lists_of_zones_show() {
        for (text, expected) in [
            ("Eastern Time (US & Canada)", Tz::America__New_York),
            ("(UTC-05:00) Eastern Time (US & Canada)", Tz::America__New_York),
            ("(GMT-08:00) Pacific Time (US & Canada); Tijuana", Tz::America__Los_Angeles),
            ("(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", Tz::Europe__Amsterdam),
            ("Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", Tz::Europe__Amsterdam),
            ("(GMT) Greenwich Mean Time : Dublin, Edinburgh, Lisbon, London", Tz::Europe__Dublin),
            ("(UTC+05:30) Chennai, Kolkata, Mumbai, New Delhi", Tz::Asia__Kolkata),
            ("(UTC-07:00) La Paz, Mazatlan", Tz::America__Mazatlan),
            ("(UTC-06:00) Guadalajara, Mexico City, Monterrey - Old", Tz::America__Mexico_City),
            ("(UTC+01:00) Central European Standard Time", Tz::Europe__Warsaw),
            ("(UTC) Coordinated Universal Time", Tz::UTC),
        ] {
            assert_eq!(zone(text), Some(Zone::Iana(expected)), "{text}");
        }
        assert!(NAMES.iter().all(|(name, _)| table(name).is_some()));
    }

    #[test]
    fn an_offset_is_a_zone_that_changes_never() {
        for (text, hours) in [
            ("GMT+0200", 2.0),
            ("UTC+02:00", 2.0),
            ("UTC +2", 2.0),
            ("gmt-5", -5.0),
            ("+05:30", 5.5),
            ("UTC\u{2212}03:00", -3.0),
            ("(UTC-03:00) Nowhere", -3.0),
        ] {
            let Some(Zone::OfFile(zone)) = zone(text) else { panic!("{text}") };
            for day in ["2026-01-01T12:00:00", "2026-07-01T12:00:00"] {
                let wall: chrono::NaiveDateTime = day.parse().unwrap();
                let seconds = (wall.and_utc() - zone.utc(wall)).num_seconds();
                assert_eq!(f64::from(i32::try_from(seconds).unwrap()) / 3_600.0, hours, "{text}");
            }
        }
    }

    #[test]
    fn what_says_no_zone_is_none() {
        for text in ["", "Customized Time Zone", "-5", "UTC+25:00", "GMT+é", "(", "()", "(x) -", "West", "UTC+1:2:3"] {
            assert_eq!(zone(text), None, "{text}");
        }
    }
}
