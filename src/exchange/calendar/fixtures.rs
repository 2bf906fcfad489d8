//! Files in the ways in which programs write them, each with what is to come of it.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::component::{MAX_ATTENDEES, MAX_PROPERTY_BYTES};
use super::*;

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("../../../tests/fixtures/calendar/", $name)).as_slice()
    };
}

/// Each record's line and event or reason.
fn read(file: &[u8]) -> Vec<(u64, Result<Event, String>)> {
    // A buffer of few bytes, so that everything straddles its end.
    let reader = Reader::new(std::io::BufReader::with_capacity(7, file));
    reader.map(Result::unwrap).map(|record| (record.line, record.outcome)).collect()
}

fn events(file: &[u8]) -> Vec<Event> {
    read(file).into_iter().map(|(_, outcome)| outcome.unwrap()).collect()
}

fn utc(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Beginnings of the occurrences of some events in 2026, for Ada in Berlin.
fn taking_place(events: &[Event], limit: usize) -> Vec<(String, &str)> {
    let addresses = ["ada@example.com".to_owned()];
    let (from, up_to) = (utc("2026-01-01T00:00:00Z"), utc("2027-01-01T00:00:00Z"));
    let window = Window { zone: Tz::Europe__Berlin, from, up_to, limit, addresses: &addresses };
    let all = occurrences(events, &window).into_iter();
    all.map(|it| (it.start.format("%m-%d %H:%M").to_string(), it.event.summary.as_str())).collect()
}

#[test]
fn google_s_calendar_is_read_with_who_takes_part() {
    let events = events(fixture!("google.ics"));
    assert_eq!(events.len(), 5);
    let event = &events[0];
    assert_eq!(
        (event.calendar.source.as_str(), event.calendar.name.as_deref()),
        ("google_calendar", Some("Ada's days"))
    );
    assert_eq!(event.calendar.method.as_deref(), Some("PUBLISH"));
    assert_eq!((event.uid.as_deref(), event.sequence), (Some("tuesdays@google.example"), 1));
    assert_eq!(event.description, "What we did, what we will do;\nand who.");
    assert_eq!(event.location, "Kantstraße 1, Berlin");
    assert_eq!(event.start.utc(Tz::UTC), utc("2026-03-03T08:00:00Z"));
    assert_eq!(event.length(Tz::UTC), chrono::Duration::hours(1));
    assert_eq!(event.modified, Some(utc("2026-03-02T10:11:12Z")));
    assert_eq!(event.organizer.as_ref().and_then(|who| who.name.as_deref()), Some("Ada Lovelace"));
    let who: Vec<_> = event.attendees.iter().map(|who| (who.name.as_deref(), who.participation, who.user)).collect();
    assert_eq!(
        who,
        [
            (Some("Ada Lovelace"), Participation::Accepted, CalendarUser::Individual),
            (None, Participation::NeedsAction, CalendarUser::Individual),
            (Some("Room 3, second floor"), Participation::Accepted, CalendarUser::Resource),
        ]
    );
    let birthday = &events[4];
    assert_eq!((birthday.class, birthday.is_transparent, birthday.start.is_day()), (Class::Private, true, true));
    assert_eq!(birthday.length(Tz::UTC), chrono::Duration::days(1));
    assert!(events.iter().all(|event| event.notes.is_empty()));
}

#[test]
fn what_takes_place_is_the_series_without_what_was_taken_out_moved_cancelled_or_declined() {
    let events = events(fixture!("google.ics"));
    let expected = [
        ("03-03 08:00", "Tuesdays"),
        ("03-10 08:00", "Tuesdays"),
        ("03-25 13:00", "Tuesday on a Wednesday"),
        // Summer begins in between: it stays at nine by the clock. UNTIL is in UTC.
        ("03-31 07:00", "Tuesdays"),
        ("04-21 07:00", "Tuesdays"),
    ];
    assert_eq!(taking_place(&events[..4], 9), expected.map(|(at, what)| (at.to_owned(), what)));
    assert_eq!(taking_place(&events[..4], 2).len(), 2);
    assert!(taking_place(&events[4..], 9).is_empty(), "2026 has no 29 February");
}

#[test]
fn all_later_occurrences_move_with_one() {
    let events = events(fixture!("moved.ics"));
    let expected = [
        ("03-02 14:00", "Mondays"),
        ("03-04 17:00", "Mondays"),
        ("03-09 13:00", "Mondays"),
        ("03-17 14:30", "Tuesdays from now on"),
        ("03-24 14:30", "Tuesdays from now on"),
        ("04-01 13:00", "Once on a Wednesday"),
        ("04-07 14:30", "Tuesdays from now on"),
    ];
    assert_eq!(taking_place(&events, 9), expected.map(|(at, what)| (at.to_owned(), what)));
}

#[test]
fn a_cancelled_series_does_not_take_place_nor_what_is_behind_a_cancelled_future() {
    let mut events = events(fixture!("moved.ics"));
    events[1].status = Status::Cancelled;
    assert_eq!(taking_place(&events[..2], 9).len(), 3);
    events[0].status = Status::Cancelled;
    assert!(taking_place(&events, 9).is_empty());
}

#[test]
fn a_method_says_what_an_event_is_sent_for() {
    let sent = |method: &str, lines: &str| {
        let file =
            format!("BEGIN:VCALENDAR\nMETHOD:{method}\nBEGIN:VEVENT\nUID:a\n{lines}\nEND:VEVENT\nEND:VCALENDAR\n");
        events(file.as_bytes()).remove(0)
    };
    let series = sent("REQUEST", "DTSTART:20260302T090000Z\nRRULE:FREQ=DAILY;COUNT=3");
    assert!(series.is_said());
    // Of one time it need not be said beside its METHOD that it is cancelled, nor when it begins.
    let off = sent("cancel", "SEQUENCE:1\nRECURRENCE-ID:20260303T090000Z");
    let more = sent("ADD", "SEQUENCE:2\nDTSTART:20260306T110000Z\nSUMMARY:More");
    let expected = [("03-02 09:00", ""), ("03-04 09:00", ""), ("03-06 11:00", "More")];
    let all = [series.clone(), off, more];
    assert_eq!(taking_place(&all, 9), expected.map(|(at, what)| (at.to_owned(), what)));
    assert!(taking_place(&[series, sent("CANCEL", "SEQUENCE:3\nDTSTART:20260302T090000Z")], 9).is_empty());
    for method in ["REPLY", "COUNTER", "DECLINECOUNTER", "Refresh"] {
        assert!(!sent(method, "DTSTAMP:20260302T090000Z").is_said(), "{method}");
    }
    let lacking =
        b"BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nDTSTAMP:20260302T090000Z\nEND:VEVENT\nEND:VCALENDAR\n";
    assert_eq!(read(lacking)[0].1.as_ref().unwrap_err(), "The event has no DTSTART.");
}

#[test]
fn outlook_s_zones_are_found_even_behind_their_events() {
    let events = events(fixture!("outlook.ics"));
    let by_uid = |uid: &str| events.iter().find(|event| event.uid.as_deref() == Some(uid)).unwrap();
    let board = by_uid("040000008200E00074C5B7101A82E008");
    assert_eq!(board.start.utc(Tz::UTC), utc("2026-03-29T09:30:00Z"));
    assert_eq!(board.length(Tz::UTC), chrono::Duration::minutes(90));
    assert_eq!((board.summary.as_str(), board.attendees[0].user), ("Board", CalendarUser::Group));
    let at: Vec<_> = taking_place(std::slice::from_ref(board), 9).into_iter().map(|(at, _)| at).collect();
    assert_eq!(at, ["03-29 09:30", "05-31 09:30", "07-26 09:30"]);
    assert_eq!(by_uid("windows").start.utc(Tz::UTC), utc("2026-07-01T07:00:00Z"));
    let nowhere = by_uid("nowhere");
    assert_eq!(nowhere.start.clock, Clock::Floating);
    assert_eq!(
        nowhere.notes,
        ["The time zone “Customized Time Zone 7” is not known; its times are read as they stand."]
    );
}

#[test]
fn a_zone_s_own_description_goes_before_what_its_name_shows() {
    let event = "BEGIN:VEVENT\nDTSTART;TZID=\"UTC+02:00\":20260701T090000\nEND:VEVENT\n";
    let zone = "BEGIN:VTIMEZONE\nTZID:UTC+02:00\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0300\nTZOFFSETTO:+0300\n\
        END:STANDARD\nEND:VTIMEZONE\n";
    for (file, expected) in
        [(event.to_owned(), "2026-07-01T07:00:00Z"), ([event, zone].concat(), "2026-07-01T06:00:00Z")]
    {
        let event = &events(format!("BEGIN:VCALENDAR\n{file}END:VCALENDAR\n").as_bytes())[0];
        assert_eq!((event.start.utc(Tz::Asia__Tokyo), event.notes.len()), (utc(expected), 0), "{file}");
    }
}

#[test]
fn vcalendar_1_0_is_read_in_its_charset() {
    let event = &events(fixture!("vcalendar10.ics"))[0];
    assert_eq!(event.summary, "Frühstück mit Jürgen");
    assert_eq!(event.description, "Erste Zeile\nZweite: mit Rest: und mehr");
    assert_eq!(event.location, "Café Größenwahn");
    assert_eq!(event.attendees[0].name.as_deref(), Some("Jürgen Müller"));
    assert_eq!(event.attendees[0].participation, Participation::Accepted);
    assert_eq!(event.calendar.source, "pocket_organizer");
    assert!(event.notes.is_empty(), "{:?}", event.notes);
    assert_eq!(event.recurrence.rules[0].to_string(), "FREQ=WEEKLY;COUNT=3;BYDAY=TH");
}

#[test]
fn outlook_s_whole_days_are_days() {
    let event = |start: &str, end: &str| {
        let zone = ";TZID=Europe/Berlin:";
        let lines = format!("DTSTART{zone}{start}\nDTEND{zone}{end}\nX-MICROSOFT-CDO-ALLDAYEVENT:TRUE");
        let file = format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\n{lines}\nEND:VEVENT\nEND:VCALENDAR\n");
        events(file.as_bytes()).remove(0)
    };
    let days = event("20260301T000000", "20260303T000000");
    assert!(days.start.is_day());
    assert_eq!(
        (days.start.wall.to_string().as_str(), days.length(Tz::UTC)),
        ("2026-03-01 00:00:00", chrono::Duration::days(2))
    );
    assert!(!event("20260301T000000", "20260301T090000").start.is_day());
}

#[test]
fn a_description_that_is_there_in_html_alone_is_read() {
    let event = |lines: &str| {
        let file =
            format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260301T090000Z\n{lines}\nEND:VEVENT\nEND:VCALENDAR\n");
        events(file.as_bytes()).remove(0).description
    };
    let html = "X-ALT-DESC;FMTTYPE=text/html:<html><body><p>Soup\\, rice</p></body></html>";
    assert_eq!(event(html), "<html><body><p>Soup, rice</p></body></html>");
    assert_eq!(event(&format!("{html}\nDESCRIPTION:Rice")), "Rice");
}

#[test]
fn every_event_of_a_broken_file_is_read_or_reported_with_its_line() {
    let read = read(fixture!("broken.ics"));
    let lines: Vec<u64> = read.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [3, 7, 16, 25, 31, 36]);
    let reason = |index: usize| read[index].1.as_ref().unwrap_err().as_str();
    assert_eq!(reason(0), "The event has no DTSTART.");
    assert_eq!(reason(2), "The event's DTSTART is no date.");
    assert_eq!(reason(5), "The event is cut off: the file ends in the middle of it.");
    let open = read[1].1.as_ref().unwrap();
    assert_eq!(open.summary, "A note that a program\nforgot to fold");
    assert_eq!(
        open.notes,
        [
            "Its END:VEVENT is missing.",
            "It ends before it begins; its end is left out.",
            "How it repeats can't be read. FREQ is none of SECONDLY, MINUTELY, HOURLY, DAILY, WEEKLY, MONTHLY and YEARLY.",
        ]
    );
    assert_eq!(read[3].1.as_ref().unwrap().summary, "Small");
    let outside = read[4].1.as_ref().unwrap();
    assert_eq!(outside.notes, ["Its EXDATE has something that is no date."]);
    assert!(taking_place(std::slice::from_ref(outside), 9).is_empty());
}

/// An event with some lines more.
fn event_with(lines: &str) -> Vec<u8> {
    format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART:20260301T090000Z\n{lines}\nEND:VEVENT\nEND:VCALENDAR\n")
        .into()
}

#[test]
fn what_is_no_calendar_is_one_problem_and_an_empty_one_none() {
    assert_eq!(read(b"name,email\nAda,ada@example.com\n").len(), 1);
    assert!(read(b"").is_empty());
    assert!(read(b"BEGIN:VCALENDAR\nEND:VCALENDAR\n").is_empty());
}

#[test]
fn a_file_that_is_indented_as_a_whole_is_read() {
    let text = String::from_utf8(event_with("SUMMARY:a\n b")).unwrap();
    let indented: String = text.lines().map(|line| format!("    {line}\n")).collect();
    assert_eq!(events(indented.as_bytes())[0].summary, "ab");
}

#[test]
fn a_line_may_be_folded_right_behind_its_name_and_a_word_alone_is_the_rest_of_a_text() {
    let event = &events(&event_with(
        "SUMMARY\n :Lunch\nDESCRIPTION:with\nGrace\nX-OTHER\n ;A=b:c\nLOCATION\n ;LANGUAGE=en\n :Rome",
    ))[0];
    assert_eq!((event.summary.as_str(), event.location.as_str()), ("Lunch", "Rome"));
    assert_eq!(event.description, "with\nGrace");
    // Or in the middle of it.
    let event =
        &events(&event_with("SUMM\n ARY;LANGUAGE=en:Lu\n nch\nX-MICRO\n SOFT:x\nLOCATION:with\nGrace\n  at: noon"))[0];
    assert_eq!((event.summary.as_str(), event.location.as_str()), ("Lunch", "with\nGrace at: noon"));
}

#[test]
fn an_end_without_a_zone_is_by_the_clock_of_the_start() {
    let lines = "DTEND:20260701T100000\nDTSTART;TZID=America/New_York:20260701T090000";
    let event = format!("BEGIN:VEVENT\n{lines}\nEND:VEVENT\n");
    assert_eq!(events(event.as_bytes())[0].length(Tz::UTC), chrono::Duration::hours(1));
}

#[test]
fn an_instance_without_its_series_is_itself_and_one_with_a_rule_is_the_series() {
    let moved = events(&event_with("RECURRENCE-ID:20260228T090000Z"));
    assert_eq!(taking_place(&moved, 9).len(), 1);
    let series = events(&event_with("RECURRENCE-ID:20260301T090000Z\nRRULE:FREQ=DAILY;COUNT=3"));
    assert_eq!(taking_place(&series, 9).len(), 3);
}

#[test]
fn what_is_far_too_much_is_cut_and_counted() {
    let line = "ATTENDEE:mailto:a@example.com\n".repeat(MAX_ATTENDEES * 3);
    let event = &events(&event_with(&line))[0];
    assert_eq!((event.attendees.len(), event.attendee_count), (MAX_ATTENDEES, MAX_ATTENDEES * 3));

    for long in ["x".repeat(5 << 20), "x\n ".repeat(1 << 20), "=41=\n".repeat(1 << 20)] {
        let encoding = if long.contains('=') { ";ENCODING=QUOTED-PRINTABLE" } else { "" };
        let event = &events(&event_with(&format!("DESCRIPTION{encoding}:{long}\nSUMMARY:b\nATTACH:{long}")))[0];
        assert!((10_000..=MAX_PROPERTY_BYTES).contains(&event.description.len()), "{}", event.description.len());
        assert_eq!(event.summary, "b");
        assert_eq!(event.notes.len(), 1);
    }
}

#[test]
fn ten_thousand_components_inside_of_each_other_hold_nothing_up() {
    let deep = "BEGIN:X-A\n".repeat(10_000);
    let event =
        &events(&event_with(&format!("{deep}SUMMARY:of another{}\nSUMMARY:its own", "\nEND:X-A".repeat(10_000))))[0];
    assert_eq!(event.summary, "its own");
    assert_eq!(read(format!("{deep}{}", "BEGIN:VEVENT\n".repeat(1_000)).as_bytes()).len(), 1_000);
}

#[test]
fn an_event_without_end_of_dates_is_bounded() {
    let dates = "20260301T090000Z,".repeat(100_000);
    let event = &events(&event_with(&format!(
        "RDATE:{dates}\nRRULE:FREQ=SECONDLY\nRRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30"
    )))[0];
    assert_eq!(taking_place(std::slice::from_ref(event), 50).len(), 50);
    let (from, up_to) = (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
    for zone in [Tz::Pacific__Kiritimati, Tz::Pacific__Pago_Pago] {
        let window = Window { zone, from, up_to, limit: 50, addresses: &[] };
        assert_eq!(occurrences(std::slice::from_ref(event), &window).len(), 50);
    }
}
