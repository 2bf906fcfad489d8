//! The inputs that own fields have in the form of a person.

use super::model::{Definition, FieldKind, OwnValue};
use crate::dates::DateStyle;
use crate::web::{Field, FormData};

/// One of them.
#[derive(Debug, Clone)]
pub(in crate::contacts) struct Input {
    /// What it is of.
    pub definition: Definition,
    /// What was typed or is stored.
    pub field: Field,
}

impl Input {
    /// The name in the form.
    pub fn name(&self) -> String {
        format!("field_{}", self.definition.id)
    }

    pub fn label(&self) -> &str {
        &self.definition.name
    }

    pub fn is_choice(&self) -> bool {
        self.definition.kind == FieldKind::Choice
    }

    pub fn is_date(&self) -> bool {
        self.definition.kind == FieldKind::Date
    }

    pub fn placeholder(&self) -> &'static str {
        match self.definition.kind {
            FieldKind::Link => "https://",
            FieldKind::Text | FieldKind::Number | FieldKind::Choice | FieldKind::Date => "",
        }
    }

    /// What can be chosen; what was sent and is none of it stays to be seen.
    pub fn options(&self) -> Vec<(&str, &str)> {
        let choices = self.definition.choices.iter().map(|choice| (choice.as_str(), choice.as_str()));
        let mut options: Vec<(&str, &str)> = std::iter::once(("", "")).chain(choices).collect();
        if !options.iter().any(|(choice, _)| *choice == self.field.value) {
            options.push((&self.field.value, &self.field.value));
        }
        options
    }
}

/// The inputs with what is `stored` of somebody.
pub(in crate::contacts) fn of(definitions: Vec<Definition>, stored: &[OwnValue]) -> Vec<Input> {
    let value = |name: &str| stored.iter().find(|value| value.name == name).map(|value| value.value.clone());
    let input = |definition: Definition| Input { field: Field::from(value(&definition.name)), definition };
    definitions.into_iter().map(input).collect()
}

/// The inputs as they were sent. A field that was defined since the form was opened was not asked, and keeps what it
/// has.
pub(in crate::contacts) fn posted(definitions: Vec<Definition>, form: &FormData, stored: &[OwnValue]) -> Vec<Input> {
    let mut inputs = of(definitions, stored);
    for input in &mut inputs {
        let name = input.name();
        if form.has(&name) {
            input.field = Field::of(form, &name);
        }
    }
    inputs
}

/// What they say, or what is wrong at each.
pub(in crate::contacts) fn checked(inputs: &mut [Input], style: DateStyle) -> Vec<OwnValue> {
    let checked = inputs.iter_mut().filter_map(|Input { definition, field }| {
        let value = match definition.kind {
            FieldKind::Date => field.typed_date(style)?.to_string(),
            _ => definition.check(field)?,
        };
        Some(OwnValue { name: definition.name.clone(), kind: definition.kind, value })
    });
    checked.collect()
}
