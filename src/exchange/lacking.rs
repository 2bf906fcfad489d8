//! What a file says of own fields that the account does not have, or that does not fit one: it is kept, but no page shows it.

use std::collections::{BTreeMap, HashMap};

use super::items;
use super::model::{Import, State};
use super::vcard;
use crate::contacts::fields::queries::definitions;
use crate::contacts::fields::{Definition, OwnValue, settle};
use crate::db::TenantTx;
use crate::error::AppError;
use crate::text::clean;

/// Names that are said.
const NAMED: usize = 10;

/// Characters of a value that are said.
const SHOWN: usize = 60;

/// Which fields she lacks, which values do not fit those that she has, and what becomes of what the file says there.
pub async fn says(tx: &mut TenantTx<'_>, import: &Import) -> Result<Vec<String>, AppError> {
    if import.passing.is_some() || !matches!(import.state(), State::Preview | State::Done) {
        return Ok(Vec::new());
    }
    let lines = items::kept_fields(tx, import.id).await?;
    let values: Vec<OwnValue> = lines.iter().filter_map(|line| vcard::own_value(line)).collect();
    if values.is_empty() {
        return Ok(Vec::new());
    }
    let (lacking, unfit) = parted(&definitions(tx).await?, values);
    let is_preview = import.state() == State::Preview;
    Ok([of_lacking(&lacking, is_preview), of_unfit(&unfit, is_preview)].into_iter().flatten().collect())
}

/// The fields that are not among these, and of each that is one value that does not fit it.
fn parted(fields: &[Definition], values: Vec<OwnValue>) -> (Vec<String>, Vec<String>) {
    let known: HashMap<String, &Definition> = fields.iter().map(|field| (field.name.to_lowercase(), field)).collect();
    let (mut lacking, mut unfit) = (BTreeMap::new(), BTreeMap::new());
    for value in values {
        let name = value.name.to_lowercase();
        let Some(field) = known.get(&name) else {
            lacking.entry(name).or_insert_with(|| format!("“{}”", value.name));
            continue;
        };
        if unfit.contains_key(&name) {
            continue;
        }
        let told = format!("“{}” ({})", clean::cut(&value.value, SHOWN), field.name);
        if !settle(std::slice::from_ref(*field), vec![value]).1.is_empty() {
            unfit.insert(name, told);
        }
    }
    (lacking.into_values().collect(), unfit.into_values().collect())
}

fn listed(names: &[String], word: &str) -> Option<String> {
    let (last, others) = names.get(..NAMED.min(names.len()))?.split_last()?;
    Some(match (others, names.len() > NAMED) {
        ([], _) => last.clone(),
        (_, true) => format!("{}, {last} and others", others.join(", ")),
        (_, false) => format!("{} {word} {last}", others.join(", ")),
    })
}

fn of_lacking(names: &[String], is_preview: bool) -> Option<String> {
    let listed = listed(names, "or")?;
    let (fields, it) = if names.len() == 1 { ("an own field", "it") } else { ("own fields", "them") };
    let when = if is_preview { "before you apply this" } else { "and import the file again" };
    Some(format!(
        "The file speaks of {fields} that you do not have: {listed}. What it says of {it} is kept for your exports, and \
         shown nowhere. Define {it} in the settings {when} to see it with your people."
    ))
}

fn of_unfit(values: &[String], is_preview: bool) -> Option<String> {
    let listed = listed(values, "and")?;
    let what = if is_preview {
        "Change the fields in the settings before you apply this, or mend the file and import it instead,"
    } else {
        "Change the fields in the settings or mend the file, and import it again"
    };
    Some(format!(
        "The file has values that do not fit your own fields, such as {listed}. They are kept for your exports, and \
         shown nowhere. {what} to see them with your people."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contacts::fields::FieldKind;

    #[test]
    fn fields_that_are_lacking_are_named_up_to_ten() {
        let names = |number: usize| (0..number).map(|name| name.to_string()).collect::<Vec<_>>();
        let listed =
            |number| of_lacking(&names(number), true).map(|says| says.split(['.', ':']).nth(1).unwrap().to_owned());
        assert_eq!(listed(0), None);
        assert_eq!(listed(1).as_deref(), Some(" 0"));
        assert_eq!(listed(3).as_deref(), Some(" 0, 1 or 2"));
        assert_eq!(listed(11).as_deref(), Some(" 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and others"));
    }

    #[test]
    fn of_each_field_one_value_that_does_not_fit_it_is_named() {
        let field = |name: &str, kind| Definition {
            id: uuid::Uuid::nil(),
            name: name.into(),
            kind,
            choices: if kind == FieldKind::Choice { vec!["Red".into()] } else { Vec::new() },
            version: 1,
        };
        let fields = [field("Size", FieldKind::Number), field("Colour", FieldKind::Choice)];
        let value =
            |name: &str, value: &str| OwnValue { name: name.into(), value: value.into(), ..OwnValue::default() };
        let values = vec![
            value("size", "38"),
            value("Size", "abc"),
            value("SIZE", "x"),
            value("Colour", "Mauve"),
            value("Hat", "5"),
        ];
        let (lacking, unfit) = parted(&fields, values);
        assert_eq!(lacking, ["“Hat”"]);
        assert_eq!(unfit, ["“Mauve” (Colour)", "“abc” (Size)"]);
        let says = of_unfit(&unfit, false).unwrap();
        assert!(says.contains("“Mauve” (Colour) and “abc” (Size)"), "{says}");
        assert_eq!(parted(&fields, vec![value("Colour", "Red")]), (Vec::new(), Vec::new()));
    }
}
