//! Words that people are called by before and behind their names.

/// Before a name: at each place those of so many letters. What is a name or initials too (Pan, Dl) is none: there the
/// contact's own prefix tells.
const BEFORE: [&[u128]; 11] = [
    &[],
    &[],
    &in_any_case(["dr", "hr", "mr", "ms", "mx"]),
    &in_any_case(["bpk", "dhr", "dra", "ing", "mgr", "mme", "mnr", "mrs", "rev", "sir", "sra"]),
    &in_any_case(["dame", "dott", "frau", "herr", "miss", "mlle", "prof", "srta"]),
    &in_any_case(["harra", "janob", "jenap", "kungs", "madam", "malam", "senor"]),
    &in_any_case(["doctor", "doktor", "dut.ra", "madame", "maitre", "meneer", "senora", "signor"]),
    &in_any_case(["doktory", "mevrouw", "prof.ra", "signora"]),
    &in_any_case(["monsieur"]),
    &in_any_case(["professor"]),
    &in_any_case(["professori"]),
];

/// A word of at most sixteen signs of ASCII as a number, in which capitals are small letters: each row of a list asks,
/// and numbers are compared at once.
const fn number_of(word: &[u8]) -> u128 {
    let (mut number, mut at) = (0, 0);
    while at < word.len() {
        number = number << 8 | word[at].to_ascii_lowercase() as u128;
        at += 1;
    }
    number
}

const fn in_any_case<const N: usize>(words: [&str; N]) -> [u128; N] {
    let (mut numbers, mut at) = ([0; N], 0);
    while at < N {
        numbers[at] = number_of(words[at].as_bytes());
        at += 1;
    }
    numbers
}

/// The same in other letters.
const BEFORE_IN_OTHERS: [&str; 38] = [
    "cənab",
    "maazị",
    "maître",
    "ông",
    "señ",
    "señor",
    "señora",
    "ylymlaryň",
    "κος",
    "д-р",
    "др",
    "доктор",
    "ноён",
    "профессор",
    "դ-ր",
    "պրն",
    "ডা০",
    "জনাব",
    "শ্ৰী",
    "শ্রী",
    "প্রঃ",
    "ডঃ",
    "श्री",
    "பேராசிரியர்",
    "آقای",
    "خانم",
    "پروفسور",
    "پروفیسر",
    "ڈاکٹر",
    "دکتر",
    "دكتور",
    "ܕܘܟܬܘܪ",
    "ܦܪܘܦܣܘܪ",
    "ܡܝܩܪܐ",
    "ᎻᏍᏖᎢ",
    "先生",
    "博士",
    "教授",
];

/// Letters in squares, which flags are made of too: to Unicode they are letters.
pub(super) fn is_sign(c: char) -> bool {
    matches!(c, '\u{1f100}'..='\u{1f1ff}')
}

/// What names are made of.
pub(super) fn is_letter(c: char) -> bool {
    c.is_alphanumeric() && !is_sign(c)
}

/// A word of a name without the signs behind it, and whether a full stop shortens it: `Dr.`, but not the `J.` of a
/// name.
fn stopped(word: &str) -> (&str, bool) {
    if word.ends_with(|c: char| c.is_ascii_alphabetic()) {
        return (word, false);
    }
    let stem = word.trim_end_matches(|c: char| !is_letter(c));
    let is_short = word[stem.len()..].starts_with('.') && !stem.contains('.');
    (stem, is_short && (stem.chars().nth(1).is_some() || !stem.starts_with(char::is_uppercase)))
}

/// Whether it stands before names: `Dr.`, `Prof.`, `Mrs`, `博士`.
pub(super) fn is_before(word: &str) -> bool {
    let (stem, is_short) = stopped(word);
    if is_short {
        return true;
    }
    if stem.is_ascii() {
        return BEFORE.get(stem.len()).is_some_and(|words| words.contains(&number_of(stem.as_bytes())));
    }
    let begins = |known: &str| {
        stem.starts_with(|c: char| {
            known.starts_with(c) || c.to_lowercase().next().is_some_and(|c| known.starts_with(c))
        })
    };
    let lowered = |text: &'static str| text.chars().flat_map(char::to_lowercase);
    let is_it = |known: &'static str| lowered(known).eq(stem.chars().flat_map(char::to_lowercase));
    BEFORE_IN_OTHERS.iter().any(|known| begins(known) && is_it(known))
}

/// Whether it stands behind names: `jr.`, `PhD`, `III`.
pub(super) fn is_behind(word: &str) -> bool {
    // Md and Ii are names.
    const CAPITALS: [&str; 6] = ["II", "III", "IV", "MD", "M.D", "Sr"];
    const WORDS: [&str; 5] = ["jr", "phd", "ph.d", "mba", "esq"];
    let (stem, is_short) = stopped(word);
    is_short
        || stem.len() <= 4 && (CAPITALS.contains(&stem) || WORDS.iter().any(|known| known.eq_ignore_ascii_case(stem)))
}

/// The name without the prefix that it begins with, where more follows.
pub(super) fn without<'a>(name: &'a str, prefix: Option<&str>) -> &'a str {
    let behind = prefix.map(str::trim).filter(|prefix| !prefix.is_empty()).and_then(|prefix| name.strip_prefix(prefix));
    behind.filter(|rest| rest.starts_with(char::is_whitespace) && !rest.trim().is_empty()).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_known_in_any_case_and_script_and_a_name_is_none() {
        for title in [
            "Dr",
            "PROF",
            "Maître",
            "maître",
            "Malam",
            "Mevrouw",
            "Dut.ra",
            "Professori",
            "Cənab",
            "ДОКТОР",
            "др",
            "श्री",
            "博士",
            "پروفسور",
            "ᎻᏍᏖᎢ",
            "u-Prof.",
            "mnr.",
        ] {
            assert!(is_before(title), "{title}");
        }
        for name in ["Pan", "Don", "Claire", "J.", "Мира", "Đỗ", "山田", "A", "", "Maximilian-Ferdinand"] {
            assert!(!is_before(name), "{name}");
        }
    }

    #[test]
    fn a_prefix_is_left_out_where_the_name_begins_with_it_and_goes_on() {
        assert_eq!(without("Pan Jan Kowalski", Some("Pan")), " Jan Kowalski");
        assert_eq!(without("Giáo sư, Tiến sĩ Minh Khai", Some(" Giáo sư, Tiến sĩ ")), " Minh Khai");
        for (name, prefix) in
            [("Pan", Some("Pan")), ("Pania Rose", Some("Pan")), ("Pan Wei", None), ("Pan Wei", Some(" "))]
        {
            assert_eq!(without(name, prefix), name);
        }
    }
}
