//! The column that Kith adds to its own export: what the other columns of a row cannot say.
//!
//! What they say is found out by reading them: so nothing is lost whatever a card holds, and a cell that somebody
//! edited in a spreadsheet wins over what this column has for it.

use serde::{Deserialize, Serialize};

use super::writer;
use crate::contacts::model::{Method, PartialDate, Person};
use crate::exchange::card::{Card, CardEmployment, CardRelation};

/// Parts of a card that the columns say less of.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Beyond {
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<Person>,
    #[serde(skip_serializing_if = "Option::is_none")]
    methods: Option<Vec<Method>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dates: Option<Vec<PartialDate>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    employments: Option<Vec<CardEmployment>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    relations: Option<Vec<CardRelation>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extras: Option<Vec<String>>,
}

/// Names, notes and numbers. Own fields have columns of their own, which say all of them.
fn alone(person: &Person) -> Person {
    Person { methods: Vec::new(), dates: Vec::new(), fields: Vec::new(), ..person.clone() }
}

/// What a card says beyond `plain`, which is what its columns say; nothing where that is all.
pub(super) fn beyond(card: &Card, plain: &Card) -> String {
    fn differs<T: PartialEq>(whole: T, plain: &T) -> Option<T> {
        (whole != *plain).then_some(whole)
    }
    let beyond = Beyond {
        person: differs(alone(&card.person), &alone(&plain.person)),
        methods: differs(card.person.methods.clone(), &plain.person.methods),
        dates: differs(card.person.dates.clone(), &plain.person.dates),
        employments: differs(card.employments.clone(), &plain.employments),
        tags: differs(card.tags.clone(), &plain.tags),
        relations: differs(card.relations.clone(), &plain.relations),
        extras: differs(card.extras.clone(), &plain.extras),
    };
    let text = serde_json::to_string(&beyond).unwrap_or_default();
    if text == "{}" { String::new() } else { text }
}

/// The card whose columns say `read`, with what the own column says beyond them.
pub(super) fn restored(read: Card, own: &str) -> Card {
    let Ok(beyond) = serde_json::from_str::<Beyond>(own) else { return read };
    let mut whole = read.clone();
    if let Some(person) = beyond.person {
        let Person { methods, dates, fields, .. } = std::mem::take(&mut whole.person);
        whole.person = Person { methods, dates, fields, ..person };
    }
    whole.person.methods = beyond.methods.unwrap_or(whole.person.methods);
    whole.person.dates = beyond.dates.unwrap_or(whole.person.dates);
    whole.employments = beyond.employments.unwrap_or(whole.employments);
    whole.tags = beyond.tags.unwrap_or(whole.tags);
    whole.relations = beyond.relations.unwrap_or(whole.relations);
    whole.extras = beyond.extras.unwrap_or(whole.extras);
    // Anybody may have written it.
    let whole = whole.tidy();
    // Where the columns no longer say what they said of the whole, somebody edited them: they stand.
    let Some(plain) = writer::plain(&whole) else { return read };
    let mut card = read;
    if alone(&plain.person) == alone(&card.person) {
        let Person { methods, dates, fields, .. } = std::mem::take(&mut card.person);
        card.person = Person { methods, dates, fields, ..alone(&whole.person) };
    }
    if plain.person.methods == card.person.methods {
        card.person.methods = whole.person.methods;
    }
    if plain.person.dates == card.person.dates {
        card.person.dates = whole.person.dates;
    }
    if plain.employments == card.employments {
        card.employments = whole.employments;
    }
    if plain.tags == card.tags {
        card.tags = whole.tags;
    }
    card.relations = whole.relations;
    card.extras = whole.extras;
    card
}
