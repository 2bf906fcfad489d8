//! The physical lines of a file, each with its place, in bounded memory. A line ends with LF, CRLF or a lone
//! CR. UTF-16 comes out as UTF-8; where nobody says how wide a character is, its first two bytes tell, wherever
//! reading begins.

use std::io::{BufRead, ErrorKind, Result};

/// A line without its end.
#[derive(Debug, Default)]
pub(super) struct Line {
    pub offset: u64,
    pub number: u64,
    pub bytes: Vec<u8>,
    /// Longer than was allowed; the rest was skipped.
    pub is_cut: bool,
    /// Whether a line end stood behind it, which only the last line of a file may lack.
    pub is_ended: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Width {
    /// The first two bytes tell.
    Unknown,
    /// Line ends are single bytes: UTF-8 and every older charset.
    Bytes,
    /// UTF-16.
    Utf16 {
        /// Least byte first.
        little: bool,
    },
}

#[derive(Debug)]
pub(super) struct Lines<R> {
    read: R,
    offset: u64,
    number: u64,
    width: Width,
    /// A code unit that was read too far; `offset` does not count it.
    unit: Option<u16>,
    /// The line before ended with a lone CR, so that an empty line before LF is the rest of CR CR LF.
    after_cr: bool,
}

impl<R: BufRead> Lines<R> {
    pub fn new(read: R, offset: u64, number: u64) -> Self {
        Self::of_width(read, Width::Unknown, offset, number)
    }

    pub fn of_width(read: R, width: Width, offset: u64, number: u64) -> Self {
        Self { read, offset, number, width, unit: None, after_cr: false }
    }

    /// Where the next line begins.
    pub fn position(&self) -> (u64, u64) {
        (self.offset, self.number)
    }

    /// The next line; of its bytes at most `limit`.
    pub fn next(&mut self, limit: usize) -> Result<Option<Line>> {
        if self.width == Width::Unknown {
            self.width = self.recognise()?;
        }
        loop {
            let mut line = Line { offset: self.offset, number: self.number, ..Line::default() };
            let end = match self.width {
                Width::Utf16 { little } => self.fill_from_units(&mut line, limit, little)?,
                _ => self.fill_from_bytes(&mut line, limit)?,
            };
            if end.is_none() && self.offset == line.offset {
                return Ok(None);
            }
            line.is_ended = end.is_some();
            let is_rest_of_cr_cr_lf = self.after_cr && line.bytes.is_empty() && end != Some(LineEnd::Cr);
            self.after_cr = end == Some(LineEnd::Cr);
            if !is_rest_of_cr_cr_lf {
                self.number += u64::from(line.is_ended);
                return Ok(Some(line));
            }
        }
    }

    /// A byte order mark, or an ASCII letter or line end in two bytes, means UTF-16.
    fn recognise(&mut self) -> Result<Width> {
        let (first, second) = match self.buffer()? {
            [first, second, ..] => (*first, *second),
            _ => return Ok(Width::Bytes),
        };
        Ok(match (first, second) {
            (0xFF, 0xFE) => Width::Utf16 { little: true },
            (0xFE, 0xFF) => Width::Utf16 { little: false },
            (1.., 0) => Width::Utf16 { little: true },
            (0, 1..) => Width::Utf16 { little: false },
            _ => Width::Bytes,
        })
    }

    fn buffer(&mut self) -> Result<&[u8]> {
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
        self.read.consume(bytes);
        self.offset += bytes as u64;
    }

    fn fill_from_bytes(&mut self, line: &mut Line, limit: usize) -> Result<Option<LineEnd>> {
        loop {
            let buffer = self.buffer()?;
            if buffer.is_empty() {
                return Ok(None);
            }
            let end = buffer.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let text = &buffer[..end.unwrap_or(buffer.len())];
            let room = limit.saturating_sub(line.bytes.len());
            line.is_cut |= text.len() > room;
            line.bytes.extend_from_slice(&text[..text.len().min(room)]);
            let length = text.len();
            match end.map(|end| buffer[end]) {
                None => self.consume(length),
                Some(b'\n') => {
                    self.consume(length + 1);
                    return Ok(Some(LineEnd::Lf));
                }
                Some(_) => {
                    self.consume(length + 1);
                    if self.buffer()?.first() == Some(&b'\n') {
                        self.consume(1);
                        return Ok(Some(LineEnd::Lf));
                    }
                    return Ok(Some(LineEnd::Cr));
                }
            }
        }
    }

    fn fill_from_units(&mut self, line: &mut Line, limit: usize, little: bool) -> Result<Option<LineEnd>> {
        const CR: u16 = 0x0D;
        const LF: u16 = 0x0A;
        let mut units = Vec::new();
        let mut end = None;
        while let Some(unit) = self.take_unit(little)? {
            match unit {
                LF => end = Some(LineEnd::Lf),
                CR => {
                    let next = self.take_unit(little)?;
                    end = Some(if next == Some(LF) { LineEnd::Lf } else { LineEnd::Cr });
                    if let Some(next) = next.filter(|next| *next != LF) {
                        self.unit = Some(next);
                        self.offset -= 2;
                    }
                }
                unit if units.len() * 2 < limit => units.push(unit),
                _ => line.is_cut = true,
            }
            if end.is_some() {
                break;
            }
        }
        line.bytes = String::from_utf16_lossy(&units).into_bytes();
        Ok(end)
    }

    /// The next code unit; an odd byte at the end of the file counts as one.
    fn take_unit(&mut self, little: bool) -> Result<Option<u16>> {
        if let Some(unit) = self.unit.take() {
            self.offset += 2;
            return Ok(Some(unit));
        }
        let Some(first) = self.take_byte()? else { return Ok(None) };
        let second = self.take_byte()?.unwrap_or(0);
        let bytes = [first, second];
        Ok(Some(if little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) }))
    }

    fn take_byte(&mut self) -> Result<Option<u8>> {
        let byte = self.buffer()?.first().copied();
        self.consume(usize::from(byte.is_some()));
        Ok(byte)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LineEnd {
    Lf,
    Cr,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8]) -> Vec<(u64, u64, String)> {
        // A buffer of three bytes, so that everything straddles its end.
        let mut lines = Lines::new(std::io::BufReader::with_capacity(3, bytes), 0, 1);
        let mut all = Vec::new();
        while let Some(line) = lines.next(100).unwrap() {
            all.push((line.offset, line.number, String::from_utf8(line.bytes).unwrap()));
        }
        all
    }

    fn expect(lines: &[(u64, u64, &str)]) -> Vec<(u64, u64, String)> {
        lines.iter().map(|(offset, number, text)| (*offset, *number, (*text).to_owned())).collect()
    }

    #[test]
    fn every_kind_of_line_end_counts_once() {
        assert_eq!(
            all(b"one\r\ntwo\nthree\rfour\r\r\nfive"),
            expect(&[(0, 1, "one"), (5, 2, "two"), (9, 3, "three"), (15, 4, "four"), (22, 5, "five")])
        );
    }

    #[test]
    fn utf_16_is_recognised_with_and_without_a_byte_order_mark() {
        let text = "Añ\r\n猫\n";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = format!("\u{FEFF}{text}").encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(all(&little), expect(&[(0, 1, "Añ"), (8, 2, "猫")]));
        assert_eq!(all(&big), expect(&[(0, 1, "\u{FEFF}Añ"), (10, 2, "猫")]));
    }

    #[test]
    fn a_line_past_the_limit_is_cut_and_the_next_one_is_whole() {
        let text = format!("{}\nnext", "x".repeat(1000));
        let mut lines = Lines::new(text.as_bytes(), 0, 1);
        let first = lines.next(10).unwrap().unwrap();
        assert!(first.is_cut);
        assert_eq!(first.bytes.len(), 10);
        let second = lines.next(10).unwrap().unwrap();
        assert_eq!((second.offset, second.bytes.as_slice()), (1001, b"next".as_slice()));
    }
}
