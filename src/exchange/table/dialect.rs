//! How a table is written, from its beginning: what parts its cells, and on which line its header stands.

use encoding_rs::Encoding;

use super::content;
use super::rows::{Marks, Rows};
use super::words;

/// What parts cells, the likeliest first.
pub(super) const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Rows that are looked at.
const SAMPLE: usize = 200;
/// Rows in front of a header that are still looked at for one.
const PREAMBLE: usize = 20;

/// What is known of the header before it is looked for.
#[derive(Clone, Copy)]
pub(super) struct Header {
    /// Whether there is one, where that is said.
    pub is_there: Option<bool>,
    /// Whether a first line says what parts the cells: `sep=;`.
    pub says_marks: bool,
    /// Whether cells are names of columns of what passed.
    pub is_of_what_passed: fn(&[String]) -> bool,
}

/// The beginning of a file, taken apart.
#[derive(Debug, Default)]
pub(super) struct Sample {
    /// Lines in front of the header, or of the first row where there is none.
    pub skip: u64,
    /// The names of the columns.
    pub header: Option<Vec<String>>,
    /// The first rows.
    pub rows: Vec<Vec<String>>,
}

impl Sample {
    /// Cells of the widest row.
    pub fn width(&self) -> usize {
        self.rows.iter().chain(&self.header).map(Vec::len).max().unwrap_or(0)
    }

    /// The cells of a column.
    pub fn column(&self, index: usize) -> impl Iterator<Item = &str> + Clone {
        self.rows.iter().filter_map(move |row| row.get(index)).map(|cell| cell.trim()).filter(|cell| !cell.is_empty())
    }

    /// Takes the beginning of a file apart. Whether there is a header may be said; else it is found out. What is said of the
    /// marks on a first line is no row.
    pub fn of(head: &[u8], encoding: &'static Encoding, marks: Marks, header: Header) -> Self {
        let mut rows = sample(head, encoding, marks);
        let says_marks = header.says_marks && rows.len() > 1;
        if says_marks {
            rows.remove(0);
        }
        let among = || header_among(&rows, header.is_of_what_passed);
        let at = match header.is_there {
            Some(false) => None,
            Some(true) => Some(among().unwrap_or(0)),
            None => among().or_else(|| looks_like_header(&rows).then_some(0)),
        };
        let Some(at) = at.filter(|at| *at < rows.len()) else {
            return Self {
                skip: says_marks.into(),
                header: None,
                rows: rows.into_iter().map(|(_, cells)| cells).collect(),
            };
        };
        let skip = if at == 0 && !says_marks { 0 } else { rows[at].0 - 1 };
        let mut rows = rows.into_iter().skip(at).map(|(_, cells)| cells);
        Self { skip, header: rows.next(), rows: rows.collect() }
    }
}

/// What parts the cells: where the most columns have names that are known, else where rows agree the most.
pub(super) fn marks(head: &[u8], encoding: &'static Encoding, quote: Option<Option<u8>>) -> Marks {
    let quote = quote.unwrap_or_else(|| Some(quotation(head)));
    let score = |delimiter: &u8| {
        let rows = sample(head, encoding, Marks { delimiter: *delimiter, quote });
        let known = rows.iter().take(PREAMBLE).map(|(_, cells)| words::known(cells)).max().unwrap_or(0);
        let (rows, width) = agreement(&rows);
        (if known < 2 { 0 } else { known }, rows, width)
    };
    let best = DELIMITERS.iter().rev().max_by_key(|delimiter| score(delimiter));
    Marks { delimiter: best.copied().unwrap_or(b','), quote }
}

/// Single quotes where they are used and double ones are not.
fn quotation(head: &[u8]) -> u8 {
    let held = |quote: u8| {
        let is_held = |line: &&[u8]| line.first() == Some(&quote) && line.trim_ascii_end().last() == Some(&quote);
        head.split(|byte| *byte == b'\n').filter(is_held).count()
    };
    if !head.contains(&b'"') && held(b'\'') > 1 { b'\'' } else { b'"' }
}

/// How many rows have as many cells as most have, and how many those are.
fn agreement(rows: &[(u64, Vec<String>)]) -> (usize, usize) {
    let widths: Vec<usize> = rows.iter().map(|(_, cells)| cells.len()).filter(|width| *width > 1).collect();
    let count = |width: usize| widths.iter().filter(|other| **other == width).count();
    widths.iter().map(|width| (count(*width), *width)).max().unwrap_or_default()
}

fn sample(head: &[u8], encoding: &'static Encoding, marks: Marks) -> Vec<(u64, Vec<String>)> {
    let mut rows = Rows::new(head, encoding, marks, 0, 1);
    let mut sample = Vec::new();
    while let (Ok(Some(row)), true) = (rows.next(), sample.len() < SAMPLE) {
        sample.extend(row.cells.ok().map(|cells| (row.line, cells)));
    }
    sample
}

/// The first row most of whose cells are names of columns: of an address book, else of a table of what passed.
fn header_among(rows: &[(u64, Vec<String>)], is_of_what_passed: fn(&[String]) -> bool) -> Option<usize> {
    header_of_people(rows).or_else(|| rows.iter().take(PREAMBLE).position(|(_, cells)| is_of_what_passed(cells)))
}

fn header_of_people(rows: &[(u64, Vec<String>)]) -> Option<usize> {
    let is_list = rows.iter().all(|(_, cells)| cells.len() < 2);
    rows.iter().take(PREAMBLE).position(|(_, cells)| {
        let (known, named) = (words::known(cells), cells.iter().filter(|cell| !cell.trim().is_empty()).count());
        let is_data = cells.iter().any(|cell| content::is_telling(cell));
        !is_data && (known >= 3 || known >= 2 && known * 3 >= named || known >= 1 && is_list)
    })
}

/// A first row of distinct names over columns that hold something else, in whatever language.
fn looks_like_header(rows: &[(u64, Vec<String>)]) -> bool {
    let Some(((_, first), rest)) = rows.split_first() else { return false };
    let named: Vec<&str> = first.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).collect();
    let distinct: std::collections::HashSet<&&str> = named.iter().collect();
    let is_plain = !named.iter().any(|cell| content::is_telling(cell)) && distinct.len() == named.len();
    let told = (0..first.len()).any(|column| {
        let telling =
            |(_, cells): &&(u64, Vec<String>)| cells.get(column).is_some_and(|cell| content::is_telling(cell));
        rest.iter().filter(telling).count() * 2 > rest.len()
    });
    is_plain && told && named.len() > 1
}
