//! Any rule at all: what holds of each.

use std::time::{Duration, Instant};

use chrono::{NaiveDate, NaiveDateTime};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::{Frequency, Rule, sentence};
use crate::dates::DateStyle;

/// A list of one part, mostly none.
fn list(name: &'static str, values: impl Strategy<Value = i32> + 'static) -> BoxedStrategy<String> {
    let some = vec(values, 1..4).prop_map(move |values| {
        let values: Vec<String> = values.iter().map(ToString::to_string).collect();
        format!(";{name}={}", values.join(","))
    });
    prop_oneof![3 => Just(String::new()), 1 => some].boxed()
}

fn from_both_ends(most: i32) -> impl Strategy<Value = i32> {
    (1..=most, any::<bool>()).prop_map(|(number, is_negative)| if is_negative { -number } else { number })
}

fn weekdays() -> impl Strategy<Value = String> {
    let day = (select(vec!["", "", "1", "-1", "5", "20"]), select(vec!["MO", "TU", "WE", "TH", "FR", "SA", "SU"]));
    let some = vec(day.prop_map(|(nth, name)| format!("{nth}{name}")), 1..4).prop_map(|days| days.join(","));
    prop_oneof![1 => Just(String::new()), 1 => some.prop_map(|days| format!(";BYDAY={days}"))]
}

fn rule() -> impl Strategy<Value = Rule> {
    let frequency = select(vec!["SECONDLY", "MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"]);
    let interval = prop_oneof![4 => Just(1u32), 2 => 2..100u32, 1 => any::<u32>().prop_map(|number| number.max(1))];
    let end = select(vec!["", "", "", ";COUNT=7", ";UNTIL=20270503", ";UNTIL=20270503T090000Z"]);
    let days = (
        list("BYMONTH", 1..=12),
        list("BYWEEKNO", from_both_ends(53)),
        list("BYYEARDAY", from_both_ends(366)),
        list("BYMONTHDAY", from_both_ends(31)),
        weekdays(),
    );
    let times = (list("BYHOUR", 0..=23), list("BYMINUTE", 0..=59), list("BYSECOND", 0..=60));
    let rest = (list("BYSETPOS", from_both_ends(366)), select(vec!["", ";WKST=SU", ";WKST=WE"]));
    (frequency, interval, end, days, times, rest).prop_map(|(frequency, interval, end, days, times, rest)| {
        let days = [days.0, days.1, days.2, days.3, days.4].concat();
        let times = [times.0, times.1, times.2].concat();
        let text = format!("FREQ={frequency};INTERVAL={interval}{end}{days}{times}{}{}", rest.0, rest.1);
        text.parse().unwrap()
    })
}

fn moment() -> impl Strategy<Value = NaiveDateTime> {
    (1990..2040i32, 1..=366u32, 0..86_400u32).prop_map(|(year, day, second)| {
        let day = NaiveDate::from_yo_opt(year, day).unwrap_or_default();
        day.and_time(chrono::NaiveTime::from_num_seconds_from_midnight_opt(second, 0).unwrap())
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn any_rule_is_read_as_it_was_written(rule in rule()) {
        prop_assert_eq!(rule.to_string().parse::<Rule>(), Ok(rule.clone()));
        prop_assert!(!sentence(&rule, DateStyle::default()).is_empty());
    }

    #[test]
    fn the_occurrences_of_any_rule_come_in_order_in_time_and_the_same_from_anywhere(
        rule in rule(), start in moment(), from in moment(),
    ) {
        let begin = Instant::now();
        let all: Vec<_> = rule.occurrences(start).take(100).collect();
        prop_assert!(begin.elapsed() < Duration::from_secs(5), "{} took {:?}", rule, begin.elapsed());
        prop_assert!(all.is_sorted_by(|one, next| one < next));
        prop_assert!(all.first().is_none_or(|first| *first >= start));
        prop_assert!(rule.count.is_none_or(|count| all.len() <= count as usize));
        let later: Vec<_> = all.iter().filter(|at| **at >= from).copied().collect();
        let jumped: Vec<_> = rule.occurrences(start).from(from).take(later.len()).collect();
        prop_assert_eq!(jumped, later);
        // An occurrence is one by itself: the rule from there begins with it, unless INTERVAL or a position counts.
        if let Some(second) = all.get(1).filter(|_| rule.interval == 1 && rule.positions.is_empty()) {
            let says_all = rule.frequency > Frequency::Weekly || !rule.weekdays.is_empty();
            let again = rule.occurrences(*second).next();
            prop_assert!(!says_all || again == Some(*second), "{} from {}", rule, second);
        }
    }
}
