//! People of organizations and tags.

use diesel::QueryableByName;
use diesel::sql_types::{Array, Bool, Nullable, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;

/// People by what they belong to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Groups {
    /// Whoever works or worked there.
    pub organizations: Vec<Uuid>,
    /// Whoever has one of these.
    pub tags: Vec<Uuid>,
    /// Of whom this change set changed something that they are found by.
    pub moved_by: Option<Uuid>,
}

impl Groups {
    /// The people of one organization.
    #[must_use]
    pub fn of_organization(id: Uuid) -> Self {
        Self { organizations: vec![id], ..Self::default() }
    }

    /// The people with one tag.
    #[must_use]
    pub fn of_tag(id: Uuid) -> Self {
        Self { tags: vec![id], ..Self::default() }
    }
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// How many people [`people_of`] answers with; the statement says it as a literal.
pub const PEOPLE_OF_AT_ONCE: usize = 1000;

/// Whether a row of the log, `l`, is of something that people are found by. Unless it is known not to be, it is.
const IS_FOUND_BY: &str = "(l.table_name in ('contact_methods', 'contact_employments', 'contact_tags', 'contact_relations', 'contact_fields') \
     or l.table_name = 'contacts' and (l.action <> 'UPDATE' or l.new_values - '{relationship_strength,contact_frequency_days,cadence_since,postponed_until,\
         deleted_at,enrichment_data,import_id}'::text[] <> '{}'))";

/// Somebody of whom this transaction changed something that she is found by.
#[derive(QueryableByName)]
pub struct Moved {
    /// Who.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Whether she came, or her name changed: then her place in the order did too.
    #[diesel(sql_type = Bool)]
    pub is_renamed: bool,
    /// Whether a way to reach her changed.
    #[diesel(sql_type = Bool)]
    pub is_reached: bool,
}

/// Everybody of whom this transaction changed something that she is found by.
pub async fn moved(tx: &mut TenantTx<'_>) -> Result<Vec<Moved>, AppError> {
    let query = prepared(
        format!(
            "select l.contact_id as id, bool_or(l.table_name = 'contacts') as is_renamed, \
                 bool_or(l.table_name = 'contact_methods') as is_reached \
             from audit_logs l where l.change_set_id = app_change_set_id() and l.contact_id is not null and {IS_FOUND_BY} group by 1"
        ),
        (),
    );
    Ok(query.load(tx).await?)
}

/// The next thousand people behind `after`, by id, who belong to one of these groups, or of whom the change set changed
/// something that they are found by. Each branch counts people, not rows: who has several would end the walk early.
pub async fn people_of(tx: &mut TenantTx<'_>, groups: &Groups, after: Uuid) -> Result<Vec<Uuid>, AppError> {
    let after = || bind::<SqlUuid, _>(after);
    let query = prepared(
        format!(
            "(select distinct e.contact_id as id from contact_employments e where e.organization_id = any(?) and e.contact_id > ? \
             order by 1 limit 1000) \
         union (select distinct x.contact_id from contact_tags x where x.tag_id = any(?) and x.contact_id > ? order by 1 limit 1000) \
         union (select distinct l.contact_id from audit_logs l where l.change_set_id = ? and {IS_FOUND_BY} \
             and l.contact_id > ? order by 1 limit 1000) \
         order by 1 limit 1000"
        ),
        (
            bind::<Array<SqlUuid>, _>(&groups.organizations),
            after(),
            bind::<Array<SqlUuid>, _>(&groups.tags),
            after(),
            bind::<Nullable<SqlUuid>, _>(groups.moved_by),
            after(),
        ),
    );
    Ok(query.load::<Id>(tx).await?.into_iter().map(|row| row.id).collect())
}
