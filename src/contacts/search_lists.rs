//! What many people are found by is merged into the indexes by a job, so that whoever moved them does not wait for it.

use futures_util::FutureExt;

use super::documents;
use crate::error::AppError;
use crate::jobs::{Duty, Work};

/// The job that the database leaves when more than a thousand people went into the trash, or came out of it, at once.
#[must_use]
pub fn duty() -> Duty {
    Duty { kind: "search lists", work: WORK, give_up: None }
}

const WORK: Work = |tools, job| {
    async move {
        let user = tools.db.anonymous().user(job.user_id.ok_or(AppError::NotFound)?).await?;
        tools.db.as_user_for_job(&user, async |tx| documents::merge_lists(tx).await).await
    }
    .boxed_local()
};
