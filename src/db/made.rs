//! Whether what a form makes is made already: it may be sent twice, the second time while the first is being done.

use diesel::QueryableByName;
use diesel::sql_types::{Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::{TenantTx, bind, prepared};
use crate::error::AppError;

/// What was made before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Made {
    /// What takes that back, as far as the history reaches.
    pub change_set: Option<Uuid>,
}

#[derive(QueryableByName)]
struct One {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Whether there is the row `id` of `table`, a fixed text of the program. Whoever is making the same at this moment is waited
/// for. Two statements; one more where it is there.
///
/// # Errors
/// When the database fails.
pub async fn made(tx: &mut TenantTx<'_>, table: &'static str, id: Uuid) -> Result<Option<Made>, AppError> {
    let wait = prepared(
        "select pg_advisory_xact_lock(hashtextextended('make ' || app_user_id() || ' ' || ?, 0))",
        (bind::<Text, _>(id.to_string()),),
    );
    wait.execute(tx).await?;
    let found = prepared(format!("select t.id from {table} t where t.id = ?"), (bind::<SqlUuid, _>(id),));
    if found.load::<One>(tx).await?.is_empty() {
        return Ok(None);
    }
    // A person's own row is found by its contact: the other index leaves it out.
    let of = prepared(
        format!(
            "select a.change_set_id as id from audit_logs a where (a.record_id = ? and (a.record_id <> a.contact_id or a.contact_id is null) \
                 or a.contact_id = ? and a.record_id = ?) and a.table_name = '{table}' and a.action = 'INSERT' and a.change_set_id is not null \
             order by a.created_at desc limit 1"
        ),
        (bind::<SqlUuid, _>(id), bind::<SqlUuid, _>(id), bind::<SqlUuid, _>(id)),
    );
    let change_set = of.load::<One>(tx).await?.pop().map(|one| one.id);
    Ok(Some(Made { change_set }))
}
