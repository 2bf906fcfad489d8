//! Reading people, whole.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Array, Date, Integer, Jsonb, Nullable, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use crate::contacts::model::Person;
use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;
use crate::interactions::heat::Year;
use crate::interactions::queries::{YEAR_COLUMNS, YearRow, year_of_contact};

/// A person as JSON, in the form in which `Person` is read; `c` is her row.
const PERSON: &str = "jsonb_build_object('first_name', c.first_name, 'last_name', c.last_name, 'middle_name', c.middle_name, \
     'name_prefix', c.name_prefix, 'name_suffix', c.name_suffix, 'nickname', c.nickname, 'sort_name', c.sort_name, \
     'display_name', c.display_name, 'is_nameless', c.is_nameless, 'notes', c.notes, \
     'how_met', c.how_met, 'met_at', c.met_at, \
     'relationship_strength', c.relationship_strength, 'contact_frequency_days', c.contact_frequency_days, \
     'methods', coalesce((select jsonb_agg(jsonb_build_object('kind', m.kind, 'label', m.label, 'value', m.value, 'key', m.value_key) \
         order by m.position, m.id) from contact_methods m where m.user_id = c.user_id and m.contact_id = c.id), '[]'), \
     'dates', coalesce((select jsonb_agg(jsonb_build_object('kind', d.kind, 'year', d.year, 'month', d.month, 'day', d.day) \
         order by d.kind, d.month, d.day, d.year, d.id) from contact_dates d where d.user_id = c.user_id and d.contact_id = c.id), '[]'), \
     'fields', coalesce((select jsonb_agg(jsonb_build_object('name', f.name, 'kind', f.kind, 'value', v.value) order by f.position, f.id) \
         from contact_fields v join own_fields f on f.user_id = v.user_id and f.id = v.field_id \
         where v.user_id = c.user_id and v.contact_id = c.id), '[]')) as person";

#[derive(QueryableByName)]
struct PersonRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Jsonb)]
    person: Value,
}

/// These people with their methods and dates, in one statement; whoever is in the trash is left out.
/// The order is that of their ids.
pub async fn people(tx: &mut TenantTx<'_>, ids: &[Uuid]) -> Result<Vec<(Uuid, Person)>, AppError> {
    let query = prepared(
        format!("select c.id, {PERSON} from contacts c where c.id = any(?) and c.deleted_at is null order by c.id"),
        (bind::<Array<SqlUuid>, _>(ids),),
    );
    let rows: Vec<PersonRow> = query.load(tx).await?;
    rows.into_iter().map(|row| Ok((row.id, parsed(row.person)?))).collect()
}

fn parsed<T: DeserializeOwned>(json: Value) -> Result<T, AppError> {
    Ok(serde_json::from_value(json).map_err(anyhow::Error::from)?)
}

/// One person with what the database keeps of her besides.
#[derive(Debug, Clone)]
pub struct Contact {
    /// Her row.
    pub id: Uuid,
    /// What is edited of her.
    pub person: Person,
    /// What two spellings of each of her methods share.
    pub keys: Vec<String>,
    /// Counts edits.
    pub version: i32,
    /// The day of the newest interaction.
    pub last_contact_date: Option<NaiveDate>,
    /// When the cadence asks for the next.
    pub next_contact_due: Option<NaiveDate>,
    /// Her own cadence in days, else the shortest of her tags'.
    pub effective_frequency_days: Option<i32>,
    /// Not due before this day.
    pub postponed_until: Option<NaiveDate>,
    /// Her photo.
    pub photo_id: Option<Uuid>,
    /// When she was added.
    pub created_at: DateTime<Utc>,
    /// When she was put into the trash.
    pub deleted_at: Option<DateTime<Utc>>,
}

#[derive(QueryableByName)]
struct ContactRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Jsonb)]
    person: Value,
    #[diesel(sql_type = Integer)]
    version: i32,
    #[diesel(sql_type = Nullable<Date>)]
    last_contact_date: Option<NaiveDate>,
    #[diesel(sql_type = Nullable<Date>)]
    next_contact_due: Option<NaiveDate>,
    #[diesel(sql_type = Nullable<Integer>)]
    effective_frequency_days: Option<i32>,
    #[diesel(sql_type = Nullable<Date>)]
    postponed_until: Option<NaiveDate>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    photo_id: Option<Uuid>,
    #[diesel(sql_type = Timestamptz)]
    created_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    deleted_at: Option<DateTime<Utc>>,
}

/// The columns of a `ContactRow`; `c` is her row.
fn columns() -> String {
    format!(
        "c.id, {PERSON}, c.version, c.last_contact_date, c.next_contact_due, c.effective_frequency_days, c.postponed_until, \
         (select p.photo_id from contact_photos p where p.user_id = c.user_id and p.contact_id = c.id) as photo_id, \
         c.created_at, c.deleted_at"
    )
}

/// One person, also from the trash.
///
/// # Errors
/// `NotFound` where she has no such person.
pub async fn find(mut tx: &TenantTx<'_>, id: Uuid) -> Result<Contact, AppError> {
    let query = prepared(format!("select {} from contacts c where c.id = ?", columns()), (bind::<SqlUuid, _>(id),));
    let row: ContactRow = query.load(&mut tx).await?.pop().ok_or(AppError::NotFound)?;
    contact(row)
}

#[derive(QueryableByName)]
struct PageRow {
    #[diesel(embed)]
    contact: ContactRow,
    #[diesel(embed)]
    year: YearRow,
    #[diesel(sql_type = Jsonb)]
    tags: Value,
}

/// Her tags by name, in JSON; `c` is her row.
const TAGS: &str = "(select coalesce(jsonb_agg(to_jsonb(x)), '[]') from (select t.id, t.name, t.color \
     from contact_tags x join tags t on t.user_id = x.user_id and t.id = x.tag_id \
     where x.user_id = c.user_id and x.contact_id = c.id order by lower(t.name), t.id limit 500) x) as tags";

/// Likewise, with the year of contact and the tags that her page shows. One statement.
///
/// # Errors
/// `NotFound` where she has no such person.
pub async fn find_for_page(mut tx: &TenantTx<'_>, id: Uuid) -> Result<(Contact, Year, Vec<TagOf>), AppError> {
    let query = prepared(
        format!("select {}, {YEAR_COLUMNS}, {TAGS} from contacts c{} where c.id = ?", columns(), year_of_contact()),
        (bind::<SqlUuid, _>(id),),
    );
    let row: PageRow = query.load(&mut tx).await?.pop().ok_or(AppError::NotFound)?;
    Ok((contact(row.contact)?, row.year.into(), parsed(row.tags)?))
}

fn contact(row: ContactRow) -> Result<Contact, AppError> {
    let methods = row.person["methods"].as_array().map(Vec::as_slice).unwrap_or_default();
    let key = |method: &Value| method["key"].as_str().unwrap_or_default().to_owned();
    Ok(Contact {
        id: row.id,
        keys: methods.iter().map(key).collect(),
        person: parsed(row.person)?,
        version: row.version,
        last_contact_date: row.last_contact_date,
        next_contact_due: row.next_contact_due,
        effective_frequency_days: row.effective_frequency_days,
        postponed_until: row.postponed_until,
        photo_id: row.photo_id,
        created_at: row.created_at,
        deleted_at: row.deleted_at,
    })
}

/// Holds a person as she is until the end of the transaction: whoever is in the trash is restored before anything
/// about her is changed, and nobody puts her there meanwhile.
///
/// # Errors
/// `NotFound` where she is in the trash, or there is no such person.
pub async fn hold(tx: &mut TenantTx<'_>, id: Uuid) -> Result<(), AppError> {
    let query = prepared(
        "select id from contacts where id = ? and deleted_at is null for no key update",
        (bind::<SqlUuid, _>(id),),
    );
    if query.execute(tx).await? == 0 { Err(AppError::NotFound) } else { Ok(()) }
}

/// The name of somebody who is not in the trash.
///
/// # Errors
/// `NotFound` where she is in the trash, or there is no such person.
pub async fn name_of(tx: &mut TenantTx<'_>, id: Uuid) -> Result<String, AppError> {
    let contact = find(tx, id).await?;
    if contact.deleted_at.is_some() { Err(AppError::NotFound) } else { Ok(contact.person.shown_name()) }
}

/// A tag that somebody has.
#[derive(Debug, Clone, Deserialize)]
pub struct TagOf {
    /// Its row.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// `#rrggbb`.
    pub color: Option<String>,
}
