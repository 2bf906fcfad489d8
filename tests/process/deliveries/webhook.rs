//! A call by webhook for each reminder.

use std::collections::HashSet;
use std::time::Duration;

use tokio::net::TcpSocket;
use uuid::Uuid;

use super::receiver::Receiver;
use super::{Ground, times};

const ACCOUNTS: i32 = 4;
const REMINDERS: usize = 200;
const KILLS: usize = 15;

/// Each account is called at the first of these, or, as often as said, at the second, where nobody listens.
async fn call_at(ground: &Ground, urls: [&str; 2], refusing: f64) {
    let sql = "insert into channels (user_id, kind, url, secret) \
                   select id, 'webhook', (case when random() < $3 then $2 else $1 end) || '/' || split_part(email, '@', 1), 'whsec_c2VjcmV0' from users \
               on conflict (user_id, kind) do update set url = excluded.url";
    ground.client.execute(sql, &[&urls[0], &urls[1], &refusing]).await.unwrap();
}

#[tokio::test]
async fn each_of_200_is_posted_though_kith_is_killed_15_times_and_twice_only_where_nobody_could_know() {
    let mut receiver = Receiver::start(0.25);
    // Taken, so that no other listens there, and not listened at.
    let nobody = TcpSocket::new_v4().unwrap();
    nobody.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let (url, refusing) = (receiver.url(), format!("http://{}", nobody.local_addr().unwrap()));
    let ground = Ground::of(ACCOUNTS).await;
    call_at(&ground, [&url, &refusing], 0.25).await;
    let serve = || ground.serve(&[("KITH_PRIVATE_ADDRESSES", "true")]);
    let mut running = serve();
    ground.fill(REMINDERS).await;
    for kill in 1..=KILLS {
        ground.kill(running, 5..40, |patience| receiver.moves(patience)).await;
        let is_last = kill == KILLS;
        call_at(&ground, [&url, &refusing], if is_last { 0.0 } else { 0.25 }).await;
        if is_last {
            receiver.fail(0.0);
        }
        running = serve();
    }
    while ground.count("select count(*) from deliveries where state = 'sent'").await < REMINDERS {
        if !receiver.moves(Duration::from_secs(1)) {
            ground.later().await;
        }
    }
    running.stop();
    while receiver.moves(Duration::from_millis(200)) {}

    let mut titles = HashSet::new();
    for call in &receiver.taken {
        let told = call.body["data"]["reminders"].as_array().unwrap();
        let title = told[0]["title"].as_str().unwrap();
        assert_eq!((told.len(), format!("/{}", title.rsplit(' ').next().unwrap())), (1, call.path.clone()), "hers");
        titles.insert(title);
    }
    let id = |call: &str| call.trim_start_matches("msg_").parse::<Uuid>().unwrap().to_string();
    let came = times(receiver.taken.iter().map(|call| id(&call.id)));
    assert_eq!((titles.len(), came.len()), (REMINDERS, REMINDERS), "every one arrived, each under one webhook-id");
    let unknown = ground.unknown(&came).await;
    let refused = "select count(*) from delivery_attempts where outcome = 'refused'";
    println!(
        "{REMINDERS} reminders, {KILLS} kills: {} calls taken, {} of them again, {unknown} counted as unknown, {} refused",
        receiver.taken.len(),
        receiver.taken.len() - REMINDERS,
        ground.count(refused).await
    );
}
