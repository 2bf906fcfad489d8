//! Whoever sends: rings, claims, sends, says what came of it. Several may run at once, also on several servers.

use std::time::Duration;

use chrono::{TimeDelta, Utc};
use tokio::sync::watch;

use super::message;
use super::queries::{self, Outcome};
use crate::background::{self, Running};
use crate::db::{Claimed, Db};
use crate::error::AppError;
use crate::mailer::{Failure, LONGEST, Mailer};

/// How often it is looked whether something is due.
const POLL: Duration = Duration::from_secs(3);
/// How long a message is somebody's: longer than sending one can take.
const LEASE: Duration = Duration::from_secs(LONGEST.as_secs() + 28);
/// Messages at a time: a server that hangs lets others pass.
const HANDS: usize = 3;
/// So many occurrences ring in one transaction.
const MOST: i32 = 500;
/// After the first failure; twice as long after each other one.
const FIRST_PAUSE: TimeDelta = TimeDelta::seconds(30);
/// A failing server is asked so often at least.
const LONGEST_PAUSE: TimeDelta = TimeDelta::hours(1);
/// Sends what is due in this database.
#[derive(Clone)]
pub struct Scheduler {
    db: Db,
    mailer: Mailer,
}

impl Scheduler {
    /// One that sends by `mailer`.
    #[must_use]
    pub fn new(db: Db, mailer: Mailer) -> Self {
        Self { db, mailer }
    }

    /// Runs it on a thread of its own with connections of its own.
    ///
    /// # Errors
    /// When there can be no thread.
    pub fn start(app_url: &str, mailer: Mailer) -> anyhow::Result<Running> {
        let scheduler = Self::new(Db::connect(app_url, HANDS)?, mailer);
        Ok(background::start("delivery", |stopped| scheduler.run(stopped))?)
    }

    async fn run(self, stopped: watch::Receiver<bool>) {
        let hands = (0..HANDS).map(|_| self.hand(stopped.clone()));
        futures_util::future::join_all(hands).await;
    }

    /// Works until `stopped` says so, and ends what it has begun to send.
    async fn hand(&self, mut stopped: watch::Receiver<bool>) {
        while !*stopped.borrow() {
            match self.next().await {
                Ok(true) => {}
                outcome => {
                    if let Err(error) = outcome {
                        tracing::warn!(%error, "what is due cannot be read");
                    }
                    tokio::select! {
                        () = tokio::time::sleep(POLL) => {}
                        _ = stopped.changed() => {}
                    }
                }
            }
        }
    }

    /// Sends everything that may be sent now: for tests.
    ///
    /// # Errors
    /// When what is due cannot be read. A message's own failure is in its row.
    pub async fn run_due(&self) -> Result<usize, AppError> {
        let mut messages = 0;
        while self.next().await? {
            messages += 1;
        }
        Ok(messages)
    }

    /// Rings what is due and sends one message; false where there is none.
    async fn next(&self) -> Result<bool, AppError> {
        while self.db.anonymous().ring_reminders(MOST).await? >= MOST {}
        let Some(claimed) = self.db.anonymous().claim_delivery(LEASE).await? else { return Ok(false) };
        self.deliver(&claimed).await?;
        Ok(true)
    }

    async fn deliver(&self, claimed: &Claimed) -> Result<(), AppError> {
        let user = self.db.anonymous().user(claimed.user_id).await?;
        let items = self.db.as_user_for_job(&user, async |tx| queries::items(tx, claimed.id).await).await?;
        let all = items.first().map_or(0, |one| usize::try_from(one.all).unwrap_or(items.len()));
        let sent = if items.is_empty() {
            None
        } else {
            Some(match message::reminders(&self.mailer, &user, claimed.id, &items, all, Utc::now()) {
                Ok(message) => self.mailer.send(&message).await,
                Err(reason) => Err(Failure { may_be_sent: false, reason }),
            })
        };
        let next = Utc::now() + pause(claimed.attempt);
        let outcome = match &sent {
            None => Outcome { word: "refused", answer: "Nothing of it was wanted any more.", state: "needless", next },
            Some(Ok(answer)) => Outcome { word: "accepted", answer, state: "sent", next },
            Some(Err(failure)) => {
                tracing::warn!(delivery.id = %claimed.id, attempt = claimed.attempt, cause = failure.reason, "a message was not sent and is tried again");
                let word = if failure.may_be_sent { "unknown" } else { "refused" };
                Outcome { word, answer: &failure.reason, state: "waiting", next }
            }
        };
        self.db.as_user_for_job(&user, async |tx| queries::end(tx, claimed.id, claimed.attempt, &outcome).await).await
    }
}

fn pause(attempt: i32) -> TimeDelta {
    let doublings = attempt.clamp(1, 20).unsigned_abs() - 1;
    (FIRST_PAUSE * 2i32.pow(doublings.min(12))).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_an_hour_and_no_longer() {
        let pauses: Vec<i64> = [1, 2, 3, 8, 100].map(|attempt| pause(attempt).num_seconds()).to_vec();
        assert_eq!(pauses, [30, 60, 120, 3600, 3600]);
    }
}
