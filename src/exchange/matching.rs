//! Whom a card is about, whatever the format: somebody seen in an earlier file; somebody of this name who shares an
//! e-mail, a number, a profile or an organization with it; an earlier card of the same file; or nobody yet. Where
//! somebody of another name has the e-mail or number she is asked: nobody is doubled silently.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use uuid::Uuid;

use super::card::Card;
use super::merge::{Merged, Prefer, merge};
use super::model::Status;
use super::people::{self, Candidate, Marks};
use super::sources::{self, Source, Sources};
use crate::contacts::model::{MethodKind, Person};
use crate::db::TenantTx;
use crate::error::AppError;
use crate::text::country::Country;
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
    /// Where she dials from.
    country: Option<Country>,
    sources: Sources,
    /// Those of the card's own name.
    candidates: HashMap<usize, Vec<Candidate>>,
    /// Those of another name.
    others: HashMap<usize, Vec<Candidate>>,
    /// The contacts that the batch may be about, as cards.
    pub standing: HashMap<Uuid, Card>,
}

/// A card with the key under which it is kept.
#[derive(Debug, Clone, Copy)]
pub struct Keyed<'a> {
    /// Whose key it is: the format's, or the program's.
    pub source: &'a str,
    /// The key.
    pub key: &'a str,
    /// The card.
    pub card: &'a Card,
}

impl Known {
    /// Loads it in five statements at most, however many cards there are. Whoever is going to write the
    /// contacts `locks` them.
    pub async fn load(tx: &mut TenantTx<'_>, cards: &[Keyed<'_>], locks: bool) -> Result<Self, AppError> {
        let keys: Vec<(&str, &str)> = cards.iter().map(|one| (one.source, one.key)).collect();
        let country = tx.country();
        let mut known = Self { country, sources: sources::of_keys(tx, &keys).await?, ..Self::default() };
        let strangers = cards.iter().enumerate().filter(|(_, one)| known.source(**one).is_none());
        let marks = marks(strangers.map(|(index, one)| (index, one.card)), country);
        for candidate in people::candidates(tx, &marks).await? {
            let Some(index) = usize::try_from(candidate.card).ok().filter(|index| *index < cards.len()) else {
                continue;
            };
            // Records of one file that are alike are told by the file itself: see `Seen`.
            if !candidate.is_named && !candidate.shares_mark && candidate.is_of_this_import {
                continue;
            }
            if candidate.is_named || name_key(&candidate.name) == name_key(&cards[index].card.person.shown_name()) {
                known.candidates.entry(index).or_default().push(candidate);
            } else if candidate.shares_mark && !candidate.is_trashed && !candidate.is_of_this_import {
                known.others.entry(index).or_default().push(candidate);
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

    fn source(&self, one: Keyed<'_>) -> Option<&Source> {
        self.sources.get(one.source)?.get(one.key)
    }

    /// Whom the card at `index` is about.
    #[must_use]
    pub fn find(&self, index: usize, one: Keyed<'_>) -> Match {
        if let Some(source) = self.source(one) {
            return match source.contact {
                None => Match::Gone(
                    "This record was imported before; the person was deleted or the import taken back since."
                        .to_owned(),
                ),
                Some(_) if source.is_trashed => {
                    Match::Gone("This record was imported before, and the person is in the trash.".to_owned())
                }
                Some(contact) => Match::Somebody { contact, is_known: true, doubt: None },
            };
        }
        let mut candidates: Vec<&Candidate> = self.candidates.get(&index).into_iter().flatten().collect();
        // A card that Kith wrote says itself whom it is about, however many have her name.
        if candidates.iter().any(|candidate| candidate.is_named) {
            candidates.retain(|candidate| candidate.is_named);
        }
        let mut living = candidates.iter().filter(|candidate| !candidate.is_trashed);
        match (living.next(), living.next()) {
            (None, _) if candidates.is_empty() => self.of_another_name(index),
            (None, _) => Match::Gone("Somebody of this name with this address or number is in the trash.".to_owned()),
            (Some(candidate), None) => {
                let standing = self.standing.get(&candidate.contact).filter(|_| !candidate.is_named);
                let doubt = standing.and_then(|standing| self.contrary(one.card, standing));
                Match::Somebody { contact: candidate.contact, is_known: false, doubt }
            }
            (Some(first), Some(_)) => {
                let doubt = Some("Several people of this name may be meant; this is one of them.".to_owned());
                Match::Somebody { contact: first.contact, is_known: false, doubt }
            }
        }
    }

    /// Somebody of another name with the same e-mail or number; not where so many have it that it is an office's.
    fn of_another_name(&self, index: usize) -> Match {
        match self.others.get(&index).map_or(&[][..], Vec::as_slice) {
            [] => Match::Nobody,
            others if others.len() > SHARED => Match::Nobody,
            [first, ..] => {
                let doubt = format!("{} has the same e-mail address, number or profile.", first.name);
                Match::Somebody { contact: first.contact, is_known: false, doubt: Some(doubt) }
            }
        }
    }

    /// Whether the card says what the last one said, time stamps aside.
    #[must_use]
    pub fn is_as_last_seen(&self, one: Keyed<'_>) -> bool {
        self.source(one).is_some_and(|source| {
            source.card == *one.card
                || self.merge(Some(&source.card), one.card, &source.card, Prefer::Mine).is_nothing()
        })
    }

    /// Merges a card into somebody, by the numbers of where she is.
    #[must_use]
    pub fn merge(&self, base: Option<&Card>, card: &Card, mine: &Card, prefer: Prefer) -> Merged {
        merge(self.country, base, card, mine, prefer)
    }

    /// Why two of one name are perhaps two.
    #[must_use]
    pub fn contrary(&self, card: &Card, other: &Card) -> Option<String> {
        contrary(card, other, self.country)
    }

    /// The ancestor of a merge of this card.
    #[must_use]
    pub fn base(&self, one: Keyed<'_>, is_known: bool) -> Option<&Card> {
        if is_known { self.source(one).map(|source| &source.card) } else { None }
    }
}

/// Why two of one name are perhaps two: both have e-mails or profiles, and nothing is the same by which one is reached.
fn contrary(card: &Card, other: &Card, country: Option<Country>) -> Option<String> {
    let has = |card: &Card, kind| card.person.methods.iter().any(|method| method.kind == kind);
    let both_have = |kind| has(card, kind) && has(other, kind);
    let shares = || {
        let marks: Vec<_> = person_marks(&other.person, country).collect();
        person_marks(&card.person, country).any(|mark| marks.contains(&mark))
    };
    ((both_have(MethodKind::Email) || both_have(MethodKind::Linkedin)) && !shares())
        .then(|| "The name is the same, but no e-mail address, number or profile.".to_owned())
}

/// The word for what a merge came to, and why.
#[must_use]
pub fn word(merged: &Merged, doubt: Option<&str>) -> (Status, Option<String>) {
    match (doubt, merged.conflicts.is_empty(), merged.changes.is_empty()) {
        (_, true, true) => (Status::Unchanged, None),
        (Some(doubt), _, _) => (Status::Doubtful, Some(doubt.to_owned())),
        (None, true, false) => (Status::Changed, None),
        (None, false, _) => (Status::Doubtful, Some("Both the record and the contact changed.".to_owned())),
    }
}

fn marks<'a>(cards: impl Iterator<Item = (usize, &'a Card)>, country: Option<Country>) -> Marks {
    let mut marks = Marks::default();
    for (index, card) in cards {
        let Ok(number) = i32::try_from(index) else { continue };
        for method in card.person.methods.iter().filter(|method| is_mark(method.kind)).take(MARKS) {
            marks.methods.0.push(number);
            marks.methods.1.push(method.kind.as_str());
            marks.methods.2.push(method.key(country));
        }
        if let Some(id) = card.uid.as_deref().and_then(|uid| uid.strip_prefix("urn:uuid:").unwrap_or(uid).parse().ok())
        {
            marks.ids.0.push(number);
            marks.ids.1.push(id);
        }
        let has_mark = card.person.methods.iter().any(|one| matches!(one.kind, MethodKind::Email | MethodKind::Phone));
        if has_mark && card.employments.is_empty() {
            continue;
        }
        let sort_key = sort_key(&card.person.sorted_by());
        for post in card.employments.iter().take(MARKS) {
            marks.posts.0.push(number);
            marks.posts.1.push(sort_key.clone());
            marks.posts.2.push(post.organization.to_lowercase());
        }
        if !has_mark {
            marks.names.0.push(number);
            marks.names.1.push(sort_key);
        }
    }
    marks
}

/// E-mails and phones of a card that are compared: a card with a thousand is no person.
const MARKS: usize = 20;

/// A number that more people have than these is an office's.
const SHARED: usize = 3;

fn is_mark(kind: MethodKind) -> bool {
    matches!(kind, MethodKind::Email | MethodKind::Phone | MethodKind::Linkedin)
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
    country: Option<Country>,
    marks: HashMap<u64, i32>,
    times: HashMap<u64, u32>,
}

impl Seen {
    /// Of nobody yet, whose numbers are dialled from `country`.
    #[must_use]
    pub fn new(country: Option<Country>) -> Self {
        Self { country, ..Self::default() }
    }

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
        let marks = marks_of(base_key, card, self.country);
        let found = marks.iter().find_map(|mark| self.marks.get(mark)).copied();
        for mark in marks {
            self.marks.entry(mark).or_insert(found.unwrap_or(position));
        }
        found
    }
}

fn marks_of(base_key: &str, card: &Card, country: Option<Country>) -> Vec<u64> {
    let name = name_key(&card.person.shown_name());
    let shared = person_marks(&card.person, country).map(|value| hashed(("mark", &name, value)));
    let posts =
        card.employments.iter().take(MARKS).map(|post| hashed(("post", &name, post.organization.to_lowercase())));
    std::iter::once(hashed(("card", base_key))).chain(shared).chain(posts).collect()
}

fn person_marks(person: &Person, country: Option<Country>) -> impl Iterator<Item = (&'static str, String)> {
    person
        .methods
        .iter()
        .filter(|method| is_mark(method.kind))
        .take(MARKS)
        .map(move |method| (method.kind.as_str(), method.key(country)))
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
    use crate::exchange::card::CardEmployment;

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
    fn two_of_one_name_and_organization_are_met_and_doubted_where_their_e_mails_differ() {
        let at_work = |email: &str| {
            let post =
                CardEmployment { organization: "Navy".to_owned(), is_current: true, ..CardEmployment::default() };
            Card { employments: vec![post], ..card("Ada", email) }
        };
        let mut seen = Seen::default();
        assert_eq!(seen.first_of("1", &at_work("a@x.example"), 1), None);
        assert_eq!(seen.first_of("2", &at_work("b@x.example"), 2), Some(1));
        assert!(contrary(&at_work("a@x.example"), &at_work("b@x.example"), None).is_some());
        assert!(contrary(&at_work("a@x.example"), &at_work("A@x.example"), None).is_none());
        assert!(contrary(&at_work("a@x.example"), &Card::default(), None).is_none());
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
