//! The SQL of many people at once: a fixed number of statements, however many they are.

use diesel::QueryableByName;
use diesel::sql_types::{Array, Bool, Integer, Nullable, Text, Uuid as SqlUuid, Varchar};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::forms::Number;
use crate::contacts::queries::Filter;
use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Whoever of `ids` is hers and not in the trash, by id.
pub(super) async fn living(tx: &mut TenantTx<'_>, ids: &[Uuid]) -> Result<Vec<Uuid>, AppError> {
    let query = prepared(
        "select id from contacts where id = any(?) and deleted_at is null order by id",
        (bind::<Array<SqlUuid>, _>(ids),),
    );
    Ok(query.load::<Id>(tx).await?.into_iter().map(|row| row.id).collect())
}

/// Everybody who matches, by id.
pub(super) async fn matching(tx: &mut TenantTx<'_>, filter: &Filter) -> Result<Vec<Uuid>, AppError> {
    let query = prepared(
        "select id from matching_contact_ids(?, ?, ?, null) id order by id",
        (
            bind::<Nullable<Text>, _>(&filter.query),
            bind::<Array<SqlUuid>, _>(&filter.tags),
            bind::<Array<SqlUuid>, _>(&filter.organizations),
        ),
    );
    Ok(query.load::<Id>(tx).await?.into_iter().map(|row| row.id).collect())
}

/// Keeps these people as they are until the end of the transaction, and answers with those who still are
/// there: in the order of their ids, so that two such transactions wait for each other in turn.
pub(super) async fn lock(tx: &mut TenantTx<'_>, ids: &[Uuid]) -> Result<Vec<Uuid>, AppError> {
    let query = prepared(
        "select id from contacts where id = any(?) and deleted_at is null order by id for no key update",
        (bind::<Array<SqlUuid>, _>(ids),),
    );
    Ok(query.load::<Id>(tx).await?.into_iter().map(|row| row.id).collect())
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Varchar)]
    display_name: String,
}

/// The first names of the list, for a sentence.
pub(super) async fn first_names(tx: &mut TenantTx<'_>, ids: &[Uuid]) -> Result<Vec<String>, AppError> {
    let query = prepared(
        "select display_name from contacts where id = any(?) order by sort_key, id limit 5",
        (bind::<Array<SqlUuid>, _>(ids),),
    );
    Ok(query.load::<Name>(tx).await?.into_iter().map(|row| row.display_name).collect())
}

/// Gives everybody a tag; how many did not have it.
pub(super) async fn attach(tx: &mut TenantTx<'_>, people: &[Uuid], tag: Uuid) -> Result<usize, AppError> {
    let query = prepared(
        "insert into contact_tags (contact_id, tag_id) select p, ? from unnest(?) p on conflict do nothing",
        (bind::<SqlUuid, _>(tag), bind::<Array<SqlUuid>, _>(people)),
    );
    Ok(query.execute(tx).await?)
}

/// Takes a tag off everybody; how many had it.
pub(super) async fn detach(tx: &mut TenantTx<'_>, people: &[Uuid], tag: Uuid) -> Result<usize, AppError> {
    let query = prepared(
        "delete from contact_tags where tag_id = ? and contact_id = any(?)",
        (bind::<SqlUuid, _>(tag), bind::<Array<SqlUuid>, _>(people)),
    );
    Ok(query.execute(tx).await?)
}

/// Sets what is not kept; how many had it otherwise.
pub(super) async fn set_numbers(
    tx: &mut TenantTx<'_>,
    people: &[Uuid],
    frequency: Number,
    strength: Number,
) -> Result<usize, AppError> {
    let query = prepared(
        "update contacts c set contact_frequency_days = case when v.keep_frequency then c.contact_frequency_days else v.frequency end, \
             relationship_strength = case when v.keep_strength then c.relationship_strength else v.strength end \
         from (select ?::boolean as keep_frequency, ?::int as frequency, ?::boolean as keep_strength, ?::int as strength) v \
         where c.id = any(?) and (not v.keep_frequency and c.contact_frequency_days is distinct from v.frequency \
             or not v.keep_strength and c.relationship_strength is distinct from v.strength)",
        (
            bind::<Bool, _>(frequency.is_kept()),
            bind::<Nullable<Integer>, _>(frequency.value()),
            bind::<Bool, _>(strength.is_kept()),
            bind::<Nullable<Integer>, _>(strength.value()),
            bind::<Array<SqlUuid>, _>(people),
        ),
    );
    Ok(query.execute(tx).await?)
}

/// Gives everybody a post at an organization now; how many had none. A former one without dates and title
/// is the same row, so it begins again.
pub(super) async fn employ(tx: &mut TenantTx<'_>, people: &[Uuid], organization: Uuid) -> Result<usize, AppError> {
    let query = prepared(
        "insert into contact_employments as e (contact_id, organization_id, is_current) \
         select p, o, true from unnest(?) p, (select ?::uuid as o) v where not exists (select from contact_employments x \
             where x.contact_id = p and x.organization_id = o and x.is_current) \
         on conflict on constraint contact_employments_key do update set is_current = true, end_date = null \
             where e.is_current is distinct from true",
        (bind::<Array<SqlUuid>, _>(people), bind::<SqlUuid, _>(organization)),
    );
    Ok(query.execute(tx).await?)
}

/// Says what this change set is, for the history.
pub(super) async fn describe(tx: &mut TenantTx<'_>, summary: &str) -> Result<(), AppError> {
    let query = prepared(
        "update change_sets set kind = 'bulk', summary = ? where id = app_change_set_id()",
        (bind::<Text, _>(summary),),
    );
    query.execute(tx).await?;
    Ok(())
}
