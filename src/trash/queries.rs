//! The SQL of the trash.

use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Text, Timestamptz, Uuid as SqlUuid, Varchar};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;
use crate::web::paging::{Listed, TimeCursor};

/// Something in the trash.
#[derive(Debug, Clone, QueryableByName)]
pub struct Row {
    /// `contact`, `organization`, `interaction`, `reminder` or `tag`.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// Its row; of a tag, which leaves its row with every link to the log, the change set that deleted it.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Its name.
    #[diesel(sql_type = Varchar)]
    pub name: String,
    /// Since when.
    #[diesel(sql_type = Timestamptz)]
    pub deleted_at: DateTime<Utc>,
}

impl Row {
    /// The place behind this row.
    pub fn cursor(&self) -> TimeCursor {
        TimeCursor { at: self.deleted_at, id: self.id }
    }
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// Tags that were deleted since `?` and not brought back: `(id, name, deleted_at)`, where the id is that of the
/// change set. What lay in the trash longer is gone from it.
const TAGS: &str = "select a.change_set_id as id, (a.old_values ->> 'name')::varchar as name, a.created_at as deleted_at \
     from audit_logs a join change_sets s on s.id = a.change_set_id \
     where a.table_name = 'tags' and a.action = 'DELETE' and a.created_at > ? and s.undone_at is null and s.undoes is null";

/// A page behind `after` of what was trashed since `since`, the last first. Two statements.
pub async fn list(
    tx: &mut TenantTx<'_>,
    since: DateTime<Utc>,
    after: Option<TimeCursor>,
) -> Result<Listed<Row>, AppError> {
    let since = bind::<Timestamptz, _>(since);
    let count = prepared(
        format!(
            "select count(*) from (select from contacts where deleted_at is not null \
             union all select from organizations where deleted_at is not null \
             union all select from interactions where deleted_at is not null \
             union all select from reminders where deleted_at is not null union all select from ({TAGS}) t limit 10001) m"
        ),
        (since,),
    );
    let count = count.get_result::<Count>(tx).await?.count;
    let page = |behind: &str| {
        format!(
            "(select 'contact' as kind, id, display_name as name, deleted_at from contacts \
                 where deleted_at is not null{behind} order by deleted_at desc, id desc limit 51) \
             union all (select 'organization', id, name, deleted_at from organizations \
                 where deleted_at is not null{behind} order by deleted_at desc, id desc limit 51) \
             union all (select 'interaction', id, coalesce(subject, interaction_type), deleted_at from interactions \
                 where deleted_at is not null{behind} order by deleted_at desc, id desc limit 51) \
             union all (select 'reminder', id, title, deleted_at from reminders \
                 where deleted_at is not null{behind} order by deleted_at desc, id desc limit 51) \
             union all (select 'tag', id, name, deleted_at from ({TAGS}) t where true{behind} \
                 order by deleted_at desc, id desc limit 51) \
             order by deleted_at desc, id desc limit 51"
        )
    };
    let rows = match after {
        None => prepared(page(""), (since,)).load(tx).await?,
        Some(TimeCursor { at, id }) => {
            let (at, id) = (bind::<Timestamptz, _>(at), bind::<SqlUuid, _>(id));
            let behind = page(" and (deleted_at, id) < (?, ?)");
            prepared(behind, (at, id, at, id, at, id, at, id, since, at, id)).load(tx).await?
        }
    };
    Ok(Listed::new(rows, count))
}

/// People, organizations, interactions and reminders that are deleted at a time.
const BATCH: i64 = 200;

/// Deletes a few of those that lie in the trash since before `before`; answers how many went.
pub async fn empty(tx: &mut TenantTx<'_>, before: DateTime<Utc>) -> Result<usize, AppError> {
    let mut gone = 0;
    for table in ["contacts", "organizations", "interactions", "reminders"] {
        let delete = prepared(
            format!(
                "delete from {table} where id = any(array(select id from {table} where deleted_at < ? \
                 order by deleted_at, id limit ?))"
            ),
            (bind::<Timestamptz, _>(before), bind::<BigInt, _>(BATCH)),
        );
        gone += delete.execute(tx).await?;
    }
    if gone > 0 {
        let say = "update change_sets set summary = 'the trash emptied' where id = app_change_set_id()";
        prepared(say, ()).execute(tx).await?;
    }
    Ok(gone)
}
