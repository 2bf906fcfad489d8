//! What keeps one user's messages from her.

use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Jsonb, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use serde::Deserialize;
use serde_json::Value;

use crate::db::{TenantTx, prepared};
use crate::error::AppError;

/// That messages do not get through.
#[derive(Debug, QueryableByName, Deserialize)]
pub struct Failing {
    /// How many are tried again and again.
    #[diesel(sql_type = BigInt)]
    pub messages: i64,
    /// When the first of them was due.
    #[diesel(sql_type = Timestamptz)]
    pub since: DateTime<Utc>,
    /// What was said of the last one.
    #[diesel(sql_type = Nullable<Text>)]
    pub answer: Option<String>,
}

/// A statement of whether messages do not get through: no row where they do.
const FAILING: &str = "select count(*) as messages, min(d.due_at) as since, \
            (select a.answer from delivery_attempts a join deliveries f on f.user_id = a.user_id and f.id = a.delivery_id \
                where f.state in ('waiting', 'sending') and f.attempts > 0 and a.outcome <> 'accepted' order by a.ended_at desc limit 1) as answer \
         from deliveries d where d.state in ('waiting', 'sending') and d.attempts > 0 \
            and exists (select from delivery_attempts a where a.delivery_id = d.id and a.outcome is not null) having count(*) > 0";

/// Whether messages do not get through.
///
/// # Errors
/// When the database fails.
pub async fn failing(tx: &mut TenantTx<'_>) -> Result<Option<Failing>, AppError> {
    Ok(prepared(FAILING, ()).load(tx).await?.pop())
}

/// All that may keep messages from her.
#[derive(Debug, Deserialize)]
pub struct Trouble {
    /// That messages do not get through.
    pub failing: Option<Failing>,
    /// Whether something is open of which she wants to be mailed, alone or in the digest.
    pub wants_mail: bool,
    /// Since when something of hers waits that nobody took up, in minutes.
    pub minutes_late: i32,
}

#[derive(QueryableByName)]
struct Stored {
    #[diesel(sql_type = Jsonb)]
    trouble: Value,
}

/// A statement of her [`Trouble`]: one row, whose columns are its fields.
#[must_use]
pub fn trouble_sql() -> String {
    format!(
        "select (select to_jsonb(f) from ({FAILING}) f) as failing, \
            (u.settings ->> 'mail_reminders' is distinct from 'false' or coalesce((select w.is_on from channels w where w.kind = 'digest'), true)) \
                and (select min(r.due_at) from reminders r where r.status = 'pending' and r.deleted_at is null) is not null as wants_mail, \
            coalesce(extract(epoch from now() - least( \
                (select min(o.rings_at) from reminder_occurrences o where o.state = 'open' and o.rung_at is distinct from o.rings_at and o.rings_at <= now()), \
                (select min(o.notice_at) from reminder_occurrences o \
                    where o.state = 'open' and o.noticed_at is distinct from o.notice_at and o.notice_at <= now() and o.rings_at > now()), \
                (select min(d.next_try_at) from deliveries d where d.state = 'waiting'))) / 60, 0)::int as minutes_late \
         from users u where u.id = app_user_id()"
    )
}

/// All that may keep messages from her. One statement.
///
/// # Errors
/// When the database fails.
pub async fn trouble(tx: &mut TenantTx<'_>) -> Result<Trouble, AppError> {
    let query = prepared(format!("select to_jsonb(t) as trouble from ({}) t", trouble_sql()), ());
    let Stored { trouble } = query.get_result(tx).await?;
    Ok(serde_json::from_value(trouble).map_err(anyhow::Error::from)?)
}
