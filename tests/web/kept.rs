//! What was typed while a session ended is not lost: it comes back with the sign-in page and is sent again.

use crate::harness::{App, PASSWORD, Page, User};

/// The hidden fields of the one form that leads to `action`.
fn fields(page: &Page, action: &str) -> Vec<(String, String)> {
    let hidden = page.all(&format!("form[action='{action}'] input[type=hidden]"));
    hidden.iter().map(|input| (input.attr("name"), input.attr("value"))).collect()
}

/// Sends a form of a page with what is typed into it besides.
async fn send(user: &mut User, page: &Page, action: &str, typed: &[(&str, &str)]) -> Page {
    let hidden = fields(page, action);
    let hidden = hidden.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    user.post_with(action, &hidden.chain(typed.iter().copied()).collect::<Vec<_>>(), &[]).await
}

async fn end_sessions(app: &App) {
    app.sql("update sessions set last_used_at = now() - interval '31 days'").await;
}

const GRACE: [(&str, &str); 9] = [
    ("first_name", "Grace"),
    ("last_name", "O'Brien \"& Söhne\" <b>"),
    ("notes", "First line\r\n\r\nsecond  line"),
    ("method_kind[]", "email"),
    ("method_label[]", "work"),
    ("method_value[]", "grace@example.com"),
    ("method_kind[]", "phone"),
    ("method_label[]", ""),
    ("method_value[]", "+49 30 1"),
];

#[actix_web::test]
async fn what_was_typed_when_the_session_had_ended_is_saved_after_signing_in() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let token = ada.get("/contacts/new").await.all("input[name=csrf_token]")[0].attr("value");
    end_sessions(&app).await;
    let form = [&[("csrf_token", token.as_str())], &GRACE[..]].concat();
    let page = ada.post_with("/contacts", &form, &[]).await.expect(401);
    assert!(page.one(".notice").text().contains("kept here"));
    let wrong = [("email", "ada@example.com"), ("password", "not her password")];
    let page = send(&mut ada, &page, "/login", &wrong).await.expect(422);
    let page =
        send(&mut ada, &page, "/login", &[("email", "ada@example.com"), ("password", PASSWORD)]).await.expect(200);
    assert!(!page.body.contains(PASSWORD));
    let shown: Vec<String> = page.all("td").iter().map(|cell| cell.text().to_owned()).collect();
    assert!(shown.contains(&"O'Brien \"& Söhne\" <b>".to_owned()), "{shown:?}");
    assert_eq!(app.sql("select count(*) from contacts").await[0].get::<_, i64>(0), 0, "she has not sent it yet");
    let person = send(&mut ada, &page, "/contacts", &[]).await.expect(303).location();
    let page = ada.get(&format!("{person}/edit")).await.expect(200);
    assert_eq!(page.one("input[name=last_name]").attr("value"), "O'Brien \"& Söhne\" <b>");
    let row = &app.sql("select notes, email, phone from contacts").await[0];
    assert_eq!(row.get::<_, String>(0), "First line\n\nsecond  line");
    assert_eq!((row.get(1), row.get(2)), ("grace@example.com", "+49 30 1"));
}

#[actix_web::test]
async fn a_form_of_an_older_session_can_be_sent_again_in_todays() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let old = ada.token().await;
    ada.post("/logout", &[]).await.expect(303);
    ada.post("/login", &[("email", "ada@example.com"), ("password", PASSWORD)]).await.expect(303);
    let form = [("csrf_token", old.as_str()), ("first_name", "Grace")];
    let origin = app.url.clone();
    let page = ada.post_with("/contacts", &form, &[("origin", &origin)]).await.expect(403);
    assert_eq!(page.one("td").text(), "Grace");
    assert_eq!(app.sql("select count(*) from contacts").await[0].get::<_, i64>(0), 0);
    send(&mut ada, &page, "/contacts", &[]).await.expect(303);
    assert_eq!(app.sql("select first_name from contacts").await[0].get::<_, String>(0), "Grace");
}

#[actix_web::test]
async fn nothing_that_another_site_sends_comes_to_stand_in_a_page_of_ours() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let mut visitor = app.visitor();
    let form = [("csrf_token", "a guess"), ("first_name", "Mallory")];
    for headers in [vec![], vec![("sec-fetch-site", "cross-site")], vec![("origin", "https://evil.example")]] {
        let answers =
            [ada.post_with("/contacts", &form, &headers).await, visitor.post_with("/contacts", &form, &headers).await];
        for answer in answers {
            assert!([403, 303].contains(&answer.status), "{headers:?}: {}", answer.status);
            assert!(!answer.body.contains("Mallory"), "{headers:?}");
        }
    }
    let away = [("email", "ada@example.com"), ("password", PASSWORD), ("again", "//evil.example"), ("again:name", "x")];
    assert_eq!(visitor.post("/login", &away).await.expect(303).location(), "/");
}

#[actix_web::test]
async fn a_form_with_a_password_is_kept_nowhere() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (token, new) = (ada.token().await, "quite another sentence");
    end_sessions(&app).await;
    let form = [("csrf_token", token.as_str()), ("current_password", PASSWORD), ("password", new)];
    let answer = ada.post_with("/settings/password", &form, &[]).await.expect(303);
    assert!(!answer.body.contains(PASSWORD) && !answer.body.contains(new));
    let button = ada.post_with("/contacts", &[("csrf_token", token.as_str())], &[]).await;
    assert_eq!(button.expect(303).location(), "/login", "nothing was typed into it");
}
