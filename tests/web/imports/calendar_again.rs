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
