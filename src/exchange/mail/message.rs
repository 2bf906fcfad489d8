//! One message, understood.

use std::panic::{AssertUnwindSafe, catch_unwind};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::address::{self, MAX_ADDRESSES, Mailbox};
use super::header::Header;
use super::part::{self, Part};
use super::reader::RawMessage;
use super::signals::{self, Producer, Signals};
use super::when::{self, DateProblem, When};
use super::{decode, lists, subject, summary};
use crate::exchange::source_key::short;
use crate::text::clean;
use crate::text::hex::hex;

/// Ids of earlier messages of a thread that are kept, the newest.
const MAX_REFERENCES: usize = 100;
const MAX_ATTACHMENTS: usize = 100;
const MAX_SUBJECT_CHARACTERS: usize = 1_000;
const MAX_NAME_CHARACTERS: usize = 255;
const MAX_DATE_CHARACTERS: usize = 100;
/// So many characters of a text tell messages apart that were sent by the same to the same in one second, under one subject.
const BEGINNING: usize = 200;
/// Of fields with ids and addresses, what is looked at.
const MAX_IDS_BYTES: usize = 1 << 20;

/// What is known of a message besides its bytes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Origin<'a> {
    /// The present, by which a date is too late.
    pub now: DateTime<Utc>,
    /// In what it was found.
    pub producer: Producer,
    /// The name of the file or folder that holds it.
    pub folder: Option<&'a str>,
    /// Not sent, by its file's name.
    pub is_draft: bool,
    /// Deleted, by its file's name.
    pub is_deleted: bool,
}

/// As what a message names somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields of RFC 5322 sections 3.6.2, 3.6.3 and 3.6.6 say what they are")]
pub enum Role {
    From,
    Sender,
    ReplyTo,
    To,
    Cc,
    Bcc,
    ResentFrom,
    ResentSender,
    ResentTo,
    ResentCc,
    ResentBcc,
}

const FIELDS: [(Role, &str); 11] = [
    (Role::From, "from"),
    (Role::Sender, "sender"),
    (Role::ReplyTo, "reply-to"),
    (Role::To, "to"),
    (Role::Cc, "cc"),
    (Role::Bcc, "bcc"),
    (Role::ResentFrom, "resent-from"),
    (Role::ResentSender, "resent-sender"),
    (Role::ResentTo, "resent-to"),
    (Role::ResentCc, "resent-cc"),
    (Role::ResentBcc, "resent-bcc"),
];

/// Somebody whom a message names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// As what.
    pub role: Role,
    /// Name and address.
    #[serde(flatten)]
    pub mailbox: Mailbox,
}

/// A file that came with a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Its name; empty where it has none.
    pub name: String,
    /// `application/pdf`.
    pub media_type: String,
    /// About how many bytes it has.
    pub size: u64,
}

/// A message.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// Its Message-ID without brackets; over 255 bytes `sha256:` and its hash.
    pub message_id: Option<String>,
    /// By what it is known again where it has no id: a hash of sender, recipients, date, subject and how its text begins. Else empty.
    pub content_hash: String,
    /// What that was once made of: with the text as it is shown.
    pub older_hash: String,
    /// When it was sent.
    pub when: When,
    /// Its Date as it stands, where that is no date.
    pub unread_date: Option<String>,
    /// The subject, decoded.
    pub subject: String,
    /// What the messages of its conversation share of it.
    pub thread_subject: String,
    /// Whom it names, at most [`MAX_ADDRESSES`].
    pub addresses: Vec<Address>,
    /// How many addresses it names.
    pub address_count: usize,
    /// For which addresses it was delivered.
    pub delivered_to: Vec<String>,
    /// What the lists are called that delivered it.
    pub lists: Vec<String>,
    /// The id of the message that it answers.
    pub in_reply_to: Option<String>,
    /// The ids of the messages before it, the oldest first.
    pub references: Vec<String>,
    /// What its sender wrote, at most [`super::MAX_CHARACTERS`].
    pub text: String,
    /// What came with it.
    pub attachments: Vec<Attachment>,
    /// What kind of message it is.
    pub signals: Signals,
    /// Where it comes from.
    pub producer: Producer,
    /// Whether it was larger than is read, so that its text and attachments may lack something.
    pub is_cut: bool,
}

impl Mail {
    /// Whom it names in one role.
    pub fn in_role(&self, role: Role) -> impl Iterator<Item = &Mailbox> {
        self.addresses.iter().filter(move |one| one.role == role).map(|one| &one.mailbox)
    }

    /// Its id, or what stands for one.
    #[must_use]
    pub fn key(&self) -> String {
        self.message_id.clone().unwrap_or_else(|| format!("sha256:{}", self.content_hash))
    }

    /// What stood for its id in interactions that were imported before [`Self::content_hash`] was what it is.
    #[must_use]
    pub fn older_key(&self) -> Option<String> {
        self.message_id.is_none().then(|| format!("sha256:{}", self.older_hash))
    }
}

/// Understands a message.
///
/// # Errors
/// In one sentence, why it is none.
pub fn read(raw: &RawMessage, origin: &Origin<'_>) -> Result<Mail, String> {
    // The mail parser says that it never panics; if it does, that costs this message alone.
    let mail = catch_unwind(AssertUnwindSafe(|| mail(raw, origin)));
    mail.unwrap_or_else(|_| Err("This message can't be read.".to_owned()))
}

fn mail(raw: &RawMessage, origin: &Origin<'_>) -> Result<Mail, String> {
    let header = Header::split(&raw.bytes, |_| false);
    if header.is_empty() {
        return Err("This is no message: it has no header.".to_owned());
    }
    let (addresses, address_count) = addresses(&header);
    let from = addresses.iter().find(|one| one.role == Role::From).map(|one| &one.mailbox);
    let signals = signals::signals(&header, from, origin);
    let parts = part::parts(&header);
    let charset = parts.iter().find_map(|part| part.charset.as_deref());
    let subject = header.first("subject").map(|value| decode::line_in(value, charset)).unwrap_or_default();
    let subject = clean::cut(&subject, MAX_SUBJECT_CHARACTERS).to_owned();
    let when = when::when(&header, raw.from_line.as_deref(), origin.now);
    let is_unread = when.problem == Some(DateProblem::Unreadable);
    let mut mail = Mail {
        message_id: header.first("message-id").and_then(|value| ids(value).pop()),
        when,
        unread_date: is_unread.then(|| clean::cut(&header.line("date"), MAX_DATE_CHARACTERS).to_owned()),
        thread_subject: subject::thread(&subject),
        subject,
        address_count,
        delivered_to: delivered_to(&header),
        lists: if signals.is_list { lists::lists(&header) } else { lists::unmarked(&header) },
        in_reply_to: header.first("in-reply-to").and_then(answered),
        references: references(&header),
        text: summary::of_parts(&parts),
        attachments: attachments(&parts),
        signals,
        producer: signals::producer(&header, origin),
        is_cut: raw.is_cut,
        addresses,
        content_hash: String::new(),
        older_hash: String::new(),
    };
    if mail.message_id.is_none() {
        let date = header.line("date");
        mail.content_hash = content_hash(&mail, &date, &parts);
        mail.older_hash = hash_with(&mail, &date, &mail.text);
    }
    Ok(mail)
}

/// Of senders the first field of each name, since there is one (RFC 5322 section 3.6); of recipients all.
pub(super) fn addresses(header: &Header<'_>) -> (Vec<Address>, usize) {
    let (mut found, mut count) = (Vec::new(), 0);
    for (role, name) in FIELDS {
        let fields = if matches!(role, Role::From | Role::Sender) { 1 } else { usize::MAX };
        for value in header.all(name).take(fields) {
            let (mailboxes, more) = address::mailboxes(value, MAX_ADDRESSES - found.len());
            count += more;
            found.extend(mailboxes.into_iter().map(|mut mailbox| {
                mailbox.name = clean::cut(&mailbox.name, MAX_NAME_CHARACTERS).to_owned();
                Address { role, mailbox }
            }));
        }
    }
    (found, count)
}

fn delivered_to(header: &Header<'_>) -> Vec<String> {
    let mut found = Vec::new();
    for name in ["delivered-to", "x-original-to", "x-delivered-to", "envelope-to", "x-envelope-to", "x-apparently-to"] {
        // `mailing list ann@x.example`: ezmlm says of a list that it was delivered to that, which is nobody's address.
        let is_list = |value: &&[u8]| {
            let begins = |words: &[u8]| {
                value.trim_ascii_start().get(..words.len()).is_some_and(|start| start.eq_ignore_ascii_case(words))
            };
            begins(b"mailing list ") || begins(b"moderator for ")
        };
        for value in header.all(name).take(10).filter(|value| !is_list(value)) {
            for mailbox in address::mailboxes(&value[..value.len().min(MAX_IDS_BYTES)], 10).0 {
                if !found.contains(&mailbox.address) {
                    found.push(mailbox.address);
                }
            }
        }
    }
    found
}

/// The ids of a field (RFC 5322 section 3.6.4), or the word that stands for one without brackets.
pub(super) fn ids(value: &[u8]) -> Vec<String> {
    // Of a long line the ids at its end are the newest.
    let text = decode::unfolded(&value[value.len().saturating_sub(MAX_IDS_BYTES)..]);
    let mut found = Vec::new();
    let mut rest = text.as_str();
    while let Some((_, behind)) = rest.split_once('<') {
        let Some((id, after)) = behind.split_once('>') else { break };
        found.extend(id_of(id));
        rest = after;
    }
    if found.is_empty() {
        found.extend(text.split_whitespace().next().and_then(id_of));
    }
    found
}

fn id_of(text: &str) -> Option<String> {
    let id: String =
        text.chars().filter(|c| !c.is_whitespace() && !c.is_control() && !matches!(c, '<' | '>')).collect();
    (!id.is_empty()).then(|| short(&id))
}

/// The message that is answered. Some programs write a sentence around its id, in which an address comes first:
/// `Message from Ann <ann@x.example> of "Monday" <id>`; some write a sentence alone.
pub(super) fn answered(value: &[u8]) -> Option<String> {
    let text = decode::unfolded(&value[..value.len().min(MAX_IDS_BYTES)]);
    let is_sentence = !text.starts_with('<') && text.split_whitespace().nth(1).is_some();
    if is_sentence && !text.contains('<') {
        return None;
    }
    let mut ids = ids(value);
    if is_sentence { ids.pop() } else { (!ids.is_empty()).then(|| ids.swap_remove(0)) }
}

pub(super) fn references(header: &Header<'_>) -> Vec<String> {
    let value = header.first("references").unwrap_or_default();
    let mut ids = if value.contains(&b'<') { ids(value) } else { Vec::new() };
    ids.drain(..ids.len().saturating_sub(MAX_REFERENCES));
    ids
}

/// What is no text of the message. Signatures nobody attached.
fn attachments(parts: &[Part<'_>]) -> Vec<Attachment> {
    const SIGNATURES: [&str; 3] =
        ["application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"];
    let is_file = |part: &&Part<'_>| {
        !part.is_text("text/plain") && !part.is_text("text/html") && !SIGNATURES.contains(&part.media_type.as_str())
    };
    let attachment = |part: &Part<'_>| Attachment {
        name: clean::cut(&part.name, MAX_NAME_CHARACTERS).to_owned(),
        media_type: clean::cut(&part.media_type, MAX_NAME_CHARACTERS).to_owned(),
        size: part.size(),
    };
    parts.iter().filter(is_file).take(MAX_ATTACHMENTS).map(attachment).collect()
}

/// What two copies of one message without an id share, whichever way they took: whom it names, its Date, its subject, what came with it,
/// and how its text begins as it was sent. What is shown of a text has no part in it, so that another version, which leaves out other
/// lines, still knows what an older one brought; nor has its end, which a copy may lack. Without a Date all of the text counts.
///
/// Before, the text as it is shown was hashed. That hash is made too ([`Mail::older_hash`]) and looked up beside this one; it is right as
/// long as texts are shown as they were then. Whoever changes that loses those rows alone: they come again once, and are known by this.
fn content_hash(mail: &Mail, date: &str, parts: &[Part<'_>]) -> String {
    let most = if date.is_empty() { usize::MAX } else { BEGINNING };
    hash_with(mail, date, &summary::beginning(parts, most))
}

fn hash_with(mail: &Mail, date: &str, text: &str) -> String {
    let mut addresses: Vec<(Role, &str)> = mail
        .addresses
        .iter()
        .filter(|one| one.role <= Role::Cc)
        .map(|one| (one.role, one.mailbox.address.as_str()))
        .collect();
    addresses.sort_unstable();
    let mut hash = Sha256::new();
    let roles = addresses.iter().map(|(role, address)| format!("{role:?} {address}"));
    let texts = [date.to_owned(), mail.subject.clone(), text.to_owned()];
    for text in roles.chain(texts).chain(mail.attachments.iter().map(|one| one.name.clone())) {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text.as_bytes());
    }
    hex(&hash.finalize())
}
