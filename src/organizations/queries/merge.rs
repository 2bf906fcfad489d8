//! Several organizations made into one: a fixed number of statements, however many people work there.

use diesel::QueryableByName;
use diesel::sql_types::{Array, Bool, Integer, Nullable, Text, Uuid as SqlUuid, Varchar};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::by_name::merge::{Decided, Entry};
use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Varchar)]
    name: String,
    #[diesel(sql_type = Nullable<Varchar>)]
    domain: Option<String>,
    #[diesel(sql_type = Nullable<Varchar>)]
    industry: Option<String>,
    #[diesel(sql_type = Integer)]
    version: i32,
    #[diesel(sql_type = Integer)]
    people_count: i32,
    #[diesel(sql_type = Bool)]
    is_trashed: bool,
}

/// Keeps these organizations to this transaction alone, in the order of their ids: a post that is being added to one of
/// them is waited for, and moved.
pub async fn hold(tx: &mut TenantTx<'_>, ids: &[Uuid]) -> Result<(), AppError> {
    let query = prepared(
        "select from organizations where id = any(?) order by id for update",
        (bind::<Array<SqlUuid>, _>(ids),),
    );
    query.execute(tx).await?;
    Ok(())
}

/// These organizations, the oldest first, those in the trash too.
///
/// # Errors
/// `NotFound` where one of them is not hers.
pub async fn entries(tx: &mut TenantTx<'_>, ids: &[Uuid]) -> Result<Vec<Entry>, AppError> {
    let query = prepared(
        "select id, name, domain, industry, version, people_count, deleted_at is not null as is_trashed \
         from organizations where id = any(?) order by created_at, id",
        (bind::<Array<SqlUuid>, _>(ids),),
    );
    let rows: Vec<Row> = query.load(tx).await?;
    if rows.len() < ids.len() {
        return Err(AppError::NotFound);
    }
    let entry = |row: Row| Entry {
        id: row.id,
        name: row.name,
        version: row.version,
        is_trashed: row.is_trashed,
        people: row.people_count,
        values: vec![row.domain.unwrap_or_default(), row.industry.unwrap_or_default()],
    };
    Ok(rows.into_iter().map(entry).collect())
}

/// The posts of the merged, each with its place among those of one person, title and beginning: the first stays.
/// Who has posts at one of them only keeps them as they are. Binds the one that stays, and all.
const POSTS: &str = "select e.*, row_number() over same as place, count(*) over same as n, \
         first_value(e.end_date) over (same_all order by e.end_date is null, e.organization_id <> s.id, e.id) as known_end, \
         bool_or(coalesce(e.is_current, false)) over same_all as is_anywhere, bool_and(coalesce(e.is_current, false)) over same_all as is_everywhere, \
         e.title is null and e.start_date is null and e.end_date is null as is_bare, \
         count(*) filter (where not (e.title is null and e.start_date is null and e.end_date is null)) over (partition by e.contact_id, e.is_current) as fuller, \
         min(e.organization_id::text) over (partition by e.contact_id) <> max(e.organization_id::text) over (partition by e.contact_id) as is_met_twice \
     from contact_employments e, (select ?::uuid as id) s where e.organization_id = any(?) \
     window same_all as (partition by e.contact_id, lower(e.title), e.start_date), \
         same as (partition by e.contact_id, lower(e.title), e.start_date order by e.organization_id <> s.id, e.id \
             rows between unbounded preceding and unbounded following)";

/// Makes them one. What differs in two posts of one person, title and beginning is the end that one of them knows; a
/// post that says nothing but the organization is part of one that says more.
pub async fn merge(tx: &mut TenantTx<'_>, merge: &Decided) -> Result<(), AppError> {
    let all: Vec<Uuid> = std::iter::once(merge.survivor).chain(merge.others.iter().copied()).collect();
    let survivor = || bind::<SqlUuid, _>(merge.survivor);
    let ends = prepared(
        format!(
            "update contact_employments t set end_date = p.known_end, \
                 is_current = case when p.known_end is null then p.is_anywhere else p.is_everywhere end \
             from ({POSTS}) p where t.id = p.id and p.is_met_twice and p.place = 1 and p.n > 1 and (t.end_date is distinct from p.known_end \
                 or t.is_current is distinct from case when p.known_end is null then p.is_anywhere else p.is_everywhere end)"
        ),
        (survivor(), bind::<Array<SqlUuid>, _>(&all)),
    );
    ends.execute(tx).await?;
    let doubles = prepared(
        format!(
            "delete from contact_employments t using ({POSTS}) p where t.id = p.id and p.is_met_twice and (p.place > 1 or p.is_bare and p.fuller > 0)"
        ),
        (survivor(), bind::<Array<SqlUuid>, _>(&all)),
    );
    doubles.execute(tx).await?;
    let posts = prepared(
        "update contact_employments set organization_id = ? where organization_id = any(?)",
        (survivor(), bind::<Array<SqlUuid>, _>(&merge.others)),
    );
    posts.execute(tx).await?;
    let away = prepared(
        "update organizations set deleted_at = now() where id = any(?) and deleted_at is null",
        (bind::<Array<SqlUuid>, _>(&merge.others),),
    );
    away.execute(tx).await?;
    let value = |place: usize| bind::<Nullable<Text>, _>(merge.values.get(place).cloned().flatten());
    let fields = prepared(
        "update organizations o set domain = v.domain, industry = v.industry from (select ?::text as domain, ?::text as industry) v \
         where o.id = ? and (o.domain, o.industry) is distinct from (v.domain, v.industry)",
        (value(0), value(1), survivor()),
    );
    fields.execute(tx).await?;
    Ok(())
}
