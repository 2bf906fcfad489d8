//! Messages that were files of their own, in an archive or a folder, behind each other in one file of ours: tens of thousands of small
//! files would be slower to write and to delete than to read.
//!
//! Each is a line with the length of its path and of its bytes, then its path, then its bytes.

use std::fs::File;
use std::io::{self, BufRead, Read, Write};
use std::path::Path;

use super::mail::{MAX_MESSAGE_BYTES, RawMessage, maildir, plain};

/// Behind a larger message nothing is kept.
const MOST: u64 = MAX_MESSAGE_BYTES as u64;
/// The longest line that says how long a message is.
const LINE: u64 = 64;

/// Writes one message; answers with how many bytes of it were read, and whether more than is kept.
///
/// # Errors
/// When it cannot be read or written.
pub(super) fn write(out: &mut impl Write, path: &str, message: &mut impl Read) -> io::Result<u64> {
    let mut bytes = Vec::new();
    message.take(MOST + 1).read_to_end(&mut bytes)?;
    let rest = if bytes.len() as u64 > MOST { io::copy(message, &mut io::sink())? } else { 0 };
    writeln!(out, "{} {}", path.len(), bytes.len())?;
    out.write_all(path.as_bytes())?;
    out.write_all(&bytes)?;
    Ok(bytes.len() as u64 + rest)
}

/// Whether a file is a message by its path: in a Maildir, or by its ending.
pub(super) fn is_message(path: &str) -> bool {
    let end = path.rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase());
    maildir::entry(path).is_some() || end.as_deref() == Some("eml")
}

/// Writes the messages of a folder and of those in it, in an order that is the same each time; answers with how many.
///
/// # Errors
/// When one cannot be read, or written.
pub fn write_folder(out: &mut impl Write, folder: &Path) -> io::Result<usize> {
    let above = folder.parent().unwrap_or(folder);
    let (mut folders, mut count) = (vec![folder.to_owned()], 0);
    while let Some(folder) = folders.pop() {
        let mut entries = std::fs::read_dir(&folder)?.collect::<io::Result<Vec<_>>>()?;
        entries.sort_by_key(std::fs::DirEntry::path);
        for entry in entries {
            let (path, kind) = (entry.path(), entry.file_type()?);
            let shown = path.strip_prefix(above).unwrap_or(&path).to_string_lossy().into_owned();
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() && is_message(&shown) {
                write(out, &shown, &mut File::open(&path)?)?;
                count += 1;
            }
        }
    }
    Ok(count)
}

/// Reads them again.
#[derive(Debug)]
pub(super) struct Reader<R> {
    read: R,
    offset: u64,
}

impl<R: BufRead> Reader<R> {
    /// From an offset that [`Self::position`] said.
    pub fn new(read: R, offset: u64) -> Self {
        Self { read, offset }
    }

    /// Behind the last message.
    pub fn position(&self) -> u64 {
        self.offset
    }

    /// The next message, with the path that it had.
    pub fn next(&mut self) -> io::Result<Option<(String, RawMessage)>> {
        let mut line = Vec::new();
        let read = (&mut self.read).take(LINE).read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok(None);
        }
        let damaged = || io::Error::new(io::ErrorKind::InvalidData, "the unpacked messages are damaged");
        let lengths = String::from_utf8(line).map_err(|_| damaged())?;
        let (path_length, length) = lengths.trim_end().split_once(' ').ok_or_else(damaged)?;
        let (path_length, length): (u64, u64) =
            (path_length.parse().map_err(|_| damaged())?, length.parse().map_err(|_| damaged())?);
        let (mut path, mut raw) = (Vec::new(), RawMessage { offset: self.offset, line: 1, ..RawMessage::default() });
        (&mut self.read).take(path_length).read_to_end(&mut path)?;
        (&mut self.read).take(length).read_to_end(&mut raw.bytes)?;
        if raw.bytes.len() as u64 > MOST {
            raw.is_cut = true;
            raw.bytes.truncate(1 << 20);
        }
        if let Some(bytes) = plain(&raw.bytes) {
            raw.bytes = bytes;
        }
        raw.length = read as u64 + path_length + length;
        self.offset += raw.length;
        Ok(Some((String::from_utf8_lossy(&path).into_owned(), raw)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_from_any_message_on() {
        let mut file = Vec::new();
        for (path, text) in [("cur/1", "Subject: a\n\nx\n"), ("new/ü", ""), ("b.eml", "3 4\nabc")] {
            assert_eq!(write(&mut file, path, &mut text.as_bytes()).unwrap(), text.len() as u64);
        }
        let mut reader = Reader::new(file.as_slice(), 0);
        let mut all = Vec::new();
        while let Some((path, raw)) = reader.next().unwrap() {
            let mut again = Reader::new(&file[usize::try_from(raw.offset).unwrap()..], raw.offset);
            assert_eq!(again.next().unwrap().unwrap(), (path.clone(), RawMessage { ..clone(&raw) }));
            all.push((path, String::from_utf8(raw.bytes).unwrap()));
        }
        assert_eq!(reader.position(), file.len() as u64);
        assert_eq!(all.len(), 3);
        assert_eq!(all[2], ("b.eml".to_owned(), "3 4\nabc".to_owned()));
    }

    fn clone(raw: &RawMessage) -> RawMessage {
        RawMessage { bytes: raw.bytes.clone(), from_line: None, ..*raw }
    }
}
