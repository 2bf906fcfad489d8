//! Occurrences are kept 400 days ahead, and made anew where her zone has changed, by a job that does a few reminders at a
//! time.

use futures_util::FutureExt;

use super::queries;
use crate::db::TenantTx;
use crate::error::AppError;
use crate::jobs::{Duty, Work};

/// The job that the hourly housekeeping leaves for whoever has reminders to be made ahead.
#[must_use]
pub fn duty() -> Duty {
    Duty { kind: queries::KIND, work: WORK, give_up: None }
}

/// The next few; false where none is left.
async fn batch(tx: &mut TenantTx<'_>) -> Result<bool, AppError> {
    let ids = queries::unmade(tx).await?;
    queries::make(tx, &ids).await?;
    Ok(!ids.is_empty())
}

const WORK: Work = |tools, job| {
    async move {
        let user = tools.db.anonymous().user(job.user_id.ok_or(AppError::NotFound)?).await?;
        while tools.db.as_user_for_job(&user, batch).await? {}
        Ok(())
    }
    .boxed_local()
};
