//! By what a record is known again when its file is read another time.

use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

use crate::contacts::model::MethodKind;
use crate::exchange::card::Card;
use crate::text::hex::hex;

/// The longest key that `contact_sources` takes, and the longest id of an interaction from elsewhere.
const MAX_BYTES: usize = 255;

/// The card's UID, else a hash of its name and its LinkedIn profile, first e-mail or phone; as a hash too if it is too
/// long.
#[must_use]
pub fn source_key(card: &Card) -> String {
    match card.uid.as_deref().map(str::trim) {
        Some(uid) if !uid.is_empty() => short(uid),
        _ => hash(&format!("{}\n{}", folded(&card.person.shown_name()), reached(card))),
    }
}

/// The profile at LinkedIn, which lasts longest, else the first e-mail, else the first phone number, without what
/// programs write in different ways.
fn reached(card: &Card) -> String {
    let first = |kind| card.person.methods.iter().find(|method| method.kind == kind);
    if let Some(lasting) = first(MethodKind::Linkedin).or_else(|| first(MethodKind::Email)) {
        return folded(&lasting.value);
    }
    let digits = |value: &str| value.chars().filter(char::is_ascii_digit).collect::<String>();
    first(MethodKind::Phone).map(|phone| digits(&phone.value)).unwrap_or_default()
}

/// Small letters, compatibility forms composed, blanks single.
fn folded(text: &str) -> String {
    let text: String = text.nfkc().collect::<String>().to_lowercase();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An id as a key: itself, or its hash where it is too long.
pub(in crate::exchange) fn short(id: &str) -> String {
    if id.len() <= MAX_BYTES { id.to_owned() } else { hash(id) }
}

/// What stands for the id of what has none, and for a text that is too long for a key.
pub(in crate::exchange) fn hash(text: &str) -> String {
    format!("sha256:{}", hex(&Sha256::digest(text)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contacts::model::{Method, Person};

    fn card(uid: Option<&str>, name: &str, email: &str) -> Card {
        let methods = vec![Method { kind: MethodKind::Email, label: String::new(), value: email.to_owned() }];
        let person = Person { display_name: name.to_owned(), methods, ..Person::default() };
        Card { uid: uid.map(str::to_owned), person, ..Card::default() }
    }

    #[test]
    fn a_uid_is_the_key_and_a_long_one_its_hash() {
        assert_eq!(source_key(&card(Some("abc"), "Ada", "")), "abc");
        let long = source_key(&card(Some(&"x".repeat(256)), "Ada", ""));
        assert!(long.starts_with("sha256:") && long.len() == 7 + 64, "{long}");
    }

    #[test]
    fn without_a_uid_spelling_does_not_matter_but_the_address_does() {
        let key = source_key(&card(None, "Ada  Lovelace", "Ada@Example.org"));
        assert_eq!(key, source_key(&card(None, "ADA LOVELACE", "ada@example.org")));
        assert_ne!(key, source_key(&card(None, "Ada Lovelace", "ada@example.com")));
    }
}
