//! The one form of a person: strings in, a checked [`Person`] out.

use super::fields::inputs::{self, Input};
use super::model::{Method, PartialDate, Person};
use super::parts::{self, Part};
use super::touch::model::CadenceField;
use crate::dates::DateStyle;
use crate::text::clean::{self, is_blank};
use crate::web::{Field, FormData};

/// Characters of a name as it is shown, whether it was typed or put together.
const LONGEST_NAME: usize = 1000;

/// Bytes of notes that a form takes: percent-encoded they still fit into a request. An import takes longer ones.
const LONGEST_NOTES: usize = 500_000;

/// Characters of how somebody was met.
const LONGEST_MEETING: usize = 2000;

/// How many ways to reach somebody, or days of hers, a form takes.
const MOST_PARTS: usize = 200;

/// What the form holds.
#[derive(Debug, Clone, Default)]
pub(super) struct PersonForm {
    pub first_name: Field,
    pub last_name: Field,
    pub middle_name: Field,
    pub name_prefix: Field,
    pub name_suffix: Field,
    pub nickname: Field,
    pub sort_name: Field,
    pub display_name: Field,
    pub notes: Field,
    pub how_met: Field,
    pub met_at: Field,
    /// Characters of the stored notes, where they are too long for the form and what is typed comes after them.
    pub long_notes: Option<usize>,
    /// Whether such notes are kept.
    pub keeps_notes: bool,
    pub relationship_strength: Field,
    pub cadence: CadenceField,
    pub methods: Vec<Part>,
    pub dates: Vec<Part>,
    /// The account's own fields.
    pub fields: Vec<Input>,
    /// Carries what is wrong with one of the methods; its value says nothing.
    pub method_value: Field,
    /// Carries what is wrong with one of the dates.
    pub date_value: Field,
}

impl PersonForm {
    /// As a browser sent it. `email`, `phone` and `linkedin_url`, where a script sends the columns'
    /// names, become the first method of their kind.
    pub fn posted(form: &FormData) -> Self {
        let field = |name| Field::of(form, name);
        let mut methods = parts::parts(form, "method_kind[]", "method_label[]", "method_value[]");
        for (name, kind) in [("linkedin_url", "linkedin"), ("phone", "phone"), ("email", "email")] {
            let value = form.text(name);
            if !value.trim().is_empty() && !methods.iter().any(|part| part.kind == kind && part.value == value) {
                methods.insert(0, Part { kind: kind.into(), label: String::new(), value: value.into() });
            }
        }
        Self {
            first_name: field("first_name"),
            last_name: field("last_name"),
            middle_name: field("middle_name"),
            name_prefix: field("name_prefix"),
            name_suffix: field("name_suffix"),
            nickname: field("nickname"),
            sort_name: field("sort_name"),
            display_name: field("display_name"),
            notes: field("notes"),
            how_met: field("how_met"),
            met_at: field("met_at"),
            long_notes: None,
            keeps_notes: form.has("keep_notes"),
            relationship_strength: field("relationship_strength"),
            cadence: CadenceField::posted(form),
            methods,
            dates: parts::parts(form, "date_kind[]", "", "date_value[]"),
            fields: Vec::new(),
            method_value: Field::default(),
            date_value: Field::default(),
        }
    }

    /// Of somebody who is stored. A display name that her parts make by themselves stays empty, so
    /// that it follows when they change.
    pub fn of(person: &Person) -> Self {
        let composed = Person { display_name: String::new(), ..person.clone() }.shown_name();
        let shown = if person.display_name == composed { "" } else { &person.display_name };
        let is_long = person.notes.len() > LONGEST_NOTES;
        let number = |number: Option<i32>| Field::from(number.map(|n| n.to_string()));
        Self {
            first_name: Field::from(person.first_name.as_str()),
            last_name: person.last_name.clone().into(),
            middle_name: person.middle_name.clone().into(),
            name_prefix: person.name_prefix.clone().into(),
            name_suffix: person.name_suffix.clone().into(),
            nickname: person.nickname.clone().into(),
            sort_name: person.sort_name.clone().into(),
            display_name: Field::from(shown),
            notes: Field::from(if is_long { "" } else { &person.notes }),
            how_met: Field::from(person.how_met.as_str()),
            met_at: person.met_at.clone().into(),
            long_notes: is_long.then(|| person.notes.chars().count()),
            keeps_notes: true,
            relationship_strength: number(person.relationship_strength),
            cadence: CadenceField::of(person.contact_frequency_days),
            methods: person.methods.iter().map(Part::from).collect(),
            dates: person.dates.iter().map(Part::from).collect(),
            fields: Vec::new(),
            method_value: Field::default(),
            date_value: Field::default(),
        }
    }

    /// Of nobody yet: an e-mail and a phone to fill in.
    pub fn blank() -> Self {
        let part = |kind: &str| Part { kind: kind.into(), ..Part::default() };
        Self {
            relationship_strength: "5".into(),
            methods: vec![part("email"), part("phone")],
            dates: vec![part("birthday")],
            ..Self::default()
        }
    }

    /// The form with room for more rows where there is no script to add them.
    pub fn with_room(mut self) -> Self {
        if self.methods.is_empty() {
            self.methods.push(Part { kind: "email".into(), ..Part::default() });
        }
        if self.dates.is_empty() {
            self.dates.push(Part { kind: "birthday".into(), ..Part::default() });
        }
        self
    }

    /// The person that it describes, or the form with what is wrong at each field. What is `stored` of her already
    /// is not refused.
    pub fn validate(&mut self, stored: Option<&Person>, style: DateStyle) -> Option<Person> {
        let mut person = Person {
            first_name: self.first_name.line(255).unwrap_or_default(),
            last_name: self.last_name.line(255),
            middle_name: self.middle_name.line(255),
            name_prefix: self.name_prefix.line(255),
            name_suffix: self.name_suffix.line(255),
            nickname: self.nickname.line(255),
            sort_name: self.sort_name.line(255),
            display_name: self.display_name.line(LONGEST_NAME).unwrap_or_default(),
            is_nameless: false,
            notes: self.checked_notes(stored),
            how_met: self.how_met.lines(LONGEST_MEETING).unwrap_or_default(),
            met_at: self.met_at.line(255),
            relationship_strength: self.relationship_strength.number(1..=10),
            contact_frequency_days: self.cadence.days(),
            methods: self.checked_methods(stored.map_or(&[], |stored| &stored.methods)),
            dates: self.checked_dates(style),
            fields: inputs::checked(&mut self.fields, style),
        };
        if person.first_name.is_empty() {
            match person.take_first_of_others() {
                Some(name) => person.first_name = clean::cut(&name, 255).to_owned(),
                None => self.first_name.refuse("Give a name."),
            }
        }
        if person.shown_name().chars().count() > LONGEST_NAME {
            self.first_name.refuse("All parts of the name together have at most 1,000 characters.");
        }
        (!self.is_refused()).then_some(person)
    }

    /// Whether anything is wrong.
    pub fn is_refused(&self) -> bool {
        let fields = [
            &self.first_name,
            &self.last_name,
            &self.middle_name,
            &self.name_prefix,
            &self.name_suffix,
            &self.nickname,
            &self.sort_name,
            &self.display_name,
            &self.notes,
            &self.how_met,
            &self.met_at,
            &self.relationship_strength,
            &self.cadence.chosen,
            &self.cadence.own,
            &self.method_value,
            &self.date_value,
        ];
        fields.into_iter().chain(self.fields.iter().map(|input| &input.field)).any(Field::is_invalid)
    }

    /// Whether own fields are shown open: where they are few, in use or refused.
    pub fn shows_fields(&self) -> bool {
        let is_used = |input: &Input| input.field.is_invalid() || !input.field.value.is_empty();
        self.fields.len() <= 6 || self.fields.iter().any(is_used)
    }

    /// Whether the names beyond first and last are in use, or refused: then they are shown open.
    pub fn has_further_names(&self) -> bool {
        let further = [
            &self.middle_name,
            &self.name_prefix,
            &self.name_suffix,
            &self.nickname,
            &self.sort_name,
            &self.display_name,
        ];
        further.iter().any(|field| field.is_invalid() || !field.value.is_empty())
    }

    /// Where the stored notes are too long for the form, they and what was typed.
    fn checked_notes(&mut self, stored: Option<&Person>) -> String {
        let typed = self.notes.lines(usize::MAX).unwrap_or_default();
        if typed.len() > LONGEST_NOTES {
            self.notes.refuse("The notes are longer than the 500 KB that can be saved here.");
        }
        let Some(stored) = stored.filter(|stored| self.keeps_notes || stored.notes.len() > LONGEST_NOTES) else {
            return typed;
        };
        self.long_notes = Some(stored.notes.chars().count());
        let kept = if self.keeps_notes { stored.notes.clone() } else { String::new() };
        [kept, typed].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n\n")
    }

    fn checked_methods(&mut self, stored: &[Method]) -> Vec<Method> {
        let mut methods = Vec::new();
        for part in &self.methods {
            match stored.iter().find(|method| part.is(method)) {
                Some(known) => methods.push(known.clone()),
                None if is_blank(&part.value) => {}
                None => match parts::method(part) {
                    Ok(method) => methods.push(method),
                    Err(reason) => self.method_value.refuse(reason),
                },
            }
        }
        if methods.len() > MOST_PARTS.max(stored.len()) {
            self.method_value.refuse(format!("At most {MOST_PARTS} can be saved."));
        }
        methods
    }

    fn checked_dates(&mut self, style: DateStyle) -> Vec<PartialDate> {
        let mut dates = Vec::new();
        for part in self.dates.iter().filter(|part| !is_blank(&part.value)) {
            match parts::date(part, style) {
                Ok(date) => dates.push(date),
                Err(reason) => self.date_value.refuse(reason),
            }
        }
        if dates.len() > MOST_PARTS {
            self.date_value.refuse(format!("At most {MOST_PARTS} can be saved."));
        }
        dates
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(body: &str) -> PersonForm {
        PersonForm::posted(&FormData::parse(body.as_bytes()))
    }

    #[test]
    fn columns_by_name_become_the_first_of_their_kind() {
        let mut form =
            form("first_name=Ada&email=a%40x.org&method_kind[]=email&method_label[]=home&method_value[]=b%40x.org");
        let values: Vec<String> =
            form.validate(None, DateStyle::default()).unwrap().methods.into_iter().map(|method| method.value).collect();
        assert_eq!(values, ["a@x.org", "b@x.org"]);
    }

    #[test]
    fn what_is_stored_comes_back_from_its_form_unchanged() {
        let person = Person {
            first_name: "Zoë".into(),
            last_name: Some("Marchetti".into()),
            display_name: "Zoë Marchetti".into(),
            relationship_strength: Some(7),
            methods: vec![Method {
                kind: crate::contacts::model::MethodKind::Address,
                label: "home".into(),
                value: "1 Rue A\nParis".into(),
            }],
            dates: vec![PartialDate { kind: "birthday".into(), year: Some(7), month: 3, day: 1 }],
            ..Person::default()
        };
        let read = PersonForm::of(&person).validate(None, DateStyle::default()).unwrap();
        assert_eq!(read.shown_name(), person.display_name);
        assert_eq!(Person { display_name: person.display_name.clone(), ..read }, person);
    }
}
