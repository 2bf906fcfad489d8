//! The digest: what is open on each of several days, until she was told and has done it.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use chrono::{Timelike, Utc};
use serde_json::Value;

use super::{Ground, named, times};
use crate::smtp::MailServer;

const ACCOUNTS: i32 = 10;
const DAYS: usize = 3;
/// Of each account on each day.
const REMINDERS: i32 = 7;
/// On each day.
const KILLS: usize = 4;

/// Each wants a digest from midnight on, lives where it is noon, so that the day does not end meanwhile, and signed up long ago.
async fn want(ground: &Ground) {
    let zone = format!("Etc/GMT{:+}", i64::from(Utc::now().hour()) - 12);
    let sql = format!(
        "update users set created_at = now() - interval '9 days', time_zone = '{zone}', settings = coalesce(settings, '{{}}') || '{{\"mail_reminders\": false}}'; \
         insert into channels (user_id, kind, time_of_day) select id, 'digest', '00:00' from users"
    );
    ground.client.batch_execute(&sql).await.unwrap();
}

/// What was due two hours ago, and of which nobody is told but by the digest.
async fn remind(ground: &Ground, day: usize) {
    let sql = format!(
        "with made as (insert into reminders (user_id, title, due_at, starts_at, made_until) \
            select id, 'Number ' || n || ' of day {day} of ' || split_part(email, '@', 1), now() - interval '2 hours', '2026-01-01', now() + interval '400 days' \
            from users, generate_series(1, {REMINDERS}) n returning *) \
         insert into reminder_occurrences (user_id, reminder_id, occurs_at_local, due_at) select user_id, id, starts_at, due_at from made"
    );
    ground.client.batch_execute(&sql).await.unwrap();
}

/// She does what she was told, and the day ends.
async fn end(ground: &Ground, day: usize) {
    let sql = format!(
        "update reminder_occurrences o set state = 'completed', settled_at = now() from delivery_items i join deliveries d on d.user_id = i.user_id and d.id = i.delivery_id \
            where i.user_id = o.user_id and i.reminder_id = o.reminder_id and d.state = 'sent'; \
         select refresh_reminders(array_agg(id)) from reminders; \
         update deliveries set day = day - {} where day = (select max(day) from deliveries)",
        2 * DAYS - day
    );
    ground.client.batch_execute(&sql).await.unwrap();
}

/// The titles that a digest lists.
fn listed(message: &Value) -> Vec<&str> {
    let lines = message["text"].as_str().unwrap().lines();
    lines.filter_map(|line| Some(line.strip_prefix("- ")?.split_once(" (")?.0)).collect()
}

/// Each stands in the digest that its row names, and in more than that only where nobody could know. How many do.
async fn check(ground: &Ground, messages: &[Value]) -> usize {
    let mut listings: HashMap<&str, Vec<String>> = HashMap::new();
    for message in messages {
        let address = message["to"][0].as_str().unwrap().split('@').next().unwrap();
        let titles = listed(message);
        assert_eq!(titles.iter().collect::<HashSet<_>>().len(), titles.len(), "each once");
        for title in titles {
            assert_eq!(title.rsplit(' ').next(), Some(address), "hers");
            listings.entry(title).or_default().push(named(message["Message-ID"].as_str().unwrap()));
        }
    }
    let sql = "select r.title, d.id::text, d.state from reminders r \
               left join delivery_items i on i.user_id = r.user_id and i.reminder_id = r.id left join deliveries d on d.user_id = i.user_id and d.id = i.delivery_id";
    let maybe = ground.client.query("select id::text, maybe_sent from deliveries", &[]).await.unwrap();
    let maybe: HashMap<String, i32> = maybe.iter().map(|row| (row.get(0), row.get(1))).collect();
    let mut again = 0;
    for row in ground.client.query(sql, &[]).await.unwrap() {
        let (title, id, state): (String, Option<String>, Option<String>) = (row.get(0), row.get(1), row.get(2));
        let listings = listings.get(title.as_str()).unwrap_or_else(|| panic!("{title} stands in no digest"));
        assert_eq!(state.as_deref(), Some("sent"), "{title} is said to be told in a digest that was not sent");
        assert!(listings.contains(&id.unwrap()), "{title} stands in another digest than is said");
        let may_come = 1 + listings.iter().collect::<HashSet<_>>().iter().map(|id| maybe[id.as_str()]).sum::<i32>();
        assert!(listings.len() <= usize::try_from(may_come).unwrap(), "{title} was told {} times", listings.len());
        again += usize::from(listings.len() > 1);
    }
    again
}

#[tokio::test]
async fn each_stands_in_a_digest_though_kith_is_killed_and_one_day_passes_without_and_twice_only_where_nobody_could_know()
 {
    let Some(mut mail) = MailServer::start(0.2) else { return };
    let ground = Ground::of(ACCOUNTS).await;
    want(&ground).await;
    let url = mail.url.clone();
    let serve = || ground.serve(&[("KITH_SMTP_URL", &url)]);
    for day in 1..=DAYS {
        // On one of them no mail server says that it took anything.
        mail.fail(if day == 2 { 1.0 } else { 0.2 });
        remind(&ground, day).await;
        for _ in 1..=KILLS {
            ground.kill(serve(), 3..20, |patience| mail.step(patience).is_some()).await;
        }
        if day < DAYS {
            end(&ground, day).await;
        }
    }
    mail.fail(0.0);
    let running = serve();
    while ground.count("select count(*) from deliveries where state in ('waiting', 'sending')").await > 0 {
        if mail.step(Duration::from_secs(1)).is_none() {
            ground.later().await;
        }
    }
    running.stop();
    while mail.step(Duration::from_millis(200)).is_some() {}

    let unknown =
        ground.unknown(&times(mail.accepted.iter().map(|one| named(one["Message-ID"].as_str().unwrap())))).await;
    let again = check(&ground, &mail.accepted).await;
    let needless = ground.count("select count(*) from deliveries where state = 'needless'").await;
    assert!(needless > 0, "a day passed without");
    println!(
        "{} reminders, {} kills: {} digests taken, {unknown} counted as unknown, {needless} of a day that was over; {again} reminders told again",
        ground.count("select count(*) from reminders").await,
        DAYS * KILLS,
        mail.accepted.len()
    );
}
