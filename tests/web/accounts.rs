//! Sign-up, sign-in, sessions and passwords.

use kith::accounts::passwords;
use kith::web::site::SignUp;
use sha2::{Digest, Sha256};

use crate::harness::{App, PASSWORD, SETUP_TOKEN};

const ADA: [(&str, &str); 4] =
    [("full_name", "Ada"), ("email", "ada@example.com"), ("password", PASSWORD), ("time_zone", "Europe/London")];

#[actix_web::test]
async fn a_stranger_cannot_take_a_fresh_instance() {
    let app = App::spawn().await;
    let mut visitor = app.visitor();
    visitor.get("/signup").await.expect(404);
    visitor.get("/signup?token=guess").await.expect(404);
    visitor.post("/signup", &ADA).await.expect(404);
}

#[actix_web::test]
async fn whoever_holds_the_link_becomes_the_administrator_and_the_link_is_used_up() {
    let app = App::spawn().await;
    let mut ada = app.visitor();
    ada.get(&format!("/signup?token={SETUP_TOKEN}")).await.expect(200);
    let done = ada.post("/signup", &[&ADA[..], &[("token", SETUP_TOKEN)]].concat()).await.expect(303);
    assert_eq!(done.location(), "/");
    assert!(app.sql("select is_admin from users").await[0].get::<_, bool>(0));
    app.visitor().get(&format!("/signup?token={SETUP_TOKEN}")).await.expect(404);
}

#[actix_web::test]
async fn a_refused_sign_up_says_why_at_the_field_and_keeps_what_was_typed() {
    let app = App::spawn().await;
    let mut ada = app.visitor();
    let fields = [
        ("token", SETUP_TOKEN),
        ("full_name", "Ada"),
        ("email", "no address"),
        ("password", "short"),
        ("time_zone", "Mars/One"),
    ];
    let page = ada.post("/signup", &fields).await.expect(422);
    assert_eq!(page.one("input[name=full_name]").attr("value"), "Ada");
    assert_eq!(page.one("input[name=email]").attr("value"), "no address");
    assert_eq!(page.one("#email-error").text(), "This is no e-mail address.");
    assert_eq!(page.one("#password-error").text(), "Use at least 8 characters.");
    assert_eq!(page.one("#time_zone-error").text(), "Choose a time zone from the list.");
    assert_eq!(page.one("input[name=password]").attr("value"), "");
}

#[actix_web::test]
async fn an_address_may_be_of_any_script_and_one_that_no_message_can_carry_is_refused() {
    let app = App::spawn_with(|site| site.sign_up = SignUp::Open).await;
    app.sign_in("bea").await;
    let form = app.visitor().get("/signup").await.expect(200);
    assert_eq!(form.one("#email").attr("type"), "text", "a browser that checked it would refuse them");
    for (address, status) in [
        ("jörg@müller.example", 303),
        ("مستخدم@مثال.إختبار", 303),
        ("kith@localhost", 303),
        ("ada@-", 422),
        ("@example.com", 422),
        ("ada@exa_mple..com", 422),
        ("ada@example.com, bea@example.com", 422),
        ("<ada@example.com>", 422),
    ] {
        let fields = [("full_name", "Ada"), ("email", address), ("password", PASSWORD), ("time_zone", "UTC")];
        let page = app.visitor().post("/signup", &fields).await.expect(status);
        if status == 422 {
            assert_eq!(page.one("#email-error").text(), "This is no e-mail address.", "{address}");
            assert_eq!(page.one("input[name=email]").attr("value"), address);
        }
    }
    assert_eq!(app.sql("select from users where email = 'jörg@müller.example'").await.len(), 1, "as it was typed");
}

#[actix_web::test]
async fn an_unknown_address_and_a_wrong_password_are_answered_alike() {
    let app = App::spawn().await;
    app.sign_in("ada").await;
    let mut visitor = app.visitor();
    let wrong =
        visitor.post("/login", &[("email", "ada@example.com"), ("password", "not her password")]).await.expect(422);
    let unknown =
        visitor.post("/login", &[("email", "bob@example.com"), ("password", "not her password")]).await.expect(422);
    assert_eq!(wrong.body.replace("ada@", "bob@"), unknown.body);
}

#[actix_web::test]
async fn every_refused_sign_in_costs_the_hash_that_a_known_address_costs() {
    let app = App::spawn().await;
    app.sign_in("ada").await;
    app.sign_in("eve").await;
    app.sql("update users set is_disabled = true where email = 'eve@example.com'").await;
    let mut visitor = app.visitor();
    let (token, long) = (visitor.token().await, "x".repeat(10_000));
    for (email, password) in [
        ("ada@example.com", "not her password"),
        ("bob@example.com", "not her password"),
        ("eve@example.com", PASSWORD),
        ("ada@example.com", long.as_str()),
        ("nobody\0@example.com", PASSWORD),
        ("", ""),
    ] {
        let before = passwords::compared();
        let fields = [("csrf_token", token.as_str()), ("email", email), ("password", password)];
        visitor.post_with("/login", &fields, &[]).await.expect(422);
        // Where the tests share a process others compare too; alone it is exactly one.
        assert!(passwords::compared() > before, "{email:?} was refused without the work");
    }
}

#[actix_web::test]
async fn passwords_keep_every_character_and_the_longest_is_not_cut() {
    let app = App::spawn_with(|site| site.sign_up = SignUp::Open).await;
    let (longest, emoji) = ("ü".repeat(128), " 🦊 seven foxes ".to_owned());
    for (n, (password, status)) in
        [("seven77".to_owned(), 422), ("ü".repeat(129), 422), (longest, 303), (emoji, 303)].iter().enumerate()
    {
        let email = format!("person{n}@example.com");
        let fields = [("full_name", "P"), ("email", &email), ("password", password), ("time_zone", "UTC")];
        let fields = [&fields[..], &[("token", SETUP_TOKEN)]].concat();
        app.visitor().post("/signup", &fields).await.expect(*status);
        if *status == 303 {
            let cut = password.trim().chars().take(127).collect::<String>();
            app.visitor().post("/login", &[("email", &email), ("password", &cut)]).await.expect(422);
            app.visitor().post("/login", &[("email", &email), ("password", password)]).await.expect(303);
        }
    }
}

#[actix_web::test]
async fn a_form_cannot_name_what_only_the_administrator_may_change() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let person = ada.post("/contacts", &[("first_name", "Grace")]).await.expect(303).location();
    let id = "01900000-0000-7000-8000-000000000000";
    let extra = [
        ("id", id),
        ("user_id", id),
        ("is_admin", "true"),
        ("is_disabled", "true"),
        ("subscription_tier", "gold"),
        ("deleted_at", "2020-01-01"),
        ("created_at", "2020-01-01"),
        ("people_count", "7"),
    ];
    let sums = "select (select string_agg(id || email || is_admin || is_disabled || coalesce(subscription_tier, ''), ',') from users), \
        (select string_agg(id || user_id::text || created_at || coalesce(deleted_at::text, ''), ',') from contacts)";
    let before: (String, String) = (app.sql(sums).await[0].get(0), app.sql(sums).await[0].get(1));
    ada.post("/settings/profile", &[&extra[..], &[("full_name", "Ada"), ("time_zone", "UTC")]].concat())
        .await
        .expect(303);
    ada.post(&person, &[&extra[..], &[("first_name", "Grace"), ("version", "1")]].concat()).await.expect(303);
    let row = &app.sql(sums).await[0];
    assert_eq!((row.get::<_, String>(0), row.get::<_, String>(1)), before);
}

#[actix_web::test]
async fn signing_out_ends_the_session_on_the_server() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let mut copy = ada.clone();
    ada.post("/logout", &[]).await.expect(303);
    assert_eq!(copy.get("/settings").await.expect(303).location(), "/login?next=%2Fsettings");
    let part = copy.get_with("/settings", &[("hx-request", "true")]).await.expect(303);
    assert_eq!(part.location(), "/login", "a part of a page is nothing to go back to");
}

#[actix_web::test]
async fn a_new_password_needs_the_old_one_and_ends_other_sessions() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let mut phone = app.visitor();
    phone.post("/login", &[("email", "ada@example.com"), ("password", PASSWORD)]).await.expect(303);
    let new = "quite another sentence";
    let refused =
        ada.post("/settings/password", &[("current_password", "a guess"), ("password", new)]).await.expect(422);
    assert_eq!(refused.one("#current_password-error").text(), "This is not your present password.");
    phone.get("/settings").await.expect(200);
    ada.post("/settings/password", &[("current_password", PASSWORD), ("password", new)]).await.expect(303);
    phone.get("/settings").await.expect(303);
    ada.get("/settings").await.expect(200);
    app.visitor().post("/login", &[("email", "ada@example.com"), ("password", new)]).await.expect(303);
}

#[actix_web::test]
async fn a_session_can_be_listed_and_ended_and_a_strangers_is_404() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let mut bob = app.sign_in("bob").await;
    let mut phone = app.visitor();
    phone.post("/login", &[("email", "ada@example.com"), ("password", PASSWORD)]).await.expect(303);
    let page = ada.get("/settings").await.expect(200);
    assert_eq!(page.count("[data-kind=session]"), 2);
    let other = page.all("[data-kind=session]").into_iter().find(|row| !row.text().contains("this one")).unwrap();
    let path = format!("/settings/sessions/{}/end", other.attr("data-id"));
    bob.post(&path, &[]).await.expect(404);
    ada.post(&path, &[]).await.expect(303);
    phone.get("/settings").await.expect(303);
}

#[actix_web::test]
async fn a_session_ends_when_unused_and_after_its_longest_life() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    app.sql("update sessions set last_used_at = now() - interval '31 days'").await;
    ada.get("/settings").await.expect(303);
    let mut again = app.visitor();
    again.post("/login", &[("email", "ada@example.com"), ("password", PASSWORD)]).await.expect(303);
    app.sql("update sessions set created_at = now() - interval '181 days'").await;
    again.get("/settings").await.expect(303);
}

#[actix_web::test]
async fn guessing_is_slowed_down_and_a_forged_address_does_not_reset_it() {
    let app = App::spawn().await;
    app.sign_in("ada").await;
    let mut thief = app.visitor();
    let token = thief.token().await;
    let mut last = 0;
    for guess in 0..12 {
        let address = format!("198.51.100.{guess}");
        let fields = [("csrf_token", token.as_str()), ("email", "ada@example.com"), ("password", "wrong, wrong")];
        last = thief.post_with("/login", &fields, &[("x-forwarded-for", &address)]).await.status;
    }
    assert_eq!(last, 429);
    app.sql("update sign_in_attempts set blocked_until = now()").await;
    app.visitor().post("/login", &[("email", "ada@example.com"), ("password", PASSWORD)]).await.expect(303);
}

#[actix_web::test]
async fn whoever_tries_many_accounts_is_slowed_down_under_every_address_that_is_forged() {
    let app = App::spawn().await;
    let mut thief = app.visitor();
    let token = thief.token().await;
    let mut statuses = Vec::new();
    for guess in 0..22 {
        let (email, address) = (format!("person{guess}@example.com"), format!("198.51.100.{guess}"));
        let fields = [("csrf_token", token.as_str()), ("email", &email), ("password", "wrong, wrong")];
        let headers = [("x-forwarded-for", address.as_str()), ("x-real-ip", &address), ("forwarded", &address)];
        statuses.push(thief.post_with("/login", &fields, &headers).await.status);
    }
    assert_eq!((statuses[0], statuses[21]), (422, 429), "{statuses:?}");
}

/// The statuses of so many sign-ins sent at once.
async fn at_once(app: &App, fields: &[Vec<(&str, &str)>]) -> Vec<u16> {
    let mut visitor = app.visitor();
    let token = visitor.token().await;
    let tries = fields.iter().map(|fields| {
        let (mut visitor, form) = (visitor.clone(), [&[("csrf_token", token.as_str())], &fields[..]].concat());
        async move { visitor.post_with("/login", &form, &[]).await.status }
    });
    futures_util::future::join_all(tries).await
}

#[actix_web::test]
async fn many_guesses_at_once_are_no_more_than_as_many_after_one_another() {
    let app = App::spawn().await;
    app.sign_in("ada").await;
    let before = passwords::compared();
    let statuses = at_once(&app, &vec![vec![("email", "ada@example.com"), ("password", "wrong, wrong")]; 60]).await;
    let tried = statuses.iter().filter(|status| **status == 422).count();
    // Ten are free; a slow machine may reach the end of the first short waits.
    assert!((10..=13).contains(&tried), "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 429).count(), 60 - tried);
    assert!(passwords::compared() - before <= 13, "a refused try costs no hash");

    let emails: Vec<String> = (0..60).map(|n| format!("person{n}@example.com")).collect();
    let fields: Vec<_> = emails.iter().map(|email| vec![("email", email.as_str()), ("password", "wrong")]).collect();
    app.sql("delete from sign_in_attempts").await;
    let statuses = at_once(&app, &fields).await;
    let tried = statuses.iter().filter(|status| **status == 422).count();
    assert!((20..=23).contains(&tried), "{statuses:?}");
}

#[actix_web::test]
async fn a_good_sign_in_is_no_try_and_forgets_the_accounts_failures() {
    let app = App::spawn().await;
    app.sign_in("ada").await;
    let good = vec![("email", "ada@example.com"), ("password", PASSWORD)];
    let bad = vec![("email", "ada@example.com"), ("password", "wrong, wrong")];
    assert_eq!(at_once(&app, &vec![bad.clone(); 9]).await, [422; 9]);
    for _ in 0..30 {
        assert_eq!(at_once(&app, std::slice::from_ref(&good)).await, [303]);
    }
    let counts = "select failures from sign_in_attempts order by key";
    let counts: Vec<i32> = app.sql(counts).await.iter().map(|row| row.get(0)).collect();
    assert_eq!(counts, [0, 9], "of the account, of the address");
}

#[actix_web::test]
async fn whoever_has_to_wait_is_told_how_long_and_keeps_what_was_typed() {
    let app = App::spawn_with(|site| site.sign_up = SignUp::Open).await;
    let mut ada = app.sign_in("ada").await;
    let now = "now() + interval '40 seconds'";
    app.sql(&format!("update sign_in_attempts set blocked_until = {now}")).await;
    let form = [("email", "ada@example.com"), ("password", PASSWORD), ("next", "/tags")];
    let page = app.visitor().post("/login", &form).await.expect(429);
    assert_eq!(page.one("input[name=email]").attr("value"), "ada@example.com");
    assert_eq!(page.one("input[name=next]").attr("value"), "/tags");
    assert_eq!(page.one("input[name=password]").attr("value"), "");
    let (said, wait) = (page.one("#password-error"), page.header("retry-after").parse::<u64>().unwrap());
    assert!((30..=40).contains(&wait), "{wait}");
    assert_eq!(said.text(), format!("Too many tries. Try again in {wait} seconds."));
    let form = [("full_name", "Bo"), ("email", "bo@example.com"), ("password", PASSWORD), ("time_zone", "Asia/Tokyo")];
    let page = app.visitor().post("/signup", &form).await.expect(429);
    assert_eq!(page.one("input[name=full_name]").attr("value"), "Bo");
    assert_eq!(page.one("option[selected]").attr("value"), "Asia/Tokyo");
    let page = ada.post("/settings/password", &[("current_password", PASSWORD), ("password", "another one")]).await;
    assert!(page.expect(429).one("#current_password-error").text().starts_with("Too many tries."));
}

#[actix_web::test]
async fn only_a_hash_of_the_token_is_stored() {
    let app = App::spawn().await;
    let ada = app.sign_in("ada").await;
    let token = &ada.cookies["kith_session"];
    assert_eq!(token.len(), 64);
    let stored: Vec<u8> = app.sql("select token_hash from sessions").await[0].get(0);
    assert_eq!(stored, Sha256::digest(token.as_bytes()).to_vec());
}

#[actix_web::test]
async fn a_visitor_is_led_to_the_page_that_she_wanted_once_she_has_signed_in() {
    let app = App::spawn().await;
    app.sign_in("ada").await;
    let mut visitor = app.visitor();
    let login = visitor.get("/contacts?q=zo%C3%AB").await.expect(303).location();
    visitor.get(&login).await.expect(200);
    let form = [("email", "ada@example.com"), ("password", crate::harness::PASSWORD)];
    let next = visitor.get(&login).await.one("input[name=next]").attr("value");
    let signed_in = visitor.post("/login", &[&form[..], &[("next", &next)]].concat()).await.expect(303);
    assert_eq!(signed_in.location(), "/contacts?q=zo%C3%AB");
    assert_eq!(visitor.get("/login?next=/%01").await.expect(303).location(), "/");
}
