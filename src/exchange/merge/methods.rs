//! Ways to reach somebody: matched by what two spellings of one share, so that a number stays itself
//! however it is written and labelled.

use std::collections::BTreeMap;

use super::{Change, Ledger, Prefer, Way, way};
use crate::contacts::model::{Method, MethodKind};
use crate::text::country::Country;

/// Kind, spelling-free value, and which of several that are alike.
type Key = (MethodKind, String, usize);

/// Merges the lists; the order is the card's where she left the order alone.
pub(super) fn merge(base: Option<&[Method]>, card: &[Method], mine: &[Method], ledger: &mut Ledger) -> Vec<Method> {
    let keyed = |methods| keyed(methods, ledger.country);
    let (bases, cards, mines) = (base.map(keyed), keyed(card), keyed(mine));
    let base_map = bases.as_ref().map(|list| list.iter().cloned().collect::<BTreeMap<_, _>>());
    let card_map: BTreeMap<_, _> = cards.iter().cloned().collect();
    let mut merged: Vec<(Key, Method)> = Vec::new();
    for (key, method) in &mines {
        let base = base_map.as_ref().map(|base| base.get(key).copied());
        if let Some(method) = kept(base, card_map.get(key).copied(), method, ledger) {
            merged.push((key.clone(), method));
        }
    }
    let mut refused = replaced_by_both(base_map.as_ref(), &cards, &mines, &mut merged, ledger);
    for (key, method) in &cards {
        let is_known = mines.iter().any(|(known, _)| known == key);
        let base = base_map.as_ref().and_then(|base| base.get(key).copied());
        if is_known || refused.contains(key) {
            continue;
        }
        // She deleted it: it comes back only where the card changed it too, and she wants that.
        let way = match base {
            None => Way::Take,
            Some(base) if base == *method => Way::Keep,
            Some(_) => Way::Ask,
        };
        if ledger.takes(way, &titled(method), "", shown(method)) {
            merged.push((key.clone(), (*method).clone()));
            refused.push(key.clone());
        }
    }
    ordered(bases.as_deref(), &cards, &mines, merged, ledger)
}

/// What becomes of a method that she has; `base` is none without a last card.
fn kept(base: Option<Option<&Method>>, card: Option<&Method>, mine: &Method, ledger: &mut Ledger) -> Option<Method> {
    let what = titled(mine);
    match (base, card) {
        (None | Some(None), None) => Some(mine.clone()),
        // The same value from two sides: only the label can differ in earnest.
        (None | Some(None), Some(card)) => {
            let same = card.label.eq_ignore_ascii_case(&mine.label);
            let way = if same { Way::Keep } else { way(None, &card.label, &mine.label, String::is_empty) };
            let label = if ledger.takes(way, &what, shown(mine), shown(card)) { &card.label } else { &mine.label };
            Some(Method { label: label.clone(), ..mine.clone() })
        }
        // A spelling of hers stays: then too only the label can differ.
        (Some(Some(base)), Some(card)) if mine.value != base.value => {
            let way = way(Some(&base.label), &card.label, &mine.label, String::is_empty);
            let label = if ledger.takes(way, &what, shown(mine), shown(card)) { &card.label } else { &mine.label };
            Some(Method { label: label.clone(), ..mine.clone() })
        }
        (Some(Some(base)), card) => {
            let way = way(Some(&Some(base)), &card, &Some(mine), Option::is_none);
            let takes = ledger.takes(way, &what, shown(mine), card.map(shown).unwrap_or_default());
            if takes { card.cloned() } else { Some(mine.clone()) }
        }
    }
}

/// Where the same value of the last card was replaced on both sides, by different ones, she is asked.
/// Answers with the card's values that do not stand.
fn replaced_by_both(
    base: Option<&BTreeMap<Key, &Method>>,
    cards: &[(Key, &Method)],
    mines: &[(Key, &Method)],
    merged: &mut [(Key, Method)],
    ledger: &mut Ledger,
) -> Vec<Key> {
    let Some(base) = base else { return Vec::new() };
    let lacks = |list: &[(Key, &Method)], key: &Key| !list.iter().any(|(known, _)| known == key);
    let mut used: Vec<Key> = Vec::new();
    for (key, gone) in base {
        if !lacks(cards, key) || !lacks(mines, key) {
            continue;
        }
        let fresh = |list: &[(Key, &Method)], other: &[(Key, &Method)], used: &[Key]| {
            let fits = |label: bool| {
                list.iter().find(|(k, m)| {
                    m.kind == gone.kind
                        && (!label || m.label == gone.label)
                        && !base.contains_key(k)
                        && lacks(other, k)
                        && !used.contains(k)
                })
            };
            fits(true).or_else(|| fits(false)).map(|(key, method)| (key.clone(), (*method).clone()))
        };
        let (Some(theirs), Some(hers)) = (fresh(cards, mines, &used), fresh(mines, cards, &used)) else { continue };
        ledger.conflicts.push(Change { what: titled(gone), mine: shown(&hers.1), card: shown(&theirs.1) });
        used.push(theirs.0.clone());
        used.push(hers.0.clone());
        if ledger.prefer == Prefer::Card
            && let Some(place) = merged.iter().position(|(key, _)| *key == hers.0)
        {
            merged[place] = theirs;
        }
    }
    used
}

/// The card's order where hers is still the last card's, else hers with what is new behind it.
fn ordered(
    base: Option<&[(Key, &Method)]>,
    cards: &[(Key, &Method)],
    mines: &[(Key, &Method)],
    mut merged: Vec<(Key, Method)>,
    ledger: &mut Ledger,
) -> Vec<Method> {
    let keys = |list: &[(Key, &Method)]| list.iter().map(|(key, _)| key.clone()).collect::<Vec<_>>();
    let left_alone = base.is_some_and(|base| keys(base) == keys(mines) && keys(base) != keys(cards));
    if left_alone {
        let is_change = base
            .is_some_and(|base| base.len() == cards.len() && keys(base).iter().all(|key| keys(cards).contains(key)));
        merged.sort_by_key(|(key, _)| cards.iter().position(|(known, _)| known == key).unwrap_or(usize::MAX));
        if is_change {
            let order =
                |list: &[(Key, &Method)]| list.iter().map(|(_, m)| m.value.clone()).collect::<Vec<_>>().join(", ");
            ledger.takes(Way::Take, "Order", order(mines), order(cards));
        }
    }
    merged.into_iter().map(|(_, method)| method).collect()
}

fn keyed(methods: &[Method], country: Option<Country>) -> Vec<(Key, &Method)> {
    let mut seen: BTreeMap<(MethodKind, String), usize> = BTreeMap::new();
    methods
        .iter()
        .map(|method| {
            let (kind, value) = (method.kind, method.key(country));
            let times = seen.entry((kind, value.clone())).or_insert(0);
            *times += 1;
            ((kind, value, *times), method)
        })
        .collect()
}

fn titled(method: &Method) -> String {
    match method.kind {
        MethodKind::Email => "E-mail",
        MethodKind::Phone => "Phone",
        MethodKind::Address => "Address",
        MethodKind::Url => "Link",
        MethodKind::Linkedin => "LinkedIn",
        MethodKind::Other => "Other",
    }
    .to_owned()
}

fn shown(method: &Method) -> String {
    let value = method.value.replace('\n', ", ");
    if method.label.is_empty() { value } else { format!("{value} ({})", method.label) }
}
