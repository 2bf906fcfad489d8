//! What counts as contact.

use diesel::QueryableByName;
use diesel::sql_types::{Array, Bool, Jsonb, Text};
use diesel_async::RunQueryDsl;
use serde_json::Value;

use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;
use crate::interactions::counting::Counting;

/// Types of other programs that are told at most.
const MOST_OWN: usize = 50;

/// What counts as contact, and what its page tells besides.
pub struct Chosen {
    /// What counts.
    pub counting: Counting,
    /// The types that there are, those that pages offer among them.
    pub own: Vec<String>,
    /// Whether the job is still to count by it.
    pub is_being_counted: bool,
}

#[derive(QueryableByName)]
struct ChosenRow {
    #[diesel(sql_type = Jsonb)]
    skipped: Value,
    #[diesel(sql_type = Bool)]
    received: bool,
    #[diesel(sql_type = Array<Text>)]
    own: Vec<String>,
    #[diesel(sql_type = Bool)]
    is_being_counted: bool,
}

/// What counts as contact. The types that there are come from one to the next by their index, and not over all that
/// passed.
pub async fn counting(tx: &mut TenantTx<'_>) -> Result<Chosen, AppError> {
    let query = prepared(
        format!(
            "with recursive own(kind) as ( \
                 (select n.interaction_type::text from interactions n order by n.interaction_type limit 1) \
                 union all select (select n.interaction_type::text from interactions n where n.interaction_type > o.kind \
                     order by n.interaction_type limit 1) from own o where o.kind is not null) \
             select not_contact(u.settings) as skipped, received_is_contact(u.settings) as received, \
                 coalesce((select array_agg(x.kind) from (select kind from own where kind is not null limit {MOST_OWN}) x), '{{}}') as own, \
                 exists (select from jobs j where j.kind = 'last contacts' and j.state in ('ready', 'running')) as is_being_counted \
             from users u where u.id = app_user_id()"
        ),
        (),
    );
    let row: ChosenRow = query.get_result(tx).await?;
    let counting = Counting {
        // What an account that was restored says instead of a list is none.
        skipped: serde_json::from_value(row.skipped).unwrap_or_default(),
        received: row.received,
    };
    Ok(Chosen { counting, own: row.own, is_being_counted: row.is_being_counted })
}

/// Keeps what counts as contact.
pub async fn set_counting(tx: &mut TenantTx<'_>, counting: &Counting) -> Result<(), AppError> {
    let chosen = serde_json::json!({ "not_contact": counting.skipped, "received_is_contact": counting.received });
    let query = prepared("update users set settings = coalesce(settings, '{}') || ?", (bind::<Jsonb, _>(chosen),));
    query.execute(tx).await?;
    Ok(())
}

/// Waits for whoever counts by what was chosen before, or by the zone before.
pub async fn await_counting(tx: &mut TenantTx<'_>) -> Result<(), AppError> {
    prepared("select lock_counting(true)", ()).execute(tx).await?;
    Ok(())
}
