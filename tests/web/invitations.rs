//! Invitations by link, and who may sign up by the setting.

use kith::web::site::SignUp;
use sha2::{Digest, Sha256};

use crate::harness::{App, PASSWORD, User};

const BO: [(&str, &str); 4] =
    [("full_name", "Bo"), ("email", "bo@example.com"), ("password", PASSWORD), ("time_zone", "Asia/Tokyo")];

async fn inviting() -> (App, User) {
    let app = App::spawn_with(|site| site.sign_up = SignUp::Invite).await;
    let ada = app.sign_in("ada").await;
    (app, ada)
}

/// Makes an invitation and gives the token of its link.
async fn invite(ada: &mut User) -> String {
    let page = ada.post("/admin/invitations", &[("note", "Bo"), ("days", "7")]).await.expect(303).location();
    let link = ada.get(&page).await.expect(200).one("#link").attr("value");
    link.split_once("/signup?token=").unwrap().1.to_owned()
}

async fn sign_up(app: &App, token: &str, email: &str) -> u16 {
    let mut form = BO;
    form[1].1 = email;
    app.visitor().post("/signup", &[&form[..], &[("token", token)]].concat()).await.status
}

#[actix_web::test]
async fn an_invitation_makes_one_account_and_then_none() {
    let (app, mut ada) = inviting().await;
    app.visitor().get("/signup").await.expect(404);
    let token = invite(&mut ada).await;
    let page = app.visitor().get(&format!("/signup?token={token}")).await.expect(200);
    assert_eq!(page.one("input[name=token]").attr("value"), token);
    assert_eq!(sign_up(&app, &token, "bo@example.com").await, 303);
    assert_eq!(sign_up(&app, &token, "eve@example.com").await, 404);
    app.visitor().get(&format!("/signup?token={token}")).await.expect(404);
    assert!(!app.sql("select is_admin from users where email = 'bo@example.com'").await[0].get::<_, bool>(0));
    let row = ada.get("/admin/invitations").await.expect(200).one("[data-kind=invitation]");
    assert!(row.text().contains("Used "), "{}", row.text());
}

#[actix_web::test]
async fn its_link_is_shown_once_and_the_database_has_a_hash() {
    let (app, mut ada) = inviting().await;
    let token = invite(&mut ada).await;
    assert_eq!(ada.get("/admin/invitations").await.expect(200).count("#link"), 0);
    let stored: Vec<u8> = app.sql("select token_hash from invitations").await[0].get(0);
    assert_eq!((token.len(), stored), (64, Sha256::digest(token.as_bytes()).to_vec()));
    assert_ne!(invite(&mut ada).await, token);
}

#[actix_web::test]
async fn an_invitation_that_is_revoked_or_too_old_makes_no_account() {
    let (app, mut ada) = inviting().await;
    let token = invite(&mut ada).await;
    let id = ada.get("/admin/invitations").await.one("[data-kind=invitation]").attr("data-id");
    ada.post(&format!("/admin/invitations/{id}/revocation"), &[]).await.expect(303);
    assert_eq!(sign_up(&app, &token, "bo@example.com").await, 404);
    let token = invite(&mut ada).await;
    app.sql("update invitations set expires_at = now() - interval '1 second'").await;
    assert_eq!(sign_up(&app, &token, "bo@example.com").await, 404);
    assert_eq!(ada.get("/admin/invitations").await.count("[data-kind=invitation] button"), 0);
}

#[actix_web::test]
async fn whoever_has_a_link_that_makes_no_account_is_told_so_and_keeps_what_she_typed() {
    let (app, mut ada) = inviting().await;
    let token = invite(&mut ada).await;
    let id = ada.get("/admin/invitations").await.one("[data-kind=invitation]").attr("data-id");
    ada.post(&format!("/admin/invitations/{id}/revocation"), &[]).await.expect(303);
    let gone = app.visitor().get(&format!("/signup?token={token}")).await.expect(404);
    let unknown = app.visitor().get("/signup?token=never-was").await.expect(404);
    for page in [&gone, &unknown] {
        assert_eq!(page.one("h1").text(), "This link makes no account");
        assert!(page.one("main").text().contains("ask whoever sent it to you"), "{}", page.body);
        assert_eq!((page.count("a[href='/login']"), page.count("a[href='/contacts']"), page.count("form")), (1, 0, 0));
    }
    let mut bo = app.visitor();
    let page = bo.post("/signup", &[&BO[..], &[("token", token.as_str())]].concat()).await.expect(404);
    assert_eq!(page.one("input[name=full_name]").attr("value"), "Bo");
    assert_eq!(page.one("input[name=email]").attr("value"), "bo@example.com");
    assert_eq!(page.one("option[selected]").attr("value"), "Asia/Tokyo");
    let link = format!("https://kith.example/signup?token={}", invite(&mut ada).await);
    bo.post("/signup", &[&BO[..], &[("token", link.as_str())]].concat()).await.expect(303);
}

#[actix_web::test]
async fn an_address_that_is_taken_does_not_use_the_invitation_up() {
    let (app, mut ada) = inviting().await;
    let token = invite(&mut ada).await;
    assert_eq!(sign_up(&app, &token, "ada@example.com").await, 422);
    assert_eq!(sign_up(&app, &token, "bo@example.com").await, 303);
}

#[actix_web::test]
async fn of_many_who_use_one_invitation_at_once_one_gets_the_account() {
    let (app, mut ada) = inviting().await;
    let token = invite(&mut ada).await;
    let emails: Vec<String> = (0..6).map(|n| format!("person{n}@example.com")).collect();
    let statuses = futures_util::future::join_all(emails.iter().map(|email| sign_up(&app, &token, email))).await;
    assert_eq!(statuses.iter().filter(|status| **status == 303).count(), 1, "{statuses:?}");
    assert_eq!(app.sql("select count(*) from users").await[0].get::<_, i64>(0), 2);
}

#[actix_web::test]
async fn where_sign_up_is_closed_no_link_works_and_none_is_made() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let hash = Sha256::digest(b"a token").iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    app.sql(&format!(
        "insert into invitations (user_id, token_hash, expires_at) select id, '\\x{hash}', now() + interval '1 day' from users"
    ))
    .await;
    app.visitor().get("/signup?token=a+token").await.expect(404);
    assert_eq!(sign_up(&app, "a token", "bo@example.com").await, 404);
    let page = ada.get("/admin/invitations").await.expect(200);
    assert_eq!((page.count(".notice"), page.count("input[name=note]")), (1, 0));
    ada.post("/admin/invitations", &[("note", "Bo"), ("days", "7")]).await.expect(422);
}

#[actix_web::test]
async fn where_sign_up_is_open_a_link_works_too_and_nobody_needs_one() {
    let app = App::spawn_with(|site| site.sign_up = SignUp::Open).await;
    let mut ada = app.sign_in("ada").await;
    let token = invite(&mut ada).await;
    assert_eq!(sign_up(&app, &token, "bo@example.com").await, 303);
    assert_eq!(sign_up(&app, "", "eve@example.com").await, 303);
}

#[actix_web::test]
async fn what_is_wrong_with_an_invitation_is_said_at_its_field() {
    let (_app, mut ada) = inviting().await;
    let page = ada.post("/admin/invitations", &[("note", "Bo"), ("days", "91")]).await.expect(422);
    assert_eq!(page.one("#days-error").text(), "Give a whole number from 1 to 90.");
    assert_eq!(page.one("input[name=note]").attr("value"), "Bo");
    for _ in 0..100 {
        ada.post("/admin/invitations", &[("note", ""), ("days", "1")]).await.expect(303);
    }
    let page = ada.post("/admin/invitations", &[("note", "One more"), ("days", "1")]).await.expect(422);
    assert!(page.one("#note-error").text().contains("Revoke some"));
    let rest = ada.get("/admin/invitations").await.one("a[rel=next]").attr("href");
    assert_eq!(ada.get(&rest).await.expect(200).count("[data-kind=invitation]"), 50);
}

/// The session of somebody and her id.
pub async fn session_of(app: &App, name: &str) -> (String, String) {
    let sql = format!(
        "select s.id::text, u.id::text from sessions s join users u on u.id = s.user_id where u.full_name = '{name}'"
    );
    let row = &app.sql(&sql).await[0];
    (row.get(0), row.get(1))
}

#[actix_web::test]
async fn only_an_administrator_invites_and_the_database_asks_for_itself() {
    let (app, mut ada) = inviting().await;
    let mut bob = app.sign_in("bob").await;
    bob.get("/admin/invitations").await.expect(404);
    bob.post("/admin/invitations", &[("note", "Eve"), ("days", "7")]).await.expect(404);
    assert_eq!(bob.get("/settings").await.expect(200).count("a[href^='/admin']"), 0);
    invite(&mut ada).await;
    // As a handler that forgot to ask would call them: with Bob's session, and with Ada's name and no session.
    let (adas, ada_id) = session_of(&app, "ada").await;
    let (bobs, bob_id) = session_of(&app, "bob").await;
    let client = kith::db::connect::client(&app.database.app_url).await.unwrap();
    for (user, session, sees) in
        [(&bob_id, &bobs, false), (&ada_id, &bobs, false), (&ada_id, &String::new(), false), (&ada_id, &adas, true)]
    {
        client.batch_execute(&format!("begin; select set_config('app.current_user_id', '{user}', true), set_config('app.session_id', '{session}', true)")).await.unwrap();
        let rows = client.query("select * from list_invitations('infinity', gen_random_uuid())", &[]).await.unwrap();
        let made = client.query_one("select create_invitation('\\x00', '', 1) is not null", &[]).await.unwrap();
        let revoked = client.query_one("select revoke_invitation(gen_random_uuid())", &[]).await.unwrap();
        client.batch_execute("rollback").await.unwrap();
        assert_eq!((!rows.is_empty(), made.get::<_, bool>(0)), (sees, sees), "{user} with the session {session:?}");
        assert!(!revoked.get::<_, bool>(0));
    }
}
