//! The form of a relation.

use chrono::NaiveDate;
use uuid::Uuid;

use super::kind::Kind;
use super::model::NewRelation;
use super::queries::Relation;
use crate::dates::DateStyle;
use crate::web::{Difference, Field, FormData};

/// What the form holds.
#[derive(Debug, Clone, Default)]
pub(super) struct RelationForm {
    /// The other one's name; not asked of a relation that stands.
    pub other: Field,
    /// Who of those who are called so, an id or [`NEW`], where that had to be asked.
    pub other_contact_id: Field,
    pub kind: Field,
    pub word: Field,
    pub inverse_word: Field,
    pub started_on: Field,
    pub ended_on: Field,
    pub note: Field,
}

/// Somebody who is not there yet.
pub(super) const NEW: &str = "new";

impl NewRelation {
    /// Every field in which it differs from a relation that is stored.
    pub fn differences(&self, stored: &Relation, style: DateStyle) -> Vec<Difference> {
        let day = |day: Option<NaiveDate>| day.map(|day| style.exact(day)).unwrap_or_default();
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        let kind = stored.kind.parse().unwrap_or(Kind::Own);
        Difference::between(
            [
                ("What the other one is", self.kind.label().to_owned()),
                ("In words of your own", text(self.word())),
                ("The other way round", text(self.inverse_word())),
                ("From", day(self.started_on)),
                ("Until", day(self.ended_on)),
                ("Note", self.note.clone()),
            ],
            [
                ("What the other one is", kind.label().to_owned()),
                ("In words of your own", text(stored.word.as_deref())),
                ("The other way round", text(stored.inverse_word.as_deref())),
                ("From", day(stored.started_on)),
                ("Until", day(stored.ended_on)),
                ("Note", stored.note.clone()),
            ],
        )
    }
}

/// Who is meant by the other one.
pub(super) enum Other {
    /// Whoever is called so.
    Called(String),
    /// Her.
    Chosen(Uuid),
    /// Somebody new of this name.
    New(String),
}

impl RelationForm {
    pub fn posted(form: &FormData) -> Self {
        let field = |name| Field::of(form, name);
        let mut posted = Self {
            other: field("other"),
            other_contact_id: field("other_contact_id"),
            kind: field("kind"),
            word: field("word"),
            inverse_word: field("inverse_word"),
            started_on: field("started_on"),
            ended_on: field("ended_on"),
            note: field("note"),
        };
        // A choice among people of one name is none among those of another.
        if form.has("asked") && form.text("asked") != posted.other.value {
            posted.other_contact_id = Field::default();
        }
        posted
    }

    /// Of a relation that is stored.
    pub fn of(relation: &Relation) -> Self {
        let day = |day: Option<NaiveDate>| Field::from(day.map(|day| day.to_string()));
        Self {
            kind: Field::from(relation.kind.as_str()),
            word: relation.word.clone().into(),
            inverse_word: relation.inverse_word.clone().into(),
            started_on: day(relation.started_on),
            ended_on: day(relation.ended_on),
            note: Field::from(relation.note.as_str()),
            ..Self::default()
        }
    }

    pub fn validate(&mut self, style: DateStyle) -> Option<NewRelation> {
        let kind = self.kind.value.parse::<Kind>().ok();
        if kind.is_none() {
            self.kind.refuse("Choose what it is from the list.");
        }
        let mut words = None;
        if kind == Some(Kind::Own) {
            let word = self.word.required_line(50, "Say it in a word or two.");
            words = word.zip(self.inverse_word.required_line(50, "Say it in a word or two."));
        } else {
            // What is not used is not lost unseen either: it is refused where it could not be saved.
            for field in [&mut self.word, &mut self.inverse_word] {
                if field.line(50).is_some() && kind.is_some() {
                    field.refuse("Choose “In words of your own” above, or empty this.");
                }
            }
        }
        let (started_on, ended_on) = (self.started_on.typed_date(style), self.ended_on.typed_date(style));
        if started_on.zip(ended_on).is_some_and(|(start, end)| end < start) {
            self.ended_on.refuse("The end is before the start.");
        }
        let note = self.note.lines(10_000).unwrap_or_default();
        if self.is_refused() {
            return None;
        }
        Some(NewRelation { kind: kind?, words, started_on, ended_on, note })
    }

    /// Who is meant, or what is wrong at the field.
    pub fn other(&mut self) -> Option<Other> {
        if let Ok(id) = self.other_contact_id.value.parse() {
            return Some(Other::Chosen(id));
        }
        let name = self.other.required_line(255, "Name somebody.")?;
        Some(if self.other_contact_id.value == NEW { Other::New(name) } else { Other::Called(name) })
    }

    /// Whether words of one's own are there, or refused: then they are shown open.
    pub fn has_words(&self) -> bool {
        [&self.word, &self.inverse_word].iter().any(|field| field.is_invalid() || !field.value.is_empty())
    }

    /// Whether anything is wrong.
    pub fn is_refused(&self) -> bool {
        let fields = [
            &self.other,
            &self.other_contact_id,
            &self.kind,
            &self.word,
            &self.inverse_word,
            &self.started_on,
            &self.ended_on,
            &self.note,
        ];
        fields.iter().any(|field| field.is_invalid())
    }
}
