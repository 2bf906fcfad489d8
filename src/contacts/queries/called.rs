//! People by their names, where somebody types one to mean one of them.

use diesel::QueryableByName;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Uuid as SqlUuid, Varchar};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::contacts::documents;
use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;
use crate::text::search_query::SearchQuery;

/// Somebody who may be meant.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct Candidate {
    /// Who.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Her name as it is shown.
    #[diesel(sql_type = Varchar)]
    pub name: String,
    /// Her present post.
    #[diesel(sql_type = Nullable<Varchar>)]
    pub title: Option<String>,
    /// Where she works now.
    #[diesel(sql_type = Nullable<Varchar>)]
    pub organization: Option<String>,
}

/// The columns of a [`Candidate`], and the join that finds her post; `c` is the person.
const COLUMNS: &str = "c.id, c.display_name as name, e.title, e.name as organization";
const POST: &str = "left join lateral (select e.title, o.name from contact_employments e \
         join organizations o on o.user_id = e.user_id and o.id = e.organization_id and o.deleted_at is null \
         where e.user_id = c.user_id and e.contact_id = c.id and e.is_current \
         order by e.start_date desc nulls last, e.id limit 1) e on true";

/// Of the people in `who` (of a column `id`) a few, with their posts; `c` is the person.
fn candidates(who: &str, condition: &str) -> String {
    format!(
        "select {COLUMNS} from {who} join contacts c on c.id = w.id and c.deleted_at is null {POST} \
         where c.id <> ? and {condition} order by c.sort_key, c.id limit 20"
    )
}

/// Everybody but `contact` who is called exactly so, whatever the case.
pub async fn called(tx: &mut TenantTx<'_>, contact: Uuid, name: &str) -> Result<Vec<Candidate>, AppError> {
    let is_called = "lower(c.display_name) = lower(?)";
    let (but, name_of) = (bind::<SqlUuid, _>(contact), bind::<Text, _>(name));
    Ok(match documents::query(tx, name).await? {
        Some(query) => {
            let who = "matching_contact_ids(?, '{}', '{}', 100000) w(id)";
            prepared(candidates(who, is_called), (bind::<Text, _>(query), but, name_of)).load(tx).await?
        }
        // Signs alone are in no document: then everybody is looked at.
        None => prepared(candidates("contacts w", is_called), (but, name_of)).load(tx).await?,
    })
}

/// A few people but `contact` whom what was typed most likely means.
pub async fn similar(tx: &mut TenantTx<'_>, contact: Uuid, typed: &str) -> Result<Vec<Candidate>, AppError> {
    let Some(query) = documents::query(tx, typed).await? else { return Ok(Vec::new()) };
    let who = "(select s.contact_id as id from suggest_contacts(?, 6) s) w";
    let query = prepared(candidates(who, "true"), (bind::<Text, _>(query), bind::<SqlUuid, _>(contact)));
    Ok(query.load(tx).await?)
}

#[derive(QueryableByName)]
struct Suggested {
    #[diesel(sql_type = BigInt)]
    place: i64,
    #[diesel(embed)]
    who: Candidate,
}

/// For each of these names a few people whom it may mean, those first who have all of its words in theirs. One
/// statement, however many names.
pub async fn suggested(tx: &mut TenantTx<'_>, names: &[&str]) -> Result<Vec<Vec<Candidate>>, AppError> {
    let mut found = vec![Vec::new(); names.len()];
    let asked = names
        .iter()
        .zip(1..)
        .filter_map(|(name, place): (&&str, i64)| Some((SearchQuery::parse(name, tx.country())?.tsquery(), place)));
    let (queries, places): (Vec<String>, Vec<i64>) = asked.unzip();
    if queries.is_empty() {
        return Ok(found);
    }
    let query = prepared(
        format!(
            "select q.place, {COLUMNS} from unnest(?, ?) q(query, place) cross join lateral suggest_contacts(q.query, 20) s \
             join contacts c on c.id = s.contact_id {POST} order by q.place, s.score desc, c.id"
        ),
        (bind::<Array<Text>, _>(queries), bind::<Array<BigInt>, _>(places)),
    );
    for row in query.load::<Suggested>(tx).await? {
        let place = usize::try_from(row.place - 1).unwrap_or_default();
        if let Some(of_this_name) = found.get_mut(place) {
            of_this_name.push(row.who);
        }
    }
    Ok(found)
}

/// Those of `ids` who are not in the trash, in the order of their names.
pub async fn named(tx: &mut TenantTx<'_>, ids: &[Uuid]) -> Result<Vec<Candidate>, AppError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let query = prepared(
        format!(
            "select {COLUMNS} from contacts c {POST} where c.id = any(?) and c.deleted_at is null \
             order by c.sort_key, c.id limit 500"
        ),
        (bind::<Array<SqlUuid>, _>(ids),),
    );
    Ok(query.load(tx).await?)
}
