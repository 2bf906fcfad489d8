//! Whoever sends: rings, claims, sends, says what came of it. Several may run at once, also on several servers.

use std::time::Duration;

use chrono::{NaiveDate, TimeDelta, Utc};
use tokio::sync::watch;
use uuid::Uuid;

use super::digest::Digest;
use super::means::Means;
use super::queries::{self, Item, Outcome};
use super::{email, ntfy, webhook};
use crate::background::{self, Running};
use crate::db::{Claimed, CurrentUser, Db};
use crate::error::AppError;
use crate::outgoing::{Failure, LONGEST};

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
    means: Means,
}

impl Scheduler {
    /// One that sends by `means`.
    #[must_use]
    pub fn new(db: Db, means: Means) -> Self {
        Self { db, means }
    }

    /// Runs it on a thread of its own with connections of its own.
    ///
    /// # Errors
    /// When there can be no thread.
    pub fn start(app_url: &str, means: Means) -> anyhow::Result<Running> {
        let scheduler = Self::new(Db::connect(app_url, HANDS)?, means);
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
        let (waiting, has_mail) = (self.db.anonymous(), self.means.mailer.is_some());
        while waiting.ring_reminders(MOST, has_mail).await? >= MOST {}
        if has_mail {
            waiting.begin_digests().await?;
        }
        let Some(claimed) = waiting.claim_delivery(LEASE).await? else { return Ok(false) };
        self.deliver(&claimed).await?;
        Ok(true)
    }

    async fn deliver(&self, claimed: &Claimed) -> Result<(), AppError> {
        let user = self.db.anonymous().user(claimed.user_id).await?;
        let sent = match claimed.day {
            Some(day) => self.send_digest(&user, claimed.id, day).await?,
            None => self.send_reminders(&user, claimed).await?,
        };
        let asked = sent.as_ref().and_then(|sent| sent.as_ref().err()?.wait);
        let next = Utc::now() + pause(claimed.attempt, asked);
        let outcome = match &sent {
            None => Outcome { word: "refused", answer: "Nothing of it was wanted any more.", state: "needless", next },
            Some(Ok(answer)) => Outcome { word: "accepted", answer, state: "sent", next },
            Some(Err(failure)) => {
                tracing::warn!(delivery.id = %claimed.id, channel = claimed.channel, attempt = claimed.attempt, cause = failure.reason, "a message was not sent and is tried again");
                let word = if failure.may_be_sent { "unknown" } else { "refused" };
                Outcome { word, answer: &failure.reason, state: "waiting", next }
            }
        };
        self.db.as_user_for_job(&user, async |tx| queries::end(tx, claimed.id, claimed.attempt, &outcome).await).await
    }

    /// What of the message is still open; nothing is sent where nothing is.
    async fn send_reminders(&self, user: &CurrentUser, claimed: &Claimed) -> Result<Sent, AppError> {
        let (items, channel) = self
            .db
            .as_user_for_job(user, async |tx| {
                Ok((queries::items(tx, claimed.id).await?, queries::channel(tx, &claimed.channel).await?))
            })
            .await?;
        let Some(first) = items.first() else { return Ok(None) };
        let all = usize::try_from(first.all).unwrap_or(items.len());
        let Some(channel) = channel else { return Ok(Some(self.mail_reminders(user, claimed.id, &items, all).await)) };
        let url = match channel.url.as_deref().unwrap_or_default().parse() {
            Ok(url) => url,
            Err(error) => return Ok(Some(Err(Failure::refused(format!("its URL is none: {error}"))))),
        };
        let (means, now, secret) = (&self.means, Utc::now(), channel.secret.as_deref());
        Ok(Some(if channel.kind == "ntfy" {
            ntfy::publish(means, (&url, secret), ntfy::reminders(means, user, &items, all, now)).await
        } else {
            let said = webhook::reminders(means, &items, all, now);
            webhook::call(means, (&url, secret.unwrap_or_default()), claimed.id, now, &said).await
        }))
    }

    async fn mail_reminders(
        &self,
        user: &CurrentUser,
        id: Uuid,
        items: &[Item],
        all: usize,
    ) -> Result<String, Failure> {
        let mailer = self.means.mailer.as_ref().ok_or_else(no_mail_server)?;
        let message = email::reminders(&self.means, mailer, user, id, items, all, Utc::now());
        mailer.send(&message.map_err(Failure::refused)?).await
    }

    /// What there is on `day`, unless that day is over: the next has a digest of its own.
    async fn send_digest(&self, user: &CurrentUser, id: Uuid, day: NaiveDate) -> Result<Sent, AppError> {
        if user.today() > day {
            return Ok(None);
        }
        let digest = self.db.as_user_for_job(user, async |tx| Digest::find(tx, user, id, day).await).await?;
        let Some(digest) = digest else { return Ok(None) };
        let Some(mailer) = &self.means.mailer else { return Ok(Some(Err(no_mail_server()))) };
        Ok(Some(match digest.message(&self.means, mailer, user, id) {
            Ok(message) => mailer.send(&message).await,
            Err(reason) => Err(Failure::refused(reason)),
        }))
    }
}

/// What the receiver said; nothing where nothing was sent, since nothing was left to tell.
type Sent = Option<Result<String, Failure>>;

fn no_mail_server() -> Failure {
    Failure::refused("this Kith has no mail server")
}

/// Until a message is tried again: longer where the receiver `asked` for it, but no longer than at most.
fn pause(attempt: i32, asked: Option<Duration>) -> TimeDelta {
    let doublings = attempt.clamp(1, 20).unsigned_abs() - 1;
    let asked = asked.map_or(TimeDelta::zero(), |asked| TimeDelta::from_std(asked).unwrap_or(LONGEST_PAUSE));
    (FIRST_PAUSE * 2i32.pow(doublings.min(12))).max(asked).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_an_hour_and_no_longer() {
        let pauses: Vec<i64> = [1, 2, 3, 8, 100].map(|attempt| pause(attempt, None).num_seconds()).to_vec();
        assert_eq!(pauses, [30, 60, 120, 3600, 3600]);
        let asked = [1, 600, u64::MAX].map(|asked| pause(2, Some(Duration::from_secs(asked))).num_seconds());
        assert_eq!(asked, [60, 600, 3600], "a receiver that asks for more is left alone for so long");
    }
}
