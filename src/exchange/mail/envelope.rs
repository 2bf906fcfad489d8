//! Who writes to whom, by the header of a message alone: what a look at a whole mailbox can afford.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::address::Mailbox;
use super::header::Header;
use super::message::{self, Origin, Role};
use super::reader::RawMessage;
use super::signals::{self, Signals};
use super::{decode, subject};

/// What the header of a message tells of its sender.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Envelope {
    /// Its Message-ID.
    pub id: Option<String>,
    /// Who wrote it.
    pub from: Option<Mailbox>,
    /// Whom it went to.
    pub to: Vec<String>,
    /// The ids of the messages that it answers.
    pub answered: Vec<String>,
    /// Whether it is an answer, by its subject or by what it names.
    pub is_answer: bool,
    /// What kind of message it is.
    pub signals: Signals,
}

/// Reads the header of a message; none where it has no header.
#[must_use]
pub fn envelope(raw: &RawMessage, origin: &Origin<'_>) -> Option<Envelope> {
    // As where a message is read whole, a panic costs this one alone.
    catch_unwind(AssertUnwindSafe(|| of(raw, origin))).ok().flatten()
}

fn of(raw: &RawMessage, origin: &Origin<'_>) -> Option<Envelope> {
    let header = Header::split(&raw.bytes, |_| false);
    if header.is_empty() {
        return None;
    }
    let (addresses, _) = message::addresses(&header);
    let from = addresses.iter().find(|one| one.role == Role::From).map(|one| one.mailbox.clone());
    let signals = signals::signals(&header, from.as_ref(), origin);
    let to = addresses.into_iter().filter(|one| matches!(one.role, Role::To | Role::Cc | Role::Bcc));
    let in_reply_to = header.first("in-reply-to").and_then(message::answered);
    Some(Envelope {
        id: header.first("message-id").and_then(|value| message::ids(value).pop()),
        from,
        to: to.map(|one| one.mailbox.address).collect(),
        is_answer: in_reply_to.is_some() || header.first("subject").is_some_and(is_answer),
        answered: message::references(&header).into_iter().chain(in_reply_to).collect(),
        signals,
    })
}

fn is_answer(subject: &[u8]) -> bool {
    subject::is_answer(&decode::line(subject))
}
