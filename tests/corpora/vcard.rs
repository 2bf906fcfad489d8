//! Address books of real programs. What is expected comes from a counter that shares nothing with the reader: it
//! knows no versions, charsets, escapes or parameters, only lines, what continues a line, and names before `:` or `;`.

use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
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

fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// A parameter's values, and what stands behind them.
fn values(mut rest: &str) -> Option<(Vec<&str>, &str)> {
    let mut values = Vec::new();
    loop {
        let (value, behind) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => rest.split_at(rest.find([',', ';', ':', '"'])?),
        };
        values.push(value);
        match behind.strip_prefix(',') {
            Some(more) => rest = more,
            None => return Some((values, behind)),
        }
    }
}

/// A content line: its name in capitals, its parameters by theirs, and its value.
type Parted<'a> = (String, Vec<(String, Vec<&'a str>)>, &'a str);

/// The parts of a content line; none where the grammar that RFC 2426 and RFC 6350 share does not allow it.
fn parted(line: &str) -> Option<Parted<'_>> {
    let (name, mut rest) = line.split_at(line.find([';', ':'])?);
    let (group, name) = name.split_once('.').unwrap_or(("none", name));
    let mut params = Vec::new();
    while let Some(param) = rest.strip_prefix(';') {
        let (name, behind) = param.split_once('=')?;
        let (values, behind) = values(behind)?;
        is_token(name).then(|| params.push((name.to_uppercase(), values)))?;
        rest = behind;
    }
    let is_sound = is_token(group) && is_token(name) && !line.contains(|c: char| c.is_control() && c != '\t');
    is_sound.then_some((name.to_uppercase(), params, rest.strip_prefix(':')?))
}

/// What a version has against a content line.
fn fault(line: &str, version: Version) -> Option<&'static str> {
    let Some((name, params, value)) = parted(line) else { return Some("it is no content line") };
    let is_base64 = |text: &str| BASE64_STANDARD.decode(text).is_ok();
    let param = |name: &str| params.iter().find(|(known, _)| known == name).map(|(_, values)| values.join(","));
    let is_link = value.split_once(':').is_some_and(|(scheme, _)| !scheme.contains([' ', '\\', '/', ',']));
    let is_file = ["PHOTO", "LOGO", "SOUND", "KEY"].contains(&name.as_str()) && !value.trim().is_empty();
    let is_text = name == "KEY" && param("VALUE").as_deref() == Some("text");
    let removed = ["AGENT", "CLASS", "LABEL", "MAILER", "NAME", "PROFILE", "SORT-STRING"];
    match (param("ENCODING").as_deref(), version) {
        (_, Version::V4) if removed.contains(&name.as_str()) => Some("the version has no such property"),
        (_, Version::V3) if name == "PROFILE" && value != "VCARD" => Some("it is no profile"),
        _ if param("CHARSET").is_some() => Some("it names a charset"),
        (Some(_), Version::V4) => Some("it has an encoding"),
        (Some("b"), Version::V3) if is_base64(value) => None,
        (Some(_), Version::V3) => Some("it is not encoded as it says"),
        (None, Version::V3) if is_file && !is_text && param("VALUE").as_deref() != Some("uri") => Some("it is no file"),
        (None, _) if is_file && !is_text && !is_link => Some("it is no link"),
        (None, _) if is_file && value.starts_with("data:") => match value.split_once(";base64,") {
            Some((_, data)) if !is_base64(data) => Some("its link is cut off"),
            _ => None,
        },
        _ => None,
    }
}

#[test]
fn every_line_of_an_export_is_of_its_versions_grammar() {
    each(|path, counted, record| {
        let Ok(card) = &record.outcome else { return };
        for version in [Version::V4, Version::V3] {
            let text = write(card, version).replace("\r\n ", "");
            for line in text.lines() {
                let fault = fault(line, version);
                assert_eq!(fault, None, "{}:{}: {version:?}: {line}", path.display(), counted.line);
            }
            let names = text.lines().filter_map(parted).filter(|(name, ..)| name == "N").count();
            assert_eq!(names, 1, "{}:{}: {version:?}", path.display(), counted.line);
        }
    });
}

#[test]
fn a_line_that_no_version_has_is_told_from_one_that_has() {
    for line in ["KEY;X509:a", "X A:b", "PHOTO;ENCODING=BASE64:TUlJ", "X-A;P=\"b:c", "PHOTO:data:image/png;base64,a"] {
        assert!(fault(line, Version::V4).is_some(), "{line}");
    }
    for line in ["PHOTO;ENCODING=b;TYPE=JPEG:TUlJ", "a.X-B;C=\"d;e:f\",g:h", "KEY;VALUE=text:k"] {
        assert_eq!(fault(line, Version::V3), None, "{line}");
    }
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
