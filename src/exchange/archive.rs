//! A zip of address books, mail or calendars: its files are unpacked beside it, under names of ours, and never more than the limits
//! below, whatever the archive says of itself.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::rc::Rc;

use anyhow::Context;
use zip::ZipArchive;

use super::intake::shown_name;
use super::{mail, messages};
use crate::error::AppError;
use crate::web::number::grouped;

/// Files that an archive may hold, those that are left out included.
const MOST_FILES: usize = 50_000;
/// Files that are unpacked, messages of their own left out.
const MOST_BOOKS: usize = 200;
/// Bytes of an archive's list of files that are read; what the list says becomes many times larger in memory.
const LIST_BYTES: u64 = 4 << 20;
/// An archive is unpacked to so many bytes at most for each of its own, and so are its files: text is not packed tighter.
const TIGHTEST: u64 = 200;
/// Below so many bytes nobody cares how tightly they were packed.
const SMALL: u64 = 8 << 20;
/// As much of a file tells whether it is a mailbox.
const HEAD: u64 = 8 << 10;
/// The name below the folder of the messages that are files of their own.
pub(super) const MESSAGES: &str = "messages";

/// A file of an archive.
#[derive(Debug)]
pub(super) struct Entry {
    /// As it is shown.
    pub name: String,
    /// Its name below the folder, or why it is left out.
    pub outcome: Result<String, String>,
}

/// Unpacks the address books and the mail of an archive into a new folder; answers with what it holds, or in one sentence
/// why it is refused. No more than `limit` bytes are written.
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
    let mut unpacking = Unpacking { folder, left: most, files: 0, entries: Vec::new(), messages: None };
    for index in 0..archive.len() {
        if let Size::Bomb = unpacking.take(&mut archive, index)? {
            return Ok(Err(format!(
                "Unpacked, the archive is larger than {} MB, the most that is taken of one of its size.",
                most >> 20
            )));
        }
    }
    unpacking.end().map(Ok)
}

/// What is said of a file that is left out.
enum Size {
    Fits,
    Bomb,
}

/// Where an archive is unpacked to.
struct Unpacking<'a> {
    folder: &'a Path,
    /// Bytes that may still be written.
    left: u64,
    /// Files that were unpacked, messages left out.
    files: usize,
    entries: Vec<Entry>,
    /// The messages that are files of their own, and how many they are.
    messages: Option<(io::BufWriter<File>, usize)>,
}

impl Unpacking<'_> {
    fn leave_out(&mut self, name: String, reason: &str) -> Result<Size, AppError> {
        self.entries.push(Entry { name, outcome: Err(reason.to_owned()) });
        Ok(Size::Fits)
    }

    fn take(&mut self, archive: &mut ZipArchive<io::BufReader<Frugal>>, index: usize) -> Result<Size, AppError> {
        // What is packed in a way that Kith does not unpack, or is encrypted, has a name all the same.
        let raw = archive
            .by_index_raw(index)
            .map(|entry| (String::from_utf8_lossy(entry.name_raw()).into_owned(), entry.is_dir(), entry.encrypted()));
        let Ok((path, is_folder, is_encrypted)) = raw else {
            return self.leave_out(format!("File {}", index + 1), "It is damaged.");
        };
        let name = shown_name(&path);
        if is_folder || path.starts_with("__MACOSX/") || name.starts_with('.') {
            return Ok(Size::Fits);
        }
        let Some(kind) = Kind::of(&path, &name) else {
            return self.leave_out(name, "It is no address book by its name.");
        };
        if is_encrypted {
            return self.leave_out(name, "It is encrypted.");
        }
        if kind != Kind::Message && self.files == MOST_BOOKS {
            return self.leave_out(name, "There are too many files in the archive. Import it on its own.");
        }
        let Ok(mut entry) = archive.by_index(index) else {
            return self.leave_out(name, "It is packed in a way that Kith does not read.");
        };
        match kind {
            Kind::Message => self.take_message(&path, &mut entry),
            Kind::File | Kind::Perhaps => self.take_file(name, index, kind, &mut entry),
        }
    }

    fn take_message(&mut self, path: &str, entry: &mut impl Read) -> Result<Size, AppError> {
        if self.messages.is_none() {
            self.messages = Some((io::BufWriter::new(self.create(MESSAGES)?), 0));
        }
        let Some((out, count)) = &mut self.messages else { return Ok(Size::Fits) };
        let mut entry = Counted { read: entry.take(self.left + 1), is_damaged: false };
        let size = messages::write(out, path, &mut entry).context("the messages of an archive")?;
        if size > self.left {
            return Ok(Size::Bomb);
        }
        *count += 1;
        self.left -= size;
        if entry.is_damaged {
            self.leave_out(shown_name(path), "It is damaged: its end is missing.")
        } else {
            Ok(Size::Fits)
        }
    }

    fn take_file(&mut self, name: String, index: usize, kind: Kind, entry: &mut impl Read) -> Result<Size, AppError> {
        let mut head = Vec::new();
        if kind == Kind::Perhaps {
            let read = entry.take(HEAD).read_to_end(&mut head);
            if read.is_err() || mail::Layout::recognise(&head).is_none() {
                return self.leave_out(name, "It is no address book by its name.");
            }
        }
        let own = format!("{}", index + 1);
        let mut out = self.create(&own)?;
        let mut entry = io::Cursor::new(head).chain(entry);
        let mut size = 0u64;
        let mut buffer = vec![0; 1 << 16];
        loop {
            let read = match entry.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => read,
                Err(_) => return self.leave_out(name, "It is damaged."),
            };
            size += read as u64;
            if size > self.left {
                return Ok(Size::Bomb);
            }
            out.write_all(&buffer[..read]).context("a file of an archive")?;
        }
        self.left -= size;
        self.files += 1;
        self.entries.push(Entry { name, outcome: Ok(own) });
        Ok(Size::Fits)
    }

    fn create(&self, own: &str) -> Result<File, AppError> {
        let options = &mut File::options();
        let file = std::os::unix::fs::OpenOptionsExt::mode(options.write(true).create_new(true), 0o600)
            .open(self.folder.join(own));
        Ok(file.context("a file of an archive")?)
    }

    fn end(mut self) -> Result<Vec<Entry>, AppError> {
        if let Some((mut out, count)) = self.messages.take() {
            out.flush().context("the messages of an archive")?;
            let name = if count == 1 { "one message".to_owned() } else { format!("{} messages", grouped(count)) };
            self.entries.push(Entry { name, outcome: Ok(MESSAGES.to_owned()) });
        }
        Ok(self.entries)
    }
}

/// What a file of an archive is by its path.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// An address book, a mailbox or a calendar.
    File,
    /// A message, in a Maildir or on its own.
    Message,
    /// Perhaps a mailbox: some programs give theirs no ending.
    Perhaps,
}

impl Kind {
    fn of(path: &str, name: &str) -> Option<Self> {
        const FILES: [&str; 12] =
            ["vcf", "vcard", "csv", "tsv", "tab", "txt", "ldif", "ldi", "mbox", "mbx", "ics", "vcs"];
        let end = name.rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase());
        match end.as_deref() {
            _ if messages::is_message(path) => Some(Self::Message),
            Some(end) if FILES.contains(&end) => Some(Self::File),
            Some(_) => None,
            None => Some(Self::Perhaps),
        }
    }
}

/// What is read of a file, an error in the middle as its end.
struct Counted<R> {
    read: R,
    is_damaged: bool,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.read.read(buffer).or_else(|_| {
            self.is_damaged = true;
            Ok(0)
        })
    }
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
