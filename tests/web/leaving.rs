//! Closing one's own account: at once for whoever has it, and then to the last row.

use std::time::Duration;

use kith::web::site::SignUp;

use crate::harness::{App, PASSWORD, User};
use crate::invitations::session_of;
use crate::isolation::{checksum, fill, id_of, tables};

const RIGHT: [(&str, &str); 1] = [("current_password", PASSWORD)];

/// Ada who administers, Bob who is about to leave, and both have every kind of row.
async fn two() -> (App, User, User, String) {
    let app = App::spawn_with(|site| site.sign_up = SignUp::Invite).await;
    let (mut ada, mut bob) = (app.sign_in("ada").await, app.sign_in("bob").await);
    fill(&app, &mut ada, "Quaxolotl").await;
    fill(&app, &mut bob, "Bobolink").await;
    let id = id_of(&app, "bob@example.com").await;
    (app, ada, bob, id)
}

/// How many rows somebody has in all tables.
async fn rows(app: &App, user: &str) -> i64 {
    let mut rows = 0;
    for table in tables(app).await {
        rows += app.sql(&format!("select count(*) from {table} where user_id = '{user}'")).await[0].get::<_, i64>(0);
    }
    rows
}

async fn close(bob: &mut User) {
    assert_eq!(bob.post("/settings/deletion", &RIGHT).await.expect(303).location(), "/login?closed=true");
}

/// The tables in which somebody still has rows.
async fn left(app: &App, user: &str) -> Vec<String> {
    let mut left = Vec::new();
    for table in tables(app).await {
        let sql = format!("select count(*) from {table} where user_id = '{user}'");
        if app.sql(&sql).await[0].get::<_, i64>(0) > 0 {
            left.push(table);
        }
    }
    left
}

#[actix_web::test]
async fn nothing_of_whoever_leaves_remains_in_any_table_and_the_other_keeps_everything() {
    let (app, _, mut bob, id) = two().await;
    let ada = id_of(&app, "ada@example.com").await;
    // Of the tables that no page fills yet, too.
    app.sql(&format!(
        "insert into interactions (user_id, occurred_at, interaction_type) values ('{id}', now(), 'call')"
    ))
    .await;
    app.sql(&format!("insert into reminders (user_id, title, due_at) values ('{id}', 'Bobolink', now())")).await;
    let before = checksum(&app, &ada).await;
    assert!(left(&app, &id).await.len() > 15, "Bob has too little to lose: {:?}", left(&app, &id).await);
    close(&mut bob).await;
    app.run_jobs().await;
    assert_eq!(left(&app, &id).await, Vec::<String>::new());
    assert_eq!(app.sql(&format!("select from users where id = '{id}'")).await.len(), 0);
    assert_eq!(checksum(&app, &ada).await, before);
    // Nor in a column of another name, or in a table without an owner.
    for table in ["users", "jobs", "sign_in_attempts"] {
        let sql =
            format!("select count(*) from {table} t where t::text like '%bob@example%' or t::text like '%Bobolink%'");
        assert_eq!(app.sql(&sql).await[0].get::<_, i64>(0), 0, "{table}");
    }
}

#[actix_web::test]
async fn every_session_ends_at_once_and_the_address_is_nobodys_any_more() {
    let (app, mut ada, mut bob, _) = two().await;
    let mut phone = app.visitor();
    phone.post("/login", &[("email", "bob@example.com"), ("password", PASSWORD)]).await.expect(303);
    let answer = bob.post("/settings/deletion", &RIGHT).await.expect(303);
    assert_eq!(answer.header("clear-site-data"), "\"cache\", \"storage\"");
    for _ in 0..2 {
        let page = bob.get(&answer.location()).await.expect(200);
        assert!(page.one("main .notice").text().contains("Your account is closed."), "however often it is fetched");
    }
    assert_eq!(bob.get("/login").await.expect(200).count(".notice"), 0);
    phone.get("/contacts").await.expect(303);
    let mut visitor = app.visitor();
    let closed = visitor.post("/login", &[("email", "bob@example.com"), ("password", PASSWORD)]).await.expect(422);
    let unknown = visitor.post("/login", &[("email", "eve@example.com"), ("password", PASSWORD)]).await.expect(422);
    assert_eq!(closed.body.replace("bob@", "eve@"), unknown.body);
    assert_eq!(ada.get("/admin/accounts").await.expect(200).count("[data-kind=account]"), 1);
    // Before the job has begun, somebody else may have the address.
    let mut again = app.sign_in("bob").await;
    assert_eq!(again.get("/contacts").await.expect(200).count("[data-kind=contact]"), 0);
    app.run_jobs().await;
    again.get("/contacts").await.expect(200);
}

#[actix_web::test]
async fn it_needs_the_password_offers_what_to_take_along_and_says_what_backups_keep() {
    let (app, _, mut bob, id) = two().await;
    let page = bob.get("/settings/deletion").await.expect(200);
    assert_eq!(page.count("main a[href='/exports/contacts.vcf']"), 1);
    let says = page.one("main").text().to_owned();
    for words in ["within the hour", "on every other device", "before an upgrade", "backups"] {
        assert!(says.contains(words), "{words}: {says}");
    }
    for password in ["", "a guess", "\0"] {
        let page = bob.post("/settings/deletion", &[("current_password", password)]).await.expect(422);
        assert_eq!(page.one("#current_password-error").text(), "This is not your present password.");
    }
    let token = bob.token().await;
    for _ in 0..12 {
        bob.post_with("/settings/deletion", &[("csrf_token", &token), ("current_password", "a guess")], &[]).await;
    }
    bob.post("/settings/deletion", &RIGHT).await.expect(429);
    assert_eq!(app.sql(&format!("select from users where id = '{id}' and deleted_at is null")).await.len(), 1);
}

#[actix_web::test]
async fn whoever_alone_administers_others_is_told_to_make_another_administrator_first() {
    let (app, mut ada, mut bob, id) = two().await;
    let page = ada.get("/settings/deletion").await.expect(200);
    assert_eq!(
        (page.count("main form[action='/settings/deletion']"), page.count("main a[href='/admin/accounts']")),
        (0, 1)
    );
    let page = ada.post("/settings/deletion", &RIGHT).await.expect(422);
    assert!(page.one("main").text().contains("Make one of them an administrator first"), "{}", page.body);
    ada.post(&format!("/admin/accounts/{id}"), &[("choice", "promote")]).await.expect(303);
    close(&mut ada).await;
    app.run_jobs().await;
    bob.get("/admin/accounts").await.expect(200);
    assert_eq!(app.sql("select from users").await.len(), 1);
}

#[actix_web::test]
async fn the_only_one_may_leave_and_the_instance_is_fresh_again() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    assert!(ada.get("/settings/deletion").await.expect(200).one("main").text().contains("Yours is the only account."));
    close(&mut ada).await;
    assert!(!app.db.anonymous().any_user().await.unwrap(), "the operator's link makes the first account again");
    app.sign_in("eve").await;
    assert!(app.sql("select is_admin from users where email = 'eve@example.com'").await[0].get::<_, bool>(0));
}

#[actix_web::test]
async fn a_killed_server_goes_on_erasing_where_it_was_and_a_lost_job_is_left_anew() {
    let (app, _, mut bob, id) = two().await;
    close(&mut bob).await;
    // A server that was killed after a few batches: the job is claimed, and its lease runs out.
    let job = app.db.anonymous().claim_job(&["account.erase"], "here", Duration::from_secs(15)).await.unwrap().unwrap();
    let uuid = id.parse().unwrap();
    for _ in 0..4 {
        assert!(app.db.anonymous().erase_account(uuid, 2).await.unwrap() > 0);
    }
    let some = left(&app, &id).await;
    assert!(!some.is_empty());
    app.run_jobs().await;
    assert_eq!(left(&app, &id).await, some, "somebody may still be working on it");
    app.sql(&format!("update jobs set lease_until = now() - interval '1 second' where id = '{}'", job.id)).await;
    app.run_jobs().await;
    assert_eq!(left(&app, &id).await, Vec::<String>::new());
    // Where even the job was lost, housekeeping leaves another.
    let mut eve = app.sign_in("eve").await;
    let eves = id_of(&app, "eve@example.com").await;
    fill(&app, &mut eve, "Eve").await;
    close(&mut eve).await;
    app.sql("delete from jobs").await;
    app.db.anonymous().keep_house(30).await.unwrap();
    app.run_jobs().await;
    assert_eq!(left(&app, &eves).await, Vec::<String>::new());
}

#[actix_web::test]
async fn what_is_erased_is_not_logged() {
    let (app, _, mut bob, id) = two().await;
    close(&mut bob).await;
    // Each row of the history takes a number of this sequence, and keeps it taken when it is erased itself.
    let taken = "select last_value from audit_logs_seq";
    let before: i64 = app.sql(taken).await[0].get(0);
    let had = rows(&app, &id).await;
    let uuid = id.parse().unwrap();
    let mut erased = 0;
    loop {
        let batch = app.db.anonymous().erase_account(uuid, 200).await.unwrap();
        if batch == 0 {
            break;
        }
        erased += batch;
    }
    // A few go by triggers: what is counted of the rest.
    assert!(i64::from(erased) * 10 > had * 9, "{erased} of {had}");
    assert_eq!(left(&app, &id).await, Vec::<String>::new());
    assert_eq!(app.sql(taken).await[0].get::<_, i64>(0), before);
}

#[actix_web::test]
async fn an_account_that_nobody_closed_is_not_erased_and_only_a_session_of_hers_closes_it() {
    let (app, _, _, id) = two().await;
    let before = checksum(&app, &id).await;
    assert_eq!(app.db.anonymous().erase_account(id.parse().unwrap(), 50).await.unwrap(), 0);
    let ada = session_of(&app, "ada").await;
    let client = kith::db::connect::client(&app.database.app_url).await.unwrap();
    for session in ["", ada.0.as_str()] {
        let begin = format!(
            "begin; select set_config('app.current_user_id', '{id}', true), set_config('app.session_id', '{session}', true)"
        );
        client.batch_execute(&begin).await.unwrap();
        let done: String = client.query_one("select close_account('{}')", &[]).await.unwrap().get(0);
        client.batch_execute("commit").await.unwrap();
        assert_eq!(done, "missing", "{session:?}");
    }
    assert_eq!(checksum(&app, &id).await, before);
    // Even where the function was called for her, its role is admitted to closed accounts alone.
    let admin = kith::db::connect::client(&app.database.admin_url).await.unwrap();
    admin.batch_execute("set role kith_erasure").await.unwrap();
    for table in ["contacts", "audit_logs", "sessions"] {
        let seen = admin.query(&format!("select from {table} limit 1"), &[]).await.unwrap();
        assert_eq!(seen.len(), 0, "{table}");
    }
}

#[actix_web::test]
async fn a_file_that_waits_to_be_read_goes_too() {
    let app = App::spawn().await;
    app.sign_in("ada").await;
    let mut bob = app.sign_in("bob").await;
    bob.upload("/imports", "x.vcf", b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:x\r\nEND:VCARD\r\n").await.expect(303);
    let files = || std::fs::read_dir(app.data_dir.path().join("uploads")).unwrap().count();
    assert_eq!(files(), 1);
    close(&mut bob).await;
    app.sql("delete from jobs where kind <> 'account.erase'").await;
    app.run_jobs().await;
    assert_eq!(files(), 0);
}
