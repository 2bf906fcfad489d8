//! The SQL of what calendars and tables say anew, and of messages that come whole.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Array, Bool, Date, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::record::{Draft, Said};
use super::super::revising::{Gone, Update};
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
    pub is_trashed: bool,
    /// Whether a calendar put it there, and nobody touched that since.
    pub is_ended: bool,
    /// Whether the import that goes on brought it.
    pub is_of_this_import: bool,
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
    #[diesel(sql_type = Bool)]
    is_trashed: bool,
    #[diesel(sql_type = Bool)]
    is_ended: bool,
    #[diesel(sql_type = Bool)]
    is_of_this_import: bool,
    #[diesel(sql_type = Array<Text>)]
    named: Vec<String>,
    #[diesel(sql_type = Array<Text>)]
    own: Vec<String>,
    #[diesel(sql_type = Integer)]
    next: i32,
}

const COLUMNS: &str = "n.id as interaction_id, e.external_id::text, coalesce(e.series, '')::text as series, e.said, n.subject::text, n.summary, \
    n.interaction_type::text as kind, n.direction::text, n.is_contact, n.occurred_at, n.occurred_on, n.deleted_at is not null as is_trashed, \
    coalesce(n.deleted_at = (e.said ->> 'ended')::timestamptz, false) as is_ended, coalesce(n.import_id = app_import_id(), false) as is_of_this_import";
const NAMED: &str = "array(select a.role || ' ' || a.address from interaction_addresses a where a.interaction_id = n.id) as named, \
    array(select a.address::text from interaction_addresses a where a.interaction_id = n.id and a.is_own) as own, \
    coalesce((select max(a.position) + 1 from interaction_addresses a where a.interaction_id = n.id), 0)::int as next";

/// What stands of these, where a file says something else than it did, and what a calendar put into the trash.
pub async fn said_anew(tx: &mut TenantTx<'_>, drafts: &[&Draft]) -> Result<Vec<Stored>, AppError> {
    let said = drafts.iter().filter_map(|draft| {
        let revision = draft.revision.as_ref()?;
        Some(json!({"namespace": draft.namespace, "id": draft.external_id, "said": revision.said}))
    });
    let query = format!(
        "select {COLUMNS}, {NAMED} from jsonb_to_recordset(?) as r(namespace text, id text, said jsonb) \
         join interaction_external_refs e on e.namespace = r.namespace and e.external_id = r.id \
         join interactions n on n.id = e.interaction_id and n.occurred_at = e.occurred_at \
         where case when n.deleted_at is null then e.said - '{{whole,ended}}'::text[] <> r.said - '{{whole,ended}}'::text[] \
             else n.deleted_at = (e.said ->> 'ended')::timestamptz end"
    );
    let query = prepared(query, (bind::<Jsonb, _>(Value::Array(said.collect())),));
    query.load::<Row>(tx).await?.into_iter().map(stored).collect()
}

/// These, as they stand.
pub async fn these(tx: &mut TenantTx<'_>, ids: &[Uuid]) -> Result<Vec<Stored>, AppError> {
    let query = format!(
        "select {COLUMNS}, {NAMED} from interaction_external_refs e \
         join interactions n on n.id = e.interaction_id and n.occurred_at = e.occurred_at \
         where e.interaction_id = any(?) and e.said is not null"
    );
    let query = prepared(query, (bind::<Array<SqlUuid>, _>(ids),));
    query.load::<Row>(tx).await?.into_iter().map(stored).collect()
}

/// What there is of these series, in the trash too.
pub async fn of_series(tx: &mut TenantTx<'_>, series: &[&str]) -> Result<Vec<Stored>, AppError> {
    let query = format!(
        "select {COLUMNS}, '{{}}'::text[] as named, '{{}}'::text[] as own, 0 as next from interaction_external_refs e \
         join interactions n on n.id = e.interaction_id and n.occurred_at = e.occurred_at \
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
        is_trashed: row.is_trashed,
        is_ended: row.is_ended,
        is_of_this_import: row.is_of_this_import,
    })
}

/// What files said of new interactions, which they or others may say anew, each with the series that it is of.
pub async fn keep(tx: &mut TenantTx<'_>, new: &[(Uuid, Option<&str>, Said)]) -> Result<(), AppError> {
    if new.is_empty() {
        return Ok(());
    }
    let said = new.iter().map(|(id, series, said)| json!({"id": id, "series": series, "said": said}));
    let said: Vec<Value> = said.collect();
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
             occurred_at = r.occurred_at, occurred_on = r.occurred_on, is_contact = r.is_contact, \
             deleted_at = case when not r.is_back then n.deleted_at end \
         from jsonb_to_recordset(?) as r(interaction uuid, subject text, summary text, kind text, direction text, occurred_at timestamptz, \
             occurred_on date, is_contact boolean, is_back boolean) \
         where n.id = r.interaction and (r.is_back \
             or (n.subject, n.summary, n.interaction_type, n.direction, n.occurred_at, n.occurred_on, n.is_contact) \
                 is distinct from (r.subject, r.summary, r.kind, r.direction, r.occurred_at, r.occurred_on, r.is_contact))",
        // In one, since the log knows a row by its id.
        "update interaction_external_refs e set said = r.said, external_id = coalesce(r.external_id, e.external_id) \
         from jsonb_to_recordset(?) as r(interaction uuid, said jsonb, external_id text) where e.interaction_id = r.interaction and e.said is not null",
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

/// Puts what is no more into the trash, once: what she takes out again stays, whatever a file says of it later. By when that was
/// it is told from what she put there herself.
pub(in super::super) async fn end(tx: &mut TenantTx<'_>, gone: &[Gone]) -> Result<(), AppError> {
    let rows = serde_json::to_value(gone).map_err(anyhow::Error::from)?;
    for statement in [
        "update interactions n set deleted_at = now() from jsonb_to_recordset(?) as r(interaction uuid) \
         where n.id = r.interaction and n.deleted_at is null",
        "update interaction_external_refs e set said = e.said || jsonb_build_object('ended', now(), 'revision', r.revision, 'whole', r.whole) \
         from jsonb_to_recordset(?) as r(interaction uuid, revision text, whole text) where e.interaction_id = r.interaction and e.said is not null",
    ] {
        prepared(statement, (bind::<Jsonb, _>(rows.clone()),)).execute(tx).await?;
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
