//! A calendar that is read again: what it says anew is followed where she wrote nothing herself, and taken back exactly.

use super::mail::everything;
use super::tables::zipped;
use super::{count, one, words};
use crate::harness::{App, User};

fn calendar(events: &[&str]) -> String {
    let event = |lines: &&str| format!("BEGIN:VEVENT\n{}\nEND:VEVENT\n", lines.replace('|', "\n"));
    format!(
        "BEGIN:VCALENDAR\nPRODID:-//ACME//Planner//EN\n{}END:VCALENDAR\n",
        events.iter().map(event).collect::<String>()
    )
}

async fn person(ada: &mut User, name: &str) -> String {
    let address = format!("{}@x.example", name.to_lowercase());
    let fields =
        [("first_name", name), ("method_kind[]", "email"), ("method_label[]", ""), ("method_value[]", &address)];
    ada.post("/contacts", &fields).await.expect(303).location()
}

/// Edits the text of what the calendar brought under this subject.
async fn writes(app: &App, ada: &mut User, subject: &str, summary: &str) {
    let id = one(app, &format!("select id::text from interactions where subject = '{subject}'")).await;
    let form = ada.get(&format!("/interactions/{id}/edit")).await.expect(200);
    let value = |name: &str| form.one(&format!("[name={name}]")).attr("value");
    let (version, when, contact) = (value("version"), value("occurred_at"), form.all("[name=contact_id]"));
    let contact = contact.first().map(|field| field.attr("value")).unwrap_or_default();
    let fields = [
        ("contact_id", &*contact),
        ("interaction_type", "meeting"),
        ("direction", "mutual"),
        ("occurred_at", &when),
        ("subject", subject),
        ("summary", summary),
        ("sentiment_score", ""),
        ("version", &version),
    ];
    ada.post(&format!("/interactions/{id}"), &fields).await.expect(303);
}

async fn subjects(app: &App) -> String {
    let sql = "select coalesce(string_agg(concat_ws('|', subject, occurred_at, summary, deleted_at is not null), ' ' order by subject, occurred_at), '') from interactions";
    one(app, sql).await.replace(":00:00+00", "h")
}

#[actix_web::test]
async fn what_a_calendar_says_anew_is_followed_but_for_what_she_wrote_and_undo_takes_back_that_alone() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let [bob, carol] = [person(&mut ada, "Bob").await, person(&mut ada, "Carol").await];
    let first = calendar(&[
        "UID:a|SEQUENCE:1|DTSTART:20260301T090000Z|SUMMARY:Plans|DESCRIPTION:Where to|ATTENDEE:mailto:bob@x.example|ATTENDEE:mailto:eve@x.example",
        "UID:b|SEQUENCE:1|DTSTART:20260302T090000Z|SUMMARY:Lunch|DESCRIPTION:Soup",
        "UID:c|SEQUENCE:3|DTSTART:20260303T090000Z|SUMMARY:Walk",
    ]);
    ada.takes_in_calendar(&app, "first.ics", first.as_bytes()).await;
    writes(&app, &mut ada, "Lunch", "It was rice").await;
    app.run_jobs().await;
    let before = everything(&app).await;
    let again = calendar(&[
        "UID:a|SEQUENCE:2|DTSTART:20260301T110000Z|SUMMARY:Plans|DESCRIPTION:Where to go|ATTENDEE:mailto:carol@x.example|ATTENDEE:mailto:eve@x.example",
        "UID:b|SEQUENCE:2|DTSTART:20260302T090000Z|SUMMARY:Late lunch|DESCRIPTION:Salad",
        "UID:c|SEQUENCE:2|DTSTART:20260303T090000Z|SUMMARY:Run",
    ]);
    let page = ada.takes_in_calendar(&app, "again.ics", again.as_bytes()).await;
    assert_eq!(ada.words(&page).await, words(&[("changed", 2), ("unchanged", 1)]));
    let expected = "Late lunch|2026-03-02 09h|It was rice|f Plans|2026-03-01 11h|Where to go|f Walk|2026-03-03 09h|f";
    assert_eq!(subjects(&app).await, expected, "an older revision changes nothing");
    let said = ada.get(&format!("{page}?status=changed")).await.expect(200);
    let reasons: Vec<String> =
        said.all("li[data-kind=import_item] > p.quiet").iter().map(|one| one.text().to_owned()).collect();
    assert_eq!(reasons, ["Changed: text, time, people.", "Changed: subject. As you wrote it: text."]);
    assert_eq!(ada.get(&bob).await.expect(200).count("[data-kind=interaction]"), 0);
    assert_eq!(ada.get(&carol).await.expect(200).count("[data-kind=interaction]"), 1);
    assert_eq!(one(&app, "select string_agg(last_contact_date::text, ' ') from contacts").await, "2026-03-01");
    let third = ada.takes_in_calendar(&app, "again.ics", again.as_bytes()).await;
    assert_eq!(ada.words(&third).await, words(&[("unchanged", 3)]), "what she wrote is told once");
    ada.undoes(&page).await;
    app.run_jobs().await;
    assert_eq!(everything(&app).await, before);
}

#[actix_web::test]
async fn what_is_no_more_goes_into_the_trash_unless_she_wrote_something_of_it_or_took_it_out_again() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let series = "UID:w|DTSTART:20260302T090000Z|RRULE:FREQ=WEEKLY;COUNT=4|SUMMARY:Weekly";
    let first = calendar(&[
        series,
        "UID:off|DTSTART:20260301T090000Z|SUMMARY:Off",
        "UID:later|DTSTART:20260301T090000Z|SUMMARY:Later",
        "UID:no|DTSTART:20260301T090000Z|SUMMARY:No|ATTENDEE;PARTSTAT=ACCEPTED:mailto:ada@example.com",
        "UID:kept|DTSTART:20260301T090000Z|SUMMARY:Kept",
    ]);
    ada.takes_in_calendar(&app, "first.ics", first.as_bytes()).await;
    writes(&app, &mut ada, "Kept", "It took place nevertheless").await;
    app.run_jobs().await;
    let before = everything(&app).await;
    let again = calendar(&[
        &format!("{series}|EXDATE:20260309T090000Z"),
        "UID:w|RECURRENCE-ID:20260316T090000Z|DTSTART:20260316T090000Z|SUMMARY:Weekly|STATUS:CANCELLED",
        "UID:off|DTSTART:20260301T090000Z|SUMMARY:Off|STATUS:CANCELLED",
        "UID:later|DTSTART:20990301T090000Z|SUMMARY:Later",
        "UID:no|DTSTART:20260301T090000Z|SUMMARY:No|ATTENDEE;PARTSTAT=DECLINED:mailto:ada@example.com",
        "UID:kept|DTSTART:20260301T090000Z|SUMMARY:Kept|STATUS:CANCELLED",
    ]);
    let page = ada.takes_in_calendar(&app, "again.ics", again.as_bytes()).await;
    assert_eq!(ada.words(&page).await, words(&[("changed", 4), ("ignored", 2)]));
    let gone = "select string_agg(concat_ws(' ', subject, occurred_at::date), ', ' order by subject, occurred_at) from interactions where deleted_at is not null";
    assert_eq!(
        one(&app, gone).await,
        "Later 2026-03-01, No 2026-03-01, Off 2026-03-01, Weekly 2026-03-09, Weekly 2026-03-16"
    );
    let id = one(&app, "select id::text from interactions where subject = 'Off'").await;
    ada.post(&format!("/interactions/{id}/restoration"), &[]).await.expect(303);
    let third = ada.takes_in_calendar(&app, "again.ics", again.as_bytes()).await;
    assert_eq!(ada.words(&third).await, words(&[("ignored", 5), ("unchanged", 1)]));
    assert_eq!(count(&app, "interactions where deleted_at is null and subject = 'Off'").await, 1);
    ada.post(&format!("/interactions/{id}/trash"), &[]).await.expect(303);
    ada.undoes(&page).await;
    app.run_jobs().await;
    assert_eq!(everything(&app).await.len(), before.len());
    assert_eq!(one(&app, gone).await, "Off 2026-03-01", "what she did since stays");
}

#[actix_web::test]
async fn instances_alone_end_themselves_and_no_other() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let first = calendar(&["UID:w|DTSTART:20260302T090000Z|RRULE:FREQ=WEEKLY;COUNT=4|SUMMARY:Weekly"]);
    ada.takes_in_calendar(&app, "first.ics", first.as_bytes()).await;
    let before = everything(&app).await;
    let off = calendar(&[
        "UID:w|RECURRENCE-ID:20260316T090000Z|DTSTART:20260316T090000Z|SUMMARY:Weekly|STATUS:CANCELLED",
        "UID:w|RECURRENCE-ID:20260309T090000Z|DTSTART:20260309T090000Z|SUMMARY:Weekly|STATUS:CANCELLED",
    ]);
    let page = ada.takes_in_calendar(&app, "off.ics", off.as_bytes()).await;
    assert_eq!(ada.words(&page).await, words(&[("changed", 2)]));
    let left = "select string_agg(occurred_at::date::text, ' ' order by occurred_at) from interactions where deleted_at is null";
    assert_eq!(one(&app, left).await, "2026-03-02 2026-03-23");
    ada.undoes(&page).await;
    app.run_jobs().await;
    assert_eq!(everything(&app).await, before);
}

/// Of a weekly series, moves the second time, the later the newer.
fn moved(sequence: u8, hour: u8, who: &str) -> String {
    format!(
        "UID:w|RECURRENCE-ID:20260309T090000Z|SEQUENCE:{sequence}|DTSTART:20260309T{hour}0000Z|SUMMARY:Moved {sequence}|\
         ATTENDEE:mailto:{who}@x.example"
    )
}

const SERIES: &str =
    "UID:w|DTSTART:20260302T090000Z|RRULE:FREQ=WEEKLY;COUNT=3|SUMMARY:Weekly|ATTENDEE:mailto:bob@x.example";

/// Imports the series, then each of these in its place, which undo takes back.
async fn move_and_undo(files: &[(&str, &[u8])]) {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    person(&mut ada, "Bob").await;
    ada.takes_in_calendar(&app, "first.ics", calendar(&[SERIES]).as_bytes()).await;
    app.run_jobs().await;
    let before = everything(&app).await;
    for (name, file) in files {
        let page = ada.takes_in_calendar(&app, name, file).await;
        assert_eq!(standing(&app).await, "Weekly|02 09, Moved 2|09 13, Weekly|16 09 0", "{name}");
        ada.undoes(&page).await;
        app.run_jobs().await;
        assert_eq!(everything(&app).await, before, "{name}");
    }
}

#[actix_web::test]
async fn a_time_that_one_file_moves_twice_is_where_its_newest_version_has_it_and_undo_puts_it_back() {
    let (once, twice) = (moved(1, 11, "eve"), moved(2, 13, "bob"));
    let [alone, turned, whole] = [&[&*once, &*twice][..], &[&*twice, &*once], &[SERIES, &*once, &*twice]].map(calendar);
    let files = [("alone.ics", alone.as_bytes()), ("turned.ics", turned.as_bytes()), ("whole.ics", whole.as_bytes())];
    move_and_undo(&files).await;
}

#[actix_web::test]
async fn a_time_that_two_files_of_one_import_move_is_put_back_with_whom_it_named() {
    let [first, second] = [moved(1, 11, "eve"), moved(2, 13, "carol")].map(|event| calendar(&[&event]));
    let archive = zipped(&[("1.ics", first.as_bytes()), ("2.ics", second.as_bytes())]);
    move_and_undo(&[("both.zip", &archive)]).await;
}

#[actix_web::test]
async fn two_calendars_with_copies_of_an_event_do_not_change_it_by_turns() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let copy = |name: &str, series: &str| {
        let event = format!("UID:a|DTSTART:20260301T090000Z|SUMMARY:{name}");
        calendar(&[&event, series]).replace("PRODID", &format!("X-WR-CALNAME:{name}\nPRODID"))
    };
    let series = "UID:w|DTSTART:20260302T090000Z|RRULE:FREQ=WEEKLY;COUNT=4|SUMMARY:Weekly";
    let (mine, theirs) = (copy("Mine", series), copy("Theirs", &format!("{series}|EXDATE:20260309T090000Z")));
    let both = zipped(&[("mine.ics", mine.as_bytes()), ("theirs.ics", theirs.as_bytes())]);
    ada.takes_in_calendar(&app, "both.zip", &both).await;
    let before = everything(&app).await;
    let page = ada.takes_in_calendar(&app, "both.zip", &both).await;
    assert_eq!(ada.words(&page).await, words(&[("unchanged", 4)]));
    assert_eq!(everything(&app).await, before);
}

/// Which of them stand, and how many are in the trash.
async fn standing(app: &App) -> String {
    let sql = "select concat_ws(' ', coalesce(string_agg(concat_ws('|', subject, to_char(occurred_at at time zone 'UTC', 'DD HH24'), summary), ', ' order by occurred_at) \
        filter (where deleted_at is null), '-'), count(*) filter (where deleted_at is not null)) from interactions";
    one(app, sql).await
}

#[actix_web::test]
async fn a_series_that_moves_there_and_back_is_the_same_one() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let daily = |sequence: u8, hour: u8| {
        calendar(&[&format!(
            "UID:back|SEQUENCE:{sequence}|DTSTART:20240101T{hour}0000Z|RRULE:FREQ=DAILY;COUNT=2|SUMMARY:v{sequence}"
        )])
    };
    ada.takes_in_calendar(&app, "b1.ics", daily(0, 10).as_bytes()).await;
    app.run_jobs().await;
    let before = everything(&app).await;
    let moved = ada.takes_in_calendar(&app, "b2.ics", daily(1, 12).as_bytes()).await;
    assert_eq!(ada.words(&moved).await, words(&[("changed", 1)]));
    assert_eq!(standing(&app).await, "v1|01 12, v1|02 12 0");
    let back = ada.takes_in_calendar(&app, "b3.ics", daily(2, 10).as_bytes()).await;
    assert_eq!(ada.words(&back).await, words(&[("changed", 1)]));
    assert_eq!(standing(&app).await, "v2|01 10, v2|02 10 0");
    ada.undoes(&back).await;
    ada.undoes(&moved).await;
    app.run_jobs().await;
    assert_eq!(everything(&app).await, before);
}

#[actix_web::test]
async fn what_she_wrote_of_a_time_moves_with_it() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let daily = |sequence: u8, hour: u8, count: u8| {
        calendar(&[&format!(
            "UID:edited|SEQUENCE:{sequence}|DTSTART:20240101T{hour}0000Z|RRULE:FREQ=DAILY;COUNT={count}|SUMMARY:Daily"
        )])
    };
    ada.takes_in_calendar(&app, "e1.ics", daily(0, 10, 1).as_bytes()).await;
    writes(&app, &mut ada, "Daily", "We spoke").await;
    let page = ada.takes_in_calendar(&app, "e2.ics", daily(1, 12, 1).as_bytes()).await;
    assert_eq!(ada.words(&page).await, words(&[("changed", 1)]));
    assert_eq!(standing(&app).await, "Daily|01 12|We spoke 0");
    ada.takes_in_calendar(&app, "e3.ics", daily(2, 12, 2).as_bytes()).await;
    assert_eq!(standing(&app).await, "Daily|01 12|We spoke, Daily|02 12 0");
    let weekly = |sequence: u8, day: u8| {
        calendar(&[&format!(
            "UID:moved|SEQUENCE:{sequence}|DTSTART:202401{day}T120000Z|RRULE:FREQ=WEEKLY;COUNT=2|SUMMARY:Weekly"
        )])
    };
    ada.takes_in_calendar(&app, "e4.ics", weekly(3, 15).as_bytes()).await;
    ada.takes_in_calendar(&app, "e5.ics", weekly(4, 16).as_bytes()).await;
    assert!(standing(&app).await.contains("Weekly|16 12"), "{}", standing(&app).await);
    assert_eq!(
        count(
            &app,
            "interactions where subject = 'Weekly' and extract(day from occurred_at at time zone 'UTC') in (15, 22)"
        )
        .await,
        0
    );
}

#[actix_web::test]
async fn what_a_calendar_put_into_the_trash_comes_back_with_it_and_what_she_put_there_does_not() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let version = |sequence: u8, more: &str| {
        calendar(&[&format!("UID:canc|SEQUENCE:{sequence}|DTSTART:20240105T100000Z|SUMMARY:Canc{more}")])
    };
    ada.takes_in_calendar(&app, "x1.ics", version(0, "").as_bytes()).await;
    ada.takes_in_calendar(&app, "x2.ics", version(1, "|STATUS:CANCELLED").as_bytes()).await;
    assert_eq!(standing(&app).await, "- 1");
    app.run_jobs().await;
    let before = everything(&app).await;
    let older = ada.takes_in_calendar(&app, "x1.ics", version(0, "").as_bytes()).await;
    assert_eq!(ada.words(&older).await, words(&[("unchanged", 1)]));
    assert_eq!(standing(&app).await, "- 1");
    let again = ada.takes_in_calendar(&app, "x3.ics", version(2, " again").as_bytes()).await;
    assert_eq!(ada.words(&again).await, words(&[("changed", 1)]));
    assert_eq!(standing(&app).await, "Canc again|05 10 0");
    ada.undoes(&again).await;
    app.run_jobs().await;
    assert_eq!(everything(&app).await, before);
    let id = one(&app, "select id::text from interactions").await;
    ada.post(&format!("/interactions/{id}/restoration"), &[]).await.expect(303);
    ada.post(&format!("/interactions/{id}/trash"), &[]).await.expect(303);
    let hers = ada.takes_in_calendar(&app, "x4.ics", version(3, "").as_bytes()).await;
    assert_eq!(ada.words(&hers).await, words(&[("ignored", 1)]));
    assert_eq!(standing(&app).await, "- 1", "she put it there");
}

/// A calendar that is sent for something, which [`calendar`] is not.
fn sent(method: &str, event: &str) -> String {
    calendar(&[event]).replace("PRODID", &format!("METHOD:{method}\nPRODID"))
}

#[actix_web::test]
async fn what_guests_send_changes_no_meeting_and_a_cancellation_ends_what_it_names() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (start, bob) = ("DTSTART:20240105T100000Z", "ATTENDEE;PARTSTAT=DECLINED:mailto:bob@x.example");
    let invited = sent("REQUEST", &format!("UID:m|SEQUENCE:0|{start}|RRULE:FREQ=DAILY;COUNT=3|SUMMARY:M"));
    let answers = [
        sent("REPLY", &format!("UID:m|SEQUENCE:0|{start}|SUMMARY:Declined: M|{bob}")),
        sent("REPLY", &format!("UID:m|SEQUENCE:9|DTSTAMP:20240104T100000Z|{bob}")),
        sent("COUNTER", &format!("UID:m|SEQUENCE:0|DTSTART:20240108T100000Z|SUMMARY:M|{bob}")),
        sent("REFRESH", "UID:other|DTSTAMP:20240104T100000Z"),
    ]
    .concat();
    let page = ada.takes_in_calendar(&app, "m.ics", invited.as_bytes()).await;
    assert_eq!(ada.words(&page).await, words(&[("new", 1)]));
    app.run_jobs().await;
    let before = everything(&app).await;
    let page = ada.takes_in_calendar(&app, "answers.ics", answers.as_bytes()).await;
    assert_eq!(ada.words(&page).await, words(&[("ignored", 4)]));
    app.run_jobs().await;
    assert_eq!(everything(&app).await, before);
    // Nor do they in the very file that has it.
    let page = ada.takes_in_calendar(&app, "both.ics", [answers, invited].concat().as_bytes()).await;
    assert_eq!(ada.words(&page).await, words(&[("ignored", 4), ("unchanged", 1)]));
    assert_eq!(standing(&app).await, "M|05 10, M|06 10, M|07 10 0");
    let one_off = sent("CANCEL", "UID:m|SEQUENCE:1|RECURRENCE-ID:20240106T100000Z|DTSTART:20240106T100000Z|SUMMARY:M");
    let page = ada.takes_in_calendar(&app, "one.ics", one_off.as_bytes()).await;
    assert_eq!(ada.words(&page).await, words(&[("changed", 1)]));
    assert_eq!(standing(&app).await, "M|05 10, M|07 10 1");
    let unknown = sent("CANCEL", &format!("UID:unknown|SEQUENCE:1|{start}|SUMMARY:U"));
    let page = ada.takes_in_calendar(&app, "unknown.ics", unknown.as_bytes()).await;
    assert_eq!(ada.words(&page).await, words(&[("ignored", 1)]));
}

#[actix_web::test]
async fn another_program_may_call_off_by_a_higher_sequence_what_it_did_not_bring() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let event = "UID:one|DTSTART:20240105T100000Z|SUMMARY:One";
    let mine = calendar(&[&format!("{event}|SEQUENCE:1")]);
    ada.takes_in_calendar(&app, "mine.ics", mine.as_bytes()).await;
    let theirs = |sequence: u8| {
        calendar(&[&format!("{event}|SEQUENCE:{sequence}|STATUS:CANCELLED")]).replace("ACME//Planner", "Other//Agenda")
    };
    let same = ada.takes_in_calendar(&app, "same.ics", theirs(1).as_bytes()).await;
    assert_eq!(ada.words(&same).await, words(&[("ignored", 1)]));
    assert_eq!(standing(&app).await, "One|05 10 0");
    let next = ada.takes_in_calendar(&app, "next.ics", theirs(2).as_bytes()).await;
    assert_eq!(ada.words(&next).await, words(&[("changed", 1)]));
    assert_eq!(standing(&app).await, "- 1");
    ada.takes_in_calendar(&app, "mine.ics", mine.as_bytes()).await;
    assert_eq!(standing(&app).await, "- 1", "what is older brings nothing back");
}

#[actix_web::test]
async fn an_older_file_changes_nothing_of_a_newer_series() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let single = calendar(&["UID:rec|SEQUENCE:0|DTSTART:20240106T100000Z|SUMMARY:Rec"]);
    let series = calendar(&["UID:rec|SEQUENCE:1|DTSTART:20240106T100000Z|RRULE:FREQ=DAILY;COUNT=2|SUMMARY:Rec"]);
    // No SEQUENCE tells which of these is the newer.
    let stamped = |day: u8, hour: u8, more: &str| {
        calendar(&[&format!(
            "UID:g|DTSTAMP:2024020{day}T000000Z|DTSTART:20240101T{hour}0000Z|RRULE:FREQ=DAILY;COUNT=3|SUMMARY:G{more}"
        )])
    };
    let newest = stamped(3, 12, "|EXDATE:20240102T120000Z");
    for file in [&single, &series, &stamped(1, 10, ""), &stamped(2, 12, ""), &newest] {
        ada.takes_in_calendar(&app, "next.ics", file.as_bytes()).await;
    }
    let expected = "G|01 12, G|03 12, Rec|06 10, Rec|07 10 1";
    assert_eq!(standing(&app).await, expected);
    for older in [&single, &stamped(1, 10, ""), &stamped(2, 12, "")] {
        let page = ada.takes_in_calendar(&app, "older.ics", older.as_bytes()).await;
        assert_eq!(ada.words(&page).await, words(&[("unchanged", 1)]));
        assert_eq!(standing(&app).await, expected);
    }
}
