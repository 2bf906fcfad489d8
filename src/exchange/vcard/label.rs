//! TYPE parameters and the short labels that they mean.

use std::collections::HashSet;

/// Label and TYPE word, those that say where before those that say what.
const WORDS: [(&str, &str); 13] = [
    ("work", "work"),
    ("home", "home"),
    ("school", "school"),
    ("other", "other"),
    ("main", "main"),
    ("mobile", "cell"),
    ("fax", "fax"),
    ("pager", "pager"),
    ("car", "car"),
    ("iphone", "iphone"),
    ("isdn", "isdn"),
    ("modem", "modem"),
    ("textphone", "textphone"),
];

/// What nearly every phone, e-mail or address of some program says, so that it says nothing.
const NOISE: [&str; 14] = [
    "",
    "voice",
    "internet",
    "pref",
    "msg",
    "text",
    "video",
    "x400",
    "postal",
    "parcel",
    "dom",
    "intl",
    "uri",
    "x-internet",
];

/// The label of these TYPE words: "work fax". Words that Kith does not know are kept.
pub(super) fn of_types<'a>(types: impl Iterator<Item = &'a str>) -> String {
    let mut words: Vec<String> = Vec::new();
    // A hostile card has a hundred thousand of them.
    let mut seen: HashSet<String> = HashSet::new();
    for word in types {
        let word = word.trim().to_lowercase();
        let label = match WORDS.iter().find(|(_, known)| *known == word) {
            Some((label, _)) => (*label).to_owned(),
            None if NOISE.contains(&word.as_str()) => continue,
            None => word.strip_prefix("x-").unwrap_or(&word).to_owned(),
        };
        if seen.insert(label.clone()) {
            words.push(label);
        }
    }
    words.sort_by_key(|word| WORDS[..5].iter().all(|(label, _)| label != word));
    words.join(" ")
}

/// The TYPE words that come back as this label, if there are any.
pub(super) fn types(label: &str) -> Option<Vec<&'static str>> {
    if label.is_empty() {
        return Some(Vec::new());
    }
    let word = |part: &str| WORDS.iter().find(|(label, _)| *label == part).map(|(_, word)| *word);
    let types: Vec<&'static str> = label.split(' ').map(word).collect::<Option<_>>()?;
    (of_types(types.iter().copied()) == label).then_some(types)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_short_and_in_one_order() {
        for (types, label) in [
            (&["CELL", "VOICE", "pref"][..], "mobile"),
            (&["FAX", "WORK"], "work fax"),
            (&["home", "INTERNET"], "home"),
            (&["X-mobil"], "mobil"),
            (&[], ""),
        ] {
            assert_eq!(of_types(types.iter().copied()), label);
        }
    }

    #[test]
    fn two_hundred_thousand_words_are_read_in_one_go() {
        let words: Vec<String> = (0..200_000).map(|number| format!("w{}", number % 150_000)).collect();
        let label = of_types(words.iter().map(String::as_str));
        assert_eq!(label.split(' ').count(), 150_000);
    }

    #[test]
    fn only_a_label_that_comes_back_is_written_as_types() {
        assert_eq!(types("work fax"), Some(vec!["work", "fax"]));
        assert_eq!(types("fax work"), None);
        assert_eq!(types("Work"), None);
        assert_eq!(types("her mother's"), None);
    }
}
