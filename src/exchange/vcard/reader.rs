//! Reads a file card by card: each record with its place, and a card or the reason why there is none.
//!
//! Reading may begin wherever a record began or ended, so a killed import goes on from the last offset it kept.
//! No more than one record is in memory, and none larger than [`MAX_RECORD_BYTES`].

use std::io::{BufRead, Result};

use super::card;
use super::content_line::{self, ContentLine};
use super::unfold::{is_empty_agent, is_mark, without_byte_order_mark};
use crate::exchange::card::Card;
use crate::exchange::lines::{Line, Lines};
use crate::exchange::record::{MAX_RECORD_BYTES, MAX_RECORD_LINES, Record, Remark};

/// The records of a file, one after the other.
#[derive(Debug)]
pub struct Reader<R> {
    lines: Lines<R>,
    /// A line that belongs to the next record.
    ahead: Option<Line>,
    /// Whether the file ended within the last card.
    is_cut_off: bool,
}

impl<R: BufRead> Reader<R> {
    /// Reads from `start_offset` on, to which the caller has moved `read`; at the beginning of a file that is
    /// byte 0 of line 1.
    pub fn new(read: R, start_offset: u64, start_line: u64) -> Self {
        Self { lines: Lines::new(read, start_offset, start_line), ahead: None, is_cut_off: false }
    }

    /// Offset and line behind the last record: where another reader can go on.
    pub fn position(&self) -> (u64, u64) {
        self.ahead.as_ref().map_or_else(|| self.lines.position(), |line| (line.offset, line.number))
    }

    fn next_line(&mut self) -> Result<Option<Line>> {
        match self.ahead.take() {
            Some(line) => Ok(Some(line)),
            None => self.lines.next(MAX_RECORD_BYTES),
        }
    }

    fn record(&mut self) -> Result<Option<Record>> {
        while let Some(first) = self.next_line()? {
            if is_blank(&first.bytes) {
                continue;
            }
            let (offset, line) = (first.offset, first.number);
            let outcome = if is_mark(&first.bytes, b"BEGIN") { self.card(&first)? } else { self.stray(&first)? };
            let remark = match &outcome {
                Ok(card) if is_group(card) => Some(Remark::Group),
                Ok(_) if self.is_cut_off => Some(Remark::CutOff),
                _ => None,
            };
            return Ok(Some(Record { offset, line, outcome, remark }));
        }
        Ok(None)
    }

    /// What follows a BEGIN, up to its END. A BEGIN inside ends the card too, since its END is missing then;
    /// only the card of an AGENT (vCard 2.1) is part of its parent.
    fn card(&mut self, begin: &Line) -> Result<std::result::Result<Card, String>> {
        let is_indented = begin.bytes.first().is_some_and(u8::is_ascii_whitespace);
        let mut text: Vec<u8> = Vec::new();
        let (mut is_too_large, mut agents, mut after_agent, mut is_ended) = (false, 0usize, false, begin.is_ended);
        loop {
            let Some(line) = self.next_line()? else {
                self.is_cut_off = true;
                let cut_off = Err("The card is cut off: the file ends in the middle of it.".to_owned());
                return Ok(if is_ended { finish(&text, is_too_large) } else { cut_off });
            };
            is_ended = line.is_ended;
            // A folded line may well say END:VCARD.
            let is_folded = !is_indented && line.bytes.first().is_some_and(|byte| matches!(byte, b' ' | b'\t'));
            if !is_folded && is_mark(&line.bytes, b"END") {
                if agents == 0 {
                    return Ok(finish(&text, is_too_large));
                }
                agents -= 1;
            } else if !is_folded && is_mark(&line.bytes, b"BEGIN") {
                if !after_agent {
                    self.ahead = Some(line);
                    return Ok(finish(&text, is_too_large));
                }
                agents += 1;
            }
            if !is_blank(&line.bytes) {
                after_agent = is_empty_agent(&line.bytes);
            }
            is_too_large |= line.is_cut || text.len() + line.bytes.len() > MAX_RECORD_BYTES;
            if is_too_large {
                text = Vec::new();
            } else {
                text.extend_from_slice(&line.bytes);
                text.push(b'\n');
            }
        }
    }

    /// Text outside of any card, up to the next BEGIN: one problem, however long it is.
    fn stray(&mut self, first: &Line) -> Result<std::result::Result<Card, String>> {
        while let Some(line) = self.next_line()? {
            if is_mark(&line.bytes, b"BEGIN") {
                self.ahead = Some(line);
                break;
            }
        }
        let start = String::from_utf8_lossy(&first.bytes[..first.bytes.len().min(400)]);
        let start = crate::text::clean::line(&start);
        let start = crate::text::clean::cut(&start, 60);
        Ok(Err(format!("This stands outside of any card: “{start}”.")))
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Record>;

    fn next(&mut self) -> Option<Self::Item> {
        self.record().transpose()
    }
}

fn finish(text: &[u8], is_too_large: bool) -> std::result::Result<Card, String> {
    if is_too_large {
        return Err(format!("The card is larger than {} MB.", MAX_RECORD_BYTES >> 20));
    }
    let lines = content_line::parse(text, MAX_RECORD_LINES)
        .ok_or_else(|| format!("The card has more than {MAX_RECORD_LINES} lines."))?;
    card::from_lines(lines).ok_or_else(|| "The card is empty.".to_owned())
}

/// Whether a card says that it is a group: by KIND, or as Apple wrote it before that was one.
fn is_group(card: &Card) -> bool {
    /// Bytes of a line that may say so.
    const LONGEST: usize = 200;
    let short = card.extras.iter().filter(|line| line.len() <= LONGEST);
    short.filter_map(|line| ContentLine::of_text(line)).any(|line| {
        matches!(line.name.as_str(), "KIND" | "X-ADDRESSBOOKSERVER-KIND")
            && line.value.trim().eq_ignore_ascii_case("group")
    })
}

fn is_blank(line: &[u8]) -> bool {
    without_byte_order_mark(line).trim_ascii().is_empty()
}
