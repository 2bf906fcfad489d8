//! Own fields: each has one value.

use super::{Ledger, way};
use crate::contacts::fields::{FieldKind, OwnValue};
use crate::dates::DateStyle;

/// Merges what fields say, by their names.
pub(super) fn merge(
    base: Option<&[OwnValue]>,
    card: &[OwnValue],
    mine: &[OwnValue],
    ledger: &mut Ledger,
) -> Vec<OwnValue> {
    let value = |list: &[OwnValue], name: &str| {
        list.iter().find(|one| one.name.to_lowercase() == name).map(|one| one.value.clone()).unwrap_or_default()
    };
    let mut merged: Vec<OwnValue> = Vec::new();
    for field in mine.iter().chain(card) {
        let name = field.name.to_lowercase();
        if merged.iter().any(|one| one.name.to_lowercase() == name) {
            continue;
        }
        let (said, has) = (value(card, &name), value(mine, &name));
        let way = way(base.map(|base| value(base, &name)).as_ref(), &said, &has, String::is_empty);
        let kind = if field.kind == FieldKind::Text { kind_of(card, &name) } else { field.kind };
        let told = |value: &str| told(value, kind, ledger.style);
        let takes = ledger.takes(way, &field.name, told(&has), told(&said));
        merged.push(OwnValue { value: if takes { said } else { has }, ..field.clone() });
    }
    merged.retain(|one| !one.value.is_empty());
    merged
}

fn kind_of(list: &[OwnValue], name: &str) -> FieldKind {
    list.iter().find(|one| one.name.to_lowercase() == name).map_or(FieldKind::Text, |one| one.kind)
}

/// A value for a person: a day as she writes it.
fn told(value: &str, kind: FieldKind, style: DateStyle) -> String {
    let day = value.parse().ok().filter(|_| kind == FieldKind::Date);
    day.map_or_else(|| value.to_owned(), |day| style.exact(day))
}
