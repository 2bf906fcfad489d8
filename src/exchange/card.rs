//! What a record of a file says of one person, whatever the format: it is stored in `import_items.card`
//! while an import is decided on, and in `contact_sources.card` as the ancestor of the next merge.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::vcard;
use crate::contacts::fields::{self, Definition};
use crate::contacts::model::Person;
use crate::contacts::relations::Kind;
use crate::text::clean;

/// One record, understood.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Card {
    /// The producer's own id of the record (vCard UID).
    pub uid: Option<String>,
    /// Names, methods, dates, notes.
    pub person: Person,
    /// Posts (vCard ORG, TITLE).
    pub employments: Vec<CardEmployment>,
    /// Names of tags (vCard CATEGORIES).
    pub tags: Vec<String>,
    /// Whom she is related to (vCard RELATED).
    pub relations: Vec<CardRelation>,
    /// What she looks like (vCard PHOTO).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub photo: Option<CardPhoto>,
    /// What Kith does not model, given back on export: content lines without their folding, as they stood,
    /// logos included (as `data:` links), and photos that could not be read or stand elsewhere. Besides, lines that say more than the method, date or post they
    /// became, such as the parts of an address; they are exported in its place while it stands as it was.
    pub extras: Vec<String>,
}

impl Card {
    /// The same card with what it says of the account's own fields in their form; what it says of others, or what can't
    /// stand in one, is kept as the line that a vCard has for it.
    #[must_use]
    pub fn settled(mut self, fields: &[Definition]) -> Self {
        self.take_up(fields);
        if !self.person.fields.is_empty() {
            let (settled, rest) = fields::settle(fields, std::mem::take(&mut self.person.fields));
            self.person.fields = settled;
            self.extras.extend(rest.iter().map(vcard::own_field));
            self.extras.sort();
        }
        self
    }

    /// Takes up what was kept as a line for want of a field that is there by now.
    fn take_up(&mut self, fields: &[Definition]) {
        let said = &mut self.person.fields;
        self.extras.retain(|line| {
            let Some(value) = vcard::own_value(line) else { return true };
            let is_defined = fields.iter().any(|field| field.name.to_lowercase() == value.name.to_lowercase());
            let is_taken = is_defined && said.iter().all(|known| !vcard::is_same_field(known, &value));
            if is_taken {
                said.push(value);
            }
            !is_taken
        });
    }
}

/// What somebody is to her, by the UID of that one's card.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct CardRelation {
    /// The UID.
    pub other: String,
    /// The word of a [`Kind`]: what the other one is to her.
    pub kind: String,
    /// The same of an own kind.
    pub word: Option<String>,
    /// What she is to the other one, of an own kind.
    pub inverse_word: Option<String>,
    /// Since when.
    pub started_on: Option<chrono::NaiveDate>,
    /// Until when.
    pub ended_on: Option<chrono::NaiveDate>,
    /// Whatever is worth knowing about it.
    pub note: String,
}

impl CardRelation {
    /// Whether the database would take it as it is.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let is_word = |word: &Option<String>| {
            word.as_deref()
                .is_some_and(|word| !clean::is_blank(word) && clean::line(word) == word && word.chars().count() <= 50)
        };
        let has_words = self.word.is_some() || self.inverse_word.is_some();
        let fits = match self.kind.parse::<Kind>() {
            Ok(Kind::Own) => is_word(&self.word) && is_word(&self.inverse_word),
            Ok(_) => !has_words,
            Err(()) => false,
        };
        fits && !self.other.is_empty()
            && clean::line(&self.other) == self.other
            && clean::lines(&self.note) == self.note
            && self.note.chars().count() <= 10_000
            && self.started_on.zip(self.ended_on).is_none_or(|(start, end)| end >= start)
    }
}

/// A photo, by its content; the bytes are kept apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardPhoto {
    /// The photo that Kith keeps.
    pub id: Uuid,
    /// The hash of what the card held.
    pub source: Uuid,
}

impl CardPhoto {
    /// Whether both were made from the same picture, or one from the other.
    #[must_use]
    pub fn is_that(&self, other: &Self) -> bool {
        self.source == other.source || self.id == other.id || self.source == other.id || self.id == other.source
    }
}

/// A post, by its organization's name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct CardEmployment {
    /// The organization; never empty.
    pub organization: String,
    /// As what.
    pub title: Option<String>,
    /// From when.
    pub start_date: Option<chrono::NaiveDate>,
    /// Until when.
    pub end_date: Option<chrono::NaiveDate>,
    /// Whether she works there now.
    pub is_current: bool,
}
