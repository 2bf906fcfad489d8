//! Taking back what is too much for a request: a job, a thousand people at a time.

use futures_util::FutureExt;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::queries;
use crate::db::{CurrentUser, Db, TenantTx};
use crate::error::AppError;
use crate::jobs::{self, Duty, Work};

const KIND: &str = "undo";
/// A change set of more rows is taken back by a job: the batches of one take ten times as long.
const IN_A_REQUEST: i64 = 10_000;

#[derive(Serialize, Deserialize)]
struct Payload {
    change_set: Uuid,
    by: Uuid,
}

/// The job that goes on with what [`begin`] began.
#[must_use]
pub fn duty() -> Duty {
    Duty { kind: KIND, work: WORK, give_up: Some(GIVE_UP) }
}

const WORK: Work = |tools, job| {
    async move {
        let user = tools.db.anonymous().user(job.user_id.ok_or(AppError::NotFound)?).await?;
        let Payload { change_set, by } = serde_json::from_value(job.payload).map_err(anyhow::Error::from)?;
        run(&tools.db, &user, change_set, by).await
    }
    .boxed_local()
};

const GIVE_UP: Work = |tools, job| {
    async move {
        let user = tools.db.anonymous().user(job.user_id.ok_or(AppError::NotFound)?).await?;
        let Payload { change_set, .. } = serde_json::from_value(job.payload).map_err(anyhow::Error::from)?;
        tools.db.as_user(&user, async |tx| queries::give_up(tx, change_set).await).await
    }
    .boxed_local()
};

/// Whether a change set of about so many rows is left to the job.
pub(super) fn is_large(rows: i64) -> bool {
    rows > IN_A_REQUEST
}

/// Begins to take a change set back, by the change set of this transaction, and leaves the rest to the job, whose bell
/// the caller rings.
///
/// # Errors
/// When the database fails.
pub(super) async fn begin(tx: &mut TenantTx<'_>, id: Uuid) -> Result<(), AppError> {
    if queries::begin(tx, id).await? {
        let payload = Payload { change_set: id, by: tx.change_set() };
        jobs::enqueue(tx, KIND, &serde_json::to_value(payload).map_err(anyhow::Error::from)?, None).await?;
    }
    Ok(())
}

/// Takes a change set back to the end, from wherever it is: each batch is a transaction of its own within the change
/// set `by` that began it. Changes nothing where it has ended already.
///
/// # Errors
/// When the database fails.
pub async fn run(db: &Db, user: &CurrentUser, change_set: Uuid, by: Uuid) -> Result<(), AppError> {
    let mut goes_on = true;
    while goes_on {
        goes_on = db
            .as_change_set(user, by, async |tx| {
                if queries::going_by(tx, change_set).await? != Some(by) {
                    return Ok(false);
                }
                let was_batch = queries::undo_batch(tx, change_set).await?;
                if was_batch || queries::undo_interactions(tx, change_set).await? {
                    return Ok(true);
                }
                queries::undo_rest(tx, change_set).await?;
                Ok(false)
            })
            .await?;
    }
    jobs::ring();
    Ok(())
}
