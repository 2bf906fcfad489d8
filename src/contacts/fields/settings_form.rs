//! The form in which a field is defined.

use uuid::Uuid;

use super::model::{Definition, FieldKind, LONGEST_NAME};
use crate::text::clean::is_blank;
use crate::web::{Difference, Field, FormData};

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
        let (id, name, choices) = (Uuid::now_v7(), String::new(), Vec::new());
        let blank = Definition { id, name, kind: kind?, choices, version: 1 };
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

    /// The same over a version that was saved meanwhile: choices that she left as they were follow it, and those that
    /// she did not see stand there too, so that nothing is taken off anybody unless she removes it.
    pub fn over(mut self, stored: &Definition) -> Self {
        let typed = std::mem::take(&mut self.choices);
        let is_there = |name: &String| stored.choices.contains(name);
        let is_seen = |name: &&String| {
            let is_new = |one: &Choice| !is_there(&one.was) && one.name.to_lowercase() == name.to_lowercase();
            typed.iter().any(|one| one.was == **name || is_new(one))
        };
        let unseen: Vec<&String> = stored.choices.iter().filter(|name| !is_seen(name)).collect();
        let mut unseen = unseen.into_iter().map(|name| Choice { was: name.clone(), name: name.clone() });
        let mut choices = Vec::new();
        for choice in typed.iter().filter(|choice| !choice.was.is_empty() || !is_blank(&choice.name)) {
            let is_left = !choice.was.is_empty() && choice.was == choice.name;
            choices.extend(if is_left && !is_there(&choice.was) { unseen.next() } else { Some(choice.clone()) });
        }
        choices.extend(unseen);
        Self { choices, ..self }
    }

    /// Every part in which it differs from what is stored.
    pub fn differences(&self, stored: &Definition) -> Vec<Difference> {
        let names = self.choices.iter().map(|choice| choice.name.trim()).filter(|name| !is_blank(name));
        let texts =
            |name: &str, choices: Vec<&str>| [("Name", name.to_owned()), ("What can be chosen", choices.join("\n"))];
        Difference::between(
            texts(self.name.value.trim(), names.collect()),
            texts(&stored.name, stored.choices.iter().map(String::as_str).collect()),
        )
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

    fn size(choices: &[&str]) -> Definition {
        let choices = choices.iter().copied().map(str::to_owned).collect();
        Definition { id: Uuid::nil(), name: "Size".into(), kind: FieldKind::Choice, choices, version: 1 }
    }

    #[test]
    fn over_a_newer_version_choices_that_she_left_follow_it_and_none_that_she_did_not_see_is_removed() {
        let stored = size(&["Small", "M", "XL"]);
        let mut form = form(&[("S", "S"), ("M", "Medium"), ("L", "Large"), ("", "")]).over(&stored);
        let choices: Vec<(&str, &str)> =
            form.choices.iter().map(|choice| (choice.was.as_str(), choice.name.as_str())).collect();
        assert_eq!(choices, [("Small", "Small"), ("M", "Medium"), ("L", "Large"), ("XL", "XL")]);
        let defined = form.validate(&stored).unwrap();
        assert_eq!(defined.removed, Vec::<String>::new());
        assert_eq!(defined.renamed, [("M".to_owned(), "Medium".to_owned())]);
    }

    #[test]
    fn a_choice_with_another_name_is_renamed_and_one_that_is_emptied_removed() {
        let stored = size(&["S", "M", "L"]);
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
