//! The form of what is to become of many people.

use crate::contacts::touch::model::CadenceField;
use crate::web::{Field, FormData};

/// The fields of the form; what is left empty stays as it is.
#[derive(Default)]
pub(super) struct BulkForm {
    pub add_tag: Field,
    pub remove_tag: Field,
    pub cadence: CadenceField,
    pub relationship_strength: Field,
    pub employer: Field,
}

/// What becomes of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Number {
    Keep,
    Clear,
    To(i32),
}

impl Number {
    pub fn is_kept(self) -> bool {
        self == Self::Keep
    }

    pub fn value(self) -> Option<i32> {
        if let Self::To(number) = self { Some(number) } else { None }
    }

    fn of(field: &mut Field, range: std::ops::RangeInclusive<i32>) -> Self {
        if field.value.trim().eq_ignore_ascii_case("none") {
            return Self::Clear;
        }
        field.number(range).map_or(Self::Keep, Self::To)
    }
}

/// What is to become of everybody chosen.
#[derive(Debug)]
pub(super) enum Deed {
    Trash,
    Edit(Edit),
}

/// What [`BulkForm`] says when nothing is wrong with it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Edit {
    pub add_tag: Option<String>,
    pub remove_tag: Option<String>,
    pub frequency: Number,
    pub strength: Number,
    pub employer: Option<String>,
}

impl BulkForm {
    pub fn posted(form: &FormData) -> Self {
        let field = |name| Field::of(form, name);
        Self {
            add_tag: field("add_tag"),
            remove_tag: field("remove_tag"),
            cadence: CadenceField::posted(form),
            relationship_strength: field("relationship_strength"),
            employer: field("employer"),
        }
    }

    pub fn is_invalid(&self) -> bool {
        self.fields().iter().any(|field| field.is_invalid())
    }

    pub fn validate(&mut self) -> Option<Edit> {
        if self.fields().iter().all(|field| field.value.is_empty()) {
            self.add_tag.refuse("Give the tag a name, or fill in another field.");
            return None;
        }
        let edit = Edit {
            add_tag: line(&mut self.add_tag, 100, "Give the tag a name."),
            remove_tag: line(&mut self.remove_tag, 100, "Name the tag."),
            frequency: if self.cadence.is_none() {
                Number::Clear
            } else {
                self.cadence.days().map_or(Number::Keep, Number::To)
            },
            strength: Number::of(&mut self.relationship_strength, 1..=10),
            employer: line(&mut self.employer, 255, "Name the organization."),
        };
        self.cadence.refuse_both();
        if let (Some(added), Some(removed)) = (&edit.add_tag, &edit.remove_tag)
            && added.to_lowercase() == removed.to_lowercase()
        {
            self.remove_tag.refuse("This tag is to be added above.");
        }
        let is_idle = edit.add_tag.is_none()
            && edit.remove_tag.is_none()
            && edit.employer.is_none()
            && edit.frequency.is_kept()
            && edit.strength.is_kept();
        if is_idle && !self.is_invalid() {
            self.add_tag.refuse("Give the tag a name, or fill in another field.");
        }
        (!self.is_invalid()).then_some(edit)
    }

    fn fields(&self) -> [&Field; 6] {
        let Self { add_tag, remove_tag, cadence, relationship_strength, employer } = self;
        [add_tag, remove_tag, &cadence.chosen, &cadence.own, relationship_strength, employer]
    }
}

/// A line that may be left empty, but holds more than spaces where it is not.
fn line(field: &mut Field, max: usize, missing: &str) -> Option<String> {
    if field.value.is_empty() { None } else { field.required_line(max, missing) }
}

impl Deed {
    /// What is done, as the end of a sentence that begins with whom: `tagged “friend”, strength 7`.
    pub fn words(&self) -> String {
        let Self::Edit(edit) = self else { return "put into the trash".to_owned() };
        let number = |number, none: &str, to: fn(i32) -> String| match number {
            Number::Keep => None,
            Number::Clear => Some(none.to_owned()),
            Number::To(value) => Some(to(value)),
        };
        let parts = [
            edit.add_tag.as_ref().map(|name| format!("tagged “{name}”")),
            edit.remove_tag.as_ref().map(|name| format!("tag “{name}” taken off")),
            number(edit.frequency, "no rhythm", |days| crate::web::dates::every(days.into())),
            number(edit.strength, "no strength", |strength| format!("strength {strength}")),
            edit.employer.as_ref().map(|name| format!("post at {name}")),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(body: &str) -> BulkForm {
        BulkForm::posted(&FormData::parse(body.as_bytes()))
    }

    #[test]
    fn what_is_left_empty_stays_and_none_clears() {
        let edit = form("relationship_strength=none&add_tag=+friend+").validate().unwrap();
        assert_eq!(edit.strength, Number::Clear);
        assert_eq!(edit.frequency, Number::Keep);
        assert_eq!(edit.add_tag.as_deref(), Some("friend"));
        assert_eq!(edit.employer, None);
    }

    #[test]
    fn every_wrong_field_is_refused_at_once() {
        let mut form = form("contact_frequency_days=0&relationship_strength=11&add_tag=+&employer=a%00b");
        assert_eq!(form.validate(), None);
        assert!(form.fields().iter().filter(|field| field.is_invalid()).count() == 4);
    }
}
