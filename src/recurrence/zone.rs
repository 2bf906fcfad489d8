//! From the wall clock to the moment.

use chrono::{DateTime, Duration, LocalResult, NaiveDateTime, TimeZone, Utc};

/// When the clocks of `zone` show `wall`. A time that a clock change leaves out moves forward by the gap, as if the
/// clocks had not been changed yet; of a time that comes twice it is the first (RFC 5545, section 3.3.5).
#[must_use]
pub fn at(zone: &impl TimeZone, wall: NaiveDateTime) -> DateTime<Utc> {
    // Looks back behind the gap: the largest, where a place crossed the date line, is of a whole day.
    let before = || {
        (1..=26).find_map(|hours| {
            let earlier = wall.checked_sub_signed(Duration::hours(hours))?;
            let earlier = zone.from_local_datetime(&earlier).latest()?;
            earlier.checked_add_signed(Duration::hours(hours))
        })
    };
    match zone.from_local_datetime(&wall) {
        LocalResult::Single(moment) | LocalResult::Ambiguous(moment, _) => moment.to_utc(),
        LocalResult::None => before().map_or_else(|| wall.and_utc(), |moment| moment.to_utc()),
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use chrono_tz::Tz;

    use super::*;

    fn utc(zone: Tz, (year, month, day): (i32, u32, u32), (hour, minute): (u32, u32)) -> String {
        let wall = NaiveDate::from_ymd_opt(year, month, day).unwrap().and_hms_opt(hour, minute, 0).unwrap();
        at(&zone, wall).format("%Y-%m-%d %H:%M").to_string()
    }

    #[test]
    fn a_time_that_is_left_out_moves_forward_by_the_gap() {
        assert_eq!(utc(Tz::Europe__Berlin, (2026, 3, 29), (2, 30)), "2026-03-29 01:30");
        assert_eq!(utc(Tz::America__New_York, (2026, 3, 8), (2, 0)), "2026-03-08 07:00");
        // Half an hour, and a whole day.
        assert_eq!(utc(Tz::Australia__Lord_Howe, (2026, 10, 4), (2, 15)), "2026-10-03 15:45");
        assert_eq!(utc(Tz::Pacific__Apia, (2011, 12, 30), (12, 0)), "2011-12-30 22:00");
    }

    #[test]
    fn of_a_time_that_comes_twice_it_is_the_first() {
        assert_eq!(utc(Tz::Europe__Berlin, (2026, 10, 25), (2, 30)), "2026-10-25 00:30");
    }

    #[test]
    fn nine_o_clock_stays_nine_o_clock() {
        assert_eq!(utc(Tz::Europe__Berlin, (2026, 3, 28), (9, 0)), "2026-03-28 08:00");
        assert_eq!(utc(Tz::Europe__Berlin, (2026, 3, 29), (9, 0)), "2026-03-29 07:00");
    }
}
