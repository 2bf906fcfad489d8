//! The name that stood beside an address, as that of a person.

use crate::contacts::model::{Method, MethodKind, Person};
use crate::text::clean;

/// What stands behind a name and is none: degrees and the like, in lower case.
const BEHIND: [&str; 10] = ["phd", "ph.d.", "md", "m.d.", "jr", "jr.", "sr", "sr.", "esq", "esq."];
/// What a list or a service adds to the name of whom it writes for.
const RELAYS: [&str; 3] = [" via ", " (via ", " on behalf of "];

/// The person of a name and her addresses, the first of which is her primary one. Without a name she is called as that
/// is written, as an imported card without one.
pub(super) fn person(name: Option<&str>, addresses: &[String]) -> Person {
    let methods = addresses.iter().map(|address| Method {
        kind: MethodKind::Email,
        label: String::new(),
        value: address.clone(),
    });
    let called = name.map(plain).filter(|name| !clean::is_blank(name));
    let is_nameless = called.is_none();
    let person = match called {
        Some(name) => Person::called(&name),
        None => {
            let first_name = addresses.first().cloned().unwrap_or_default();
            Person { display_name: first_name.clone(), first_name, ..Person::default() }
        }
    };
    Person { is_nameless, relationship_strength: None, methods: methods.collect(), ..person }
}

/// A name without quotes, without what a relay adds, and `Last, First` in the order in which she is called.
pub(super) fn plain(name: &str) -> String {
    let name = clean::line(name);
    let lower = name.to_ascii_lowercase();
    let relay = RELAYS.iter().filter_map(|word| lower.find(word)).min();
    let name = relay.map_or(name.as_str(), |at| &name[..at]);
    let name = name.split(['(', '[', '<']).map(str::trim).find(|part| !part.is_empty()).unwrap_or_default();
    let name = name.trim_matches(['"', '\'', ' ', ',']);
    match name.split_once(',').map(|(last, first)| (last.trim(), first.trim())) {
        Some((last, first)) if BEHIND.contains(&first.to_lowercase().as_str()) => last.to_owned(),
        Some((last, first)) if !last.is_empty() && !first.is_empty() && !first.contains(',') => {
            format!("{first} {last}")
        }
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_told_in_the_order_in_which_one_is_called() {
        for (written, called) in [
            ("Ann Lee", "Ann Lee"),
            ("\"Lee, Ann\"", "Ann Lee"),
            ("'Ann Lee' via Club", "Ann Lee"),
            ("Ann Lee (Acme)", "Ann Lee"),
            ("Ann Lee, PhD", "Ann Lee"),
            ("Lee", "Lee"),
            ("Acme, Inc., Berlin", "Acme, Inc., Berlin"),
        ] {
            assert_eq!(plain(written), called, "{written}");
        }
    }

    #[test]
    fn the_last_word_is_her_last_name_and_without_a_name_she_is_called_as_her_address() {
        let ann = person(Some("Lee, Ann Maria"), &["ann@x.example".to_owned()]);
        assert_eq!((ann.first_name.as_str(), ann.last_name.as_deref()), ("Ann Maria", Some("Lee")));
        assert!(!ann.is_nameless);
        let nobody = person(Some(" "), &["b@x.example".to_owned(), "c@x.example".to_owned()]);
        assert_eq!((nobody.first_name.as_str(), nobody.methods.len()), ("b@x.example", 2));
        assert!(nobody.is_nameless);
    }
}
