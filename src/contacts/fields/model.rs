//! What an own field is, and what it says.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Characters of a field's name.
pub const LONGEST_NAME: usize = 50;

/// Characters of a value.
pub const LONGEST_VALUE: usize = 2000;

/// What the values of a field are; the names are those of `own_fields.kind`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FieldKind {
    /// A line of text.
    #[default]
    Text,
    /// A number, with or without a fraction.
    Number,
    /// A day.
    Date,
    /// A link to the web.
    Link,
    /// One of a list.
    Choice,
}

impl FieldKind {
    /// All, in the order in which pages offer them, each with the database's word and that for people.
    pub const ALL: [(Self, &'static str, &'static str); 5] = [
        (Self::Text, "text", "Text"),
        (Self::Number, "number", "Number"),
        (Self::Date, "date", "Date"),
        (Self::Link, "link", "Link"),
        (Self::Choice, "choice", "Choice from a list"),
    ];

    fn row(self) -> (Self, &'static str, &'static str) {
        Self::ALL.into_iter().find(|(kind, ..)| *kind == self).unwrap_or(Self::ALL[0])
    }

    /// The database's word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.row().1
    }

    /// The word for people.
    #[must_use]
    pub fn label(self) -> &'static str {
        self.row().2
    }
}

impl FromStr for FieldKind {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|(_, name, _)| *name == word).map(|(kind, ..)| kind).ok_or(())
    }
}

/// A field as the account defined it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// Its row.
    pub id: Uuid,
    /// What it is called; at most 50 characters.
    pub name: String,
    /// What its values are.
    pub kind: FieldKind,
    /// Of a choice: what can be chosen, in order.
    pub choices: Vec<String>,
    /// Counts edits; of a form the one that it was opened with.
    pub version: i32,
}

/// What a field says of somebody. A card of a file names a field that the account may lack.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OwnValue {
    /// The field's name.
    pub name: String,
    /// The field's kind; of a card that was just read text.
    pub kind: FieldKind,
    /// As text; never empty, at most 2,000 characters on one line.
    pub value: String,
}
