//! What well-known programs export, in small.

use super::layout::{Given, Guess, Layout, Program};
use super::reader::Reader;
use super::writer;
use crate::contacts::fields::{Definition, OwnValue};
use crate::contacts::model::{Method, MethodKind, PartialDate};
use crate::exchange::any_card::card as any_card;
use crate::exchange::card::Card;
use crate::exchange::record::Record;

fn guess(bytes: &[u8]) -> Guess {
    Layout::guess(std::io::Cursor::new(bytes), &Given::default()).unwrap()
}

fn records(bytes: &[u8]) -> Vec<Record> {
    Reader::new(bytes, guess(bytes).layout, 0, 1).map(Result::unwrap).collect()
}

fn cards(text: &str) -> Vec<Card> {
    records(text.as_bytes()).into_iter().map(|record| record.outcome.unwrap()).collect()
}

fn defined(value: &OwnValue) -> Definition {
    Definition { id: uuid::Uuid::nil(), name: value.name.clone(), kind: value.kind, choices: Vec::new(), version: 1 }
}

fn methods(card: &Card) -> Vec<(MethodKind, &str, &str)> {
    card.person.methods.iter().map(|Method { kind, label, value }| (*kind, label.as_str(), value.as_str())).collect()
}

#[test]
fn connections_of_linkedin_have_their_preamble_post_profile_and_day() {
    let text = "Notes:\n\"When exporting your connection data, you may notice\nthat some are missing.\"\n\n\
        First Name,Last Name,URL,Email Address,Company,Position,Connected On\n\
        Zoë,Müller,https://www.linkedin.com/in/zoe,,\"Tools, Inc.\",Maker,05 Mar 2024\n\
        Ada,King,https://www.linkedin.com/in/ada,ada@x.example,,,\n";
    assert_eq!(guess(text.as_bytes()).layout.program(), Program::Linkedin);
    assert_eq!(records(text.as_bytes()).iter().map(|record| record.line).collect::<Vec<_>>(), [6, 7]);
    let [zoe, ada] = &cards(text)[..] else { panic!("two rows") };
    assert_eq!(
        (zoe.employments[0].organization.as_str(), zoe.employments[0].title.as_deref()),
        ("Tools, Inc.", Some("Maker"))
    );
    assert!(zoe.employments[0].is_current && zoe.person.notes.is_empty());
    assert_eq!(methods(zoe), [(MethodKind::Linkedin, "", "https://www.linkedin.com/in/zoe")]);
    let day = PartialDate { kind: "connected on LinkedIn".to_owned(), year: Some(2024), month: 3, day: 5 };
    assert_eq!(zoe.person.dates, [day]);
    assert_eq!(methods(ada).len(), 2);
}

#[test]
fn a_connection_without_a_name_is_nobody_and_a_row_with_a_reason() {
    let text = "Notes:\n\"x\"\n\nFirst Name,Last Name,URL,Email Address,Company,Position,Connected On\n\
        ,,,,,,05 Mar 2024\n,,https://www.linkedin.com/in/zoe,,,,05 Mar 2024\n";
    let records = records(text.as_bytes());
    let reason = records[0].outcome.as_ref().unwrap_err();
    assert_eq!(
        (records[0].line, reason.as_str()),
        (5, "The row names nobody: it says when you were connected, and not with whom.")
    );
    assert!(records[1].outcome.is_ok(), "whoever has a profile is somebody");
}

#[test]
fn googles_columns_are_tied_by_their_numbers() {
    let text = "First Name,Middle Name,Last Name,Notes,Labels,E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Label,E-mail 2 - Value,\
        Phone 1 - Label,Phone 1 - Value,Address 1 - Label,Address 1 - Formatted,Address 1 - Street,Address 1 - City,\
        Organization Name,Organization Title,Organization Department,Birthday,Website 1 - Label,Website 1 - Value\n\
        Grace,B.,Hopper,\"met\nin Arlington\",Navy ::: * myContacts,Home,g@home.example,* Work,g@navy.example,\
        Mobile,+1 202 1 ::: +1 202 2,Work,\"1 Pier\nArlington\",1 Pier,Arlington,Navy,Admiral,Ships, --12-09,Profile,https://x.example\n";
    let layout = guess(text.as_bytes()).layout;
    assert_eq!(layout.program(), Program::Google);
    let card = &cards(text)[0];
    assert_eq!(
        methods(card),
        [
            (MethodKind::Email, "work", "g@navy.example"),
            (MethodKind::Email, "home", "g@home.example"),
            (MethodKind::Phone, "mobile", "+1 202 1"),
            (MethodKind::Phone, "mobile", "+1 202 2"),
            (MethodKind::Address, "work", "1 Pier\nArlington"),
            (MethodKind::Url, "profile", "https://x.example"),
        ]
    );
    assert_eq!((card.tags.as_slice(), card.person.notes.as_str()), (&["Navy".to_owned()][..], "met\nin Arlington"));
    assert_eq!((card.person.dates[0].year, card.person.dates[0].month), (None, 12));
    assert!(card.extras.contains(&"ORG:Navy;Ships".to_owned()));
}

#[test]
fn several_of_one_preferred_cell_go_in_front_in_their_order() {
    let text = "First Name,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value,E-mail 2 - Label,E-mail 2 - Value\n\
        Zoe,Home,zero@x.example,Mobile,+1 202 1,* Work,one@x.example ::: two@x.example ::: three@x.example\n";
    assert_eq!(guess(text.as_bytes()).layout.program(), Program::Google);
    let card = &cards(text)[0];
    let values: Vec<&str> = methods(card).into_iter().map(|one| one.2).collect();
    let emails = ["one@x.example", "two@x.example", "three@x.example", "zero@x.example"];
    assert_eq!(values.iter().filter(|value| value.contains('@')).copied().collect::<Vec<_>>(), emails);
    assert_eq!(values.len(), 5);
}

#[test]
fn addresses_that_are_said_twice_stand_once_in_whatever_order() {
    let text = "Address 2 - Formatted,Address 1 - Street,Address 2 - Street,E-mail 1 - Value,Address 1 - Formatted\n\
        a ::: b,c,d,x@x.example,e\n";
    let card = &cards(text)[0];
    let addresses: Vec<&str> =
        methods(card).into_iter().filter(|one| one.0 == MethodKind::Address).map(|one| one.2).collect();
    assert_eq!(addresses, ["d", "c"]);
}

#[test]
fn an_address_said_thrice_leaves_the_one_beside_it_in_its_place() {
    let text = "First Name,Address 2 - Formatted,Address 1 - Street,Address 2 - Street,Phone 1 - Value\n\
        Zoe,a ::: b ::: f,c,d,\n";
    assert_eq!(guess(text.as_bytes()).layout.program(), Program::Google);
    let card = &cards(text)[0];
    let addresses: Vec<&str> =
        methods(card).into_iter().filter(|one| one.0 == MethodKind::Address).map(|one| one.2).collect();
    assert_eq!(addresses, ["d", "c"]);
}

#[test]
fn outlooks_title_stands_in_front_of_the_name_and_nothing_is_lost() {
    let text = "Title,First Name,Last Name,Company,Department,Job Title,Business Street,Business City,Business Postal Code,\
        Home Phone,Mobile Phone,Birthday,Categories,E-mail Address,E-mail Type,E-mail Display Name,Hobby,Anniversary,Priority\r\n\
        Dr.,Ada,King,Engine Ltd,Maths,Analyst,1 Mill St,London,N1,+44 1,+44 2,12/10/1815,Friends;Family,ada@x.example,SMTP,Ada,chess,0/0/00,Normal\r\n";
    assert_eq!(guess(text.as_bytes()).layout.program(), Program::Outlook);
    let card = &cards(text)[0];
    assert_eq!(card.person.name_prefix.as_deref(), Some("Dr."));
    assert_eq!(card.employments[0].title.as_deref(), Some("Analyst"));
    assert_eq!(card.person.notes, "Hobby: chess");
    assert_eq!(card.tags, ["Friends", "Family"]);
    assert_eq!((card.person.dates.len(), card.person.dates[0].month), (1, 12));
    assert!(methods(card).contains(&(MethodKind::Address, "work", "1 Mill St\nLondon N1")));
    assert!(card.extras.iter().any(|line| line == "X-COLUMN;NAME=\"Priority\":Normal"), "{:?}", card.extras);
}

#[test]
fn a_table_of_any_program_is_guessed_and_asked_about() {
    for (text, columns) in [
        (
            "Vorname;Nachname;E-Mail;Telefon (privat);Lieblingsfarbe\nZoë;M;z@x.example;+49 30 1;blau\n",
            "first_name last_name email phone:home note",
        ),
        ("Name;Vorname;Ort\nMüller;Zoë;Berlin\n", "last_name first_name city"),
        ("Ονομα;Επαφή\nΖωή;z@x.example\nΆννα;a@x.example\n", "note email"),
        (
            "Ada\tKing\tada@x.example\t+44 20 7946\nZoe\tM\tz@x.example\t+49 30 12345\n",
            "first_name last_name email phone",
        ),
        ("sep=;\nName;Mail\nAda;ada@x.example\n", "display_name email"),
        ("'Full name','City','Address'\n'King, Ada','London','1 Mill St'\n", "display_name city street"),
    ] {
        let layout = guess(text.as_bytes()).layout;
        let found: Vec<String> = layout.columns.iter().map(ToString::to_string).collect();
        assert_eq!(found.join(" "), columns, "{text}");
        assert_eq!(layout.program(), Program::Unknown);
        assert!(layout.source().len() <= 50);
        assert!(cards(text).iter().all(|card| !card.person.first_name.is_empty()));
    }
}

#[test]
fn every_row_is_a_card_or_a_reason() {
    let text = "First Name,Last Name,Email\nAda,King,a@x.example\n,,\nZoe,M,z@x.example,surplus\n\"Bob,open\nEve,E,e@x.example\n";
    let records = records(text.as_bytes());
    let reasons: Vec<&str> =
        records.iter().filter_map(|record| record.outcome.as_ref().err()).map(String::as_str).collect();
    assert_eq!(records.iter().map(|record| record.line).collect::<Vec<_>>(), [2, 3, 4, 5, 6]);
    assert_eq!(
        reasons,
        [
            "The row is empty.",
            "The row has 4 columns, the table 3.",
            "A quotation mark is opened here and never closed."
        ]
    );
}

#[test]
fn reading_goes_on_from_every_offset() {
    let text = "Notes:\nx\n\nFirst Name,Last Name,Connected On\nAda,\"K\ning\",\n\nZoe,M,1 Mar 2020\nBob,B,\n";
    let wide: Vec<u8> = format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [text.as_bytes(), &wide] {
        let (layout, all) = (guess(bytes).layout, records(bytes));
        assert_eq!(all.len(), 3);
        for (index, record) in all.iter().enumerate() {
            let from = &bytes[usize::try_from(record.offset).unwrap()..];
            let again: Vec<Record> =
                Reader::new(from, layout.clone(), record.offset, record.line).map(Result::unwrap).collect();
            assert_eq!(again.len(), all.len() - index);
            assert!(
                again
                    .iter()
                    .zip(&all[index..])
                    .all(|(a, b)| (a.offset, a.line, &a.outcome) == (b.offset, b.line, &b.outcome))
            );
        }
    }
}

#[test]
fn what_a_spreadsheet_would_calculate_is_neutral_and_read_back() {
    let mut card = Card::default();
    card.person.first_name = "=HYPERLINK(\"http://x\")".to_owned();
    card.person.notes = "'=1+1".to_owned();
    card.person.methods =
        vec![Method { kind: MethodKind::Phone, label: "@home".to_owned(), value: "+49 30".to_owned() }];
    card.employments.push(crate::exchange::card::CardEmployment {
        organization: "-Minus".to_owned(),
        is_current: true,
        ..Default::default()
    });
    let card = card.tidy();
    let text = format!("{}{}", writer::head(&[]), writer::write(&card, &[]));
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    for cell in reader.records().flat_map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>()) {
        assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell}");
    }
    assert_eq!(cards(&text), [card]);
}

#[test]
fn a_cell_that_was_edited_in_a_spreadsheet_wins_over_our_own_column() {
    let mut card = Card::default();
    card.person.first_name = "Ada".to_owned();
    card.person.notes = "knows maths".to_owned();
    let phone = |n: usize| Method { kind: MethodKind::Phone, label: format!("Line {n}"), value: format!("{n}00") };
    card.person.methods = (1..=9).map(phone).collect();
    card.extras = vec!["X-RANK:7".to_owned()];
    let card = card.tidy();
    let text = format!("{}{}", writer::head(&[]), writer::write(&card, &[]));
    assert_eq!(cards(&text), std::slice::from_ref(&card));
    let edited = cards(&text.replace("knows maths", "knows engines"));
    assert_eq!((edited[0].person.notes.as_str(), edited[0].person.methods.len()), ("knows engines", 9));
    let edited = cards(&text.replacen("100", "111", 1));
    assert_eq!(edited[0].person.methods[0].value, "111");
    assert_eq!(edited[0].extras, ["X-RANK:7"]);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 512, failure_persistence: None, ..proptest::prelude::ProptestConfig::default() })]

    #[test]
    fn what_is_exported_is_imported_as_the_same_card(card in any_card()) {
        let card = card.tidy();
        if !card.is_empty() {
            let fields: Vec<Definition> = card.person.fields.iter().map(defined).collect();
            let text = format!("{}{}", writer::head(&fields), writer::write(&card, &fields));
            let found = records(text.as_bytes());
            proptest::prop_assert_eq!(found.len(), 1, "{}", text);
            proptest::prop_assert_eq!(found[0].outcome.as_ref(), Ok(&card), "{}", text);
        }
    }

    #[test]
    fn bytes_of_any_kind_are_survived(bytes in proptest::collection::vec(proptest::sample::select(b"a,;\t\"'\n\r\0@=\xff\xfe\x83\xe9".to_vec()), 0..200)) {
        for record in records(&bytes) {
            if let Ok(card) = record.outcome {
                proptest::prop_assert_eq!(card.clone().tidy(), card);
            }
        }
    }
}
