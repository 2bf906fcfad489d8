//! The form in which a field is defined.

use std::collections::{BTreeMap, BTreeSet};

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

impl Choice {
    fn unchanged(name: &str) -> Self {
        Self { was: name.to_owned(), name: name.to_owned() }
    }
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
        Self {
            name: Field::from(field.name.as_str()),
            kind: Field::from(field.kind.as_str()),
            choices: field.choices.iter().map(|name| Choice::unchanged(name)).collect(),
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

    /// The same over a version that was saved meanwhile: choices that she left as they were follow it, those that both
    /// renamed get her name, and those that she did not see stand there too, so that nothing is taken off anybody unless
    /// she removes it.
    pub fn over(mut self, stored: &Definition) -> Self {
        let typed = recognised(std::mem::take(&mut self.choices), stored);
        let is_there = |choice: &Choice| stored.choices.contains(&choice.was);
        let mut unseen: BTreeMap<Option<&String>, Vec<&String>> = BTreeMap::new();
        let mut behind = None;
        for name in &stored.choices {
            if typed.iter().any(|one| one.was == *name) {
                behind = Some(name);
            } else {
                unseen.entry(behind).or_default().push(name);
            }
        }
        if typed.first().is_none_or(is_there) {
            self.choices
                .extend(unseen.remove(&None).unwrap_or_default().into_iter().map(|name| Choice::unchanged(name)));
        }
        for rows in typed.chunk_by(|_, next| !is_there(next)) {
            let behind = rows.first().filter(|first| is_there(first)).map(|first| &first.was);
            self.choices.extend(followed(rows, &unseen.remove(&behind).unwrap_or_default(), is_there));
        }
        self
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

/// What was typed; one that is called as a choice that she did not see is that one.
fn recognised(typed: Vec<Choice>, stored: &Definition) -> Vec<Choice> {
    let known: BTreeSet<String> = typed.iter().map(|choice| choice.was.clone()).collect();
    let named_so = |choice: &Choice| {
        let is_it = |name: &&String| !known.contains(*name) && name.to_lowercase() == choice.name.trim().to_lowercase();
        stored.choices.iter().find(is_it).filter(|_| !stored.choices.contains(&choice.was))
    };
    let is_said = |choice: &Choice| !choice.was.is_empty() || !is_blank(&choice.name);
    let choices = typed.into_iter().filter(is_said);
    choices.map(|choice| Choice { was: named_so(&choice).unwrap_or(&choice.was).clone(), ..choice }).collect()
}

/// What was typed behind a choice that is still there, over what she did not see behind it. Where that is as many as are gone,
/// they got other names, one after the other; else nobody can tell, and both stay.
fn followed(rows: &[Choice], unseen: &[&String], is_there: impl Fn(&Choice) -> bool) -> Vec<Choice> {
    let is_gone = |row: &Choice| !row.was.is_empty() && !is_there(row);
    let are_renamed = rows.iter().filter(|row| is_gone(row)).count() == unseen.len();
    let mut unseen = unseen.iter().copied();
    let mut choices = Vec::new();
    for row in rows {
        let is_renamed = row.was != row.name && !is_blank(&row.name);
        let now = if is_gone(row) && are_renamed { unseen.next() } else { None };
        match now {
            Some(now) if is_renamed => choices.push(Choice { was: now.clone(), name: row.name.clone() }),
            Some(now) => choices.push(Choice::unchanged(now)),
            None if is_gone(row) && !is_renamed => {}
            None => choices.push(row.clone()),
        }
    }
    choices.extend(unseen.map(|name| Choice::unchanged(name)));
    choices
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(choices: &[(&str, &str)]) -> DefinitionForm {
        let choice = |(was, name): &(&str, &str)| Choice { was: (*was).into(), name: (*name).into() };
        DefinitionForm { name: "Size".into(), choices: choices.iter().map(choice).collect(), ..Default::default() }
    }

    fn pairs(form: &DefinitionForm) -> Vec<String> {
        form.choices.iter().map(|choice| format!("{}: {}", choice.was, choice.name)).collect()
    }

    fn size(choices: &[&str]) -> Definition {
        let choices = choices.iter().copied().map(str::to_owned).collect();
        Definition { id: Uuid::nil(), name: "Size".into(), kind: FieldKind::Choice, choices, version: 1 }
    }

    #[test]
    fn over_a_newer_version_choices_that_she_left_follow_it_and_none_that_she_did_not_see_is_removed() {
        let stored = size(&["Small", "M", "XL", "XXL"]);
        let mut form = form(&[("S", "S"), ("M", "Medium"), ("L", "Large"), ("", "")]).over(&stored);
        assert_eq!(pairs(&form), ["Small: Small", "M: Medium", "L: Large", "XL: XL", "XXL: XXL"]);
        let defined = form.validate(&stored).unwrap();
        assert_eq!(defined.removed, Vec::<String>::new());
        assert_eq!(defined.renamed, [("M".to_owned(), "Medium".to_owned())]);
    }

    #[test]
    fn a_choice_that_was_renamed_meanwhile_gets_the_name_that_she_gave_it() {
        let over = |typed: &[(&str, &str)], stored: &[&str]| pairs(&form(typed).over(&size(stored)));
        let renamed = [("S", "S"), ("M", "Middle"), ("L", "L")];
        assert_eq!(over(&renamed, &["S", "Medium", "L"]), ["S: S", "Medium: Middle", "L: L"]);
        assert_eq!(over(&renamed, &["S", "L"]), ["S: S", "M: Middle", "L: L"], "it was removed");
        assert_eq!(
            over(&renamed, &["XS", "S", "Medium", "Large"]),
            ["XS: XS", "S: S", "Medium: Middle", "Large: Large"]
        );
        // Both called it the same.
        assert_eq!(over(&renamed, &["S", "middle", "L"]), ["S: S", "middle: Middle", "L: L"]);
        assert_eq!(over(&[("S", "S"), ("", "m")], &["S", "M"]), ["S: S", "M: m"]);
        // What she removed is there again under its new name.
        assert_eq!(over(&[("S", "S"), ("M", "")], &["S", "Medium"]), ["S: S", "Medium: Medium"]);
        assert_eq!(over(&[], &["S", "M"]), ["S: S", "M: M"]);
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
