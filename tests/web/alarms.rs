//! What keeps messages from people, and who is told of it where.

use kith::outgoing::Mailer;

use crate::deliveries::due;
use crate::harness::{App, User};
use crate::reminders::{add, day};

const NOTIFICATIONS: &str = "/settings/notifications/mail";
/// Where she reads of her own, and where whoever administers reads of everybody's.
const HERS: [&str; 2] = ["/", "/reminders"];
const ALL: [&str; 3] = ["/", "/admin/accounts", "/settings"];

/// A Kith that has a mail server, so that nothing is to be told of it.
pub async fn well() -> App {
    let mailer = Mailer::new("smtp://localhost", "kith@kith.example").unwrap();
    App::spawn_with(move |site| site.mailer = Some(mailer.clone())).await
}

/// The notices of a page, one behind the other.
async fn notices(user: &mut User, path: &str) -> String {
    let page = user.get(path).await.expect(200);
    page.all(".notice[data-kind=warning]").iter().map(|notice| notice.text().to_owned()).collect::<Vec<_>>().join("\n")
}

/// A message to somebody was refused an hour ago.
async fn fails(app: &App, name: &str) {
    app.sql(&format!(
        "with made as (insert into deliveries (user_id, id, channel, due_at, state, attempts, next_try_at) \
            select id, gen_random_uuid(), 'email', now() - interval '1 hour', 'waiting', 1, now() + interval '1 hour' from users where email = '{name}@example.com' returning *) \
         insert into delivery_attempts (user_id, delivery_id, number, outcome, answer, ended_at) select user_id, id, 1, 'refused', '550 no', now() from made"
    ))
    .await;
}

#[actix_web::test]
async fn that_her_messages_do_not_get_through_is_told_on_the_first_page_and_beside_her_reminders() {
    let app = well().await;
    let mut ada = app.sign_in("ada").await;
    ada.post("/contacts", &[("first_name", "Grace")]).await.expect(303);
    for path in HERS {
        assert_eq!(notices(&mut ada, path).await, "", "{path}");
    }
    fails(&app, "ada").await;
    for path in HERS {
        let told = notices(&mut ada, path).await;
        assert!(told.contains("did not get through since") && told.contains("550 no"), "{path}: {told}");
        assert!(!told.contains('\n'), "told once, though she administers: {told}");
    }
}

#[actix_web::test]
async fn that_nothing_is_mailed_is_told_whoever_has_something_open_and_wants_it_mailed() {
    let app = App::spawn().await;
    let (_, mut bea) = (app.sign_in("ada").await, app.sign_in("bea").await);
    let told = async |bea: &mut User| {
        let (first, list) = (notices(bea, "/").await, notices(bea, "/reminders").await);
        assert_eq!(first, list);
        first.contains("mailed to nobody")
    };
    assert!(!told(&mut bea).await, "she has nothing to be mailed");
    let path = add(&mut bea, &[("starts_at", &day(20))]).await;
    assert!(told(&mut bea).await);
    let link = bea.get("/").await.expect(200).one(".notice a").attr("href");
    assert_eq!(link, "/settings/notifications", "where she can say that she wants none");
    for (fields, is_told) in [(&["mail_reminders"][..], true), (&["digest"], true), (&[], false)] {
        let chosen = fields.iter().map(|name| (*name, "true")).chain([("digest_time", "07:00")]);
        bea.post(NOTIFICATIONS, &chosen.collect::<Vec<_>>()).await.expect(303);
        assert_eq!(told(&mut bea).await, is_told, "{fields:?}");
    }
    bea.post(NOTIFICATIONS, &[("mail_reminders", "true"), ("digest_time", "07:00")]).await.expect(303);
    bea.post(&format!("{path}/completion"), &[]).await.expect(303);
    bea.get("/reminders").await.expect(200);
    assert!(!told(&mut bea).await, "nothing is open any more");
}

#[actix_web::test]
async fn that_nobody_takes_up_what_she_is_to_be_told_is_told_once_it_waits_for_long() {
    let app = well().await;
    let (_, mut bea) = (app.sign_in("ada").await, app.sign_in("bea").await);
    let path = add(&mut bea, &[("starts_at", &day(1))]).await;
    let told = async |bea: &mut User| {
        let (first, list) = (notices(bea, "/").await, notices(bea, "/reminders").await);
        assert_eq!(first, list);
        first
    };
    due(&app, &path, "9 minutes").await;
    assert_eq!(told(&mut bea).await, "");
    due(&app, &path, "20 minutes").await;
    assert!(told(&mut bea).await.contains("waits for 20 minutes"), "it did not ring");
    app.sql("select ring_reminders(10, true)").await;
    assert_eq!(told(&mut bea).await, "");
    app.sql("update deliveries set next_try_at = now() - interval '20 minutes'").await;
    assert!(told(&mut bea).await.contains("waits for 20 minutes"), "it rang, and nobody sends it");
}

#[actix_web::test]
async fn whoever_administers_reads_on_each_of_her_pages_what_fails_for_anybody_and_nobody_else_does() {
    let (app, silent) = (well().await, App::spawn().await);
    let (mut ada, mut bea) = (app.sign_in("ada").await, app.sign_in("bea").await);
    for path in ALL {
        assert_eq!(notices(&mut ada, path).await, "", "{path}");
    }
    fails(&app, "bea").await;
    let path = add(&mut bea, &[("starts_at", &day(1))]).await;
    due(&app, &path, "20 minutes").await;
    for path in ALL {
        let told = notices(&mut ada, path).await;
        assert!(
            told.contains("1 message of 1 account did not get through") && told.contains("550 no"),
            "{path}: {told}"
        );
        assert!(told.contains("wait for 20 minutes without anybody sending them"), "{path}: {told}");
    }
    fails(&app, "ada").await;
    let told = notices(&mut ada, "/").await;
    assert!(
        told.contains("A message about reminders did not get through") && told.contains("2 messages of 2 accounts")
    );
    let told = notices(&mut bea, "/").await;
    assert!(!told.contains("account") && !told.contains("kith serve"), "{told}");
    let (mut ada, mut bea) = (silent.sign_in("ada").await, silent.sign_in("bea").await);
    for path in ALL {
        assert!(notices(&mut ada, path).await.contains("Set KITH_SMTP_URL."), "{path}");
    }
    assert!(!notices(&mut bea, "/").await.contains("KITH_SMTP_URL"));
}
