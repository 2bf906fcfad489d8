//! Who works or worked where.

use chrono::NaiveDate;
use diesel::sql_types::Jsonb;
use diesel_async::RunQueryDsl;
use serde::Serialize;
use uuid::Uuid;

use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;

/// A post that somebody holds or held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Employment {
    /// Who.
    pub contact_id: Uuid,
    /// Where.
    pub organization_id: Uuid,
    /// As what; at most 255 characters.
    pub title: Option<String>,
    /// From when.
    pub start_date: Option<NaiveDate>,
    /// Until when; not before the start.
    pub end_date: Option<NaiveDate>,
    /// Whether she works there now.
    pub is_current: bool,
}

/// Inserts posts; one that stands already (person, organization, start and title) stays as it is.
pub async fn insert_many(tx: &mut TenantTx<'_>, employments: &[Employment]) -> Result<(), AppError> {
    let rows = serde_json::to_value(employments).map_err(anyhow::Error::from)?;
    let query = prepared(
        "insert into contact_employments (contact_id, organization_id, title, start_date, end_date, is_current) \
         select r.contact_id, r.organization_id, r.title, r.start_date, r.end_date, r.is_current from jsonb_to_recordset(?) \
         as r(contact_id uuid, organization_id uuid, title text, start_date date, end_date date, is_current boolean) \
         on conflict do nothing",
        (bind::<Jsonb, _>(rows),),
    );
    query.execute(tx).await?;
    Ok(())
}
