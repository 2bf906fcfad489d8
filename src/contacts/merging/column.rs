//! One of those who are compared, as a column of the page.

use uuid::Uuid;

use super::queries::Standing;
use crate::contacts::model::Person;
use crate::contacts::parts::Part;
use crate::contacts::photos::pages::picture_url;
use crate::dates::{DateStyle, Here};
use crate::web::avatar::Avatar;
use crate::web::dates::Day;

/// Who she is and what there is of her, as far as it tells one from another.
pub(super) struct Column {
    pub id: Uuid,
    pub name: String,
    pub avatar: Avatar,
    pub photo_id: Option<Uuid>,
    pub version: i32,
    pub stays: bool,
    pub added: Day,
    /// Ways to reach her, and her days.
    pub lines: Vec<String>,
    pub posts: Vec<String>,
    pub tags: Vec<String>,
    /// `12 interactions, 1 reminder`, or nothing.
    pub more: String,
}

impl Column {
    pub fn new(one: Standing, person: &Person, stays: Option<Uuid>, here: Here) -> Self {
        let name = person.shown_name();
        let counts =
            [(one.interactions, "interaction"), (one.reminders, "reminder"), (one.insights, "insight")].into_iter();
        let more: Vec<String> = counts.filter(|(count, _)| *count > 0).map(counted).collect();
        Self {
            id: one.id,
            avatar: Avatar::titled(one.id, &name, person.name_prefix.as_deref()),
            name,
            photo_id: one.photo,
            version: one.version,
            stays: Some(one.id) == stays,
            added: Day::of(here.day(one.created_at), here),
            lines: lines(person, here.style),
            posts: one.posts,
            tags: one.tags,
            more: more.join(", "),
        }
    }

    /// Where her photo is.
    pub fn photo(&self) -> Option<String> {
        self.photo_id.map(|photo| picture_url(self.id, photo))
    }

    /// The version that the page was made from.
    pub fn seen(&self) -> String {
        format!("{}:{}", self.id, self.version)
    }
}

fn counted((count, word): (i64, &str)) -> String {
    match count {
        1 => format!("1 {word}"),
        1001.. => format!("more than 1,000 {word}s"),
        many => format!("{many} {word}s"),
    }
}

/// What reaches somebody, and her days.
pub(super) fn lines(person: &Person, style: DateStyle) -> Vec<String> {
    let methods = person.methods.iter().map(Part::from).map(|part| {
        let kind = if part.label.is_empty() { part.kind } else { part.label };
        format!("{kind}: {}", part.value)
    });
    let days = person.dates.iter().map(|date| {
        format!("{}: {}", date.kind, style.date(date.year, date.month.unsigned_abs(), date.day.unsigned_abs()))
    });
    methods.chain(days).collect()
}
