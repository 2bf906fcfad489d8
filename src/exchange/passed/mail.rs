//! Mail as a source of what passed: each message is an interaction, unless it is none that she would miss.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufReader, Seek, SeekFrom};
use std::path::Path;
use std::rc::Rc;

use anyhow::Context;
use chrono::{DateTime, Utc};

use super::answers::{LIST, MACHINE, ONE_WAY, Passing, SPAM};
use super::record::{Draft, Named, Outcome, Record, Source, Thread};
use crate::error::AppError;
use crate::exchange::mail::own::{Direction, direction};
use crate::exchange::mail::{
    DateProblem, DateSource, Envelope, FIRST_YEAR, Layout, MAX_MESSAGE_BYTES, Mail, Origin, Producer, RawMessage,
    Reader, Role, Torn, cut_off, envelope, is_answer, maildir, read, torn,
};
use crate::exchange::messages;
use crate::exchange::parts::Part;
use crate::exchange::survey;
use crate::interactions::model::{Interaction, When};
use crate::text::clean;

/// Ids of messages, whatever program kept them (RFC 5322 section 3.6.4).
const MESSAGE_ID: &str = "rfc5322";
/// What stands for the id of a message that has none.
const CONTENT: &str = "rfc5322 content";
/// The longest subject that an interaction has.
const SUBJECT: usize = 500;
/// No address that mail reaches is longer than 254 bytes (RFC 5321 section 4.5.3.1.3).
const LONGEST: usize = 255;
/// The longest path that is told.
const PATH: usize = 500;
/// Names of attachments that are told.
const ATTACHMENTS: usize = 20;
/// So many bytes at the end of a mailbox hold its last message whole, if any program reads it.
const LAST: u64 = MAX_MESSAGE_BYTES as u64 + (1 << 20);

/// The messages of a file, from a place in it.
///
/// # Errors
/// When the file is not there.
pub(super) fn open(
    data_dir: &Path,
    part: &Part,
    (passing, one_way): (&Passing, &Rc<HashSet<String>>),
    place: (u64, u64),
) -> Result<Box<dyn Source>, AppError> {
    let messages = Messages::open(data_dir, part, place)?;
    let own = passing.own.iter().cloned().collect();
    let (with_lists, one_way) = (passing.with_lists, Rc::clone(one_way));
    Ok(Box::new(MailSource { messages, own, one_way, with_lists, now: Utc::now() }))
}

/// A message of a file.
pub(super) struct Message {
    pub raw: RawMessage,
    /// What it says, or why it says nothing.
    pub mail: Result<Mail, String>,
    /// The path that it had, where it was a file of its own.
    pub path: Option<String>,
}

/// The messages of a file with what its place says of each.
pub(super) struct Messages {
    reader: Raw,
    folder: String,
    /// How large the file is.
    size: u64,
}

enum Raw {
    /// An mbox, or a message on its own.
    File(Layout, Reader<BufReader<File>>),
    /// Messages that were files of their own in an archive.
    Bundle(messages::Reader<BufReader<File>>),
}

impl Messages {
    pub fn open(data_dir: &Path, part: &Part, (offset, line): (u64, u64)) -> Result<Self, AppError> {
        let mut file = survey::open(&data_dir.join(&part.path))?;
        file.seek(SeekFrom::Start(offset)).context("the uploaded file")?;
        let of_layout = |layout, file| Raw::File(layout, Reader::new(file, layout, offset, line));
        let reader = match part.format.as_str() {
            "messages" => Raw::Bundle(messages::Reader::new(file, offset)),
            "message" => of_layout(Layout::Single, file),
            _ => of_layout(Layout::Mbox, file),
        };
        Ok(Self { reader, folder: part.file_name.clone(), size: part.file_size.unsigned_abs() })
    }

    /// Whether a file has ended with the last message.
    fn has_ended(&self) -> bool {
        match &self.reader {
            Raw::File(_, reader) => reader.position().0 >= self.size,
            Raw::Bundle(_) => true,
        }
    }

    pub fn position(&self) -> (u64, u64) {
        match &self.reader {
            Raw::File(_, reader) => reader.position(),
            Raw::Bundle(reader) => (reader.position(), 1),
        }
    }

    /// The next message.
    pub fn next(&mut self, now: DateTime<Utc>) -> io::Result<Option<Message>> {
        Ok(self.next_by(now, read)?.map(|(raw, path, mail)| Message { raw, mail, path }))
    }

    /// Of the next message what its header alone tells, if it has one.
    pub fn next_envelope(&mut self, now: DateTime<Utc>) -> io::Result<Option<Option<Envelope>>> {
        Ok(self.next_by(now, envelope)?.map(|(_, _, envelope)| envelope))
    }

    /// The next message with its path, and what `understand` makes of it.
    fn next_by<T>(
        &mut self,
        now: DateTime<Utc>,
        understand: impl FnOnce(&RawMessage, &Origin<'_>) -> T,
    ) -> io::Result<Option<(RawMessage, Option<String>, T)>> {
        match &mut self.reader {
            Raw::File(layout, reader) => {
                let Some(raw) = reader.next().transpose()? else { return Ok(None) };
                let producer = if *layout == Layout::Mbox { Producer::Mbox } else { Producer::Eml };
                let origin = Origin { now, producer, folder: Some(&self.folder), ..Origin::default() };
                let understood = understand(&raw, &origin);
                Ok(Some((raw, None, understood)))
            }
            Raw::Bundle(reader) => {
                let Some((path, raw)) = reader.next()? else { return Ok(None) };
                let entry = maildir::entry(&path);
                let producer = if entry.is_some() { Producer::Maildir } else { Producer::Eml };
                let above = path.rsplit_once('/').map_or("", |(above, _)| above).to_owned();
                let entry = entry.unwrap_or_else(|| maildir::Entry { folder: above, ..maildir::Entry::default() });
                let (is_draft, is_deleted) = (entry.is_draft, entry.is_deleted);
                let origin = Origin { now, producer, folder: Some(&entry.folder), is_draft, is_deleted };
                let understood = understand(&raw, &origin);
                Ok(Some((raw, Some(path), understood)))
            }
        }
    }
}

/// Whether a file ends before what it says does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Early {
    Certainly,
    /// It may, though programs write such files too.
    Perhaps,
}

/// Whether a mailbox or a message ends before what it says does: its last message is looked at alone.
///
/// # Errors
/// When the file cannot be read.
pub(super) fn ends_early(data_dir: &Path, part: &Part) -> Result<Option<Early>, AppError> {
    let layout = if part.format == "mbox" { Layout::Mbox } else { Layout::Single };
    let size = part.file_size.unsigned_abs();
    let begin = if layout == Layout::Mbox { size.saturating_sub(LAST) } else { 0 };
    let mut file = survey::open(&data_dir.join(&part.path))?;
    file.seek(SeekFrom::Start(begin)).context("the uploaded file")?;
    let mut reader = Reader::new(file, layout, begin, 1);
    while let Some(raw) = reader.next().transpose().context("the uploaded file")? {
        if reader.position().0 >= size {
            // What stands before the first separator is the end of a message, not one.
            let is_one = begin == 0 || raw.offset > begin;
            let perhaps = || (torn(&raw) == Some(Torn::Part)).then_some(Early::Perhaps);
            let early = || cut_off(&raw).map(|_| Early::Certainly).or_else(perhaps);
            return Ok(if is_one { early() } else { None });
        }
    }
    Ok(None)
}

struct MailSource {
    messages: Messages,
    own: HashSet<String>,
    /// Senders who only ever wrote to her, and in masses.
    one_way: Rc<HashSet<String>>,
    with_lists: bool,
    now: DateTime<Utc>,
}

impl Source for MailSource {
    fn next(&mut self) -> io::Result<Option<Record>> {
        let Some(Message { raw, mail, path }) = self.messages.next(self.now)? else { return Ok(None) };
        let file = path.map(|path| told_path(&path));
        let title = mail.as_ref().map(|mail| title(mail, &self.own)).unwrap_or_default();
        let (cut, torn) = if self.messages.has_ended() { (cut_off(&raw), torn(&raw)) } else { (None, None) };
        // What is half for certain would stand where the whole, of the same id, is to come.
        let outcome = match cut {
            Some(reason) => Outcome::Unreadable(reason.to_owned()),
            None => mail.map_or_else(Outcome::Unreadable, |mail| self.judged(mail, torn)),
        };
        Ok(Some(Record { offset: raw.offset, line: raw.line, file, title, outcome, ended: None }))
    }

    fn position(&self) -> (u64, u64) {
        self.messages.position()
    }
}

impl MailSource {
    fn judged(&self, mail: Mail, torn: Option<Torn>) -> Outcome {
        let is_one_way = mail.in_role(Role::From).next().is_some_and(|from| self.one_way.contains(&from.address));
        let one_way = || (is_one_way && !self.with_lists).then_some(ONE_WAY);
        if let Some(reason) = left_out(&mail, self.with_lists).or_else(one_way) {
            return Outcome::Ignored(reason.into());
        }
        let Some(at) = mail.when.at.map(|at| at.with_timezone(&Utc)) else {
            return Outcome::Unreadable(undated(&mail));
        };
        let direction = direction(&mail, &self.own);
        let is_impersonal = is_one_way || mail.signals.is_list || mail.signals.is_automatic || mail.signals.is_spam;
        let note = note(&mail);
        let (namespace, external_id) = match &mail.message_id {
            Some(id) => (MESSAGE_ID, id.clone()),
            None => (CONTENT, mail.key()),
        };
        let thread = Thread {
            message_id: external_id.clone(),
            references: mail.references.iter().chain(&mail.in_reply_to).cloned().collect(),
            subject: mail.thread_subject.clone(),
            is_answer: is_answer(&mail.subject),
        };
        let interaction = Interaction {
            kind: "email".to_owned(),
            // Of mail between others nobody can say which way it went.
            direction: direction.map(|way| if way == Direction::Inbound { "inbound" } else { "outbound" }.to_owned()),
            subject: Some(clean::cut(&mail.subject, SUBJECT).to_owned()).filter(|subject| !subject.is_empty()),
            summary: summary(&mail),
            when: When::at(at),
            is_contact: direction.is_some() && !is_impersonal && at <= self.now,
            people: Vec::new(),
            sentiment: None,
        };
        let draft = Draft {
            interaction,
            source: Cow::Borrowed(match mail.producer {
                Producer::Gmail => "gmail",
                Producer::Mbox => "mbox",
                Producer::Eml => "eml",
                Producer::Maildir => "maildir",
            }),
            namespace: Cow::Borrowed(namespace),
            external_id,
            older_id: mail.older_key(),
            addresses: self.named(&mail),
            is_joint: false,
            thread: Some(thread),
            revision: None,
            torn,
        };
        Outcome::Found(vec![draft], note)
    }

    fn named(&self, mail: &Mail) -> Vec<Named> {
        let kept = mail.addresses.iter().filter(|one| one.mailbox.address.len() <= LONGEST);
        let named = kept.map(|one| Named {
            role: match one.role {
                Role::From => "from",
                Role::Sender => "sender",
                Role::ReplyTo => "reply_to",
                Role::To => "to",
                Role::Cc => "cc",
                Role::Bcc => "bcc",
                Role::ResentFrom => "resent_from",
                Role::ResentSender => "resent_sender",
                Role::ResentTo => "resent_to",
                Role::ResentCc => "resent_cc",
                Role::ResentBcc => "resent_bcc",
            },
            is_own: self.own.contains(&one.mailbox.address),
            address: one.mailbox.address.clone(),
            name: one.mailbox.name.clone(),
        });
        named.collect()
    }
}

/// The path for a person; of a long one the end, which tells one from another.
fn told_path(path: &str) -> String {
    let line = clean::line(path);
    match line.char_indices().nth_back(PATH - 2) {
        Some((start, _)) if start > 0 => format!("…{}", &line[start..]),
        _ => line,
    }
}

/// What about, and from whom; of what she sent to whom.
fn title(mail: &Mail, own: &HashSet<String>) -> String {
    let named = |role| mail.in_role(role).find(|one| !own.contains(&one.address));
    let is_hers = mail.in_role(Role::From).any(|from| own.contains(&from.address));
    let other = [Role::To, Role::Cc, Role::Bcc].into_iter().find_map(named).filter(|_| is_hers);
    let who = other.or_else(|| mail.in_role(Role::From).next());
    let who = who.map_or("", |who| if who.name.is_empty() { &who.address } else { &who.name });
    match (mail.subject.is_empty(), who.is_empty()) {
        (false, false) => format!("{} · {who}", mail.subject),
        (false, true) => mail.subject.clone(),
        (true, false) => who.to_owned(),
        (true, true) => String::new(),
    }
}

/// Why she would not miss a message. A draft was never sent, and what she threw away stays away, whatever she asks for.
fn left_out(mail: &Mail, with_lists: bool) -> Option<&'static str> {
    let signals = mail.signals;
    match () {
        () if signals.is_deleted => Some("It was thrown away."),
        () if signals.is_draft => Some("It is a draft."),
        () if with_lists => None,
        () if signals.is_spam => Some(SPAM),
        () if signals.is_list => Some(LIST),
        () if signals.is_automatic => Some(MACHINE),
        () => None,
    }
}

fn summary(mail: &Mail) -> Option<String> {
    let names = mail.attachments.iter().map(|one| one.name.as_str()).filter(|name| !name.is_empty());
    let names: Vec<&str> = names.take(ATTACHMENTS).collect();
    let parts =
        [mail.text.clone(), if names.is_empty() { String::new() } else { format!("Attached: {}", names.join(", ")) }];
    let told: Vec<String> = parts.into_iter().filter(|part| !part.trim().is_empty()).collect();
    (!told.is_empty()).then(|| told.join("\n\n"))
}

/// Why nobody can tell when a message was sent.
fn undated(mail: &Mail) -> String {
    let says = "Nothing in it says when it was sent.";
    match (mail.when.problem, &mail.unread_date) {
        (Some(DateProblem::Unreadable), Some(date)) => format!("Its date can't be read: “{date}”."),
        (Some(DateProblem::TooEarly | DateProblem::TooLate), _) => format!("Its date cannot be. {says}"),
        _ => says.to_owned(),
    }
}

/// What of a message could not be taken as it stands.
fn note(mail: &Mail) -> Option<String> {
    let mut notes = Vec::new();
    if let Some(problem) = mail.when.problem {
        let what = match problem {
            DateProblem::Missing => "It has no date".to_owned(),
            DateProblem::Unreadable => "Its date cannot be read".to_owned(),
            DateProblem::TooEarly => format!("Its date is before {FIRST_YEAR}"),
            DateProblem::TooLate => "Its date is still to come".to_owned(),
        };
        let instead = match mail.when.source {
            Some(DateSource::FromLine) => "it was put into its mailbox",
            _ => "it arrived",
        };
        notes.push(format!("{what}: it stands where {instead}."));
    }
    if mail.in_role(Role::From).next().is_none() {
        notes.push("Who sent it can't be read.".to_owned());
    }
    if mail.address_count > mail.addresses.len() {
        let (kept, all) = (mail.addresses.len(), crate::web::number::grouped(mail.address_count));
        notes.push(format!("Of its {all} addresses the first {kept} are kept."));
    }
    if mail.is_cut {
        notes.push("It is larger than 32 MB: only its beginning was read.".to_owned());
    }
    (!notes.is_empty()).then(|| notes.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(header: &str) -> Mail {
        let raw = RawMessage { bytes: format!("{header}\n\nHi\n").into_bytes(), ..RawMessage::default() };
        read(&raw, &Origin { now: "2024-06-01T00:00:00Z".parse().unwrap(), ..Origin::default() }).unwrap()
    }

    #[test]
    fn a_sender_who_cannot_be_read_is_told() {
        let date = "Date: Tue, 5 Mar 2019 10:00:00 +0100";
        assert_eq!(note(&of(&format!("From: Ann <ann@x.example>\n{date}"))), None);
        for from in ["From: Ann Lee", "From: Ann <@>"] {
            let told = note(&of(&format!("{from}\nTo: bo@x.example\n{date}"))).unwrap_or_default();
            assert!(told.starts_with("Who sent it can't be read."), "{from}: {told}");
        }
    }

    #[test]
    fn a_date_that_cannot_be_read_is_told_as_it_stands() {
        let date = |date: &str| undated(&of(&format!("From: ann@x.example\n{date}")));
        assert_eq!(date("Date: the fifth\n of Foo"), "Its date can't be read: “the fifth of Foo”.");
        assert_eq!(date("Subject: none"), "Nothing in it says when it was sent.");
        assert_eq!(date("Date: 1 Jan 1970 00:00"), "Its date cannot be. Nothing in it says when it was sent.");
    }
}
