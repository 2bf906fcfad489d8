//! A table as a source of what passed: each row says something of one interaction.

use std::collections::HashSet;
use std::fs::File;
use std::hash::{BuildHasher, RandomState};
use std::io::{self, BufReader, Seek, SeekFrom};
use std::path::Path;
use std::rc::Rc;

use anyhow::Context;

use super::directory::Directory;
use super::families::Asked;
use super::record::{Outcome, Record, Source};
use super::row::Rules;
use crate::error::AppError;
use crate::exchange::parts::Part;
use crate::exchange::survey;
use crate::exchange::table::{Layout, Reader};

/// The rows of a table, from a place in it.
///
/// # Errors
/// When the file is not there, or it is no table.
pub(super) fn open(
    data_dir: &Path,
    part: &Part,
    asked: Asked,
    directory: Rc<Directory>,
    (offset, line): (u64, u64),
) -> Result<Box<dyn Source>, AppError> {
    let layout = part.layout()?;
    let mut file = survey::open(&data_dir.join(&part.path))?;
    file.seek(SeekFrom::Start(offset)).context("the uploaded file")?;
    let reader = Reader::new(file, layout.clone(), offset, line);
    let namespace = layout.namespace();
    Ok(Box::new(Table { reader, layout, namespace, directory, asked, hasher: RandomState::new(), met: HashSet::new() }))
}

struct Table {
    reader: Reader<BufReader<File>>,
    layout: Layout,
    namespace: String,
    directory: Rc<Directory>,
    asked: Asked,
    hasher: RandomState,
    /// The ids of rows, as hashes: the first row of an id says what it was, the others who else took part.
    met: HashSet<u64>,
}

impl Table {
    fn meet(&mut self, outcome: &mut Outcome) {
        let Outcome::Found(drafts, _) = outcome else { return };
        for draft in drafts.iter_mut().filter(|draft| draft.revision.is_some()) {
            if !self.met.insert(self.hasher.hash_one(&draft.external_id)) {
                draft.revision = None;
            }
        }
    }
}

impl Source for Table {
    fn next(&mut self) -> io::Result<Option<Record>> {
        let Some(row) = self.reader.row()? else { return Ok(None) };
        let rules = Rules {
            layout: &self.layout,
            namespace: &self.namespace,
            directory: &self.directory,
            own: &self.asked.own,
            zone: self.asked.zone,
            now: self.asked.now,
        };
        let (title, mut outcome) = match &row.cells {
            Ok(cells) => rules.read(cells),
            Err(reason) => (String::new(), Outcome::Unreadable(reason.clone())),
        };
        self.meet(&mut outcome);
        Ok(Some(Record { offset: row.offset, line: row.line, file: None, title, outcome, ended: None }))
    }

    fn position(&self) -> (u64, u64) {
        self.reader.position()
    }
}
