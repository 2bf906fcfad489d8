//! The records of an upload, over all its files, in batches that each end at a place where another reader can go on.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use anyhow::Context;
use chrono::Utc;
use chrono_tz::Tz;

use super::answers::Passing;
use super::directory::Directory;
use super::families::Asked;
use super::record::{Outcome, Record, Source};
use super::{calendar, mail, table};
use crate::error::AppError;
use crate::exchange::model::Import;
use crate::exchange::parts::Part;

/// Records of a batch.
const BATCH: usize = 200;
/// A batch is closed early past so many interactions, since one record may bring many.
const BATCH_DRAFTS: usize = 1_000;
/// And past so many bytes of the file.
const BATCH_BYTES: u64 = 4 << 20;

/// An upload, from where reading goes on.
pub(super) struct Files {
    data_dir: PathBuf,
    reading: Reading,
    /// The files that are read.
    parts: Vec<Part>,
    /// Which of them is.
    at: usize,
    /// The bytes of those before.
    before: u64,
    source: Option<Box<dyn Source>>,
    start: u64,
}

/// By what files are understood.
pub(super) struct Reading {
    pub passing: Passing,
    /// Her zone.
    pub zone: Tz,
    /// Whom tables mean.
    pub directory: Rc<Directory>,
    /// Senders of mail who only ever wrote to her, and in masses.
    pub one_way: Rc<HashSet<String>>,
}

/// Records, and the place behind them. All are of one file.
pub(super) struct Batch {
    /// Her zone.
    pub zone: Tz,
    /// Which file.
    pub part: i32,
    pub records: Vec<Record>,
    /// Where it begins, over all files.
    pub start: u64,
    /// Where it ends: bytes over all files, and lines of this one.
    pub end: (i64, i64),
    pub is_last: bool,
}

impl Batch {
    /// How many bytes of the upload it takes.
    pub fn bytes(&self) -> u64 {
        self.end.0.unsigned_abs().saturating_sub(self.start)
    }
}

impl Files {
    /// Opens an upload where an import goes on.
    ///
    /// # Errors
    /// When a file is not there.
    pub fn open(data_dir: &Path, parts: Vec<Part>, import: &Import, reading: Reading) -> Result<Self, AppError> {
        let parts: Vec<Part> = parts.into_iter().filter(Part::is_read).collect();
        let start = import.bytes_read.unsigned_abs();
        let (mut at, mut before) = (0, 0);
        while at < parts.len() && before + size(&parts[at]) <= start {
            before += size(&parts[at]);
            at += 1;
        }
        let data_dir = data_dir.to_owned();
        let mut files = Self { data_dir, reading, parts, at, before, source: None, start };
        let line = if start == before { 1 } else { import.lines_read.unsigned_abs() + 1 };
        files.open_part(start - before, line)?;
        Ok(files)
    }

    fn open_part(&mut self, offset: u64, line: u64) -> Result<(), AppError> {
        self.source = match self.parts.get(self.at) {
            Some(part) if part.is_calendar() => Some(calendar::open(&self.data_dir, part, self.asked(), line - 1)?),
            Some(part) if part.is_table_of_what_passed() => {
                let directory = Rc::clone(&self.reading.directory);
                Some(table::open(&self.data_dir, part, self.asked(), directory, (offset, line))?)
            }
            Some(part) => {
                let asked = (&self.reading.passing, &self.reading.one_way);
                Some(mail::open(&self.data_dir, part, asked, (offset, line))?)
            }
            None => None,
        };
        Ok(())
    }

    fn asked(&self) -> Asked {
        Asked { own: self.reading.passing.own.clone(), zone: self.reading.zone, now: Utc::now() }
    }

    /// The next batch; the one that is the last says so.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn batch(&mut self) -> Result<Batch, AppError> {
        let start = self.start;
        let (mut records, mut drafts, mut is_end) = (Vec::new(), 0, false);
        while records.len() < BATCH && drafts < BATCH_DRAFTS && self.place().0.saturating_sub(start) < BATCH_BYTES {
            let next = self.source.as_mut().map(|source| source.next()).transpose().context("the uploaded file")?;
            let Some(record) = next.flatten() else {
                is_end = true;
                break;
            };
            drafts += if let Outcome::Found(found, _) = &record.outcome { found.len() } else { 0 };
            records.push(record);
        }
        let part = self.parts.get(self.at).map_or(1, |part| part.position);
        let mut end = self.place();
        if is_end {
            // Of the file nothing is left, whatever its reader made of its last bytes.
            self.before += self.parts.get(self.at).map_or(0, size);
            end = (self.before, 0);
            self.at += 1;
            self.open_part(0, 1)?;
        }
        self.start = end.0;
        let is_last = is_end && self.at >= self.parts.len();
        Ok(Batch { part, zone: self.reading.zone, records, start, end: (signed(end.0), signed(end.1)), is_last })
    }

    /// How far reading has come: bytes over all files, and whole lines of this one.
    fn place(&self) -> (u64, u64) {
        let (offset, line) = self.source.as_ref().map_or((0, 1), |source| source.position());
        (self.before + offset, line.saturating_sub(1))
    }
}

fn size(part: &Part) -> u64 {
    part.file_size.unsigned_abs()
}

pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
