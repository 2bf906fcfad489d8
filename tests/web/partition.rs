//! The table of interactions by month, made so while people write, and flat again.

use chrono::{DateTime, Utc};
use kith::db::{connect, health, partition};
use kith::interactions::model::{Interaction, When};
use kith::interactions::queries::insert_many;
use tokio_postgres::Client;
use uuid::Uuid;

use crate::harness::{App, User};

async fn texts(client: &Client, sql: &str) -> Vec<String> {
    client.query(sql, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
}

/// What guards the table, and what hangs on it.
async fn guards(client: &Client) -> Vec<String> {
    let sql = "select g from (select * from table_guards('public.interactions') union all select * from table_links('public.interactions')) x(g) order by 1";
    texts(client, sql).await
}

const ROWS: &str = "select to_jsonb(i)::text || (select count(*) from interaction_participants p \
     where p.user_id = i.user_id and p.interaction_id = i.id and p.occurred_at = i.occurred_at) from interactions i order by i.id";

const LEFT_OVER: &str = "select conname::text from pg_constraint where conname = 'interactions_cutoff'";

async fn log(user: &mut User, subject: &str, day: &str) {
    let typed =
        [("interaction_type", "meeting"), ("subject", subject), ("occurred_at", day), ("participant[]", "Grace")];
    user.post("/interactions", &typed).await.expect(303);
}

/// What an import of a calendar writes: what is still to come.
async fn plan(app: &App, subject: &str, at: &str) {
    let user = app.db.anonymous().user_by_email("ada@example.com").await.unwrap();
    let grace = app.sql("select id::text from contacts").await[0].get::<_, String>(0).parse().unwrap();
    let planned = Interaction {
        kind: "meeting".to_owned(),
        direction: None,
        subject: Some(subject.to_owned()),
        summary: None,
        when: When::at(at.parse().unwrap()),
        is_contact: false,
        people: vec![grace],
        sentiment: None,
    };
    app.db.as_user(&user, async |tx| insert_many(tx, &[(Uuid::now_v7(), planned.clone())]).await).await.unwrap();
}

#[actix_web::test]
async fn the_table_becomes_one_by_month_and_flat_again_and_nothing_is_lost() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    ada.post("/contacts", &[("first_name", "Grace")]).await.expect(303);
    for (subject, day) in [("long ago", "1999-12-31"), ("lately", "2026-11-01")] {
        log(&mut ada, subject, day).await;
    }
    let mut client = connect::client(&app.database.admin_url).await.unwrap();
    let (flat, before) = (guards(&client).await, texts(&client, ROWS).await);
    let shape = partition::shape(&mut client, "kith").await.unwrap();
    assert_eq!((shape.is_partitioned, shape.rows), (false, 2));
    partition::partition(&mut client, "kith", shape.cutoff(Utc::now()).unwrap()).await.unwrap();
    assert!(partition::shape(&mut client, "kith").await.unwrap().is_partitioned);
    assert_eq!(texts(&client, ROWS).await, before);
    assert_eq!(guards(&client).await, flat);

    // A month of its own for what is far ahead; a page, an edit across months, the trash and an undo as ever.
    plan(&app, "the reunion", "2031-07-14T18:00:00Z").await;
    let months =
        "select inhrelid::regclass::text from pg_inherits where inhparent = 'public.interactions'::regclass order by 1";
    assert!(texts(&client, months).await.contains(&"interactions_p203107".to_owned()));
    let page = ada.get("/interactions").await.expect(200);
    assert_eq!(page.count("[data-kind=interaction]"), 3);
    let reunion = "select '/interactions/' || id from interactions where subject = 'the reunion'";
    let path = texts(&client, reunion).await.remove(0);
    let version = ada.get(&format!("{path}/edit")).await.one("input[name=version]").attr("value");
    let earlier = [
        ("interaction_type", "meeting"),
        ("subject", "the reunion"),
        ("occurred_at", "2001-01-01"),
        ("participant[]", "Grace"),
        ("version", &version),
    ];
    ada.post(&path, &earlier).await.expect(303);
    let place = "select tableoid::regclass || ' ' || (select count(*) from interaction_participants p \
         where p.interaction_id = i.id and p.occurred_at = i.occurred_at) from interactions i where subject = 'the reunion'";
    assert_eq!(texts(&client, place).await, ["interactions_before 1"]);
    let logged = "select action || ' ' || (old_values ->> 'occurred_at') from audit_logs where table_name = 'interactions' order by seq desc limit 1";
    assert_eq!(texts(&client, logged).await, ["UPDATE 2031-07-14T18:00:00+00:00"]);
    let undo = ada.get("/settings").await.one("#flash form").attr("action");
    ada.post(&undo, &[]).await.expect(303);
    assert_eq!(texts(&client, place).await, ["interactions_p203107 1"]);

    let standing = texts(&client, ROWS).await;
    partition::revert(&mut client, "kith").await.unwrap();
    assert_eq!(texts(&client, ROWS).await, standing);
    assert_eq!(guards(&client).await, flat);
    assert_eq!(ada.get("/interactions").await.expect(200).count("[data-kind=interaction]"), 3);
}

#[actix_web::test]
async fn what_is_dated_behind_the_cutoff_stops_it_and_leaves_the_table_as_it_was() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    ada.post("/contacts", &[("first_name", "Grace")]).await.expect(303);
    plan(&app, "to come", "2028-02-29T18:00:00Z").await;
    let mut client = connect::client(&app.database.admin_url).await.unwrap();
    let early: DateTime<Utc> = "2027-01-01T00:00:00Z".parse().unwrap();
    assert!(partition::partition(&mut client, "kith", early).await.is_err());
    let cutoff = partition::shape(&mut client, "kith").await.unwrap().cutoff(Utc::now()).unwrap();
    assert_eq!(cutoff.to_string(), "2028-03-01 00:00:00 UTC");
    assert!(texts(&client, LEFT_OVER).await.is_empty());
    partition::partition(&mut client, "kith", cutoff).await.unwrap();
}

#[actix_web::test]
async fn a_switch_that_was_killed_leaves_a_table_that_takes_everything_and_is_begun_anew() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    ada.post("/contacts", &[("first_name", "Grace")]).await.expect(303);
    let mut client = connect::client(&app.database.admin_url).await.unwrap();
    let cutoff = partition::shape(&mut client, "kith").await.unwrap().cutoff(Utc::now()).unwrap();

    // Killed while it waits for somebody who reads.
    let reader = connect::client(&app.database.admin_url).await.unwrap();
    reader.batch_execute("begin; select from interactions").await.unwrap();
    let url = app.database.admin_url.clone();
    let switch = actix_web::rt::spawn(async move {
        let mut client = connect::client(&url).await.unwrap();
        partition::partition(&mut client, "kith", cutoff).await
    });
    let waits = "select 'it waits' from pg_locks where not granted and relation = 'interactions'::regclass";
    while texts(&client, waits).await.is_empty() {}
    let complaint = partition::partition(&mut client, "kith", cutoff).await.unwrap_err().to_string();
    assert!(complaint.contains("another `kith db partition` is at work"), "{complaint}");
    switch.abort();
    assert!(switch.await.is_err());
    reader.batch_execute("rollback").await.unwrap();

    // Killed behind its check: what is dated further ahead than that is taken, and takes it away.
    let check = format!("alter table interactions add constraint interactions_cutoff check (occurred_at < '{cutoff}')");
    client.batch_execute(&check).await.unwrap();
    plan(&app, "the reunion", "2031-07-14T18:00:00Z").await;
    assert!(texts(&client, LEFT_OVER).await.is_empty());
    client.batch_execute(&check.replace(&cutoff.to_string(), "infinity")).await.unwrap();

    // Killed behind the moment, before the foreign keys were checked.
    app.sql("delete from interactions").await;
    partition::partition(&mut client, "kith", cutoff).await.unwrap();
    client
        .batch_execute(
            "update pg_constraint set convalidated = false where conname = 'interaction_participants_interaction_fkey'",
        )
        .await
        .unwrap();
    partition::tidy(&mut client, "kith").await.unwrap();
    let unchecked = "select conname::text from pg_constraint where contype = 'f' and not convalidated";
    assert!(texts(&client, unchecked).await.is_empty());
    assert!(texts(&client, LEFT_OVER).await.is_empty());
    log(&mut ada, "afterwards", "2026-11-01").await;
}

#[actix_web::test]
async fn whoever_plans_far_ahead_during_the_switch_waits_for_its_end() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    ada.post("/contacts", &[("first_name", "Grace")]).await.expect(303);
    let client = connect::client(&app.database.admin_url).await.unwrap();
    client
        .batch_execute(
            "select pg_advisory_lock(hashtext('kith partition interactions')); \
        alter table interactions add constraint interactions_cutoff check (occurred_at < '2027-01-01')",
        )
        .await
        .unwrap();
    let waits = "select 'she waits' from pg_locks where not granted and locktype = 'advisory' \
        and database = (select oid from pg_database where datname = current_database())";
    let end = async {
        while texts(&client, waits).await.is_empty() {}
        client.batch_execute("select pg_advisory_unlock_all()").await.unwrap();
    };
    tokio::join!(plan(&app, "the reunion", "2031-07-14T18:00:00Z"), end);
    assert!(texts(&client, LEFT_OVER).await.is_empty());
    assert_eq!(ada.get("/interactions").await.expect(200).count("[data-kind=interaction]"), 1);
}

#[actix_web::test]
async fn a_month_that_could_not_be_made_has_its_place_in_the_last_partition() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    ada.post("/contacts", &[("first_name", "Grace")]).await.expect(303);
    let mut client = connect::client(&app.database.admin_url).await.unwrap();
    let cutoff = partition::shape(&mut client, "kith").await.unwrap().cutoff(Utc::now()).unwrap();
    partition::partition(&mut client, "kith", cutoff).await.unwrap();
    assert_eq!(health::missing_months(&client).await.unwrap(), (vec![], vec![]));
    let reader = connect::client(&app.database.admin_url).await.unwrap();
    reader.batch_execute("begin; select from interactions").await.unwrap();
    plan(&app, "the reunion", "2031-07-14T18:00:00Z").await;
    reader.batch_execute("rollback").await.unwrap();
    app.db.anonymous().keep_house(30).await.unwrap();
    let behind = (vec![], vec!["interactions".to_owned()]);
    assert_eq!(health::missing_months(&client).await.unwrap(), behind);
    assert_eq!(ada.get("/interactions").await.expect(200).count("[data-kind=interaction]"), 1);

    let next = "select to_char(now() + interval '1 month', '\"audit_logs_p\"YYYYMM')";
    app.sql(&format!("drop table {}", texts(&client, next).await[0])).await;
    let (missing, _) = health::missing_months(&client).await.unwrap();
    assert_eq!(missing, ["audit_logs"]);
}

/// What people do with interactions, on a table by month whose months begin amid what they write.
#[test]
fn by_month_the_tests_of_interactions_hold_as_well() {
    if std::env::var_os("KITH_TEST_PARTITIONED").is_some() {
        return;
    }
    let modules = ["interactions::", "last_contact::", "threads::", "correspondent_counts::"];
    let mut tests = std::process::Command::new(std::env::current_exe().unwrap());
    tests.args(modules).args(["--test-threads", "2"]).env("KITH_TEST_PARTITIONED", "1");
    // What the runner that started this test told it is not for those.
    let output = tests.env_remove("NEXTEST_EXECUTION_MODE").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
