//! A record of a file, whatever its format: a card, a row, an entry.

use super::card::Card;

/// The size of a record that is still read; a photo of a phone's camera has a third of it.
pub const MAX_RECORD_BYTES: usize = 10 << 20;

/// Lines of a record that are still read, folded lines counted as one: what it becomes in memory and in the
/// database is many times larger than a line.
pub const MAX_RECORD_LINES: usize = 10_000;

/// One record of a file, or what stands where a record should be.
#[derive(Debug)]
pub struct Record {
    /// Where it begins, in bytes.
    pub offset: u64,
    /// The line on which it begins, from 1.
    pub line: u64,
    /// What it says of somebody, or in one sentence why it cannot be read.
    pub outcome: Result<Card, String>,
    /// What is to be said of it besides, where it can be read.
    pub remark: Option<Remark>,
}

/// What is to be said of a record that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remark {
    /// The file ends within it.
    CutOff,
    /// It is a group of people, as RFC 6350 section 6.1.4 has them.
    Group,
}

impl Remark {
    /// One sentence.
    #[must_use]
    pub fn says(self) -> &'static str {
        match self {
            Self::CutOff => "The file ends within this card: what may have stood behind it is missing.",
            Self::Group => "It is a group of contacts, not a person.",
        }
    }

    /// Whether the record is left out, unless she wants it.
    #[must_use]
    pub fn leaves_out(self) -> bool {
        self == Self::Group
    }
}
