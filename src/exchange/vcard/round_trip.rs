//! What is written is read again as the same card, whatever Unicode people are called by; bytes of any kind
//! are survived.

use chrono::NaiveDate;
use proptest::collection::vec;
use proptest::prelude::*;

use super::{Reader, Version, write};
use crate::contacts::model::{Method, MethodKind, PartialDate, Person};
use crate::exchange::card::{Card, CardEmployment};

/// Any Unicode at all, and often what vCard itself uses.
fn text() -> impl Strategy<Value = String> {
    let marks = proptest::sample::select(vec![
        "\\",
        ",",
        ";",
        ":",
        "\n",
        "\r\n",
        "\"",
        "^n",
        "=",
        "=0A",
        "\\n",
        "END:VCARD",
        "BEGIN:VCARD",
        " ",
        "\t",
        "x",
        "é",
        "e\u{301}",
        "花子",
        "🏳️‍🌈",
        "a\0b",
        "\u{FEFF}",
        "\u{85}",
        "work",
        "tel:",
        "_$!<Home>!$_",
        "X-",
        "linkedin.com",
    ]);
    prop_oneof![
        4 => vec(marks.prop_map(str::to_owned), 0..6).prop_map(|parts| parts.concat()),
        4 => any::<String>(),
        1 => "[a-z]{250,300}",
        1 => "\\PC{70,90}",
    ]
}

fn optional() -> impl Strategy<Value = Option<String>> {
    proptest::option::of(text())
}

fn label() -> impl Strategy<Value = String> {
    let known =
        ["", "work", "home", "mobile", "work fax", "fax work", "skype", "work skype", "google talk", "twitter", "pref"];
    prop_oneof![proptest::sample::select(known.to_vec()).prop_map(str::to_owned), text()]
}

fn method() -> impl Strategy<Value = Method> {
    let link = "(https?://)?([a-z]{2}\\.)?(linkedin|example)\\.com(/[a-z,;]{0,9})?";
    let handle = "[a-z]{1,8}:[a-z]{0,8}";
    (proptest::sample::select(MethodKind::ALL.to_vec()), label(), prop_oneof![text(), link, handle])
        .prop_map(|(kind, label, value)| Method { kind, label, value })
}

fn date() -> impl Strategy<Value = PartialDate> {
    let kind = prop_oneof!["birthday", "anniversary", "death", "Anniversary", text()];
    (kind, proptest::option::of(1..=9999i32), 1..=12i32, 1..=31i32).prop_map(|(kind, year, month, day)| PartialDate {
        kind,
        year,
        month,
        day,
    })
}

fn day() -> impl Strategy<Value = Option<NaiveDate>> {
    proptest::option::of((1..=9999i32, 1..=366u32).prop_map(|(year, day)| NaiveDate::from_yo_opt(year, day)))
        .prop_map(Option::flatten)
}

fn employment() -> impl Strategy<Value = CardEmployment> {
    (text(), optional(), day(), day(), any::<bool>()).prop_map(
        |(organization, title, start_date, end_date, is_current)| CardEmployment {
            organization,
            title,
            start_date,
            end_date,
            is_current,
        },
    )
}

/// Lines of other programs, some of which say more than what stands elsewhere in the card.
fn extra() -> impl Strategy<Value = String> {
    let known = [
        "X-FOO:bar",
        "item1.X-ABRELATEDNAMES:Jenny",
        "item1.X-ABLabel:Spouse",
        "item2.X-ABLabel:nobody's",
        "PHOTO:data:image/jpeg;base64,/9j/4AAQ",
        "PHOTO;VALUE=uri:http://example.org/a.jpg",
        "X-GOOGLE TALKER;TYPE=a:b",
        "GENDER:F",
        "BDAY:1953",
        "X-LONG;P=\"a;b:c,d\":e\\,f\\;g",
        "TITLE:Nobody's",
    ];
    prop_oneof![
        proptest::sample::select(known.to_vec()).prop_map(str::to_owned),
        "(kith1\\.)?X-[A-Z]{1,90}(;[A-Z]{1,4}=[a-z]{1,9}){0,3}:x\\PC{0,200}",
    ]
}

fn card() -> impl Strategy<Value = Card> {
    let names = (text(), optional(), optional(), optional(), optional(), optional(), optional(), text());
    let rest = (any::<bool>(), text(), proptest::option::of(0..12i32), proptest::option::of(0..4000i32));
    let parts =
        (vec(method(), 0..6), vec(date(), 0..4), vec(employment(), 0..4), vec(text(), 0..4), vec(extra(), 0..5));
    (optional(), names, rest, parts).prop_map(|(uid, names, rest, parts)| {
        let (first_name, last_name, middle_name, name_prefix, name_suffix, nickname, sort_name, display_name) = names;
        let (is_nameless, notes, relationship_strength, contact_frequency_days) = rest;
        let (methods, dates, employments, tags, extras) = parts;
        let person = Person {
            first_name,
            last_name,
            middle_name,
            name_prefix,
            name_suffix,
            nickname,
            sort_name,
            display_name,
            is_nameless,
            notes,
            relationship_strength,
            contact_frequency_days,
            methods,
            dates,
        };
        Card { uid, person, employments, tags, extras }
    })
}

/// The one card of a text.
fn read(text: &str) -> Card {
    let mut records: Vec<_> = Reader::new(text.as_bytes(), 0, 1).map(Result::unwrap).collect();
    assert_eq!(records.len(), 1, "{text}");
    records.remove(0).outcome.unwrap()
}

proptest! {
    // PROPTEST_CASES asks for more.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_normal_form_of_a_normal_form_is_itself(card in card()) {
        let tidy = card.tidy();
        prop_assert_eq!(tidy.clone().tidy(), tidy);
    }

    #[test]
    fn a_written_card_is_read_as_the_same_card(card in card()) {
        let card = card.tidy();
        prop_assume!(!card.is_empty());
        for version in [Version::V4, Version::V3] {
            let text = write(&card, version);
            prop_assert!(text.lines().all(|line| line.len() <= 75 || line.find([':', ';']).is_none_or(|name| name >= 75)));
            prop_assert_eq!(read(&text), card.clone(), "{}", text);
        }
    }

    #[test]
    fn arbitrary_bytes_are_survived(bytes in vec(any::<u8>(), 0..2000)) {
        survives(&bytes);
    }

    #[test]
    fn mutated_cards_are_survived(card in card(), cuts in vec((any::<proptest::sample::Index>(), vec(any::<u8>(), 0..4), 0..5usize), 0..6)) {
        let mut bytes = write(&card.tidy(), Version::V3).into_bytes();
        for (at, with, without) in cuts {
            let start = at.index(bytes.len());
            let end = (start + without).min(bytes.len());
            bytes.splice(start..end, with);
            bytes.push(b'\n');
        }
        survives(&bytes);
    }
}

/// Every card that comes out of these bytes is in normal form and comes back equal, and reading ends.
fn survives(bytes: &[u8]) {
    for record in Reader::new(bytes, 0, 1) {
        let record = record.unwrap();
        assert!(record.offset <= bytes.len() as u64);
        if let Ok(card) = record.outcome {
            assert_eq!(card.clone().tidy(), card);
            for version in [Version::V4, Version::V3] {
                let text = write(&card, version);
                assert_eq!(read(&text), card, "{text}");
            }
        }
    }
}
