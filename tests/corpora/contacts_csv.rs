//! Tables and LDIF files of real programs. What is expected comes from a counter that knows only lines, quotation marks
//! and blank lines, and from the addresses that stand in each row, whatever parts its cells.

use std::io::Cursor;
use std::path::{Path, PathBuf};

use kith::contacts::model::MethodKind;
use kith::exchange::card::Card;
use kith::exchange::ldif;
use kith::exchange::record::Record;
use kith::exchange::table::{self, Given, Layout, writer};

/// What the counter saw.
#[derive(Debug)]
struct Counted {
    line: u64,
    text: String,
}

fn is_ldif(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "ldif")
}

/// The text of a file in the charset that its layout names.
fn text(bytes: &[u8], layout: Option<&Layout>) -> String {
    let encoding = layout.map_or(encoding_rs::UTF_8, Layout::encoding);
    encoding.decode(bytes).0.replace("\r\n", "\n").replace('\r', "\n")
}

/// Rows: lines whose quotation marks are in pairs, else with those behind them up to where they are.
fn rows(text: &str) -> Vec<Counted> {
    let mut rows: Vec<Counted> = Vec::new();
    let mut is_open = false;
    for (number, line) in (1..).zip(text.split('\n')) {
        match rows.last_mut().filter(|_| is_open) {
            Some(row) => row.text = format!("{}\n{line}", row.text),
            None if line.trim().is_empty() => continue,
            None => rows.push(Counted { line: number, text: line.to_owned() }),
        }
        is_open ^= line.matches('"').count() % 2 == 1;
    }
    let is_header = |row: &Counted| {
        let text = row.text.to_lowercase();
        !text.contains('@') && ["name", "mail"].iter().all(|word| text.contains(word))
    };
    let header = rows.iter().take(10).position(is_header);
    rows.split_off(header.map_or(0, |header| header + 1))
}

fn entries(text: &str) -> Vec<Counted> {
    let lines = || (1..).zip(text.split('\n'));
    let starts = lines().filter(|(_, line)| line.starts_with("dn:")).map(|(number, _)| number);
    let block = |start: u64| {
        let block = lines().skip_while(move |(number, _)| *number < start);
        block.map(|(_, line)| line).take_while(|line| !line.trim().is_empty()).collect::<Vec<_>>().join("\n")
    };
    starts.map(|line| Counted { line, text: block(line) }).collect()
}

fn read(path: &Path) -> (Vec<Counted>, Vec<Record>) {
    let bytes = std::fs::read(path).unwrap();
    if is_ldif(path) {
        return (entries(&text(&bytes, None)), ldif::Reader::new(bytes.as_slice(), 0, 1).map(Result::unwrap).collect());
    }
    let layout = Layout::guess(Cursor::new(&bytes), &Given::default()).unwrap().layout;
    let records = table::Reader::new(bytes.as_slice(), layout.clone(), 0, 1).map(Result::unwrap).collect();
    (rows(&text(&bytes, Some(&layout))), records)
}

fn files() -> Vec<PathBuf> {
    let books = ["csv", "txt", "tsv", "tab", "ldif"];
    let is_book =
        |path: &PathBuf| path.extension().and_then(|end| end.to_str()).is_some_and(|end| books.contains(&end));
    crate::files("contacts_csv").unwrap_or_default().into_iter().filter(is_book).collect()
}

#[test]
fn every_row_becomes_a_card_or_a_reason() {
    for path in files() {
        let (counted, records) = read(&path);
        let lines = |lines: &mut dyn Iterator<Item = u64>| lines.collect::<Vec<_>>();
        assert_eq!(
            lines(&mut records.iter().map(|record| record.line)),
            lines(&mut counted.iter().map(|row| row.line)),
            "{}",
            path.display()
        );
        for record in &records {
            if let Err(reason) = &record.outcome {
                println!("{}:{}: {reason}", path.display(), record.line);
                assert!(reason.ends_with('.'), "{reason}");
            }
        }
    }
}

#[test]
fn at_most_two_percent_of_the_rows_are_unreadable() {
    let (mut total, mut unreadable) = (0, 0);
    for path in files() {
        let (counted, records) = read(&path);
        total += counted.len();
        unreadable += records.iter().filter(|record| record.outcome.is_err()).count();
    }
    println!("{unreadable} of {total} rows are unreadable");
    assert!(unreadable * 50 <= total, "{unreadable} of {total}");
}

#[test]
fn every_address_of_a_row_is_there() {
    for path in files() {
        let (counted, records) = read(&path);
        for (row, record) in counted.iter().zip(&records) {
            let Ok(card) = &record.outcome else { continue };
            let words = row.text.split(|c: char| ",;\t\"|<>".contains(c) || c.is_whitespace());
            let words = words.filter(|word| word.contains('@') && !word.contains('='));
            for word in words.map(|word| word.trim_start_matches("mailto:")) {
                let has = |card: &Card| {
                    let emails = card.person.methods.iter().filter(|method| method.kind == MethodKind::Email);
                    emails.into_iter().any(|email| email.value.eq_ignore_ascii_case(word))
                        || card.person.notes.contains(word)
                };
                assert!(has(card), "{}:{}: {word} is not in {card:?}", path.display(), row.line);
            }
        }
    }
}

#[test]
fn what_is_exported_is_imported_as_the_same_card() {
    for path in files() {
        for card in read(&path).1.into_iter().filter_map(|record| record.outcome.ok()) {
            let table = format!("{}{}", writer::head(&[]), writer::write(&card, &[]));
            let layout = Layout::guess(Cursor::new(table.as_bytes()), &Given::default()).unwrap().layout;
            let again: Vec<Record> = table::Reader::new(table.as_bytes(), layout, 0, 1).map(Result::unwrap).collect();
            assert_eq!(again.len(), 1, "{table}");
            assert_eq!(again[0].outcome.as_ref(), Ok(&card), "{}: {table}", path.display());
        }
    }
}

#[test]
fn reading_goes_on_from_every_offset() {
    for path in files().into_iter().filter(|path| !is_ldif(path)) {
        let bytes = std::fs::read(&path).unwrap();
        let layout = Layout::guess(Cursor::new(&bytes), &Given::default()).unwrap().layout;
        let records: Vec<Record> =
            table::Reader::new(bytes.as_slice(), layout.clone(), 0, 1).map(Result::unwrap).collect();
        for (index, record) in records.iter().enumerate().filter(|(_, record)| record.offset > 0) {
            let from = &bytes[usize::try_from(record.offset).unwrap()..];
            let again = table::Reader::new(from, layout.clone(), record.offset, record.line).map(Result::unwrap);
            for (again, first) in again.zip(&records[index..]) {
                assert_eq!((again.offset, again.line, &again.outcome), (first.offset, first.line, &first.outcome));
            }
        }
    }
}
