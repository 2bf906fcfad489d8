//! What a format has to give: a [`Source`] of [`Record`]s.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io;

use serde::{Deserialize, Serialize};

use crate::exchange::mail::Torn;
use crate::interactions::model::Interaction;

/// A file, record by record. It can be opened wherever it says that it is.
pub trait Source {
    /// The next record; none at the end.
    ///
    /// # Errors
    /// When the file cannot be read.
    fn next(&mut self) -> io::Result<Option<Record>>;

    /// Offset and line behind the last record: where another reader can go on.
    fn position(&self) -> (u64, u64);
}

/// A record of a file: what the six words count.
#[derive(Debug)]
pub struct Record {
    /// Where it begins, in bytes.
    pub offset: u64,
    /// The line on which it begins, from 1.
    pub line: u64,
    /// The path that it had, where it was a file of its own among others.
    pub file: Option<String>,
    /// What it is called, for a person.
    pub title: String,
    /// What it says.
    pub outcome: Outcome,
    /// Of what was brought before what it says to be no more.
    pub ended: Option<Ended>,
}

/// Times of a series that are no more, by their ids.
#[derive(Debug)]
pub struct Ended {
    /// The calendar that says so, as [`Said::calendar`].
    pub calendar: String,
    /// As [`Said::revision`].
    pub revision: String,
    /// As [`Said::whole`].
    pub whole: String,
    /// The series.
    pub series: String,
    /// Which.
    pub which: Which,
    /// Whether it says of all of these that they were called off, and not only has them no longer.
    pub is_called_off: bool,
}

/// Which times of a series.
#[derive(Debug)]
pub enum Which {
    /// This one.
    One(String),
    /// All but these.
    AllBut(HashSet<String>),
}

impl Ended {
    /// Whether that of this id is no more.
    #[must_use]
    pub fn has(&self, id: &str) -> bool {
        match &self.which {
            Which::One(one) => one == id,
            Which::AllBut(those) => !those.contains(id),
        }
    }
}

/// What a record says.
#[derive(Debug)]
pub enum Outcome {
    /// What passed; what of it could not be taken, in a sentence.
    Found(Vec<Draft>, Option<String>),
    /// It is not certain whom it names: it is not taken.
    Doubtful(Doubt),
    /// It is left out, for this reason, which many share.
    Ignored(Cow<'static, str>),
    /// It is not understood, for this reason.
    Unreadable(String),
}

/// Why it is not certain whom a record names.
#[derive(Debug)]
pub struct Doubt {
    /// In a sentence.
    pub reason: String,
    /// Of which name it is not certain whom it means, at most 255 characters; none where there is no name.
    pub name: Option<String>,
    /// What the record holds, by which it can be taken once that is known.
    pub cells: Vec<String>,
}

/// An interaction that is not stored yet.
#[derive(Debug, Clone)]
pub struct Draft {
    /// What passed. Of people it names only those who are known by their id.
    pub interaction: Interaction,
    /// Which program it comes from: gmail, mbox.
    pub source: Cow<'static, str>,
    /// Of which kind its id is: the same id of the same kind is the same interaction, whatever program it comes from.
    pub namespace: Cow<'static, str>,
    /// Its id, at most 255 bytes.
    pub external_id: String,
    /// What was taken for its id before.
    pub older_id: Option<String>,
    /// Whom it names, at most 500.
    pub addresses: Vec<Named>,
    /// Whether another record of the same id adds to it whom it names.
    pub is_joint: bool,
    /// By what it belongs to others.
    pub thread: Option<Thread>,
    /// By what a later file is told to say something else of it.
    pub revision: Option<Revision>,
    /// Of a message in which its file ends, that another file may have more of it.
    pub torn: Option<Torn>,
}

/// Somebody whom an interaction names.
#[derive(Debug, Clone)]
pub struct Named {
    /// As what: the field of RFC 5322, as `reply_to`, or `organizer` or `attendee`.
    pub role: &'static str,
    /// The address, in lower case.
    pub address: String,
    /// The name beside it; empty where there is none.
    pub name: String,
    /// Whether it is hers.
    pub is_own: bool,
}

/// What tells the thread of a message.
#[derive(Debug, Clone)]
pub struct Thread {
    /// Its own id.
    pub message_id: String,
    /// The ids of those before it, the oldest first.
    pub references: Vec<String>,
    /// What the messages of a thread share of their subjects.
    pub subject: String,
    /// Whether its subject says that it answers.
    pub is_answer: bool,
}

/// What a program says of an interaction that it may say anew.
#[derive(Debug, Clone)]
pub struct Revision {
    /// The series that it is of, at most 255 bytes, where a file tells all that is left of one.
    pub series: Option<String>,
    /// What it says.
    pub said: Said,
}

/// What a program said of an interaction: each field as a hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// Which calendar says it, as a hash.
    pub calendar: String,
    /// The greater is the newer, in the order of strings; empty where that is not told.
    pub revision: String,
    /// What about.
    pub subject: String,
    /// What was said.
    pub summary: String,
    /// When.
    pub when: String,
    /// Whom it names.
    pub people: String,
    /// Its type, where the program says one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub kind: String,
    /// Which way it went, as the type.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub direction: String,
    /// How it writes when, if she reads that by her zone: as long as it writes the same it says nothing new, wherever she lives.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub written: String,
    /// Of which version that is which tells when all times of its series are, in the order of strings within one calendar; empty
    /// where nothing tells that.
    #[serde(default)]
    pub whole: String,
    /// When a calendar said that it is no more, as the database writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<String>,
    /// As [`Draft::torn`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub torn: Option<Torn>,
}
