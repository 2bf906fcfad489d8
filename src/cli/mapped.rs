//! What the columns of a table are, as `kith import` is told with --map.

use crate::exchange::fields::{Meaning, What};
use crate::exchange::table::Layout;

/// The layout with the columns that are given.
pub(super) fn mapped(mut layout: Layout, map: &[String]) -> Result<Layout, String> {
    let mut meant: Vec<(usize, Meaning)> = Vec::new();
    for given in map {
        let (column, what) = given.rsplit_once('=').ok_or_else(|| format!("--map {given}: write COLUMN=WHAT."))?;
        let named = (0..layout.columns.len()).find(|index| layout.name(*index).eq_ignore_ascii_case(column.trim()));
        let numbered = || column.trim().parse::<usize>().ok()?.checked_sub(1).filter(|n| *n < layout.columns.len());
        let index = named.or_else(numbered).ok_or_else(|| {
            let names: Vec<String> = (0..layout.columns.len()).map(|index| layout.name(index)).collect();
            format!("--map {given}: there is no such column; they are {}.", names.join(", "))
        })?;
        let words = || What::ALL.iter().map(|what| what.as_str()).collect::<Vec<_>>().join(", ");
        let meaning: Meaning = what.parse().map_err(|_| format!("--map {given}: a column is one of {}.", words()))?;
        if matches!(meaning.what, What::When | What::Who | What::From | What::To) {
            layout = layout.as_of_what_passed();
        }
        meant.push((index, meaning));
    }
    for (index, meaning) in meant {
        layout.columns[index] = meaning;
    }
    if layout.is_of_what_passed {
        return told(layout);
    }
    // Without names of columns and anything that tells itself, whatever stands there would do for a name.
    let is_told =
        layout.header.is_some() || layout.columns.iter().any(|one| matches!(one.what, What::Email | What::Phone));
    if layout.names_people() && (is_told || !map.is_empty()) {
        return Ok(layout);
    }
    let names: Vec<String> = (0..layout.columns.len()).map(|index| layout.name(index)).collect();
    Err(format!(
        "which of its columns holds a name or an e-mail address is not clear. Say it with --map, such as \
         --map \"{}=display_name\"; the columns are {}.",
        names.first().map_or("1", String::as_str),
        names.join(", ")
    ))
}

/// A layout of what passed, if it says when and with whom.
fn told(layout: Layout) -> Result<Layout, String> {
    if layout.tells_what_passed() {
        return Ok(layout);
    }
    let names: Vec<String> = (0..layout.columns.len()).map(|index| layout.name(index)).collect();
    Err(format!(
        "which of its columns say when it was, and with whom, is not clear. Say it with --map, such as --map \"{}=when\" \
         and who, from or to; the columns are {}.",
        names.first().map_or("1", String::as_str),
        names.join(", ")
    ))
}
