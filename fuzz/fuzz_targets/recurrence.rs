//! Any text as a rule: it is written as it is read, and its occurrences come in order and end.
//!
//! `cargo +nightly fuzz run recurrence -- -max_total_time=60`, best with `-dict` of the words of RFC 5545.
#![no_main]

use chrono::NaiveDate;
use kith::dates::DateStyle;
use kith::recurrence::{Rule, sentence};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(rule) = text.parse::<Rule>() else { return };
    assert_eq!(rule.to_string().parse().as_ref(), Ok(&rule));
    assert!(!sentence(&rule, DateStyle::default()).is_empty());
    let day = |year| NaiveDate::from_ymd_opt(year, 12, 30).and_then(|day| day.and_hms_opt(9, 30, 15));
    let (Some(start), Some(from)) = (day(2024), day(2026)) else { panic!("these are days") };
    let all: Vec<_> = rule.occurrences(start).take(100).collect();
    assert!(all.is_sorted_by(|one, next| one < next), "{rule}");
    assert!(all.first().is_none_or(|first| *first >= start), "{rule}");
    let later: Vec<_> = all.iter().filter(|at| **at >= from).copied().collect();
    let mut jumped = rule.occurrences(start).from(from);
    for at in later {
        assert_eq!(jumped.next(), Some(at), "{rule}");
    }
});
