//! What several people have together, nothing of it twice.

use std::collections::HashSet;

use crate::contacts::model::{Method, PartialDate, Person};
use crate::text::country::Country;

/// All ways to reach them, in their order: of two spellings of one the first.
pub(super) fn methods<'a>(people: impl Iterator<Item = &'a Person>, country: Option<Country>) -> Vec<Method> {
    let mut seen = HashSet::new();
    let all = people.enumerate().flat_map(|(place, person)| person.methods.iter().map(move |method| (place, method)));
    // Whoever stays keeps all that she has, as she has it.
    all.filter(|(place, method)| seen.insert((method.kind, method.key(country))) || *place == 0)
        .map(|(_, method)| method.clone())
        .collect()
}

/// All their days: of one with and without its year the one with.
pub(super) fn dates<'a>(people: impl Iterator<Item = &'a Person>) -> Vec<PartialDate> {
    let mut dates: Vec<PartialDate> = Vec::new();
    for date in people.flat_map(|person| &person.dates) {
        let is_same = |other: &&mut PartialDate| {
            other.kind.to_lowercase() == date.kind.to_lowercase() && (other.month, other.day) == (date.month, date.day)
        };
        let mut same = dates.iter_mut().filter(is_same);
        match same.find(|other| other.year == date.year || other.year.is_none() || date.year.is_none()) {
            Some(other) => other.year = other.year.or(date.year),
            None => dates.push(date.clone()),
        }
    }
    dates
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contacts::model::MethodKind;

    #[test]
    fn a_number_is_one_however_it_is_spelled_and_a_new_one_is_added() {
        let method = |kind, value: &str| Method { kind, label: String::new(), value: value.into() };
        let person = |methods| Person { methods, ..Person::default() };
        let one = person(vec![method(MethodKind::Phone, "+49 30 1234"), method(MethodKind::Email, "Ada@x.example")]);
        let other = person(vec![
            method(MethodKind::Phone, "030 / 1234"),
            method(MethodKind::Email, "ada@X.example"),
            method(MethodKind::Phone, "ask Bob"),
            method(MethodKind::Phone, "ask Eve"),
        ]);
        let all: Vec<String> = methods([&one, &other].into_iter(), Country::of_code("DE"))
            .into_iter()
            .map(|method| method.value)
            .collect();
        assert_eq!(all, ["+49 30 1234", "Ada@x.example", "ask Bob", "ask Eve"]);
    }

    #[test]
    fn a_birthday_that_lacks_its_year_is_that_of_whoever_knows_it() {
        let date = |kind: &str, year| PartialDate { kind: kind.into(), year, month: 12, day: 10 };
        let person = |dates| Person { dates, ..Person::default() };
        let people = [person(vec![date("birthday", None)]), person(vec![date("Birthday", Some(1815))])];
        assert_eq!(dates(people.iter()), [date("birthday", Some(1815))]);
        let apart = [person(vec![date("birthday", Some(1814))]), person(vec![date("birthday", Some(1815))])];
        assert_eq!(dates(apart.iter()).len(), 2);
    }
}
