//! Mail in, without database or HTTP: mbox files, messages, Maildirs. [`Reader`] finds the messages of a file, [`read`]
//! understands one, [`own`] tells whose mail it is, [`same_person`] who may be one person.
//!
//! Everything in here bears any bytes: sizes, counts and depths are bounded, time grows with the size of a message, and
//! a panic of the mail parser costs no more than the message.

mod address;
mod charset;
mod date;
mod decode;
mod ending;
mod envelope;
#[cfg(test)]
mod fixtures;
mod flowed;
mod folder;
mod header;
mod html;
mod johab;
mod layout;
mod lists;
/// Which files of a Maildir are messages.
pub mod maildir;
mod message;
/// Whose mail it is, and in which direction it went.
pub mod own;
mod part;
mod pieces;
mod prose;
mod quotes;
mod reader;
/// Who may be one person under several names and addresses.
pub mod same_person;
mod saved;
mod separator;
mod signals;
mod subject;
mod summary;
mod when;

pub use address::{MAX_ADDRESSES, Mailbox, normal as normal_address};
pub use ending::{Torn, cut_off, torn};
pub use envelope::{Envelope, envelope};
pub use folder::Folder;
pub(in crate::exchange) use html::to_text as html_to_text;
pub use layout::Layout;
pub use message::{Address, Attachment, Mail, Origin, Role, read};
pub use reader::{MAX_MESSAGE_BYTES, RawMessage, Reader};
pub(in crate::exchange) use saved::plain;
pub use signals::{Producer, Signals};
pub use subject::is_answer;
pub use summary::MAX_CHARACTERS;
pub use when::{DateProblem, DateSource, FIRST_YEAR, When};
