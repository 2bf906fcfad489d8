//! Any bytes as a calendar: reading ends, every record has its place, and what takes place comes in order.
//!
//! `cargo +nightly fuzz run calendar -- -max_total_time=60`, seeded by `fuzz/corpus/calendar` and best also by
//! `tests/fixtures/calendar`, a second folder on the command line.
#![no_main]

use chrono::DateTime;
use chrono_tz::Tz;
use kith::exchange::calendar::{Event, Reader, Window, occurrences};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut events: Vec<Event> = Vec::new();
    for record in Reader::new(bytes) {
        let Ok(record) = record else { panic!("memory does not fail") };
        assert!(record.offset < bytes.len() as u64);
        match record.outcome {
            Ok(event) => {
                assert!(event.attendees.len() <= event.attendee_count);
                assert!(event.calendar.source.chars().count() <= 50);
                events.push(event);
            }
            Err(reason) => assert!(reason.ends_with('.')),
        }
    }
    let (from, up_to) = (DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH + chrono::Duration::days(36_500));
    let window = Window { zone: Tz::Europe__Berlin, from, up_to, limit: 50, addresses: &[] };
    let all = occurrences(&events, &window);
    assert!(all.len() <= 50 && all.is_sorted_by_key(|occurrence| occurrence.start));
    assert!(all.iter().all(|occurrence| (from..up_to).contains(&occurrence.start)));
});
