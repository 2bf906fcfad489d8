//! Names, notes and dates.

use std::collections::BTreeSet;

use super::{Ledger, Way, way};
use crate::contacts::model::{PartialDate, Person};
use crate::dates::DateStyle;

type Read = fn(&Person) -> &Option<String>;
type Write = fn(&mut Person) -> &mut Option<String>;

const NAMES: [(&str, Read, Write); 7] = [
    ("Last name", |p| &p.last_name, |p| &mut p.last_name),
    ("Middle name", |p| &p.middle_name, |p| &mut p.middle_name),
    ("Prefix", |p| &p.name_prefix, |p| &mut p.name_prefix),
    ("Suffix", |p| &p.name_suffix, |p| &mut p.name_suffix),
    ("Nickname", |p| &p.nickname, |p| &mut p.nickname),
    ("Sorted by", |p| &p.sort_name, |p| &mut p.sort_name),
    ("Where you met", |p| &p.met_at, |p| &mut p.met_at),
];

/// Merges everything that has one value. `mine` becomes what is to be.
pub(super) fn names(base: Option<&Person>, card: &Person, mine: &mut Person, ledger: &mut Ledger) {
    let shown = (base.map(Person::shown_name), card.shown_name(), mine.shown_name());
    let mut text = |what: &str, base: Option<&String>, card: &String, mine: &str| {
        let way = match way(base, card, &mine.to_owned(), String::is_empty) {
            // Whom one knows already is not asked about for a capital letter.
            Way::Ask if base.is_none() && card.to_lowercase() == mine.to_lowercase() => Way::Keep,
            other => other,
        };
        ledger.takes(way, what, mine, card.as_str())
    };
    let takes_shown = text("Name", shown.0.as_ref(), &shown.1, &shown.2);
    let takes_first = text("First name", base.map(|base| &base.first_name), &card.first_name, &mine.first_name);
    for (what, read, write) in NAMES {
        let plain = |person: &Person| read(person).clone().unwrap_or_default();
        if text(what, base.map(plain).as_ref(), &plain(card), &plain(mine)) {
            write(mine).clone_from(read(card));
        }
    }
    if text("Notes", base.map(|base| &base.notes), &card.notes, &mine.notes) {
        mine.notes.clone_from(&card.notes);
    }
    if text("How you met", base.map(|base| &base.how_met), &card.how_met, &mine.how_met) {
        mine.how_met.clone_from(&card.how_met);
    }
    if takes_first {
        mine.first_name.clone_from(&card.first_name);
        mine.is_nameless = card.is_nameless;
    }
    mine.display_name = if takes_shown { shown.1 } else { shown.2 };
    let mut number = |what: &str, base: Option<Option<i32>>, card: Option<i32>, mine: &mut Option<i32>| {
        let shown = |number: Option<i32>| number.map(|number| number.to_string()).unwrap_or_default();
        let way = way(base.as_ref(), &card, mine, Option::is_none);
        if ledger.takes(way, what, shown(*mine), shown(card)) {
            *mine = card;
        }
    };
    let strength = base.map(|base| base.relationship_strength);
    number("Strength", strength, card.relationship_strength, &mut mine.relationship_strength);
    let frequency = base.map(|base| base.contact_frequency_days);
    number("Days between contacts", frequency, card.contact_frequency_days, &mut mine.contact_frequency_days);
}

/// Merges days: one of a kind is one value, several of a kind are a set.
pub(super) fn dates(
    base: Option<&[PartialDate]>,
    card: &[PartialDate],
    mine: &[PartialDate],
    ledger: &mut Ledger,
) -> Vec<PartialDate> {
    let kinds: BTreeSet<&str> =
        mine.iter().chain(card).chain(base.unwrap_or_default()).map(|date| date.kind.as_str()).collect();
    let mut merged = Vec::new();
    for kind in kinds {
        let of = |dates: &[PartialDate]| -> BTreeSet<Day> {
            dates.iter().filter(|date| date.kind == kind).map(|date| (date.year, date.month, date.day)).collect()
        };
        let (base, card, mine) = (base.map(of), of(card), of(mine));
        let is_single = card.len() <= 1 && mine.len() <= 1 && base.as_ref().is_none_or(|base| base.len() <= 1);
        let days = if is_single {
            single(kind, base.as_ref(), card, mine, ledger)
        } else {
            several(kind, base.as_ref(), &card, mine, ledger)
        };
        merged.extend(days.into_iter().map(|(year, month, day)| PartialDate {
            kind: kind.to_owned(),
            year,
            month,
            day,
        }));
    }
    merged
}

type Day = (Option<i32>, i32, i32);

fn single(
    kind: &str,
    base: Option<&BTreeSet<Day>>,
    card: BTreeSet<Day>,
    mine: BTreeSet<Day>,
    ledger: &mut Ledger,
) -> BTreeSet<Day> {
    let way = match (way(base, &card, &mine, BTreeSet::is_empty), card.first(), mine.first()) {
        // The same day, of which one side knows the year.
        (Way::Ask, Some((_, m, d)), Some((None, month, day))) if base.is_none() && (m, d) == (month, day) => Way::Take,
        (Way::Ask, Some((None, m, d)), Some((_, month, day))) if base.is_none() && (m, d) == (month, day) => Way::Keep,
        (way, _, _) => way,
    };
    let (has, says) = (shown(&mine, ledger.style), shown(&card, ledger.style));
    if ledger.takes(way, &titled(kind), has, says) { card } else { mine }
}

fn several(
    kind: &str,
    base: Option<&BTreeSet<Day>>,
    card: &BTreeSet<Day>,
    mut mine: BTreeSet<Day>,
    ledger: &mut Ledger,
) -> BTreeSet<Day> {
    let none = BTreeSet::new();
    let base = base.unwrap_or(&none);
    for day in card.iter().filter(|day| !base.contains(day)) {
        if mine.insert(*day) {
            let says = shown(&BTreeSet::from([*day]), ledger.style);
            ledger.takes(Way::Take, &titled(kind), "", says);
        }
    }
    for day in base.iter().filter(|day| !card.contains(day)) {
        if mine.remove(day) {
            let has = shown(&BTreeSet::from([*day]), ledger.style);
            ledger.takes(Way::Take, &titled(kind), has, "");
        }
    }
    mine
}

fn titled(kind: &str) -> String {
    let mut letters = kind.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn shown(days: &BTreeSet<Day>, style: DateStyle) -> String {
    let shown = days.iter().map(|(year, month, day)| style.date(*year, month.unsigned_abs(), day.unsigned_abs()));
    shown.collect::<Vec<_>>().join(", ")
}
