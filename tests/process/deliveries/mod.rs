//! Reminders by a server that is killed at random moments, to receivers that fail at random: each arrives, and more than once only
//! where nobody could know that it had.

mod digest;
mod mail;
mod receiver;
mod webhook;

use std::collections::HashMap;
use std::ops::Range;
use std::time::Duration;

use kith::db::connect;
use tokio_postgres::Client;

use crate::cluster::{TestDatabase, clone_database};
use crate::program::{Folder, Running};

/// What a server stands on that is killed again and again.
struct Ground {
    client: Client,
    folder: Folder,
    database: TestDatabase,
}

impl Ground {
    /// With so many accounts: `ada1@example.com` and on.
    async fn of(accounts: i32) -> Self {
        let (database, folder) = (clone_database(), Folder::new());
        let client = connect::client(&database.admin_url).await.unwrap();
        let sql = "insert into users (email, full_name) select 'ada' || n || '@example.com', 'Ada' from generate_series(1, $1) n";
        client.execute(sql, &[&accounts]).await.unwrap();
        Self { client, folder, database }
    }

    /// Starts the server with these settings.
    fn serve(&self, settings: &[(&str, &str)]) -> Running {
        let mut command = self.folder.kith(&[]);
        command.env("DATABASE_URL", &self.database.admin_url).envs(settings.iter().copied());
        // Without it Kith would give the role, which all tests share, a password of its own.
        command.env("KITH_DATABASE_APP_URL", &self.database.app_url);
        Running::start(command)
    }

    /// So many reminders in all, shared out among the accounts, that are due one after another within the next seconds.
    async fn fill(&self, reminders: usize) {
        let sql = format!(
            "with one as (select u.id, split_part(u.email, '@', 1) as name, n from generate_series(1, {reminders}) n \
                join (select *, row_number() over (order by email) - 1 as place, count(*) over () as accounts from users) u on u.place = n % u.accounts), \
             made as (insert into reminders (user_id, title, due_at, starts_at, made_until) \
                select id, 'Number ' || n || ' of ' || name, now() + n * interval '50 ms', '2026-01-01', now() + interval '400 days' from one returning *) \
             insert into reminder_occurrences (user_id, reminder_id, occurs_at_local, due_at) \
                select user_id, id, starts_at, due_at from made"
        );
        self.client.batch_execute(&sql).await.unwrap();
    }

    /// Kills it after a random number of steps of its receiver, and time goes by.
    async fn kill(&self, running: Running, steps: Range<usize>, mut moves: impl FnMut(Duration) -> bool) {
        let steps = rand::random_range(steps);
        // Where nothing moves any more, every hand waits for a receiver that hangs.
        let _ = (0..steps).all(|_| moves(Duration::from_millis(500)));
        running.killed();
        self.later().await;
    }

    /// Time goes by: leases of the dead run out, and pauses end.
    async fn later(&self) {
        let sql = "update deliveries set lease_until = now() - interval '1 second' where state = 'sending'; \
                   update deliveries set next_try_at = now() where state = 'waiting'";
        self.client.batch_execute(sql).await.unwrap();
    }

    async fn count(&self, sql: &str) -> usize {
        usize::try_from(self.client.query_one(sql, &[]).await.unwrap().get::<_, i64>(0)).unwrap()
    }

    /// How many attempts nobody knows of, which are all counted. Each message that was sent came, and none of these messages `came`
    /// oftener than such attempts explain.
    async fn unknown(&self, came: &HashMap<String, usize>) -> usize {
        let sql = "select d.id::text, d.state = 'sent', d.maybe_sent, count(a.*) filter (where a.outcome = 'unknown') \
                   from deliveries d left join delivery_attempts a on a.user_id = d.user_id and a.delivery_id = d.id group by d.user_id, d.id";
        let mut unknown = 0;
        for row in self.client.query(sql, &[]).await.unwrap() {
            let (id, is_sent, maybe_sent): (String, bool, i32) = (row.get(0), row.get(1), row.get(2));
            assert_eq!(row.get::<_, i64>(3), i64::from(maybe_sent), "each attempt that nobody knows of is counted");
            let (times, maybe_sent) = (came.get(&id).copied().unwrap_or(0), usize::try_from(maybe_sent).unwrap());
            assert!(times >= usize::from(is_sent), "{id} never came and was said to be sent");
            let may_come = usize::from(is_sent) + maybe_sent;
            assert!(times <= may_come, "{id} came {times} times, which {maybe_sent} unknown attempts do not explain");
            unknown += maybe_sent;
        }
        unknown
    }
}

/// The message that a Message-ID names.
fn named(message_id: &str) -> String {
    message_id.trim_start_matches('<').split('@').next().unwrap().to_owned()
}

/// How often each of them is there.
fn times(ids: impl Iterator<Item = String>) -> HashMap<String, usize> {
    let mut times = HashMap::new();
    for id in ids {
        *times.entry(id).or_default() += 1;
    }
    times
}
