//! Whether a merge is done already: a form may be sent twice.

use diesel::QueryableByName;
use diesel::sql_types::{Array, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::merge::Kind;
use crate::db::{TenantTx, bind, prepared};
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

impl Already {
    /// For whoever sent the form twice.
    #[must_use]
    pub fn message(&self) -> String {
        format!("They are one already: {}.", self.name)
    }
}

/// The merge after which one alone of these is left, if there was one: a form that is sent twice is done once.
///
/// # Errors
/// When the database fails.
pub async fn already(tx: &mut TenantTx<'_>, kind: &Kind, ids: &[Uuid]) -> Result<Option<Already>, AppError> {
    let table = kind.many;
    let ids = || bind::<Array<SqlUuid>, _>(ids);
    let query = prepared(
        format!(
            "with gone as materialized (select a.change_set_id, a.record_id from audit_logs a where a.record_id = any(?) and a.contact_id is null \
                     and a.table_name = '{table}' and (a.action = 'DELETE' or a.new_values ->> 'deleted_at' is not null)), \
                 here as (select t.id, t.name from {table} t where t.id = any(?) and to_jsonb(t) ->> 'deleted_at' is null) \
             select h.id, h.name::text as name, s.id as change_set from here h, change_sets s \
             where (select count(*) from here) = 1 and s.kind = 'merge' and s.undone_at is null \
                 and s.id = any(array(select g.change_set_id from gone g)) \
                 and not exists (select from unnest(?) i where i <> h.id \
                     and not exists (select from gone g where g.change_set_id = s.id and g.record_id = i)) \
             order by s.created_at desc limit 1"
        ),
        (ids(), ids(), ids()),
    );
    Ok(query.load::<Already>(tx).await?.pop())
}
