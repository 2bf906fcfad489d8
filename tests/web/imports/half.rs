//! Half a file of what passed, as a broken download leaves it: said before she goes on with it and after, and made whole by the whole file.

use super::mail::{everything, many, message};
use super::{count, one, words};
use crate::command_line::{kith, said};
use crate::harness::{App, User};

/// Three letters, and one with a picture.
fn mailbox() -> String {
    let line = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9\n";
    let picture = format!(
        "From someone@x.example Thu Aug 22 13:52:59 2002\nMessage-ID: <photo@x.example>\nFrom: Eve <eve@x.example>\n\
         To: ada@x.example\nDate: Wed, 1 May 2024 10:00:00 +0200\nSubject: Photo\nContent-Type: multipart/mixed; boundary=b\n\n\
         --b\n\nLook.\n--b\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\n{}--b--\n\n",
        line.repeat(20)
    );
    many(1, 3) + &picture
}

const CALENDAR: &str = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nSUMMARY:Choir\nDTSTART:20260302T190000Z\nEND:VEVENT\n\
    BEGIN:VEVENT\nUID:b\nSUMMARY:Opera\nDTSTART:20260303T190000Z\nEND:VEVENT\nEND:VCALENDAR\n";

async fn warning(ada: &mut User, page: &str) -> Option<String> {
    let page = ada.get(page).await.expect(200);
    page.all(".notice[data-kind=warning]").first().map(|notice| notice.text().to_owned())
}

#[actix_web::test]
async fn half_a_mailbox_is_said_to_be_one_and_its_last_message_comes_with_the_whole() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let whole = mailbox();
    let half = &whole.as_bytes()[..whole.len() - 500];
    let page = ada.reads_file(&app, "half.mbox", half).await;
    assert_eq!(ada.state(&page).await, "asking");
    let before = warning(&mut ada, &page).await.unwrap();
    assert!(before.contains("“half.mbox” ends in the middle of a message"), "{before}");
    ada.post(&format!("{page}/addresses"), &[("address[]", "ada@x.example")]).await.expect(303);
    app.run_jobs().await;
    assert_eq!(ada.words(&page).await, words(&[("new", 3), ("unreadable", 1)]));
    assert_eq!(warning(&mut ada, &page).await, Some(before));
    let cut = ada.get(&format!("{page}?status=unreadable")).await.expect(200);
    assert_eq!(cut.one(".record strong").text(), "Photo · Eve");
    assert_eq!(cut.one(".record p").text(), "The message is cut off: the file ends before the last of its parts does.");
    let page = ada.takes_in(&app, "whole.mbox", whole.as_bytes()).await;
    assert_eq!(ada.words(&page).await, words(&[("new", 1), ("unchanged", 3)]));
    assert_eq!(warning(&mut ada, &page).await, None);
}

const GRACE: &str =
    "From: Grace <grace@navy.example>\nTo: ada@x.example\nDate: Wed, 1 May 2024 10:00:00 +0200\nSubject: Engines";

async fn text(app: &App, id: &str) -> String {
    one(app, &format!("select summary from interactions where external_id = '{id}@x.example'")).await
}

#[actix_web::test]
async fn a_letter_that_a_file_cut_in_two_takes_its_whole_text_from_the_whole_file_but_for_what_she_wrote() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let whole = many(1, 3) + &message("cut", GRACE, "Hello Ada,\n\nthe engine runs well.\nSee you soon.");
    let half = &whole[..whole.find(" well.").unwrap()];
    ada.takes_in(&app, "half.mbox", half.as_bytes()).await;
    assert_eq!(text(&app, "cut").await, "Hello Ada,\n\nthe engine runs");
    let before = everything(&app).await;
    let page = ada.takes_in(&app, "whole.mbox", whole.as_bytes()).await;
    assert_eq!(ada.words(&page).await, words(&[("changed", 1), ("unchanged", 3)]));
    assert_eq!(text(&app, "cut").await, "Hello Ada,\n\nthe engine runs well.\nSee you soon.");
    let changed = ada.get(&format!("{page}?status=changed")).await.expect(200);
    assert_eq!(changed.one("li[data-kind=import_item] > p.quiet").text(), "Changed: text.");
    for (name, content) in [("whole.mbox", &*whole), ("half.mbox", half)] {
        let again = ada.takes_in(&app, name, content.as_bytes()).await;
        assert_eq!(ada.words(&again).await, words(&[("unchanged", 4)]), "{name}");
    }
    assert!(text(&app, "cut").await.ends_with("See you soon."));
    ada.undoes(&page).await;
    app.run_jobs().await;
    assert_eq!(everything(&app).await, before);
    app.sql("update interactions set summary = 'Hello Ada,' where external_id = 'cut@x.example'").await;
    let page = ada.takes_in(&app, "whole.mbox", whole.as_bytes()).await;
    assert_eq!(ada.words(&page).await, words(&[("unchanged", 4)]));
    assert_eq!(text(&app, "cut").await, "Hello Ada,");
}

#[actix_web::test]
async fn a_copy_with_a_footer_changes_nothing_of_a_letter_at_the_end_of_a_file() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let [ended, bare] = ["ended", "bare"].map(|id| message(id, GRACE, "Up to you."));
    ada.takes_in(&app, "ended.mbox", ended.as_bytes()).await;
    ada.takes_in(&app, "bare.eml", bare.split_once('\n').unwrap().1.trim_end().as_bytes()).await;
    let copies = ["ended", "bare"].map(|id| message(id, GRACE, "Up to you.\n\nGreetings from the club"));
    let page = ada.takes_in(&app, "copies.mbox", copies.concat().as_bytes()).await;
    assert_eq!(ada.words(&page).await, words(&[("unchanged", 2)]));
    assert_eq!((text(&app, "ended").await, text(&app, "bare").await), ("Up to you.".into(), "Up to you.".into()));
}

#[actix_web::test]
async fn a_mailbox_whose_last_message_lacks_its_last_boundary_is_said_to_be_half_perhaps() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let parts = format!("{GRACE}\nContent-Type: multipart/mixed; boundary=b");
    let whole = many(1, 2) + &message("open", &parts, "--b\n\nLook.\nIt is the sea.\n--b--");
    let half = &whole[..whole.find("It is").unwrap()];
    let page = ada.takes_in(&app, "half.mbox", half.as_bytes()).await;
    assert_eq!(ada.words(&page).await, words(&[("new", 3)]), "it is taken as it stands");
    let said = warning(&mut ada, &page).await.unwrap();
    assert!(said.contains("“half.mbox” may end in the middle of a message"), "{said}");
    let page = ada.takes_in(&app, "whole.mbox", whole.as_bytes()).await;
    assert_eq!(ada.words(&page).await, words(&[("changed", 1), ("unchanged", 2)]));
    assert_eq!(text(&app, "open").await, "Look.\nIt is the sea.");
    assert_eq!(warning(&mut ada, &page).await, None);
}

#[actix_web::test]
async fn half_a_calendar_is_said_to_be_one_wherever_it_ends() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    for (end, expected) in [
        ("SUMMARY:Opera", words(&[("new", 1), ("unreadable", 1)])),
        ("DTSTART:20260303T190000Z", words(&[("unchanged", 1), ("unreadable", 1)])),
        ("END:VCALENDAR", words(&[("new", 1), ("unchanged", 1)])),
    ] {
        let half = &CALENDAR[..CALENDAR.find(end).unwrap()];
        let page = ada.reads_file(&app, "half.ics", half.as_bytes()).await;
        let said = warning(&mut ada, &page).await.unwrap();
        assert!(said.contains("“half.ics” ends before its calendar does"), "{said}");
        ada.post(&format!("{page}/addresses"), &[("address[]", "ada@example.com")]).await.expect(303);
        app.run_jobs().await;
        assert_eq!(ada.words(&page).await, expected, "{end}");
        assert_eq!(warning(&mut ada, &page).await, Some(said));
    }
    let page = ada.takes_in_calendar(&app, "whole.ics", CALENDAR.as_bytes()).await;
    assert_eq!((ada.words(&page).await, warning(&mut ada, &page).await), (words(&[("unchanged", 2)]), None));
}

#[actix_web::test]
async fn the_command_says_of_half_a_file_that_it_is_one() {
    let app = App::spawn().await;
    app.sign_in("ada").await;
    let whole = mailbox();
    for (name, content) in [("half.mbox", &whole[..whole.len() - 500]), ("half.ics", &CALENDAR[..CALENDAR.len() - 20])]
    {
        let path = app.data_dir.path().join(name);
        std::fs::write(&path, content).unwrap();
        let import = ["import", path.to_str().unwrap(), "--user", "ada@example.com", "--addresses", "ada@x.example"];
        let output = kith(&app, &import).await;
        assert!(output.status.success() && said(&output).contains(&format!("“{name}” ends ")), "{}", said(&output));
        let output = kith(&app, &[&import[..], &["--json"]].concat()).await;
        let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(told["cut_off"].as_array().unwrap().len(), 1, "{told}");
    }
    assert_eq!(count(&app, "interactions").await, 4, "three letters, and an event");
}
