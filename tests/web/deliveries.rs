//! What is mailed of reminders, to a real mail server.

use std::time::Duration;

use kith::delivery::{Means, Scheduler};
use kith::outgoing::{Caller, Mailer};
use serde_json::Value;

use crate::harness::{App, User};
use crate::reminders::{add, day};
use crate::smtp::MailServer;

/// A Kith that mails by this server.
pub async fn spawn(mail: &MailServer) -> App {
    let mailer = mailer(mail);
    App::spawn_with(move |site| site.mailer = Some(mailer.clone())).await
}

fn mailer(mail: &MailServer) -> Mailer {
    Mailer::new(&mail.url, "Kith <kith@kith.example>").unwrap()
}

/// Whoever sends by this mail server, if by any.
pub fn scheduler(app: &App, mailer: Option<Mailer>) -> Scheduler {
    let address = "https://kith.example".to_owned();
    Scheduler::new(app.db.clone(), Means { mailer, caller: Caller::new(true), address })
}

pub async fn send(app: &App, mail: &MailServer) -> usize {
    scheduler(app, Some(mailer(mail))).run_due().await.unwrap()
}

/// Waits until it has accepted so many messages in all.
pub fn accepts(mail: &mut MailServer, messages: usize) -> Vec<Value> {
    while mail.accepted.len() < messages {
        let step = mail.step(Duration::from_secs(60));
        assert!(step.is_some(), "{} of {messages} messages came", mail.accepted.len());
    }
    mail.accepted.clone()
}

/// Time goes by until it was due `ago`.
pub async fn due(app: &App, path: &str, ago: &str) {
    let id = path.trim_start_matches("/reminders/");
    app.sql(&format!("update reminder_occurrences set due_at = now() - interval '{ago}' where reminder_id = '{id}'"))
        .await;
    app.sql(&format!("select refresh_reminders(array['{id}'::uuid])")).await;
}

/// Time goes by until everything that is to be tried again may be.
pub async fn later(app: &App) {
    app.sql("update deliveries set next_try_at = now(), lease_until = case when state = 'sending' then now() - interval '1 second' end where state in ('waiting', 'sending')").await;
}

pub async fn main_of(user: &mut User, path: &str) -> String {
    user.get(path).await.expect(200).one("body").text().to_owned()
}

pub async fn told(user: &mut User, path: &str) -> String {
    user.get(path).await.expect(200).all("#told").first().map(|told| told.text().to_owned()).unwrap_or_default()
}

#[actix_web::test]
async fn a_reminder_is_mailed_once_when_it_is_due_and_again_when_it_was_put_off() {
    let Some(mut mail) = MailServer::start(0.0) else { return };
    let app = spawn(&mail).await;
    let mut ada = app.sign_in("ada").await;
    let path =
        add(&mut ada, &[("title", "Zählerstand أرسل"), ("note", "Ask for\nthe number"), ("starts_at", &day(1))]).await;
    assert_eq!(send(&app, &mail).await, 0, "it is not due");
    due(&app, &path, "1 minute").await;
    assert_eq!((send(&app, &mail).await, send(&app, &mail).await), (1, 0), "told once");
    let message = accepts(&mut mail, 1)[0].clone();
    assert_eq!(message["Subject"], "Zählerstand أرسل");
    assert_eq!(message["to"][0], "ada@example.com");
    assert_eq!(message["Auto-Submitted"], "auto-generated");
    let text = message["text"].as_str().unwrap();
    assert!(text.contains("Ask for\nthe number") && text.contains(&format!("https://kith.example{path}")), "{text}");
    assert!(!text.contains("late"), "{text}");
    assert!(told(&mut ada, &path).await.contains("sent"));
    ada.post(&format!("{path}/snooze"), &[("choice", "hour")]).await.expect(303);
    assert_eq!(send(&app, &mail).await, 0, "it was put off");
    app.sql(
        "update reminder_occurrences set snoozed_until = now() - interval '1 second' where snoozed_until is not null",
    )
    .await;
    assert_eq!(send(&app, &mail).await, 1, "it rings again");
    assert_ne!(accepts(&mut mail, 2)[1]["Message-ID"], message["Message-ID"]);
}

#[actix_web::test]
async fn what_was_done_before_is_not_mailed_nor_to_whoever_does_not_want_it() {
    let Some(mut mail) = MailServer::start(0.0) else { return };
    let app = spawn(&mail).await;
    let mut ada = app.sign_in("ada").await;
    let done = add(&mut ada, &[("title", "Done"), ("starts_at", &day(1))]).await;
    due(&app, &done, "1 minute").await;
    app.sql("select ring_reminders(10, true)").await;
    ada.post(&format!("{done}/completion"), &[]).await.expect(303);
    assert_eq!(send(&app, &mail).await, 1);
    assert!(told(&mut ada, &done).await.contains("not sent by mail, since it was no longer wanted"));
    let again = add(&mut ada, &[("title", "Waiting"), ("starts_at", &day(1))]).await;
    due(&app, &again, "1 minute").await;
    app.sql("select ring_reminders(10, true)").await;
    ada.post("/settings/notifications/mail", &[("digest_time", "07:00")]).await.expect(303);
    assert_eq!(send(&app, &mail).await, 1);
    assert!(told(&mut ada, &again).await.contains("no longer wanted"), "nor what waited when she wanted none any more");
    let unwanted = add(&mut ada, &[("title", "Unwanted"), ("starts_at", &day(1))]).await;
    due(&app, &unwanted, "1 minute").await;
    assert_eq!(send(&app, &mail).await, 0);
    ada.post("/settings/notifications/mail", &[("digest_time", "07:00"), ("mail_reminders", "true")]).await.expect(303);
    let trashed = add(&mut ada, &[("title", "Trashed"), ("starts_at", &day(1))]).await;
    ada.post(&format!("{trashed}/trash"), &[]).await.expect(303);
    due(&app, &trashed, "1 minute").await;
    let wanted = add(&mut ada, &[("title", "Wanted"), ("starts_at", &day(1))]).await;
    due(&app, &wanted, "1 minute").await;
    assert_eq!(send(&app, &mail).await, 1);
    assert_eq!(accepts(&mut mail, 1)[0]["Subject"], "Wanted");
}

#[actix_web::test]
async fn what_was_missed_comes_in_one_message_and_what_is_late_says_so() {
    let Some(mut mail) = MailServer::start(0.0) else { return };
    let app = spawn(&mail).await;
    let mut ada = app.sign_in("ada").await;
    for (title, ago) in [("Water", "3 days"), ("Bread", "2 hours"), ("Salt", "30 minutes")] {
        let path = add(&mut ada, &[("title", title), ("starts_at", &day(1))]).await;
        due(&app, &path, ago).await;
    }
    assert_eq!(send(&app, &mail).await, 2);
    let mut messages = accepts(&mut mail, 2);
    messages.sort_by_key(|message| message["Subject"].to_string());
    assert_eq!(messages[0]["Subject"], "2 reminders were due");
    let text = messages[0]["text"].as_str().unwrap();
    assert!(text.contains("Water\nDue ") && text.contains("Bread\nDue ") && !text.contains("Salt"), "{text}");
    assert_eq!(messages[1]["Subject"], "Salt");
    assert!(messages[1]["text"].as_str().unwrap().contains("This comes late"));
    let path = add(&mut ada, &[("title", "Of the past"), ("starts_at", "2020-01-01")]).await;
    assert_eq!(send(&app, &mail).await, 0, "nobody is told of what was over when it was entered: {path}");
}

#[actix_web::test]
async fn what_fails_is_tried_again_until_it_is_sent_and_she_sees_so_meanwhile() {
    let Some(mut mail) = MailServer::start(1.0) else { return };
    let app = spawn(&mail).await;
    let mut ada = app.sign_in("ada").await;
    let path = add(&mut ada, &[("title", "Call her"), ("starts_at", &day(1))]).await;
    due(&app, &path, "1 minute").await;
    let nowhere = Mailer::new("smtp://127.0.0.1:1", "kith@kith.example").unwrap();
    assert_eq!(scheduler(&app, Some(nowhere)).run_due().await.unwrap(), 1);
    let settings = main_of(&mut ada, "/settings").await;
    assert!(settings.contains("A message about reminders did not get through since"), "{}", settings);
    assert!(main_of(&mut ada, "/reminders").await.contains("did not get through"));
    assert!(
        told(&mut ada, &path).await.contains("not sent by mail (Connection error"),
        "{}",
        told(&mut ada, &path).await
    );
    assert!(!told(&mut ada, &path).await.contains("twice"), "it was surely not sent");
    assert_eq!(send(&app, &mail).await, 0, "not before its time");
    // Somebody claims it and dies: whether it was sent nobody knows.
    later(&app).await;
    app.sql("select claim_delivery(interval '0')").await;
    later(&app).await;
    mail.fail(0.0);
    assert_eq!(send(&app, &mail).await, 1);
    accepts(&mut mail, 1);
    assert!(told(&mut ada, &path).await.contains("it may have come twice"), "{}", told(&mut ada, &path).await);
    assert!(!main_of(&mut ada, "/settings").await.contains("did not get through"));
}

#[actix_web::test]
async fn a_test_says_what_the_mail_server_said() {
    let Some(mut mail) = MailServer::start(0.0) else { return };
    let app = spawn(&mail).await;
    let mut ada = app.sign_in("ada").await;
    ada.post("/settings/notifications/mail/test", &[]).await.expect(303);
    assert_eq!(accepts(&mut mail, 1)[0]["Subject"], "A test from Kith");
    assert!(main_of(&mut ada, "/settings/notifications").await.contains("Sent to ada@example.com."));
    for _ in 0..5 {
        ada.post("/settings/notifications/mail/test", &[]).await.expect(303);
    }
    assert!(
        main_of(&mut ada, "/settings/notifications").await.contains("Not sent: Too many tries."),
        "the sixth has to wait"
    );
    assert_eq!(accepts(&mut mail, 5).len(), 5);
    let silent = App::spawn().await;
    let mut bea = silent.sign_in("bea").await;
    bea.post("/settings/notifications/mail/test", &[]).await.expect(303);
    let page = main_of(&mut bea, "/settings/notifications").await;
    assert!(page.contains("Not sent: this Kith has no mail server.") && page.contains("KITH_SMTP_URL"), "{page}");
}

#[actix_web::test]
async fn nothing_that_a_title_holds_is_a_header_and_each_is_told_of_her_own() {
    let Some(mut mail) = MailServer::start(0.0) else { return };
    let app = spawn(&mail).await;
    let (mut ada, mut bea) = (app.sign_in("ada").await, app.sign_in("bea").await);
    let path = add(&mut ada, &[("title", "Of Ada"), ("starts_at", &day(1))]).await;
    app.sql("update reminders set title = E'Of Ada\\r\\nBcc: eve@x.example'").await;
    due(&app, &path, "1 minute").await;
    let hers = add(&mut bea, &[("title", "Of Bea"), ("starts_at", &day(1))]).await;
    due(&app, &hers, "1 minute").await;
    assert_eq!(send(&app, &mail).await, 2);
    let mut messages = accepts(&mut mail, 2);
    messages.sort_by_key(|message| message["to"].to_string());
    assert_eq!(messages[0]["to"], serde_json::json!(["ada@example.com"]));
    assert_eq!((&messages[0]["Subject"], &messages[0]["Bcc"]), (&"Of Ada  Bcc: eve@x.example".into(), &Value::Null));
    assert_eq!(messages[1]["to"], serde_json::json!(["bea@example.com"]));
    assert!(!messages[1]["text"].as_str().unwrap().contains("Ada"));
}

#[actix_web::test]
async fn a_disabled_account_is_told_nothing_and_keeps_no_other_waiting() {
    let Some(mut mail) = MailServer::start(0.0) else { return };
    let app = spawn(&mail).await;
    let (mut ada, mut bea) = (app.sign_in("ada").await, app.sign_in("bea").await);
    for (user, title) in [(&mut bea, "Of Bea"), (&mut ada, "Of Ada")] {
        let path = add(user, &[("title", title), ("starts_at", &day(1))]).await;
        due(&app, &path, "1 minute").await;
        app.sql("select ring_reminders(10, true)").await;
    }
    app.sql("update users set is_disabled = true where email = 'bea@example.com'").await;
    assert_eq!(send(&app, &mail).await, 1);
    assert_eq!(accepts(&mut mail, 1)[0]["Subject"], "Of Ada");
    app.sql("update users set is_disabled = false").await;
    assert_eq!(send(&app, &mail).await, 1, "it waited");
}

#[actix_web::test]
async fn an_address_in_any_script_is_mailed_to_and_where_the_server_takes_none_outside_ascii_she_reads_so() {
    let (Some(mut mail), Some(mut plain)) = (MailServer::start(0.0), MailServer::start_with(&["0", "ascii"])) else {
        return;
    };
    let app = spawn(&mail).await;
    let mut ada = app.sign_in("ada").await;
    let addresses = [
        ("ada@müller.example", "ada@xn--mller-kva.example", true),
        ("jörg@müller.example", "jörg@xn--mller-kva.example", false),
        ("مستخدم@مثال.إختبار", "مستخدم@xn--mgbh0fb.xn--kgbechtv", false),
    ];
    for (place, (address, carried, is_plain)) in addresses.into_iter().enumerate() {
        app.sql(&format!("update users set email = '{address}'")).await;
        let path = add(&mut ada, &[("title", "Zählerstand"), ("starts_at", &day(1))]).await;
        due(&app, &path, "1 minute").await;
        assert_eq!(send(&app, &plain).await, 1);
        if is_plain {
            assert_eq!(accepts(&mut plain, 1)[0]["to"], serde_json::json!([carried]));
            app.sql("update deliveries set state = 'waiting', sent_at = null").await;
        } else {
            let told = told(&mut ada, &path).await;
            assert!(
                told.contains("not sent by mail (the mail server takes no address with letters outside ASCII"),
                "{told}"
            );
        }
        later(&app).await;
        assert_eq!(send(&app, &mail).await, 1);
        let message = &accepts(&mut mail, place + 1)[place];
        assert_eq!((&message["to"], &message["To"]), (&serde_json::json!([carried]), &carried.into()));
        assert_eq!((&message["utf8"], &message["Subject"]), (&(!is_plain).into(), &"Zählerstand".into()));
    }
    assert_eq!(plain.accepted.len(), 1, "what it does not take was surely not sent");
}
