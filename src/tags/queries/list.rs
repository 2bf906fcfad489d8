//! The list: one page by keyset in the order of names, and how many match.

use diesel::QueryableByName;
use diesel::sql_types::{Array, BigInt, Integer, Nullable, Text, Uuid as SqlUuid, Varchar};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::db::{TenantTx, bind, containing, prepared};
use crate::error::AppError;
use crate::web::paging::NameCursor;

/// A row of the list.
#[derive(Debug, Clone, QueryableByName)]
pub struct Row {
    /// Which.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Its name.
    #[diesel(sql_type = Varchar)]
    pub name: String,
    /// `#rrggbb`.
    #[diesel(sql_type = Nullable<Varchar>)]
    pub color: Option<String>,
    /// The cadence that it lends.
    #[diesel(sql_type = Nullable<Integer>)]
    pub contact_frequency_days: Option<i32>,
    /// People not in the trash who have it.
    #[diesel(sql_type = Integer)]
    pub people_count: i32,
    #[diesel(sql_type = Text)]
    key: String,
}

impl Row {
    /// The place behind this row.
    #[must_use]
    pub fn cursor(&self) -> NameCursor {
        NameCursor { key: self.key.clone(), id: self.id }
    }
}

/// A page of the list, one row more than fits where there is more, and how many match.
#[derive(Debug, Clone)]
pub struct Listed {
    /// At most 51.
    pub rows: Vec<Row>,
    /// All that match, on whatever page.
    pub count: i64,
    /// Whether there are more than `count`, which was not counted further.
    pub is_more: bool,
}

/// Matches beyond this are not counted.
const COUNTED: i64 = 10_000;

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

const MATCHES: &str = "unaccent(lower(t.name)) like all (array(select unaccent(lower(p)) from unnest(?) p))";

/// A page behind `after` of the tags that hold what was typed. Two statements.
pub async fn list(tx: &mut TenantTx<'_>, typed: &str, after: Option<&NameCursor>) -> Result<Listed, AppError> {
    let patterns = containing(typed);
    let words = || bind::<Array<Text>, _>(&patterns);
    let count =
        prepared(format!("select count(*) from (select from tags t where {MATCHES} limit 10001) m"), (words(),));
    let count = count.get_result::<Count>(tx).await?.count;
    let page = |behind: &str| {
        format!(
            "select t.id, t.name, t.color, t.contact_frequency_days, t.people_count, encode(t.sort_key, 'hex') as key \
             from tags t where {MATCHES}{behind} order by t.sort_key, t.id limit 51"
        )
    };
    let rows = match after {
        None => prepared(page(""), (words(),)).load(tx).await?,
        Some(NameCursor { key, id }) => {
            let binds = (words(), bind::<Text, _>(key), bind::<SqlUuid, _>(id));
            prepared(page(" and (t.sort_key, t.id) > (decode(?, 'hex'), ?)"), binds).load(tx).await?
        }
    };
    Ok(Listed { rows, count: count.min(COUNTED), is_more: count > COUNTED })
}
