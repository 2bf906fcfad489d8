//! The list: one page by keyset, whatever it is sorted and filtered by, and the count of what matches.

use chrono::{DateTime, Datelike, NaiveDate};
use diesel::sql_types::{Array, BigInt, Date, Integer, Nullable, Text, Uuid as SqlUuid, Varchar};
use diesel::{Queryable, QueryableByName};
use diesel_async::RunQueryDsl;
use futures_util::future::try_join;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;
use crate::web::paging::{COUNTED, Listed};

/// What a list is narrowed to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// A `tsquery`, as the search documents are asked.
    pub query: Option<String>,
    /// Tags that a person has, all of them.
    pub tags: Vec<Uuid>,
    /// Organizations where she works or worked, all of them.
    pub organizations: Vec<Uuid>,
}

impl Filter {
    /// Whether everybody is meant.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.query.is_none() && self.tags.is_empty() && self.organizations.is_empty()
    }
}

/// What a list is sorted by; whoever lacks the value comes last, in either direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// From A to Z.
    #[default]
    Name,
    /// From Z to A.
    NameDown,
    /// The latest contact first.
    LastContact,
    /// The longest silence first.
    LastContactOldest,
    /// The strongest first.
    Strength,
    /// The weakest first.
    StrengthWeakest,
    /// The last added first.
    Newest,
    /// The first added first.
    Oldest,
}

impl Sort {
    /// All, each with the value of the `sort` parameter.
    pub const ALL: [(Self, &'static str); 8] = [
        (Self::Name, "name"),
        (Self::NameDown, "-name"),
        (Self::LastContact, "last_contact"),
        (Self::LastContactOldest, "-last_contact"),
        (Self::Strength, "strength"),
        (Self::StrengthWeakest, "-strength"),
        (Self::Newest, "newest"),
        (Self::Oldest, "-newest"),
    ];

    /// What the `sort` parameter says; anything else is by name.
    #[must_use]
    pub fn of(word: &str) -> Self {
        Self::ALL.into_iter().find(|(_, name)| *name == word).map_or(Self::Name, |(sort, _)| sort)
    }

    /// The value of the `sort` parameter.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::ALL.into_iter().find(|(sort, _)| *sort == self).map_or("name", |(_, name)| name)
    }

    /// The key's expression, its text, how a cursor's text becomes the key again, and the direction.
    /// The expressions are those of the indexes.
    fn sql(self) -> (&'static str, &'static str, &'static str, &'static str) {
        const NAME: (&str, &str, &str) = ("c.sort_key", "encode(c.sort_key, 'hex')", "decode(?, 'hex')");
        const CREATED: (&str, &str, &str) = ("c.created_at", "c.created_at::text", "?::timestamptz");
        let with = |(key, text, value), direction| (key, text, value, direction);
        match self {
            Self::Name => with(NAME, "asc"),
            Self::NameDown => with(NAME, "desc"),
            Self::LastContact => with(
                (
                    "value_or(c.last_contact_date, '-infinity'::date)",
                    "value_or(c.last_contact_date, '-infinity'::date)::text",
                    "?::date",
                ),
                "desc",
            ),
            Self::LastContactOldest => with(
                (
                    "value_or(c.last_contact_date, 'infinity'::date)",
                    "value_or(c.last_contact_date, 'infinity'::date)::text",
                    "?::date",
                ),
                "asc",
            ),
            Self::Strength => with(
                ("value_or(c.relationship_strength, 0)", "value_or(c.relationship_strength, 0)::text", "?::int"),
                "desc",
            ),
            Self::StrengthWeakest => with(
                ("value_or(c.relationship_strength, 11)", "value_or(c.relationship_strength, 11)::text", "?::int"),
                "asc",
            ),
            Self::Newest => with(CREATED, "desc"),
            Self::Oldest => with(CREATED, "asc"),
        }
    }
}

/// The place behind the last row of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    key: String,
    id: Uuid,
}

/// PostgreSQL knows no zone farther from UTC, in seconds.
const FARTHEST: i32 = 15 * 3600;

impl Cursor {
    /// Whether the key is one of this sort's: a cursor comes from a URL, and another text in its
    /// place would be an error of the database.
    #[must_use]
    pub fn fits(&self, sort: Sort) -> bool {
        let key = self.key.as_str();
        match sort {
            Sort::Name | Sort::NameDown => {
                key.len().is_multiple_of(2) && key.len() <= 4096 && key.bytes().all(|b| b.is_ascii_hexdigit())
            }
            Sort::LastContact | Sort::LastContactOldest => {
                matches!(key, "infinity" | "-infinity")
                    || key.len() == 10 && key.parse::<NaiveDate>().is_ok_and(|day| day.year() > 0)
            }
            Sort::Strength | Sort::StrengthWeakest => key.parse::<i32>().is_ok(),
            Sort::Newest | Sort::Oldest => {
                key.starts_with("20")
                    && DateTime::parse_from_str(key, "%Y-%m-%d %H:%M:%S%.f%#z")
                        .is_ok_and(|at| at.offset().local_minus_utc().abs() < FARTHEST)
            }
        }
    }
}

/// A row of the list.
#[derive(Debug, Clone, Queryable)]
pub struct Row {
    /// Who.
    pub id: Uuid,
    /// Her name as it is shown.
    pub display_name: String,
    /// What stands before it, which is no name.
    pub name_prefix: Option<String>,
    /// Her present post.
    pub title: Option<String>,
    /// Where she works now.
    pub organization: Option<String>,
    /// The day of the newest interaction.
    pub last_contact_date: Option<NaiveDate>,
    /// When the cadence asks for the next.
    pub next_contact_due: Option<NaiveDate>,
    /// The cadence in days.
    pub effective_frequency_days: Option<i32>,
    key: String,
}

/// The columns of a [`Row`], in the order of its fields and of [`page_sql`].
type Columns = (
    SqlUuid,
    Varchar,
    Nullable<Varchar>,
    Nullable<Varchar>,
    Nullable<Varchar>,
    Nullable<Date>,
    Nullable<Date>,
    Nullable<Integer>,
    Text,
);

impl Row {
    /// The place behind this row.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        Cursor { key: self.key.clone(), id: self.id }
    }
}

/// Who matches a filter; the ids only where they are few enough to be sorted.
#[derive(QueryableByName)]
struct Matching {
    #[diesel(sql_type = BigInt)]
    count: i64,
    #[diesel(sql_type = Nullable<Array<SqlUuid>>)]
    ids: Option<Vec<Uuid>>,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// How many people there are, those in the trash not counted.
pub async fn count(mut tx: &TenantTx<'_>) -> Result<i64, AppError> {
    let query = prepared("select coalesce((select live from contact_counts), 0)::bigint as count", ());
    Ok(query.get_result::<Count>(&mut tx).await?.count)
}

/// A page behind `after`. Two statements: what matches, and the rows.
pub async fn list(
    tx: &mut TenantTx<'_>,
    filter: &Filter,
    sort: Sort,
    after: Option<&Cursor>,
) -> Result<Listed<Row>, AppError> {
    if filter.is_empty() {
        let tx = &*tx;
        let (count, rows) = try_join(count(tx), walk(tx, filter, sort, after)).await?;
        return Ok(Listed { rows, count, is_more: false });
    }
    match matching(tx, filter).await? {
        Matching { ids: Some(ids), count } => {
            Ok(Listed { rows: among(tx, &ids, sort, after).await?, count, is_more: false })
        }
        Matching { ids: None, count: 0 } => Ok(Listed { rows: Vec::new(), count: 0, is_more: false }),
        // A cut set would sort wrongly: the index of the sort is walked instead, and meets a match soon.
        Matching { ids: None, .. } => {
            Ok(Listed { rows: walk(tx, filter, sort, after).await?, count: COUNTED, is_more: true })
        }
    }
}

/// Whoever stands behind somebody in a list, where one goes on once she has left it. Three statements.
pub async fn behind(tx: &mut TenantTx<'_>, filter: &Filter, sort: Sort, id: Uuid) -> Result<Option<Uuid>, AppError> {
    let (_, text, ..) = sort.sql();
    let query = prepared(format!("select {text} as key from contacts c where c.id = ?"), (bind::<SqlUuid, _>(id),));
    let Some(key) = query.typed::<Text>().load::<String>(tx).await?.pop() else { return Ok(None) };
    let listed = list(tx, filter, sort, Some(&Cursor { key, id })).await?;
    Ok(listed.rows.into_iter().next().map(|row| row.id))
}

/// Tags and organizations that a filter may name: a hundred of them are no question of a person's.
const FEW: usize = 16;

fn few(ids: &[Uuid]) -> &[Uuid] {
    &ids[..ids.len().min(FEW)]
}

/// Who matches, as one row: ten thousand rows of an id each cost more than finding them.
async fn matching(tx: &mut TenantTx<'_>, filter: &Filter) -> Result<Matching, AppError> {
    let query = prepared(
        "select count(*) as count, case when count(*) <= 10000 then array_agg(id) end as ids \
         from matching_contact_ids(?, ?, ?, 10001) id",
        (
            bind::<Nullable<Text>, _>(&filter.query),
            bind::<Array<SqlUuid>, _>(few(&filter.tags)),
            bind::<Array<SqlUuid>, _>(few(&filter.organizations)),
        ),
    );
    Ok(query.get_result(tx).await?)
}

/// The rows among `ids`.
async fn among(tx: &mut TenantTx<'_>, ids: &[Uuid], sort: Sort, after: Option<&Cursor>) -> Result<Vec<Row>, AppError> {
    let ids = bind::<Array<SqlUuid>, _>(ids);
    match after {
        None => Ok(prepared(page_sql(sort, "c.id = any(?)", false), (ids,)).typed::<Columns>().load(tx).await?),
        Some(Cursor { key, id }) => {
            let binds = (ids, bind::<Text, _>(key), bind::<SqlUuid, _>(id));
            Ok(prepared(page_sql(sort, "c.id = any(?)", true), binds).typed::<Columns>().load(tx).await?)
        }
    }
}

/// The rows in the order of the sort's index, each asked whether it matches.
async fn walk(
    mut tx: &TenantTx<'_>,
    filter: &Filter,
    sort: Sort,
    after: Option<&Cursor>,
) -> Result<Vec<Row>, AppError> {
    if filter.is_empty() {
        return Ok(match after {
            None => prepared(page_sql(sort, "true", false), ()).typed::<Columns>().load(&mut tx).await?,
            Some(Cursor { key, id }) => {
                let binds = (bind::<Text, _>(key), bind::<SqlUuid, _>(id));
                prepared(page_sql(sort, "true", true), binds).typed::<Columns>().load(&mut tx).await?
            }
        });
    }
    // The document is a scalar, asked of each row that is met by its key: that one exists would be looked up in a table
    // of everybody's, read whole first.
    const MATCHES: &str = "(?::text is null or (select d.document @@ ?::text::tsquery from contact_search_documents d \
             where d.user_id = c.user_id and d.contact_id = c.id)) \
         and not exists (select from unnest(?) t where not exists (select from contact_tags x where x.user_id = c.user_id \
             and x.contact_id = c.id and x.tag_id = t)) \
         and not exists (select from unnest(?) o where not exists (select from contact_employments x \
             where x.user_id = c.user_id and x.contact_id = c.id and x.organization_id = o))";
    let query = (bind::<Nullable<Text>, _>(&filter.query), bind::<Nullable<Text>, _>(&filter.query));
    let tags = bind::<Array<SqlUuid>, _>(few(&filter.tags));
    let organizations = bind::<Array<SqlUuid>, _>(few(&filter.organizations));
    Ok(match after {
        None => {
            prepared(page_sql(sort, MATCHES, false), (query.0, query.1, tags, organizations))
                .typed::<Columns>()
                .load(&mut tx)
                .await?
        }
        Some(Cursor { key, id }) => {
            let binds = (query.0, query.1, tags, organizations, bind::<Text, _>(key), bind::<SqlUuid, _>(id));
            prepared(page_sql(sort, MATCHES, true), binds).typed::<Columns>().load(&mut tx).await?
        }
    })
}

/// The text of a page's statement; the limit is a literal, so that its plan is made once.
fn page_sql(sort: Sort, condition: &str, is_after: bool) -> String {
    let (key, text, value, direction) = sort.sql();
    let order = if direction == "asc" { '>' } else { '<' };
    let after = if is_after { format!(" and ({key}, c.id) {order} ({value}, ?)") } else { String::new() };
    // Whoever is on the page is known before her post is looked up: without statistics of an array's length PostgreSQL
    // would look up the posts of all that match, and sort then.
    format!(
        "select c.id, c.display_name, c.name_prefix, e.title, e.name as organization, c.last_contact_date, c.next_contact_due, \
             c.effective_frequency_days, c.key \
         from (select c.id, c.user_id, c.display_name, c.name_prefix, c.last_contact_date, c.next_contact_due, c.effective_frequency_days, \
             {text} as key, {key} as place from contacts c \
             where c.deleted_at is null and {condition}{after} order by {key} {direction}, c.id {direction} limit 51) c \
         left join lateral (select e.title, o.name from contact_employments e \
             join organizations o on o.user_id = e.user_id and o.id = e.organization_id and o.deleted_at is null \
             where e.user_id = c.user_id and e.contact_id = c.id and e.is_current \
             order by e.start_date desc nulls last, e.id limit 1) e on true \
         order by c.place {direction}, c.id {direction}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_of_another_sort_is_no_cursor() {
        let cursor = |key: &str| Cursor { key: key.to_owned(), id: Uuid::nil() };
        assert!(cursor("2a3f").fits(Sort::Name));
        assert!(!cursor("2a3").fits(Sort::Name));
        assert!(!cursor("'; drop").fits(Sort::Name));
        assert!(cursor("-infinity").fits(Sort::LastContact));
        assert!(!cursor("+294277-01-01").fits(Sort::LastContact));
        assert!(cursor("2026-11-25 19:00:00.123456+00").fits(Sort::Newest));
        assert!(!cursor("now").fits(Sort::Newest));
        assert!(!cursor("0000-01-01").fits(Sort::LastContact));
        assert!(!cursor("2026-11-25 19:00:00+23:59").fits(Sort::Newest));
    }

    #[test]
    fn every_sort_has_a_word_of_its_own() {
        for (sort, word) in Sort::ALL {
            assert_eq!(Sort::of(word), sort);
            assert_eq!(sort.word(), word);
        }
        assert_eq!(Sort::of("sideways"), Sort::Name);
    }
}
