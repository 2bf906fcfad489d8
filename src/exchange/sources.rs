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
    source: String,
    #[diesel(sql_type = Text)]
    source_key: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    contact_id: Option<Uuid>,
    #[diesel(sql_type = Bool)]
    is_trashed: bool,
    #[diesel(sql_type = Jsonb)]
    card: Value,
}

/// What was last seen, by source and key.
pub type Sources = HashMap<String, HashMap<String, Source>>;

/// What was last seen under these sources and keys.
pub async fn of_keys(tx: &mut TenantTx<'_>, keys: &[(&str, &str)]) -> Result<Sources, AppError> {
    let (sources, keys): (Vec<&str>, Vec<&str>) = keys.iter().copied().unzip();
    let query = prepared(
        "select s.source, s.source_key, s.contact_id, c.deleted_at is not null as is_trashed, s.card \
         from unnest(?, ?) r(source, key) join contact_sources s on s.source = r.source and s.source_key = r.key \
         left join contacts c on c.id = s.contact_id",
        (bind::<Array<Text>, _>(sources), bind::<Array<Text>, _>(keys)),
    );
    let rows: Vec<Row> = query.load(tx).await?;
    let mut seen = Sources::new();
    for row in rows {
        let card = serde_json::from_value(row.card).map_err(anyhow::Error::from)?;
        let source = Source { contact: row.contact_id, is_trashed: row.is_trashed, card };
        seen.entry(row.source).or_default().insert(row.source_key, source);
    }
    Ok(seen)
}

#[derive(Serialize)]
struct Seen<'a> {
    source: &'a str,
    key: &'a str,
    contact: Uuid,
    card: &'a Card,
}

/// Keeps these cards as the last seen of their sources and keys.
pub async fn keep(tx: &mut TenantTx<'_>, seen: &BTreeMap<(String, String), (Uuid, &Card)>) -> Result<(), AppError> {
    if seen.is_empty() {
        return Ok(());
    }
    let rows: Vec<Seen<'_>> =
        seen.iter().map(|((source, key), (contact, card))| Seen { source, key, contact: *contact, card }).collect();
    let rows = serde_json::to_string(&rows).map_err(anyhow::Error::from)?;
    let query = prepared(
        "insert into contact_sources as s (contact_id, source, source_key, card) \
         select r.contact, r.source, r.key, r.card \
         from jsonb_to_recordset(?::jsonb) as r(source text, key text, contact uuid, card jsonb) \
         on conflict (user_id, source, source_key) do update \
         set contact_id = excluded.contact_id, card = excluded.card, last_seen_at = now()",
        (bind::<Text, _>(rows),),
    );
    query.execute(tx).await?;
    Ok(())
}
