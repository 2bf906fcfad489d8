//! The form of a post.

use chrono::NaiveDate;

use super::queries::Post;
use crate::dates::DateStyle;
use crate::web::{Difference, Field, FormData};

/// What the form holds.
#[derive(Debug, Clone, Default)]
pub(super) struct EmploymentForm {
    pub organization: Field,
    pub title: Field,
    pub start_date: Field,
    pub end_date: Field,
    pub is_current: bool,
}

/// What [`EmploymentForm`] says when nothing is wrong with it.
pub(super) struct NewEmployment {
    pub organization: String,
    pub title: Option<String>,
    pub start_date: Option<NaiveDate>,
    pub end_date: Option<NaiveDate>,
    pub is_current: bool,
}

impl EmploymentForm {
    pub fn posted(form: &FormData) -> Self {
        let field = |name| Field::of(form, name);
        Self {
            organization: field("organization"),
            title: field("title"),
            start_date: field("start_date"),
            end_date: field("end_date"),
            is_current: form.has("is_current"),
        }
    }

    /// Of a post that is stored.
    pub fn of(post: &Post) -> Self {
        let day = |day: Option<NaiveDate>| Field::from(day.map(|day| day.to_string()));
        Self {
            organization: Field::from(post.organization.as_str()),
            title: post.title.clone().into(),
            start_date: day(post.start_date),
            end_date: day(post.end_date),
            is_current: post.is_current,
        }
    }

    /// Of a post to come: most are held now.
    pub fn blank() -> Self {
        Self { is_current: true, ..Self::default() }
    }

    /// Whether something is wrong with it.
    pub fn is_refused(&self) -> bool {
        [&self.organization, &self.title, &self.start_date, &self.end_date].into_iter().any(Field::is_invalid)
    }

    pub fn validate(&mut self, style: DateStyle) -> Option<NewEmployment> {
        let organization = self.organization.required_line(255, "Name the organization.");
        let title = self.title.line(255);
        let (start_date, end_date) = (self.start_date.typed_date(style), self.end_date.typed_date(style));
        if start_date.zip(end_date).is_some_and(|(start, end)| end < start) {
            self.end_date.refuse("The end is before the start.");
        }
        if self.is_refused() {
            return None;
        }
        Some(NewEmployment { organization: organization?, title, start_date, end_date, is_current: self.is_current })
    }
}

impl NewEmployment {
    /// Every field in which it differs from a post that is stored.
    pub fn differences(&self, stored: &Post, style: DateStyle) -> Vec<Difference> {
        let day = |day: Option<NaiveDate>| day.map(|day| style.exact(day)).unwrap_or_default();
        let held = |is_current: bool| String::from(if is_current { "yes" } else { "no" });
        Difference::between(
            [
                ("Organization", self.organization.clone()),
                ("Title", self.title.clone().unwrap_or_default()),
                ("From", day(self.start_date)),
                ("Until", day(self.end_date)),
                ("Works there now", held(self.is_current)),
            ],
            [
                ("Organization", stored.organization.clone()),
                ("Title", stored.title.clone().unwrap_or_default()),
                ("From", day(stored.start_date)),
                ("Until", day(stored.end_date)),
                ("Works there now", held(stored.is_current)),
            ],
        )
    }
}
