//! Tags, and what Kith does not model.

use std::collections::BTreeSet;

use super::{Ledger, Way};

/// Merges sets of names, whatever their case: what the card gained is added, what it lost is taken off.
pub(super) fn tags(base: Option<&[String]>, card: &[String], mine: &[String], ledger: &mut Ledger) -> Vec<String> {
    let names = |list: &[String]| list.iter().map(|name| name.to_lowercase()).collect::<BTreeSet<_>>();
    let (bases, cards, mut mines) = (names(base.unwrap_or_default()), names(card), names(mine));
    let mut merged: Vec<String> = Vec::new();
    for name in mine {
        let key = name.to_lowercase();
        if bases.contains(&key) && !cards.contains(&key) {
            ledger.takes(Way::Take, "Tag", name.as_str(), "");
        } else {
            merged.push(name.clone());
        }
    }
    for name in card {
        let key = name.to_lowercase();
        if !bases.contains(&key) && mines.insert(key) {
            ledger.takes(Way::Take, "Tag", "", name.as_str());
            merged.push(name.clone());
        }
    }
    merged
}

/// Merges content lines. She cannot edit them here, so nothing contradicts: the newer card's stand, and
/// without a last card both sides' do. A new time stamp alone is no change.
pub(super) fn extras(base: Option<&[String]>, card: &[String], mine: &[String], ledger: &mut Ledger) -> Vec<String> {
    let (cards, mines) = (lasting(card), lasting(mine));
    let is_in = |lines: &BTreeSet<&str>, line: &String| lines.contains(line.as_str());
    let fresh: Vec<&String> = card.iter().filter(|line| is_in(&cards, line) && !is_in(&mines, line)).collect();
    if base.is_some_and(|base| lasting(base) == cards) {
        return mine.to_vec();
    }
    if base.is_some() {
        if cards == mines {
            return mine.to_vec();
        }
        let lost = mine.iter().filter(|line| is_in(&mines, line) && !is_in(&cards, line));
        ledger.takes(Way::Take, "Further properties", listed(lost), listed(fresh.into_iter()));
        return card.to_vec();
    }
    if fresh.is_empty() {
        return mine.to_vec();
    }
    ledger.takes(Way::Take, "Further properties", "", listed(fresh.iter().copied()));
    let mut merged = mine.to_vec();
    merged.extend(fresh.into_iter().cloned());
    merged
}

/// The lines that say something of her: borrowed, since a photo is one.
fn lasting(lines: &[String]) -> BTreeSet<&str> {
    lines.iter().map(String::as_str).filter(|line| !is_fleeting(line)).collect()
}

/// Properties that say when and by what a card was written.
fn is_fleeting(line: &str) -> bool {
    let name = name(line);
    ["REV", "PRODID", "X-PRODID"].iter().any(|fleeting| name.eq_ignore_ascii_case(fleeting))
}

/// The property's name, without its group.
fn name(line: &str) -> &str {
    let name = line.split([':', ';']).next().unwrap_or("");
    name.rsplit('.').next().unwrap_or(name)
}

/// The lines for a person: a photo by its name, the others cut to a glance.
fn listed<'a>(lines: impl Iterator<Item = &'a String>) -> String {
    let shown = lines.map(|line| {
        let cut: String = line.chars().take(60).collect();
        if ["PHOTO", "LOGO", "SOUND", "KEY"].iter().any(|binary| name(line).eq_ignore_ascii_case(binary)) {
            name(line).to_uppercase()
        } else if cut.len() < line.len() {
            format!("{cut}…")
        } else {
            cut
        }
    });
    shown.collect::<Vec<_>>().join("; ")
}
