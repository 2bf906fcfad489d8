//! Photos that nobody has any more, and that no undo could give back, are deleted.

use futures_util::FutureExt;

use super::queries;
use crate::error::AppError;
use crate::jobs::{Duty, Work};

/// The job that the hourly housekeeping leaves, once a day, for whoever has photos that nobody has.
#[must_use]
pub fn duty() -> Duty {
    Duty { kind: "photos.sweep", work: WORK, give_up: None }
}

const WORK: Work = |tools, job| {
    async move {
        let user = tools.db.anonymous().user(job.user_id.ok_or(AppError::NotFound)?).await?;
        while tools.db.as_user_for_job(&user, async |tx| queries::sweep(tx).await).await? > 0 {}
        Ok(())
    }
    .boxed_local()
};
