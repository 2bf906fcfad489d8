//! The history as its pages show it.

use chrono::{DateTime, Datelike, Months, NaiveDate, Utc};
use uuid::Uuid;

use super::queries::{GLIMPSED, Glimpse, Row, Set};
use super::{deeds, values, words};
use crate::dates::Here;
use crate::error::AppError;
use crate::text::clean;
use crate::web::device::device;
use crate::web::number::grouped;

/// Names that a line of the list tells; the rest it counts.
const NAMED: usize = 3;
/// More changed rows than this are said to be "more than".
const COUNTED: i64 = 1000;

/// Somebody or something whom a change was about.
pub(super) struct Subject {
    pub name: String,
    /// Her page, where it is a person.
    pub url: Option<String>,
}

/// A change set as a line of the list and as the head of its own page.
pub(super) struct SetView {
    pub id: Uuid,
    pub machine: String,
    pub shown: String,
    pub title: String,
    pub subjects: Vec<Subject>,
    /// `and 12 more`, or nothing.
    pub more: String,
    pub by: String,
    pub count: i64,
    pub is_counted: bool,
    pub is_undone: bool,
    /// How far it is, while it is being taken back.
    pub going: Option<String>,
    pub undone_by: Option<Uuid>,
    /// Whether it is an undo that has not ended.
    pub is_unfinished: bool,
    pub refused: i32,
    pub undoes: Option<Uuid>,
    pub import: Option<Uuid>,
    /// Whether it is one, or takes one back: then the title says what it was, whomever it was about.
    pub is_of_import: bool,
}

impl SetView {
    pub fn new(set: Set, here: Here) -> Result<Self, AppError> {
        let rows = about_people(set.glimpses()?);
        let mut subjects: Vec<Subject> = Vec::new();
        let is_about_people = rows.iter().any(|row| row.contact.is_some());
        for row in rows.iter().filter(|row| row.contact.is_some() || !is_about_people) {
            let Some(name) = row.name.as_ref().filter(|name| subjects.iter().all(|known| known.name != **name)) else {
                continue;
            };
            let url = row.contact.map(|id| format!("/contacts/{id}"));
            subjects.push(Subject { name: clean::cut(name, 60).to_owned(), url });
        }
        // Beyond the first rows of a large set nobody was looked at.
        let beyond = set.count > GLIMPSED;
        let more = match (subjects.len().saturating_sub(NAMED), beyond) {
            _ if subjects.is_empty() => String::new(),
            (0, false) => String::new(),
            (more, false) => format!("and {more} more"),
            (_, true) => "and others".to_owned(),
        };
        subjects.truncate(NAMED);
        Ok(Self {
            title: title(&set, &deeds::deeds(&rows)),
            machine: set.created_at.to_rfc3339(),
            shown: here.moment(set.created_at),
            by: by(&set),
            count: set.count.min(COUNTED),
            is_counted: set.count <= COUNTED,
            is_undone: set.undone_at.is_some(),
            going: set.going.map(|people| match people {
                0 => "Being taken back".to_owned(),
                1 => "Being taken back: 1 person to go".to_owned(),
                _ => format!("Being taken back: {} people to go", grouped(people)),
            }),
            undone_by: set.undone_by,
            is_unfinished: set.is_unfinished,
            refused: set.refused_count,
            undoes: set.undoes,
            import: set.import_id,
            is_of_import: set.file_name.is_some(),
            id: set.id,
            subjects,
            more,
        })
    }

    pub fn url(&self) -> String {
        format!("/history/{}", self.id)
    }
    /// Whether it can be taken back now.
    pub fn can_be_undone(&self) -> bool {
        !self.is_undone && self.going.is_none() && !self.is_unfinished
    }
    pub fn undo(&self) -> String {
        format!("/change-sets/{}/undo", self.id)
    }
}

/// The last day on which a change of then can be taken back: its month goes whole once all of it is older than
/// `months`.
pub(super) fn kept_until(changed: DateTime<Utc>, months: u16) -> Option<NaiveDate> {
    let month = changed.date_naive().with_day(1)?;
    (month + Months::new(u32::from(months) + 1)).pred_opt()
}

/// Of a change about people what is about people, and what they took part in: a tag that was made for somebody is no
/// news of its own.
fn about_people(rows: Vec<Glimpse>) -> Vec<Glimpse> {
    if rows.iter().all(|row| row.contact.is_none()) {
        return rows;
    }
    rows.into_iter()
        .filter(|row| row.contact.is_some() || matches!(row.table.as_str(), "interactions" | "reminders"))
        .collect()
}

fn title(set: &Set, deeds: &str) -> String {
    match (set.kind.as_str(), &set.file_name) {
        ("undo", Some(file)) if set.is_redo => format!("Import of {file} done again"),
        ("undo", Some(file)) => format!("Import of {file} taken back"),
        (_, Some(file)) => format!("Import of {file}"),
        ("undo", None) => format!("taken back: {deeds}"),
        _ if !set.summary.is_empty() => set.summary.clone(),
        _ => deeds.to_owned(),
    }
}

fn by(set: &Set) -> String {
    let device = set.user_agent.as_deref().map(device);
    match (device, &set.address) {
        (Some(device), Some(address)) => format!("{device}, {address}"),
        (Some(one), None) => one,
        (None, Some(address)) => address.clone(),
        (None, None) => "Kith itself or the command line".to_owned(),
    }
}

/// One column of a changed row.
pub(super) struct Change {
    pub what: &'static str,
    pub before: String,
    pub after: String,
}

/// A changed row.
pub(super) struct RowView {
    pub name: String,
    pub url: Option<String>,
    /// `post at Fjord added`.
    pub deed: String,
    /// Whether there was nothing before.
    pub is_new: bool,
    /// Whether there is nothing after.
    pub is_gone: bool,
    pub changes: Vec<Change>,
}

impl RowView {
    pub fn new(row: Row, here: Here) -> Self {
        let thing = match (&row.other, row.table_name.as_str()) {
            (Some(other), "contact_employments") => format!("post at {other}"),
            (Some(other), "contact_relations") => format!("relation with {other}"),
            (Some(other), "contact_tags") => format!("tag {other}"),
            (Some(other), "contact_fields") => format!("field {other}"),
            _ => words::thing(&row.table_name).to_owned(),
        };
        let done = match row.action.as_str() {
            "INSERT" => "added",
            "DELETE" => "removed",
            _ => "changed",
        };
        Self {
            name: row.name.clone().unwrap_or_default(),
            url: row.contact_id.map(|id| format!("/contacts/{id}")),
            deed: format!("{thing} {done}"),
            is_new: row.action == "INSERT",
            is_gone: row.action == "DELETE",
            changes: changes(&row, here),
        }
    }
}

fn changes(row: &Row, here: Here) -> Vec<Change> {
    let [old, new] =
        [&row.old_values, &row.new_values].map(|values| values::of_row(&row.table_name, values.as_ref(), here));
    let columns = if new.is_empty() { &old } else { &new };
    let mut changes: Vec<Change> = columns
        .keys()
        .filter_map(|column| {
            let what = words::column(&row.table_name, column)?;
            let [before, after] = [&old, &new].map(|values| values::told(&row.table_name, column, values, here));
            (before != after).then_some(Change { what, before, after })
        })
        .collect();
    changes.sort_by_key(|change| change.what);
    changes
}
