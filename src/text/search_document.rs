//! What is found of one person, as a weighted `tsvector`.

use std::collections::HashSet;
use std::fmt::Write;

use super::clean::beginning;
use super::country::Country;
use super::fold::fold;
use super::phone::Phone;
use super::tokens::{LONGEST, Link, pairs, pieces};

/// How much a word counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Names.
    A,
    /// Nicknames and ways to reach somebody.
    B,
    /// Posts and tags.
    C,
    /// Notes.
    D,
}

/// How many different words of each weight are kept: what a person writes about one other stays far below.
const MOST: [usize; 4] = [60, 300, 300, 4000];
/// How much of one text is read, in bytes.
const READ: usize = 200_000;
/// The ends by which a phone number is found: without its country, without its area, its last four digits.
const PHONE_ENDS: [usize; 6] = [11, 10, 9, 8, 7, 4];

/// A search document in the making. What weighs more is added first: a word keeps its first weight.
#[derive(Debug, Default)]
pub struct Document {
    words: HashSet<String>,
    counts: [usize; 4],
    literal: String,
}

impl Document {
    /// A name; a double name is found by its parts and as one word.
    pub fn name(&mut self, text: &str) {
        self.read(Weight::A, text, true);
    }

    /// Any other text.
    pub fn text(&mut self, weight: Weight, text: &str) {
        self.read(weight, text, false);
    }

    /// An e-mail address: whole, by the words before the @, and by its domain.
    pub fn email(&mut self, address: &str) {
        let whole = address_key(address);
        let Some((local, domain)) = whole.rsplit_once('@') else {
            return self.text(Weight::B, address);
        };
        self.add(Weight::B, &whole);
        self.domain(domain);
        self.text(Weight::B, local);
    }

    /// A phone number, as digits; from its beginning and from the beginnings of its ends. One that is understood also
    /// with its country, from wherever it is dialled, and within it.
    pub fn phone(&mut self, number: &str, country: Option<Country>) {
        let typed = phone_digits(number);
        self.add(Weight::B, &typed);
        let digits = match Phone::understand(number, country) {
            Some(phone) => {
                self.add(Weight::B, phone.national().trim_start_matches('0'));
                phone.e164().trim_start_matches('+').to_owned()
            }
            None => {
                if number.contains(char::is_alphabetic) {
                    self.text(Weight::B, number);
                }
                typed
            }
        };
        self.add(Weight::B, &digits);
        for length in PHONE_ENDS.into_iter().filter(|length| *length < digits.len()) {
            self.add(Weight::B, &digits[digits.len() - length..]);
        }
    }

    /// A link: its host as a domain, and the words of its path.
    pub fn link(&mut self, url: &str) {
        let url = url.split_once("://").map_or(url, |(_, rest)| rest);
        let (host, path) = url.split_once('/').unwrap_or((url, ""));
        let host = address_key(host);
        self.domain(host.strip_prefix("www.").unwrap_or(&host));
        self.text(Weight::B, path);
    }

    /// The document as PostgreSQL reads a `tsvector`.
    #[must_use]
    pub fn literal(self) -> String {
        self.literal
    }

    /// `mail.example.org` as `@mail.example.org` and `@example.org`. The sign keeps domains apart from words:
    /// half of all people have the same few, and nobody who types a g means Gmail.
    fn domain(&mut self, domain: &str) {
        let mut rest = domain;
        while let Some((_, shorter)) = rest.split_once('.') {
            self.add(Weight::B, &format!("@{rest}"));
            rest = shorter;
        }
    }

    fn read(&mut self, weight: Weight, text: &str, joins_hyphens: bool) {
        let mut joined = String::new();
        let mut parts = 0;
        for piece in pieces(beginning(text, READ)) {
            let joins = piece.link == Link::Apostrophe || piece.link == Link::Hyphen && joins_hyphens;
            if !joins {
                self.add_joined(weight, &joined, parts);
                (joined, parts) = (String::new(), 0);
            }
            joined.push_str(&piece.text);
            parts += 1;
            if piece.unspaced {
                pairs(&piece.text).for_each(|pair| self.add(weight, pair));
            } else {
                self.add(weight, &piece.text);
            }
        }
        self.add_joined(weight, &joined, parts);
    }

    fn add_joined(&mut self, weight: Weight, joined: &str, parts: usize) {
        if parts > 1 {
            self.add(weight, beginning(joined, LONGEST));
        }
    }

    fn add(&mut self, weight: Weight, word: &str) {
        let count = &mut self.counts[weight as usize];
        if word.is_empty() || *count >= MOST[weight as usize] || !self.words.insert(word.to_owned()) {
            return;
        }
        *count += 1;
        // Words hold letters, digits and what an address may hold: nothing that a literal would have to escape.
        let (position, letter) = (self.words.len(), [b'A', b'B', b'C', b'D'][weight as usize] as char);
        let _ = write!(self.literal, "'{word}':{position}{letter} ");
    }
}

/// An address folded, without what addresses do not hold.
pub(super) fn address_key(address: &str) -> String {
    let is_part = |c: &char| c.is_alphanumeric() || matches!(c, '.' | '_' | '+' | '-' | '@');
    let key: String = fold(beginning(address, 1000)).chars().filter(is_part).collect();
    beginning(&key, LONGEST).to_owned()
}

/// The digits of a phone number without leading zeros, which abroad are not dialled.
pub(super) fn phone_digits(number: &str) -> String {
    let number = fold(beginning(number, 200)).replace("(0)", "");
    let digits: String = number.chars().filter(char::is_ascii_digit).take(40).collect();
    digits.trim_start_matches('0').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(fill: impl Fn(&mut Document)) -> Vec<String> {
        let mut document = Document::default();
        fill(&mut document);
        document.literal().split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn a_word_keeps_its_first_weight() {
        let found = words(|d| {
            d.name("Will May");
            d.text(Weight::D, "Will is called Bill, may call");
        });
        assert_eq!(found, ["'will':1A", "'may':2A", "'is':3D", "'called':4D", "'bill':5D", "'call':6D"]);
    }

    #[test]
    fn a_double_name_is_there_by_part_and_whole() {
        assert_eq!(
            words(|d| d.name("Jean-Luc O'Brien")),
            ["'jean':1A", "'luc':2A", "'jeanluc':3A", "'o':4A", "'brien':5A", "'obrien':6A"]
        );
        assert_eq!(words(|d| d.text(Weight::D, "well-known")), ["'well':1D", "'known':2D"]);
    }

    #[test]
    fn an_address_is_there_whole_by_its_words_and_by_its_domain() {
        let found = words(|d| d.email("Ada.King+news@mail.Example.org"));
        assert_eq!(
            found,
            [
                "'ada.king+news@mail.example.org':1B",
                "'@mail.example.org':2B",
                "'@example.org':3B",
                "'ada':4B",
                "'king':5B",
                "'news':6B"
            ]
        );
        assert_eq!(
            words(|d| d.link("https://www.linkedin.com/in/ada-king")),
            ["'@linkedin.com':1B", "'in':2B", "'ada':3B", "'king':4B"]
        );
    }

    #[test]
    fn a_phone_number_is_there_by_its_ends() {
        let found = words(|d| d.phone("+49 (0)171 / 234 56 78", None));
        assert_eq!(
            found,
            [
                "'491712345678':1B",
                "'1712345678':2B",
                "'91712345678':3B",
                "'712345678':4B",
                "'12345678':5B",
                "'2345678':6B",
                "'5678':7B"
            ]
        );
        assert_eq!(words(|d| d.phone("٠١٢٣", None)), ["'123':1B"]);
    }

    #[test]
    fn han_and_thai_are_there_by_pairs() {
        assert_eq!(words(|d| d.name("山田花子")), ["'山田':1A", "'田花':2A", "'花子':3A", "'子':4A"]);
        assert_eq!(words(|d| d.name("สมชาย")).len(), 5);
    }

    proptest! {
        #[test]
        fn nothing_needs_escaping_whatever_is_read(text in ".{0,200}") {
            let mut document = Document::default();
            document.name(&text);
            document.email(&text);
            document.email(&format!("{text}@{text}"));
            document.phone(&text, Country::of_code("DE"));
            document.link(&text);
            document.text(Weight::D, &text);
            let literal = document.literal();
            for word in literal.split_terminator(' ') {
                let inner = word.strip_prefix('\'').and_then(|rest| rest.rsplit_once("':")).map(|(inner, _)| inner);
                prop_assert!(inner.is_some_and(|inner| !inner.is_empty() && !inner.contains(['\'', '\\', ':', '*', '\0'])), "{}", word);
            }
        }
    }

    #[test]
    fn a_document_of_anything_is_bounded() {
        let hostile = "(a+)+$'\\&|!:*<> ".repeat(7_000);
        let many: String = (0..100_000).map(|n| format!("w{n} ")).collect();
        let mut document = Document::default();
        for text in [hostile.as_str(), many.as_str(), &"山".repeat(100_000), &"x".repeat(1_000_000)] {
            document.name(text);
            document.email(text);
            document.phone(text, None);
            document.text(Weight::D, text);
        }
        let literal = document.literal();
        assert!(literal.len() < 200_000 && literal.split_whitespace().all(|word| word.len() < 200));
    }
}
