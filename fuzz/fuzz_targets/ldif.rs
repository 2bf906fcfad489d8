//! Any bytes: reading ends, and every card is in normal form.
//!
//! `cargo +nightly fuzz run ldif -- -max_total_time=60`, seeded by `fuzz/corpus/ldif`.
#![no_main]

use kith::exchange::ldif::Reader;
use kith::exchange::source_key::source_key;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut behind = 0;
    for record in Reader::new(bytes, 0, 1) {
        let Ok(record) = record else { panic!("memory does not fail") };
        assert!(record.offset >= behind && record.offset < bytes.len() as u64);
        behind = record.offset + 1;
        if let Ok(card) = record.outcome {
            assert_eq!(card.clone().tidy(), card);
            assert!(source_key(&card).len() <= 255);
        }
    }
});
