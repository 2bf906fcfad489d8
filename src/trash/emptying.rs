//! What has lain in the trash long enough is deleted, a few hundred at a time. The history keeps it, so that even
//! this can be taken back.

use chrono::{DateTime, Utc};
use futures_util::FutureExt;
use serde::Deserialize;

use super::queries;
use crate::error::AppError;
use crate::jobs::{Duty, Work};

#[derive(Deserialize)]
struct Payload {
    before: DateTime<Utc>,
}

/// The job that the hourly housekeeping leaves for whoever has something to delete.
#[must_use]
pub fn duty() -> Duty {
    Duty { kind: "trash.empty", work: WORK, give_up: None }
}

const WORK: Work = |tools, job| {
    async move {
        let Payload { before } = serde_json::from_value(job.payload).map_err(anyhow::Error::from)?;
        let user = tools.db.anonymous().user(job.user_id.ok_or(AppError::NotFound)?).await?;
        while tools.db.as_user_for_job(&user, async |tx| queries::empty(tx, before).await).await? > 0 {}
        Ok(())
    }
    .boxed_local()
};
