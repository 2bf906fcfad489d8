//! The records of an upload, over all its files, in batches that each end at a place where another reader can go on.

use std::fs::File;
use std::io::{BufReader, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::card::Card;
use super::matching::Seen;
use super::model::Import;
use super::parts::Part;
use super::reader::Reader;
use super::record::{Record, Remark};
use super::source_key::source_key;
use super::{ldif, survey, table, vcard};
use crate::contacts::fields::Definition;
use crate::contacts::photos::Photo;
use crate::error::AppError;

/// Records of a batch.
const BATCH: usize = 500;
/// A batch is closed early past so many bytes of the file: cards with photos are large.
const BATCH_BYTES: u64 = 3 << 20;

/// An upload, from where reading goes on.
pub(super) struct Records {
    data_dir: PathBuf,
    /// The files that are read.
    parts: Vec<Part>,
    /// Which of them is.
    at: usize,
    /// The bytes of those before.
    before: u64,
    reader: Option<Reader<BufReader<File>>>,
    /// By what later records are met again.
    pub seen: Seen,
    next: i32,
    start: u64,
}

/// Records with their keys, and the place behind them. All are of one file.
pub(super) struct Batch {
    /// Which file.
    pub part: i32,
    /// Under what its records are kept.
    pub source: String,
    pub records: Vec<Entry>,
    /// The photos of its cards, once they are made.
    pub photos: Vec<Photo>,
    /// Where it begins, over all files.
    pub start: u64,
    /// Where it ends: bytes over all files, and lines of this one.
    pub end: (i64, i64),
    pub is_last: bool,
}

impl Batch {
    /// Puts what its cards say of the account's own fields into their form.
    pub fn settle(&mut self, fields: &[Definition]) {
        for found in self.records.iter_mut().filter_map(|entry| entry.outcome.as_mut().ok()) {
            found.card = std::mem::take(&mut found.card).settled(fields);
        }
    }
}

/// One record.
pub(super) struct Entry {
    pub position: i32,
    pub offset: i64,
    pub line: i64,
    pub outcome: Result<Found, String>,
}

/// What it says, and of whom an earlier one said so.
pub(super) struct Found {
    pub key: String,
    pub card: Card,
    pub twin_of: Option<i32>,
    /// What of it could not be understood.
    pub note: Option<String>,
    /// What is to be said of it besides.
    pub remark: Option<Remark>,
}

impl Records {
    /// Opens an upload where an import goes on.
    ///
    /// # Errors
    /// When a file is not there.
    pub fn open(data_dir: &Path, parts: Vec<Part>, import: &Import) -> Result<Self, AppError> {
        let parts: Vec<Part> = parts.into_iter().filter(Part::is_read).collect();
        let start = import.bytes_read.unsigned_abs();
        let (mut at, mut before) = (0, 0);
        while at + 1 < parts.len() && before + size(&parts[at]) <= start {
            before += size(&parts[at]);
            at += 1;
        }
        let data_dir = data_dir.to_owned();
        let mut records = Self {
            data_dir,
            parts,
            at,
            before,
            reader: None,
            seen: Seen::default(),
            next: import.items_read + 1,
            start,
        };
        records.open_part(start - before, import.lines_read.unsigned_abs() + 1)?;
        Ok(records)
    }

    fn open_part(&mut self, offset: u64, line: u64) -> Result<(), AppError> {
        let Some(part) = self.parts.get(self.at) else { return Ok(()) };
        let mut file = survey::open(&self.data_dir.join(&part.path))?;
        file.seek(SeekFrom::Start(offset)).context("the uploaded file")?;
        self.reader = Some(match part.format.as_str() {
            "table" => Reader::Table(Box::new(table::Reader::new(file, part.layout()?, offset, line))),
            "ldif" => Reader::Ldif(ldif::Reader::new(file, offset, line)),
            _ => Reader::Vcard(vcard::Reader::new(file, offset, line)),
        });
        Ok(())
    }

    /// The next batch; the one that is the last says so.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn batch(&mut self) -> Result<Batch, AppError> {
        let start = self.start;
        let (mut records, mut is_end) = (Vec::new(), false);
        while records.len() < BATCH && self.place().0 - start < BATCH_BYTES {
            match self.reader.as_mut().and_then(Iterator::next) {
                Some(record) => records.push(self.entry(record.context("the uploaded file")?)),
                None => {
                    is_end = true;
                    break;
                }
            }
        }
        let (part, source) =
            self.parts.get(self.at).map_or((1, String::new()), |part| (part.position, part.source.clone()));
        let mut end = self.place();
        if is_end {
            // Of the file nothing is left, whatever its reader made of its last bytes.
            self.before += self.parts.get(self.at).map_or(0, size);
            end = (self.before, 0);
            self.at += 1;
            self.open_part(0, 1)?;
        }
        self.start = end.0;
        let end = (signed(end.0), signed(end.1));
        Ok(Batch {
            part,
            source,
            records,
            photos: Vec::new(),
            start,
            end,
            is_last: is_end && self.at >= self.parts.len(),
        })
    }

    /// How far reading has come: bytes over all files, and whole lines of this one.
    fn place(&self) -> (u64, u64) {
        let (offset, line) = self.reader.as_ref().map_or((0, 1), Reader::position);
        (self.before + offset, line.saturating_sub(1))
    }

    fn entry(&mut self, record: Record) -> Entry {
        let position = self.next;
        self.next += 1;
        let remark = record.remark;
        let outcome = record.outcome.map(|card| {
            let key = source_key(&card);
            // Whoever comes later waits for nobody who is left out.
            let is_left_out = remark.is_some_and(Remark::leaves_out);
            let twin_of = if is_left_out { None } else { self.seen.first_of(&key, &card, position) };
            Found { key: self.seen.key_of(key), card, twin_of, note: None, remark }
        });
        Entry { position, offset: signed(record.offset), line: signed(record.line), outcome }
    }
}

fn size(part: &Part) -> u64 {
    part.file_size.unsigned_abs()
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
