//! What was typed into a search field, as a `tsquery`: every word must be found, in whatever order, each
//! by its beginning.

use super::clean::beginning;
use super::country::Country;
use super::phone::Phone;
use super::search_document::{address_key, phone_digits};
use super::tokens::{LONGEST, Link, pairs, pieces};

/// How much of what was typed is read, in bytes.
const READ: usize = 400;
/// How many words of it are looked for.
const MOST: usize = 12;
/// The shortest word that may be a misspelt one, and that may be a domain.
const LONG_ENOUGH: usize = 3;

/// A query, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchQuery {
    terms: Vec<Term>,
    /// All of it, where it may be one phone number written in groups: its digits as typed, and with its country.
    phone: Option<Vec<String>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Term {
    /// The beginning of a word.
    Word(String),
    /// Two neighbours of a script without spaces, or one.
    Pair(String),
    /// The beginning of an e-mail address.
    Address(String),
    /// The beginning of a domain, or words with dots between them.
    Domain(String, Vec<Term>),
}

impl SearchQuery {
    /// `None` where nothing searchable was typed.
    #[must_use]
    pub fn parse(typed: &str, country: Option<Country>) -> Option<Self> {
        let typed = beginning(typed, READ);
        let mut terms = Vec::new();
        for chunk in typed.split_whitespace() {
            read_chunk(chunk, &mut terms);
        }
        terms.truncate(MOST);
        (!terms.is_empty()).then(|| Self { terms, phone: phone(typed, country) })
    }

    /// The words that may be misspelt names.
    #[must_use]
    pub fn correctable(&self) -> Vec<String> {
        let words = self.terms.iter().filter_map(|term| match term {
            Term::Word(word) if word.chars().count() >= LONG_ENOUGH && !word.contains(|c: char| c.is_numeric()) => {
                Some(word.clone())
            }
            _ => None,
        });
        words.collect()
    }

    /// Looks for `right` wherever `wrong` was typed.
    pub fn correct(&mut self, wrong: &str, right: &str) {
        for term in &mut self.terms {
            if *term == Term::Word(wrong.to_owned()) {
                *term = Term::Word(right.to_owned());
            }
        }
    }

    /// The query in PostgreSQL's words.
    #[must_use]
    pub fn tsquery(&self) -> String {
        let terms: Vec<String> = self.terms.iter().map(Term::tsquery).collect();
        let terms = terms.join(" & ");
        match &self.phone {
            Some(numbers) => {
                let numbers: Vec<String> = numbers.iter().map(|digits| format!("'{digits}':*")).collect();
                format!("{} | ({terms})", numbers.join(" | "))
            }
            None => terms,
        }
    }

    /// The words that are looked for, for a person to read.
    #[must_use]
    pub fn shown(&self) -> String {
        let words: Vec<&str> = self.terms.iter().map(Term::text).collect();
        words.join(" ")
    }
}

impl Term {
    fn text(&self) -> &str {
        let (Self::Word(text) | Self::Pair(text) | Self::Address(text) | Self::Domain(text, _)) = self;
        text
    }

    fn tsquery(&self) -> String {
        match self {
            Self::Word(word) => {
                let national = word.trim_start_matches('0');
                if word.len() != national.len() && !national.is_empty() {
                    format!("('{word}':* | '{national}':*)")
                } else if word.chars().count() >= LONG_ENOUGH {
                    format!("('{word}':* | '@{word}':*)")
                } else {
                    format!("'{word}':*")
                }
            }
            Self::Pair(pair) if pair.chars().count() > 1 => format!("'{pair}'"),
            Self::Pair(one) => format!("'{one}':*"),
            Self::Address(address) => match address.strip_prefix('@') {
                Some(handle) => format!("('{address}':* | '{handle}':*)"),
                None => format!("'{address}':*"),
            },
            Self::Domain(domain, words) => {
                let words: Vec<String> = words.iter().map(Self::tsquery).collect();
                format!("('@{domain}':* | ({}))", words.join(" & "))
            }
        }
    }
}

/// What stands between two spaces: an address, a link, a domain, or words.
fn read_chunk(chunk: &str, terms: &mut Vec<Term>) {
    let address = if chunk.contains('@') { address_key(chunk) } else { String::new() };
    if address.len() > 1 {
        return terms.push(Term::Address(address));
    }
    let link = chunk.split_once("://").map_or(chunk, |(_, rest)| rest);
    let (host, path) = link.split_once('/').unwrap_or((link, ""));
    let host = host.strip_prefix("www.").unwrap_or(host);
    let mut words = Vec::new();
    read_words(host, &mut words);
    words.truncate(MOST);
    let is_domain = words.len() > 1 && host.contains('.') && words.iter().all(|word| matches!(word, Term::Word(_)));
    if is_domain {
        terms.push(Term::Domain(address_key(host.trim_matches('.')), words));
    } else {
        terms.append(&mut words);
    }
    read_words(path, terms);
}

/// What is parted by an apostrophe is looked for as one word, what is parted by anything else as several.
fn read_words(chunk: &str, terms: &mut Vec<Term>) {
    for piece in pieces(chunk) {
        if piece.unspaced {
            let is_one = piece.text.chars().count() == 1;
            let found = pairs(&piece.text).filter(|pair| is_one || pair.chars().count() == 2);
            terms.extend(found.map(|pair| Term::Pair(pair.to_owned())));
            continue;
        }
        match terms.last_mut() {
            Some(Term::Word(word)) if piece.link == Link::Apostrophe => {
                word.push_str(beginning(&piece.text, LONGEST.saturating_sub(word.len())))
            }
            _ => terms.push(Term::Word(piece.text)),
        }
    }
}

/// The digits, where nothing but a number in groups was typed, or letters that telephones have.
fn phone(typed: &str, country: Option<Country>) -> Option<Vec<String>> {
    let is_number = |c: char| c.is_numeric() || c.is_whitespace() || matches!(c, '+' | '-' | '(' | ')' | '.' | '/');
    let digits = phone_digits(typed);
    let typed_digits = (digits.len() >= LONG_ENOUGH && typed.chars().all(is_number)).then_some(digits);
    let phone = Phone::understand(typed, country).map(|phone| phone.e164().trim_start_matches('+').to_owned());
    let mut numbers: Vec<String> = typed_digits.into_iter().chain(phone).collect();
    numbers.dedup();
    (!numbers.is_empty()).then_some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fold::{is_picture, is_word};
    use proptest::prelude::*;

    fn tsquery(typed: &str) -> String {
        SearchQuery::parse(typed, None).unwrap().tsquery()
    }

    #[test]
    fn every_word_is_looked_for_by_its_beginning() {
        assert_eq!(tsquery("Zoë M"), "('zoe':* | '@zoe':*) & 'm':*");
        assert_eq!(tsquery("o'br"), "('obr':* | '@obr':*)");
        assert_eq!(tsquery("jean-l"), "('jean':* | '@jean':*) & 'l':*");
    }

    #[test]
    fn will_and_may_are_names() {
        assert_eq!(SearchQuery::parse("Will", None).unwrap().shown(), "will");
        assert_eq!(SearchQuery::parse("May The", None).unwrap().shown(), "may the");
    }

    #[test]
    fn han_and_thai_are_looked_for_by_pairs() {
        assert_eq!(tsquery("花子"), "'花子'");
        assert_eq!(tsquery("花"), "'花':*");
        assert_eq!(tsquery("山田花"), "'山田' & '田花'");
    }

    #[test]
    fn a_number_in_groups_may_be_a_phone() {
        assert_eq!(tsquery("0171 23"), "'17123':* | (('0171':* | '171':*) & '23':*)");
        assert_eq!(tsquery("ada 0171"), "('ada':* | '@ada':*) & ('0171':* | '171':*)");
    }

    #[test]
    fn addresses_and_handles_stay_whole() {
        assert_eq!(tsquery("Ada.King@exam"), "'ada.king@exam':*");
        assert_eq!(tsquery("@example.org"), "('@example.org':* | 'example.org':*)");
        let either = "('@navy.ex':* | (('navy':* | '@navy':*) & 'ex':*))";
        assert_eq!(tsquery("navy.ex"), either);
        assert_eq!(tsquery("https://www.navy.ex/x"), format!("{either} & 'x':*"));
    }

    #[test]
    fn a_correction_replaces_the_word_and_nothing_else() {
        let mut query = SearchQuery::parse("jenifer ad 12b jenifer@x.org", None).unwrap();
        assert_eq!(query.correctable(), ["jenifer"]);
        query.correct("jenifer", "jennifer");
        assert_eq!(query.shown(), "jennifer ad 12b jenifer@x.org");
    }

    #[test]
    fn nothing_but_signs_is_no_query() {
        for typed in ["", "  ", "(+)+$", "'\\&|!:*<>", "@", "' '", "\0"] {
            assert_eq!(SearchQuery::parse(typed, None), None, "{typed}");
        }
    }

    #[test]
    fn a_query_of_anything_is_bounded() {
        for hostile in ["(a+)+$", "'", "\\", "&|!:*<>", "a ", "山", "1 ", "a'", "@a", "%_%_", "a.", "a.b ", "a.b/"] {
            if let Some(query) = SearchQuery::parse(&hostile.repeat(100_000 / hostile.len()), None) {
                assert!(query.tsquery().len() < 20_000);
            }
        }
    }

    proptest! {
        #[test]
        fn nothing_needs_escaping_whatever_is_typed(typed in ".{0,60}") {
            if let Some(query) = SearchQuery::parse(&typed, Country::of_code("US")) {
                for (index, inner) in query.tsquery().split('\'').enumerate() {
                    let allowed: &[char] = if index % 2 == 0 { &[' ', '&', '|', '(', ')', ':', '*'] } else { &['@', '.', '_', '+', '-'] };
                    prop_assert!(inner.chars().all(|c| allowed.contains(&c) || index % 2 == 1 && (c.is_alphanumeric() || is_word(c) || is_picture(c))), "{}", inner);
                }
            }
        }
    }
}
