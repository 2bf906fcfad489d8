//! What an import is: its states, the six words for a record, and what she decides of one.

use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use serde_json::Value;
use uuid::Uuid;

use super::card::Card;
use crate::error::AppError;

/// An enumeration whose variants the database and the pages know by a word.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$about:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$about])* $variant,)+ }

        impl $name {
            /// All of them, in their order.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The word.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// The variant of a word.
            #[must_use]
            pub fn of(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == word)
            }
        }
    };
}
pub(super) use words;

words! {
    /// Where in its life an import stands.
    State {
        /// The file is being read.
        Reading = "reading",
        /// She has to say what the columns of a table are.
        Mapping = "mapping",
        /// She has to say which addresses are hers.
        Asking = "asking",
        /// It was read; nothing is applied yet.
        Preview = "preview",
        /// What is new and changed is being applied.
        Applying = "applying",
        /// She stopped it for a while; it goes on from there.
        Paused = "paused",
        /// Applied.
        Done = "done",
        /// Given up by her; what was applied is taken back.
        Cancelled = "cancelled",
        /// Given up by Kith; the error says why.
        Failed = "failed",
        /// Applied and taken back.
        Undone = "undone",
    }
}

words! {
    /// What a record of a file is to her.
    Status {
        /// Somebody she does not have yet.
        New = "new",
        /// Says something that she does not have yet.
        Changed = "changed",
        /// Says nothing new.
        Unchanged = "unchanged",
        /// Contradicts what she has, or may be somebody else: she is asked.
        Doubtful = "doubtful",
        /// Left out, for the reason given.
        Ignored = "ignored",
        /// Could not be understood, for the reason given.
        Unreadable = "unreadable",
    }
}

words! {
    /// What she decides of a card.
    Choice {
        /// The card's values stand where both changed.
        Card = "card",
        /// Hers stand; what she lacks is added.
        Mine = "mine",
        /// Nothing of hers changes, and nothing is added.
        Leave = "leave",
        /// It is somebody else: a new contact.
        New = "new",
    }
}

/// How many records of a file each of the six words has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, QueryableByName)]
pub struct Counts {
    /// [`Status::New`].
    #[diesel(sql_type = Integer)]
    pub new_count: i32,
    /// [`Status::Changed`].
    #[diesel(sql_type = Integer)]
    pub changed_count: i32,
    /// [`Status::Unchanged`].
    #[diesel(sql_type = Integer)]
    pub unchanged_count: i32,
    /// [`Status::Doubtful`].
    #[diesel(sql_type = Integer)]
    pub doubtful_count: i32,
    /// [`Status::Ignored`].
    #[diesel(sql_type = Integer)]
    pub ignored_count: i32,
    /// [`Status::Unreadable`].
    #[diesel(sql_type = Integer)]
    pub unreadable_count: i32,
}

impl Counts {
    /// The number for a word.
    #[must_use]
    pub fn of(&self, status: Status) -> i32 {
        match status {
            Status::New => self.new_count,
            Status::Changed => self.changed_count,
            Status::Unchanged => self.unchanged_count,
            Status::Doubtful => self.doubtful_count,
            Status::Ignored => self.ignored_count,
            Status::Unreadable => self.unreadable_count,
        }
    }

    /// One more of a word.
    pub fn add(&mut self, status: Status) {
        *match status {
            Status::New => &mut self.new_count,
            Status::Changed => &mut self.changed_count,
            Status::Unchanged => &mut self.unchanged_count,
            Status::Doubtful => &mut self.doubtful_count,
            Status::Ignored => &mut self.ignored_count,
            Status::Unreadable => &mut self.unreadable_count,
        } += 1;
    }
}

/// One file, from upload to undo.
#[derive(Debug, Clone, QueryableByName)]
pub struct Import {
    /// Its row.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// vcard, csv, ldif, mbox, eml, maildir or zip; auto until it was looked at.
    #[diesel(sql_type = Text)]
    pub format: String,
    /// As the browser or the command line named it.
    #[diesel(sql_type = Text)]
    pub file_name: String,
    /// In bytes.
    #[diesel(sql_type = BigInt)]
    pub file_size: i64,
    /// Where the file waits, below the data folder.
    #[diesel(sql_type = Nullable<Text>)]
    pub upload_path: Option<String>,
    #[diesel(sql_type = Text)]
    state: String,
    /// How far reading has come, over all its files.
    #[diesel(sql_type = BigInt)]
    pub bytes_read: i64,
    /// The size of all its files.
    #[diesel(sql_type = BigInt)]
    pub bytes_to_read: i64,
    /// The lines before that in its present file.
    #[diesel(sql_type = BigInt)]
    pub lines_read: i64,
    /// Records found so far.
    #[diesel(sql_type = Integer)]
    pub items_read: i32,
    /// Records that applying has done.
    #[diesel(sql_type = Integer)]
    pub items_applied: i32,
    /// Records that applying has to do.
    #[diesel(sql_type = Integer)]
    pub items_to_apply: i32,
    /// What the records are.
    #[diesel(embed)]
    pub counts: Counts,
    /// The one change set of everything it applied.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub change_set_id: Option<Uuid>,
    /// Of what passed: what is asked of it, and what she answered.
    #[diesel(sql_type = Nullable<Jsonb>)]
    pub passing: Option<Value>,
    /// Why it failed.
    #[diesel(sql_type = Nullable<Text>)]
    pub error: Option<String>,
    /// When the file came.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// While it is being taken back, or done again: how many people that is still to be done for.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub going: Option<i64>,
}

impl Import {
    /// Where in its life it stands.
    #[must_use]
    pub fn state(&self) -> State {
        State::of(&self.state).unwrap_or(State::Failed)
    }
}

/// One record of a file.
#[derive(Debug, Clone, QueryableByName)]
pub struct Item {
    /// Which record of the file, from 1.
    #[diesel(sql_type = Integer)]
    pub position: i32,
    /// On which line it begins.
    #[diesel(sql_type = BigInt)]
    pub line: i64,
    #[diesel(sql_type = Text)]
    status: String,
    /// Whose record it is, for a person.
    #[diesel(sql_type = Text)]
    pub title: String,
    /// What it is recognised by in a later file.
    #[diesel(sql_type = Nullable<Text>)]
    pub source_key: Option<String>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    card: Option<Value>,
    /// Whom it is about.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub contact_id: Option<Uuid>,
    /// Why it is what it is.
    #[diesel(sql_type = Nullable<Text>)]
    pub reason: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    choice: Option<String>,
    /// An earlier record of the same person.
    #[diesel(sql_type = Nullable<Integer>)]
    pub twin_of: Option<i32>,
    /// When it was applied.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub applied_at: Option<DateTime<Utc>>,
    /// Whose key it is.
    #[diesel(sql_type = Text)]
    pub source: String,
}

impl Item {
    /// What it is to her.
    #[must_use]
    pub fn status(&self) -> Status {
        Status::of(&self.status).unwrap_or(Status::Unreadable)
    }

    /// What she decided of it.
    #[must_use]
    pub fn choice(&self) -> Option<Choice> {
        Choice::of(self.choice.as_deref()?)
    }

    /// Takes the card out.
    ///
    /// # Errors
    /// When the stored card is none.
    pub fn take_card(&mut self) -> Result<Option<Card>, AppError> {
        let card = self.card.take().map(serde_json::from_value).transpose();
        Ok(card.map_err(anyhow::Error::from)?)
    }
}

/// One contact, as she was and as she is to be.
pub struct Rewritten<'a> {
    /// Who.
    pub contact: Uuid,
    /// What she said; none if she is new.
    pub before: Option<&'a Card>,
    /// What she is to say.
    pub after: &'a Card,
}
