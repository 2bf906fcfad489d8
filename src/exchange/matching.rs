//! Whom a card is about: somebody seen in an earlier file, somebody who shares a name and an address or
//! number with it, an earlier card of the same file, or nobody yet.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use uuid::Uuid;

use super::card::Card;
use super::merge::{Merged, Prefer, merge, value_key};
use super::model::Status;
use super::people::{self, Candidate, Marks};
use super::sources::{self, Source};
use crate::contacts::model::{MethodKind, Person};
use crate::db::TenantTx;
use crate::error::AppError;
use crate::text::sort_key::sort_key;

/// Why a card about somebody who went meanwhile is left out.
pub const GONE: &str = "The person was deleted meanwhile.";

/// Whom a card is about.
#[derive(Debug, Clone)]
pub enum Match {
    /// Nobody yet.
    Nobody,
    /// Somebody who is not to be revived; the text says why.
    Gone(String),
    /// A contact.
    Somebody {
        /// Who.
        contact: Uuid,
        /// Whether the last card seen of this key is hers; then it is the ancestor of the merge.
        is_known: bool,
        /// Why it is not certain that she is meant.
        doubt: Option<String>,
    },
}

/// What the database knows about the cards of a batch.
#[derive(Debug, Default)]
pub struct Known {
    /// What was last seen, by key.
    pub sources: HashMap<String, Source>,
    candidates: HashMap<usize, Vec<Candidate>>,
    /// The contacts that the batch may be about, as cards.
    pub standing: HashMap<Uuid, Card>,
}

/// A card with the key under which it is kept.
#[derive(Debug, Clone, Copy)]
pub struct Keyed<'a> {
    /// The key.
    pub key: &'a str,
    /// The card.
    pub card: &'a Card,
}

impl Known {
    /// Loads it in five statements at most, however many cards there are. Whoever is going to write the
    /// contacts `locks` them.
    pub async fn load(tx: &mut TenantTx<'_>, format: &str, cards: &[Keyed<'_>], locks: bool) -> Result<Self, AppError> {
        let keys: Vec<&str> = cards.iter().map(|one| one.key).collect();
        let mut known = Self { sources: sources::of_keys(tx, format, &keys).await?, ..Self::default() };
        let strangers = cards.iter().enumerate().filter(|(_, one)| !known.sources.contains_key(one.key));
        let marks = marks(strangers.map(|(index, one)| (index, one.card)));
        for candidate in people::candidates(tx, &marks).await? {
            let Some(index) = usize::try_from(candidate.card).ok().filter(|index| *index < cards.len()) else {
                continue;
            };
            if candidate.is_named || name_key(&candidate.name) == name_key(&cards[index].card.person.shown_name()) {
                known.candidates.entry(index).or_default().push(candidate);
            }
        }
        let mut wanted: Vec<Uuid> = Vec::new();
        for (index, one) in cards.iter().enumerate() {
            match known.find(index, *one) {
                Match::Somebody { contact, is_known, .. } if !(is_known && known.is_as_last_seen(*one)) => {
                    wanted.push(contact)
                }
                _ => {}
            }
        }
        wanted.sort_unstable();
        wanted.dedup();
        if locks && !wanted.is_empty() {
            people::lock(tx, &wanted).await?;
        }
        known.standing = people::cards(tx, &wanted).await?.into_iter().collect();
        Ok(known)
    }

    /// Whom the card at `index` is about.
    #[must_use]
    pub fn find(&self, index: usize, one: Keyed<'_>) -> Match {
        if let Some(source) = self.sources.get(one.key) {
            return match source.contact {
                None => Match::Gone(
                    "This card was imported before; the person was deleted or the import taken back since.".to_owned(),
                ),
                Some(_) if source.is_trashed => {
                    Match::Gone("This card was imported before, and the person is in the trash.".to_owned())
                }
                Some(contact) => Match::Somebody { contact, is_known: true, doubt: None },
            };
        }
        let candidates = self.candidates.get(&index).map_or(&[][..], Vec::as_slice);
        let mut living = candidates.iter().filter(|candidate| !candidate.is_trashed);
        match (living.next(), living.next()) {
            (None, _) if candidates.is_empty() => Match::Nobody,
            (None, _) => Match::Gone("Somebody of this name with this address or number is in the trash.".to_owned()),
            (Some(one), None) => Match::Somebody { contact: one.contact, is_known: false, doubt: None },
            (Some(one), Some(_)) => {
                let doubt =
                    Some("Several people of this name have this address or number; this is one of them.".to_owned());
                Match::Somebody { contact: one.contact, is_known: false, doubt }
            }
        }
    }

    /// Whether the card says what the last one said, time stamps aside.
    #[must_use]
    pub fn is_as_last_seen(&self, one: Keyed<'_>) -> bool {
        self.sources.get(one.key).is_some_and(|source| {
            source.card == *one.card || merge(Some(&source.card), one.card, &source.card, Prefer::Mine).is_nothing()
        })
    }

    /// The ancestor of a merge of this card.
    #[must_use]
    pub fn base(&self, one: Keyed<'_>, is_known: bool) -> Option<&Card> {
        if is_known { self.sources.get(one.key).map(|source| &source.card) } else { None }
    }
}

/// The word for what a merge came to, and why.
#[must_use]
pub fn word(merged: &Merged, doubt: Option<&str>) -> (Status, Option<String>) {
    match (doubt, merged.conflicts.is_empty(), merged.changes.is_empty()) {
        (_, true, true) => (Status::Unchanged, None),
        (Some(doubt), _, _) => (Status::Doubtful, Some(doubt.to_owned())),
        (None, true, false) => (Status::Changed, None),
        (None, false, _) => (Status::Doubtful, Some("Both the card and the contact changed.".to_owned())),
    }
}

fn marks<'a>(cards: impl Iterator<Item = (usize, &'a Card)>) -> Marks {
    let mut marks = Marks::default();
    for (index, card) in cards {
        let Ok(number) = i32::try_from(index) else { continue };
        let before = marks.methods.0.len();
        for method in card.person.methods.iter().filter(|method| is_mark(method.kind)).take(MARKS) {
            marks.methods.0.push(number);
            marks.methods.1.push(method.kind.as_str());
            marks.methods.2.push(value_key(method));
        }
        if let Some(id) = card.uid.as_deref().and_then(|uid| uid.strip_prefix("urn:uuid:").unwrap_or(uid).parse().ok())
        {
            marks.ids.0.push(number);
            marks.ids.1.push(id);
        }
        if marks.methods.0.len() == before {
            marks.names.0.push(number);
            marks.names.1.push(sort_key(&card.person.sorted_by()));
        }
    }
    marks
}

/// E-mails and phones of a card that are compared: a card with a thousand is no person.
const MARKS: usize = 20;

fn is_mark(kind: MethodKind) -> bool {
    matches!(kind, MethodKind::Email | MethodKind::Phone)
}

/// What two spellings of a name share: no accents, no capitals, no order.
#[must_use]
pub fn name_key(name: &str) -> String {
    let plain: String = name.nfkd().filter(|c| !is_combining_mark(*c)).collect::<String>().to_lowercase();
    let mut words: Vec<&str> = plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.sort_unstable();
    words.join(" ")
}

/// The cards of one file so far, by what a person is recognised by: a hash each, so that a hundred
/// thousand cards take a few megabytes.
#[derive(Debug, Default)]
pub struct Seen {
    marks: HashMap<u64, i32>,
    times: HashMap<u64, u32>,
}

impl Seen {
    /// The key under which a card is kept: of several cards of one file with one key each has its own.
    pub fn key_of(&mut self, key: String) -> String {
        let times = self.times.entry(hashed(("key", &key))).or_insert(0);
        *times += 1;
        if *times == 1 {
            return key;
        }
        let numbered = format!("{key}#{times}");
        if numbered.len() <= 255 { numbered } else { format!("sha256:{:016x}#{times}", hashed(&key)) }
    }

    /// Counts a key that an earlier reader kept.
    pub fn note_key(&mut self, kept: &str) {
        let key = match kept.rsplit_once('#') {
            Some((key, times)) if times.parse::<u32>().is_ok() && self.times.contains_key(&hashed(("key", key))) => key,
            _ => kept,
        };
        *self.times.entry(hashed(("key", key))).or_insert(0) += 1;
    }

    /// The first card of the same person, if there is one; else this is the first.
    pub fn first_of(&mut self, base_key: &str, card: &Card, position: i32) -> Option<i32> {
        let marks = marks_of(base_key, card);
        let found = marks.iter().find_map(|mark| self.marks.get(mark)).copied();
        for mark in marks {
            self.marks.entry(mark).or_insert(found.unwrap_or(position));
        }
        found
    }
}

fn marks_of(base_key: &str, card: &Card) -> Vec<u64> {
    let name = name_key(&card.person.shown_name());
    let shared = person_marks(&card.person).map(|value| hashed(("mark", &name, value)));
    std::iter::once(hashed(("card", base_key))).chain(shared).collect()
}

fn person_marks(person: &Person) -> impl Iterator<Item = (&'static str, String)> {
    person
        .methods
        .iter()
        .filter(|method| is_mark(method.kind))
        .take(MARKS)
        .map(|method| (method.kind.as_str(), value_key(method)))
}

fn hashed(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contacts::model::Method;

    fn card(name: &str, email: &str) -> Card {
        let methods = vec![Method { kind: MethodKind::Email, label: String::new(), value: email.to_owned() }];
        Card { person: Person { first_name: name.to_owned(), methods, ..Person::default() }, ..Card::default() }
    }

    #[test]
    fn a_name_is_the_same_in_any_order_case_and_accent() {
        assert_eq!(name_key("Čapek, Karel"), name_key("karel CAPEK"));
        assert_ne!(name_key("花子"), name_key("太郎"));
    }

    #[test]
    fn a_second_card_of_a_person_is_recognised_by_key_or_by_name_and_address() {
        let mut seen = Seen::default();
        assert_eq!(seen.first_of("1", &card("Ada", "ada@x.example"), 1), None);
        assert_eq!(seen.first_of("2", &card("Ada", "ADA@x.example"), 2), Some(1));
        assert_eq!(seen.first_of("3", &card("Bob", "ada@x.example"), 3), None);
        assert_eq!(seen.first_of("2", &card("Eve", "eve@x.example"), 4), Some(1));
    }

    #[test]
    fn cards_that_share_a_key_are_kept_apart_in_the_same_way_each_time() {
        let keys = |seen: &mut Seen| ["a", "b", "a", "a"].map(|key| seen.key_of(key.to_owned()));
        let first = keys(&mut Seen::default());
        assert_eq!(first, ["a", "b", "a#2", "a#3"]);
        assert_eq!(keys(&mut Seen::default()), first);
        let mut resumed = Seen::default();
        first[..3].iter().for_each(|key| resumed.note_key(key));
        assert_eq!(resumed.key_of("a".to_owned()), "a#3");
        let long = Seen::default().key_of("x".repeat(255));
        assert_eq!(long.len(), 255);
    }
}
