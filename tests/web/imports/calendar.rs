//! Calendars: what took place becomes meetings, once, whichever file says it.

use super::interrupted::killed_once;
use super::mail::everything;
use super::tables::zipped;
use super::{count, one, words};
use crate::command_line::kith;
use crate::harness::{App, User};

const GOOGLE: &str = include_str!("../../fixtures/calendar/google.ics");
const OUTLOOK: &str = include_str!("../../fixtures/calendar/outlook.ics");
const BROKEN: &str = include_str!("../../fixtures/calendar/broken.ics");

/// Many events and a series, whose zone stands behind them all.
pub(super) fn many(events: usize) -> String {
    let event = |n: usize| {
        format!(
            "BEGIN:VEVENT\nUID:many{n}\nSUMMARY:Meeting {n}\nDTSTART;TZID=Somewhere:2024{:02}{:02}T090000\n\
             ATTENDEE;CN=Friend {}:mailto:friend{}@org.example\nEND:VEVENT\n",
            n % 12 + 1,
            n % 28 + 1,
            n % 37,
            n % 37
        )
    };
    let series =
        "BEGIN:VEVENT\nUID:days\nSUMMARY:Every day\nDTSTART:20240101T090000Z\nRRULE:FREQ=DAILY;COUNT=400\nEND:VEVENT\n";
    let zone = "BEGIN:VTIMEZONE\nTZID:Somewhere\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0100\nEND:STANDARD\nEND:VTIMEZONE\n";
    let events: String = (0..events).map(event).collect();
    format!("BEGIN:VCALENDAR\nPRODID:-//ACME//Planner//EN\n{series}{events}{zone}END:VCALENDAR\n")
}

impl User {
    /// Uploads a calendar, says whose it is, and lets it be taken in.
    pub(super) async fn takes_in_calendar(&mut self, app: &App, name: &str, content: &[u8]) -> String {
        let page = self.reads_file(app, name, content).await;
        self.post(&format!("{page}/addresses"), &[("address[]", "ada@example.com")]).await.expect(303);
        app.run_jobs().await;
        page
    }
}

#[actix_web::test]
async fn what_took_place_becomes_meetings_with_the_people_who_were_there() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    app.sql("update users set time_zone = 'Europe/Berlin'").await;
    let bob = [
        ("first_name", "Bob"),
        ("method_kind[]", "email"),
        ("method_label[]", ""),
        ("method_value[]", "bob@example.com"),
    ];
    let bob = ada.post("/contacts", &bob).await.expect(303).location();
    let page = ada.reads_file(&app, "calendar.ics", GOOGLE.as_bytes()).await;
    let asked = ada.get(&page).await.expect(200);
    assert_eq!(asked.one("input[name='address[]'][checked]").attr("value"), "ada@example.com");
    assert_eq!(asked.count("input[name=include_lists]"), 0, "no machine sends a calendar");
    assert_eq!(count(&app, "interactions").await, 0);
    ada.post(&format!("{page}/addresses"), &[("address[]", "ada@example.com")]).await.expect(303);
    app.run_jobs().await;
    assert_eq!(ada.state(&page).await, "done");
    assert_eq!(ada.words(&page).await, words(&[("new", 3), ("ignored", 2)]));
    let ignored = ada.get(&format!("{page}?status=ignored")).await.expect(200);
    let reasons: Vec<String> = ignored.all(".reasons li").iter().map(|reason| reason.text().to_owned()).collect();
    assert_eq!(reasons, ["1 It was cancelled.", "1 You declined it."]);
    let stored = "select string_agg(concat_ws('|', subject, occurred_at, occurred_on, external_id), ' ' order by occurred_at) from interactions";
    assert_eq!(
        one(&app, stored).await,
        "Grace's birthday|2024-02-29 11:00:00+00|2024-02-29|leap@google.example 20240229 \
         Tuesdays|2026-03-03 08:00:00+00|tuesdays@google.example 20260303T080000Z \
         Tuesdays|2026-03-10 08:00:00+00|tuesdays@google.example 20260310T080000Z \
         Tuesday on a Wednesday|2026-03-25 13:00:00+00|tuesdays@google.example 20260324T080000Z \
         Tuesdays|2026-03-31 07:00:00+00|tuesdays@google.example 20260331T070000Z \
         Tuesdays|2026-04-21 07:00:00+00|tuesdays@google.example 20260421T070000Z"
    );
    let kinds = "select string_agg(distinct concat_ws('|', interaction_type, direction, is_contact, external_source), ' ') from interactions";
    assert_eq!(one(&app, kinds).await, "meeting|mutual|t|google_calendar");
    let people = "select string_agg(distinct concat_ws('|', role, address, is_own), ' ') from interaction_addresses";
    assert_eq!(
        one(&app, people).await,
        "attendee|bob@example.com|f organizer|ada@example.com|t",
        "a room meets nobody"
    );
    assert_eq!(ada.get(&bob).await.expect(200).count("[data-kind=interaction]"), 4);
    assert_eq!(one(&app, "select last_contact_date::text from contacts").await, "2026-04-21");
    let summary = "select summary from interactions where subject = 'Tuesdays' limit 1";
    assert_eq!(one(&app, summary).await, "What we did, what we will do;\nand who.\n\nWhere: Kantstraße 1, Berlin");
}

#[actix_web::test]
async fn the_same_events_again_change_nothing_and_what_is_broken_is_reported() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    ada.takes_in_calendar(&app, "calendar.ics", GOOGLE.as_bytes()).await;
    let before = everything(&app).await;
    let again = ada.takes_in_calendar(&app, "again.ics", GOOGLE.as_bytes()).await;
    assert_eq!(ada.words(&again).await, words(&[("ignored", 2), ("unchanged", 3)]));
    assert_eq!(everything(&app).await, before);
    let both = [GOOGLE, OUTLOOK].concat();
    let takeout = zipped(&[
        ("Takeout/Calendar/Ada.ics", both.as_bytes()),
        ("Takeout/Calendar/Work.ics", BROKEN.as_bytes()),
        ("Takeout/archive_browser.html", b"<html>"),
    ]);
    let page = ada.takes_in_calendar(&app, "takeout.zip", &takeout).await;
    assert_eq!(ada.state(&page).await, "done");
    let found = ada.words(&page).await;
    let events = [&both, BROKEN].iter().map(|file| file.matches("BEGIN:VEVENT").count()).sum::<usize>();
    assert_eq!(found.values().sum::<u32>() as usize, events, "{found:?}");
    assert_eq!(found["unchanged"], 3);
    assert!(found["new"] > 0 && found["unreadable"] > 0, "{found:?}");
}

#[actix_web::test]
async fn an_import_of_a_calendar_that_is_killed_goes_on_and_is_taken_back_whole() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    ada.takes_in_calendar(&app, "calendar.ics", GOOGLE.as_bytes()).await;
    let before = everything(&app).await;
    let page = ada.reads_file(&app, "many.ics", many(900).as_bytes()).await;
    ada.post(&format!("{page}/addresses"), &[("addresses", "ada@example.com")]).await.expect(303);
    for taken in [0, 300, 700] {
        killed_once(&app, &format!("imports where file_name = 'many.ics' and items_read > {taken}")).await;
    }
    app.run_jobs().await;
    assert_eq!(ada.state(&page).await, "done");
    assert_eq!(ada.words(&page).await, words(&[("new", 901)]));
    assert_eq!(count(&app, "interactions where external_source = 'planner'").await, 1_300);
    assert_eq!(count(&app, "(select distinct external_id from interactions) x").await, 1_306);
    assert_eq!(count(&app, "interaction_addresses where address like 'friend%'").await, 900);
    ada.undoes(&page).await;
    app.run_jobs().await;
    assert_eq!(everything(&app).await, before);
}

#[actix_web::test]
async fn a_file_without_an_event_says_so_before_anything_is_asked() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let todo = "BEGIN:VCALENDAR\nBEGIN:VTODO\nUID:1\nSUMMARY:Milk\nEND:VTODO\nEND:VCALENDAR\n";
    let zip = zipped(&[("tasks.ics", todo.as_bytes())]);
    for (name, file, reason) in [
        ("calendar.ics", &b"Dear Ada,\nsee you on Tuesday\n"[..], "This is no calendar: nothing begins in it."),
        ("empty.ics", b"BEGIN:VCALENDAR\nVERSION:2.0\nEND:VCALENDAR\n", "There is no event in this calendar."),
        ("tasks.ics", todo.as_bytes(), "only what Kith does not import: 1 to-do."),
        ("tasks.zip", &zip, "only what Kith does not import: 1 to-do."),
    ] {
        let page = ada.reads_file(&app, name, file).await;
        assert_eq!(ada.state(&page).await, "failed", "{name}");
        let shown = ada.get(&page).await.expect(200);
        assert!(shown.one(".notice").text().ends_with(reason), "{name}: {}", shown.one(".notice").text());
        assert_eq!(shown.count("#asking-title"), 0);
    }
    let page = ada
        .reads_file(&app, "both.zip", &zipped(&[("tasks.ics", todo.as_bytes()), ("a.ics", GOOGLE.as_bytes())]))
        .await;
    assert_eq!(ada.state(&page).await, "asking");
    assert!(
        ada.get(&page)
            .await
            .expect(200)
            .one("[aria-labelledby=left-out-title]")
            .text()
            .contains("tasks.ics: There is no event")
    );
}

#[actix_web::test]
async fn a_start_that_is_none_of_its_own_rule_is_said_beside_its_event() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    // The 2nd of March 2026 is a Monday.
    let file = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nSUMMARY:Choir\nDTSTART:20260302T190000Z\nRRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=2\n\
        END:VEVENT\nEND:VCALENDAR\n";
    let page = ada.takes_in_calendar(&app, "choir.ics", file.as_bytes()).await;
    assert_eq!(ada.words(&page).await, words(&[("new", 1)]));
    let said = ada.get(&format!("{page}?status=new")).await.expect(200);
    assert_eq!(said.one(".record p").text(), "Its own rule does not have its start: that time is left out.");
    let days = "select string_agg(occurred_at::date::text, ' ' order by occurred_at) from interactions";
    assert_eq!(one(&app, days).await, "2026-03-03 2026-03-10");
}

#[actix_web::test]
async fn the_command_says_which_time_zones_of_a_calendar_are_not_known() {
    let app = App::spawn().await;
    app.sign_in("ada").await;
    app.sql("update users set time_zone = 'Europe/Berlin'").await;
    let event = |uid: &str, zone: &str| {
        format!("BEGIN:VEVENT\nUID:{uid}\nSUMMARY:{uid}\nDTSTART;TZID=\"{zone}\":20250705T090000\nEND:VEVENT\n")
    };
    let known = event("known", "(UTC-05:00) Eastern Time (US & Canada)");
    let events = [known, event("one", "Somewhere Time"), event("two", "Somewhere Time")].concat();
    let path = app.data_dir.path().join("zones.ics");
    std::fs::write(&path, format!("BEGIN:VCALENDAR\n{events}END:VCALENDAR\n")).unwrap();
    let import =
        ["import", path.to_str().unwrap(), "--user", "ada@example.com", "--addresses", "ada@example.com", "--json"];
    let output = kith(&app, &import).await;
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["new"], 3, "{told}");
    assert_eq!(told["unknown_zones"], serde_json::json!(["Somewhere Time"]), "{told}");
    let stored = "select string_agg(concat_ws(' ', subject, to_char(occurred_at at time zone 'UTC', 'HH24')), ', ' order by subject) from interactions";
    assert_eq!(one(&app, stored).await, "known 13, one 07, two 07");
}
