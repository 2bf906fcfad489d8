//! The three-way merge of a card into somebody she knows: a field is updated where the new card differs
//! from the last one seen and the contact does not; where both changed she is asked. Pure: no database.

mod employments;
mod extras;
mod fields;
mod methods;
mod person;
mod photo;
mod relations;

use super::card::Card;
use crate::dates::DateStyle;
use crate::text::country::Country;

/// Whose value stands where both changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prefer {
    /// The card's.
    Card,
    /// The contact's.
    Mine,
}

/// By what numbers are dialled, and days are written in what a merge tells.
#[derive(Debug, Clone, Copy, Default)]
pub struct Manner {
    /// The country that numbers without one are of.
    pub country: Option<Country>,
    /// How she writes days.
    pub style: DateStyle,
}

impl From<Option<Country>> for Manner {
    /// Where nobody reads what is told.
    fn from(country: Option<Country>) -> Self {
        Self { country, style: DateStyle::default() }
    }
}

/// One difference, in words for a person; an empty value is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Which field.
    pub what: String,
    /// What the contact says.
    pub mine: String,
    /// What the card says.
    pub card: String,
}

/// What a merge came to.
#[derive(Debug, Clone)]
pub struct Merged {
    /// The contact as it is to be, conflicts settled as preferred.
    pub card: Card,
    /// What the card changes without contradiction.
    pub changes: Vec<Change>,
    /// What both changed, differently.
    pub conflicts: Vec<Change>,
}

impl Merged {
    /// Whether the card says nothing new.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.changes.is_empty() && self.conflicts.is_empty()
    }
}

/// Merges `card` into `mine`, whose last seen card was `base`. Without one, as when somebody typed in by
/// hand is met in a file for the first time, the card fills what is empty and removes nothing.
#[must_use]
pub fn merge(manner: impl Into<Manner>, base: Option<&Card>, card: &Card, mine: &Card, prefer: Prefer) -> Merged {
    let Manner { country, style } = manner.into();
    let mut ledger = Ledger { country, style, prefer, changes: Vec::new(), conflicts: Vec::new() };
    let mut merged = mine.clone();
    merged.uid = mine.uid.clone().or_else(|| card.uid.clone());
    person::names(base.map(|base| &base.person), &card.person, &mut merged.person, &mut ledger);
    merged.person.methods = methods::merge(
        base.map(|base| base.person.methods.as_slice()),
        &card.person.methods,
        &mine.person.methods,
        &mut ledger,
    );
    merged.person.dates = person::dates(
        base.map(|base| base.person.dates.as_slice()),
        &card.person.dates,
        &mine.person.dates,
        &mut ledger,
    );
    merged.person.fields = fields::merge(
        base.map(|base| base.person.fields.as_slice()),
        &card.person.fields,
        &mine.person.fields,
        &mut ledger,
    );
    merged.employments = employments::merge(
        base.map(|base| base.employments.as_slice()),
        &card.employments,
        &mine.employments,
        &mut ledger,
    );
    merged.tags = extras::tags(base.map(|base| base.tags.as_slice()), &card.tags, &mine.tags, &mut ledger);
    merged.relations = relations::merge(
        base.map(|base| base.relations.as_slice()),
        &card.relations,
        (&mine.relations, &mine.extras),
        &mut ledger,
    );
    merged.photo = photo::merge(base.map(|base| base.photo), card.photo, mine.photo, &mut ledger);
    merged.extras = extras::extras(base.map(|base| base.extras.as_slice()), &card.extras, &mine.extras, &mut ledger);
    Merged { card: merged, changes: ledger.changes, conflicts: ledger.conflicts }
}

/// What is to be done with one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Keep,
    Take,
    Ask,
}

/// The rule itself. Without a base an empty value gives way to the other.
fn way<T: PartialEq>(base: Option<&T>, card: &T, mine: &T, is_empty: impl Fn(&T) -> bool) -> Way {
    match base {
        _ if card == mine => Way::Keep,
        Some(base) if card == base => Way::Keep,
        Some(base) if mine == base => Way::Take,
        None if is_empty(card) => Way::Keep,
        None if is_empty(mine) => Way::Take,
        _ => Way::Ask,
    }
}

/// Collects what the parts of a merge find.
struct Ledger {
    country: Option<Country>,
    style: DateStyle,
    prefer: Prefer,
    changes: Vec<Change>,
    conflicts: Vec<Change>,
}

impl Ledger {
    /// Notes one value's way; says whether the card's value is to stand.
    fn takes(&mut self, way: Way, what: &str, mine: impl Into<String>, card: impl Into<String>) -> bool {
        let change = || Change { what: what.to_owned(), mine: mine.into(), card: card.into() };
        match way {
            Way::Keep => false,
            Way::Take => {
                self.changes.push(change());
                true
            }
            Way::Ask => {
                self.conflicts.push(change());
                self.prefer == Prefer::Card
            }
        }
    }
}

#[cfg(test)]
mod tests;
