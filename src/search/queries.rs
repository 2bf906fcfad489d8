//! The SQL of search.

use diesel::QueryableByName;
use diesel::sql_types::{Integer, Nullable, Text, Uuid as SqlUuid, Varchar};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;

/// Somebody who was found.
#[derive(Debug, Clone, QueryableByName)]
pub struct Found {
    /// Who.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Her name as it is shown.
    #[diesel(sql_type = Varchar)]
    pub display_name: String,
    /// What stands before it, which is no name.
    #[diesel(sql_type = Nullable<Varchar>)]
    pub name_prefix: Option<String>,
    /// Her present post.
    #[diesel(sql_type = Nullable<Varchar>)]
    pub title: Option<String>,
    /// Where she works now.
    #[diesel(sql_type = Nullable<Varchar>)]
    pub organization: Option<String>,
}

/// The people whom a `tsquery` most likely means, best first.
pub async fn people(tx: &mut TenantTx<'_>, query: &str, most: i32) -> Result<Vec<Found>, AppError> {
    let query = prepared(
        "select c.id, c.display_name, c.name_prefix, e.title, e.name as organization \
         from public.suggest_contacts(?, ?) s join contacts c on c.id = s.contact_id \
         left join lateral (select e.title, o.name from contact_employments e \
             join organizations o on o.user_id = e.user_id and o.id = e.organization_id and o.deleted_at is null \
             where e.user_id = c.user_id and e.contact_id = c.id and e.is_current \
             order by e.start_date desc nulls last, e.id limit 1) e on true \
         order by s.score desc, c.id",
        (bind::<Text, _>(query), bind::<Integer, _>(most)),
    );
    Ok(query.load(tx).await?)
}

/// An organization or a tag.
#[derive(Debug, Clone, QueryableByName)]
pub struct Group {
    /// `organization` or `tag`.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// Its row.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Its name.
    #[diesel(sql_type = Varchar)]
    pub name: String,
    /// How many people belong to it.
    #[diesel(sql_type = Integer)]
    pub people_count: i32,
}

/// Organizations and tags with a word that begins so, five of each: those with most people.
pub async fn groups(tx: &mut TenantTx<'_>, typed: &str) -> Result<Vec<Group>, AppError> {
    let begun = typed.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    let (start, within) = (format!("{begun}%"), format!("% {begun}%"));
    let query = prepared(
        "(select 'organization' as kind, id, name, people_count from organizations \
             where deleted_at is null and (name ilike ? or name ilike ?) order by people_count desc, id limit 5) \
         union all \
         (select 'tag', id, name, people_count from tags where name ilike ? or name ilike ? order by people_count desc, id limit 5)",
        (bind::<Text, _>(&start), bind::<Text, _>(&within), bind::<Text, _>(&start), bind::<Text, _>(&within)),
    );
    Ok(query.load(tx).await?)
}
