//! Any card at all, for tests of what is written and read again.

use chrono::NaiveDate;
use proptest::collection::vec;
use proptest::prelude::*;

use super::card::{Card, CardEmployment, CardRelation};
use crate::contacts::fields::OwnValue;
use crate::contacts::model::{Method, MethodKind, PartialDate, Person};

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

fn own_value() -> impl Strategy<Value = OwnValue> {
    (prop_oneof!["Shoe size", "shoe SIZE", text()], text()).prop_map(|(name, value)| OwnValue {
        name,
        value,
        ..OwnValue::default()
    })
}

fn relation() -> impl Strategy<Value = CardRelation> {
    let kinds = ["parent", "child", "partner", "manager", "introduced by", "own", "foe"];
    let other = prop_oneof!["urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6", text()];
    let words = proptest::option::of((text(), text()));
    (other, proptest::sample::select(kinds.to_vec()), words, day(), day(), text()).prop_map(
        |(other, kind, words, started_on, ended_on, note)| CardRelation {
            other,
            kind: kind.to_owned(),
            word: words.clone().map(|words| words.0),
            inverse_word: words.map(|words| words.1),
            started_on,
            ended_on,
            note,
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
        "X-GOOGLE-TALKER;TYPE=a:b",
        "GENDER:F",
        "BDAY:1953",
        "X-LONG;P=\"a;b:c,d\":e\\,f\\;g",
        "TITLE:Nobody's",
        "N;ALTID=1:Two;One",
        "CLASS:PUBLIC",
        "profile:VCard",
    ];
    prop_oneof![
        proptest::sample::select(known.to_vec()).prop_map(str::to_owned),
        "(kith1\\.)?X-[A-Z]{1,90}(;[A-Z]{1,4}=[a-z]{1,9}){0,3}:x\\PC{0,200}",
    ]
}

/// Any card, tidy or not.
pub(super) fn card() -> impl Strategy<Value = Card> {
    let names = (text(), optional(), optional(), optional(), optional(), optional(), optional(), text());
    let rest =
        (any::<bool>(), text(), proptest::option::of(0..12i32), proptest::option::of(0..4000i32), text(), optional());
    let parts = (
        vec(method(), 0..6),
        vec(date(), 0..4),
        vec(employment(), 0..4),
        vec(text(), 0..4),
        vec(extra(), 0..5),
        vec(own_value(), 0..4),
        vec(relation(), 0..3),
    );
    (optional(), names, rest, parts).prop_map(|(uid, names, rest, parts)| {
        let (first_name, last_name, middle_name, name_prefix, name_suffix, nickname, sort_name, display_name) = names;
        let (is_nameless, notes, relationship_strength, contact_frequency_days, how_met, met_at) = rest;
        let (methods, dates, employments, tags, extras, fields, relations) = parts;
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
            how_met,
            met_at,
            relationship_strength,
            contact_frequency_days,
            methods,
            dates,
            fields,
        };
        Card { uid, person, employments, tags, relations, photo: None, extras }
    })
}
