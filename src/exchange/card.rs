//! What a record of a file says of one person, whatever the format: it is stored in `import_items.card`
//! while an import is decided on, and in `contact_sources.card` as the ancestor of the next merge.

use serde::{Deserialize, Serialize};

use super::vcard;
use crate::contacts::fields::{self, Definition};
use crate::contacts::model::Person;

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
    /// What Kith does not model, given back on export: content lines without their folding, as they stood,
    /// photos included (as `data:` links). Besides, lines that say more than the method, date or post they
    /// became, such as the parts of an address; they are exported in its place while it stands as it was.
    pub extras: Vec<String>,
}

impl Card {
    /// The same card with what it says of the account's own fields in their form; what it says of others, or what can't
    /// stand in one, is kept as the line that a vCard has for it.
    #[must_use]
    pub fn settled(mut self, fields: &[Definition]) -> Self {
        if !self.person.fields.is_empty() {
            let (settled, rest) = fields::settle(fields, std::mem::take(&mut self.person.fields));
            self.person.fields = settled;
            self.extras.extend(rest.iter().map(vcard::own_field));
            self.extras.sort();
        }
        self
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
