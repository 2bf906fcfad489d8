//! What somebody looks like.

use super::{Ledger, Way, way};
use crate::exchange::card::CardPhoto;

/// Merges photos by what they were made from: that Kith writes a picture anew is no change of it.
pub(super) fn merge(
    base: Option<Option<CardPhoto>>,
    card: Option<CardPhoto>,
    mine: Option<CardPhoto>,
    ledger: &mut Ledger,
) -> Option<CardPhoto> {
    // Each by the first one that it is the same as.
    let seen = [mine, card, base.flatten()];
    let same = |photo: Option<CardPhoto>| {
        photo.and_then(|photo| seen.iter().position(|one| one.is_some_and(|one| one.is_that(&photo))))
    };
    let way = way(base.map(same).as_ref(), &same(card), &same(mine), Option::is_none);
    let shown = |photo: Option<CardPhoto>, word: &str| photo.map(|_| word.to_owned()).unwrap_or_default();
    let of_card = if mine.is_some() { "another photo" } else { "a photo" };
    if way == Way::Keep {
        mine
    } else if ledger.takes(way, "Photo", shown(mine, "a photo"), shown(card, of_card)) {
        card
    } else {
        mine
    }
}
