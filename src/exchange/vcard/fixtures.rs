//! Files in the ways in which programs write them, each with what is to come of it.

use super::{Reader, Version, write};
use crate::contacts::model::{MethodKind, PartialDate};
use crate::exchange::card::Card;
use crate::exchange::record::Remark;

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("../../../tests/fixtures/vcard/", $name)).as_slice()
    };
}

/// Each record's line and card or reason, having checked that every card comes back from both versions.
fn read(file: &[u8]) -> Vec<(u64, Result<Card, String>)> {
    let records: Vec<_> = Reader::new(file, 0, 1).map(Result::unwrap).collect();
    for card in records.iter().filter_map(|record| record.outcome.as_ref().ok()) {
        for version in [Version::V4, Version::V3] {
            let text = write(card, version);
            let again = Reader::new(text.as_bytes(), 0, 1).next().unwrap().unwrap().outcome;
            assert_eq!(again.as_ref(), Ok(card), "{text}");
        }
    }
    records.into_iter().map(|record| (record.line, record.outcome)).collect()
}

fn cards(file: &[u8]) -> Vec<Card> {
    read(file).into_iter().map(|(_, outcome)| outcome.unwrap()).collect()
}

/// Label and value of every method of a kind.
fn methods(card: &Card, kind: MethodKind) -> Vec<(&str, &str)> {
    let of_kind = card.person.methods.iter().filter(|method| method.kind == kind);
    of_kind.map(|method| (method.label.as_str(), method.value.as_str())).collect()
}

fn dates(card: &Card) -> Vec<(&str, Option<i32>, i32, i32)> {
    card.person
        .dates
        .iter()
        .map(|PartialDate { kind, year, month, day }| (kind.as_str(), *year, *month, *day))
        .collect()
}

#[test]
fn outlook_writes_vcard_2_1_in_windows_1252() {
    let card = &cards(fixture!("v21_outlook.vcf"))[0];
    let person = &card.person;
    assert_eq!((person.first_name.as_str(), person.last_name.as_deref()), ("Jürgen", Some("Müller")));
    assert_eq!((person.name_prefix.as_deref(), person.display_name.as_str()), (Some("Dr."), "Dr. Jürgen Müller"));
    assert_eq!(person.notes, "Erste Zeile mit äöü\nzweite Zeile, die umbricht und weitergeht");
    assert_eq!(
        methods(card, MethodKind::Phone),
        [("mobile", "0171 5550123"), ("work", "040 1234-0"), ("work fax", "040 1234-99")]
    );
    assert_eq!(methods(card, MethodKind::Email)[0].1, "j.mueller@nordlicht.example", "the preferred one is first");
    assert_eq!(methods(card, MethodKind::Address), [("work", "Am Kai 7\nHamburg 20457\nDeutschland")]);
    assert_eq!(dates(card), [("anniversary", Some(1990), 6, 2), ("birthday", Some(1962), 4, 17)]);
    assert_eq!(
        (card.employments[0].organization.as_str(), card.employments[0].title.as_deref()),
        ("Spedition Nordlicht", Some("Leiter"))
    );
    for kept in [
        "ADR:;;Am Kai 7;Hamburg;;20457;Deutschland",
        "LABEL;TYPE=WORK;TYPE=PREF:Am Kai 7\\n20457 Hamburg",
        "ORG:Spedition Nordlicht;Fuhrpark;Hof 2",
        "PHOTO:data:image/jpeg;base64,/9j/4AAQSkZJRgABAQEAYABgAAD/2wBDAAYEBQYF",
    ] {
        assert!(card.extras.iter().any(|extra| extra == kept), "{kept} is not in {:?}", card.extras);
    }
}

#[test]
fn japanese_phones_write_shift_jis_with_and_without_saying_so() {
    let cards = cards(fixture!("v21_shift_jis.vcf"));
    let names: Vec<_> =
        cards.iter().map(|card| (card.person.last_name.as_deref().unwrap(), card.person.first_name.as_str())).collect();
    assert_eq!(names, [("能登", "花子"), ("能登", "表")]);
    assert_eq!(methods(&cards[0], MethodKind::Address), [("home", "青山町1-2\n東京 150-0001")]);
    assert_eq!(cards[1].person.notes, "大学の友人、ソフトボール部で一緒だった。");
}

#[test]
fn apple_groups_give_labels_and_what_kith_does_not_model_is_kept() {
    let card = &cards(fixture!("v30_apple.vcf"))[0];
    assert_eq!(card.uid.as_deref(), Some("5C8F2A11-ada"));
    assert_eq!(card.person.sort_name.as_deref(), Some("Oh-kah-for Ah-dah-eh-zeh"));
    assert_eq!(card.person.notes, "First note\n\nSecond note\nof two lines");
    assert_eq!(
        methods(card, MethodKind::Phone),
        [("mobile", "+234 803 555 0101"), ("home fax", "+234 1 555 0102"), ("Laboratory", "+234 1 555 0103")]
    );
    assert_eq!(methods(card, MethodKind::Email), [("work", "okafor@institute.example"), ("home", "ada@home.example")]);
    assert_eq!(methods(card, MethodKind::Address), [("home", "12 Marina Rd\nFlat 4\nLagos 101001\nNigeria")]);
    assert_eq!(
        methods(card, MethodKind::Url),
        [("homepage", "https://ada.example"), ("twitter", "http://twitter.com/ada")]
    );
    assert_eq!(methods(card, MethodKind::Linkedin), [("", "http://www.linkedin.com/in/adaokafor")]);
    assert_eq!(methods(card, MethodKind::Other), [("home", "skype:ada.o"), ("work skype", "okafor.work")]);
    assert_eq!(
        dates(card),
        [("Graduation", Some(2020), 2, 29), ("anniversary", Some(2011), 8, 20), ("birthday", None, 11, 5)]
    );
    assert_eq!(card.tags, ["Science", "Old friends, Lagos"]);
    for kept in [
        "item6.X-ABRELATEDNAMES;type=pref:Chidi",
        "item6.X-ABLabel:_$!<Brother>!$_",
        "item2.X-ABADR:ng",
        "X-ABShowAs:PERSON",
        "X-PHONETIC-LAST-NAME:Oh-kah-for",
    ] {
        assert!(card.extras.iter().any(|extra| extra == kept), "{kept} is not in {:?}", card.extras);
    }
    let text = write(card, Version::V3);
    assert!(text.contains("PHOTO;ENCODING=b;TYPE=PNG:iVBOR"), "{text}");
    assert!(text.contains("BDAY;X-APPLE-OMIT-YEAR=1604:1604-11-05"), "{text}");
}

#[test]
fn vcard_4_has_partial_dates_preferences_and_links_of_phones() {
    let card = &cards(fixture!("v40.vcf"))[0];
    let person = &card.person;
    assert_eq!((person.last_name.as_deref(), person.first_name.as_str()), (Some("van den Berg"), "Renée"));
    assert_eq!(
        (person.middle_name.as_deref(), person.name_suffix.as_deref()),
        (Some("Anna Maria"), Some("Jr., M.Sc."))
    );
    assert_eq!((person.sort_name.as_deref(), person.nickname.as_deref()), (Some("Berg Renée"), Some("Ren, Née")));
    assert_eq!(methods(card, MethodKind::Phone), [("mobile", "+31-6-5555-0101"), ("work", "+31-20-555-0100 ext. 102")]);
    assert_eq!(methods(card, MethodKind::Address), [("home", "Kade 1\nAmsterdam 1011 AB\nNetherlands")]);
    assert_eq!(dates(card), [("anniversary", Some(2009), 8, 8), ("birthday", None, 2, 3), ("death", Some(2021), 5, 5)]);
    assert_eq!(card.employments[0].title.as_deref(), Some("Baker"));
    assert_eq!(person.notes, "Folded in the middle of a letter: café");
    for kept in [
        "FN;LANGUAGE=en:Renee Berg",
        "ROLE:Owner",
        "HOBBY;LEVEL=high:sailing",
        "KIND:individual",
        "ANNIVERSARY:20090808T143000Z",
    ] {
        assert!(card.extras.iter().any(|extra| extra == kept), "{kept} is not in {:?}", card.extras);
    }
}

#[test]
fn cards_without_a_version_or_a_name_are_people_too() {
    let cards = cards(fixture!("no_version.vcf"));
    let names: Vec<_> = cards.iter().map(|card| (card.person.first_name.as_str(), card.person.is_nameless)).collect();
    assert_eq!(
        names,
        [
            ("Rosa", false),
            ("Future Friend", false),
            ("Nameless Ltd.", true),
            ("nobody@example.org", true),
            ("555 0103", true),
            ("Unnamed", true)
        ]
    );
}

#[test]
fn utf_16_is_read_from_the_beginning_and_from_the_middle() {
    let file = fixture!("utf16.vcf");
    let names = |cards: Vec<Card>| cards.into_iter().map(|card| card.person.display_name).collect::<Vec<_>>();
    assert_eq!(names(cards(file)), ["Søren Ærø", "猫 花子"]);
    let mut reader = Reader::new(file, 0, 1);
    reader.next();
    let (offset, line) = reader.position();
    let rest = &file[usize::try_from(offset).unwrap()..];
    assert_eq!(Reader::new(rest, offset, line).next().unwrap().unwrap().line, 6);
    assert_eq!(names(cards(rest)), ["猫 花子"]);
}

#[test]
fn a_group_is_no_person_and_a_card_in_which_the_file_ends_says_so() {
    let file = "BEGIN:VCARD\r\nVERSION:4.0\r\nKIND:Group\r\nFN:My Group\r\nMEMBER:urn:uuid:a\r\nEND:VCARD\r\n\
        BEGIN:VCARD\r\nVERSION:3.0\r\nX-ADDRESSBOOKSERVER-KIND:group\r\nFN:Friends\r\nEND:VCARD\r\n\
        BEGIN:VCARD\r\nVERSION:4.0\r\nKIND:individual\r\nFN:Ada\r\nEND:VCARD\r\n\
        BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Grace\r\n";
    let remarks: Vec<_> = Reader::new(file.as_bytes(), 0, 1).map(|record| record.unwrap().remark).collect();
    assert_eq!(remarks, [Some(Remark::Group), Some(Remark::Group), None, Some(Remark::CutOff)]);
}

#[test]
fn whatever_is_broken_is_reported_with_its_line_and_the_rest_is_read() {
    let records = read(fixture!("broken.vcf"));
    let summary: Vec<(u64, String)> = records
        .iter()
        .map(|(line, outcome)| (*line, outcome.as_ref().map_or_else(Clone::clone, |card| card.person.shown_name())))
        .collect();
    let expected = [
        (1, "This stands outside of any card: “Address book of 3 May”."),
        (4, "Paula Parent"),
        (15, "Never Ended"),
        (19, "Not Folded"),
        (27, "The card is empty."),
        (31, "This stands outside of any card: “TEL:555 0204”."),
        (32, "The card is cut off: the file ends in the middle of it."),
    ];
    assert_eq!(summary, expected.map(|(line, text)| (line, text.to_owned())));
    let [parent, unfolded] = [&records[1].1, &records[3].1].map(|outcome| outcome.as_ref().unwrap());
    assert_eq!(methods(parent, MethodKind::Phone), [("", "555 0201")], "the agent's number is the agent's");
    assert!(
        parent.extras[0].starts_with("AGENT:BEGIN:VCARD\\nVERSION:2.1\\nN:Agent\\;Alma\\nTEL:555 0200"),
        "{:?}",
        parent.extras
    );
    assert_eq!(unfolded.person.notes, "a note that goes on\non a line of its own");
    assert_eq!(methods(unfolded, MethodKind::Phone), [("", "555 0203")]);
}
