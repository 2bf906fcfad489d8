//! Calendars as a source of what passed. What is still to come is left out: as an entry it would be wrong as soon as it is
//! moved or called off, and the same calendar, imported later, brings it once it took place.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;
use std::time::Instant;

use anyhow::Context;

use super::families::{Asked, Families};
use super::meeting::{ended, meetings};
use super::record::{self, Ended, Outcome, Source};
use super::sample::{MOST_BYTES, MOST_TIME};
use crate::error::AppError;
use crate::exchange::calendar::{Event, Others, Reader, Record};
use crate::exchange::mail::normal_address;
use crate::exchange::mail::own::Guess;
use crate::exchange::parts::Part;
use crate::text::clean;
use crate::web::number::grouped;

/// Events that are looked at for whose calendar it is.
const SAMPLE: usize = 3_000;

/// The events of a calendar, but for the first so many. Time zones stand wherever they stand in it, so that it is always
/// read from its beginning.
///
/// # Errors
/// When the file is not there.
pub(super) fn open(data_dir: &Path, part: &Part, asked: Asked, taken: u64) -> Result<Box<dyn Source>, AppError> {
    let path = data_dir.join(&part.path);
    let families = Families::of(|| reading(&path), &asked).context("the uploaded file")?;
    let size = part.file_size.unsigned_abs();
    let mut source =
        Calendar { reader: Reader::new(reading(&path).context("the uploaded file")?), families, asked, taken: 0, size };
    while source.taken < taken && source.reader.next().transpose().context("the uploaded file")?.is_some() {
        source.taken += 1;
    }
    Ok(Box::new(source))
}

fn reading(path: &Path) -> io::Result<BufReader<File>> {
    Ok(BufReader::with_capacity(1 << 16, File::open(path)?))
}

struct Calendar {
    reader: Reader<BufReader<File>>,
    families: Families,
    asked: Asked,
    /// Records that are read.
    taken: u64,
    size: u64,
}

impl Source for Calendar {
    fn next(&mut self) -> io::Result<Option<record::Record>> {
        let Some(record) = self.reader.next().transpose()? else { return Ok(None) };
        let place = self.taken;
        self.taken += 1;
        let (title, outcome, ended) = match record.outcome {
            Err(reason) => (String::new(), Outcome::Unreadable(reason), None),
            Ok(event) => {
                let (outcome, ended) = self.judged(place, &event);
                (title(&event, &self.asked), outcome, ended)
            }
        };
        Ok(Some(record::Record { offset: record.offset, line: record.line, file: None, title, outcome, ended }))
    }

    /// How many records are read stands for the line. They do not come in their order, so that the offset is as much of the
    /// file as of its records; no record is shorter than a byte, and so no two have the same.
    fn position(&self) -> (u64, u64) {
        let share = u128::from(self.taken) * u128::from(self.size) / u128::from(self.families.total + 1);
        (u64::try_from(share).unwrap_or(self.size), self.taken + 1)
    }
}

impl Calendar {
    fn judged(&mut self, place: u64, event: &Event) -> (Outcome, Option<Ended>) {
        if let Some(reason) = event.calendar.why_no_event() {
            return (Outcome::Ignored(reason.into()), None);
        }
        let told = self.families.told(place, event, &self.asked);
        let ended = told.ended.and_then(|ending| ended(event, ending, &told.whole));
        let outcome = match told.times {
            Err(reason) => Outcome::Ignored(reason.into()),
            Ok(times) => {
                let (drafts, note) = meetings(event, &times, &told.whole, &self.asked);
                Outcome::Found(drafts, note)
            }
        };
        (outcome, ended)
    }
}

fn title(event: &Event, asked: &Asked) -> String {
    let day = event.start.utc(asked.zone).with_timezone(&asked.zone).format("%-d %B %Y");
    let summary = clean::line(&event.summary);
    if summary.is_empty() { day.to_string() } else { format!("{} · {day}", clean::cut(&summary, 200)) }
}

/// Whose calendar it is, and whether the file ends before it does: what it is called, if that is an address, and who takes part in at
/// least half of what has people.
///
/// # Errors
/// When the file cannot be read.
pub(super) fn looked_at(data_dir: &Path, part: &Part) -> Result<(Vec<Guess>, bool), AppError> {
    let mut reader = Reader::new(reading(&data_dir.join(&part.path)).context("the uploaded file")?);
    let (mut guesses, mut looked_at, begun) = (Guesses::default(), 0, Instant::now());
    while let Some(record) = reader.next().transpose().context("the uploaded file")? {
        looked_at += 1;
        let is_sample = looked_at <= SAMPLE && record.offset <= MOST_BYTES && begun.elapsed() <= MOST_TIME;
        if let Ok(event) = record.outcome
            && is_sample
        {
            guesses.add(&event);
        }
    }
    Ok((guesses.likely(), reader.is_cut_off()))
}

#[derive(Default)]
struct Guesses {
    named: Vec<Guess>,
    counts: BTreeMap<String, usize>,
    /// Events that have people.
    events: usize,
}

impl Guesses {
    fn add(&mut self, event: &Event) {
        let name = event.calendar.name.as_deref().map(normal_address).filter(|name| !name.is_empty());
        if let Some(name) = name.filter(|name| self.named.iter().all(|one| one.address != *name)) {
            // A calendar that is called by an address is that one's.
            self.named.push(Guess { address: name, sent: 1, ..Guess::default() });
        }
        let people = event.organizer.iter().chain(&event.attendees).filter_map(|one| one.email.clone());
        let people: BTreeSet<String> = people.collect();
        if people.len() > 1 {
            self.events += 1;
            people.into_iter().for_each(|one| *self.counts.entry(one).or_default() += 1);
        }
    }

    fn likely(self) -> Vec<Guess> {
        let Self { mut named, counts, events } = self;
        let mut likely: Vec<(String, usize)> =
            counts.into_iter().filter(|(_, n)| events > 1 && n * 2 >= events).collect();
        likely.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
        likely.truncate(3);
        for (address, others) in likely {
            if named.iter().all(|one| one.address != address) {
                named.push(Guess { address, others, ..Guess::default() });
            }
        }
        named
    }
}

/// In a sentence or two, that a calendar holds no event, and what it holds; none where it holds one, or what should be one. In what is
/// no calendar stands what should be one, but where the file `is_alone`.
///
/// # Errors
/// When the file cannot be read.
pub(in crate::exchange) fn why_empty(path: &Path, is_alone: bool) -> Result<Option<String>, AppError> {
    let mut reader = Reader::new(reading(path).context("the uploaded file")?);
    match reader.next().transpose().context("the uploaded file")? {
        Some(Record { outcome: Err(reason), .. }) if is_alone && !reader.has_begun() => return Ok(Some(reason)),
        Some(_) => return Ok(None),
        None => {}
    }
    let Others { todos, journals, busy_times } = reader.others();
    let counted = |count: usize, one: &str, many: &str| {
        (count > 0).then(|| format!("{} {}", grouped(count), if count == 1 { one } else { many }))
    };
    let others = [
        counted(todos, "to-do", "to-dos"),
        counted(journals, "journal entry", "journal entries"),
        counted(busy_times, "list of busy times", "lists of busy times"),
    ];
    let others: Vec<String> = others.into_iter().flatten().collect();
    let mut says = if others.is_empty() {
        "There is no event in this calendar.".to_owned()
    } else {
        format!("There is no event in this calendar, only what Kith does not import: {}.", others.join(", "))
    };
    if reader.is_cut_off() {
        says.push_str(" It has no end: perhaps its download broke off.");
    }
    Ok(Some(says))
}
