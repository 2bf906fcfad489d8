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
    /// Of its website.
    #[diesel(sql_type = Nullable<Varchar>)]
    pub domain: Option<String>,
    /// What it does.
    #[diesel(sql_type = Nullable<Varchar>)]
    pub industry: Option<String>,
    /// People outside the trash who work or worked there.
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

/// Every typed word stands in the name, the domain or the industry, whatever its case and accents.
const MATCHES: &str = "o.deleted_at is null and (cardinality(?) = 0 or unaccent(lower(concat_ws(' ', o.name, o.domain, o.industry))) \
     like all (array(select unaccent(lower(p)) from unnest(?) p)))";

/// A page behind `after` of the organizations that hold what was typed. Two statements.
pub async fn list(tx: &mut TenantTx<'_>, typed: &str, after: Option<&NameCursor>) -> Result<Listed, AppError> {
    let patterns = containing(typed);
    let words = || bind::<Array<Text>, _>(&patterns);
    let count = prepared(
        format!("select count(*) from (select from organizations o where {MATCHES} limit 10001) m"),
        (words(), words()),
    );
    let count = count.get_result::<Count>(tx).await?.count;
    let page = |behind: &str| {
        format!(
            "select o.id, o.name, o.domain, o.industry, o.people_count, encode(o.sort_key, 'hex') as key \
             from organizations o where {MATCHES}{behind} order by o.sort_key, o.id limit 51"
        )
    };
    let rows = match after {
        None => prepared(page(""), (words(), words())).load(tx).await?,
        Some(NameCursor { key, id }) => {
            let binds = (words(), words(), bind::<Text, _>(key), bind::<SqlUuid, _>(id));
            prepared(page(" and (o.sort_key, o.id) > (decode(?, 'hex'), ?)"), binds).load(tx).await?
        }
    };
    Ok(Listed { rows, count: count.min(COUNTED), is_more: count > COUNTED })
}
