//! The rows of a table, each with its place, in bounded memory. A quotation mark that is never closed costs its own
//! row and no other.

use std::collections::VecDeque;
use std::io::{BufRead, Result};

use csv_core::{ReadRecordResult, ReaderBuilder};
use encoding_rs::Encoding;

use super::encoding;
use crate::exchange::lines::{Line, Lines};
use crate::exchange::record::{MAX_RECORD_BYTES, MAX_RECORD_LINES};

/// Columns that a table may have; Outlook's have ninety.
pub(super) const MAX_COLUMNS: usize = 2_000;

/// How the cells of a row are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Marks {
    /// What parts them.
    pub delimiter: u8,
    /// What holds those together in which it stands.
    pub quote: Option<u8>,
}

/// One row.
#[derive(Debug)]
pub(in crate::exchange) struct Row {
    pub offset: u64,
    pub line: u64,
    /// The cells, or why there are none.
    pub cells: std::result::Result<Vec<String>, String>,
}

/// The rows of a file, one after the other; blank lines are none.
#[derive(Debug)]
pub(super) struct Rows<R> {
    lines: Lines<R>,
    /// Lines that were looked at for the end of a cell, and are rows of their own.
    ahead: VecDeque<Line>,
    encoding: &'static Encoding,
    marks: Marks,
    parser: csv_core::Reader,
}

impl<R: BufRead> Rows<R> {
    pub fn new(read: R, encoding: &'static Encoding, marks: Marks, offset: u64, line: u64) -> Self {
        let mut parser = ReaderBuilder::new();
        parser.delimiter(marks.delimiter).quoting(marks.quote.is_some()).quote(marks.quote.unwrap_or(b'"'));
        let mut parser = parser.build();
        // At the very beginning it takes a byte order mark for one, and a name may well begin with one.
        let _ = cells(&mut parser, "");
        let lines = Lines::of_width(read, encoding::width(encoding), offset, line);
        Self { lines, ahead: VecDeque::new(), encoding, marks, parser }
    }

    /// Where the next row begins.
    pub fn position(&self) -> (u64, u64) {
        self.ahead.front().map_or_else(|| self.lines.position(), |line| (line.offset, line.number))
    }

    /// Passes over lines, whatever they hold.
    pub fn skip(&mut self, lines: u64) -> Result<()> {
        for _ in 0..lines {
            if self.next_line()?.is_none() {
                break;
            }
        }
        Ok(())
    }

    fn next_line(&mut self) -> Result<Option<Line>> {
        match self.ahead.pop_front() {
            Some(line) => Ok(Some(line)),
            None => self.lines.next(MAX_RECORD_BYTES),
        }
    }

    /// The next row.
    pub fn next(&mut self) -> Result<Option<Row>> {
        while let Some(first) = self.next_line()? {
            let mut text = self.text(&first);
            if text.trim().is_empty() && !text.contains(char::from(self.marks.delimiter)) {
                continue;
            }
            let (offset, line) = (first.offset, first.number);
            let cells = match self.gather(&first, &mut text)? {
                Ok(()) => cells(&mut self.parser, &text),
                Err(reason) => Err(reason),
            };
            return Ok(Some(Row { offset, line, cells }));
        }
        Ok(None)
    }

    fn text(&self, line: &Line) -> String {
        let text = encoding::decode(&line.bytes, self.encoding);
        match text.strip_prefix('\u{feff}') {
            Some(rest) if line.offset == 0 => rest.to_owned(),
            _ => text,
        }
    }

    /// Appends the lines that belong to the row that `text` begins: those up to the end of a quoted cell.
    fn gather(&mut self, first: &Line, text: &mut String) -> Result<std::result::Result<(), String>> {
        const OPEN: &str = "A quotation mark is opened here and never closed.";
        if first.is_cut {
            return Ok(Err(format!("The row is larger than {} MB.", MAX_RECORD_BYTES >> 20)));
        }
        let mut quotes = Quotes::new(self.marks);
        quotes.read(text);
        let mut taken: Vec<Line> = Vec::new();
        while quotes.state == State::Quoted {
            let line = if taken.len() < MAX_RECORD_LINES { self.next_line()? } else { None };
            let Some(line) = line else { return Ok(self.give_back(taken, OPEN)) };
            let more = self.text(&line);
            let is_cut = line.is_cut || text.len() + more.len() > MAX_RECORD_BYTES;
            taken.push(line);
            if is_cut {
                return Ok(self.give_back(taken, OPEN));
            }
            quotes.read(&more);
            if quotes.is_torn {
                return Ok(self.give_back(taken, OPEN));
            }
            text.push('\n');
            text.push_str(&more);
        }
        Ok(Ok(()))
    }

    fn give_back(&mut self, lines: Vec<Line>, reason: &str) -> std::result::Result<(), String> {
        for line in lines.into_iter().rev() {
            self.ahead.push_front(line);
        }
        Err(reason.to_owned())
    }
}

/// The cells of a row that is whole.
fn cells(parser: &mut csv_core::Reader, text: &str) -> std::result::Result<Vec<String>, String> {
    let mut output = vec![0; text.len() + 1];
    let mut ends = vec![0; MAX_COLUMNS + 1];
    let (mut written, mut ended) = (0, 0);
    // Its line end is what ends a row.
    for mut input in [text.as_bytes(), b"\n"] {
        while !input.is_empty() {
            let (result, read, wrote, fields) = parser.read_record(input, &mut output[written..], &mut ends[ended..]);
            (written, ended) = (written + wrote, ended + fields);
            if matches!(result, ReadRecordResult::OutputEndsFull | ReadRecordResult::OutputFull) {
                parser.reset();
                return Err(format!("The row has more than {MAX_COLUMNS} columns."));
            }
            input = &input[read..];
        }
    }
    let mut start = 0;
    let cell = |end: &usize| {
        let cell = String::from_utf8_lossy(&output[start..*end]).into_owned();
        start = *end;
        cell
    };
    Ok(ends[..ended].iter().map(cell).collect())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// At the beginning of a cell.
    Start,
    /// In a cell without quotes.
    Plain,
    /// In quotes.
    Quoted,
    /// Behind a quotation mark inside quotes: it ends them, or is one of two.
    Ending,
}

/// Follows the quotation marks, as the parser does, to know where a row ends before it is whole.
struct Quotes {
    marks: Marks,
    state: State,
    /// Whether quotes ended where no cell did: then their beginning was no beginning.
    is_torn: bool,
}

impl Quotes {
    fn new(marks: Marks) -> Self {
        Self { marks, state: State::Start, is_torn: false }
    }

    /// Reads a line to its end.
    fn read(&mut self, line: &str) {
        let Some(quote) = self.marks.quote else { return };
        self.is_torn = false;
        for byte in line.bytes() {
            self.state = match self.state {
                State::Start if byte == quote => State::Quoted,
                State::Start | State::Plain if byte == self.marks.delimiter => State::Start,
                State::Start | State::Plain => State::Plain,
                State::Quoted if byte == quote => State::Ending,
                State::Quoted => State::Quoted,
                State::Ending if byte == quote => State::Quoted,
                State::Ending if byte == self.marks.delimiter => State::Start,
                State::Ending => {
                    self.is_torn = true;
                    State::Plain
                }
            };
        }
        if self.state != State::Quoted {
            self.state = State::Start;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::{SHIFT_JIS, UTF_8, UTF_16LE};

    type Found = (u64, u64, std::result::Result<Vec<String>, String>);

    fn rows(bytes: &[u8], encoding: &'static Encoding, delimiter: u8) -> Vec<Found> {
        let marks = Marks { delimiter, quote: Some(b'"') };
        let mut rows = Rows::new(std::io::BufReader::with_capacity(5, bytes), encoding, marks, 0, 1);
        let mut all = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            all.push((row.offset, row.line, row.cells));
        }
        all
    }

    fn row(offset: u64, line: u64, cells: &[&str]) -> Found {
        (offset, line, Ok(cells.iter().map(|cell| (*cell).to_owned()).collect()))
    }

    #[test]
    fn quoted_cells_hold_delimiters_quotes_and_line_ends() {
        let text = "a,\"b, \"\"c\"\"\r\nd\",\r\n\r\n\"e\",f\n";
        let expected = [row(0, 1, &["a", "b, \"c\"\nd", ""]), row(20, 4, &["e", "f"])];
        assert_eq!(rows(text.as_bytes(), UTF_8, b','), expected);
    }

    #[test]
    fn a_quotation_mark_that_is_never_closed_costs_one_row() {
        let text = "a,\"b\nc,d\ne,f\n";
        let found = rows(text.as_bytes(), UTF_8, b',');
        assert!(found[0].2.as_ref().unwrap_err().contains("never closed"));
        assert_eq!(found[1..], [row(5, 2, &["c", "d"]), row(9, 3, &["e", "f"])]);
        let torn = rows("a,\"b\nc,\"d\"\ne,f\n".as_bytes(), UTF_8, b',');
        assert!(torn[0].2.is_err());
        assert_eq!(torn[1..], [row(5, 2, &["c", "d"]), row(11, 3, &["e", "f"])]);
    }

    #[test]
    fn other_charsets_have_their_places_in_bytes() {
        let text = "\u{feff}名,\"A\nñ\"\r\n猫,B\n";
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(rows(&wide, UTF_16LE, b','), [row(0, 1, &["名", "A\nñ"]), row(20, 3, &["猫", "B"])]);
        let (japanese, _, _) = SHIFT_JIS.encode("表示名\tソ\n予,\t能\n");
        assert_eq!(rows(&japanese, SHIFT_JIS, b'\t'), [row(0, 1, &["表示名", "ソ"]), row(10, 2, &["予,", "能"])]);
    }

    #[test]
    fn a_row_of_a_million_columns_is_refused() {
        let found = rows(",".repeat(1_000_000).as_bytes(), UTF_8, b',');
        assert!(found[0].2.as_ref().unwrap_err().contains("columns"));
    }
}
