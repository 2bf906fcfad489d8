//! Sort keys of names: root collation (CLDR), so that every script sorts as its readers expect and the
//! database compares bytes.

use std::sync::LazyLock;

use icu_collator::options::CollatorOptions;
use icu_collator::{Collator, CollatorBorrowed, CollatorPreferences};

/// The longest key kept; a longer one would not fit into an index row (PostgreSQL: 2,704 bytes).
const LONGEST: usize = 1000;

/// How much of a name is looked at; beyond it the key would be cut off anyway.
const CHARACTERS: usize = 1000;

static ROOT: LazyLock<CollatorBorrowed<'static>> = LazyLock::new(|| {
    Collator::try_new(CollatorPreferences::default(), CollatorOptions::default())
        .unwrap_or_else(|_| unreachable!("the root collation is compiled in"))
});

/// The key of `name`: names in the order of their keys are in the order of the root collation.
/// Names that differ only far behind their beginning share a key.
#[must_use]
pub fn sort_key(name: &str) -> Vec<u8> {
    let end = name.char_indices().nth(CHARACTERS).map_or(name.len(), |(at, _)| at);
    let mut key = Vec::with_capacity(64);
    let Ok(()) = ROOT.write_sort_key_to(&name[..end], &mut key);
    key.truncate(LONGEST);
    key
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NAMES: [&str; 26] = [
        "Ångström Anders",
        "Andersson Åsa",
        "Öberg",
        "Oberg",
        "Zetterlund",
        "de Vries",
        "De Vries",
        "van Gogh",
        "O'Brien",
        "OBrien",
        "O Brien",
        "Müller",
        "Mueller",
        "Muller",
        "Nguyễn Thị Minh Khai",
        "Nguyên",
        "Nguyen",
        "محمد علي",
        "فاطمة الزهراء",
        "山田 花子",
        "山田 太郎",
        "やまだ",
        "ヤマダ",
        "김철수",
        "अनिल",
        "สมชาย",
    ];

    #[test]
    fn names_of_many_scripts_sort_as_the_root_collation_has_them() {
        for left in NAMES {
            for right in NAMES {
                assert_eq!(sort_key(left).cmp(&sort_key(right)), ROOT.compare(left, right), "{left} and {right}");
            }
        }
    }

    #[test]
    fn accents_and_capitals_stay_beside_their_plain_letters() {
        let mut names = vec!["Zoe", "Äpple", "Bo", "åsa", "Asa", "Özil", "ost", "adam"];
        names.sort_by_key(|name| sort_key(name));
        assert_eq!(names, ["adam", "Äpple", "Asa", "åsa", "Bo", "ost", "Özil", "Zoe"]);
    }

    #[test]
    fn the_shorter_of_two_names_with_one_beginning_comes_first() {
        assert!(sort_key("Ann") < sort_key("Anna"));
        assert!(sort_key("Lee") < sort_key("Lee Ann"));
        assert!(sort_key("") < sort_key("a"));
    }

    #[test]
    fn the_key_of_any_name_fits_into_an_index_row() {
        for name in ["山".repeat(100_000), "a\u{301}".repeat(50_000), "🦊".repeat(10_000)] {
            assert!(sort_key(&name).len() <= LONGEST);
        }
    }

    proptest! {
        #[test]
        fn keys_of_any_text_agree_with_the_collation(left in "\\PC{0,40}", right in "\\PC{0,40}") {
            prop_assert_eq!(sort_key(&left).cmp(&sort_key(&right)), ROOT.compare(&left, &right));
        }
    }
}
