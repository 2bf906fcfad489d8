//! Phone numbers: what two spellings of one share, and how it is dialled. What was typed stays as it was typed; this is
//! what it means, for whoever dials from a country. Its data are Google's, read into memory at the first number.

use std::str::FromStr;

use phonenumber::PhoneNumber;
use phonenumber::country::{Id, Source};

use super::clean::beginning;
use super::country::Country;
use super::fold::fold;

/// A longer text is no number.
const READ: usize = 80;
/// The longest key of a text that is no number, in characters.
const LONGEST: usize = 255;

/// A number that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phone {
    number: PhoneNumber,
    /// Behind the country's code.
    national: String,
    extension: String,
}

impl Phone {
    /// What was typed, as it is dialled from `country`. `None` of short codes, of what is no number, and of one that
    /// nobody can have.
    #[must_use]
    pub fn understand(typed: &str, country: Option<Country>) -> Option<Self> {
        let text = plain(typed)?;
        if text.trim_start_matches(['(', '[', ' ']).starts_with('+') {
            return abroad(&text);
        }
        let id = country.and_then(|country| Id::from_str(country.code()).ok());
        match id.and_then(|id| phonenumber::parse(Some(id), &text).ok()) {
            Some(number) if number.code().source() == Source::Idd => abroad(&dialled(&text, number.code().value())?),
            Some(number) if phonenumber::is_valid(&number) => Self::of(number).filter(|phone| phone.was_typed(&text)),
            _ => abroad(&format!("+{}", text.strip_prefix("00")?)),
        }
    }

    fn of(number: PhoneNumber) -> Option<Self> {
        let extension = number.extension().map(ToString::to_string).unwrap_or_default();
        let extension = extension.chars().filter(char::is_ascii_digit).collect();
        Some(Self { national: number.national().to_string(), extension, number })
    }

    /// Whether it is as long as a number in E.164 may be.
    fn is_possible(&self) -> bool {
        (8..=16).contains(&self.e164().len())
    }

    /// Whether somebody may have it.
    fn is_valid(&self) -> bool {
        phonenumber::is_valid(&self.number)
    }

    /// Whether its digits were typed as such: letters stand for digits where a country has one code with the United
    /// States, and nowhere else.
    fn was_typed(&self, text: &str) -> bool {
        self.number.code().value() == 1 || digits(text).contains(&self.national)
    }

    /// In E.164: `+49301234`.
    #[must_use]
    pub fn e164(&self) -> String {
        format!("+{}{}", self.number.code().value(), self.national)
    }

    /// What all its spellings share, the extension included: `+49301234;ext=5`, as behind `tel:`.
    #[must_use]
    pub fn key(&self) -> String {
        let e164 = self.e164();
        if self.extension.is_empty() { e164 } else { format!("{e164};ext={}", self.extension) }
    }

    /// The number within its country, without what is dialled before it there.
    #[must_use]
    pub fn national(&self) -> &str {
        &self.national
    }
}

/// What two spellings of a number share, whether it is understood or not.
#[must_use]
pub fn key(typed: &str, country: Option<Country>) -> String {
    if let Some(phone) = Phone::understand(typed, country) {
        return phone.key();
    }
    let text = fold(beginning(typed, 1000));
    let digits = digits(&text);
    let key = match digits.strip_prefix("00").unwrap_or(&digits) {
        "" => text.trim(),
        _ if text.chars().any(char::is_alphabetic) => text.trim(),
        digits => digits,
    };
    key.chars().take(LONGEST).collect()
}

/// What was typed in the signs that numbers are made of; nothing where it holds others, which would be lost.
fn plain(typed: &str) -> Option<String> {
    let text = fold(beginning(typed.trim(), READ + 1));
    let text = text.trim();
    let text = text.strip_prefix("tel:").unwrap_or(text).trim_start();
    let is_strange = |c: char| c.is_alphabetic() && !c.is_ascii() || matches!(c, '*' | '@' | '&' | '%');
    if text.len() > READ || text.contains(is_strange) || !text.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    Some(text.chars().map(|c| if c.is_ascii() { c } else { ' ' }).collect())
}

/// A number that says which country it is of. `(0)` is dialled at home alone, but in Italy.
fn abroad(text: &str) -> Option<Phone> {
    let read = |text: &str| phonenumber::parse(None, text).ok().and_then(Phone::of).filter(Phone::is_possible);
    let phone = read(&text.replace("(0)", ""));
    if text.contains("(0)") && !phone.as_ref().is_some_and(Phone::is_valid) {
        return read(text).filter(Phone::is_valid).or(phone);
    }
    phone
}

/// What was dialled with the sign for abroad of some country, with a `+` instead.
fn dialled(text: &str, code: u16) -> Option<String> {
    let code = code.to_string();
    let (mut at, mut rest) = (text.len(), "");
    // The sign has two digits at least.
    for (start, _) in text.char_indices().filter(|(_, c)| c.is_ascii_digit()).skip(2) {
        if digits(&text[start..]).starts_with(&code) {
            (at, rest) = (start, &text[start..]);
            break;
        }
    }
    (at < text.len()).then(|| format!("+{rest}"))
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn from(country: &str, typed: &str) -> String {
        key(typed, Country::of_code(country))
    }

    #[test]
    fn a_number_is_one_in_any_formatting() {
        let all = [
            "+49 30 1234",
            "030 / 1234",
            "0049-30-1234",
            "+49 (0)30 1234",
            "(030) 1234",
            "00 49 30 1234",
            "+4930 1234",
            "tel:+49-30-1234",
            "(+49) 30 1234",
            "\u{202a}+49 30 1234\u{202c}",
            "+49\u{a0}30\u{2011}1234",
            "٠٣٠ ١٢٣٤",
            "０３０－１２３４",
        ];
        for typed in all {
            assert_eq!(from("DE", typed), "+49301234", "{typed}");
        }
    }

    #[test]
    fn each_country_dials_in_its_own_way() {
        let read = [
            ("RU", "8 (495) 123-45-67", "+74951234567"),
            ("HU", "06 1 234 5678", "+3612345678"),
            ("IT", "06 698 12345", "+390669812345"),
            ("US", "(650) 253-0000", "+16502530000"),
            ("US", "011 49 30 1234567", "+49301234567"),
            ("US", "0049 30 1234567", "+49301234567"),
            ("AU", "0011 49 30 1234567", "+49301234567"),
            ("JP", "03-1234-5678", "+81312345678"),
            ("BR", "(11) 96123-4567", "+5511961234567"),
            ("GB", "020 7946 0958", "+442079460958"),
        ];
        for (country, typed, meant) in read {
            assert_eq!(from(country, typed), meant, "{typed} in {country}");
        }
    }

    #[test]
    fn a_number_abroad_is_read_by_the_rules_of_its_own_country() {
        for typed in ["+39 06 698 12345", "0039 06 698 12345", "0039 (0)6 698 12345"] {
            assert_eq!(from("DE", typed), "+390669812345", "{typed}");
        }
        assert_eq!(key("+39 06 698 12345", None), "+390669812345");
    }

    #[test]
    fn an_extension_tells_one_telephone_from_the_next() {
        for typed in ["+49 30 1234567 ext. 12", "030 1234567 x12", "030 1234567, 12", "tel:+49-30-1234567;ext=12"] {
            assert_eq!(from("DE", typed), "+49301234567;ext=12", "{typed}");
        }
        let phone = Phone::understand("030 1234567 x12", Country::of_code("DE")).unwrap();
        assert_eq!((phone.e164().as_str(), phone.national()), ("+49301234567", "301234567"));
    }

    #[test]
    fn letters_are_digits_where_telephones_have_them() {
        assert_eq!(from("US", "1-800-FLOWERS"), "+18003569377");
        assert_eq!(from("DE", "+1 800 FLOWERS"), "+18003569377");
        assert_eq!(from("DE", "1-800-FLOWERS"), "1-800-flowers");
    }

    #[test]
    fn what_is_no_whole_number_stays_what_it_is() {
        let read = [
            ("110", "110"),
            ("1234", "1234"),
            ("*100#", "100"),
            ("ask Bob", "ask bob"),
            ("Ask  Eve", "ask  eve"),
            ("", ""),
            ("+", "+"),
            ("🦊", "🦊"),
            ("+999 1234567", "9991234567"),
            ("030 1234567 / 030 7654321", "03012345670307654321"),
            ("+7 495 1234567 доб. 12", "+7 495 1234567 доб. 12"),
            ("8 495 123-45-67", "84951234567"),
        ];
        for (typed, kept) in read {
            assert_eq!(from("DE", typed), kept, "{typed}");
        }
        assert_eq!(key("030 1234", None), "0301234");
        assert_eq!(key(&"9".repeat(10_000_000), None).len(), LONGEST);
    }

    #[test]
    fn every_country_that_is_offered_has_telephones() {
        for (country, name) in Country::all() {
            assert!(Id::from_str(country.code()).is_ok(), "{name}");
        }
    }

    proptest! {
        #[test]
        fn nothing_that_is_typed_does_harm(typed in "\\PC{0,60}", digits in "[+0-9 ().x#;,*/-]{0,40}") {
            for text in [typed, digits] {
                for country in ["DE", "US", "IT", "AR", "XX"] {
                    let key = from(country, &text);
                    prop_assert!(key.chars().count() <= LONGEST && !key.contains('\0'));
                }
            }
        }

        #[test]
        fn a_number_that_was_understood_is_understood_again(typed in "[+0]{0,2}[0-9 ().-]{4,16}( x[0-9]{1,4})?") {
            for country in ["DE", "US", "IT", "RU"].map(Country::of_code) {
                if let Some(phone) = Phone::understand(&typed, country) {
                    prop_assert_eq!(key(&phone.key(), None), phone.key(), "{}", typed);
                }
            }
        }
    }
}
