//! The SQL of relations.

use chrono::NaiveDate;
use diesel::QueryableByName;
use diesel::sql_types::{Date, Integer, Nullable, Text, Uuid as SqlUuid, Varchar};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::model::NewRelation;
use crate::contacts::documents;
use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;

/// A relation of somebody, as it is seen from her side.
#[derive(Debug, Clone, QueryableByName)]
pub struct Relation {
    /// Its row.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// The other one.
    #[diesel(sql_type = SqlUuid)]
    pub other_contact_id: Uuid,
    /// Her name as it is shown.
    #[diesel(sql_type = Varchar)]
    pub name: String,
    /// What the other one is to her, in the database's word.
    #[diesel(sql_type = Varchar)]
    pub kind: String,
    /// The same of an own kind.
    #[diesel(sql_type = Nullable<Varchar>)]
    pub word: Option<String>,
    /// What she is to the other one, of an own kind.
    #[diesel(sql_type = Nullable<Varchar>)]
    pub inverse_word: Option<String>,
    /// Since when.
    #[diesel(sql_type = Nullable<Date>)]
    pub started_on: Option<NaiveDate>,
    /// Until when.
    #[diesel(sql_type = Nullable<Date>)]
    pub ended_on: Option<NaiveDate>,
    /// Whatever is worth knowing about it.
    #[diesel(sql_type = Text)]
    pub note: String,
    /// Counts edits.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

/// The relations of one person from her side; whoever is in the trash is left out.
const RELATIONS: &str = "select r.id, r.other_contact_id, c.display_name as name, r.kind, r.word, r.inverse_word, r.started_on, \
         r.ended_on, r.note, r.version \
     from (select id, user_id, other_contact_id, kind, word, inverse_word, started_on, ended_on, note, version \
             from contact_relations where contact_id = ? \
         union all select id, user_id, contact_id, relation_inverse(kind), inverse_word, word, started_on, ended_on, note, version \
             from contact_relations where other_contact_id = ?) r \
     join contacts c on c.user_id = r.user_id and c.id = r.other_contact_id and c.deleted_at is null";

/// What somebody's relations are, those that last first.
///
/// # Errors
/// When the database fails.
pub async fn of_contact(mut tx: &TenantTx<'_>, contact: Uuid) -> Result<Vec<Relation>, AppError> {
    let query = prepared(
        format!(
            "{RELATIONS} order by r.ended_on is not null, r.kind, r.word, r.started_on, c.sort_key, r.id limit 200"
        ),
        (bind::<SqlUuid, _>(contact), bind::<SqlUuid, _>(contact)),
    );
    Ok(query.load(&mut tx).await?)
}

/// One relation of somebody.
///
/// # Errors
/// `NotFound` where she has no such relation, or the other one is in the trash.
pub(super) async fn find(tx: &mut TenantTx<'_>, contact: Uuid, id: Uuid) -> Result<Relation, AppError> {
    let query = prepared(
        format!("{RELATIONS} where r.id = ?"),
        (bind::<SqlUuid, _>(contact), bind::<SqlUuid, _>(contact), bind::<SqlUuid, _>(id)),
    );
    query.load(tx).await?.pop().ok_or(AppError::NotFound)
}

/// Inserts a relation. False where it stands already, from whichever side it was entered.
pub(super) async fn insert(
    tx: &mut TenantTx<'_>,
    contact: Uuid,
    other: Uuid,
    new: &NewRelation,
) -> Result<bool, AppError> {
    let query = prepared(
        "insert into contact_relations (id, contact_id, other_contact_id, kind, word, inverse_word, started_on, ended_on, note) \
         values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing",
        (
            bind::<SqlUuid, _>(Uuid::now_v7()),
            bind::<SqlUuid, _>(contact),
            bind::<SqlUuid, _>(other),
            bind::<Varchar, _>(new.kind.as_str()),
            bind::<Nullable<Varchar>, _>(new.word()),
            bind::<Nullable<Varchar>, _>(new.inverse_word()),
            bind::<Nullable<Date>, _>(new.started_on),
            bind::<Nullable<Date>, _>(new.ended_on),
            bind::<Text, _>(&new.note),
        ),
    );
    Ok(query.execute(tx).await? > 0)
}

/// Overwrites a relation as `contact` sees it, if it still is at `version`; the row keeps its sides.
///
/// # Errors
/// `Conflict` where somebody saved a newer version, or she has no such relation.
pub(super) async fn update(
    tx: &mut TenantTx<'_>,
    contact: Uuid,
    (id, version): (Uuid, i32),
    new: &NewRelation,
) -> Result<(), AppError> {
    let query = prepared(
        "update contact_relations r set kind = case when r.contact_id = n.contact then n.kind else relation_inverse(n.kind) end, \
             word = case when r.contact_id = n.contact then n.word else n.inverse_word end, \
             inverse_word = case when r.contact_id = n.contact then n.inverse_word else n.word end, \
             started_on = ?, ended_on = ?, note = ? \
         from (select ?::uuid as contact, ?::varchar as kind, ?::varchar as word, ?::varchar as inverse_word) n \
         where r.id = ? and r.version = ? and n.contact in (r.contact_id, r.other_contact_id)",
        (
            bind::<Nullable<Date>, _>(new.started_on),
            bind::<Nullable<Date>, _>(new.ended_on),
            bind::<Text, _>(&new.note),
            bind::<SqlUuid, _>(contact),
            bind::<Varchar, _>(new.kind.as_str()),
            bind::<Nullable<Varchar>, _>(new.word()),
            bind::<Nullable<Varchar>, _>(new.inverse_word()),
            bind::<SqlUuid, _>(id),
            bind::<Integer, _>(version),
        ),
    );
    if query.execute(tx).await? == 0 { Err(AppError::Conflict) } else { Ok(()) }
}

#[derive(QueryableByName)]
struct Sides {
    #[diesel(sql_type = SqlUuid)]
    contact_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    other_contact_id: Uuid,
}

/// Removes a relation, from either side. Answers with both.
///
/// # Errors
/// `NotFound` where she has no such relation.
pub(super) async fn delete(tx: &mut TenantTx<'_>, contact: Uuid, id: Uuid) -> Result<[Uuid; 2], AppError> {
    let query = prepared(
        "delete from contact_relations where id = ? and ? in (contact_id, other_contact_id) returning contact_id, other_contact_id",
        (bind::<SqlUuid, _>(id), bind::<SqlUuid, _>(contact)),
    );
    let sides: Sides = query.load(tx).await?.pop().ok_or(AppError::NotFound)?;
    Ok([sides.contact_id, sides.other_contact_id])
}

#[derive(QueryableByName)]
struct Words {
    #[diesel(sql_type = Varchar)]
    word: String,
}

/// The words of own kinds that were used so far, from both sides.
pub(super) async fn words(tx: &mut TenantTx<'_>) -> Result<Vec<String>, AppError> {
    let query = prepared(
        "select word from (select word from contact_relations where kind = 'own' \
             union select inverse_word from contact_relations where kind = 'own') w order by 1 limit 50",
        (),
    );
    Ok(query.load(tx).await?.into_iter().map(|row: Words| row.word).collect())
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Varchar)]
    display_name: String,
}

/// A few names that what was typed most likely means, for the options of a field.
///
/// # Errors
/// When the database fails.
pub async fn options(tx: &mut TenantTx<'_>, typed: &str) -> Result<Vec<String>, AppError> {
    let Some(query) = documents::query(tx, typed).await? else { return Ok(Vec::new()) };
    let query = prepared(
        "select c.display_name from suggest_contacts(?, 12) s join contacts c on c.id = s.contact_id \
         order by s.score desc, c.id limit 12",
        (bind::<Text, _>(query),),
    );
    let mut names: Vec<String> = query.load(tx).await?.into_iter().map(|row: Name| row.display_name).collect();
    names.dedup();
    Ok(names)
}
