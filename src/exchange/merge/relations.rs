//! Whom somebody is related to.

use super::{Ledger, Way};
use crate::contacts::relations::Kind;
use crate::exchange::card::CardRelation;
use crate::exchange::vcard;

/// Merges relations as a set: what the card gained is added, what it lost is taken off. What one of her `lines` says already,
/// since it names nobody who is here, is nothing new.
pub(super) fn merge(
    base: Option<&[CardRelation]>,
    card: &[CardRelation],
    (mine, lines): (&[CardRelation], &[String]),
    ledger: &mut Ledger,
) -> Vec<CardRelation> {
    let base = base.unwrap_or_default();
    let mut merged = Vec::new();
    for has in mine {
        if base.contains(has) && !card.contains(has) {
            ledger.takes(Way::Take, "Related", shown(has), "");
        } else {
            merged.push(has.clone());
        }
    }
    let kept: Vec<CardRelation> = lines.iter().filter_map(|line| vcard::relation(line)).collect();
    let is_known = |says: &CardRelation| base.contains(says) || mine.contains(says) || kept.contains(says);
    for says in card.iter().filter(|says| !is_known(says)) {
        ledger.takes(Way::Take, "Related", "", shown(says));
        merged.push(says.clone());
    }
    merged
}

fn shown(relation: &CardRelation) -> String {
    let kind = relation.kind.parse::<Kind>().unwrap_or(Kind::Own);
    format!("{}: {}", relation.word.as_deref().unwrap_or(kind.label()), relation.other)
}
