//! Of files that are whole none is said to be half, and of mailboxes and calendars that are cut anywhere most are.

use std::fs;

use kith::exchange::{calendar, mail};

/// Whether the last message of a file is said to be cut off; none where the file is no mail.
fn is_told(bytes: &[u8]) -> Option<bool> {
    let layout = mail::Layout::recognise(&bytes[..bytes.len().min(8 << 10)])?;
    let last = mail::Reader::new(bytes, layout, 0, 1).map(Result::unwrap).last()?;
    Some(mail::cut_off(&last).is_some())
}

#[test]
fn no_mail_that_ends_its_last_line_is_said_to_be_half() {
    let files = ["email", "mail_archive"].iter().filter_map(|corpus| super::files(corpus)).flatten();
    let (mut all, mut told) = (0, Vec::new());
    for path in files {
        let bytes = fs::read(&path).unwrap();
        let Some(is_told) = is_told(&bytes) else { continue };
        all += 1;
        if is_told {
            assert!(!bytes.ends_with(b"\n"), "{}", path.display());
            told.push(path.file_name().unwrap().to_owned());
        }
    }
    println!("{all} files of mail, of which {} are said to be half: {told:?}", told.len());
}

#[test]
fn each_message_of_a_mailbox_would_be_taken_for_whole_at_its_end() {
    for name in ["ham.mbox", "spam.mbox"] {
        let Some(path) = super::file("mail_archive", name) else { return };
        let bytes = fs::read(path).unwrap();
        let all: Vec<mail::RawMessage> =
            mail::Reader::new(bytes.as_slice(), mail::Layout::Mbox, 0, 1).map(Result::unwrap).collect();
        let told = all.iter().filter(|raw| mail::cut_off(raw).is_some()).count();
        // In the middle of a line of its last part.
        let is_multipart = |raw: &&mail::RawMessage| {
            let text = String::from_utf8_lossy(&raw.bytes).to_lowercase();
            let header = text.split("\n\n").next().unwrap_or_default().to_owned();
            header.contains("content-type: multipart/") && text.trim_end().ends_with("--")
        };
        let multiparts: Vec<&mail::RawMessage> = all.iter().filter(is_multipart).collect();
        let half = |raw: &&mail::RawMessage| {
            let mut bytes = raw.bytes.clone();
            bytes.truncate(bytes.len() * 4 / 5);
            while bytes.ends_with(b"\n") || bytes.ends_with(b"\r") {
                bytes.pop();
            }
            mail::cut_off(&mail::RawMessage { bytes, ..mail::RawMessage::default() }).is_some()
        };
        let found = multiparts.iter().filter(|raw| half(raw)).count();
        println!(
            "{name}: {told} of {} are said to be half; cut, {found} of {} of many parts",
            all.len(),
            multiparts.len()
        );
        assert_eq!(told, 0);
        assert!(found * 100 >= multiparts.len() * 95);
    }
}

#[test]
fn a_calendar_is_said_to_be_half_where_it_has_no_end() {
    let files = ["icalendar", "icalendar_recurrence_pairs"].iter().filter_map(|corpus| super::files(corpus)).flatten();
    let (mut all, mut told) = (0, Vec::new());
    for path in files.filter(|path| path.extension().is_some_and(|extension| extension == "ics")) {
        let bytes = fs::read(&path).unwrap();
        let mut reader = calendar::Reader::new(bytes.as_slice());
        while reader.next().is_some() {}
        all += 1;
        if reader.is_cut_off() {
            let text: String = bytes.iter().filter(|byte| **byte != 0).map(|byte| char::from(*byte)).collect();
            let text = text.to_uppercase();
            let (begin, end) = (text.rfind("BEGIN:VCALENDAR"), text.rfind("END:VCALENDAR"));
            assert!(end < begin || !text.ends_with(['\n', '\r']), "{}", path.display());
            told.push(path.file_name().unwrap().to_owned());
        }
    }
    println!("{all} calendars, of which {} are said to be half: {told:?}", told.len());
}
