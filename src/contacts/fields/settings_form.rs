//! The form in which a field is defined.

use uuid::Uuid;

use super::model::{Definition, FieldKind, LONGEST_NAME};
use crate::text::clean::is_blank;
use crate::web::{Field, FormData};

/// How much can be chosen in one field.
const MOST_CHOICES: usize = 100;

/// What the form holds.
#[derive(Debug, Clone, Default)]
pub(super) struct DefinitionForm {
    pub name: Field,
    /// Asked of a new field alone.
    pub kind: Field,
    pub choices: Vec<Choice>,
    /// Carries what is wrong with one of the choices; its value says nothing.
    pub choice: Field,
}

/// A choice as typed, and as it was when the form was opened: one that got another name is still the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Choice {
    pub was: String,
    pub name: String,
}

/// What [`DefinitionForm`] says when nothing is wrong with it.
#[derive(Debug)]
pub(super) struct Defined {
    pub field: Definition,
    /// Choices that got another name: the old one and the new one.
    pub renamed: Vec<(String, String)>,
    /// Choices that can no longer be chosen.
    pub removed: Vec<String>,
}

impl DefinitionForm {
    /// With room for a few choices where there is no script to add them.
    pub fn with_room(mut self) -> Self {
        let empty = self.choices.iter().filter(|choice| choice.name.is_empty()).count();
        self.choices.extend(std::iter::repeat_n(Choice::default(), 3usize.saturating_sub(empty)));
        self
    }

    pub fn posted(form: &FormData) -> Self {
        let mut before = form.all("choice_was[]");
        let choices = form
            .all("choice[]")
            .map(|name| Choice { was: before.next().unwrap_or("").to_owned(), name: name.to_owned() });
        Self {
            name: Field::of(form, "name"),
            kind: Field::of(form, "kind"),
            choices: choices.collect(),
            choice: Field::default(),
        }
    }

    pub fn of(field: &Definition) -> Self {
        let choice = |name: &String| Choice { was: name.clone(), name: name.clone() };
        Self {
            name: Field::from(field.name.as_str()),
            kind: Field::from(field.kind.as_str()),
            choices: field.choices.iter().map(choice).collect(),
            choice: Field::default(),
        }
    }

    /// A new field, or the form with what is wrong at each input.
    pub fn validate_new(&mut self) -> Option<Definition> {
        let kind = self.kind.value.parse::<FieldKind>().ok();
        if kind.is_none() {
            self.kind.refuse("Choose what it is from the list.");
        }
        let blank = Definition { id: Uuid::now_v7(), name: String::new(), kind: kind?, choices: Vec::new() };
        self.validate(&blank).map(|defined| defined.field)
    }

    /// What `stored` becomes, or the form with what is wrong at each input.
    pub fn validate(&mut self, stored: &Definition) -> Option<Defined> {
        let name = self.name.required_line(LONGEST_NAME, "Give the field a name.").unwrap_or_default();
        let kept = self.checked_choices(stored);
        if self.is_refused() {
            return None;
        }
        let is_kept = |choice: &&String| !kept.iter().any(|one| one.was == **choice);
        Some(Defined {
            removed: stored.choices.iter().filter(is_kept).cloned().collect(),
            renamed: kept
                .iter()
                .filter(|one| stored.choices.contains(&one.was) && one.was != one.name)
                .map(|one| (one.was.clone(), one.name.clone()))
                .collect(),
            field: Definition { name, choices: kept.into_iter().map(|choice| choice.name).collect(), ..stored.clone() },
        })
    }

    pub fn is_refused(&self) -> bool {
        [&self.name, &self.kind, &self.choice].iter().any(|field| field.is_invalid())
    }

    fn checked_choices(&mut self, stored: &Definition) -> Vec<Choice> {
        let mut kept: Vec<Choice> = Vec::new();
        for choice in self.choices.iter().filter(|choice| !is_blank(&choice.name)) {
            let mut field = Field::from(choice.name.as_str());
            let Some(name) = field.line(100) else {
                self.choice.refuse(field.error.unwrap_or_default());
                continue;
            };
            if kept.iter().any(|other| other.name.to_lowercase() == name.to_lowercase()) {
                self.choice.refuse(format!("“{name}” stands there twice."));
            }
            // One that was taken out and typed in again is the same.
            let was = if stored.choices.contains(&choice.was) { choice.was.clone() } else { name.clone() };
            kept.push(Choice { was, name });
        }
        match (stored.kind == FieldKind::Choice, kept.len()) {
            (true, 0) => self.choice.refuse("Say what can be chosen."),
            (true, count) if count > MOST_CHOICES => {
                self.choice.refuse(format!("At most {MOST_CHOICES} can be saved."));
            }
            (false, 1..) => self.choice.refuse("Choose “Choice from a list” above, or empty these."),
            _ => {}
        }
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(choices: &[(&str, &str)]) -> DefinitionForm {
        let choice = |(was, name): &(&str, &str)| Choice { was: (*was).into(), name: (*name).into() };
        DefinitionForm { name: "Size".into(), choices: choices.iter().map(choice).collect(), ..Default::default() }
    }

    #[test]
    fn a_choice_with_another_name_is_renamed_and_one_that_is_emptied_removed() {
        let names = ["S", "M", "L"].map(str::to_owned).to_vec();
        let stored = Definition { id: Uuid::nil(), name: "Size".into(), kind: FieldKind::Choice, choices: names };
        let defined = form(&[("S", ""), ("L", "S"), ("M", " M "), ("", "XL")]).validate(&stored).unwrap();
        assert_eq!(defined.field.choices, ["S", "M", "XL"]);
        assert_eq!(defined.renamed, [("L".to_owned(), "S".to_owned())]);
        assert_eq!(defined.removed, ["S"]);
        let again = form(&[("S", ""), ("M", "M"), ("L", "L"), ("", "S")]).validate(&stored).unwrap();
        assert_eq!((again.renamed.len(), again.removed.len()), (0, 0));
        let mut twice = form(&[("S", "m"), ("M", "M")]);
        assert!(twice.validate(&stored).is_none());
        assert_eq!(twice.choice.error.as_deref(), Some("“M” stands there twice."));
    }
}
