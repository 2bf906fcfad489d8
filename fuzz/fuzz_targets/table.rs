//! Any bytes: the layout is guessed, reading ends, every card is in normal form, and what is written is read again as
//! the same card.
//!
//! `cargo +nightly fuzz run table -- -max_total_time=60`, seeded by `fuzz/corpus/table`.
#![no_main]

use std::io::Cursor;

use kith::exchange::source_key::source_key;
use kith::exchange::table::{Given, Layout, Reader, writer};
use libfuzzer_sys::fuzz_target;

fn layout(bytes: &[u8]) -> Layout {
    match Layout::guess(Cursor::new(bytes), &Given::default()) {
        Ok(guess) => guess.layout,
        Err(_) => panic!("memory does not fail"),
    }
}

fuzz_target!(|bytes: &[u8]| {
    let mut behind = 0;
    for record in Reader::new(bytes, layout(bytes), 0, 1) {
        let Ok(record) = record else { panic!("memory does not fail") };
        assert!(record.offset >= behind && record.offset < bytes.len() as u64);
        behind = record.offset + 1;
        let Ok(card) = record.outcome else { continue };
        assert_eq!(card.clone().tidy(), card);
        assert!(source_key(&card).len() <= 255);
        let text = format!("{}{}", writer::head(&[]), writer::write(&card, &[]));
        let mut again = Reader::new(text.as_bytes(), layout(text.as_bytes()), 0, 1);
        match again.next() {
            Some(Ok(first)) => assert_eq!(first.outcome.as_ref(), Ok(&card), "{text}"),
            _ => panic!("nothing is read from {text}"),
        }
        assert!(again.next().is_none(), "more than one record is read from {text}");
    }
});
