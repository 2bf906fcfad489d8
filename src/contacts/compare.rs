//! Two versions of one person, field by field, as a person reads them.

use super::model::Person;
use super::parts::Part;
use crate::web::Difference;

/// Every field in which `mine` and `stored` differ, in the form's order.
#[must_use]
pub fn differences(mine: &Person, stored: &Person) -> Vec<Difference> {
    let (mine, stored) = (texts(mine), texts(stored));
    Difference::between(mine, stored)
}

fn texts(person: &Person) -> [(&'static str, String); 16] {
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
        ("How you met", person.how_met.clone()),
        ("Where you met", text(&person.met_at)),
        ("Strength", number(person.relationship_strength)),
        ("Days between contacts", number(person.contact_frequency_days)),
        ("Own fields", fields(person)),
        ("Notes", person.notes.clone()),
    ]
}

fn fields(person: &Person) -> String {
    person.fields.iter().map(|field| format!("{}: {}", field.name, field.value)).collect::<Vec<_>>().join("\n")
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
