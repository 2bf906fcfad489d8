//! Whom a card named before the card of that one came: the line that was kept becomes a relation once the whole file is
//! applied.

use std::collections::HashMap;

use diesel::QueryableByName;
use diesel::sql_types::Uuid as SqlUuid;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::card::Card;
use super::model::Rewritten;
use super::{people, relations, vcard};
use crate::contacts::documents;
use crate::db::{TenantTx, bind, prepared};
use crate::error::AppError;

/// Settles the lines of the next people behind an id whom this import brought or changed; answers with the last of them,
/// or with none at the end.
pub(super) async fn batch(tx: &mut TenantTx<'_>, import: Uuid, after: Uuid) -> Result<Option<Uuid>, AppError> {
    let people = waiting(tx, import, after).await?;
    let Some(last) = people.last().copied() else { return Ok(None) };
    people::lock(tx, &people).await?;
    let before = people::cards(tx, &people).await?;
    let named: Vec<String> = before
        .iter()
        .flat_map(|(_, card)| card.extras.iter().filter_map(|line| vcard::relation(line)))
        .map(|relation| relation.other)
        .collect();
    let meant = relations::meant(tx, &named.iter().map(String::as_str).collect::<Vec<_>>()).await?;
    let after: Vec<Card> = before.iter().map(|(id, card)| settled(*id, card, &meant)).collect();
    let changed = before.iter().zip(&after).filter(|((_, before), after)| before != *after);
    let rewritten: Vec<Rewritten<'_>> =
        changed.map(|((id, before), after)| Rewritten { contact: *id, before: Some(before), after }).collect();
    people::write(tx, &rewritten, &meant).await?;
    let both = rewritten.iter().flat_map(|one| {
        let others = one.after.relations.iter().filter_map(|relation| meant.get(&relation.other).copied());
        others.chain([one.contact])
    });
    let mut touched: Vec<Uuid> = both.collect();
    touched.sort_unstable();
    touched.dedup();
    documents::refresh(tx, &touched).await?;
    Ok(Some(last))
}

/// The card, each of its lines that names somebody who is here by now as a relation.
fn settled(contact: Uuid, card: &Card, meant: &HashMap<String, Uuid>) -> Card {
    let mut after = card.clone();
    after.extras.retain(|line| match vcard::relation(line) {
        Some(relation) if meant.get(&relation.other).is_some_and(|other| *other != contact) => {
            after.relations.push(relation);
            false
        }
        _ => true,
    });
    after.relations.sort();
    after.relations.dedup();
    after
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

async fn waiting(tx: &mut TenantTx<'_>, import: Uuid, after: Uuid) -> Result<Vec<Uuid>, AppError> {
    let query = prepared(
        "select distinct i.contact_id as id from import_items i join contact_extras e on e.contact_id = i.contact_id \
         where i.import_id = ? and i.applied_at is not null and i.contact_id > ? and e.properties::text ilike '%related%' \
         order by i.contact_id limit 300",
        (bind::<SqlUuid, _>(import), bind::<SqlUuid, _>(after)),
    );
    Ok(query.load::<Id>(tx).await?.into_iter().map(|row| row.id).collect())
}
