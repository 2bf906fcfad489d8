//! What a search finds people by changes when an organization or a tag of theirs is renamed, trashed
//! or deleted, or when many of them are changed at once: their documents are made anew, of a thousand at once and of
//! the rest by a job.

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{documents, queries};
use crate::db::{Job, TenantTx};
use crate::error::AppError;
use crate::jobs::{self, Duty, Tools};

pub use super::queries::Groups;

const KIND: &str = "documents of groups";

#[derive(Serialize, Deserialize)]
struct Payload {
    groups: Groups,
    after: Uuid,
}

/// Makes the documents of these people anew, if there are a thousand at most within the transaction;
/// the rest is left to a job, whose bell the caller rings once the transaction has ended.
pub async fn refresh(tx: &mut TenantTx<'_>, groups: &Groups) -> Result<(), AppError> {
    if let Some(after) = refresh_batch(tx, groups, Uuid::nil()).await? {
        let payload = Payload { groups: groups.clone(), after };
        let payload = serde_json::to_value(payload).map_err(anyhow::Error::from)?;
        jobs::enqueue(tx, KIND, &payload, None).await?;
    }
    Ok(())
}

/// The place to go on from, where there may be more.
async fn refresh_batch(tx: &mut TenantTx<'_>, groups: &Groups, after: Uuid) -> Result<Option<Uuid>, AppError> {
    let people = queries::people_of(tx, groups, after).await?;
    documents::refresh(tx, &people).await?;
    Ok(people.get(queries::PEOPLE_OF_AT_ONCE - 1).copied())
}

/// The job behind [`refresh`].
#[must_use]
pub fn duty() -> Duty {
    Duty { kind: KIND, work, give_up: None }
}

fn work(tools: Tools, job: Job) -> LocalBoxFuture<'static, Result<(), AppError>> {
    async move {
        let Payload { groups, after } = serde_json::from_value(job.payload).map_err(anyhow::Error::from)?;
        let user = tools.db.anonymous().user(job.user_id.ok_or(AppError::NotFound)?).await?;
        let mut next = Some(after);
        while let Some(after) = next {
            next = tools.db.as_user_for_job(&user, async |tx| refresh_batch(tx, &groups, after).await).await?;
        }
        Ok(())
    }
    .boxed_local()
}
