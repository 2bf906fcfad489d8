//! Writing people: always many at once, a form writes a batch of one.

use diesel::QueryableByName;
use diesel::sql_types::{Array, Binary, Bool, Integer, Jsonb, Nullable, Uuid as SqlUuid, Varchar};
use diesel_async::RunQueryDsl;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::allowance;
use crate::contacts::fields;
use crate::contacts::model::{MethodKind, Person};
use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;
use crate::text::country::Country;
use crate::text::phone;
use crate::text::sort_key::sort_key;

/// Inserts people with their methods, dates and own fields, in a fixed number of statements. The caller
/// refreshes their documents once everything about them stands. Every road that adds people ends here.
///
/// # Errors
/// `Limit` where the account does not take so many more.
pub async fn insert_many(tx: &mut TenantTx<'_>, people: &[(Uuid, Person)]) -> Result<(), AppError> {
    let rows: Vec<Value> = people.iter().map(|(id, person)| row(*id, person)).collect();
    let query = prepared(
        "insert into contacts (id, first_name, last_name, middle_name, name_prefix, name_suffix, nickname, sort_name, \
             display_name, is_nameless, notes, how_met, met_at, relationship_strength, contact_frequency_days, sort_key) \
         select r.id, r.first_name, r.last_name, r.middle_name, r.name_prefix, r.name_suffix, r.nickname, r.sort_name, \
             r.shown_name, r.is_nameless, r.notes, r.how_met, r.met_at, r.relationship_strength, \
             r.contact_frequency_days, decode(r.sort_key, 'hex') \
         from jsonb_to_recordset(?) as r(id uuid, first_name text, last_name text, middle_name text, name_prefix text, \
             name_suffix text, nickname text, sort_name text, shown_name text, is_nameless boolean, notes text, \
             how_met text, met_at text, relationship_strength int, contact_frequency_days int, sort_key text)",
        (bind::<Jsonb, _>(Value::Array(rows)),),
    );
    query.execute(tx).await?;
    allowance::check_added_people(tx, people.len()).await?;
    insert_methods(tx, people).await?;
    insert_dates(tx, people).await?;
    fields::queries::write(tx, people).await
}

/// Overwrites people whole, in a fixed number of statements: names and notes in place, of methods,
/// dates and own fields only what differs. The caller refreshes their documents.
pub async fn update_many(tx: &mut TenantTx<'_>, people: &[(Uuid, Person)]) -> Result<(), AppError> {
    let rows: Vec<Value> = people.iter().map(|(id, person)| row(*id, person)).collect();
    let query = prepared(
        "update contacts c set first_name = r.first_name, last_name = r.last_name, middle_name = r.middle_name, \
             name_prefix = r.name_prefix, name_suffix = r.name_suffix, nickname = r.nickname, sort_name = r.sort_name, \
             display_name = r.shown_name, is_nameless = r.is_nameless, notes = r.notes, \
             how_met = r.how_met, met_at = r.met_at, \
             relationship_strength = r.relationship_strength, contact_frequency_days = r.contact_frequency_days, \
             sort_key = decode(r.sort_key, 'hex') \
         from jsonb_to_recordset(?) as r(id uuid, first_name text, last_name text, middle_name text, name_prefix text, \
             name_suffix text, nickname text, sort_name text, shown_name text, is_nameless boolean, notes text, \
             how_met text, met_at text, relationship_strength int, contact_frequency_days int, sort_key text) where c.id = r.id",
        (bind::<Jsonb, _>(Value::Array(rows)),),
    );
    query.execute(tx).await?;
    delete_changed_parts(tx, people).await?;
    insert_methods(tx, people).await?;
    insert_dates(tx, people).await?;
    fields::queries::write(tx, people).await
}

/// Deletes the methods, dates and values of own fields that these people no longer have; what stays keeps its row.
async fn delete_changed_parts(tx: &mut TenantTx<'_>, people: &[(Uuid, Person)]) -> Result<(), AppError> {
    let ids: Vec<Uuid> = people.iter().map(|(id, _)| *id).collect();
    let rows = method_rows(people, tx.country());
    let methods = prepared(
        "delete from contact_methods m where m.contact_id = any(?) and not exists (select from \
         jsonb_to_recordset(?) as r(contact_id uuid, kind text, label text, value text, position int) \
         where r.contact_id = m.contact_id and r.kind = m.kind and r.label = m.label and r.value = m.value \
             and r.position = m.position)",
        (bind::<Array<SqlUuid>, _>(&ids), bind::<Jsonb, _>(rows)),
    );
    methods.execute(tx).await?;
    let dates = prepared(
        "delete from contact_dates d where d.contact_id = any(?) and not exists (select from \
         jsonb_to_recordset(?) as r(contact_id uuid, kind text, year int, month int, day int) \
         where r.contact_id = d.contact_id and r.kind = d.kind and r.year is not distinct from d.year \
             and r.month = d.month and r.day = d.day)",
        (bind::<Array<SqlUuid>, _>(&ids), bind::<Jsonb, _>(date_rows(people))),
    );
    dates.execute(tx).await?;
    fields::queries::delete_changed(tx, people).await
}

async fn insert_methods(tx: &mut TenantTx<'_>, people: &[(Uuid, Person)]) -> Result<(), AppError> {
    let rows = method_rows(people, tx.country());
    let query = prepared(
        "insert into contact_methods (contact_id, kind, label, value, position, value_key) \
         select r.contact_id, r.kind, r.label, r.value, r.position, coalesce(r.value_key, '') \
         from jsonb_to_recordset(?) as r(contact_id uuid, kind text, label text, value text, position int, value_key text) \
         where not exists (select from contact_methods m where m.contact_id = r.contact_id and m.kind = r.kind \
             and m.label = r.label and m.value = r.value and m.position = r.position)",
        (bind::<Jsonb, _>(rows),),
    );
    query.execute(tx).await?;
    Ok(())
}

async fn insert_dates(tx: &mut TenantTx<'_>, people: &[(Uuid, Person)]) -> Result<(), AppError> {
    let query = prepared(
        "insert into contact_dates (contact_id, kind, year, month, day) \
         select r.contact_id, r.kind, r.year, r.month, r.day \
         from jsonb_to_recordset(?) as r(contact_id uuid, kind text, year int, month int, day int) \
         where not exists (select from contact_dates d where d.contact_id = r.contact_id and d.kind = r.kind \
             and d.year is not distinct from r.year and d.month = r.month and d.day = r.day)",
        (bind::<Jsonb, _>(date_rows(people)),),
    );
    query.execute(tx).await?;
    Ok(())
}

fn row(id: Uuid, person: &Person) -> Value {
    json!({
        "id": id, "first_name": person.first_name, "last_name": person.last_name, "middle_name": person.middle_name,
        "name_prefix": person.name_prefix, "name_suffix": person.name_suffix, "nickname": person.nickname,
        "sort_name": person.sort_name, "shown_name": person.shown_name(), "is_nameless": person.is_nameless,
        "notes": person.notes, "how_met": person.how_met, "met_at": person.met_at,
        "relationship_strength": person.relationship_strength,
        "contact_frequency_days": person.contact_frequency_days,
        "sort_key": crate::text::hex::hex(&sort_key(&person.sorted_by())),
    })
}

fn method_rows(people: &[(Uuid, Person)], country: Option<Country>) -> Value {
    let rows = people.iter().flat_map(|(id, person)| {
        person.methods.iter().enumerate().map(move |(position, method)| {
            let key = (method.kind == MethodKind::Phone).then(|| phone::key(&method.value, country));
            json!({ "contact_id": id, "kind": method.kind, "label": method.label, "value": method.value, "position": position, "value_key": key })
        })
    });
    rows.collect()
}

fn date_rows(people: &[(Uuid, Person)]) -> Value {
    let rows = people.iter().flat_map(|(id, person)| {
        person.dates.iter().map(move |date| {
            json!({ "contact_id": id, "kind": date.kind, "year": date.year, "month": date.month, "day": date.day })
        })
    });
    rows.collect()
}

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = Integer)]
    version: i32,
}

/// What became of an edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// It stands.
    Saved,
    /// Somebody saved a newer version before; nothing was changed.
    Conflict,
}

/// Overwrites one person, if she still is at `version`. Where the other version says the same, the
/// edit has nothing to add and stands.
///
/// # Errors
/// `NotFound` where there is no such person outside the trash.
pub async fn update(tx: &mut TenantTx<'_>, id: Uuid, person: &Person, version: i32) -> Result<Saved, AppError> {
    let lock = prepared(
        "select version from contacts where id = ? and deleted_at is null for update",
        (bind::<SqlUuid, _>(id),),
    );
    let stored: Version = lock.load(tx).await?.pop().ok_or(AppError::NotFound)?;
    if stored.version != version {
        return Ok(Saved::Conflict);
    }
    update_many(tx, &[(id, person.clone())]).await?;
    // Methods and dates have rows of their own; the version counts for the whole person.
    let touch = prepared(
        "update contacts set version = version + 1 where id = ? and version = ? \
         and exists (select from audit_logs a where a.change_set_id = app_change_set_id() and a.contact_id = ?)",
        (bind::<SqlUuid, _>(id), bind::<Integer, _>(version), bind::<SqlUuid, _>(id)),
    );
    touch.execute(tx).await?;
    Ok(Saved::Saved)
}

/// Puts people into the trash or takes them out of it; all that hangs on them stays with them. Who is there
/// already stays there.
pub async fn set_trashed(tx: &mut TenantTx<'_>, ids: &[Uuid], trashed: bool) -> Result<(), AppError> {
    let query = prepared(
        "update contacts set deleted_at = case when ? then now() end where id = any(?) and (deleted_at is null) = ?",
        (bind::<Bool, _>(trashed), bind::<Array<SqlUuid>, _>(ids), bind::<Bool, _>(trashed)),
    );
    query.execute(tx).await?;
    Ok(())
}

#[derive(QueryableByName)]
struct Names {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Varchar)]
    first_name: String,
    #[diesel(sql_type = Nullable<Varchar>)]
    last_name: Option<String>,
    #[diesel(sql_type = Nullable<Varchar>)]
    sort_name: Option<String>,
}

/// Makes the sort keys of these people anew: for an undo, which gives them back their names alone.
pub async fn rekey(tx: &mut TenantTx<'_>, ids: &[Uuid]) -> Result<(), AppError> {
    let select = prepared(
        "select id, first_name, last_name, sort_name from contacts where id = any(?)",
        (bind::<Array<SqlUuid>, _>(ids),),
    );
    let (mut ids, mut keys) = (Vec::new(), Vec::new());
    for Names { id, first_name, last_name, sort_name } in select.load(tx).await? {
        let person = Person { first_name, last_name, sort_name, ..Person::default() };
        ids.push(id);
        keys.push(sort_key(&person.sorted_by()));
    }
    let update = prepared(
        "update contacts c set sort_key = r.key from unnest(?, ?) r(id, key) where c.id = r.id and c.sort_key <> r.key",
        (bind::<Array<SqlUuid>, _>(ids), bind::<Array<Binary>, _>(keys)),
    );
    update.execute(tx).await?;
    Ok(())
}
