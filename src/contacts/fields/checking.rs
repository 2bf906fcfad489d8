//! What may stand in an own field: typed into a form, or read from a file.

use super::model::{Definition, FieldKind, LONGEST_VALUE, OwnValue};
use crate::contacts::parts::is_web_link;
use crate::web::Field;

impl Definition {
    /// What was typed as it is stored, or nothing with the reason at the field.
    pub(super) fn check(&self, field: &mut Field) -> Option<String> {
        if self.kind == FieldKind::Date {
            return field.date().map(|day| day.to_string());
        }
        let text = field.line(LONGEST_VALUE)?;
        let stored = match self.kind {
            FieldKind::Number => number(&text).ok_or("Give a number, such as 12 or -3.5."),
            FieldKind::Link if !is_web_link(&text) => {
                Err("This is no link that a browser may follow: begin it with https://.")
            }
            FieldKind::Choice => {
                let is_it = |choice: &&String| choice.to_lowercase() == text.to_lowercase();
                self.choices.iter().find(is_it).cloned().ok_or("Choose from the list.")
            }
            _ => Ok(text),
        };
        stored.map_err(|reason| field.refuse(reason)).ok()
    }
}

/// A number as it is stored: digits, and behind a point more of them.
fn number(text: &str) -> Option<String> {
    let text = text.strip_prefix('+').unwrap_or(text).replace('\u{2212}', "-");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, "0"));
    let are_digits = |part: &str| (1..=30).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    (are_digits(whole.strip_prefix('-').unwrap_or(whole)) && are_digits(fraction)).then_some(text)
}

/// Parts what a file says into what fields of these say, each in its field's form, and the rest, for which there is no
/// field or which can't stand in it.
#[must_use]
pub fn settle(definitions: &[Definition], values: Vec<OwnValue>) -> (Vec<OwnValue>, Vec<OwnValue>) {
    let (mut settled, mut rest): (Vec<(usize, OwnValue)>, Vec<OwnValue>) = (Vec::new(), Vec::new());
    for value in values {
        let name = value.name.to_lowercase();
        let known = definitions.iter().enumerate().find(|(_, field)| field.name.to_lowercase() == name);
        let stored = known.and_then(|(place, field)| {
            let stored = field.check(&mut Field::from(value.value.as_str()))?;
            Some((place, OwnValue { name: field.name.clone(), kind: field.kind, value: stored }))
        });
        match stored {
            Some(one) => settled.push(one),
            None => rest.push(value),
        }
    }
    settled.sort_by_key(|(place, _)| *place);
    (settled.into_iter().map(|(_, value)| value).collect(), rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &str, kind: FieldKind) -> Definition {
        let choices = if kind == FieldKind::Choice { vec!["Small".into(), "Große".into()] } else { Vec::new() };
        Definition { id: uuid::Uuid::nil(), name: name.into(), kind, choices, version: 1 }
    }

    fn check(kind: FieldKind, typed: &str) -> Option<String> {
        field("Any", kind).check(&mut Field::from(typed))
    }

    #[test]
    fn every_kind_takes_its_own_and_refuses_the_rest() {
        for (kind, typed, stored) in [
            (FieldKind::Text, " M\u{fc}nchen ", Some("München")),
            (FieldKind::Text, "two\nlines", None),
            (FieldKind::Number, "+12", Some("12")),
            (FieldKind::Number, "\u{2212}3.50", Some("-3.50")),
            (FieldKind::Number, "1e3", None),
            (FieldKind::Number, ".5", None),
            (FieldKind::Number, "1,5", None),
            (FieldKind::Date, "2024-02-29", Some("2024-02-29")),
            (FieldKind::Date, "2023-02-29", None),
            (FieldKind::Link, "example.org/a", Some("example.org/a")),
            (FieldKind::Link, "javascript:alert(1)", None),
            (FieldKind::Choice, "große", Some("Große")),
            (FieldKind::Choice, "large", None),
            (FieldKind::Number, "", None),
        ] {
            assert_eq!(check(kind, typed).as_deref(), stored, "{kind:?} {typed:?}");
        }
    }

    #[test]
    fn a_value_of_a_file_goes_into_the_field_of_its_name_or_stays_apart() {
        let fields = [field("Size", FieldKind::Choice), field("Shoe", FieldKind::Number)];
        let said = |name: &str, value: &str| OwnValue { name: name.into(), value: value.into(), ..OwnValue::default() };
        let (settled, rest) =
            settle(&fields, vec![said("SHOE", "38"), said("size", "small"), said("Shoe ", "x"), said("Hat", "56")]);
        let settled: Vec<(&str, &str)> =
            settled.iter().map(|value| (value.name.as_str(), value.value.as_str())).collect();
        assert_eq!(settled, [("Size", "Small"), ("Shoe", "38")]);
        assert_eq!(rest, [said("Shoe ", "x"), said("Hat", "56")]);
    }
}
