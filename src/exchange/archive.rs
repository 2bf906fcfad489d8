//! A zip of address books: its files are unpacked beside it, under names of ours, and never more than the limits
//! below, whatever the archive says of itself.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::rc::Rc;

use anyhow::Context;
use zip::ZipArchive;

use super::intake::shown_name;
use crate::error::AppError;

/// Files that an archive may hold, those that are left out included.
const MOST_FILES: usize = 5_000;
/// Files that are unpacked.
const MOST_BOOKS: usize = 200;
/// Bytes of an archive's list of files that are read; what the list says becomes many times larger in memory.
const LIST_BYTES: u64 = 4 << 20;
/// An archive is unpacked to so many bytes at most for each of its own, and so are its files: text is not packed tighter.
const TIGHTEST: u64 = 200;
/// Below so many bytes nobody cares how tightly they were packed.
const SMALL: u64 = 8 << 20;

/// A file of an archive.
#[derive(Debug)]
pub(super) struct Entry {
    /// As it is shown.
    pub name: String,
    /// Its name below the folder, or why it is left out.
    pub outcome: Result<String, String>,
}

/// Unpacks the address books of an archive into a new folder; answers with what it holds, or in one sentence why it
/// is refused. No more than `limit` bytes are written.
///
/// # Errors
/// When the folder cannot be written.
pub(super) fn unpack(file: &Path, folder: &Path, limit: u64) -> Result<Result<Vec<Entry>, String>, AppError> {
    let _ = std::fs::remove_dir_all(folder);
    std::fs::create_dir_all(folder).context("the folder of an archive")?;
    let allowance = Rc::new(Cell::new(Some(LIST_BYTES)));
    let read = Frugal { file: File::open(file).context("the uploaded file")?, allowance: Rc::clone(&allowance) };
    let archive = ZipArchive::new(io::BufReader::new(read));
    let Ok(mut archive) = archive else {
        let reason = if allowance.get() == Some(0) {
            "The archive's list of its files is too long."
        } else {
            "This archive is damaged: it cannot be unpacked."
        };
        return Ok(Err(reason.to_owned()));
    };
    allowance.set(None);
    if archive.len() > MOST_FILES {
        return Ok(Err(format!("The archive holds more than {MOST_FILES} files.")));
    }
    let packed = file.metadata().context("the uploaded file")?.len();
    let most = limit.min(SMALL.max(packed.saturating_mul(TIGHTEST)));
    let mut left = most;
    let mut entries: Vec<Entry> = Vec::new();
    for index in 0..archive.len() {
        let books = entries.iter().filter(|entry| entry.outcome.is_ok()).count();
        match taken(&mut archive, index, folder, books, &mut left)? {
            Taken::Entry(entry) => entries.push(entry),
            Taken::Nothing => {}
            Taken::Bomb => {
                return Ok(Err(format!(
                    "Unpacked, the archive is larger than {} MB, the most that is taken of one of its size.",
                    most >> 20
                )));
            }
        }
    }
    Ok(Ok(entries))
}

enum Taken {
    Entry(Entry),
    Nothing,
    Bomb,
}

fn taken(
    archive: &mut ZipArchive<io::BufReader<Frugal>>,
    index: usize,
    folder: &Path,
    books: usize,
    left: &mut u64,
) -> Result<Taken, AppError> {
    let left_out = |name: String, reason: &str| Ok(Taken::Entry(Entry { name, outcome: Err(reason.to_owned()) }));
    // What is packed in a way that Kith does not unpack, or is encrypted, has a name all the same.
    let raw = archive
        .by_index_raw(index)
        .map(|entry| (String::from_utf8_lossy(entry.name_raw()).into_owned(), entry.is_dir(), entry.encrypted()));
    let Ok((path, is_folder, is_encrypted)) = raw else {
        return left_out(format!("File {}", index + 1), "It is damaged.");
    };
    let name = shown_name(&path);
    if is_folder || path.starts_with("__MACOSX/") || name.starts_with('.') {
        return Ok(Taken::Nothing);
    }
    if !is_book(&name) {
        return left_out(name, "It is no address book by its name.");
    }
    if is_encrypted {
        return left_out(name, "It is encrypted.");
    }
    if books == MOST_BOOKS {
        return left_out(name, "There are too many files in the archive. Import it on its own.");
    }
    let Ok(mut entry) = archive.by_index(index) else {
        return left_out(name, "It is packed in a way that Kith does not read.");
    };
    let own = format!("{}", index + 1);
    let options = &mut File::options();
    let mut out = std::os::unix::fs::OpenOptionsExt::mode(options.write(true).create_new(true), 0o600)
        .open(folder.join(&own))
        .context("a file of an archive")?;
    let mut size = 0u64;
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = match entry.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(_) => return left_out(name, "It is damaged."),
        };
        size += read as u64;
        if size > *left {
            return Ok(Taken::Bomb);
        }
        out.write_all(&buffer[..read]).context("a file of an archive")?;
    }
    *left -= size;
    Ok(Taken::Entry(Entry { name, outcome: Ok(own) }))
}

/// Whether a file may be an address book by its name.
fn is_book(name: &str) -> bool {
    let end = name.rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase());
    end.is_some_and(|end| ["vcf", "vcard", "csv", "tsv", "tab", "txt", "ldif", "ldi"].contains(&end.as_str()))
}

/// A file of which, until the allowance is lifted, no more than so many bytes are read.
struct Frugal {
    file: File,
    allowance: Rc<Cell<Option<u64>>>,
}

impl Read for Frugal {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        if let Some(left) = self.allowance.get() {
            let left = left.saturating_sub(read as u64);
            self.allowance.set(Some(left));
            if left == 0 {
                return Err(io::Error::other("the list of files is too long"));
            }
        }
        Ok(read)
    }
}

impl Seek for Frugal {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}
