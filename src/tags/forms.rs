//! The form of a tag.

use super::model::{Tag, color_of};
use crate::contacts::touch::model::CadenceField;
use crate::web::{Difference, Field, FormData};

/// What the form holds.
#[derive(Debug, Clone, Default)]
pub(super) struct TagForm {
    pub name: Field,
    pub color: Field,
    pub cadence: CadenceField,
}

impl TagForm {
    pub fn posted(form: &FormData) -> Self {
        let field = |name| Field::of(form, name);
        Self { name: field("name"), color: field("color"), cadence: CadenceField::posted(form) }
    }

    /// Of a tag that is stored.
    pub fn of(tag: &Tag) -> Self {
        Self {
            name: Field::from(tag.name.as_str()),
            color: tag.color.clone().into(),
            cadence: CadenceField::of(tag.contact_frequency_days),
        }
    }

    /// The tag that it describes, or the form with what is wrong at each field. Where no colour was
    /// chosen the name has one.
    pub fn validate(&mut self) -> Option<Tag> {
        let name = self.name.required_line(100, "Give the tag a name.");
        let (color, contact_frequency_days) = (self.checked_color(), self.cadence.days());
        let name = name?;
        let color = Some(color.unwrap_or_else(|| color_of(&name).to_owned()));
        (!self.is_refused()).then_some(Tag { name, color, contact_frequency_days })
    }

    /// Whether anything is wrong.
    pub fn is_refused(&self) -> bool {
        [&self.name, &self.color, &self.cadence.chosen, &self.cadence.own].iter().any(|field| field.is_invalid())
    }

    /// The colour as a browser's colour field takes it: its own, else the name's.
    pub fn shade(&self) -> &str {
        if self.color.value.is_empty() { color_of(&self.name.value) } else { &self.color.value }
    }

    fn checked_color(&mut self) -> Option<String> {
        let typed = self.color.value.trim().to_ascii_lowercase();
        if typed.is_empty() {
            return None;
        }
        let digits = typed.strip_prefix('#').unwrap_or("");
        if digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Some(typed);
        }
        self.color.refuse("Give a colour as #rrggbb, such as #2a9a8a.");
        None
    }
}

/// Every field in which two versions of a tag differ.
pub(super) fn differences(mine: &Tag, stored: &Tag) -> Vec<Difference> {
    let texts = |one: &Tag| {
        let days = one.contact_frequency_days.map(|days| days.to_string()).unwrap_or_default();
        [("Name", one.name.clone()), ("Colour", one.color.clone().unwrap_or_default()), ("Days between contacts", days)]
    };
    Difference::between(texts(mine), texts(stored))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_six_hexadecimal_digits_and_nothing_else() {
        let colour = |typed: &str| TagForm { color: Field::from(typed), ..TagForm::default() }.checked_color();
        assert_eq!(colour(" #2A9A8a ").as_deref(), Some("#2a9a8a"));
        for wrong in ["red;background:url(//x)", "#2a9", "#2a9a8g", "2a9a8a", "#2a9a8a;", "#é9a8a", "#"] {
            assert_eq!(colour(wrong), None, "{wrong}");
        }
    }
}
