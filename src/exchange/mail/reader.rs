//! Reads a file message by message, each with its place: an mbox of any dialect (mboxo, mboxrd, mboxcl, mboxcl2), or a
//! file that is one message.
//!
//! Reading may begin wherever a message began or ended, so a killed import goes on from the last offset it kept. No more
//! than one message is in memory, and none larger than [`MAX_MESSAGE_BYTES`].

use std::collections::VecDeque;
use std::io::{BufRead, Result};

use super::layout::Layout;
use super::pieces::{Piece, Pieces};
use super::saved::plain;
use super::separator::{has_sender, is_bare, is_dated, is_field, is_from, is_known_field, unescape};

/// The size of a message that is still read whole.
pub const MAX_MESSAGE_BYTES: usize = 32 << 20;
/// What is kept of a larger one behind its header: its text comes first.
const KEPT_BYTES: usize = 1 << 20;
/// How many bytes may be read twice because a Content-Length was wrong, before none is believed any more.
const MAX_BYTES_AGAIN: usize = 64 << 20;

/// The bytes of one message and where they stand.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct RawMessage {
    /// Where it begins, in bytes; in an mbox with its separator.
    pub offset: u64,
    /// The line on which it begins, from 1.
    pub line: u64,
    /// How many bytes it takes of the file.
    pub length: u64,
    /// The separator before it.
    pub from_line: Option<String>,
    /// Header and body, unescaped.
    pub bytes: Vec<u8>,
    /// Larger than [`MAX_MESSAGE_BYTES`]: only the header and the beginning of the body are here.
    pub is_cut: bool,
}

/// The messages of a file, one after the other.
#[derive(Debug)]
pub struct Reader<R> {
    pieces: Pieces<R>,
    layout: Layout,
    /// Pieces that were read to look ahead.
    ahead: VecDeque<Piece>,
    bytes_again: usize,
}

/// A message while it is read.
#[derive(Default)]
struct Growing {
    raw: RawMessage,
    /// Where its body begins in `raw.bytes`, once it is known.
    body: Option<usize>,
    content_length: Option<u64>,
    /// Where the body ends by its Content-Length, in the file.
    end: Option<u64>,
    /// The first separator before that end: its place in `raw.bytes`, offset and line.
    split: Option<(usize, u64, u64)>,
    after_blank: bool,
}

impl<R: BufRead> Reader<R> {
    /// Reads from `start_offset` on, to which the caller has moved `read`; at the beginning of a file that is
    /// byte 0 of line 1.
    pub fn new(read: R, layout: Layout, start_offset: u64, start_line: u64) -> Self {
        Self { pieces: Pieces::new(read, start_offset, start_line), layout, ahead: VecDeque::new(), bytes_again: 0 }
    }

    /// Offset and line behind the last message: where another reader can go on.
    pub fn position(&self) -> (u64, u64) {
        self.ahead.front().map_or_else(|| self.pieces.position(), |piece| (piece.offset, piece.line))
    }

    fn next_piece(&mut self) -> Result<Option<Piece>> {
        match self.ahead.pop_front() {
            Some(piece) => Ok(Some(piece)),
            None => self.pieces.next(),
        }
    }

    fn peek(&mut self) -> Result<Option<&Piece>> {
        if self.ahead.is_empty()
            && let Some(piece) = self.pieces.next()?
        {
            self.ahead.push_back(piece);
        }
        Ok(self.ahead.front())
    }

    fn message(&mut self) -> Result<Option<RawMessage>> {
        let mut growing = loop {
            match self.next_piece()? {
                None => return Ok(None),
                Some(piece) if piece.is_blank() => {}
                Some(piece) => break Growing::new(piece),
            }
        };
        while let Some(piece) = self.next_piece()? {
            if growing.end.is_some_and(|end| piece.offset >= end) {
                let is_right = Some(piece.offset) == growing.end && self.is_end(&piece)?;
                growing.end = None;
                match growing.split.take() {
                    Some(split) if !is_right => {
                        self.go_back(&mut growing, Some(piece), split);
                        break;
                    }
                    _ if is_right && is_from(&piece.bytes) => {
                        self.ahead.push_front(piece);
                        break;
                    }
                    _ => {}
                }
            }
            // Of the separators before the end that a Content-Length gives, the first is enough.
            let is_sought = self.layout == Layout::Mbox && growing.split.is_none();
            if is_sought && self.is_separator(&piece, growing.after_blank)? {
                if growing.end.is_none() {
                    self.ahead.push_front(piece);
                    break;
                }
                growing.split = Some((growing.raw.bytes.len(), piece.offset, piece.line));
            }
            growing.push(&piece);
            if self.layout == Layout::Mbox && self.bytes_again < MAX_BYTES_AGAIN {
                growing.believe_content_length(piece.offset + piece.bytes.len() as u64);
            }
        }
        let behind = Self::position(self).0;
        if growing.end.is_some_and(|end| end != behind)
            && let Some(split) = growing.split.take()
        {
            self.go_back(&mut growing, None, split);
        }
        let length = Self::position(self).0 - growing.raw.offset;
        Ok(Some(growing.finish(self.layout, length)))
    }

    /// Whether a separator stands here. It wants a blank line before it; one that could be nothing else goes without,
    /// since some programs forget it after the last boundary of a message.
    fn is_separator(&mut self, piece: &Piece, after_blank: bool) -> Result<bool> {
        if !piece.starts_line || !is_from(&piece.bytes) {
            return Ok(false);
        }
        let is_dated = is_dated(&piece.bytes);
        if is_dated && after_blank {
            return Ok(true);
        }
        if after_blank && is_bare(&piece.bytes) {
            return Ok(self.peek()?.is_some_and(|next| is_field(&next.bytes)));
        }
        let is_likely = is_dated || after_blank && has_sender(&piece.bytes);
        Ok(is_likely && self.peek()?.is_some_and(|next| is_known_field(&next.bytes)))
    }

    /// Whether a message may end before this piece: a separator stands there, or a blank line and then one, or nothing.
    fn is_end(&mut self, piece: &Piece) -> Result<bool> {
        if !piece.starts_line {
            return Ok(false);
        }
        Ok(is_from(&piece.bytes) || piece.is_blank() && self.peek()?.is_none_or(|next| is_from(&next.bytes)))
    }

    /// The Content-Length was wrong: the message ends at the first separator in it, and what stands behind is read again.
    fn go_back(&mut self, growing: &mut Growing, piece: Option<Piece>, (at, offset, line): (usize, u64, u64)) {
        let mut bytes = growing.raw.bytes.split_off(at);
        for piece in piece.into_iter().chain(std::mem::take(&mut self.ahead)) {
            bytes.extend_from_slice(&piece.bytes);
        }
        self.bytes_again += bytes.len();
        self.pieces.go_back(bytes, offset, line);
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<RawMessage>;

    fn next(&mut self) -> Option<Self::Item> {
        self.message().transpose()
    }
}

impl Growing {
    fn new(first: Piece) -> Self {
        let mut growing = Self::default();
        (growing.raw.offset, growing.raw.line) = (first.offset, first.line);
        let bytes = first.bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&first.bytes);
        if is_from(bytes) && first.ends_line {
            growing.raw.from_line = Some(String::from_utf8_lossy(bytes).trim_end().to_owned());
        } else {
            let bytes = bytes.to_vec();
            growing.push(&Piece { bytes, ..first });
        }
        growing
    }

    fn push(&mut self, piece: &Piece) {
        self.after_blank = piece.is_blank();
        if self.raw.is_cut {
            return;
        }
        self.raw.bytes.extend_from_slice(&piece.bytes);
        if self.body.is_none() && piece.starts_line {
            if piece.is_blank() {
                self.body = Some(self.raw.bytes.len());
            } else if piece.bytes.len() > 15 && piece.bytes[..15].eq_ignore_ascii_case(b"content-length:") {
                self.content_length = std::str::from_utf8(&piece.bytes[15..]).ok().and_then(|n| n.trim().parse().ok());
            }
        }
        if self.raw.bytes.len() > MAX_MESSAGE_BYTES {
            self.raw.is_cut = true;
            self.raw.bytes.truncate(self.body.unwrap_or(0) + KEPT_BYTES);
            self.raw.bytes.shrink_to_fit();
            (self.end, self.split) = (None, None);
        }
    }

    /// Where the header has just ended, the end of the body is where its Content-Length says, until that proves wrong.
    fn believe_content_length(&mut self, behind: u64) {
        if self.body == Some(self.raw.bytes.len())
            && let Some(length) = self.content_length.take()
            && length <= MAX_MESSAGE_BYTES.saturating_sub(self.raw.bytes.len()) as u64
        {
            self.end = Some(behind + length);
        }
    }

    fn finish(mut self, layout: Layout, length: u64) -> RawMessage {
        self.raw.length = length;
        if layout == Layout::Mbox {
            // The blank line before a separator is none of the message's.
            let bytes = &mut self.raw.bytes;
            for end in [b"\n\r\n".as_slice(), b"\n\n"] {
                if bytes.ends_with(end) && self.body.is_none_or(|body| body < bytes.len()) {
                    bytes.truncate(bytes.len() - end.len() + 1);
                    break;
                }
            }
            unescape(bytes);
        } else if let Some(bytes) = plain(&self.raw.bytes) {
            self.raw.bytes = bytes;
        }
        self.raw
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(file: &[u8], layout: Layout) -> Vec<RawMessage> {
        // A buffer of seven bytes, so that everything straddles its end.
        let all: Vec<RawMessage> =
            Reader::new(std::io::BufReader::with_capacity(7, file), layout, 0, 1).map(Result::unwrap).collect();
        for (at, raw) in all.iter().enumerate() {
            let rest = &file[usize::try_from(raw.offset).unwrap()..];
            let again: Vec<RawMessage> = Reader::new(rest, layout, raw.offset, raw.line).map(Result::unwrap).collect();
            assert_eq!(again, all[at..], "from {}", raw.offset);
        }
        all
    }

    fn bodies(file: &[u8]) -> Vec<String> {
        all(file, Layout::Mbox).iter().map(|raw| String::from_utf8_lossy(&raw.bytes).into_owned()).collect()
    }

    const LINE: &str = "From ann@x.example Thu Aug 22 13:52:59 2002";

    #[test]
    fn messages_are_parted_by_separators_and_not_by_sentences() {
        let file = format!(
            "{LINE}\nA: 1\n\nFrom here on\n\nFrom Monday to Friday at 10:00 in 2002\nNote: x\n>From y\n>>From z\n\n{LINE}\r\nB: 2\r\n\r\n\0\r\n\r\n\
             From bo@x.example\nReceived: x\n\n--b--\n{LINE}\nD: 4\n\nX-last: {LINE}"
        );
        let expected = [
            "A: 1\n\nFrom here on\n\nFrom Monday to Friday at 10:00 in 2002\nNote: x\nFrom y\n>From z\n",
            "B: 2\r\n\r\n\0\r\n",
        ];
        let read = bodies(file.as_bytes());
        assert_eq!(read[..2], expected);
        // The separator behind a boundary has no blank line before it; what follows it is no field that messages begin with.
        assert_eq!(read.len(), 3, "{read:?}");
        let file = file.replace("D: 4", "Date: 4");
        assert_eq!(
            bodies(file.as_bytes())[2..],
            ["Received: x\n\n--b--\n".to_owned(), format!("Date: 4\n\nX-last: {LINE}")]
        );
    }

    #[test]
    fn a_separator_without_sender_and_date_parts_messages_and_a_word_alone_does_not() {
        let file = "From \r\nX-Mozilla-Status: 0001\r\nSubject: 1\r\n\r\nwhere from?\r\n\r\nFrom \r\nhere on the left\r\n\r\n\
                    From \r\nComments: x\r\nSubject: 2\r\n\r\nx\r\nFrom \r\nSubject: no\r\n\r\nFrom \r\n";
        assert_eq!(Layout::recognise(file.as_bytes()), Some(Layout::Mbox));
        assert_eq!(
            bodies(file.as_bytes()),
            [
                "X-Mozilla-Status: 0001\r\nSubject: 1\r\n\r\nwhere from?\r\n\r\nFrom \r\nhere on the left\r\n",
                "Comments: x\r\nSubject: 2\r\n\r\nx\r\nFrom \r\nSubject: no\r\n\r\nFrom \r\n"
            ]
        );
        assert_eq!(bodies(b"From \nA: 1\n\nx\n\nFrom \nB: 2\n\ny\n").len(), 2);
    }

    #[test]
    fn a_content_length_counts_where_it_is_right() {
        let body = format!("x\n\n{LINE}\nDate: no\n\ny\n");
        let of_length =
            |length: usize| format!("{LINE}\nDate: 1\nContent-Length: {length}\n\n{body}\n{LINE}\nDate: 2\n\nz\n");
        let right = bodies(of_length(body.len()).as_bytes());
        assert_eq!(right.len(), 2);
        assert!(right[0].ends_with(&body));
        for wrong in [0, 1, body.len() - 1, body.len() + 2, 1_000, 100_000_000] {
            assert_eq!(bodies(of_length(wrong).as_bytes()).len(), 3, "{wrong}");
        }
    }

    #[test]
    fn lengths_add_up_to_the_file_and_lines_are_counted() {
        let file = format!("\n\n{LINE}\nA: 1\n\nx\n\n\n{LINE}\nB: 2\n\ny");
        let read = all(file.as_bytes(), Layout::Mbox);
        assert_eq!(read.iter().map(|raw| (raw.offset, raw.line)).collect::<Vec<_>>(), [(2, 3), (56, 9)]);
        assert_eq!(read.iter().map(|raw| raw.length).sum::<u64>(), file.len() as u64 - 2);
        assert_eq!(read[0].from_line.as_deref(), Some(LINE));
        assert!(all(b"", Layout::Mbox).is_empty() && all(b"\r\n\n", Layout::Single).is_empty());
        let single = all(format!("{LINE}\nA: 1\n\nx\n\n{LINE}\nB: 2\n").as_bytes(), Layout::Single);
        assert_eq!((single.len(), single[0].bytes.len()), (1, 58));
    }

    #[test]
    fn one_line_of_a_hundred_megabytes_costs_no_more_than_itself() {
        let mut file = format!("{LINE}\nA: 1\n\n").into_bytes();
        file.resize(100 << 20, b'x');
        file.extend_from_slice(format!("\n\n{LINE}\nB: 2\n\ny\n").as_bytes());
        let read: Vec<RawMessage> = Reader::new(file.as_slice(), Layout::Mbox, 0, 1).map(Result::unwrap).collect();
        assert_eq!(read.iter().map(|raw| (raw.is_cut, raw.line)).collect::<Vec<_>>(), [(true, 1), (false, 6)]);
        assert_eq!(read[0].bytes.len(), 6 + KEPT_BYTES);
        assert_eq!(read[1].bytes, b"B: 2\n\ny\n");
    }

    #[test]
    fn a_wrong_length_in_every_message_takes_no_time() {
        let one = format!("{LINE}\nDate: 1\nContent-Length: 30000000\n\nx\n\n");
        let file = one.repeat(50_000);
        let read = Reader::new(file.as_bytes(), Layout::Mbox, 0, 1).count();
        assert_eq!(read, 50_000);
    }
}
