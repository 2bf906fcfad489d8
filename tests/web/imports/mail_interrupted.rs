//! Mail that is stopped, killed, cancelled or taken back half way: none is lost, none is doubled, and nothing stays.

use std::process::Stdio;

use super::interrupted::killed_once;
use super::mail::{everything, inbox, many};
use super::{count, one, words};
use crate::harness::App;

const HERS: [(&str, &str); 1] = [("address[]", "ada@x.example")];

#[actix_web::test]
async fn an_import_of_mail_that_is_killed_goes_on_and_takes_no_message_twice() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let page = ada.reads_file(&app, "many.mbox", many(1, 1300).as_bytes()).await;
    ada.post(&format!("{page}/addresses"), &HERS).await.expect(303);
    for taken in [0, 300, 900] {
        killed_once(&app, &format!("imports where items_read > {taken}")).await;
        assert_eq!(ada.state(&page).await, "applying");
    }
    let half = count(&app, "interactions").await;
    assert!(half > 0 && half < 1300, "{half}");
    app.run_jobs().await;
    assert_eq!(ada.state(&page).await, "done");
    assert_eq!(ada.words(&page).await, words(&[("new", 1300)]));
    assert_eq!(count(&app, "interactions").await, 1300);
    assert_eq!(count(&app, "interaction_external_refs").await, 1300);
    assert_eq!(count(&app, "interaction_addresses").await, 2600);
    assert_eq!(count(&app, "import_items").await, 1300);
    assert_eq!(one(&app, "select sum(received_count)::text from correspondents").await, "1300");
    assert_eq!(std::fs::read_dir(app.data_dir.path().join("uploads")).unwrap().count(), 0);
}

#[actix_web::test]
async fn a_command_that_is_killed_at_any_moment_neither_doubles_nor_loses_a_message() {
    let app = App::spawn().await;
    app.sign_in("ada").await;
    let path = app.data_dir.path().join("many.mbox");
    std::fs::write(&path, many(1, 1500)).unwrap();
    let path = path.to_str().unwrap();
    let command = || {
        tokio::process::Command::new(env!("CARGO_BIN_EXE_kith"))
            .args(["import", path, "--user", "ada@example.com", "--addresses", "ada@x.example"])
            .env("DATABASE_URL", &app.database.app_url)
            .env("KITH_DATA_DIR", app.data_dir.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap()
    };
    // A command that comes after goes on with what the one before left.
    for taken in [0, 199, 650, 1100] {
        let mut child = command();
        while count(&app, &format!("imports where items_read > {taken}")).await == 0 {
            assert!(child.try_wait().unwrap().is_none(), "it ended before it could be killed");
        }
        child.kill().await.unwrap();
        app.sql("update jobs set lease_until = now() - interval '1 second' where state = 'running'").await;
    }
    app.run_jobs().await;
    assert_eq!(count(&app, "imports where state = 'applying'").await, 0);
    assert_eq!(one(&app, "select sum(new_count)::text from imports").await, "1500");
    assert_eq!(count(&app, "interactions").await, 1500);
    assert_eq!(count(&app, "(select distinct external_id from interactions) x").await, 1500);
    let whole = "imports where state = 'done' and items_read = new_count + unchanged_count and items_read = 1500";
    assert!(count(&app, whole).await > 0);
}

#[actix_web::test]
async fn an_import_is_paused_and_goes_on_from_there() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let page = ada.reads_file(&app, "many.mbox", many(1, 900).as_bytes()).await;
    ada.post(&format!("{page}/addresses"), &HERS).await.expect(303);
    killed_once(&app, "imports where items_read > 0").await;
    let pause = ada.get(&page).await.expect(200).one("#import form[action$='/pause']").attr("action");
    ada.post(&pause, &[]).await.expect(303);
    app.run_jobs().await;
    assert_eq!(ada.state(&page).await, "paused");
    let half = count(&app, "interactions").await;
    assert!(half > 0 && half < 900, "{half}");
    let go_on = ada.get(&page).await.expect(200).one("#import form[action$='/resumption']").attr("action");
    ada.post(&go_on, &[]).await.expect(303);
    app.run_jobs().await;
    assert_eq!(ada.words(&page).await, words(&[("new", 900)]));
    assert_eq!(count(&app, "interactions").await, 900);
    assert_eq!(ada.state(&page).await, "done");
    ada.post(&go_on, &[]).await.expect(303);
    assert_eq!(ada.state(&page).await, "done");
}

#[actix_web::test]
async fn a_cancelled_import_of_mail_is_taken_back_whole() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    ada.takes_in(&app, "inbox.mbox", inbox().as_bytes()).await;
    let before = everything(&app).await;
    let page = ada.reads_file(&app, "many.mbox", many(1, 900).as_bytes()).await;
    ada.post(&format!("{page}/addresses"), &HERS).await.expect(303);
    killed_once(&app, "imports where state = 'applying' and items_read > 0").await;
    ada.post(&format!("{page}/cancellation"), &[]).await.expect(303);
    app.run_jobs().await;
    assert_eq!(ada.state(&page).await, "cancelled");
    assert_eq!(everything(&app).await, before);
    assert_eq!(std::fs::read_dir(app.data_dir.path().join("uploads")).unwrap().count(), 0);
}

#[actix_web::test]
async fn an_import_of_mail_is_taken_back_exactly_and_done_again() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    for n in [1, 2] {
        let (name, address) = (format!("Friend{n}"), format!("friend{n}@org.example"));
        let form = [
            ("first_name", name.as_str()),
            ("method_kind[]", "email"),
            ("method_label[]", ""),
            ("method_value[]", &address),
        ];
        ada.post("/contacts", &form).await.expect(303);
    }
    ada.takes_in(&app, "before.mbox", many(1, 100).as_bytes()).await;
    let before = everything(&app).await;
    let page = ada.takes_in(&app, "many.mbox", many(90, 1500).as_bytes()).await;
    assert_eq!(ada.words(&page).await, words(&[("new", 1400), ("unchanged", 11)]));
    let whole = everything(&app).await;
    ada.undoes(&page).await;
    assert_eq!(everything(&app).await, whole, "it is left to the job");
    killed_once(&app, "(select count(*) as n from interactions) i where n < 1500").await;
    app.run_jobs().await;
    assert_eq!(ada.state(&page).await, "undone");
    assert_eq!(everything(&app).await, before);
    let redo =
        ada.get("/history").await.expect(200).all("li[data-kind=change_set] form[action$='/undo']")[0].attr("action");
    ada.post(&redo, &[]).await.expect(303);
    app.run_jobs().await;
    assert_eq!(everything(&app).await, whole);
    assert_eq!(ada.state(&page).await, "done");
    let again = ada.takes_in(&app, "many.mbox", many(90, 1500).as_bytes()).await;
    assert_eq!(ada.words(&again).await, words(&[("unchanged", 1411)]));
}

/// One message of whoever wrote to her on that day.
fn letter(id: &str, day: u32, subject: &str, references: &str) -> String {
    format!(
        "From x@x.example Thu Aug 22 13:52:59 2002\nMessage-ID: <{id}@x.example>\nFrom: Grace <grace@navy.example>\nTo: ada@x.example\n\
         Date: {day} May 2024 10:00:00 +0000\nSubject: {subject}\n{references}\nHello.\n\n"
    )
}

#[actix_web::test]
async fn threads_that_an_import_united_part_when_it_is_taken_back_and_are_one_again_when_it_is_done_again() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let thread_of = async |subject: &str| {
        one(&app, &format!("select thread_id::text from interactions where subject = '{subject}'")).await
    };
    let first = [letter("t1", 1, "Dinner", ""), letter("t2", 2, "Invoice", "")].concat();
    ada.takes_in(&app, "first.mbox", first.as_bytes()).await;
    let before = (thread_of("Dinner").await, thread_of("Invoice").await);
    assert_ne!(before.0, before.1);
    let both = letter("t3", 3, "Both", "References: <t1@x.example> <t2@x.example>\n");
    let page = ada.takes_in(&app, "both.mbox", both.as_bytes()).await;
    let united = (thread_of("Dinner").await, thread_of("Invoice").await, thread_of("Both").await);
    assert_eq!((&united.0, &united.1), (&united.1, &united.2));
    ada.undoes(&page).await;
    app.run_jobs().await;
    assert_ne!(thread_of("Dinner").await, thread_of("Invoice").await);
    assert_eq!(ada.get("/interactions").await.expect(200).count("[data-kind=interaction]"), 2);
    let redo =
        ada.get("/history").await.expect(200).all("li[data-kind=change_set] form[action$='/undo']")[0].attr("action");
    ada.post(&redo, &[]).await.expect(303);
    app.run_jobs().await;
    assert_eq!((thread_of("Dinner").await, thread_of("Invoice").await, thread_of("Both").await), united);
    ada.undoes(&page).await;
    app.run_jobs().await;
    let later = letter("t4", 4, "Re: Dinner", "In-Reply-To: <t1@x.example>\n");
    ada.takes_in(&app, "later.mbox", later.as_bytes()).await;
    assert_eq!(thread_of("Re: Dinner").await, thread_of("Dinner").await);
    assert_ne!(thread_of("Dinner").await, thread_of("Invoice").await, "what was taken back holds nothing together");
}

#[actix_web::test]
async fn what_was_edited_since_stays_and_is_said() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = ada.post("/contacts", &[("first_name", "Grace")]).await.expect(303).location();
    let grace = grace.trim_start_matches("/contacts/");
    for messages in [10, 1100] {
        let page = ada.takes_in(&app, "many.mbox", many(1, messages).as_bytes()).await;
        let path = ada.get(&format!("{page}?status=new")).await.expect(200).all(".record a.link")[2].attr("href");
        let form = ada.get(&format!("{path}/edit")).await.expect(200);
        let (version, at) =
            (form.one("input[name=version]").attr("value"), form.one("input[name=occurred_at]").attr("value"));
        let edit = [
            ("version", version.as_str()),
            ("interaction_type", "email"),
            ("occurred_at", at.as_str()),
            ("subject", "Kept"),
            ("contact_id", grace),
        ];
        ada.post(&path, &edit).await.expect(303);
        ada.undoes(&page).await;
        app.run_jobs().await;
        assert_eq!(one(&app, "select string_agg(subject, ',') from interactions").await, "Kept");
        let by =
            one(&app, "select undone_by::text from change_sets where kind = 'import' order by created_at desc limit 1")
                .await;
        let told = ada.get(&format!("/history/{by}")).await.expect(200);
        assert_eq!(told.one(".notice li").text(), "Kept: it was changed since");
        app.sql("delete from interactions").await;
    }
}
