//! Whether two names with their addresses are one person. It says how likely that is, and never by a first name alone.

use std::collections::BTreeSet;

use super::{address, decode};
use crate::text::fold::{fold, is_word};

/// From here on two are taken for one.
pub const LIKELY: f32 = 0.75;

/// How likely two are one person, from 0 to 1; each is a name as a header has it, and an address; either may be empty.
#[must_use]
pub fn likelihood(one: (&str, &str), other: (&str, &str)) -> f32 {
    let (one, other) = (Identity::new(one), Identity::new(other));
    let by_name = one.by_name(&other);
    if one.address.is_empty() || one.address != other.address || one.is_relayed || other.is_relayed {
        return by_name;
    }
    // Somebody else may write from a shared address: then both have a name, and they share nothing of it.
    let is_shared = one.names.len() > 1 && other.names.len() > 1 && by_name == 0.0;
    if is_shared { 0.6 } else { 1.0 }
}

/// By what those who may be one person are found, before [`likelihood`] says whether they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// What a name and an address are kept under; empty where they say too little.
    pub own: String,
    /// Under what others are looked for.
    pub sought: Vec<String>,
}

/// The mark of a name and an address: the letters of its first and last word in the order of the alphabet, since `annlee`
/// and `Lee, Ann` don't say where the one ends, nor which of them comes first.
#[must_use]
pub fn mark(name: &str, address: &str) -> Mark {
    let Identity { names, user, is_relayed, .. } = Identity::new((name, address));
    let letters = |kind: char, words: &[String]| {
        let ends = words.first().into_iter().chain(words.last());
        let mut letters: Vec<char> = ends.flat_map(|word| word.chars()).take(200).collect();
        letters.sort_unstable();
        std::iter::once(kind).chain(letters).collect::<String>()
    };
    match (is_full(&names), &user[..]) {
        _ if is_relayed => Mark { own: String::new(), sought: Vec::new() },
        (true, _) => Mark { own: letters('n', &names), sought: vec![letters('n', &names), letters('u', &names)] },
        (false, user) if is_full(user) => Mark { own: letters('n', user), sought: vec![letters('n', user)] },
        (false, [word]) => {
            let word = [word.clone(), String::new()];
            Mark { own: letters('u', &word), sought: vec![letters('n', &word)] }
        }
        _ => Mark { own: String::new(), sought: Vec::new() },
    }
}

/// What a name and an address say of a person.
struct Identity {
    address: String,
    /// A list or a service wrote for her, from its own address.
    is_relayed: bool,
    /// The words of the name, in the order in which she is called.
    names: Vec<String>,
    /// The words of the address before its @.
    user: Vec<String>,
}

impl Identity {
    fn new((name, address): (&str, &str)) -> Self {
        let name = decode::words(name);
        let (name, is_relayed) = without_relay(&name);
        let named_address = address::normal(name);
        let address = address::normal(address);
        let address = if address.is_empty() { named_address.clone() } else { address };
        let user = address.split('@').next().unwrap_or_default().split('+').next().unwrap_or_default();
        let user = words(user).into_iter().filter(|word| !word.chars().all(char::is_numeric)).collect();
        let names = if named_address.is_empty() { names(name) } else { Vec::new() };
        Self { address, is_relayed, names, user }
    }

    fn by_name(&self, other: &Self) -> f32 {
        let (a, b) = (&self.names, &other.names);
        match () {
            () if is_full(a) && a == b => 0.95,
            () if is_full(a) && is_full(b) && is_same(a, b) => 0.85,
            () if is_written_by(&self.user, b) || is_written_by(&other.user, a) => 0.8,
            () if a.is_empty() && b.is_empty() && is_full(&self.user) && is_same(&self.user, &other.user) => 0.8,
            () if is_full(a) && is_full(b) && is_abbreviated(a, b) => 0.5,
            () if is_hinted_at(&self.user, b) || is_hinted_at(&other.user, a) => 0.5,
            () => 0.0,
        }
    }
}

/// Whether an address is made of a whole name: `ann.lee`, `lee_ann`, `annlee`.
fn is_written_by(user: &[String], names: &[String]) -> bool {
    let ([first, .., last], true) = (names, is_full(names)) else { return false };
    match user {
        [word] => *word == format!("{first}{last}") || *word == format!("{last}{first}"),
        _ => is_full(user) && is_same(user, names),
    }
}

/// Whether it is made of a last name and the initials of the others: `alee`, `leea`, which several people may share.
fn is_hinted_at(user: &[String], names: &[String]) -> bool {
    let ([first @ .., last], true, [word]) = (names, is_full(names), user) else { return false };
    let initials: String = first.iter().filter_map(|name| name.chars().next()).collect();
    let initial: String = initials.chars().take(1).collect();
    [initials, initial].iter().any(|some| *word == format!("{some}{last}") || *word == format!("{last}{some}"))
}

/// Whether a name has a first and a last part that are no initials.
fn is_full(names: &[String]) -> bool {
    names.iter().filter(|name| is_word_of_name(name)).count() >= 2
}

/// The same first and last name, and no middle name that says otherwise; or the same words in another order.
fn is_same(a: &[String], b: &[String]) -> bool {
    let ([first_a, middle_a @ .., last_a], [first_b, middle_b @ .., last_b]) = (a, b) else { return false };
    let is_ordered = first_a == first_b && last_a == last_b && is_word_of_name(first_a) && is_word_of_name(last_a);
    if is_ordered {
        let is_one = |(x, y): (&String, &String)| x == y || is_initial(x, y) || is_initial(y, x);
        return middle_a.is_empty()
            || middle_b.is_empty()
            || middle_a.len() == middle_b.len() && middle_a.iter().zip(middle_b).all(is_one);
    }
    let set = |names: &[String]| names.iter().cloned().collect::<BTreeSet<_>>();
    set(a) == set(b)
}

fn is_word_of_name(name: &str) -> bool {
    name.chars().nth(1).is_some()
}

fn is_initial(initial: &str, name: &str) -> bool {
    !is_word_of_name(initial) && name.starts_with(initial)
}

/// One last name, and a first name of which one has the initial.
fn is_abbreviated(a: &[String], b: &[String]) -> bool {
    let ([first_a, .., last_a], [first_b, .., last_b]) = (a, b) else { return false };
    last_a == last_b && (is_initial(first_a, first_b) || is_initial(first_b, first_a))
}

/// A name without `via List`, `(Company)` and what else stands behind it.
fn without_relay(name: &str) -> (&str, bool) {
    let name = name.trim().trim_matches(['"', '\'']);
    let lower = name.to_ascii_lowercase();
    let relay = [" via ", " (via ", " on behalf of "].iter().filter_map(|word| lower.find(word)).min();
    let name = relay.map_or(name, |at| &name[..at]);
    let name = name.split(['(', '[', '<']).map(str::trim).find(|part| !part.is_empty()).unwrap_or_default();
    (name.trim_matches(['"', '\'', ' ']), relay.is_some())
}

/// The words of a name, `Last, First` put in the order of `First Last`, titles and degrees left out.
fn names(name: &str) -> Vec<String> {
    const TITLES: [&str; 22] = [
        "mr",
        "mrs",
        "ms",
        "miss",
        "dr",
        "prof",
        "professor",
        "sir",
        "herr",
        "frau",
        "jr",
        "sr",
        "ii",
        "iii",
        "phd",
        "md",
        "esq",
        "mba",
        "cpa",
        "dipl",
        "ing",
        "rev",
    ];
    let ordered = match name.split_once(',') {
        Some((last, first)) => {
            let (behind, before) = (words(first), words(last));
            let is_degree = behind.iter().all(|word| TITLES.contains(&word.as_str()));
            if is_degree || before.len() > 1 && behind.len() == 1 && first.trim().chars().all(char::is_uppercase) {
                before
            } else {
                behind.into_iter().chain(before).collect()
            }
        }
        None => words(name),
    };
    let plain: Vec<String> = ordered.iter().filter(|word| !TITLES.contains(&word.as_str())).cloned().collect();
    if plain.is_empty() { ordered } else { plain }
}

/// Words in lower case without accents: what stands between separators of names and of addresses.
fn words(text: &str) -> Vec<String> {
    // O'Brien is one word, spelt either way.
    let text = fold(text).replace(['\'', '\u{2019}'], "");
    text.split(|c: char| !is_word(c)).filter(|word| !word.is_empty()).map(without_umlauts).collect()
}

/// `mueller` as `muller`, which is what `müller` is folded to. An e that is spoken by itself stays: in Joe and Rae, in Bauer and
/// Jacques, in Michael and Samuel.
fn without_umlauts(word: &str) -> String {
    let chars: Vec<char> = word.chars().collect();
    let is_vowel = |c: &char| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y');
    let is_umlaut = |at: usize| {
        let (before, behind) = (at.checked_sub(2).map(|at| chars[at]), chars.get(at + 1));
        matches!(chars[at - 1], 'a' | 'o' | 'u')
            && !before.is_some_and(|before| before == 'q' || is_vowel(&before))
            && behind.is_some_and(|behind| behind.is_alphabetic() && !is_vowel(behind))
            && !(behind == Some(&'l') && at + 2 == chars.len())
    };
    (0..chars.len()).filter(|at| *at == 0 || chars[*at] != 'e' || !is_umlaut(*at)).map(|at| chars[at]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_likely(one: (&str, &str), other: (&str, &str)) -> bool {
        let (there, back) = (likelihood(one, other), likelihood(other, one));
        assert_eq!(there, back, "{one:?} {other:?}");
        there >= LIKELY
    }

    #[test]
    fn one_person_is_known_in_every_spelling() {
        for (one, other) in [
            (("Ann Lee", "ann@x.example"), ("Ann Lee", "lee@y.example")),
            (("Lee, Ann", ""), ("\"Ann Lee\"", "")),
            (("Lee, Ann M.", ""), ("Ann Lee", "")),
            (("Ann M Lee", ""), ("Ann Maria Lee", "")),
            (("LEE ANN", ""), ("Ann Lee", "")),
            (("Dr. Ann Lee, PhD", ""), ("ann lee", "")),
            (("Ann Lee via Club", "club@x.example"), ("Ann Lee", "ann@x.example")),
            (("'Ann Lee' via Club", "club@x.example"), ("Ann Lee (Acme)", "")),
            (("=?utf-8?q?Zo=C3=AB_M=C3=BCller?=", ""), ("Zoe Muller", "")),
            (("Ann Lee", ""), ("", "ann.lee@x.example")),
            (("", "annlee@y.example"), ("Lee, Ann", "")),
            (("ann.lee", ""), ("Ann Lee", "")),
            (("Ann", "ann@x.example"), ("", "ANN@x.example")),
            (("Sinéad O’Brien", ""), ("OBrien, Sinead", "")),
            (("Juergen Mueller", "jm@x.example"), ("Jürgen Müller", "jm@y.example")),
            (("Jürgen Müller", ""), ("", "juergen.mueller@y.example")),
        ] {
            assert!(is_likely(one, other), "{one:?} {other:?}");
        }
    }

    #[test]
    fn one_person_is_found_by_her_mark() {
        for (one, other) in [
            (("Ann Lee", "ann@x.example"), ("Lee, Ann M.", "lee@y.example")),
            (("Ann Lee", "a@x.example"), ("", "ann.lee@x.example")),
            (("", "annlee@y.example"), ("Lee, Ann", "")),
            (("", "leeann@y.example"), ("Ann Lee", "")),
            (("", "ann.lee@y.example"), ("Ann", "lee_ann@x.example")),
            (("Juergen Mueller", "jm@x.example"), ("Jürgen Müller", "jm@y.example")),
        ] {
            let (one, other) = (mark(one.0, one.1), mark(other.0, other.1));
            assert!(one.sought.contains(&other.own) && other.sought.contains(&one.own), "{one:?} {other:?}");
        }
        assert_eq!(mark("Ann Lee via Club", "club@x.example").own, "");
    }

    #[test]
    fn two_people_stay_two() {
        for (one, other) in [
            (("Ann", "ann@x.example"), ("Ann", "ann@y.example")),
            (("Ann", ""), ("Ann Lee", "")),
            (("Ann Lee", ""), ("Ann Long", "")),
            (("Ann B Lee", ""), ("Ann C Lee", "")),
            (("Ann Lee via Club", "club@x.example"), ("Bo Ray via Club", "club@x.example")),
            (("Ann Lee", "family@x.example"), ("Bo Ray", "family@x.example")),
            (("A Lee", ""), ("Ann Lee", "")),
            (("Joe Lee", ""), ("Jo Lee", "")),
            (("Ann Bauer", ""), ("Ann Baur", "")),
            (("Michael Lee", ""), ("Michal Lee", "")),
            (("", "alee@x.example"), ("Ann Lee", "")),
            (("", "ann@x.example"), ("Ann Lee", "")),
            (("", ""), ("", "")),
            (("", "info@x.example"), ("", "info@y.example")),
        ] {
            assert!(!is_likely(one, other), "{one:?} {other:?}");
        }
    }
}
