//! Who a person is: what a form, a card and the database all say of her.

use std::str::FromStr;

use super::fields::model::OwnValue;
use serde::{Deserialize, Serialize};

use crate::text::country::Country;
use crate::text::name_order::shown_name;
use crate::text::phone;

/// Everything of a person that is edited, imported and exported as one. Employments and tags stand
/// beside it, since they point at rows of their own.
///
/// Texts are trimmed, in NFC and without control characters (notes and addresses may hold line feeds);
/// the form and the importers see to that. Lengths are those of the columns.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Person {
    /// Given name; never empty once stored. At most 255 characters, as every name part.
    pub first_name: String,
    /// Family name.
    pub last_name: Option<String>,
    /// Further given names.
    pub middle_name: Option<String>,
    /// Honorifics before the name.
    pub name_prefix: Option<String>,
    /// Honorifics and the like behind it.
    pub name_suffix: Option<String>,
    /// What friends call her.
    pub nickname: Option<String>,
    /// What to sort by where the last name is not it; phonetic for names in Han characters.
    pub sort_name: Option<String>,
    /// The name as it is shown (vCard FN); empty: composed of the parts. At most 1,000 characters.
    pub display_name: String,
    /// Whether the name was taken from an organization, an e-mail or a phone.
    pub is_nameless: bool,
    /// Markdown.
    pub notes: String,
    /// How they met, in lines; at most 2,000 characters. The day is one of the dates, `first met`.
    pub how_met: String,
    /// Where they met; at most 255 characters.
    pub met_at: Option<String>,
    /// 1 to 10.
    pub relationship_strength: Option<i32>,
    /// How often she means to be in touch: days, 1 to 3,660.
    pub contact_frequency_days: Option<i32>,
    /// In order: the first of a kind is the primary.
    pub methods: Vec<Method>,
    /// Birthdays and other days.
    pub dates: Vec<PartialDate>,
    /// What the account's own fields say, in their order.
    pub fields: Vec<OwnValue>,
}

impl Person {
    /// Somebody of whom no more is known than what she is called; the last word is taken for the last name.
    #[must_use]
    pub fn called(name: &str) -> Self {
        let (first, last) = match name.rsplit_once(char::is_whitespace) {
            Some((first, last)) => (first.trim(), Some(last.to_owned())),
            None => (name, None),
        };
        Self {
            first_name: first.to_owned(),
            last_name: last,
            display_name: name.to_owned(),
            relationship_strength: Some(5),
            ..Self::default()
        }
    }

    /// The name as it is shown: her own display name, else the parts in the order of their script.
    #[must_use]
    pub fn shown_name(&self) -> String {
        if !self.display_name.is_empty() {
            return self.display_name.clone();
        }
        fn text(part: &Option<String>) -> &str {
            part.as_deref().unwrap_or_default()
        }
        shown_name(
            &self.first_name,
            text(&self.middle_name),
            text(&self.last_name),
            text(&self.name_prefix),
            text(&self.name_suffix),
        )
    }

    /// The part of her name that takes the first name's place where she has none, taken out of its own. A form of
    /// address alone is nobody's name.
    pub fn take_first_of_others(&mut self) -> Option<String> {
        let shown = Some(self.display_name.clone()).filter(|shown| !shown.is_empty());
        let part = self.last_name.take().or_else(|| self.middle_name.take()).or(shown);
        part.or_else(|| self.nickname.take())
    }

    /// What the list sorts her by: the sort name, else last name and first name.
    #[must_use]
    pub fn sorted_by(&self) -> String {
        match (&self.sort_name, &self.last_name) {
            (Some(sort), _) => sort.clone(),
            (None, Some(last)) => format!("{last} {}", self.first_name),
            (None, None) => self.first_name.clone(),
        }
    }
}

/// What a way to reach somebody is; the names are those of `contact_methods.kind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MethodKind {
    /// An e-mail address.
    Email,
    /// A phone number, as typed.
    Phone,
    /// A postal address, in lines.
    Address,
    /// A link.
    Url,
    /// A LinkedIn profile's link.
    Linkedin,
    /// Anything else, such as a messenger's handle.
    Other,
}

impl MethodKind {
    /// All, in the order in which pages offer them.
    pub const ALL: [Self; 6] = [Self::Email, Self::Phone, Self::Address, Self::Url, Self::Linkedin, Self::Other];

    /// The database's word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Address => "address",
            Self::Url => "url",
            Self::Linkedin => "linkedin",
            Self::Other => "other",
        }
    }

    /// A value without the scheme that programs, and whoever copies a link, put in front of it.
    #[must_use]
    pub fn bare(self, value: &str) -> String {
        let scheme = match self {
            Self::Email => "mailto:",
            Self::Phone => "tel:",
            _ => return value.to_owned(),
        };
        match value.get(..scheme.len()) {
            Some(start) if start.eq_ignore_ascii_case(scheme) => self.bare(value[scheme.len()..].trim()),
            _ => value.to_owned(),
        }
    }
}

impl FromStr for MethodKind {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word).ok_or(())
    }
}

/// One way to reach somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Method {
    /// What it is.
    pub kind: MethodKind,
    /// Such as work or home; at most 100 characters.
    #[serde(default)]
    pub label: String,
    /// As typed; at most 255 characters of an e-mail, 2,000 of anything else.
    pub value: String,
}

impl Method {
    /// What two spellings of the value share, for whoever dials from `country`; as `contact_methods.value_key` has it.
    #[must_use]
    pub fn key(&self, country: Option<Country>) -> String {
        match self.kind {
            MethodKind::Phone => phone::key(&self.value, country),
            MethodKind::Linkedin => profile_key(&self.value).chars().take(255).collect(),
            _ => self.value.trim().to_lowercase().chars().take(255).collect(),
        }
    }
}

/// The path of a profile at LinkedIn: not the country's host before it, nor what a link behind it tells of where it was
/// found. As the function `method_key` of the database has it.
fn profile_key(value: &str) -> String {
    let value = value.trim().to_lowercase();
    let link = ["https://", "http://"].iter().find_map(|scheme| value.strip_prefix(scheme)).unwrap_or(&value);
    let is_label = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    match link.split_once("linkedin.com/") {
        Some((host, path)) if host.is_empty() || host.ends_with('.') && host.chars().all(is_label) => {
            let path = path.split(['?', '#']).next().unwrap_or_default();
            format!("linkedin.com/{}", path.trim_end_matches('/'))
        }
        _ => value,
    }
}

/// A day in somebody's life, with or without its year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartialDate {
    /// birthday, anniversary, death, or a label of her own; at most 50 characters.
    pub kind: String,
    /// 1 to 9999.
    #[serde(default)]
    pub year: Option<i32>,
    /// 1 to 12.
    pub month: i32,
    /// 1 to 31, and a day that the month has.
    pub day: i32,
}
