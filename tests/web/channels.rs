//! What is told by webhook and by ntfy, to real receivers on loopback, and who sees that they fail.

use std::sync::{Arc, Mutex};

use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse, HttpServer, web};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use kith::outgoing::Caller;
use serde_json::Value;
use sha2::Sha256;

use crate::deliveries::{due, later, main_of, scheduler, told};
use crate::harness::{App, User};
use crate::notices::come;
use crate::reminders::{add, day};

const NOTIFICATIONS: &str = "/settings/notifications";

/// A call that came.
struct Call {
    path: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Call {
    fn header(&self, name: &str) -> &str {
        &self.headers.iter().find(|(header, _)| header == name).unwrap().1
    }

    fn said(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

#[derive(Default)]
struct Calls {
    came: Vec<Call>,
    status: u16,
    /// What it says of when to call again.
    retry_after: &'static str,
}

/// A program that is called. It ends with the test.
struct Receiver {
    url: String,
    calls: Arc<Mutex<Calls>>,
    server: actix_web::dev::ServerHandle,
}

impl Receiver {
    fn start() -> Self {
        let calls = Arc::new(Mutex::new(Calls { status: 200, ..Calls::default() }));
        let shared = Data::from(Arc::clone(&calls));
        let server =
            HttpServer::new(move || actix_web::App::new().app_data(shared.clone()).default_service(web::to(answer)));
        let server = server.workers(1).bind(("127.0.0.1", 0)).unwrap();
        let url = format!("http://{}", server.addrs()[0]);
        let running = server.run();
        let handle = running.handle();
        actix_web::rt::spawn(running);
        Self { url, calls, server: handle }
    }

    fn answers(&self, status: u16) {
        self.calls.lock().unwrap().status = status;
    }

    fn came(&self) -> Vec<Call> {
        std::mem::take(&mut self.calls.lock().unwrap().came)
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        drop(self.server.stop(false));
    }
}

async fn answer(req: HttpRequest, calls: Data<Mutex<Calls>>, body: Bytes) -> HttpResponse {
    let headers = req.headers().iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    let (path, body) = (req.path().to_owned(), String::from_utf8(body.to_vec()).unwrap());
    let mut calls = calls.lock().unwrap();
    calls.came.push(Call { path, headers: headers.collect(), body });
    let status = actix_web::http::StatusCode::from_u16(calls.status).unwrap();
    HttpResponse::build(status)
        .insert_header(("location", "/elsewhere"))
        .insert_header(("retry-after", calls.retry_after))
        .body("said the receiver")
}

async fn send(app: &App) -> usize {
    scheduler(app, None).run_due().await.unwrap()
}

async fn reminded(app: &App, user: &mut User, fields: &[(&str, &str)]) -> String {
    let path = add(user, &[fields, &[("starts_at", &day(1))]].concat()).await;
    due(app, &path, "1 minute").await;
    path
}

/// The signing secret as her page shows it.
async fn secret(user: &mut User) -> String {
    user.get(NOTIFICATIONS).await.expect(200).one("#webhook_secret").attr("value")
}

/// As the specification of Standard Webhooks tells receivers to check.
fn is_signed(call: &Call, secret: &str) -> bool {
    let key = BASE64_STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    let signed = format!("{}.{}.{}", call.header("webhook-id"), call.header("webhook-timestamp"), call.body);
    mac.update(signed.as_bytes());
    call.header("webhook-signature") == format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()))
}

#[actix_web::test]
async fn a_webhook_is_called_once_with_what_is_due_and_signed() {
    let (app, receiver) = (App::spawn().await, Receiver::start());
    let mut ada = app.sign_in("ada").await;
    let person = ada.post("/contacts", &[("first_name", "花子")]).await.expect(303).location();
    let url = format!("{}/hook", receiver.url);
    ada.post("/settings/notifications/webhook", &[("webhook", "true"), ("webhook_url", &url)]).await.expect(303);
    let id = person.trim_start_matches("/contacts/");
    let path = reminded(&app, &mut ada, &[("title", "Call \"her\""), ("note", "at\nnoon"), ("contact_id", id)]).await;
    assert_eq!((send(&app).await, send(&app).await), (1, 0), "told once");
    let calls = receiver.came();
    assert_eq!((calls.len(), calls[0].path.as_str()), (1, "/hook"));
    assert!(is_signed(&calls[0], &secret(&mut ada).await));
    let said = calls[0].said();
    assert_eq!((&said["type"], &said["data"]["count"]), (&"reminders.due".into(), &1.into()));
    let reminder = &said["data"]["reminders"][0];
    assert_eq!((&reminder["title"], &reminder["note"]), (&"Call \"her\"".into(), &"at\nnoon".into()));
    assert_eq!(reminder["contact"]["name"], "花子");
    assert_eq!(reminder["url"], format!("https://kith.example{path}"));
    assert!(told(&mut ada, &path).await.contains("sent by webhook"), "{}", told(&mut ada, &path).await);
    let old = secret(&mut ada).await;
    ada.post("/settings/notifications/webhook/secret", &[]).await.expect(303);
    reminded(&app, &mut ada, &[]).await;
    assert_eq!(send(&app).await, 1);
    let (again, new) = (receiver.came(), secret(&mut ada).await);
    assert!(is_signed(&again[0], &new) && !is_signed(&again[0], &old), "by the new secret alone");
    assert_ne!(again[0].header("webhook-id"), calls[0].header("webhook-id"));
}

#[actix_web::test]
async fn a_webhook_is_called_once_with_notice_and_once_with_what_is_due() {
    let (app, receiver) = (App::spawn().await, Receiver::start());
    let mut ada = app.sign_in("ada").await;
    let hook = [("webhook", "true"), ("webhook_url", receiver.url.as_str())];
    ada.post("/settings/notifications/webhook", &hook).await.expect(303);
    let path = add(&mut ada, &[("starts_at", &day(5)), ("advance_days", "3")]).await;
    for is_notice in [true, false] {
        match is_notice {
            true => come(&app, &path, "1 minute").await,
            false => due(&app, &path, "1 minute").await,
        }
        assert_eq!((send(&app).await, send(&app).await), (1, 0), "told once");
        let calls = receiver.came();
        let reminder = calls[0].said()["data"]["reminders"][0].clone();
        assert_eq!((calls.len(), &reminder["is_notice"]), (1, &is_notice.into()));
        let due_at: chrono::DateTime<chrono::Utc> = reminder["due_at"].as_str().unwrap().parse().unwrap();
        assert_eq!(due_at > chrono::Utc::now(), is_notice, "it says when it is due");
    }
}

#[actix_web::test]
async fn a_receiver_that_refuses_is_called_again_by_the_same_name_and_both_she_and_the_administrator_see_so() {
    let (app, receiver) = (App::spawn().await, Receiver::start());
    let (mut ada, mut bea) = (app.sign_in("ada").await, app.sign_in("bea").await);
    receiver.answers(302);
    bea.post("/settings/notifications/webhook", &[("webhook", "true"), ("webhook_url", &receiver.url)])
        .await
        .expect(303);
    let path = reminded(&app, &mut bea, &[]).await;
    assert_eq!(send(&app).await, 1);
    let first = receiver.came();
    assert_eq!(first.len(), 1, "a redirect is not followed");
    assert!(told(&mut bea, &path).await.contains("not sent by webhook (302 Found said the receiver)"));
    for page in [NOTIFICATIONS, "/settings", "/reminders"] {
        assert!(main_of(&mut bea, page).await.contains("did not get through since"), "{page}");
    }
    let alarm = main_of(&mut ada, "/settings").await;
    assert!(alarm.contains("1 message of 1 account did not get through") && alarm.contains("KITH_SMTP_URL"), "{alarm}");
    assert!(!main_of(&mut bea, "/settings").await.contains("of 1 account"), "who administers nothing sees her own");
    receiver.answers(204);
    later(&app).await;
    assert_eq!(send(&app).await, 1);
    assert_eq!(receiver.came()[0].header("webhook-id"), first[0].header("webhook-id"));
    assert!(told(&mut bea, &path).await.contains("sent by webhook"));
    assert!(!main_of(&mut bea, NOTIFICATIONS).await.contains("did not get through"));
    assert!(!main_of(&mut ada, "/settings").await.contains("of 1 account"));
}

#[actix_web::test]
async fn ntfy_is_told_title_text_and_link_with_the_token_in_its_header_alone() {
    let (app, receiver) = (App::spawn().await, Receiver::start());
    let mut ada = app.sign_in("ada").await;
    let topic = format!("{}/ada_1", receiver.url);
    let form = [("ntfy", "true"), ("ntfy_url", topic.as_str()), ("ntfy_token", "tk_secret")];
    ada.post("/settings/notifications/ntfy", &form).await.expect(303);
    let path = reminded(&app, &mut ada, &[("title", "أرسل"), ("note", "now")]).await;
    assert_eq!(send(&app).await, 1);
    let calls = receiver.came();
    assert_eq!((calls[0].path.as_str(), calls[0].header("authorization")), ("/", "Bearer tk_secret"));
    let said = calls[0].said();
    assert_eq!((&said["topic"], &said["title"]), (&"ada_1".into(), &"أرسل".into()));
    assert_eq!(said["click"], format!("https://kith.example{path}"));
    assert!(said["message"].as_str().unwrap().contains("now") && !calls[0].body.contains("tk_secret"));
    ada.post("/settings/notifications/ntfy", &form[1..]).await.expect(303);
    reminded(&app, &mut ada, &[]).await;
    assert_eq!((send(&app).await, receiver.came().len()), (0, 0), "what is turned off is not told");
}

#[actix_web::test]
async fn each_way_has_messages_of_its_own_so_that_one_that_fails_keeps_no_other() {
    let (app, receiver) = (App::spawn().await, Receiver::start());
    let mut ada = app.sign_in("ada").await;
    ada.post("/settings/notifications/webhook", &[("webhook", "true"), ("webhook_url", "http://127.0.0.1:1/")])
        .await
        .expect(303);
    let topic = format!("{}/a", receiver.url);
    ada.post("/settings/notifications/ntfy", &[("ntfy", "true"), ("ntfy_url", &topic)]).await.expect(303);
    let path = reminded(&app, &mut ada, &[]).await;
    assert_eq!(send(&app).await, 2);
    let told = told(&mut ada, &path).await;
    assert!(told.contains("sent by ntfy") && told.contains("not sent by webhook"), "{told}");
    assert_eq!(receiver.came().len(), 1);
}

#[actix_web::test]
async fn a_url_that_may_not_be_called_is_refused_at_its_field_and_kept() {
    let app = App::spawn_with(|site| site.caller = Caller::new(false)).await;
    let mut ada = app.sign_in("ada").await;
    let wrong = [
        ("webhook", ""),
        ("webhook", "nonsense"),
        ("webhook", "ftp://example.com/"),
        ("webhook", "https://ada:secret@example.com/"),
        ("webhook", "http://127.0.0.1/"),
        ("webhook", "http://[::1]/"),
        ("webhook", "http://169.254.169.254/latest"),
        ("ntfy", "https://ntfy.sh/"),
        ("ntfy", "https://ntfy.sh/a/b"),
    ];
    for (kind, url) in wrong {
        let field = format!("{kind}_url");
        let path = format!("{NOTIFICATIONS}/{kind}");
        let page = ada.post(&path, &[(kind, "true"), (&field, url)]).await.expect(422);
        assert!(!page.one(&format!("#{field}-error")).text().is_empty(), "{url}");
        assert_eq!(page.one(&format!("#{field}")).attr("value"), url);
    }
    let token = [("ntfy_url", "https://ntfy.sh/a"), ("ntfy_token", "two words")];
    ada.post("/settings/notifications/ntfy", &token).await.expect(422).one("#ntfy_token-error");
    ada.post("/settings/notifications/mail", &[("digest_time", "25:00")]).await.expect(422).one("#digest_time-error");
    assert_eq!(app.sql("select 1 from channels").await.len(), 0, "nothing was kept");
}

#[actix_web::test]
async fn a_test_says_what_the_receiver_said() {
    let (app, receiver) = (App::spawn().await, Receiver::start());
    let mut ada = app.sign_in("ada").await;
    ada.post("/settings/notifications/webhook/test", &[]).await.expect(303);
    assert!(main_of(&mut ada, NOTIFICATIONS).await.contains("Not sent: save its URL first."));
    ada.post("/settings/notifications/webhook", &[("webhook_url", &receiver.url)]).await.expect(303);
    ada.post("/settings/notifications/webhook/test", &[]).await.expect(303);
    assert!(main_of(&mut ada, NOTIFICATIONS).await.contains("which answered 200 OK said the receiver."));
    let call = &receiver.came()[0];
    assert!(call.said()["type"] == "test" && is_signed(call, &secret(&mut ada).await));
    receiver.answers(500);
    ada.post("/settings/notifications/webhook/test", &[]).await.expect(303);
    assert!(main_of(&mut ada, NOTIFICATIONS).await.contains("Not sent: 500 Internal Server Error"));
    ada.post("/settings/notifications/nothing/test", &[]).await.expect(404);
}

#[actix_web::test]
async fn secrets_are_hers_alone_and_in_no_export() {
    let (app, receiver) = (App::spawn().await, Receiver::start());
    let (mut ada, mut bea) = (app.sign_in("ada").await, app.sign_in("bea").await);
    ada.post("/settings/notifications/webhook", &[("webhook", "true"), ("webhook_url", &receiver.url)])
        .await
        .expect(303);
    let secret = secret(&mut ada).await;
    assert!(!bea.get(NOTIFICATIONS).await.expect(200).body.contains(&secret));
    ada.post("/contacts", &[("first_name", "Grace")]).await.expect(303);
    let export = ada.get("/exports/account.json").await.expect(200).body;
    assert!(export.contains("Grace") && !export.contains(&secret[6..]));
}

#[actix_web::test]
async fn a_receiver_that_asks_to_be_left_alone_is_for_so_long_but_no_longer_than_an_hour() {
    let (app, receiver) = (App::spawn().await, Receiver::start());
    let mut ada = app.sign_in("ada").await;
    ada.post("/settings/notifications/webhook", &[("webhook", "true"), ("webhook_url", &receiver.url)])
        .await
        .expect(303);
    receiver.answers(429);
    for (asked, minutes) in [("", 1), ("1800", 30), ("86400", 60)] {
        app.sql("delete from deliveries").await;
        receiver.calls.lock().unwrap().retry_after = asked;
        reminded(&app, &mut ada, &[]).await;
        assert_eq!(send(&app).await, 1);
        let sql =
            "select ceil(extract(epoch from next_try_at - now()) / 60)::int from deliveries where state = 'waiting'";
        assert_eq!(app.sql(sql).await[0].get::<_, i32>(0), minutes, "asked for {asked:?} seconds");
    }
}
