//! The SQL of what was seen before: the last card of each source key, the ancestor of a merge.

use std::collections::{BTreeMap, HashMap};

use diesel::QueryableByName;
use diesel::sql_types::{Array, Bool, Jsonb, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::card::Card;
use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;

/// What was last seen under a key.
#[derive(Debug, Clone)]
pub struct Source {
    /// Whom it became; none where she is deleted or the import was taken back.
    pub contact: Option<Uuid>,
    /// Whether she is in the trash.
    pub is_trashed: bool,
    /// The card.
    pub card: Card,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    source_key: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    contact_id: Option<Uuid>,
    #[diesel(sql_type = Bool)]
    is_trashed: bool,
    #[diesel(sql_type = Jsonb)]
    card: Value,
}

/// What was last seen under these keys of a format, by key.
pub async fn of_keys(tx: &mut TenantTx<'_>, format: &str, keys: &[&str]) -> Result<HashMap<String, Source>, AppError> {
    let query = prepared(
        "select s.source_key, s.contact_id, c.deleted_at is not null as is_trashed, s.card \
         from contact_sources s left join contacts c on c.id = s.contact_id where s.source = ? and s.source_key = any(?)",
        (bind::<Text, _>(format), bind::<Array<Text>, _>(keys)),
    );
    let rows: Vec<Row> = query.load(tx).await?;
    let source = |row: Row| {
        let card = serde_json::from_value(row.card)?;
        Ok((row.source_key, Source { contact: row.contact_id, is_trashed: row.is_trashed, card }))
    };
    Ok(rows.into_iter().map(source).collect::<Result<_, serde_json::Error>>().map_err(anyhow::Error::from)?)
}

#[derive(Serialize)]
struct Seen<'a> {
    key: &'a str,
    contact: Uuid,
    card: &'a Card,
}

/// Keeps these cards as the last seen of their keys.
pub async fn keep(tx: &mut TenantTx<'_>, format: &str, seen: &BTreeMap<String, (Uuid, &Card)>) -> Result<(), AppError> {
    if seen.is_empty() {
        return Ok(());
    }
    let rows: Vec<Seen<'_>> = seen.iter().map(|(key, (contact, card))| Seen { key, contact: *contact, card }).collect();
    let rows = serde_json::to_string(&rows).map_err(anyhow::Error::from)?;
    let query = prepared(
        "insert into contact_sources as s (contact_id, source, source_key, card) \
         select r.contact, ?, r.key, r.card from jsonb_to_recordset(?::jsonb) as r(key text, contact uuid, card jsonb) \
         on conflict (user_id, source, source_key) do update \
         set contact_id = excluded.contact_id, card = excluded.card, last_seen_at = now()",
        (bind::<Text, _>(format), bind::<Text, _>(rows)),
    );
    query.execute(tx).await?;
    Ok(())
}
