//! The normal form of a card: what two cards that say the same have in common, and what the columns take.
//! Every importer ends with it. Nothing is lost on the way: what does not fit its field goes whole into the notes.

use chrono::Datelike;

use super::card::{Card, CardRelation};
use super::vcard;
use crate::contacts::fields::OwnValue;
use crate::contacts::fields::model::{LONGEST_NAME, LONGEST_VALUE};
use crate::contacts::model::{Method, MethodKind, PartialDate, Person};
use crate::text::clean;

/// The first name of a card that has none, and nothing to take one from.
const UNNAMED: &str = "Unnamed";

impl Card {
    /// The same card in normal form: texts clean and no longer than their columns, dates sorted, no empty or
    /// repeated entries, a first name and a display name wherever the card says anything at all.
    #[must_use]
    pub fn tidy(mut self) -> Self {
        let mut rest = Vec::new();
        let person = &mut self.person;
        self.uid = self.uid.map(|uid| clean::line(&uid)).filter(|uid| !uid.is_empty());
        person.notes = clean::lines(&person.notes);
        tidy_names(person, &mut rest);
        tidy_numbers(person, &mut rest);
        tidy_methods(&mut person.methods, &mut rest);
        tidy_dates(&mut person.dates, &mut rest);
        tidy_fields(&mut person.fields, &mut rest);
        self.tidy_employments(&mut rest);
        self.tidy_tags(&mut rest);
        self.tidy_relations(&mut rest);
        for extra in &mut self.extras {
            extra.retain(|c| !c.is_control() || c == '\t');
        }
        self.extras.retain(|extra| !extra.is_empty());
        self.extras.sort();
        if !rest.is_empty() {
            let rest = rest.join("\n");
            let gap = if self.person.notes.is_empty() { "" } else { "\n\n" };
            self.person.notes = clean::lines(&format!("{}{gap}{rest}", self.person.notes));
        }
        self.name();
        self
    }

    /// Whether it says nothing of anybody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let person = &self.person;
        let parts = [
            &person.last_name,
            &person.middle_name,
            &person.name_prefix,
            &person.name_suffix,
            &person.nickname,
            &person.sort_name,
            &person.met_at,
        ];
        person.first_name.is_empty()
            && person.display_name.is_empty()
            && parts.into_iter().all(Option::is_none)
            && person.notes.is_empty()
            && person.how_met.is_empty()
            && person.relationship_strength.is_none()
            && person.contact_frequency_days.is_none()
            && person.methods.is_empty()
            && person.dates.is_empty()
            && person.fields.is_empty()
            && self.employments.is_empty()
            && self.tags.is_empty()
            && self.relations.is_empty()
            && self.photo.is_none()
            && self.extras.is_empty()
    }
}

impl Card {
    fn tidy_employments(&mut self, rest: &mut Vec<String>) {
        for post in &mut self.employments {
            post.organization = fitting(clean::line(&post.organization), 255, "Organization", rest);
            post.title = post.title.take().and_then(|title| optional(title, 255, "Title", rest));
            if post.organization.is_empty() {
                rest.extend(post.title.take().map(|title| format!("Title: {title}")));
            }
            if let (Some(start), Some(end)) = (post.start_date, post.end_date)
                && end < start
            {
                rest.push(format!("{} until: {end}", post.organization));
                post.end_date = None;
            }
        }
        self.employments.retain(|post| !post.organization.is_empty());
        let mut seen = std::collections::HashSet::new();
        self.employments.retain(|post| seen.insert(post.clone()));
    }

    fn tidy_tags(&mut self, rest: &mut Vec<String>) {
        let mut seen = std::collections::HashSet::new();
        let tags =
            std::mem::take(&mut self.tags).into_iter().map(|tag| clean::line(&tag)).filter(|tag| !tag.is_empty());
        for tag in tags {
            if tag.chars().count() > 100 {
                rest.push(format!("Tag: {tag}"));
            } else if seen.insert(tag.to_lowercase()) {
                self.tags.push(tag);
            }
        }
    }

    fn tidy_relations(&mut self, rest: &mut Vec<String>) {
        rest.extend(self.relations.iter().filter(|relation| !relation.is_sound()).map(vcard::related));
        self.relations.retain(CardRelation::is_sound);
        self.relations.sort();
        self.relations.dedup();
    }

    /// Gives whoever has no first name one: another part of the name, else what the card is filed under.
    fn name(&mut self) {
        let employer = self.employments.first().map(|post| post.organization.clone());
        let is_empty = self.is_empty();
        let person = &mut self.person;
        if person.first_name.is_empty() && !is_empty {
            let part = person.take_first_of_others();
            let part = part.or_else(|| person.name_prefix.take()).or_else(|| person.name_suffix.take());
            person.is_nameless |= part.is_none();
            let value =
                |kind| person.methods.iter().find(|method| method.kind == kind).map(|method| method.value.clone());
            let first = part.or(employer).or_else(|| value(MethodKind::Email)).or_else(|| value(MethodKind::Phone));
            let first = first.or_else(|| person.methods.first().map(|method| method.value.clone()));
            let first = first.as_deref().and_then(|first| first.lines().next()).unwrap_or(UNNAMED);
            person.first_name = clean::cut(&clean::line(first), 255).to_owned();
        }
        if person.display_name.is_empty() {
            person.display_name = clean::cut(&person.shown_name(), 1_000).to_owned();
        }
    }
}

fn tidy_names(person: &mut Person, rest: &mut Vec<String>) {
    person.first_name = fitting(clean::line(&person.first_name), 255, "First name", rest);
    person.display_name = fitting(clean::line(&person.display_name), 1_000, "Name", rest);
    person.how_met = fitting(clean::lines(&person.how_met), 2_000, "How you met", rest);
    let parts = [
        (&mut person.last_name, "Last name"),
        (&mut person.middle_name, "Middle name"),
        (&mut person.name_prefix, "Name prefix"),
        (&mut person.name_suffix, "Name suffix"),
        (&mut person.nickname, "Nickname"),
        (&mut person.sort_name, "Sort name"),
        (&mut person.met_at, "Where you met"),
    ];
    for (part, label) in parts {
        *part = part.take().and_then(|text| optional(text, 255, label, rest));
    }
}

fn tidy_numbers(person: &mut Person, rest: &mut Vec<String>) {
    if let Some(strength) = person.relationship_strength.take_if(|strength| !(1..=10).contains(strength)) {
        rest.push(format!("Relationship strength: {strength}"));
    }
    if let Some(days) = person.contact_frequency_days.take_if(|days| !(1..=3_660).contains(days)) {
        rest.push(format!("In touch every: {days} days"));
    }
}

fn tidy_methods(methods: &mut Vec<Method>, rest: &mut Vec<String>) {
    for method in &mut *methods {
        method.label = fitting(tidy_label(&method.label), 100, "Label", rest);
        method.value = match method.kind {
            MethodKind::Address => clean::lines(&method.value),
            kind => kind.bare(&clean::line(&method.value)),
        };
        let limit = if method.kind == MethodKind::Email { 255 } else { 2_000 };
        if method.value.chars().count() > limit {
            rest.push(format!("{} {}: {}", method.kind.as_str(), method.label, std::mem::take(&mut method.value)));
        }
    }
    methods.retain(|method| !method.value.is_empty());
}

fn tidy_dates(dates: &mut Vec<PartialDate>, rest: &mut Vec<String>) {
    for date in &mut *dates {
        let kind = tidy_label(&date.kind);
        let kind = if kind.is_empty() { "date".to_owned() } else { kind };
        date.kind = fitting(kind, 50, "Date", rest);
        if !is_day(date) {
            rest.push(format!("{}: {:?}-{}-{}", date.kind, date.year, date.month, date.day));
        }
    }
    dates.retain(is_day);
    // As the database gives them.
    dates.sort_by(|a, b| {
        let key = |date: &PartialDate| (date.month, date.day, date.year.is_none(), date.year);
        a.kind.cmp(&b.kind).then_with(|| key(a).cmp(&key(b)))
    });
    dates.dedup();
}

fn tidy_fields(fields: &mut Vec<OwnValue>, rest: &mut Vec<String>) {
    let mut seen = std::collections::HashSet::new();
    fields.retain_mut(|field| {
        field.name = clean::line(&field.name);
        field.value = clean::line(&field.value);
        if clean::is_blank(&field.value) {
            return false;
        }
        let fits = !clean::is_blank(&field.name)
            && field.name.chars().count() <= LONGEST_NAME
            && field.value.chars().count() <= LONGEST_VALUE;
        let is_kept = fits && seen.insert(field.name.to_lowercase());
        if !is_kept {
            rest.push(format!("{}: {}", field.name, field.value));
        }
        is_kept
    });
}

/// Whether the month has this day, in a leap year where no year is given.
pub(super) fn is_day(date: &PartialDate) -> bool {
    let year = date.year.unwrap_or(2000);
    let (month, day) = (u32::try_from(date.month).unwrap_or(0), u32::try_from(date.day).unwrap_or(0));
    (1..=9999).contains(&year)
        && chrono::NaiveDate::from_ymd_opt(year, month, day).is_some_and(|day| day.year() == year)
}

/// A label on one line, without the wrapping of Apple's own ones: `_$!<HomePage>!$_`.
pub(super) fn tidy_label(label: &str) -> String {
    let label = clean::line(label);
    match label.strip_prefix("_$!<").and_then(|rest| rest.strip_suffix(">!$_")) {
        Some(inner) => tidy_label(&inner.to_lowercase()),
        None => label,
    }
}

fn optional(text: String, limit: usize, label: &str, rest: &mut Vec<String>) -> Option<String> {
    Some(fitting(clean::line(&text), limit, label, rest)).filter(|text| !text.is_empty())
}

/// The text as far as the column takes it; if that is not all, the whole goes to `rest`.
fn fitting(text: String, limit: usize, label: &str, rest: &mut Vec<String>) -> String {
    let cut = clean::cut(&text, limit);
    if cut.len() == text.len() {
        return text;
    }
    let cut = cut.to_owned();
    rest.push(format!("{label}: {text}"));
    cut
}
