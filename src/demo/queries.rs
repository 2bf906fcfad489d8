//! The SQL of the example people that no other feature has.

use diesel::QueryableByName;
use diesel::sql_types::{Jsonb, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use serde::Serialize;
use uuid::Uuid;

use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;

/// Something she means to do.
#[derive(Debug, Serialize)]
pub struct Reminder<'a> {
    /// For whom.
    pub contact_id: Uuid,
    /// When.
    pub due_at: chrono::DateTime<chrono::Utc>,
    /// What.
    pub title: &'a str,
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// The change set that made the example people, while they are here.
pub async fn standing(tx: &mut TenantTx<'_>) -> Result<Option<Uuid>, AppError> {
    let query = prepared(
        "select id from change_sets where kind = 'demo' and undone_at is null order by created_at desc, id desc limit 1",
        (),
    );
    Ok(query.load::<Id>(tx).await?.pop().map(|row| row.id))
}

/// Keeps others who would make them too waiting till the end of this transaction.
pub async fn take_turn(tx: &mut TenantTx<'_>) -> Result<(), AppError> {
    let query = prepared("select pg_advisory_xact_lock(hashtextextended('demo ' || app_user_id(), 0))", ());
    query.execute(tx).await?;
    Ok(())
}

/// Writes what she means to do.
pub async fn add_reminders(tx: &mut TenantTx<'_>, reminders: &[Reminder<'_>]) -> Result<(), AppError> {
    let rows = serde_json::to_value(reminders).map_err(anyhow::Error::from)?;
    let query = prepared(
        "insert into reminders (contact_id, title, due_at) \
         select r.contact_id, r.title, r.due_at from jsonb_to_recordset(?) as r(contact_id uuid, title text, due_at timestamptz)",
        (bind::<Jsonb, _>(rows),),
    );
    query.execute(tx).await?;
    Ok(())
}

/// Says of this transaction's change set what it is.
pub async fn name_change_set(tx: &mut TenantTx<'_>, summary: &str) -> Result<(), AppError> {
    let query = prepared(
        "update change_sets set kind = 'demo', summary = ? where id = app_change_set_id()",
        (bind::<Text, _>(summary),),
    );
    query.execute(tx).await?;
    Ok(())
}
