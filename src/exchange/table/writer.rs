//! Everybody as one table: Google's columns, which others know too, and behind them Kith's own. No cell is one that
//! a spreadsheet would calculate, and reading the table gives the same cards.

use std::sync::LazyLock;

use super::layout::{Layout, Program};
use super::{own, row, words};
use crate::contacts::fields::Definition;
use crate::contacts::model::{Method, MethodKind, PartialDate, Person};
use crate::exchange::card::Card;
use crate::exchange::fields::SEVERAL;

/// How many columns the methods of a kind have; what is more is in Kith's own.
const EMAILS: usize = 4;
const PHONES: usize = 4;
const ADDRESSES: usize = 2;
const LINKS: usize = 3;
const OTHERS: usize = 2;
/// Days that are no birthday.
const EVENTS: usize = 2;

static HEADER: LazyLock<Vec<String>> = LazyLock::new(header);

/// How this table is laid out.
static LAYOUT: LazyLock<Layout> = LazyLock::new(|| Layout {
    is_of_what_passed: false,
    encoding: "UTF-8".to_owned(),
    delimiter: ',',
    quote: Some('"'),
    skip: 0,
    day_first: false,
    program: Program::Kith.as_str().to_owned(),
    columns: HEADER.iter().filter_map(|name| words::column_of(name)).collect(),
    header: Some(HEADER.clone()),
});

fn header() -> Vec<String> {
    let names = [
        "Name",
        "Name Prefix",
        "First Name",
        "Middle Name",
        "Last Name",
        "Name Suffix",
        "Nickname",
        "File As",
        "Organization Name",
        "Organization Title",
        "Birthday",
        "Notes",
        "How you met",
        "Where you met",
        "Labels",
    ];
    let mut header: Vec<String> = names.map(str::to_owned).into();
    let mut numbered = |name: &str, count: usize, label: &str, value: &str| {
        for number in 1..=count {
            header.extend([label, value].map(|attribute| format!("{name} {number} - {attribute}")));
        }
    };
    numbered("E-mail", EMAILS, "Label", "Value");
    numbered("Phone", PHONES, "Label", "Value");
    numbered("Address", ADDRESSES, "Label", "Formatted");
    numbered("Website", LINKS, "Label", "Value");
    numbered("IM", OTHERS, "Service", "Value");
    numbered("Event", EVENTS, "Label", "Value");
    header.extend(["Strength", "Days between contacts", "Kith ID", "Kith"].map(str::to_owned));
    header
}

/// The first line, behind a mark by which spreadsheets know the charset; own fields have the last columns.
#[must_use]
pub fn head(fields: &[Definition]) -> String {
    let own = fields.iter().map(|field| words::of_field(&field.name));
    format!("\u{feff}{}", line(&HEADER.iter().cloned().chain(own).collect::<Vec<_>>()))
}

/// The line of a card. Its id is written as it is; a caller who wants one sets it.
#[must_use]
pub fn write(card: &Card, fields: &[Definition]) -> String {
    let mut cells = cells(card);
    let plain = row::card(&LAYOUT, &neutral(&cells)).unwrap_or_default();
    cells.push(own::beyond(card, &plain));
    let value = |field: &Definition| card.person.fields.iter().find(|value| value.name == field.name);
    cells.extend(fields.iter().map(|field| value(field).map(|value| value.value.clone()).unwrap_or_default()));
    line(&neutral(&cells))
}

/// What the columns say of a card, Kith's own aside, as it is read again.
pub(super) fn plain(card: &Card) -> Option<Card> {
    row::card(&LAYOUT, &neutral(&cells(card))).ok()
}

fn cells(card: &Card) -> Vec<String> {
    let person = &card.person;
    let text = |part: &Option<String>| part.clone().unwrap_or_default();
    let number = |number: Option<i32>| number.map(|number| number.to_string()).unwrap_or_default();
    let post = card.employments.first().cloned().unwrap_or_default();
    let mut cells = vec![
        person.shown_name(),
        text(&person.name_prefix),
        person.first_name.clone(),
        text(&person.middle_name),
        text(&person.last_name),
        text(&person.name_suffix),
        text(&person.nickname),
        text(&person.sort_name),
        post.organization,
        text(&post.title),
        person.dates.iter().find(|date| date.kind == "birthday").map(day).unwrap_or_default(),
        person.notes.clone(),
        person.how_met.clone(),
        text(&person.met_at),
        card.tags.join(SEVERAL),
    ];
    let mut methods = |count: usize, is_it: fn(MethodKind) -> bool| {
        let of_kind = person.methods.iter().filter(|method| is_it(method.kind)).map(Some);
        for method in of_kind.chain(std::iter::repeat(None)).take(count) {
            cells.extend(
                method.map_or_else(Default::default, |Method { label, value, .. }| [label.clone(), value.clone()]),
            );
        }
    };
    methods(EMAILS, |kind| kind == MethodKind::Email);
    methods(PHONES, |kind| kind == MethodKind::Phone);
    methods(ADDRESSES, |kind| kind == MethodKind::Address);
    methods(LINKS, |kind| matches!(kind, MethodKind::Url | MethodKind::Linkedin));
    methods(OTHERS, |kind| kind == MethodKind::Other);
    let events = events(person).map(Some).chain(std::iter::repeat(None)).take(EVENTS);
    for date in events {
        cells.extend(date.map_or_else(Default::default, |date| [date.kind.clone(), day(date)]));
    }
    cells.push(number(person.relationship_strength));
    cells.push(number(person.contact_frequency_days));
    cells.push(card.uid.clone().unwrap_or_default());
    cells
}

/// The days that are not the one birthday.
fn events(person: &Person) -> impl Iterator<Item = &PartialDate> {
    let birthday = person.dates.iter().position(|date| date.kind == "birthday");
    person.dates.iter().enumerate().filter(move |(index, _)| Some(*index) != birthday).map(|(_, date)| date)
}

fn day(date: &PartialDate) -> String {
    let PartialDate { year, month, day, .. } = date;
    year.map_or_else(|| format!("--{month:02}-{day:02}"), |year| format!("{year:04}-{month:02}-{day:02}"))
}

/// The cells, none of which a spreadsheet calculates: an apostrophe stands in front of those that it would.
fn neutral(cells: &[String]) -> Vec<String> {
    cells.iter().map(|cell| if row::is_formula(cell) { format!("'{cell}") } else { cell.clone() }).collect()
}

fn line(cells: &[String]) -> String {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    // Memory does not fail.
    let _ = writer.write_record(cells);
    writer.into_inner().ok().and_then(|line| String::from_utf8(line).ok()).unwrap_or_default()
}
