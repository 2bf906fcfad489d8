//! Advance notice of reminders: when it comes, that it is told once by each way, and when not at all.

use crate::day::{first_page, titles};
use crate::deliveries::{accepts, due, send, spawn, told};
use crate::harness::{App, User};
use crate::reminders::{add, day, texts};
use crate::smtp::MailServer;

/// Time goes by until notice of its next occurrence came `ago`.
pub async fn come(app: &App, path: &str, ago: &str) {
    let id = path.trim_start_matches("/reminders/");
    let next = format!(
        "reminder_id = '{id}' and occurs_at_local = (select min(occurs_at_local) from reminder_occurrences where reminder_id = '{id}')"
    );
    app.sql(&format!("update reminder_occurrences set notice_at = now() - interval '{ago}' where {next}")).await;
    app.sql(&format!("update reminder_occurrences set noticed_at = null where {next}")).await;
}

/// One in so many days, of which notice is to come three days before.
async fn coming(user: &mut User, title: &str, days: u64) -> String {
    let at = format!("{} 09:00", day(days));
    add(user, &[("title", title), ("starts_at", &at), ("advance_days", "3")]).await
}

#[actix_web::test]
async fn a_notice_comes_days_before_by_the_same_wall_clock_and_moves_with_the_days() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    // Clocks change between them.
    let fields = [("starts_at", "2031-03-31 09:00"), ("zone", "Europe/Berlin"), ("advance_days", "2")];
    let path = add(&mut ada, &fields).await;
    let sql = "select to_char(notice_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') || ' ' || to_char(due_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') \
               from reminder_occurrences";
    assert_eq!(texts(&app, sql).await, ["2031-03-29 08:00 2031-03-31 07:00"]);
    let form = ada.get(&format!("{path}/edit")).await.expect(200);
    crate::reminders::save(&mut ada, &form, &[("advance_days", "1")]).await.expect(303);
    assert_eq!(texts(&app, sql).await, ["2031-03-30 07:00 2031-03-31 07:00"]);
    let form = ada.get(&format!("{path}/edit")).await.expect(200);
    crate::reminders::save(&mut ada, &form, &[("advance_days", "")]).await.expect(303);
    assert_eq!(app.sql("select from reminder_occurrences where notice_at is not null").await.len(), 0);
}

#[actix_web::test]
async fn notice_is_mailed_once_and_the_reminder_itself_when_it_is_due_though_it_was_put_off() {
    let Some(mut mail) = MailServer::start(0.0) else { return };
    let app = spawn(&mail).await;
    let mut ada = app.sign_in("ada").await;
    let path = coming(&mut ada, "Pay the rent", 5).await;
    assert_eq!(send(&app, &mail).await, 0, "its time has not come");
    come(&app, &path, "1 minute").await;
    assert_eq!((send(&app, &mail).await, send(&app, &mail).await), (1, 0), "told once");
    let message = accepts(&mut mail, 1)[0].clone();
    assert_eq!(message["Subject"], "In 5 days: Pay the rent");
    let text = message["text"].as_str().unwrap();
    assert!(text.contains("Due in 5 days, ") && text.contains(&format!("https://kith.example{path}")), "{text}");
    assert!(!text.contains("late"), "{text}");
    let said = told(&mut ada, &path).await;
    assert!(said.contains("Notice, ") && said.contains("sent by mail"), "{said}");
    // However its moment moves.
    come(&app, &path, "10 seconds").await;
    assert_eq!(send(&app, &mail).await, 0, "told once");
    ada.post(&format!("{path}/snooze"), &[("choice", "hour")]).await.expect(303);
    assert_eq!(send(&app, &mail).await, 0, "it was put off");
    app.sql(
        "update reminder_occurrences set snoozed_until = now() - interval '1 second' where snoozed_until is not null",
    )
    .await;
    assert_eq!(send(&app, &mail).await, 1, "it is due");
    assert_eq!(accepts(&mut mail, 2)[1]["Subject"], "Pay the rent");
    let items = "select count(*) || ' ' || count(*) filter (where is_notice) from delivery_items";
    assert_eq!(texts(&app, items).await, ["2 1"]);
}

#[actix_web::test]
async fn there_is_no_notice_of_what_was_done_left_out_ended_put_off_or_trashed_before() {
    let Some(mail) = MailServer::start(0.0) else { return };
    let app = spawn(&mail).await;
    let mut ada = app.sign_in("ada").await;
    let ways: [(&str, &[(&str, &str)]); 5] =
        [("completion", &[]), ("skip", &[]), ("dismissal", &[]), ("trash", &[]), ("snooze", &[("choice", "week")])];
    for (way, fields) in ways {
        let path = coming(&mut ada, way, 5).await;
        ada.post(&format!("{path}/{way}"), fields).await.expect(303);
        come(&app, &path, "1 minute").await;
        assert_eq!(send(&app, &mail).await, 0, "{way}");
        // Nor where that happens between its making and its sending.
        let path = coming(&mut ada, way, 5).await;
        come(&app, &path, "1 minute").await;
        app.sql("select ring_reminders(10, true)").await;
        ada.post(&format!("{path}/{way}"), fields).await.expect(303);
        assert_eq!(send(&app, &mail).await, 1, "{way}");
        assert_eq!(texts(&app, "select distinct state::text from deliveries").await, ["needless"], "{way}");
    }
    let late = add(&mut ada, &[("starts_at", &day(2)), ("advance_days", "9")]).await;
    assert_eq!(send(&app, &mail).await, 0, "nor of what came before it was entered: {late}");
    assert!(mail.accepted.is_empty());
}

#[actix_web::test]
async fn notices_that_were_missed_come_late_in_one_message_and_none_where_it_is_due_meanwhile() {
    let Some(mut mail) = MailServer::start(0.0) else { return };
    let app = spawn(&mail).await;
    let mut ada = app.sign_in("ada").await;
    for title in ["Water", "Bread"] {
        let path = coming(&mut ada, title, 5).await;
        come(&app, &path, "3 hours").await;
    }
    assert_eq!(send(&app, &mail).await, 1);
    let message = accepts(&mut mail, 1)[0].clone();
    assert_eq!(message["Subject"], "2 reminders are to come");
    let text = message["text"].as_str().unwrap();
    assert!(text.contains("could not tell you of these before") && text.contains("Water\nDue in 5 days, "), "{text}");
    let path = coming(&mut ada, "Salt", 5).await;
    come(&app, &path, "3 days").await;
    due(&app, &path, "1 minute").await;
    assert_eq!((send(&app, &mail).await, send(&app, &mail).await), (1, 0));
    assert_eq!(accepts(&mut mail, 2)[1]["Subject"], "Salt");
}

#[actix_web::test]
async fn notice_of_a_yearly_day_is_of_its_next_time_alone() {
    let Some(mut mail) = MailServer::start(0.0) else { return };
    let app = spawn(&mail).await;
    let mut ada = app.sign_in("ada").await;
    let fields = [("title", "Grace: birthday"), ("starts_at", &day(7)), ("repeats", "yearly"), ("advance_days", "3")];
    let path = add(&mut ada, &fields).await;
    come(&app, &path, "1 minute").await;
    assert_eq!((send(&app, &mail).await, send(&app, &mail).await), (1, 0));
    assert_eq!(accepts(&mut mail, 1)[0]["Subject"], "In 7 days: Grace: birthday");
}

#[actix_web::test]
async fn the_first_page_shows_what_comes_later_once_its_notice_has_come() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let path = coming(&mut ada, "Pay the rent", 30).await;
    coming(&mut ada, "Of which none has come", 30).await;
    assert!(titles(&first_page(&mut ada).await, "coming").is_empty());
    come(&app, &path, "1 minute").await;
    let page = first_page(&mut ada).await;
    assert_eq!(titles(&page, "coming"), ["Pay the rent"]);
    let due = page.one("section[aria-labelledby=coming] .due");
    assert!(due.text().contains("in 30 days"), "{}", due.text());
    ada.post(&format!("{path}/completion"), &[]).await.expect(303);
    assert!(titles(&first_page(&mut ada).await, "coming").is_empty());
}
