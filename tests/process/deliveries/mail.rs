//! A mail for each reminder.

use std::collections::HashSet;
use std::time::Duration;

use super::{Ground, named, times};
use crate::smtp::MailServer;

const REMINDERS: usize = 200;
const KILLS: usize = 20;

#[tokio::test]
async fn each_of_200_arrives_though_kith_is_killed_20_times_and_twice_only_where_nobody_could_know() {
    let Some(mut mail) = MailServer::start(0.2) else { return };
    let ground = Ground::of(1).await;
    let settings = [("KITH_SMTP_URL", mail.url.clone())];
    let serve = || ground.serve(&settings.each_ref().map(|(name, value)| (*name, value.as_str())));
    let mut running = serve();
    ground.fill(REMINDERS).await;
    for kill in 1..=KILLS {
        ground.kill(running, 5..40, |patience| mail.step(patience).is_some()).await;
        if kill == KILLS {
            mail.fail(0.0);
        }
        running = serve();
    }
    while ground.count("select count(*) from deliveries where state = 'sent'").await < REMINDERS {
        if mail.step(Duration::from_secs(1)).is_none() {
            ground.later().await;
        }
    }
    running.stop();
    while mail.step(Duration::from_millis(200)).is_some() {}

    let came = times(mail.accepted.iter().map(|message| named(message["Message-ID"].as_str().unwrap())));
    let titles: HashSet<&str> = mail.accepted.iter().map(|message| message["Subject"].as_str().unwrap()).collect();
    assert_eq!((titles.len(), came.len()), (REMINDERS, REMINDERS), "every one arrived, each under one Message-ID");
    let unknown = ground.unknown(&came).await;
    let (messages, twice) = (mail.accepted.len(), mail.accepted.len() - REMINDERS);
    println!(
        "{REMINDERS} reminders, {KILLS} kills: {messages} messages, {twice} of them again, {unknown} counted as unknown"
    );
}
