//! Tables: comma, semicolon, tab and bar separated values in, comma separated values out, without database or HTTP.
//!
//! [`Layout::guess`] finds out how a file is written and what its columns are; what Google Contacts, Outlook,
//! Thunderbird, LinkedIn and Kith export is known by its header. [`Reader`] reads it row by row; [`writer`] writes
//! cards so that reading them gives the same cards.

mod content;
mod dialect;
mod encoding;
#[cfg(test)]
mod fixtures;
mod layout;
mod own;
mod passed_words;
mod reader;
mod row;
mod rows;
mod words;
/// Everybody as one table.
pub mod writer;

pub use encoding::ENCODINGS;
pub use layout::{Given, Guess, Layout, Program};
pub use reader::Reader;
