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
    /// `contact` or `organization`.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// Its row.
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

/// A page behind `after`, what was trashed last first. Two statements.
pub async fn list(tx: &mut TenantTx<'_>, after: Option<TimeCursor>) -> Result<Listed<Row>, AppError> {
    let count = prepared(
        "select count(*) from (select from contacts where deleted_at is not null \
         union all select from organizations where deleted_at is not null limit 10001) m",
        (),
    );
    let count = count.get_result::<Count>(tx).await?.count;
    let page = |behind: &str| {
        format!(
            "(select 'contact' as kind, id, display_name as name, deleted_at from contacts \
                 where deleted_at is not null{behind} order by deleted_at desc, id desc limit 51) \
             union all (select 'organization', id, name, deleted_at from organizations \
                 where deleted_at is not null{behind} order by deleted_at desc, id desc limit 51) \
             order by deleted_at desc, id desc limit 51"
        )
    };
    let rows = match after {
        None => prepared(page(""), ()).load(tx).await?,
        Some(TimeCursor { at: deleted_at, id }) => {
            let (at, id) = (bind::<Timestamptz, _>(deleted_at), bind::<SqlUuid, _>(id));
            prepared(page(" and (deleted_at, id) < (?, ?)"), (at, id, at, id)).load(tx).await?
        }
    };
    Ok(Listed::new(rows, count))
}
