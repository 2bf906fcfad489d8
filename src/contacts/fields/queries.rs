//! The SQL of own fields. A name that is taken violates [`NAME_KEY`].

use diesel::QueryableByName;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Jsonb, Text, Uuid as SqlUuid, Varchar};
use diesel_async::RunQueryDsl;
use serde_json::{Value, json};
use uuid::Uuid;

use super::model::{Definition, FieldKind};
use crate::contacts::model::Person;
use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;

/// The index that keeps two fields from one name.
pub const NAME_KEY: &str = "own_fields_name_key";

/// More fields than these no account has.
pub const MOST: usize = 100;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Varchar)]
    name: String,
    #[diesel(sql_type = Varchar)]
    kind: String,
    #[diesel(sql_type = Array<Text>)]
    choices: Vec<String>,
    #[diesel(sql_type = Integer)]
    version: i32,
}

impl From<Row> for Definition {
    fn from(row: Row) -> Self {
        let kind = row.kind.parse().unwrap_or(FieldKind::Text);
        Self { id: row.id, name: row.name, kind, choices: row.choices, version: row.version }
    }
}

/// All fields of the account, in their order.
pub async fn definitions(tx: &mut TenantTx<'_>) -> Result<Vec<Definition>, AppError> {
    let query = prepared("select id, name, kind, choices, version from own_fields order by position, id limit 200", ());
    Ok(query.load::<Row>(tx).await?.into_iter().map(Definition::from).collect())
}

/// A field with how many people have it, counted to a thousand and one.
#[derive(QueryableByName)]
pub struct Counted {
    /// Its row.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// What it is called.
    #[diesel(sql_type = Varchar)]
    pub name: String,
    /// The word of its kind.
    #[diesel(sql_type = Varchar)]
    pub kind: String,
    /// Of a choice: what can be chosen.
    #[diesel(sql_type = Array<Text>)]
    pub choices: Vec<String>,
    /// How many people have it.
    #[diesel(sql_type = BigInt)]
    pub people: i64,
}

/// All fields of the account, with how many people have each.
pub async fn counted(tx: &mut TenantTx<'_>) -> Result<Vec<Counted>, AppError> {
    let query = prepared(
        "select f.id, f.name, f.kind, f.choices, \
             (select count(*) from (select from contact_fields v where v.field_id = f.id limit 1001) n) as people \
         from own_fields f order by f.position, f.id limit 200",
        (),
    );
    Ok(query.load(tx).await?)
}

/// One field.
///
/// # Errors
/// `NotFound` where she has no such field.
pub async fn find(tx: &mut TenantTx<'_>, id: Uuid) -> Result<Definition, AppError> {
    let query = prepared(
        "select id, name, kind, choices, version from own_fields where id = ? for no key update",
        (bind::<SqlUuid, _>(id),),
    );
    query.load::<Row>(tx).await?.pop().map(Definition::from).ok_or(AppError::NotFound)
}

/// Adds a field behind the others. False where there are [`MOST`] already.
pub async fn insert(tx: &mut TenantTx<'_>, field: &Definition) -> Result<bool, AppError> {
    let query = prepared(
        "insert into own_fields (id, name, kind, choices, position) \
         select ?, ?, ?, ?, coalesce(max(position) + 1, 0) from own_fields having count(*) < 100",
        (
            bind::<SqlUuid, _>(field.id),
            bind::<Text, _>(&field.name),
            bind::<Text, _>(field.kind.as_str()),
            bind::<Array<Text>, _>(&field.choices),
        ),
    );
    Ok(query.execute(tx).await? > 0)
}

/// Gives a field another name and other choices, if it still is at its version.
///
/// # Errors
/// `NotFound` where she has no such field, `Conflict` where somebody saved a newer version.
pub async fn update(tx: &mut TenantTx<'_>, field: &Definition) -> Result<(), AppError> {
    if find(tx, field.id).await?.version != field.version {
        return Err(AppError::Conflict);
    }
    let query = prepared(
        "update own_fields set name = ?, choices = ? where id = ?",
        (bind::<Text, _>(&field.name), bind::<Array<Text>, _>(&field.choices), bind::<SqlUuid, _>(field.id)),
    );
    found(query.execute(tx).await?)
}

/// Lets people keep choices that were renamed: each pair is the old and the new name.
pub async fn rename_choices(tx: &mut TenantTx<'_>, field: Uuid, renamed: &[(String, String)]) -> Result<(), AppError> {
    let (old, new): (Vec<&String>, Vec<&String>) = renamed.iter().map(|(old, new)| (old, new)).unzip();
    let query = prepared(
        "update contact_fields v set value = r.new from unnest(?, ?) r(old, new) where v.field_id = ? and v.value = r.old",
        (bind::<Array<Text>, _>(old), bind::<Array<Text>, _>(new), bind::<SqlUuid, _>(field)),
    );
    query.execute(tx).await?;
    Ok(())
}

/// Takes these choices off people. Answers with how many had one of them.
pub async fn drop_choices(tx: &mut TenantTx<'_>, field: Uuid, choices: &[String]) -> Result<usize, AppError> {
    let query = prepared(
        "delete from contact_fields where field_id = ? and value = any(?)",
        (bind::<SqlUuid, _>(field), bind::<Array<Text>, _>(choices)),
    );
    Ok(query.execute(tx).await?)
}

/// Moves a field one place up or down.
pub async fn shift(tx: &mut TenantTx<'_>, id: Uuid, down: bool) -> Result<(), AppError> {
    let query = prepared(
        "with places as (select id, row_number() over (order by position, id) as place from own_fields), \
             other as (select o.id, o.place, p.place as was from places p join places o \
                 on o.place = p.place + case when ? then 1 else -1 end where p.id = ?) \
         update own_fields f set position = p.became from (select p.id, coalesce((select case p.place when o.was then o.place \
                 when o.place then o.was end from other o), p.place) as became from places p) p \
         where f.id = p.id and f.position <> p.became",
        (bind::<Bool, _>(down), bind::<SqlUuid, _>(id)),
    );
    query.execute(tx).await?;
    Ok(())
}

/// Deletes a field and all that it says.
///
/// # Errors
/// `NotFound` where she has no such field.
pub async fn delete(tx: &mut TenantTx<'_>, id: Uuid) -> Result<(), AppError> {
    let query = prepared("delete from own_fields where id = ?", (bind::<SqlUuid, _>(id),));
    found(query.execute(tx).await?)
}

fn found(rows: usize) -> Result<(), AppError> {
    if rows == 0 { Err(AppError::NotFound) } else { Ok(()) }
}

/// Deletes what fields no longer say of these people; what stays keeps its row.
pub async fn delete_changed(tx: &mut TenantTx<'_>, people: &[(Uuid, Person)]) -> Result<(), AppError> {
    let ids: Vec<Uuid> = people.iter().map(|(id, _)| *id).collect();
    let query = prepared(
        "delete from contact_fields v using own_fields f where v.contact_id = any(?) and f.id = v.field_id and not exists (select from \
         jsonb_to_recordset(?) as r(contact_id uuid, name text) where r.contact_id = v.contact_id and lower(r.name) = lower(f.name))",
        (bind::<Array<SqlUuid>, _>(ids), bind::<Jsonb, _>(rows(people))),
    );
    query.execute(tx).await?;
    Ok(())
}

/// Writes what fields say of these people, where they do not say it yet. A field that is gone says nothing.
pub async fn write(tx: &mut TenantTx<'_>, people: &[(Uuid, Person)]) -> Result<(), AppError> {
    if people.iter().all(|(_, person)| person.fields.is_empty()) {
        return Ok(());
    }
    let query = prepared(
        "insert into contact_fields as v (contact_id, field_id, kind, value) select r.contact_id, f.id, f.kind, r.value \
         from jsonb_to_recordset(?) as r(contact_id uuid, name text, kind text, value text) \
         join own_fields f on lower(f.name) = lower(r.name) and f.kind = r.kind \
         on conflict (user_id, contact_id, field_id) do update set value = excluded.value where v.value <> excluded.value",
        (bind::<Jsonb, _>(rows(people)),),
    );
    query.execute(tx).await?;
    Ok(())
}

fn rows(people: &[(Uuid, Person)]) -> Value {
    let rows = people.iter().flat_map(|(id, person)| {
        person
            .fields
            .iter()
            .map(move |field| json!({ "contact_id": id, "name": field.name, "kind": field.kind, "value": field.value }))
    });
    rows.collect()
}
