//! The worker: claims, keeps its lease while it works, tries again later what failed.

use std::future::Future;
use std::time::Duration;

use anyhow::Context;
use chrono::Utc;
use tokio::sync::watch;
use uuid::Uuid;

use super::{BELL, Duty, Tools, place};
use crate::background::{self, GRACE, Running};
use crate::db::{Db, Job};
use crate::error::AppError;
use crate::limits::Tiers;

/// After a `kill -9` the jobs wait so long for their next server.
const LEASE: Duration = Duration::from_secs(15);
/// How often a lease is extended.
const KEEP: Duration = Duration::from_secs(4);
/// How often the queue is looked at when nobody rings.
const POLL: Duration = Duration::from_secs(2);
/// Jobs at a time: a long import lets others pass.
const HANDS: usize = 2;
/// Connections: one a hand, and one for leases.
const CONNECTIONS: usize = HANDS + 1;
/// A job that failed so often has failed.
const TRIES: i32 = 5;
/// A job that was begun so often, without failing, kills the process that runs it.
const MOST_STARTS: i32 = 50;

/// Does the jobs of this database that may be done here.
#[derive(Clone)]
pub struct Worker {
    tools: Tools,
    duties: Vec<Duty>,
    place: String,
}

impl Worker {
    /// A worker over `tools`, which knows these kinds of jobs.
    ///
    /// # Errors
    /// When the data folder cannot be written.
    pub fn new(tools: Tools, duties: Vec<Duty>) -> Result<Self, AppError> {
        let place = place(&tools.data_dir).context("naming the data folder")?;
        Ok(Self { tools, duties, place })
    }

    /// Runs it on a thread of its own with connections of its own, so that no job, whatever it
    /// computes, delays a request.
    ///
    /// # Errors
    /// When there can be no thread, or no data folder.
    pub fn start(
        app_url: &str,
        data_dir: &std::path::Path,
        duties: Vec<Duty>,
        tiers: Tiers,
    ) -> anyhow::Result<Running> {
        let db = Db::connect(app_url, CONNECTIONS)?.limited(tiers);
        let worker = Self::new(Tools { db, data_dir: data_dir.to_owned() }, duties)?;
        Ok(background::start("jobs", |stopped| worker.run(stopped))?)
    }

    /// Works until `stopped` says so: then what runs is abandoned at its last commit and given back.
    async fn run(self, stopped: watch::Receiver<bool>) {
        let hands = (0..HANDS).map(|_| self.hand(stopped.clone()));
        futures_util::future::join_all(hands).await;
    }

    async fn hand(&self, mut stopped: watch::Receiver<bool>) {
        while !*stopped.borrow() {
            match self.claim().await {
                Ok(Some(job)) => {
                    let id = job.id;
                    tokio::select! {
                        () = self.work_on(job) => {}
                        _ = stopped.changed() => self.give_back(id).await,
                    }
                }
                Ok(None) => tokio::select! {
                    () = BELL.notified() => {}
                    () = tokio::time::sleep(POLL) => {}
                    _ = stopped.changed() => {}
                },
                Err(error) => {
                    tracing::warn!(%error, "the queue cannot be read");
                    tokio::select! {
                        () = tokio::time::sleep(POLL) => {}
                        _ = stopped.changed() => {}
                    }
                }
            }
        }
    }

    /// Where the database does not answer in time the lease runs out instead.
    async fn give_back(&self, id: Uuid) {
        let anonymous = self.tools.db.anonymous();
        let _ = tokio::time::timeout(GRACE / 2, anonymous.release_job(id)).await;
    }

    /// Does whatever is due now, one job after another, until nothing is: for commands and tests.
    ///
    /// # Errors
    /// When the queue cannot be read. A job's own failure is in its row.
    pub async fn run_due(&self) -> Result<usize, AppError> {
        let mut done = 0;
        while let Some(job) = self.claim().await? {
            self.work_on(job).await;
            done += 1;
        }
        Ok(done)
    }

    async fn claim(&self) -> Result<Option<Job>, AppError> {
        let kinds: Vec<&str> = self.duties.iter().map(|duty| duty.kind).collect();
        self.tools.db.anonymous().claim_job(&kinds, &self.place, LEASE).await
    }

    async fn work_on(&self, job: Job) {
        let Some(duty) = self.duties.iter().find(|duty| duty.kind == job.kind) else { return };
        let outcome = if job.attempts > MOST_STARTS {
            Err(AppError::Internal(anyhow::anyhow!("it was begun {MOST_STARTS} times and never ended")))
        } else {
            self.keeping(&job, (duty.work)(self.tools.clone(), job.clone())).await
        };
        let id = job.id;
        if let Err(error) = self.settle(duty, job, outcome).await {
            // Its lease runs out, and it is taken up again.
            tracing::warn!(job.id = %id, %error, "a job's end could not be noted");
        }
    }

    /// Extends the lease while `work` goes on.
    async fn keeping(&self, job: &Job, work: impl Future<Output = Result<(), AppError>>) -> Result<(), AppError> {
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                outcome = &mut work => return outcome,
                () = tokio::time::sleep(KEEP) => {
                    if let Err(error) = self.tools.db.anonymous().extend_job(job.id, LEASE).await {
                        tracing::warn!(job.id = %job.id, %error, "a lease could not be extended");
                    }
                }
            }
        }
    }

    async fn settle(&self, duty: &Duty, job: Job, outcome: Result<(), AppError>) -> Result<(), AppError> {
        let anonymous = self.tools.db.anonymous();
        let Err(error) = outcome else { return anonymous.finish_job(job.id, None).await };
        let reason = reason(&error);
        if job.attempts < TRIES {
            tracing::warn!(job.id = %job.id, kind = job.kind, cause = reason, "a job failed and is tried again");
            let pause = chrono::Duration::seconds(2i64.pow(job.attempts.clamp(1, 10).unsigned_abs()));
            return anonymous.retry_job(job.id, Utc::now() + pause, &reason).await;
        }
        tracing::error!(job.id = %job.id, kind = job.kind, cause = reason, "a job failed for good");
        if let Some(give_up) = duty.give_up {
            give_up(self.tools.clone(), job.clone()).await?;
        }
        anonymous.finish_job(job.id, Some(&reason)).await
    }
}

fn reason(error: &AppError) -> String {
    match error {
        AppError::Internal(cause) => format!("{cause:#}"),
        other => other.to_string(),
    }
}
