//! A row becomes a card.

use super::layout::{Layout, Program};
use super::own;
use crate::exchange::card::Card;
use crate::exchange::fields::{Building, Style, What};

/// The card of a row, or in one sentence why there is none.
pub(super) fn card(layout: &Layout, cells: &[String]) -> Result<Card, String> {
    let parted = parted_otherwise(layout, cells);
    let (columns, cells) = (&layout.columns, parted.as_deref().unwrap_or(cells));
    let count = cells.iter().rposition(|cell| !cell.trim().is_empty()).map_or(0, |last| last + 1);
    if count == 0 {
        return Err("The row is empty.".to_owned());
    }
    if count > columns.len() {
        return Err(format!("The row has {count} columns, the table {}.", columns.len()));
    }
    let program = layout.program();
    let has_several = matches!(program, Program::Google | Program::Kith);
    let style = Style { day_first: layout.day_first, has_several, is_google: program == Program::Google };
    let (mut building, mut own) = (Building::new(style), "");
    // Of a member whose account is closed LinkedIn leaves the day alone.
    let mut says_whom = program != Program::Linkedin;
    for (index, (meaning, cell)) in columns.iter().zip(cells).enumerate() {
        let cell = bare(cell);
        if meaning.what == What::Own {
            own = cell;
        } else if !cell.trim().is_empty() {
            says_whom |= !matches!(meaning.what, What::Date | What::Skip);
            building.add(&layout.name(index), meaning, cell);
        }
    }
    if !says_whom {
        return Err("The row names nobody: it says when you were connected, and not with whom.".to_owned());
    }
    let card = building.finish().tidy();
    let card = if own.is_empty() { card } else { own::restored(card, own) };
    if card.is_empty() { Err("The row names nobody.".to_owned()) } else { Ok(card) }
}

/// A cell without the apostrophe that keeps a spreadsheet from calculating it.
pub(super) fn bare(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if is_formula(rest) => rest,
        _ => cell,
    }
}

/// Whether a spreadsheet would calculate a cell, or would once apostrophes in front of it are gone.
pub(super) fn is_formula(cell: &str) -> bool {
    cell.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// The cells of a row that is parted otherwise than the rest of its file, as where two programs wrote into one: it is
/// all one cell, and something else parts it into as many as the table has.
fn parted_otherwise(layout: &Layout, cells: &[String]) -> Option<Vec<String>> {
    let [only] = cells else { return None };
    let others = [',', ';', '\t', '|'].into_iter().filter(|other| *other != layout.delimiter);
    let parts = |other: char| only.split(other).map(str::to_owned).collect::<Vec<_>>();
    others.map(parts).find(|parts| layout.columns.len() > 2 && parts.len() >= layout.columns.len())
}
