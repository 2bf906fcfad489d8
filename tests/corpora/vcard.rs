//! Address books of real programs. What is expected comes from a counter that shares nothing with the reader: it
//! knows no versions, charsets, escapes or parameters, only lines, what continues a line, and names before `:` or `;`.

use std::path::Path;

use kith::contacts::model::MethodKind;
use kith::exchange::card::Card;
use kith::exchange::record::Record;
use kith::exchange::vcard::{Reader, Version, write};

/// What the counter saw between a BEGIN and its END.
#[derive(Debug, Default)]
struct Counted {
    line: u64,
    /// Property names with values, in order: those that have any.
    properties: Vec<(String, String)>,
    has_end: bool,
}

impl Counted {
    fn values(&self, name: &str) -> Vec<&str> {
        self.properties.iter().filter(|(property, _)| property == name).map(|(_, value)| value.as_str()).collect()
    }

    /// Begins, ends, and says something of somebody in between.
    fn is_well_formed(&self) -> bool {
        let says_nothing = ["VERSION", "PRODID", "REV", "UID"];
        self.has_end && self.properties.iter().any(|(name, _)| !says_nothing.contains(&name.as_str()))
    }
}

/// The cards of a file, counted; each byte is a character, since only ASCII is looked at.
fn counted(bytes: &[u8]) -> Vec<Counted> {
    let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
    let text = text.replace("\r\r\n", "\n").replace("\r\n", "\n").replace('\r', "\n");
    let mut cards: Vec<Counted> = Vec::new();
    let mut agents = 0;
    let mut previous = String::new();
    let mut number = 0;
    let mut lines = text.split('\n').peekable();
    while let Some(first) = lines.next() {
        number += 1;
        let at = number;
        let mut line = first.to_owned();
        // A soft break of quoted-printable, or a line that begins with a blank.
        while let Some(next) = lines.peek() {
            let is_soft = line.ends_with('=') && line.to_uppercase().contains("QUOTED-PRINTABLE");
            if !is_soft && !next.starts_with([' ', '\t']) {
                break;
            }
            line.push_str(next);
            number += 1;
            lines.next();
        }
        let mark = line.trim().to_uppercase();
        match mark.as_str() {
            "BEGIN:VCARD" if previous == "AGENT:" => agents += 1,
            "BEGIN:VCARD" => cards.push(Counted { line: at, ..Counted::default() }),
            "END:VCARD" if agents > 0 => agents -= 1,
            "END:VCARD" => cards.last_mut().unwrap().has_end = true,
            _ if agents == 0 => {
                if let (Some((head, value)), Some(card)) = (line.split_once(':'), cards.last_mut())
                    && !card.has_end
                    && !value.replace(';', "").trim().is_empty()
                {
                    let name = head.split(';').next().unwrap().rsplit('.').next().unwrap();
                    card.properties.push((name.trim().to_uppercase(), value.to_owned()));
                }
            }
            _ => {}
        }
        previous = mark;
    }
    cards
}

fn records(path: &Path) -> (Vec<u8>, Vec<Record>) {
    let bytes = std::fs::read(path).unwrap();
    let records = Reader::new(bytes.as_slice(), 0, 1).map(Result::unwrap).collect();
    (bytes, records)
}

/// Does something with each counted card and the record that begins on its line.
fn each(check: impl Fn(&Path, &Counted, &Record)) {
    for path in crate::files("vcard").unwrap_or_default() {
        let (bytes, records) = records(&path);
        for counted in counted(&bytes) {
            let record = records.iter().find(|record| record.line == counted.line);
            check(
                &path,
                &counted,
                record.unwrap_or_else(|| panic!("{}:{} is no record", path.display(), counted.line)),
            );
        }
    }
}

fn kept(card: &Card, name: &str) -> usize {
    let is_it = |extra: &&String| {
        extra.split([':', ';']).next().unwrap().rsplit('.').next().unwrap().eq_ignore_ascii_case(name)
    };
    card.extras.iter().filter(is_it).count()
}

fn methods(card: &Card, kind: MethodKind) -> usize {
    card.person.methods.iter().filter(|method| method.kind == kind).count()
}

#[test]
fn every_begin_becomes_a_card_or_a_reason() {
    each(|path, counted, record| {
        if let Err(reason) = &record.outcome {
            println!("{}:{}: {reason}", path.display(), counted.line);
            assert!(reason.ends_with('.'), "{reason}");
        }
    });
}

#[test]
fn at_most_two_percent_of_the_well_formed_cards_are_unreadable() {
    let (mut well_formed, mut unreadable) = (0, 0);
    for path in crate::files("vcard").unwrap_or_default() {
        let (bytes, records) = records(&path);
        for counted in counted(&bytes).iter().filter(|counted| counted.is_well_formed()) {
            well_formed += 1;
            let is_read = records.iter().any(|record| record.line == counted.line && record.outcome.is_ok());
            unreadable += usize::from(!is_read);
        }
    }
    println!("{unreadable} of {well_formed} well-formed cards are unreadable");
    assert!(unreadable * 50 <= well_formed, "{unreadable} of {well_formed}");
}

#[test]
fn every_phone_and_email_is_there() {
    each(|path, counted, record| {
        if let Ok(card) = &record.outcome {
            let place = format!("{}:{}", path.display(), counted.line);
            assert_eq!(methods(card, MethodKind::Phone), counted.values("TEL").len(), "{place}: {card:?}");
            assert_eq!(methods(card, MethodKind::Email), counted.values("EMAIL").len(), "{place}: {card:?}");
        }
    });
}

#[test]
fn every_name_is_there() {
    each(|path, counted, record| {
        let Ok(card) = &record.outcome else { return };
        let place = format!("{}:{}", path.display(), counted.line);
        let plain =
            |value: &&str| value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b' ' || byte == b';');
        let (shown, names) = (counted.values("FN"), counted.values("N"));
        assert_eq!(kept(card, "FN"), shown.len().saturating_sub(1), "{place}");
        assert_eq!(kept(card, "N"), names.len().saturating_sub(1), "{place}");
        if let Some(shown) = shown.first().filter(|shown| plain(shown)) {
            assert_eq!(card.person.display_name, shown.trim(), "{place}");
        }
        let person = &card.person;
        let parts = [&person.last_name, &person.middle_name, &person.name_prefix, &person.name_suffix];
        for part in names.first().filter(|names| plain(names)).iter().flat_map(|names| names.split(';')) {
            let is_there =
                person.first_name == part.trim() || parts.iter().any(|has| has.as_deref() == Some(part.trim()));
            assert!(part.trim().is_empty() || is_there, "{place}: {part} is not in {person:?}");
        }
        // A card without any name is flagged and has one all the same.
        assert_eq!(
            person.is_nameless,
            shown.is_empty() && names.is_empty() && counted.values("NICKNAME").is_empty(),
            "{place}"
        );
        assert!(!person.first_name.is_empty(), "{place}");
    });
}

#[test]
fn what_is_exported_is_imported_as_the_same_card() {
    each(|path, counted, record| {
        let Ok(card) = &record.outcome else { return };
        for version in [Version::V4, Version::V3] {
            let text = write(card, version);
            let mut again: Vec<Record> = Reader::new(text.as_bytes(), 0, 1).map(Result::unwrap).collect();
            assert_eq!(again.len(), 1, "{}:{}", path.display(), counted.line);
            assert_eq!(again.remove(0).outcome.as_ref(), Ok(card), "{}:{}: {text}", path.display(), counted.line);
        }
    });
}

#[test]
fn reading_goes_on_from_every_offset() {
    for path in crate::files("vcard").unwrap_or_default() {
        let (bytes, records) = records(&path);
        for (index, record) in records.iter().enumerate() {
            let from = usize::try_from(record.offset).unwrap();
            let again = Reader::new(&bytes[from..], record.offset, record.line).map(Result::unwrap);
            for (again, first) in again.zip(&records[index..]) {
                assert_eq!((again.offset, again.line, &again.outcome), (first.offset, first.line, &first.outcome));
            }
        }
    }
}
