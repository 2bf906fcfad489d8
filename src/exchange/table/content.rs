//! What a column may be by what stands in it, for a table without names of columns.

use crate::exchange::fields::{Meaning, What, date};

/// What a cell is, if it tells.
pub(super) fn of_cell(cell: &str) -> Option<What> {
    let cell = cell.trim();
    if is_email(cell) {
        Some(What::Email)
    } else if is_link(cell) {
        Some(What::Url)
    } else if date::parse(cell, "date", false).is_some() || date::parse(cell, "date", true).is_some() {
        Some(What::Date)
    } else if is_phone(cell) {
        Some(What::Phone)
    } else {
        None
    }
}

/// Whether a cell is a value, and so no column's name.
pub(super) fn is_telling(cell: &str) -> bool {
    of_cell(cell).is_some()
}

/// What most cells of a column are.
pub(super) fn of_column<'a>(cells: impl Iterator<Item = &'a str>) -> Option<What> {
    let (mut total, mut counts) = (0usize, [0usize; 4]);
    const KINDS: [What; 4] = [What::Email, What::Url, What::Date, What::Phone];
    for cell in cells {
        total += 1;
        if let Some(index) = of_cell(cell).and_then(|what| KINDS.iter().position(|kind| *kind == what)) {
            counts[index] += 1;
        }
    }
    KINDS.into_iter().zip(counts).find(|(_, count)| total > 0 && count * 5 >= total * 3).map(|(kind, _)| kind)
}

/// The columns of a table without names: what tells is what it is, the texts in front are names.
pub(super) fn columns<'a, C: Iterator<Item = &'a str>>(count: usize, cells: impl Fn(usize) -> C) -> Vec<Meaning> {
    let kinds: Vec<Option<What>> = (0..count).map(|index| of_column(cells(index))).collect();
    let texts: Vec<usize> =
        (0..count).filter(|index| kinds[*index].is_none() && cells(*index).next().is_some()).collect();
    let names = match texts.len() {
        0 => &[][..],
        1 => &[What::DisplayName][..],
        _ => &[What::FirstName, What::LastName][..],
    };
    (0..count)
        .map(|index| match (kinds[index], texts.iter().position(|text| *text == index)) {
            (Some(What::Date), _) => Meaning::of(What::Note),
            (Some(what), _) => Meaning::of(what),
            (None, Some(place)) => Meaning::of(names.get(place).copied().unwrap_or(What::Note)),
            (None, None) => Meaning::of(What::Note),
        })
        .collect()
}

fn is_email(cell: &str) -> bool {
    let Some((local, host)) = cell.split_once('@') else { return false };
    !local.is_empty() && !host.is_empty() && !cell.contains(char::is_whitespace) && !host.contains('@')
}

fn is_link(cell: &str) -> bool {
    let lower = cell.get(..8).unwrap_or(cell).to_ascii_lowercase();
    lower.starts_with("http://") || lower.starts_with("https://") || lower.starts_with("www.")
}

fn is_phone(cell: &str) -> bool {
    let digits = cell.bytes().filter(u8::is_ascii_digit).count();
    let is_number = |c: char| c.is_ascii_digit() || matches!(c, '+' | '(' | ')' | '-' | '.' | '/' | ' ' | '\'');
    (6..=20).contains(&digits) && cell.chars().all(is_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_tell_what_they_are() {
        for (cell, what) in [
            ("a@x.example", Some(What::Email)),
            ("https://x.example", Some(What::Url)),
            ("+49 (30) 123-456", Some(What::Phone)),
            ("1990-04-15", Some(What::Date)),
            ("Ada", None),
            ("42", None),
            ("", None),
        ] {
            assert_eq!(of_cell(cell), what, "{cell}");
        }
    }
}
