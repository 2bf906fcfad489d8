//! Any bytes: reading ends, messages stand behind each other and are read again from where each began, and every mail is
//! in bounds.
//!
//! `cargo +nightly fuzz run mail -- -max_total_time=60`, seeded by `fuzz/corpus/mail` and best also by
//! `tests/fixtures/mail`, a second folder on the command line.
#![no_main]

use kith::exchange::mail::{Layout, MAX_ADDRESSES, MAX_CHARACTERS, Origin, Reader, cut_off, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for layout in [Layout::Mbox, Layout::Single] {
        let mut behind = 0;
        for raw in Reader::new(bytes, layout, 0, 1) {
            let Ok(raw) = raw else { panic!("memory does not fail") };
            assert!(raw.length > 0 && raw.offset >= behind);
            behind = raw.offset + raw.length;
            let again = Reader::new(&bytes[raw.offset as usize..], layout, raw.offset, raw.line).next();
            assert!(again.is_some_and(|again| again.is_ok_and(|again| again == raw)));
            assert!(cut_off(&raw).is_none_or(|reason| reason.ends_with('.')));
            let Ok(mail) = read(&raw, &Origin::default()) else { continue };
            assert_ne!(read(&raw, &Origin::default()), Err("This message can't be read.".to_owned()));
            assert!(mail.text.chars().count() <= MAX_CHARACTERS && mail.addresses.len() <= MAX_ADDRESSES);
            assert!(mail.message_id.is_none_or(|id| id.len() <= 255));
        }
        assert!(behind <= bytes.len() as u64);
    }
});
