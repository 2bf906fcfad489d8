//! The digest: what it tells, when, and how it is stopped.

use chrono::{Days, NaiveDate};
use kith::outgoing::Mailer;
use serde_json::Value;

use crate::deliveries::{accepts, due, later, main_of, scheduler, send, spawn, told};
use crate::harness::{App, User};
use crate::notices::come;
use crate::reminders::{add, day};
use crate::smtp::MailServer;

/// Her hour is over, she signed up long ago, and is not mailed each reminder.
async fn wanted(app: &App, user: &mut User) {
    user.post("/settings/notifications/mail", &[("digest", "true"), ("digest_time", "00:00")]).await.expect(303);
    app.sql("update users set created_at = now() - interval '9 days'").await;
}

fn today() -> NaiveDate {
    day(0).parse().unwrap()
}

async fn states(app: &App) -> Vec<String> {
    let sql = "select state::text from deliveries where channel = 'digest' order by day, user_id";
    app.sql(sql).await.iter().map(|row| row.get(0)).collect()
}

fn text(message: &Value) -> &str {
    message["text"].as_str().unwrap()
}

#[actix_web::test]
async fn a_digest_tells_once_a_day_what_is_due_whom_to_be_in_touch_with_and_which_days_come() {
    let Some(mut mail) = MailServer::start(0.0) else { return };
    let app = spawn(&mail).await;
    let mut ada = app.sign_in("ada").await;
    let path = add(&mut ada, &[("title", "Zählerstand أرسل"), ("starts_at", &day(1))]).await;
    due(&app, &path, "26 hours").await;
    add(&mut ada, &[("title", "Far away"), ("starts_at", &day(20))]).await;
    let born = |days: u64| (today() + Days::new(days)).format("--%m-%d").to_string();
    let grace = [
        ("first_name", "Grace"),
        ("contact_frequency_days", "30"),
        ("date_kind[]", "birthday"),
        ("date_value[]", &born(7)),
    ];
    ada.post("/contacts", &grace).await.expect(303);
    ada.post("/contacts", &[("first_name", "Bo"), ("date_kind[]", "birthday"), ("date_value[]", &born(9))])
        .await
        .expect(303);
    app.sql("update contacts set cadence_since = current_date - 40 where first_name = 'Grace'").await;
    wanted(&app, &mut ada).await;
    assert_eq!((send(&app, &mail).await, send(&app, &mail).await), (1, 0), "once a day");
    let message = &accepts(&mut mail, 1)[0];
    let subject = message["Subject"].as_str().unwrap();
    assert!(subject.contains("1 reminder, 1 person to keep in touch with, 1 day that comes"), "{subject}");
    let said = text(message);
    assert!(
        said.contains("OVERDUE\n- Zählerstand أرسل (yesterday")
            || said.contains("OVERDUE\n- Zählerstand أرسل (2 d ago"),
        "{said}"
    );
    assert!(said.contains("KEEP IN TOUCH\n- Grace (10 d late, every month)"), "{said}");
    assert!(said.contains("- Grace: birthday in 7 days"), "{said}");
    assert!(!said.contains("Far away") && !said.contains("Bo:"), "{said}");
    assert!(said.contains(&format!("https://kith.example{path}")), "{said}");
    assert!(told(&mut ada, &path).await.contains("sent in the digest"), "{}", told(&mut ada, &path).await);
    assert!(main_of(&mut ada, "/settings/notifications").await.contains("The digest"));
}

#[actix_web::test]
async fn a_digest_tells_once_of_what_comes_on_the_day_of_its_notice() {
    let Some(mut mail) = MailServer::start(0.0) else { return };
    let app = spawn(&mail).await;
    let mut ada = app.sign_in("ada").await;
    wanted(&app, &mut ada).await;
    let path = add(&mut ada, &[("title", "Rent"), ("starts_at", &day(5)), ("advance_days", "3")]).await;
    add(&mut ada, &[("title", "Tax"), ("starts_at", &day(5)), ("advance_days", "2")]).await;
    come(&app, &path, "1 minute").await;
    assert_eq!((send(&app, &mail).await, send(&app, &mail).await), (1, 0), "once a day");
    let message = accepts(&mut mail, 1)[0].clone();
    assert!(message["Subject"].as_str().unwrap().contains("1 reminder to come"), "{}", message["Subject"]);
    let said = text(&message);
    assert!(said.contains("COMING\n- in 5 days: Rent (") && !said.contains("Tax"), "{said}");
    assert!(told(&mut ada, &path).await.contains("sent in the digest"), "{}", told(&mut ada, &path).await);
    app.sql("update deliveries set day = day - 1").await;
    assert_eq!(send(&app, &mail).await, 1);
    assert_eq!(states(&app).await, ["sent", "needless"], "the next one has nothing new");
}

#[actix_web::test]
async fn there_is_none_before_its_hour_on_the_first_day_when_nothing_is_left_nor_when_the_day_is_over() {
    let Some(mail) = MailServer::start(0.0) else { return };
    let app = spawn(&mail).await;
    let mut ada = app.sign_in("ada").await;
    let path = add(&mut ada, &[("title", "Water"), ("starts_at", &day(1))]).await;
    due(&app, &path, "3 days").await;
    ada.post("/settings/notifications/mail", &[("digest", "true"), ("digest_time", "00:00")]).await.expect(303);
    assert_eq!(send(&app, &mail).await, 0, "the day that she signed up is none");
    wanted(&app, &mut ada).await;
    // Where it is a minute to midnight the hour never comes.
    app.sql("update channels set time_of_day = time '23:59:59.999999'").await;
    assert_eq!(send(&app, &mail).await, 0, "not before its hour");
    wanted(&app, &mut ada).await;
    app.sql("select begin_digests()").await;
    ada.post(&format!("{path}/completion"), &[]).await.expect(303);
    assert_eq!(send(&app, &mail).await, 1);
    assert_eq!(states(&app).await, ["needless"], "nothing was left");
    app.sql("update deliveries set day = day - 1, state = 'waiting', next_try_at = now()").await;
    ada.post(&format!("{path}/reopening"), &[]).await;
    app.sql("update channels set is_on = true").await;
    let other = add(&mut ada, &[("title", "Bread"), ("starts_at", &day(1))]).await;
    due(&app, &other, "3 days").await;
    app.sql("insert into deliveries (user_id, channel, day, due_at, state) select id, 'digest', current_date, now(), 'needless' from users on conflict do nothing").await;
    assert_eq!(send(&app, &mail).await, 1);
    assert_eq!(states(&app).await, ["needless", "needless"], "yesterday's is not sent today");
    assert!(mail.accepted.is_empty());
}

#[actix_web::test]
async fn a_digest_that_failed_is_sent_again_as_the_same_message() {
    let Some(mut mail) = MailServer::start(0.0) else { return };
    let app = spawn(&mail).await;
    let mut ada = app.sign_in("ada").await;
    let path = add(&mut ada, &[("title", "Water"), ("starts_at", &day(1))]).await;
    due(&app, &path, "3 days").await;
    wanted(&app, &mut ada).await;
    let nowhere = Mailer::new("smtp://127.0.0.1:1", "kith@kith.example").unwrap();
    assert_eq!(scheduler(&app, Some(nowhere)).run_due().await.unwrap(), 1);
    assert_eq!(states(&app).await, ["waiting"]);
    assert!(main_of(&mut ada, "/settings").await.contains("did not get through"));
    later(&app).await;
    assert_eq!(send(&app, &mail).await, 1);
    let id = app.sql("select id::text from deliveries where channel = 'digest'").await[0].get::<_, String>(0);
    assert_eq!(accepts(&mut mail, 1)[0]["Message-ID"], format!("<{id}@kith.example>"));
}

#[actix_web::test]
async fn what_a_digest_told_that_was_never_sent_is_said_to_be_told_by_the_one_that_was() {
    let Some(mut mail) = MailServer::start(0.0) else { return };
    let app = spawn(&mail).await;
    let mut ada = app.sign_in("ada").await;
    let path = add(&mut ada, &[("title", "Water"), ("starts_at", &day(1))]).await;
    due(&app, &path, "3 days").await;
    wanted(&app, &mut ada).await;
    let nowhere = Mailer::new("smtp://127.0.0.1:1", "kith@kith.example").unwrap();
    assert_eq!(scheduler(&app, Some(nowhere)).run_due().await.unwrap(), 1);
    assert!(told(&mut ada, &path).await.contains("not sent in the digest"));
    app.sql("update deliveries set day = day - 1").await;
    later(&app).await;
    assert_eq!(send(&app, &mail).await, 2, "that of yesterday, which is not sent any more, and that of today");
    accepts(&mut mail, 1);
    let told = told(&mut ada, &path).await;
    assert!(told.contains("sent in the digest") && !told.contains("not sent"), "{told}");
}

#[actix_web::test]
async fn the_link_in_a_digest_stops_it_without_signing_in_and_following_it_alone_does_not() {
    let Some(mut mail) = MailServer::start(0.0) else { return };
    let app = spawn(&mail).await;
    let (mut ada, mut bea) = (app.sign_in("ada").await, app.sign_in("bea").await);
    for user in [&mut ada, &mut bea] {
        let path = add(user, &[("title", "Water"), ("starts_at", &day(1))]).await;
        due(&app, &path, "3 days").await;
        wanted(&app, user).await;
    }
    assert_eq!(send(&app, &mail).await, 2);
    let messages = accepts(&mut mail, 2);
    let message = messages.iter().find(|message| message["to"][0] == "ada@example.com").unwrap();
    assert_eq!(message["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click");
    let link = message["List-Unsubscribe"].as_str().unwrap().trim_matches(['<', '>']);
    assert!(text(message).contains(link));
    let path = link.strip_prefix("https://kith.example").unwrap();
    let mut anybody = app.visitor();
    let page = anybody.get(path).await.expect(200);
    assert_eq!(page.one("form").attr("action"), path);
    let on = "select string_agg(u.email || ' ' || c.is_on, ', ' order by u.email) from channels c join users u on u.id = c.user_id";
    assert!(
        app.sql(on).await[0].get::<_, String>(0).contains("ada@example.com true"),
        "a link that is followed stops nothing"
    );
    // As RFC 8058 has it: no cookie, no token, no Origin.
    app.visitor().post_with(path, &[("List-Unsubscribe", "One-Click")], &[]).await.expect(200);
    assert_eq!(app.sql(on).await[0].get::<_, String>(0), "ada@example.com false, bea@example.com true");
    app.visitor().post_with(path, &[], &[]).await.expect(200);
    app.visitor().post_with("/unsubscribe/nothing", &[], &[]).await.expect(404);
    let foreign = [("origin", "https://evil.example")];
    app.visitor().post_with("/settings/notifications/mail", &[], &foreign).await.expect(403);
    app.sql("delete from deliveries").await;
    assert_eq!(send(&app, &mail).await, 1, "hers is stopped, the other's is not");
}

#[actix_web::test]
async fn the_day_and_the_hour_are_those_of_where_she_is() {
    let Some(_mail) = MailServer::start(0.0) else { return };
    let app = App::spawn().await;
    app.sign_in("ada").await;
    app.sql("update users set created_at = now() - interval '9 days'").await;
    for zone in ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu", "Not/AZone"] {
        app.sql(&format!("update users set time_zone = '{zone}'")).await;
        app.sql("delete from deliveries").await;
        app.sql("insert into channels (user_id, kind, time_of_day) select id, 'digest', '00:00' from users on conflict do nothing").await;
        assert_eq!(app.sql("select begin_digests()").await[0].get::<_, i32>(0), 1, "{zone}");
        let sql = "select day::text, due_at::text from deliveries";
        let zone: chrono_tz::Tz = zone.parse().unwrap_or(chrono_tz::UTC);
        let here = chrono::Utc::now().with_timezone(&zone).date_naive().to_string();
        assert_eq!(app.sql(sql).await[0].get::<_, String>(0), here, "{zone}");
        assert_eq!(app.sql("select begin_digests()").await[0].get::<_, i32>(0), 0, "one a day");
    }
}
