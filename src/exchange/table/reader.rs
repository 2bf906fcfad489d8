//! Reads a table row by row: each record with its place, and a card or the reason why there is none.
//!
//! Reading may begin wherever a row began or ended, so a killed import goes on from the last offset it kept.

use std::io::{BufRead, Result};

use super::layout::Layout;
use super::row;
use super::rows::{Row, Rows};
use crate::exchange::record::Record;

/// The rows of a table as records.
#[derive(Debug)]
pub struct Reader<R> {
    rows: Rows<R>,
    layout: Layout,
    /// Whether what stands in front of the first row is still to be passed over.
    is_fresh: bool,
}

impl<R: BufRead> Reader<R> {
    /// Reads from `start_offset` on, to which the caller has moved `read`; at the beginning of a file that is
    /// byte 0 of line 1.
    pub fn new(read: R, layout: Layout, start_offset: u64, start_line: u64) -> Self {
        let rows = Rows::new(read, layout.encoding(), layout.marks(), start_offset, start_line);
        Self { rows, layout, is_fresh: start_offset == 0 }
    }

    /// Offset and line behind the last record: where another reader can go on.
    pub fn position(&self) -> (u64, u64) {
        self.rows.position()
    }

    /// The next row as it stands.
    pub(in crate::exchange) fn row(&mut self) -> Result<Option<Row>> {
        if std::mem::take(&mut self.is_fresh) {
            self.rows.skip(self.layout.skip)?;
            if self.layout.header.is_some() {
                self.rows.next()?;
            }
        }
        self.rows.next()
    }

    fn record(&mut self) -> Result<Option<Record>> {
        let Some(row) = self.row()? else { return Ok(None) };
        let outcome = row.cells.and_then(|cells| row::card(&self.layout, &cells));
        Ok(Some(Record { offset: row.offset, line: row.line, outcome, remark: None }))
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Record>;

    fn next(&mut self) -> Option<Self::Item> {
        self.record().transpose()
    }
}
