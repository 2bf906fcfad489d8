//! Reminders by a server that is killed, to a mail server that fails.

use std::collections::HashMap;
use std::time::Duration;

use kith::db::connect;
use tokio_postgres::Client;

use crate::cluster::clone_database;
use crate::program::{Folder, Running};
use crate::smtp::MailServer;

const REMINDERS: usize = 200;
const KILLS: usize = 20;

/// Two hundred that are due one after another within the next seconds.
async fn fill(client: &Client) {
    let sql = format!(
        "with one as (select id from users limit 1), \
            made as (insert into reminders (user_id, title, due_at, starts_at, made_until) \
                select one.id, 'Number ' || n, now() + n * interval '50 ms', '2026-01-01', now() + interval '400 days' from one, generate_series(1, {REMINDERS}) n returning *) \
         insert into reminder_occurrences (user_id, reminder_id, occurs_at_local, due_at) \
            select user_id, id, starts_at, due_at from made"
    );
    client.batch_execute(&sql).await.unwrap();
}

/// Time goes by: leases of the dead run out, and pauses end.
async fn later(client: &Client) {
    let sql = "update deliveries set lease_until = now() - interval '1 second' where state = 'sending'; \
               update deliveries set next_try_at = now() where state = 'waiting'";
    client.batch_execute(sql).await.unwrap();
}

async fn count(client: &Client, sql: &str) -> usize {
    usize::try_from(client.query_one(sql, &[]).await.unwrap().get::<_, i64>(0)).unwrap()
}

#[tokio::test]
async fn each_of_200_arrives_though_kith_is_killed_20_times_and_twice_only_where_nobody_could_know() {
    let Some(mut mail) = MailServer::start(0.2) else { return };
    let (database, folder) = (clone_database(), Folder::new());
    let client = connect::client(&database.admin_url).await.unwrap();
    let serve = |smtp: &str| {
        let mut command = folder.kith(&[]);
        command.env("DATABASE_URL", &database.admin_url).env("KITH_SMTP_URL", smtp);
        // Without it Kith would give the role, which all tests share, a password of its own.
        command.env("KITH_DATABASE_APP_URL", &database.app_url);
        Running::start(command)
    };
    let mut running = serve(&mail.url);
    client.batch_execute("insert into users (email, full_name) values ('ada@example.com', 'Ada')").await.unwrap();
    fill(&client).await;
    for kill in 1..=KILLS {
        // Where nothing moves any more, every hand waits for a mail server that hangs.
        let steps = rand::random_range(5..40);
        let _ = (0..steps).all(|_| mail.step(Duration::from_millis(500)).is_some());
        running.killed();
        later(&client).await;
        if kill == KILLS {
            mail.fail(0.0);
        }
        running = serve(&mail.url);
    }
    while count(&client, "select count(*) from deliveries where state = 'sent'").await < REMINDERS {
        if mail.step(Duration::from_secs(1)).is_none() {
            later(&client).await;
        }
    }
    running.stop();
    while mail.step(Duration::from_millis(200)).is_some() {}

    let mut came: HashMap<String, usize> = HashMap::new();
    for message in &mail.accepted {
        *came.entry(message["Message-ID"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    let titles: std::collections::HashSet<&str> =
        mail.accepted.iter().map(|message| message["Subject"].as_str().unwrap()).collect();
    assert_eq!((titles.len(), came.len()), (REMINDERS, REMINDERS), "every one arrived, each under one Message-ID");
    let mut unknown = 0;
    let sql = "select d.id::text, d.maybe_sent, count(*) filter (where a.outcome = 'unknown') \
               from deliveries d join delivery_attempts a on a.delivery_id = d.id group by d.user_id, d.id";
    for row in client.query(sql, &[]).await.unwrap() {
        let (id, maybe_sent): (String, i32) = (row.get(0), row.get(1));
        assert_eq!(row.get::<_, i64>(2), i64::from(maybe_sent), "each attempt that nobody knows of is counted");
        let times = came[&format!("<{id}@localhost>")];
        let may_come = 1 + usize::try_from(maybe_sent).unwrap();
        assert!(times <= may_come, "{id} came {times} times, which {maybe_sent} unknown attempts do not explain");
        unknown += may_come - 1;
    }
    let twice = mail.accepted.len() - REMINDERS;
    println!(
        "{REMINDERS} reminders, {KILLS} kills: {} messages, {twice} of them again, {unknown} counted as unknown",
        mail.accepted.len()
    );
}
