//! Merges in the log: which one stayed, so that a form that is sent twice is known again.

use diesel::QueryableByName;
use diesel::sql_types::{Array, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::{TenantTx, bind, prepared};
use crate::error::AppError;

/// A merge that was done before and still stands.
#[derive(QueryableByName)]
pub struct Already {
    /// The one that stayed.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Its name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// What takes it back.
    #[diesel(sql_type = SqlUuid)]
    pub change_set: Uuid,
}

/// Says what the change set of this transaction is, for the history, and which one `stays`.
///
/// # Errors
/// When the database fails.
pub async fn note(tx: &mut TenantTx<'_>, summary: &str, stays: Uuid) -> Result<(), AppError> {
    let query = prepared(
        "update change_sets set kind = 'merge', summary = ?, merged_into = ? where id = app_change_set_id()",
        (bind::<Text, _>(summary), bind::<SqlUuid, _>(stays)),
    );
    query.execute(tx).await?;
    Ok(())
}

/// The merge after which one alone of these is left, if there was one. `table` and the column of its names are text of the
/// program.
///
/// # Errors
/// When the database fails.
pub async fn already(
    tx: &mut TenantTx<'_>,
    (table, name): (&'static str, &'static str),
    ids: &[Uuid],
) -> Result<Option<Already>, AppError> {
    if ids.len() < 2 {
        return Ok(None);
    }
    let query = prepared(
        format!(
            "select t.id, coalesce(t.{name}, '')::text as name, s.id as change_set from change_sets s join {table} t on t.id = s.merged_into \
             where s.merged_into = any(?) and s.undone_at is null and to_jsonb(t) ->> 'deleted_at' is null \
                 and not exists (select from unnest(?) i where i <> t.id \
                     and (exists (select from {table} o where o.id = i and to_jsonb(o) ->> 'deleted_at' is null) \
                         or not exists (select from audit_logs a where a.change_set_id = s.id and a.table_name = '{table}' and a.record_id = i \
                             and (a.action = 'DELETE' or a.new_values ->> 'deleted_at' is not null)))) \
             order by s.created_at desc limit 1"
        ),
        (bind::<Array<SqlUuid>, _>(ids), bind::<Array<SqlUuid>, _>(ids)),
    );
    Ok(query.load::<Already>(tx).await?.pop())
}
