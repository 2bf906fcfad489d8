//! What an upload is: a vCard file, a table, an LDIF file, mail, a calendar, or an archive of these. Its beginning tells, whatever it
//! is called; the name decides where it does not.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use anyhow::Context;

use super::archive;
use super::intake::{self, REST};
use super::mail;
use super::parts::Part;
use super::passed::{self, Looked};
use super::table::{Given, Layout};
use crate::error::AppError;

/// As much of a file tells what it is.
const HEAD: u64 = 8 << 10;

/// Why a file is none that Kith reads.
const NOTHING: &str = "This is no address book that Kith reads: a vCard file, a CSV or TSV table, an LDIF file, or a zip of these. Nor is it mail or a calendar: an mbox, a message, an ICS file, or a zip of these.";
const WORKBOOK: &str = "This is a workbook of a spreadsheet. Save the sheet as CSV, and import that.";

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Vcard,
    Table,
    Ldif,
    Mbox,
    /// One message.
    Message,
    /// Messages that were unpacked together.
    Messages,
    Calendar,
    Zip,
    Unknown,
}

/// An upload that was looked at.
#[derive(Debug)]
pub(super) struct Surveyed {
    /// vcard, csv, ldif, mbox, eml, maildir, ics or zip.
    pub format: &'static str,
    /// Its files, those that are left out included.
    pub parts: Vec<Part>,
    /// Of a file of what passed, what a look at it tells.
    pub looked: Option<Looked>,
    /// Whether it holds what passed besides people: that is for an import of its own, asked to be [`REST`].
    pub has_rest: bool,
}

impl Surveyed {
    fn new(data_dir: &Path, format: &'static str, parts: Vec<Part>) -> Result<Self, AppError> {
        let is_passing = parts.iter().any(|part| part.is_read() && (part.is_mail() || part.is_calendar()));
        let looked = if is_passing { Some(passed::looked_at(data_dir, &parts)?) } else { None };
        Ok(Self { format, parts, looked, has_rest: false })
    }
}

/// Looks at an upload of `name`, which is `asked` to be a format, or auto; answers in one sentence why it is refused.
///
/// # Errors
/// When it cannot be read, or its files cannot be written.
pub(super) fn survey(
    data_dir: &Path,
    upload: &str,
    name: &str,
    asked: &str,
    limit: u64,
) -> Result<Result<Surveyed, String>, AppError> {
    let path = data_dir.join(upload);
    let kind = kind_of(&path, name, asked)?;
    if kind == Kind::Zip {
        return Ok(match archived(data_dir, upload, limit, asked == REST)? {
            Ok((parts, has_rest)) => Ok(Surveyed { has_rest, ..Surveyed::new(data_dir, "zip", parts)? }),
            Err(reason) => Err(reason),
        });
    }
    let format = match kind {
        Kind::Vcard => "vcard",
        Kind::Ldif => "ldif",
        Kind::Mbox => "mbox",
        Kind::Message => "eml",
        Kind::Messages => "maildir",
        Kind::Calendar => "ics",
        _ => "csv",
    };
    let part = part(data_dir, 1, name, upload.to_owned(), (kind, true))?;
    Ok(match part.reason {
        Some(reason) => Err(reason),
        None => Ok(Surveyed::new(data_dir, format, vec![part])?),
    })
}

/// The files of an archive, and whether an import of its own is to read the rest of them.
fn archived(
    data_dir: &Path,
    upload: &str,
    limit: u64,
    is_rest: bool,
) -> Result<Result<(Vec<Part>, bool), String>, AppError> {
    let folder = intake::folder_of(upload);
    let entries = match archive::unpack(&data_dir.join(upload), &data_dir.join(&folder), limit)? {
        Ok(entries) => entries,
        Err(reason) => return Ok(Err(reason)),
    };
    if entries.iter().any(|entry| entry.name == "workbook.xml") {
        return Ok(Err(WORKBOOK.to_owned()));
    }
    let mut parts = Vec::new();
    for entry in entries {
        let position = i32::try_from(parts.len() + 1).unwrap_or(i32::MAX);
        parts.push(match entry.outcome {
            Err(reason) => left_out(position, &entry.name, String::new(), reason),
            Ok(own) => {
                let path = format!("{folder}/{own}");
                let kind = match own.as_str() {
                    archive::MESSAGES => Kind::Messages,
                    _ => kind_of(&data_dir.join(&path), &entry.name, "auto")?,
                };
                part(data_dir, position, &entry.name, path, (kind, false))?
            }
        });
    }
    if !parts.iter().any(Part::is_read) {
        let empty = parts.iter().find(|part| part.is_calendar()).and_then(|part| part.reason.clone());
        let nothing = || "There is no address book, no mail and no calendar in this archive.".to_owned();
        return Ok(Err(empty.unwrap_or_else(nothing)));
    }
    let is_divided = leave_one_kind(&mut parts, is_rest);
    // More are on record than are of use to anybody.
    parts.sort_by_key(|part| (!part.is_read(), part.position));
    parts.truncate(300);
    for (index, part) in parts.iter_mut().enumerate() {
        part.position = i32::try_from(index + 1).unwrap_or(i32::MAX);
    }
    Ok(Ok((parts, is_divided && !is_rest)))
}

/// An import brings in people, or mail and calendars: of an archive that holds both the people, or the rest. Says whether it holds both.
fn leave_one_kind(parts: &mut [Part], is_rest: bool) -> bool {
    let is_certain = |part: &Part| part.is_read() && !part.is_of_what_passed() && part.is_settled;
    let is_divided =
        parts.iter().any(is_certain) && parts.iter().any(|part| part.is_read() && part.is_of_what_passed());
    for part in parts.iter_mut().filter(|part| is_divided && part.is_read() && part.is_of_what_passed() != is_rest) {
        let what = match () {
            () if is_rest => "of people",
            () if part.is_mail() => "mail",
            () => "of what passed",
        };
        part.is_settled = true;
        part.reason = Some(format!("It is {what}: an import of its own, beside this one, has it."));
    }
    if parts.iter().any(|part| part.is_read() && part.is_of_what_passed()) {
        for part in parts.iter_mut().filter(|part| part.is_read() && !part.is_of_what_passed()) {
            part.is_settled = true;
            part.reason = Some("Its columns are not known. If it holds people, import it on its own.".to_owned());
        }
    }
    is_divided
}

fn left_out(position: i32, name: &str, path: String, reason: String) -> Part {
    Part {
        position,
        file_name: name.to_owned(),
        file_size: 0,
        path,
        format: "other".to_owned(),
        source: String::new(),
        layout: None,
        is_settled: true,
        reason: Some(reason),
    }
}

/// A file of an upload, of a kind, and whether it is the whole of it.
fn part(
    data_dir: &Path,
    position: i32,
    name: &str,
    path: String,
    (kind, is_alone): (Kind, bool),
) -> Result<Part, AppError> {
    let file = data_dir.join(&path);
    let size = file.metadata().context("the uploaded file")?.len();
    if size == 0 {
        return Ok(left_out(position, name, path, "The file is empty.".to_owned()));
    }
    let mut part = Part {
        position,
        file_name: name.to_owned(),
        file_size: i64::try_from(size).unwrap_or(i64::MAX),
        path,
        format: "vcard".to_owned(),
        source: "vcard".to_owned(),
        layout: None,
        is_settled: true,
        reason: None,
    };
    match kind {
        Kind::Vcard => {}
        Kind::Ldif => {
            "ldif".clone_into(&mut part.format);
            "ldif".clone_into(&mut part.source);
        }
        Kind::Table => {
            let guess = Layout::guess(open(&file)?, &Given::default()).context("the uploaded file")?;
            "table".clone_into(&mut part.format);
            part.source = guess.layout.source();
            part.is_settled = guess.layout.program().is_known();
            part.layout = Some(serde_json::to_value(&guess.layout).map_err(anyhow::Error::from)?);
        }
        Kind::Mbox => "mbox".clone_into(&mut part.format),
        Kind::Message => "message".clone_into(&mut part.format),
        Kind::Messages => "messages".clone_into(&mut part.format),
        Kind::Calendar => {
            "calendar".clone_into(&mut part.format);
            part.reason = passed::why_empty(&file, is_alone)?;
        }
        Kind::Zip => {
            return Ok(left_out(position, name, part.path, "An archive in an archive is not unpacked.".to_owned()));
        }
        Kind::Unknown => return Ok(left_out(position, name, part.path, NOTHING.to_owned())),
    }
    Ok(part)
}

/// A file, to be read from its beginning.
pub(super) fn open(path: &Path) -> Result<BufReader<File>, AppError> {
    Ok(BufReader::with_capacity(1 << 16, File::open(path).context("the uploaded file")?))
}

fn kind_of(path: &Path, name: &str, asked: &str) -> Result<Kind, AppError> {
    let mut head = Vec::new();
    open(path)?.take(HEAD).read_to_end(&mut head).context("the uploaded file")?;
    Ok(match asked {
        "vcard" => Kind::Vcard,
        "ldif" => Kind::Ldif,
        "zip" | REST => Kind::Zip,
        "mbox" => Kind::Mbox,
        "eml" => Kind::Message,
        "messages" => Kind::Messages,
        "ics" => Kind::Calendar,
        "auto" => told(path, &head, name)?,
        _ => Kind::Table,
    })
}

fn told(path: &Path, head: &[u8], name: &str) -> Result<Kind, AppError> {
    let end = name.rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase()).unwrap_or_default();
    // Without the zeros of UTF-16.
    let text: Vec<u8> = head.iter().copied().filter(|byte| *byte != 0).map(|byte| byte.to_ascii_uppercase()).collect();
    let holds = |words: &[u8]| text.windows(words.len()).any(|window| window == words);
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return Ok(Kind::Zip);
    }
    let begins = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&text).trim_ascii_start();
    if begins.starts_with(b"BEGIN:VCALENDAR") {
        return Ok(Kind::Calendar);
    }
    match mail::Layout::recognise(head) {
        Some(mail::Layout::Mbox) => return Ok(Kind::Mbox),
        Some(mail::Layout::Single) => return Ok(Kind::Message),
        None => {}
    }
    if holds(b"BEGIN:VCARD") {
        return Ok(Kind::Vcard);
    }
    if holds(b"BEGIN:VCALENDAR") || holds(b"BEGIN:VEVENT") {
        return Ok(Kind::Calendar);
    }
    if begins_as_ldif(head) {
        return Ok(Kind::Ldif);
    }
    match end.as_str() {
        "vcf" | "vcard" => return Ok(Kind::Vcard),
        "ics" | "ical" | "icalendar" | "vcs" => return Ok(Kind::Calendar),
        "ldif" | "ldi" => return Ok(Kind::Ldif),
        "csv" | "tsv" | "tab" => return Ok(Kind::Table),
        _ => {}
    }
    if !holds(b"\n") && !holds(b"\r") || is_binary(head) {
        return Ok(Kind::Unknown);
    }
    // Text of some kind: a table where its rows have columns.
    let guess = Layout::guess(open(path)?, &Given::default()).context("the uploaded file")?;
    let has_columns =
        guess.layout.columns.len() > 1 && guess.rows.iter().filter(|row| row.len() > 1).count() * 2 > guess.rows.len();
    Ok(if has_columns || guess.layout.header.is_some() { Kind::Table } else { Kind::Unknown })
}

/// Zeros that no UTF-16 has.
fn is_binary(head: &[u8]) -> bool {
    let is_wide = head.starts_with(b"\xFF\xFE") || head.starts_with(b"\xFE\xFF");
    let zeros = head.iter().filter(|byte| **byte == 0).count();
    !is_wide && zeros > 0 && zeros * 3 < head.len()
}

/// Whether the first line that says anything begins an entry.
fn begins_as_ldif(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    let mut lines = head.lines().map_while(|line| line.ok().or_else(|| Some(String::new())));
    let first = lines.find(|line| !line.trim().is_empty() && !line.starts_with('#') && !line.starts_with("version:"));
    first.is_some_and(|line| line.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("dn:")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn surveyed(name: &str, bytes: &[u8]) -> Result<Surveyed, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("upload"), bytes).unwrap();
        survey(folder.path(), "upload", name, "auto", 1 << 20).unwrap()
    }

    #[test]
    fn a_file_is_known_by_what_it_holds_whatever_it_is_called() {
        for (name, bytes, format) in [
            ("x.txt", &b"begin:vcard\nFN:Ada\nEND:VCARD\n"[..], "vcard"),
            ("x.csv", b"version: 1\n\ndn: cn=Ada\ncn: Ada\n", "ldif"),
            ("x.txt", b"First Name\tLast Name\nAda\tLovelace\n", "csv"),
            ("no end", b"Ada,Lovelace,ada@x.example\nZoe,M,z@x.example\n", "csv"),
            ("x.vcf", b"just a letter\nto nobody\n", "vcard"),
            ("x.txt", b"\xEF\xBB\xBFBEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nEND:VEVENT\nEND:VCALENDAR\n", "ics"),
            ("x.ics", b"TZID:x\nBEGIN:VEVENT\nEND:VEVENT\n", "ics"),
        ] {
            assert_eq!(surveyed(name, bytes).unwrap().format, format, "{name}");
        }
        for (name, bytes) in
            [("x.jpg", &b"\xFF\xD8\xFF\0\x10JFIF\n\0"[..]), ("letter.txt", b"Dear Ada\nhow are you\n"), ("x.csv", b"")]
        {
            assert!(surveyed(name, bytes).is_err(), "{name}");
        }
    }

    #[test]
    fn a_calendar_without_an_event_is_refused_by_what_it_holds() {
        let reason = |lines: &str| surveyed("x.ics", lines.replace('|', "\n").as_bytes()).unwrap_err();
        assert_eq!(reason("nothing|begins|"), "This is no calendar: nothing begins in it.");
        assert_eq!(reason("BEGIN:VCALENDAR|VERSION:2.0|END:VCALENDAR|"), "There is no event in this calendar.");
        let todo = "BEGIN:VTODO|UID:1|END:VTODO|";
        assert_eq!(
            reason(&format!("BEGIN:VCALENDAR|{todo}{todo}BEGIN:VJOURNAL|END:VJOURNAL|END:VCALENDAR|")),
            "There is no event in this calendar, only what Kith does not import: 2 to-dos, 1 journal entry."
        );
        assert!(reason("BEGIN:VCALENDAR|BEGIN:VTIMEZONE|").ends_with("It has no end: perhaps its download broke off."));
        assert_eq!(
            surveyed("x.ics", b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART").unwrap().looked.unwrap().cut_off.len(),
            1
        );
    }

    #[test]
    fn half_a_file_is_known_by_its_end() {
        let letter = |n: usize| {
            format!("From a@x.example Thu Aug 22 13:52:59 2002\nFrom: a@x.example\nDate: x\nSubject: {n}\n\nx\n\n")
        };
        let mailbox: String = (0..3).map(letter).collect();
        let events = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260101T100000Z\nEND:VEVENT\nEND:VCALENDAR\n";
        let cut_off = |name: &str, text: &str| surveyed(name, text.as_bytes()).unwrap().looked.unwrap().cut_off;
        assert!(cut_off("x.mbox", &mailbox).is_empty() && cut_off("x.ics", events).is_empty());
        assert!(cut_off("x.eml", "From: a@x.example\nTo: b@x.example\n\nx").is_empty());
        let told = cut_off("x.mbox", &mailbox[..mailbox.len() - 8]);
        assert!(told[0].starts_with("“x.mbox” ends in the middle of a message, as where"), "{told:?}");
        assert_eq!(cut_off("x.eml", "From: a@x.example\nTo: b@x.exa").len(), 1);
        assert!(cut_off("x.ics", &events[..events.len() - 16])[0].starts_with("“x.ics” ends before its calendar does"));
    }
}
