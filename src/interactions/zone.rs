//! Where she lives in another zone, what happened late in the evening happened on another day: when she was last in
//! touch with whom is counted anew by a job, two hundred people at a time, and so is how much passed, a month at a
//! time. The same job counts the former where she has changed what counts as contact.

use futures_util::FutureExt;
use uuid::Uuid;

use super::queries;
use crate::db::TenantTx;
use crate::error::AppError;
use crate::jobs::{self, Duty, Work};

/// Also that of the migrations that brought what is counted.
const KIND: &str = "last contacts";
/// Whether months are counted, too; they are where nothing is said.
const MONTHS: &str = "months";

/// Leaves it to the job, whose bell the caller rings once the transaction has ended.
///
/// # Errors
/// When the database fails.
pub async fn begin(tx: &mut TenantTx<'_>) -> Result<(), AppError> {
    jobs::enqueue(tx, KIND, &serde_json::json!({}), None).await
}

/// The same where only what counts as contact has changed, which months do not ask.
///
/// # Errors
/// When the database fails.
pub async fn begin_last_contacts(tx: &mut TenantTx<'_>) -> Result<(), AppError> {
    jobs::enqueue(tx, KIND, &serde_json::json!({ MONTHS: false }), None).await
}

/// The job. One that was killed goes over those it had done without changing any.
#[must_use]
pub fn duty() -> Duty {
    Duty { kind: KIND, work: WORK, give_up: None }
}

const WORK: Work = |tools, job| {
    async move {
        let user = tools.db.anonymous().user(job.user_id.ok_or(AppError::NotFound)?).await?;
        tools.db.as_user_for_job(&user, async |tx| queries::await_counting(tx).await).await?;
        let mut after = Some(Uuid::nil());
        while let Some(behind) = after {
            let batch = async |tx: &mut TenantTx<'_>| queries::refresh_last_contacts_behind(tx, behind).await;
            after = tools.db.as_user_for_job(&user, batch).await?;
        }
        if job.payload.get(MONTHS) == Some(&serde_json::json!(false)) {
            return Ok(());
        }
        let months = tools.db.as_user_for_job(&user, async |tx| queries::months_to_count(tx).await).await?;
        for month in months.into_iter().rev() {
            tools.db.as_user_for_job(&user, async |tx| queries::count_month(tx, month).await).await?;
        }
        Ok(())
    }
    .boxed_local()
};
