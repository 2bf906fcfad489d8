//! A file in pieces: lines with their ends, and of a line that is very long its parts, so that no line fills the
//! memory. Only LF ends a line: a lone CR is a part of it.

use std::io::{BufRead, ErrorKind, Result};

/// How much of a line is one piece.
const PIECE_BYTES: usize = 64 << 10;

/// A line, or a part of a long one.
#[derive(Debug, Default)]
pub(super) struct Piece {
    pub offset: u64,
    pub line: u64,
    pub bytes: Vec<u8>,
    /// Whether it stands at the beginning of a line.
    pub starts_line: bool,
    /// Whether its line ends with it.
    pub ends_line: bool,
}

impl Piece {
    /// Whether it is a line with nothing on it.
    pub fn is_blank(&self) -> bool {
        self.starts_line && self.ends_line && self.bytes.trim_ascii().is_empty()
    }
}

#[derive(Debug)]
pub(super) struct Pieces<R> {
    read: R,
    /// Bytes that were read too far, and how many of them have been read again.
    back: (Vec<u8>, usize),
    offset: u64,
    line: u64,
    starts_line: bool,
}

impl<R: BufRead> Pieces<R> {
    pub fn new(read: R, offset: u64, line: u64) -> Self {
        Self { read, back: (Vec::new(), 0), offset, line, starts_line: true }
    }

    /// Offset and line of the next piece.
    pub fn position(&self) -> (u64, u64) {
        (self.offset, self.line)
    }

    /// The next piece; none at the end of the file.
    pub fn next(&mut self) -> Result<Option<Piece>> {
        let mut piece =
            Piece { offset: self.offset, line: self.line, starts_line: self.starts_line, ..Piece::default() };
        while piece.bytes.len() < PIECE_BYTES && !piece.ends_line {
            let room = PIECE_BYTES - piece.bytes.len();
            let buffer = self.buffer()?;
            let buffer = &buffer[..buffer.len().min(room)];
            if buffer.is_empty() {
                break;
            }
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let taken = end.map_or(buffer.len(), |end| end + 1);
            piece.bytes.extend_from_slice(&buffer[..taken]);
            piece.ends_line = end.is_some();
            self.consume(taken);
        }
        if piece.bytes.is_empty() {
            return Ok(None);
        }
        self.offset += piece.bytes.len() as u64;
        self.line += u64::from(piece.ends_line);
        self.starts_line = piece.ends_line;
        Ok(Some(piece))
    }

    /// Goes back to the beginning of a line, of which and of what follows `bytes` have been read.
    pub fn go_back(&mut self, mut bytes: Vec<u8>, offset: u64, line: u64) {
        bytes.extend_from_slice(&self.back.0[self.back.1..]);
        self.back = (bytes, 0);
        (self.offset, self.line, self.starts_line) = (offset, line, true);
    }

    fn buffer(&mut self) -> Result<&[u8]> {
        if self.back.1 < self.back.0.len() {
            return Ok(&self.back.0[self.back.1..]);
        }
        self.back = (Vec::new(), 0);
        loop {
            match self.read.fill_buf() {
                Ok(_) => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.read.fill_buf()
    }

    fn consume(&mut self, bytes: usize) {
        if self.back.0.is_empty() {
            self.read.consume(bytes);
        } else {
            self.back.1 += bytes;
        }
    }
}
