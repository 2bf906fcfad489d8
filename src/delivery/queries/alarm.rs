//! How messages fare in the whole instance.

use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Integer, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use serde::Deserialize;

use crate::db::{TenantTx, prepared};
use crate::error::AppError;

/// What an administrator has to know of everybody's messages.
#[derive(Debug, QueryableByName, Deserialize)]
pub struct Alarm {
    /// How many are tried again and again.
    #[diesel(sql_type = BigInt)]
    pub failing: i64,
    /// Of how many accounts these are.
    #[diesel(sql_type = BigInt)]
    pub accounts: i64,
    /// When the first of them was due.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub since: Option<DateTime<Utc>>,
    /// What was said of the last one.
    #[diesel(sql_type = Nullable<Text>)]
    pub answer: Option<String>,
    /// Since when something waits that nobody took up, in minutes.
    #[diesel(sql_type = Integer)]
    pub minutes_late: i32,
}

/// A statement of the [`Alarm`]: no row for whoever does not administer.
pub const ALARM: &str = "select failing, accounts, since, answer, minutes_late from public.delivery_alarm()";

/// How messages fare; nothing for whoever does not administer. One statement.
///
/// # Errors
/// When the database fails.
pub async fn alarm(tx: &mut TenantTx<'_>) -> Result<Option<Alarm>, AppError> {
    Ok(prepared(ALARM, ()).load(tx).await?.pop())
}
