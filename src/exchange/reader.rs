//! A reader of any format: nothing behind it knows which.

use std::io::{BufRead, Result};

use super::record::Record;
use super::{ldif, table, vcard};

/// The records of one file.
#[derive(Debug)]
pub(super) enum Reader<R> {
    Vcard(vcard::Reader<R>),
    Table(Box<table::Reader<R>>),
    Ldif(ldif::Reader<R>),
}

impl<R: BufRead> Reader<R> {
    /// Offset and line behind the last record.
    pub fn position(&self) -> (u64, u64) {
        match self {
            Self::Vcard(reader) => reader.position(),
            Self::Table(reader) => reader.as_ref().position(),
            Self::Ldif(reader) => reader.position(),
        }
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Record>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Vcard(reader) => reader.next(),
            Self::Table(reader) => reader.next(),
            Self::Ldif(reader) => reader.next(),
        }
    }
}
