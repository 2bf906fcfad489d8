//! The administrator's pages of accounts.

use kith::db::connect;

use crate::harness::{App, PASSWORD, User};
use crate::invitations::session_of;

async fn ada_and_bob() -> (App, User, User, String) {
    let app = App::spawn().await;
    let (ada, bob) = (app.sign_in("ada").await, app.sign_in("bob").await);
    let page = format!("/admin/accounts/{}", session_of(&app, "bob").await.1);
    (app, ada, bob, page)
}

#[actix_web::test]
async fn the_list_tells_how_much_each_account_holds_and_when_it_was_used() {
    let (app, mut ada, mut bob, bobs) = ada_and_bob().await;
    // Ids, since PostgreSQL would store three thousand times the same letter in a few bytes.
    let notes: String = (0..100).map(|_| uuid::Uuid::new_v4().simple().to_string()).collect();
    for name in ["Grace", "Iris"] {
        bob.post("/contacts", &[("first_name", name), ("notes", &notes)]).await.expect(303);
    }
    app.db.anonymous().keep_house(30).await.unwrap();
    app.run_jobs().await;
    let page = ada.get("/admin/accounts").await.expect(200);
    assert_eq!(page.count("[data-kind=account]"), 2);
    assert_eq!(page.one(".side .desk[aria-current=page]").attr("href"), "/settings");
    let row = page.all("[data-kind=account]").into_iter().find(|row| row.text().contains("bob@")).unwrap();
    assert!(row.text().contains("free · 2 people · ") && row.text().contains(" KB"), "{}", row.text());
    assert!(row.text().contains("today"), "{}", row.text());
    assert!(!page.body.contains("Grace"), "what is in an account is nobody else's");
    let bytes: i64 = app.sql("select max(bytes) from account_sizes").await[0].get(0);
    assert!((6000..100_000).contains(&bytes), "{bytes}");
    assert_eq!(ada.get(&bobs).await.expect(200).one("main h1").text(), "bob");
    app.sql("delete from contacts where first_name = 'Iris'").await;
    app.db.anonymous().keep_house(30).await.unwrap();
    app.run_jobs().await;
    assert!(ada.get("/admin/accounts").await.expect(200).body.contains("1</data> person · "));
    assert!(bob.get("/settings/deletion").await.expect(200).body.contains("1</data> person here."));
}

#[actix_web::test]
async fn for_whoever_administers_nothing_there_are_no_such_pages() {
    let (app, _, mut bob, bobs) = ada_and_bob().await;
    for path in ["/admin/accounts", bobs.as_str()] {
        bob.get(path).await.expect(404);
    }
    bob.post(&bobs, &[("choice", "promote")]).await.expect(404);
    bob.post(&bobs, &[("tier", "team")]).await.expect(404);
    assert_eq!(bob.get("/settings").await.expect(200).count("a[href^='/admin']"), 0);
    let changed = app.sql("select count(*) from users where is_admin and subscription_tier = 'free'").await;
    assert_eq!(changed[0].get::<_, i64>(0), 1);
}

#[actix_web::test]
async fn the_database_asks_for_itself_whether_an_administrators_session_asks() {
    let (app, ..) = ada_and_bob().await;
    let ((adas, ada), (bobs, bob)) = (session_of(&app, "ada").await, session_of(&app, "bob").await);
    let client = connect::client(&app.database.app_url).await.unwrap();
    for (user, session, may) in [(&bob, &bobs, false), (&ada, &bobs, false), (&bob, &adas, false), (&ada, &adas, true)]
    {
        let begin = format!(
            "begin; select set_config('app.current_user_id', '{user}', true), set_config('app.session_id', '{session}', true)"
        );
        client.batch_execute(&begin).await.unwrap();
        let rows =
            client.query("select * from admin_accounts('infinity', gen_random_uuid(), null)", &[]).await.unwrap();
        let change = format!("select admin_change_account('{bob}', 'pro')");
        let done: String = client.query_one(&change, &[]).await.unwrap().get(0);
        client.batch_execute("rollback").await.unwrap();
        assert_eq!((rows.len() == 2, done == "done"), (may, may), "{user} with {session}: {done}");
    }
}

#[actix_web::test]
async fn what_a_button_does_another_takes_back() {
    let (app, mut ada, mut bob, bobs) = ada_and_bob().await;
    ada.post(&bobs, &[("choice", "disable")]).await.expect(303);
    bob.get("/contacts").await.expect(303);
    app.visitor().post("/login", &[("email", "bob@example.com"), ("password", PASSWORD)]).await.expect(422);
    let page = ada.get(&bobs).await.expect(200);
    assert!(page.one("header p").text().contains("disabled"));
    let choices = page.all("button[name=choice]").iter().map(|button| button.attr("value")).collect::<Vec<_>>();
    assert_eq!(choices, ["enable", "promote"]);
    ada.post(&bobs, &[("choice", "enable")]).await.expect(303);
    let mut bob = app.visitor();
    bob.post("/login", &[("email", "bob@example.com"), ("password", PASSWORD)]).await.expect(303);
    ada.post(&bobs, &[("choice", "promote")]).await.expect(303);
    bob.get("/admin/accounts").await.expect(200);
    ada.post(&bobs, &[("choice", "demote")]).await.expect(303);
    bob.get("/admin/accounts").await.expect(404);
    ada.post(&bobs, &[("tier", "team")]).await.expect(303);
    assert_eq!(ada.get(&bobs).await.one("option[selected]").attr("value"), "team");
    ada.post(&bobs, &[("choice", "delete")]).await.expect(400);
}

#[actix_web::test]
async fn nobody_shuts_herself_out_by_a_slip() {
    let (app, mut ada, _, bobs) = ada_and_bob().await;
    let own = format!("/admin/accounts/{}", session_of(&app, "ada").await.1);
    ada.post(&bobs, &[("choice", "promote")]).await.expect(303);
    for choice in ["disable", "demote"] {
        ada.post(&own, &[("choice", choice)]).await.expect(303);
        assert!(
            ada.get("/admin/accounts").await.expect(200).one("#flash").text().starts_with("This is your own account.")
        );
    }
    assert_eq!(ada.get(&own).await.expect(200).count("button[name=choice]"), 0);
}

#[actix_web::test]
async fn sixty_accounts_are_met_once_each_over_the_pages() {
    let (app, mut ada, ..) = ada_and_bob().await;
    app.sql(
        "insert into users (email, full_name) select n || '@example.com', 'Person ' || n from generate_series(1, 58) n",
    )
    .await;
    let first = ada.get("/admin/accounts").await.expect(200);
    let next = first.one("a[rel=next]").attr("href");
    let second = ada.get(&next).await.expect(200);
    let ids = [first.all("[data-kind=account]"), second.all("[data-kind=account]")];
    let ids: std::collections::BTreeSet<String> = ids.iter().flatten().map(|row| row.attr("data-id")).collect();
    assert_eq!((ids.len(), second.count("[data-kind=account]")), (60, 10));
}
