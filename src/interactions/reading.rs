//! How warm interactions are is read by a job, two hundred at a time. Whatever adds one, or changes its text, leaves it
//! to the job: the database does that. After a piece of what is left it goes to the end of the queue: a calendar of ten
//! years is tens of thousands of texts, and others wait behind it.

use std::time::{Duration, Instant};

use futures_util::FutureExt;
use uuid::Uuid;

use super::queries::{self, Unread};
use super::sentiment::score;
use crate::error::AppError;
use crate::jobs::{self, Duty, Work};

const KIND: &str = "interactions.sentiment";
/// A piece is so many batches,
const BATCHES: usize = 3;
/// or those that were begun within this time.
const PIECE: Duration = Duration::from_secs(2);

/// The job. One that was killed goes on with what was not read.
#[must_use]
pub fn duty() -> Duty {
    Duty { kind: KIND, work: WORK, give_up: None }
}

const WORK: Work = |tools, job| {
    async move {
        let user = tools.db.anonymous().user(job.user_id.ok_or(AppError::NotFound)?).await?;
        let (begun, mut batches) = (Instant::now(), 0);
        let mut after = Some(Uuid::nil());
        while let Some(behind) = after {
            if batches == BATCHES || begun.elapsed() >= PIECE {
                return tools.db.as_user_for_job(&user, async |tx| jobs::enqueue_once(tx, KIND).await).await;
            }
            batches += 1;
            tools.db.as_user_for_job(&user, async |tx| jobs::await_writers(tx).await).await?;
            let unread = tools.db.as_user_for_job(&user, async |tx| queries::unread(tx, behind).await).await?;
            // Between the two transactions: reading two hundred long texts takes longer than a connection should be
            // held.
            let read: Vec<_> = unread.iter().map(|one| (one, score(&text(one)))).collect();
            tools.db.as_user_for_job(&user, async |tx| queries::settle(tx, &read).await).await?;
            after = unread.last().map(|one| one.id);
        }
        Ok(())
    }
    .boxed_local()
};

/// What says how warm it is: of a mail what its sender wrote, since its subject is often an earlier one's.
fn text(one: &Unread) -> String {
    let summary = one.summary.as_deref().unwrap_or_default();
    match &one.subject {
        Some(subject) if one.interaction_type != "email" || summary.is_empty() => format!("{subject}.\n{summary}"),
        _ => summary.to_owned(),
    }
}
