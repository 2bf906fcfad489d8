//! The SQL of what calendars and tables say anew.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Array, Bool, Date, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::record::{Draft, Said};
use super::super::revising::Update;
use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;
use crate::interactions::queries::make_months;

/// An interaction that a calendar or a table brought, as it stands.
#[derive(Debug)]
pub struct Stored {
    pub interaction_id: Uuid,
    pub external_id: String,
    pub series: String,
    /// What the file said last.
    pub said: Said,
    pub subject: Option<String>,
    pub summary: Option<String>,
    pub kind: String,
    pub direction: Option<String>,
    pub is_contact: bool,
    pub occurred_at: DateTime<Utc>,
    pub occurred_on: Option<NaiveDate>,
    /// Role and address of whom it names.
    pub named: Vec<String>,
    /// The addresses of these that are hers.
    pub own: Vec<String>,
    /// The place of its next address.
    pub next: i16,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    interaction_id: Uuid,
    #[diesel(sql_type = Text)]
    external_id: String,
    #[diesel(sql_type = Text)]
    series: String,
    #[diesel(sql_type = Jsonb)]
    said: Value,
    #[diesel(sql_type = Nullable<Text>)]
    subject: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    summary: Option<String>,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Nullable<Text>)]
    direction: Option<String>,
    #[diesel(sql_type = Bool)]
    is_contact: bool,
    #[diesel(sql_type = Timestamptz)]
    occurred_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Date>)]
    occurred_on: Option<NaiveDate>,
    #[diesel(sql_type = Array<Text>)]
    named: Vec<String>,
    #[diesel(sql_type = Array<Text>)]
    own: Vec<String>,
    #[diesel(sql_type = Integer)]
    next: i32,
}

const COLUMNS: &str = "n.id as interaction_id, e.external_id::text, coalesce(e.series, '')::text as series, e.said, n.subject::text, n.summary, \
    n.interaction_type::text as kind, n.direction::text, n.is_contact, n.occurred_at, n.occurred_on";

/// What stands of these, where a file says something else than it did.
pub async fn said_anew(tx: &mut TenantTx<'_>, drafts: &[&Draft]) -> Result<Vec<Stored>, AppError> {
    let said = drafts.iter().filter_map(|draft| {
        let revision = draft.revision.as_ref()?;
        Some(json!({"namespace": draft.namespace, "id": draft.external_id, "said": revision.said}))
    });
    let query = format!(
        "select {COLUMNS}, array(select a.role || ' ' || a.address from interaction_addresses a where a.interaction_id = n.id) as named, \
             array(select a.address::text from interaction_addresses a where a.interaction_id = n.id and a.is_own) as own, \
             coalesce((select max(a.position) + 1 from interaction_addresses a where a.interaction_id = n.id), 0)::int as next \
         from jsonb_to_recordset(?) as r(namespace text, id text, said jsonb) \
         join interaction_external_refs e on e.namespace = r.namespace and e.external_id = r.id and e.said <> r.said \
         join interactions n on n.id = e.interaction_id and n.occurred_at = e.occurred_at and n.deleted_at is null"
    );
    let query = prepared(query, (bind::<Jsonb, _>(Value::Array(said.collect())),));
    query.load::<Row>(tx).await?.into_iter().map(stored).collect()
}

/// What stands of these series, but for what this import brought.
pub async fn of_series(tx: &mut TenantTx<'_>, series: &[&str]) -> Result<Vec<Stored>, AppError> {
    let query = format!(
        "select {COLUMNS}, '{{}}'::text[] as named, '{{}}'::text[] as own, 0 as next from interaction_external_refs e \
         join interactions n on n.id = e.interaction_id and n.occurred_at = e.occurred_at and n.deleted_at is null \
             and n.import_id is distinct from app_import_id() \
         where e.series = any(?) and e.said is not null"
    );
    let query = prepared(query, (bind::<Array<Text>, _>(series),));
    query.load::<Row>(tx).await?.into_iter().map(stored).collect()
}

fn stored(row: Row) -> Result<Stored, AppError> {
    Ok(Stored {
        interaction_id: row.interaction_id,
        external_id: row.external_id,
        series: row.series,
        said: serde_json::from_value(row.said).map_err(anyhow::Error::from)?,
        subject: row.subject,
        summary: row.summary,
        kind: row.kind,
        direction: row.direction,
        is_contact: row.is_contact,
        occurred_at: row.occurred_at,
        occurred_on: row.occurred_on,
        named: row.named,
        own: row.own,
        next: i16::try_from(row.next).unwrap_or(i16::MAX),
    })
}

/// What calendars and tables said of new interactions.
pub async fn keep(tx: &mut TenantTx<'_>, new: &[(Uuid, &Draft)]) -> Result<(), AppError> {
    let said = new.iter().filter_map(|(id, draft)| {
        let revision = draft.revision.as_ref()?;
        Some(json!({"id": id, "series": revision.series, "said": revision.said}))
    });
    let said: Vec<Value> = said.collect();
    if said.is_empty() {
        return Ok(());
    }
    let query = prepared(
        "update interaction_external_refs e set series = r.series, said = r.said \
         from jsonb_to_recordset(?) as r(id uuid, series text, said jsonb) where e.interaction_id = r.id",
        (bind::<Jsonb, _>(Value::Array(said)),),
    );
    query.execute(tx).await?;
    Ok(())
}

/// Changes interactions. Whoever was named alone by an address that is gone takes no part any more.
pub(in super::super) async fn update(tx: &mut TenantTx<'_>, updates: &[Update]) -> Result<(), AppError> {
    make_months(tx, updates.iter().map(|update| update.when.occurred_at)).await?;
    let rows = serde_json::to_value(updates).map_err(anyhow::Error::from)?;
    for statement in [
        "update interactions n set subject = r.subject, summary = r.summary, interaction_type = r.kind, direction = r.direction, \
             occurred_at = r.occurred_at, occurred_on = r.occurred_on, is_contact = r.is_contact \
         from jsonb_to_recordset(?) as r(interaction uuid, subject text, summary text, kind text, direction text, occurred_at timestamptz, \
             occurred_on date, is_contact boolean) \
         where n.id = r.interaction and (n.subject, n.summary, n.interaction_type, n.direction, n.occurred_at, n.occurred_on, n.is_contact) \
             is distinct from (r.subject, r.summary, r.kind, r.direction, r.occurred_at, r.occurred_on, r.is_contact)",
        "update interaction_external_refs e set said = r.said from jsonb_to_recordset(?) as r(interaction uuid, said jsonb) \
         where e.interaction_id = r.interaction",
        "delete from interaction_participants p using jsonb_to_recordset(?) as r(interaction uuid, removed text[]), contact_methods m \
         where p.interaction_id = r.interaction and m.contact_id = p.contact_id and m.kind = 'email' \
             and exists (select from interaction_addresses a where a.interaction_id = r.interaction and a.address = m.value_key \
                 and a.role || ' ' || a.address = any (r.removed)) \
             and not exists (select from interaction_addresses a join contact_methods o on o.kind = 'email' and o.value_key = a.address \
                 where a.interaction_id = r.interaction and o.contact_id = p.contact_id and a.role || ' ' || a.address <> all (r.removed))",
        "delete from interaction_addresses a using jsonb_to_recordset(?) as r(interaction uuid, removed text[]) \
         where a.interaction_id = r.interaction and a.role || ' ' || a.address = any (r.removed)",
    ] {
        prepared(statement, (bind::<Jsonb, _>(rows.clone()),)).execute(tx).await?;
    }
    Ok(())
}

/// Puts what is no more into the trash, once: what she takes out again stays, whatever a file says of it later.
pub async fn end(tx: &mut TenantTx<'_>, ended: &[Uuid]) -> Result<(), AppError> {
    for statement in [
        "update interactions set deleted_at = now() where id = any(?) and deleted_at is null",
        "update interaction_external_refs set series = null where interaction_id = any(?)",
    ] {
        prepared(statement, (bind::<Array<SqlUuid>, _>(ended),)).execute(tx).await?;
    }
    Ok(())
}

#[derive(QueryableByName)]
struct Setting {
    #[diesel(sql_type = Nullable<SqlUuid>)]
    import: Option<Uuid>,
}

/// From here on rows are logged one by one, and carry no import; which they did.
pub async fn log_rows(tx: &mut TenantTx<'_>) -> Result<Option<Uuid>, AppError> {
    let query = "select x.import from (select app_import_id() as import offset 0) x, \
        lateral (select set_config('app.import_id', left(x.import::text, 0), true)) y";
    Ok(prepared(query, ()).load::<Setting>(tx).await?.pop().and_then(|row| row.import))
}

/// From here on rows carry this import again.
pub async fn import_rows(tx: &mut TenantTx<'_>, import: Option<Uuid>) -> Result<(), AppError> {
    let query = "select set_config('app.import_id', coalesce(?::text, ''), true)";
    prepared(query, (bind::<Nullable<SqlUuid>, _>(import),)).execute(tx).await?;
    Ok(())
}
