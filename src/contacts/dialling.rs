//! When she dials from another country, numbers that she wrote without one mean others: what is compared and searched
//! is made anew by a job, five hundred people at a time. What she typed stays.

use futures_util::FutureExt;
use uuid::Uuid;

use super::{documents, queries};
use crate::db::TenantTx;
use crate::error::AppError;
use crate::jobs::{self, Duty, Work};

/// Also the migration's that brought it.
const KIND: &str = "phones";

/// Leaves it to the job, whose bell the caller rings once the transaction has ended.
pub async fn begin(tx: &mut TenantTx<'_>) -> Result<(), AppError> {
    jobs::enqueue(tx, KIND, &serde_json::json!({}), None).await
}

/// The job. One that was killed goes over those it had done without changing any.
#[must_use]
pub fn duty() -> Duty {
    Duty { kind: KIND, work: WORK, give_up: None }
}

const WORK: Work = |tools, job| {
    async move {
        let id = job.user_id.ok_or(AppError::NotFound)?;
        let mut after = Some(Uuid::nil());
        while let Some(behind) = after {
            // Anew for each batch: she may have chosen another one meanwhile.
            let user = tools.db.anonymous().user(id).await?;
            after = tools.db.as_user_for_job(&user, async |tx| batch(tx, behind).await).await?;
        }
        Ok(())
    }
    .boxed_local()
};

/// The place to go on from, while there may be more.
async fn batch(tx: &mut TenantTx<'_>, after: Uuid) -> Result<Option<Uuid>, AppError> {
    if queries::hold_country(tx).await? != tx.country() {
        return Ok(Some(after));
    }
    let people = queries::people_with_phones(tx, after).await?;
    let changed = queries::rekey_phones(tx, &people).await?;
    documents::refresh(tx, &changed).await?;
    Ok(people.last().copied())
}
