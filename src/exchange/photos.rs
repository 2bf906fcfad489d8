//! Photos of cards: taken out of the lines that Kith keeps when a card is read, and put back when it is written.
//! A link is kept as it stands, and never followed: a file must not make the server ask other hosts.

use uuid::Uuid;

use super::card::{Card, CardPhoto};
use super::records::Batch;
use super::vcard;
use crate::contacts::photos::{self, Photo, photo_of};
use crate::db::TenantTx;
use crate::error::AppError;

/// Pictures of one card that are looked at; a card with more is no person.
const LOOKED_AT: usize = 4;

/// Makes the photos of a batch's cards; those that cannot be made stay as they stood, and the record says why.
pub(super) async fn take_out(batch: &mut Batch) -> Result<(), AppError> {
    for found in batch.records.iter_mut().filter_map(|entry| entry.outcome.as_mut().ok()) {
        let lines = found.card.extras.iter().enumerate().filter(|(_, line)| vcard::is_picture(line));
        let lines: Vec<usize> = lines.map(|(at, _)| at).take(LOOKED_AT).collect();
        let mut taken: Option<(usize, Photo)> = None;
        for at in lines {
            let made = match vcard::picture(&found.card.extras[at]) {
                Some(bytes) => photo_of(bytes).await?,
                None => Err("It is cut off, or something else than a picture."),
            };
            match made {
                // Of several the one that Kith itself wrote: then the others were not taken before either.
                Ok(photo) if taken.is_none() || photo.is_own() => taken = Some((at, photo)),
                Ok(_) => {}
                Err(why) => {
                    found.note =
                        Some(format!("Its photo could not be read, and is only kept for the next export. {why}"));
                }
            }
        }
        if let Some((at, photo)) = taken {
            found.card.extras.remove(at);
            found.card.photo = Some(CardPhoto { id: photo.id, source: photo.source_id });
            found.note = None;
            batch.photos.push(photo);
        }
    }
    Ok(())
}

/// Writes the photos of these people into their cards, as the lines that they came from.
pub(super) async fn put_back(tx: &mut TenantTx<'_>, cards: &mut [(Uuid, Card)]) -> Result<(), AppError> {
    let people: Vec<Uuid> = cards.iter().filter(|(_, card)| card.photo.is_some()).map(|(id, _)| *id).collect();
    if people.is_empty() {
        return Ok(());
    }
    let mut bytes: std::collections::HashMap<Uuid, Vec<u8>> =
        photos::queries::of_people(tx, &people).await?.into_iter().collect();
    for (id, card) in cards {
        if let Some(bytes) = bytes.remove(id) {
            card.extras.push(vcard::photo_line(&bytes));
        }
    }
    Ok(())
}

/// The photos of a batch, to be kept with its records.
pub(super) async fn keep(tx: &mut TenantTx<'_>, made: &[Photo]) -> Result<(), AppError> {
    photos::queries::keep(tx, made).await
}
