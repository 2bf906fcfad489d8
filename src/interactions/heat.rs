//! A year of contact with somebody, and the last weeks of all that passed: a calendar by weeks, drawn with as many
//! strokes as there were days, and told in words.

use std::fmt::Write as _;

use chrono::{Datelike, Days, NaiveDate};

use crate::dates::{DateStyle, Here};

/// Days that the calendar shows, today the last of them: 53 weeks, the first and the last one begun or unfinished.
pub const DAYS: u64 = 365;
/// Interactions of the year that are read, the newest first: enough for thirteen a day.
pub const MOST: i64 = 5000;

/// Weeks of all that passed which the first page shows, this one the last of them.
pub const WEEKS: u64 = 26;
/// A day on which so much passed is of the densest level: more is not counted.
pub const ENOUGH: i32 = 6;

/// What is stored of the year.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Year {
    /// Days on which they were in touch, each once and in order.
    pub days: Vec<NaiveDate>,
    /// How often on each.
    pub counts: Vec<i32>,
    /// How often it came from them.
    pub inbound: i64,
    /// How often it came from her.
    pub outbound: i64,
    /// Whether [`MOST`] were read, and there may be more.
    pub is_cut: bool,
}

/// The year as pages show it.
pub struct Heat {
    /// How often, and from whom.
    pub told: String,
    /// By month, and the busiest day.
    pub described: String,
    /// The strokes of the days of each level: none, a little, some, much.
    pub levels: [String; 4],
    /// Where it is known of any whom it came from.
    pub balance: Option<Balance>,
}

/// Who began.
pub struct Balance {
    /// From them.
    pub inbound: i64,
    /// From either.
    pub both: i64,
    /// In words.
    pub told: String,
}

impl Heat {
    /// Of a year that ends `today`; none of one without contact.
    #[must_use]
    pub fn new(year: &Year, here: Here) -> Option<Self> {
        let Here { today, style, .. } = here;
        let first = today.checked_sub_days(Days::new(DAYS - 1))?;
        let days: Vec<(NaiveDate, i32)> = year.days.iter().copied().zip(year.counts.iter().copied()).collect();
        let days: Vec<_> = days.into_iter().filter(|(day, _)| (first..=today).contains(day)).collect();
        let total: i32 = days.iter().map(|(_, count)| count).sum();
        let busiest = days.iter().max_by_key(|(_, count)| *count)?;
        let balance = Balance::new(year);
        let told = format!(
            "{}{total} {} in touch in a year{}{}.",
            if year.is_cut { "More than " } else { "" },
            if total == 1 { "time" } else { "times" },
            if balance.is_some() { ": " } else { "" },
            balance.as_ref().map_or("", |balance| &balance.told),
        );
        let described = format!("{}. Most on {}: {}.", by_month(&days, style), style.exact(busiest.0), busiest.1);
        Some(Self { told, described, levels: strokes(&days, (first, today), [1, 3], style), balance })
    }
}

/// The last weeks as the first page shows them.
pub struct Weeks {
    /// On how many days something passed.
    pub told: String,
    /// By month.
    pub described: String,
    /// As those of a [`Heat`].
    pub levels: [String; 4],
}

impl Weeks {
    /// The days that are shown, today the last of them; the first begins one of her weeks.
    #[must_use]
    pub fn days(today: NaiveDate, style: DateStyle) -> Vec<NaiveDate> {
        let back = 7 * (WEEKS - 1) + u64::from(style.into_week(today));
        let first = today.checked_sub_days(Days::new(back)).unwrap_or(today);
        first.iter_days().take_while(|day| *day <= today).collect()
    }

    /// Of how much passed on each of these days, counted up to [`ENOUGH`]; none where nothing did.
    #[must_use]
    pub fn new(days: &[NaiveDate], counts: &[i32], style: DateStyle) -> Option<Self> {
        let span = days.first().copied().zip(days.last().copied())?;
        let days: Vec<(NaiveDate, i32)> = days.iter().copied().zip(counts.iter().copied()).collect();
        let days: Vec<(NaiveDate, i32)> = days.into_iter().filter(|(_, count)| *count > 0).collect();
        let active: Vec<(NaiveDate, i32)> = days.iter().map(|(day, _)| (*day, 1)).collect();
        let told = format!("Something passed on {} {}.", days.len(), if days.len() == 1 { "day" } else { "days" });
        let described = format!("Days on which something passed. {}.", by_month(&active, style));
        (!days.is_empty()).then(|| Self { told, described, levels: strokes(&days, span, [2, ENOUGH - 1], style) })
    }
}

impl Balance {
    fn new(year: &Year) -> Option<Self> {
        let both = year.inbound + year.outbound;
        let told = format!("{} from them, {} from you", year.inbound, year.outbound);
        (both > 0).then_some(Self { inbound: year.inbound, both, told })
    }
}

/// `December 2025: 3, May 2026: 4`.
fn by_month(days: &[(NaiveDate, i32)], style: DateStyle) -> String {
    let of = |day: &NaiveDate| (day.year(), day.month());
    let months = days.chunk_by(|(one, _), (other, _)| of(one) == of(other)).filter_map(|days| {
        let (day, _) = days.first()?;
        Some(format!("{}: {}", style.month_and_year(*day), days.iter().map(|(_, count)| count).sum::<i32>()))
    });
    months.collect::<Vec<_>>().join(", ")
}

/// Lines in a field of a column for each of her weeks and seven rows: a day is one of .8, and the days without contact
/// are a dashed line for each weekday. `most` is what a day of little and one of some contact has at most.
fn strokes(
    days: &[(NaiveDate, i32)],
    (first, today): (NaiveDate, NaiveDate),
    most: [i32; 2],
    style: DateStyle,
) -> [String; 4] {
    let mut levels = [const { String::new() }; 4];
    let [none, rest @ ..] = &mut levels;
    let (begins, ends) = (style.into_week(first), style.into_week(today));
    let columns = ((today - first).num_days() + i64::from(begins)) / 7 + 1;
    for row in 0..7 {
        let _ = write!(none, "M{} {row}H{}", u8::from(row < begins), columns - i64::from(row > ends));
    }
    for (day, count) in days {
        let place = (*day - first).num_days() + i64::from(begins);
        let level = most.iter().filter(|most| count > *most).count();
        if let Some(path) = rest.get_mut(level) {
            let _ = write!(path, "M{} {}h.8", place / 7, place % 7);
        }
    }
    levels
}

#[cfg(test)]
mod tests {
    use chrono::Weekday;

    use super::*;

    fn day(day: &str) -> NaiveDate {
        day.parse().unwrap()
    }

    /// A year that ends on a Friday.
    fn heat(days: &[(&str, i32)], inbound: i64, outbound: i64) -> Option<Heat> {
        let (days, counts) = days.iter().map(|(at, count)| (day(at), *count)).unzip();
        Heat::new(&Year { days, counts, inbound, outbound, is_cut: false }, here(day("2026-11-27"), Weekday::Mon))
    }

    fn here(today: NaiveDate, week_start: Weekday) -> Here {
        let now = today.and_time(chrono::NaiveTime::MIN).and_utc();
        Here::at(now, chrono_tz::UTC, DateStyle { week_start, ..DateStyle::default() })
    }

    #[test]
    fn a_year_is_told_in_words() {
        let heat = heat(&[("2025-12-01", 2), ("2025-12-24", 1), ("2026-05-03", 4)], 3, 2).unwrap();
        assert_eq!(heat.told, "7 times in touch in a year: 3 from them, 2 from you.");
        assert_eq!(heat.described, "December 2025: 3, May 2026: 4. Most on 3 May 2026: 4.");
        let once = self::heat(&[("2026-05-03", 1)], 0, 0).unwrap();
        assert_eq!(once.told, "1 time in touch in a year.");
        assert!(once.balance.is_none());
    }

    #[test]
    fn a_year_without_contact_is_not_drawn() {
        assert!(heat(&[], 0, 0).is_none());
        assert!(heat(&[("2025-11-27", 3), ("2026-11-28", 1)], 0, 0).is_none(), "days beyond the year");
    }

    #[test]
    fn each_day_stands_in_its_week_and_row_and_is_denser_the_more_there_was() {
        let heat = heat(
            &[("2025-11-28", 1), ("2025-12-01", 2), ("2026-11-22", 3), ("2026-11-23", 9), ("2026-11-27", 1)],
            0,
            0,
        )
        .unwrap();
        let [none, little, some, much] = heat.levels;
        assert_eq!(none, "M1 0H53M1 1H53M1 2H53M1 3H53M0 4H53M0 5H52M0 6H52");
        assert_eq!(little, "M0 4h.8M52 4h.8", "a Friday a year ago, and today");
        assert_eq!(some, "M1 0h.8M51 6h.8", "a Monday, and a Sunday");
        assert_eq!(much, "M52 0h.8");
    }

    #[test]
    fn the_last_weeks_begin_on_a_monday_and_end_today() {
        for (today, first, number) in
            [("2026-11-27", "2026-06-01", 180), ("2026-11-23", "2026-06-01", 176), ("2026-11-29", "2026-06-01", 182)]
        {
            let days = Weeks::days(day(today), DateStyle::default());
            assert_eq!((days[0], days[days.len() - 1], days.len()), (day(first), day(today), number));
        }
        let days = Weeks::days(day("2026-11-27"), DateStyle::default());
        let mut counts = vec![0; days.len()];
        assert!(Weeks::new(&days, &counts, DateStyle::default()).is_none());
        (counts[0], counts[8], counts[179]) = (2, 3, ENOUGH);
        let weeks = Weeks::new(&days, &counts, DateStyle::default()).unwrap();
        assert_eq!(weeks.told, "Something passed on 3 days.");
        assert_eq!(weeks.described, "Days on which something passed. June 2026: 2, November 2026: 1.");
        let [none, little, some, much] = weeks.levels;
        assert_eq!(none, "M0 0H26M0 1H26M0 2H26M0 3H26M0 4H26M0 5H25M0 6H25");
        assert_eq!([little, some, much], ["M0 0h.8", "M1 1h.8", "M25 4h.8"]);
    }

    #[test]
    fn a_column_begins_with_the_first_day_of_her_week() {
        // A Sunday and the Saturday before it, in a year that ends on a Friday.
        let year = |week_start| {
            let (days, counts) = (vec![day("2026-11-21"), day("2026-11-22")], vec![1, 1]);
            Heat::new(&Year { days, counts, ..Year::default() }, here(day("2026-11-27"), week_start)).unwrap().levels
        };
        assert_eq!(year(Weekday::Mon)[1], "M51 5h.8M51 6h.8");
        assert_eq!(year(Weekday::Sun)[1], "M51 6h.8M52 0h.8");
        assert_eq!(year(Weekday::Sat)[1], "M52 0h.8M52 1h.8");
        let sunday = DateStyle { week_start: Weekday::Sun, ..DateStyle::default() };
        assert_eq!(Weeks::days(day("2026-11-27"), sunday).first(), Some(&day("2026-05-31")));
    }

    #[test]
    fn every_year_fills_its_field_whatever_day_it_ends_on() {
        for n in 0..400 {
            let today = day("2026-01-01") + Days::new(n);
            let days: Vec<NaiveDate> = (0..DAYS).rev().map(|back| today - Days::new(back)).collect();
            let year = Year { counts: vec![1; days.len()], days, ..Year::default() };
            let week_start = [Weekday::Mon, Weekday::Sun, Weekday::Sat][n as usize % 3];
            let [_, little, ..] = Heat::new(&year, here(today, week_start)).unwrap().levels;
            let places: std::collections::HashSet<&str> = little.split('M').skip(1).collect();
            assert_eq!(places.len(), 365);
            assert!(
                places.iter().any(|place| place.starts_with("52 "))
                    && !places.iter().any(|place| place.starts_with("53 "))
            );
        }
    }
}
