//! Two versions of one person, field by field, as a person reads them.

use super::forms::Part;
use super::model::Person;

/// A field in which two versions differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What it is called on the form.
    pub field: &'static str,
    /// The one version.
    pub mine: String,
    /// The other.
    pub stored: String,
}

/// Every field in which `mine` and `stored` differ, in the form's order.
#[must_use]
pub fn differences(mine: &Person, stored: &Person) -> Vec<Difference> {
    let (mine, stored) = (texts(mine), texts(stored));
    let pairs = mine.into_iter().zip(stored).filter(|(mine, stored)| mine.1 != stored.1);
    pairs.map(|(mine, stored)| Difference { field: mine.0, mine: mine.1, stored: stored.1 }).collect()
}

fn texts(person: &Person) -> [(&'static str, String); 13] {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let number = |number: Option<i32>| number.map(|number| number.to_string()).unwrap_or_default();
    let lines = |parts: Vec<Part>| {
        let line = |part: Part| {
            let words = [part.kind, part.label, part.value];
            words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
        };
        parts.into_iter().map(line).collect::<Vec<_>>().join("\n")
    };
    [
        ("First name", person.first_name.clone()),
        ("Last name", text(&person.last_name)),
        ("Middle name", text(&person.middle_name)),
        ("Prefix", text(&person.name_prefix)),
        ("Suffix", text(&person.name_suffix)),
        ("Nickname", text(&person.nickname)),
        ("Sorted as", text(&person.sort_name)),
        ("Shown as", person.shown_name()),
        ("Reach", lines(person.methods.iter().map(Part::from).collect())),
        ("Dates", lines(person.dates.iter().map(Part::from).collect())),
        ("Strength", number(person.relationship_strength)),
        ("Days between contacts", number(person.contact_frequency_days)),
        ("Notes", person.notes.clone()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_shown() {
        let mine = Person { first_name: "Ada".into(), notes: "a".into(), ..Person::default() };
        let stored = Person { notes: "b".into(), ..mine.clone() };
        let found = differences(&mine, &stored);
        assert_eq!(found, [Difference { field: "Notes", mine: "a".into(), stored: "b".into() }]);
    }
}
