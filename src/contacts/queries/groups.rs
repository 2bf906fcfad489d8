//! People of organizations and tags.

use diesel::QueryableByName;
use diesel::sql_types::{Array, Nullable, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::contacts::groups::Groups;
use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// How many people [`people_of`] answers with; the statement says it as a literal.
pub const PEOPLE_OF_AT_ONCE: usize = 1000;

/// The next thousand people behind `after`, by id, who belong to one of these groups, or whose
/// tags, posts or own fields the change set touched.
pub async fn people_of(tx: &mut TenantTx<'_>, groups: &Groups, after: Uuid) -> Result<Vec<Uuid>, AppError> {
    let after = || bind::<SqlUuid, _>(after);
    let query = prepared(
        "(select e.contact_id as id from contact_employments e where e.organization_id = any(?) and e.contact_id > ? \
             order by 1 limit 1000) \
         union (select x.contact_id from contact_tags x where x.tag_id = any(?) and x.contact_id > ? order by 1 limit 1000) \
         union (select l.contact_id from audit_logs l where l.change_set_id = ? and l.table_name in ('contact_tags', 'contact_employments', 'contact_fields') \
             and l.contact_id > ? order by 1 limit 1000) \
         order by 1 limit 1000",
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
