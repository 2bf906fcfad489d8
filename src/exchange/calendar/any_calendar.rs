//! Any lines at all in any order: every event is read or reported on its line, and nothing fails.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::{Event, Reader, Window, occurrences};

const LINES: [&str; 40] = [
    "BEGIN:VCALENDAR",
    "END:VCALENDAR",
    "BEGIN:VEVENT",
    "begin:vevent ",
    "END:VEVENT",
    "BEGIN:VALARM",
    "END:VALARM",
    "BEGIN:VTODO",
    "END:VTODO",
    "BEGIN:VTIMEZONE",
    "TZID:A\\, B",
    "BEGIN:STANDARD",
    "TZOFFSETFROM:+0100",
    "TZOFFSETTO:-0200",
    "END:STANDARD",
    "END:VTIMEZONE",
    "UID:1",
    "DTSTART:20260301T090000Z",
    "DTSTART;VALUE=DATE:20260301",
    "DTSTART;TZID=\"A, B\":20260301T023000",
    "DTSTART;TZID=Europe/Berlin:20260329T023000",
    "DTEND:20260301T100000",
    "DURATION:P1D",
    "RRULE:FREQ=DAILY;COUNT=3",
    "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3",
    "EXRULE:FREQ=WEEKLY",
    "RDATE;VALUE=PERIOD:20260401T090000Z/PT1H,20260402T090000Z/PT1H",
    "EXDATE;VALUE=DATE:20260302",
    "RECURRENCE-ID:20260302T090000Z",
    "RECURRENCE-ID;RANGE=THISANDFUTURE:20260302T090000Z",
    "STATUS:CANCELLED",
    "SEQUENCE:-9999999999999999999",
    "ATTENDEE;CN=a;PARTSTAT=DECLINED:mailto:a@example.com",
    "DESCRIPTION;ENCODING=QUOTED-PRINTABLE:=C3=BC=",
    " folded",
    "not folded",
    "SUMMARY",
    " :behind",
    "",
    "X:\"",
];

fn line() -> impl Strategy<Value = String> {
    prop_oneof![20 => select(LINES.to_vec()).prop_map(str::to_owned), 1 => "\\PC{0,20}", 1 => any::<String>()]
}

/// The lines on which an event begins.
fn begins(text: &str) -> Vec<u64> {
    let text = text.replace("\r\r\n", "\n").replace("\r\n", "\n").replace(['\r'], "\n");
    let is_begin = |line: &str| !line.starts_with([' ', '\t']) && line.trim().eq_ignore_ascii_case("BEGIN:VEVENT");
    (1..).zip(text.split('\n')).filter(|(_, line)| is_begin(line)).map(|(number, _)| number).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn every_event_of_any_lines_is_read_or_reported_on_its_line(lines in vec(line(), 0..60), newline in select(vec!["\n", "\r\n"])) {
        // Begins in a way that is not taken for an indented file or UTF-16.
        let text = format!("BEGIN:VCALENDAR{newline}{}", lines.join(newline));
        let records: Vec<_> = Reader::new(text.as_bytes()).map(Result::unwrap).collect();
        let mut numbers: Vec<u64> = records.iter().map(|record| record.line).collect();
        numbers.sort_unstable();
        prop_assert_eq!(numbers, begins(&text.replace('\0', "")));
        let events: Vec<Event> = records.into_iter().filter_map(|record| record.outcome.ok()).collect();
        let (from, up_to): (DateTime<Utc>, DateTime<Utc>) = (DateTime::UNIX_EPOCH, DateTime::<Utc>::MAX_UTC);
        let addresses = ["a@example.com".to_owned()];
        let all = occurrences(&events, &Window { zone: Tz::Europe__Berlin, from, up_to, limit: 20, addresses: &addresses });
        prop_assert!(all.is_sorted_by_key(|occurrence| occurrence.start));
        prop_assert!(all.iter().all(|occurrence| occurrence.start >= from && occurrence.end >= occurrence.start));
    }
}
