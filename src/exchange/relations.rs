//! The SQL of what cards say of two people.

use std::collections::HashMap;

use diesel::QueryableByName;
use diesel::sql_types::{Array, Jsonb, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use serde_json::{Value, json};
use uuid::Uuid;

use super::card::CardRelation;
use super::model::Rewritten;
use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;

/// The relations of `c`, from her side, each with the UID under which the other one is exported, as JSON.
pub(super) const OF_CONTACT: &str = "coalesce((select jsonb_agg(jsonb_build_object('other', coalesce(u.properties ->> 'uid', 'urn:uuid:' || o.id), \
         'kind', r.kind, 'word', r.word, 'inverse_word', r.inverse_word, 'started_on', r.started_on, 'ended_on', r.ended_on, 'note', r.note)) \
     from (select other_contact_id as other, kind, word, inverse_word, started_on, ended_on, note from contact_relations where contact_id = c.id \
         union all select contact_id, relation_inverse(kind), inverse_word, word, started_on, ended_on, note \
             from contact_relations where other_contact_id = c.id) r \
     join contacts o on o.id = r.other and o.deleted_at is null left join contact_extras u on u.contact_id = o.id), '[]')";

#[derive(QueryableByName)]
struct Meant {
    #[diesel(sql_type = Text)]
    uid: String,
    #[diesel(sql_type = SqlUuid)]
    contact: Uuid,
}

/// Writes what these people have become and are no longer to each other.
pub(super) async fn write(
    tx: &mut TenantTx<'_>,
    people: &[Rewritten<'_>],
    meant: &HashMap<String, Uuid>,
) -> Result<(), AppError> {
    let row = |contact: Uuid, relation: &CardRelation| {
        let other = meant.get(&relation.other).filter(|other| **other != contact)?;
        Some(
            json!({ "id": Uuid::now_v7(), "contact": contact, "other": other, "kind": relation.kind, "word": relation.word,
            "inverse_word": relation.inverse_word, "started_on": relation.started_on, "ended_on": relation.ended_on, "note": relation.note }),
        )
    };
    let (mut gone, mut fresh) = (Vec::new(), Vec::new());
    for one in people {
        let before = one.before.map_or(&[][..], |before| &before.relations);
        let after = &one.after.relations;
        gone.extend(before.iter().filter(|has| !after.contains(has)).filter_map(|has| row(one.contact, has)));
        fresh.extend(after.iter().filter(|says| !before.contains(says)).filter_map(|says| row(one.contact, says)));
    }
    if !gone.is_empty() {
        delete(tx, gone).await?;
    }
    if !fresh.is_empty() {
        insert(tx, fresh).await?;
    }
    Ok(())
}

/// Whom these UIDs mean: somebody whose card was imported, or whom an export of ours named by her id.
pub(super) async fn meant(tx: &mut TenantTx<'_>, uids: &[&str]) -> Result<HashMap<String, Uuid>, AppError> {
    if uids.is_empty() {
        return Ok(HashMap::new());
    }
    let id = |uid: &str| uid.strip_prefix("urn:uuid:").unwrap_or(uid).parse::<Uuid>().ok();
    let (ids, named): (Vec<Uuid>, Vec<&str>) = uids.iter().filter_map(|uid| Some((id(uid)?, *uid))).unzip();
    let query = prepared(
        "select r.uid, c.id as contact from unnest(?, ?) r(id, uid) join contacts c on c.id = r.id and c.deleted_at is null \
         union all select r.uid, c.id from unnest(?) r(uid) \
             join contact_sources s on s.source in ('vcard', 'kith') and s.source_key = r.uid \
             join contacts c on c.id = s.contact_id and c.deleted_at is null",
        (bind::<Array<SqlUuid>, _>(ids), bind::<Array<Text>, _>(named), bind::<Array<Text>, _>(uids)),
    );
    Ok(query.load::<Meant>(tx).await?.into_iter().map(|row| (row.uid, row.contact)).collect())
}

const ROWS: &str = "jsonb_to_recordset(?) as r(id uuid, contact uuid, other uuid, kind text, word text, inverse_word text, \
     started_on date, ended_on date, note text)";

/// Of both cards of two people each says it: the second finds it there.
async fn insert(tx: &mut TenantTx<'_>, rows: Vec<Value>) -> Result<(), AppError> {
    let query = prepared(
        format!(
            "insert into contact_relations (id, contact_id, other_contact_id, kind, word, inverse_word, started_on, ended_on, note) \
             select r.id, r.contact, r.other, r.kind, r.word, r.inverse_word, r.started_on, r.ended_on, coalesce(r.note, '') \
             from {ROWS} on conflict do nothing"
        ),
        (bind::<Jsonb, _>(Value::Array(rows)),),
    );
    query.execute(tx).await?;
    Ok(())
}

async fn delete(tx: &mut TenantTx<'_>, rows: Vec<Value>) -> Result<(), AppError> {
    let query = prepared(
        format!(
            "delete from contact_relations t using {ROWS} where t.started_on is not distinct from r.started_on and (\
             t.contact_id = r.contact and t.other_contact_id = r.other and t.kind = r.kind and t.word is not distinct from r.word \
             or t.contact_id = r.other and t.other_contact_id = r.contact and t.kind = relation_inverse(r.kind) \
                 and t.word is not distinct from r.inverse_word)"
        ),
        (bind::<Jsonb, _>(Value::Array(rows)),),
    );
    query.execute(tx).await?;
    Ok(())
}
