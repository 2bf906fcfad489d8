//! Posts: one at an organization is one value, several there are told apart by title.

use std::collections::{BTreeMap, BTreeSet};

use super::{Ledger, Way, way};
use crate::dates::DateStyle;
use crate::exchange::card::CardEmployment;

/// The organization in lower case, and a title where it has several posts for one person.
type Key = (String, String);

/// Merges the lists. A post that the card no longer names was left, not forgotten: it becomes a former one.
pub(super) fn merge(
    base: Option<&[CardEmployment]>,
    card: &[CardEmployment],
    mine: &[CardEmployment],
    ledger: &mut Ledger,
) -> Vec<CardEmployment> {
    let mut crowded = crowded([base.unwrap_or_default(), card, mine]);
    crowded.extend(base.into_iter().flat_map(|base| returned_to(base, card, mine)));
    let index = |list: &[CardEmployment]| -> BTreeMap<Key, CardEmployment> {
        list.iter().rev().map(|post| (key(post, &crowded), post.clone())).collect()
    };
    let (bases, cards) = (base.map(index), index(card));
    let mut merged: Vec<CardEmployment> = Vec::new();
    for post in mine {
        let key = key(post, &crowded);
        let base = bases.as_ref().and_then(|bases| bases.get(&key));
        let is_left = bases.is_some() && base.is_none();
        merged.push(match cards.get(&key) {
            Some(card) if is_left && card.is_current && !post.is_current => returned(card, post, ledger),
            card => kept(base, card, post, ledger),
        });
    }
    for post in card {
        let key = key(post, &crowded);
        let is_known = merged.iter().any(|known| self::key(known, &crowded) == key);
        let base = bases.as_ref().and_then(|bases| bases.get(&key));
        let way = match base {
            _ if is_known => continue,
            None => Way::Take,
            Some(base) if base == post => Way::Keep,
            Some(_) => Way::Ask,
        };
        if ledger.takes(way, "Works at", "", shown(post, ledger.style)) {
            merged.push(post.clone());
        }
    }
    merged
}

fn kept(
    base: Option<&CardEmployment>,
    card: Option<&CardEmployment>,
    mine: &CardEmployment,
    ledger: &mut Ledger,
) -> CardEmployment {
    match (base, card) {
        (None, None) => mine.clone(),
        (None, Some(card)) => filled(card, mine, ledger),
        (Some(base), Some(card)) => {
            let way = way(Some(base), card, mine, |_| false);
            if ledger.takes(way, "Works at", shown(mine, ledger.style), shown(card, ledger.style)) {
                card.clone()
            } else {
                mine.clone()
            }
        }
        (Some(base), None) => {
            let former = CardEmployment { is_current: false, ..mine.clone() };
            let way = way(Some(base), &former, mine, |_| false);
            if ledger.takes(way, "Works at", shown(mine, ledger.style), shown(&former, ledger.style)) {
                former
            } else {
                mine.clone()
            }
        }
    }
}

/// The last card did not name the post, so that it is a former one, and this one does: she works there again. She is
/// asked where a day says until when she did.
fn returned(card: &CardEmployment, mine: &CardEmployment, ledger: &mut Ledger) -> CardEmployment {
    let again = CardEmployment {
        title: card.title.clone().or_else(|| mine.title.clone()),
        start_date: card.start_date.or(mine.start_date),
        end_date: card.end_date,
        is_current: true,
        ..mine.clone()
    };
    let way = if mine.end_date.is_some_and(|end| card.end_date != Some(end)) { Way::Ask } else { Way::Take };
    let again_is_taken = ledger.takes(way, "Works at", shown(mine, ledger.style), shown(&again, ledger.style));
    if again_is_taken { again } else { mine.clone() }
}

/// Organizations to which the card lets somebody return under another title, which is another post there.
fn returned_to(base: &[CardEmployment], card: &[CardEmployment], mine: &[CardEmployment]) -> Vec<String> {
    let title = |post: &CardEmployment| post.title.as_ref().map(|title| title.to_lowercase());
    let is_there = |one: &CardEmployment, other: &CardEmployment| {
        one.organization.to_lowercase() == other.organization.to_lowercase()
    };
    let is_another = |card: &CardEmployment, mine: &CardEmployment| {
        let differ = title(card).zip(title(mine)).is_some_and(|(card, mine)| card != mine);
        is_there(card, mine) && differ && !mine.is_current
    };
    card.iter()
        .filter(|card| card.is_current && !base.iter().any(|base| is_there(base, card)))
        .filter(|card| mine.iter().any(|mine| is_another(card, mine)))
        .map(|card| card.organization.to_lowercase())
        .collect()
}

/// Without a last card: what is empty is filled, a different title is asked about.
fn filled(card: &CardEmployment, mine: &CardEmployment, ledger: &mut Ledger) -> CardEmployment {
    let mut filled = mine.clone();
    filled.start_date = mine.start_date.or(card.start_date);
    filled.end_date = mine.end_date.or(card.end_date);
    filled.title = mine.title.clone().or_else(|| card.title.clone());
    let way = match (&card.title, &mine.title) {
        (Some(card), Some(mine)) if card.to_lowercase() != mine.to_lowercase() => Way::Ask,
        _ if filled == *mine => Way::Keep,
        _ => Way::Take,
    };
    if ledger.takes(way, "Works at", shown(mine, ledger.style), shown(card, ledger.style)) {
        filled.title = card.title.clone().or(filled.title);
        return filled;
    }
    mine.clone()
}

fn crowded(lists: [&[CardEmployment]; 3]) -> BTreeSet<String> {
    let mut crowded = BTreeSet::new();
    for list in lists {
        let mut seen = BTreeSet::new();
        crowded
            .extend(list.iter().map(|post| post.organization.to_lowercase()).filter(|name| !seen.insert(name.clone())));
    }
    crowded
}

fn key(post: &CardEmployment, crowded: &BTreeSet<String>) -> Key {
    let organization = post.organization.to_lowercase();
    let title = if crowded.contains(&organization) { post.title.clone().unwrap_or_default() } else { String::new() };
    (organization, title)
}

fn shown(post: &CardEmployment, style: DateStyle) -> String {
    let mut text = match &post.title {
        Some(title) => format!("{}, {title}", post.organization),
        None => post.organization.clone(),
    };
    let when = match (post.start_date, post.end_date) {
        (Some(start), Some(end)) => format!("{} – {}", style.exact(start), style.exact(end)),
        (Some(start), None) => format!("since {}", style.exact(start)),
        (None, Some(end)) => format!("until {}", style.exact(end)),
        (None, None) => String::new(),
    };
    if !when.is_empty() {
        text = format!("{text} ({when})");
    }
    if post.is_current { text } else { format!("{text}, formerly") }
}
