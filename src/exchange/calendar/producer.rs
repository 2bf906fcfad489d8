//! Which program a calendar is from, as a short word.

/// How long the word may be: so long is `interactions.external_source`.
const MAX_LENGTH: usize = 50;

/// The word of a PRODID (RFC 5545, section 3.7.3): `google_calendar` and the like where it is known, else made of
/// the product's name.
pub(super) fn source(prodid: &str) -> String {
    let known = [
        ("google calendar", "google_calendar"),
        ("outlook", "outlook"),
        ("exchange", "exchange"),
        ("apple", "apple_calendar"),
        ("mozilla", "thunderbird"),
        ("nextcloud", "nextcloud"),
        ("evolution", "evolution"),
        ("korganizer", "korganizer"),
    ];
    let lower = prodid.to_lowercase();
    if let Some((_, word)) = known.iter().find(|(part, _)| lower.contains(part)) {
        return (*word).to_owned();
    }
    // -//ORGANIZATION//PRODUCT//LANGUAGE
    let mut parts = lower.split("//").map(str::trim).filter(|part| !matches!(*part, "" | "-" | "+"));
    let first = parts.next().unwrap_or_default();
    let product = parts.next().filter(|part| part.len() > 2).unwrap_or(first);
    let product = product.strip_prefix("nonsgml ").unwrap_or(product);
    // A version says nothing of the program.
    let words = product.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().any(char::is_alphabetic));
    let mut word = String::new();
    for next in words.filter(|word| !is_version(word)) {
        if word.chars().count() + 1 + next.chars().count() > MAX_LENGTH {
            break;
        }
        if !word.is_empty() {
            word.push('_');
        }
        word.push_str(next);
    }
    if word.is_empty() { "icalendar".to_owned() } else { word }
}

fn is_version(word: &str) -> bool {
    word.strip_prefix('v').is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_is_that_of_the_product() {
        for (prodid, expected) in [
            ("-//Google Inc//Google Calendar 70.9054//EN", "google_calendar"),
            ("-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN", "outlook"),
            ("-//Apple Inc.//iPhone OS 26.4.2//EN", "apple_calendar"),
            ("-//Example Corp.//NONSGML Fine Planner V1.0//EN", "fine_planner"),
            ("-//ACME//EN", "acme"),
            ("Some-Provider", "some_provider"),
            ("", "icalendar"),
            ("-//4//2//", "icalendar"),
        ] {
            assert_eq!(source(prodid), expected, "{prodid}");
        }
        assert!(source(&"Wort ".repeat(90)).chars().count() <= MAX_LENGTH);
        assert_eq!(source(&"x".repeat(90)), "icalendar");
    }
}
