//! The page on which she says what the columns of a table are.

use super::choices;
use crate::exchange::fields::{Meaning, What};
use crate::exchange::table::{ENCODINGS, Guess, Layout};

/// Columns that are shown; those behind them stay what they are guessed to be.
const SHOWN: usize = 200;
/// Rows that are shown of each.
const ROWS: usize = 3;
/// A cell that is longer is cut on the page.
const LONG: usize = 80;

/// A table whose columns she is asked for.
pub(in crate::exchange) struct MappingView {
    pub position: i32,
    pub file_name: String,
    /// How far it is known what its columns are, and what she is asked for.
    pub says: String,
    pub encodings: Vec<(String, String)>,
    pub encoding: String,
    pub delimiters: Vec<(String, String)>,
    pub delimiter: String,
    pub quotes: Vec<(String, String)>,
    pub quote: String,
    pub has_header: bool,
    pub day_first: bool,
    pub is_of_what_passed: bool,
    pub columns: Vec<ColumnView>,
    /// Columns that are not shown.
    pub hidden: usize,
    pub is_remembered: bool,
    pub error: Option<String>,
}

/// One column.
pub(in crate::exchange) struct ColumnView {
    pub name: String,
    /// Its first cells.
    pub cells: Vec<String>,
    pub chosen: String,
    pub choices: Vec<(String, String)>,
}

impl MappingView {
    /// Of the table at `position` of an upload, as it is guessed or chosen.
    pub fn new(position: i32, file_name: &str, guess: &Guess) -> Self {
        let layout = &guess.layout;
        let mut encodings: Vec<(String, String)> =
            ENCODINGS.map(|(word, label)| (word.to_owned(), label.to_owned())).into();
        if !encodings.iter().any(|(word, _)| *word == layout.encoding) {
            encodings.push((layout.encoding.clone(), layout.encoding.clone()));
        }
        let pair = |(word, label): (&str, &str)| (word.to_owned(), label.to_owned());
        Self {
            position,
            file_name: file_name.to_owned(),
            says: says(&guess.layout.columns),
            encodings,
            encoding: layout.encoding.clone(),
            delimiters: DELIMITERS.map(|(word, _, label)| pair((word, label))).into(),
            delimiter: word_of_delimiter(layout.delimiter).to_owned(),
            quotes: [("double", "\" (double)"), ("single", "' (single)"), ("none", "None")].map(pair).into(),
            quote: word_of_quote(layout.quote).to_owned(),
            has_header: layout.header.is_some(),
            day_first: layout.day_first,
            is_of_what_passed: layout.is_of_what_passed,
            columns: (0..layout.columns.len().min(SHOWN)).map(|index| column(layout, &guess.rows, index)).collect(),
            hidden: layout.columns.len().saturating_sub(SHOWN),
            is_remembered: true,
            error: None,
        }
    }
}

/// How far it is known what the columns are, and what is asked for.
fn says(columns: &[Meaning]) -> String {
    const AFTERWARDS: &str = "The next file of this kind is read without asking.";
    let known = columns.iter().filter(|column| column.what != What::Note).count();
    match (known, columns.len()) {
        (0, _) => format!("Kith does not know what its columns are. Say it once. {AFTERWARDS}"),
        (known, all) if known == all => {
            let columns = if all == 1 { "column".to_owned() } else { format!("{all} columns") };
            format!("Kith would read its {columns} as below: look whether that is right. {AFTERWARDS}")
        }
        (known, all) => format!(
            "Kith would read {known} of its {all} columns as below and keep the rest as notes: look whether that is right. {AFTERWARDS}"
        ),
    }
}

fn column(layout: &Layout, rows: &[Vec<String>], index: usize) -> ColumnView {
    let cell = |row: &Vec<String>| row.get(index).map(|cell| cut(cell)).unwrap_or_default();
    let chosen = &layout.columns[index];
    ColumnView {
        name: layout.name(index),
        cells: rows.iter().take(ROWS).map(cell).collect(),
        chosen: chosen.to_string(),
        choices: choices::with(chosen, layout.is_of_what_passed),
    }
}

fn cut(cell: &str) -> String {
    let cell = cell.trim();
    match cell.char_indices().nth(LONG) {
        Some((end, _)) => format!("{}…", &cell[..end]),
        None => cell.to_owned(),
    }
}

/// Word, character and name of what parts cells.
const DELIMITERS: [(&str, char, &str); 4] =
    [("comma", ',', "Commas"), ("semicolon", ';', "Semicolons"), ("tab", '\t', "Tabs"), ("bar", '|', "Bars")];

fn word_of_delimiter(delimiter: char) -> &'static str {
    DELIMITERS.iter().find(|(_, own, _)| *own == delimiter).map_or("comma", |(word, _, _)| word)
}

/// What a word says that parts cells.
pub(super) fn delimiter_of(word: &str) -> Option<char> {
    DELIMITERS.iter().find(|(own, _, _)| *own == word).map(|(_, delimiter, _)| *delimiter)
}

fn word_of_quote(quote: Option<char>) -> &'static str {
    match quote {
        Some('\'') => "single",
        Some(_) => "double",
        None => "none",
    }
}

/// What a word says that holds cells together.
pub(super) fn quote_of(word: &str) -> Option<Option<char>> {
    match word {
        "double" => Some(Some('"')),
        "single" => Some(Some('\'')),
        "none" => Some(None),
        _ => None,
    }
}
