//! Own fields that a file speaks of and the account does not have: what it says of them is kept, but no page shows it.

use std::collections::BTreeMap;

use super::items;
use super::model::{Import, State};
use super::vcard;
use crate::contacts::fields::queries::definitions;
use crate::db::TenantTx;
use crate::error::AppError;

/// Names that are said.
const NAMED: usize = 10;

/// Which fields she lacks, and what becomes of what the file says of them.
pub(super) async fn says(tx: &mut TenantTx<'_>, import: &Import) -> Result<Option<String>, AppError> {
    if import.passing.is_some() || !matches!(import.state(), State::Preview | State::Done) {
        return Ok(None);
    }
    let headers = items::kept_fields(tx, import.id).await?;
    let named = headers.iter().filter_map(|header| vcard::own_value(&format!("{header}:-")));
    let mut names: BTreeMap<String, String> = named.map(|value| (value.name.to_lowercase(), value.name)).collect();
    if !names.is_empty() {
        for field in definitions(tx).await? {
            names.remove(&field.name.to_lowercase());
        }
    }
    let names: Vec<String> = names.into_values().map(|name| format!("“{name}”")).collect();
    Ok(sentence(&names, import.state() == State::Preview))
}

fn sentence(names: &[String], is_preview: bool) -> Option<String> {
    let (last, others) = names.get(..NAMED.min(names.len()))?.split_last()?;
    let listed = match (others, names.len() > NAMED) {
        ([], _) => last.clone(),
        (_, true) => format!("{}, {last} and others", others.join(", ")),
        (_, false) => format!("{} or {last}", others.join(", ")),
    };
    let (fields, it) = if names.len() == 1 { ("an own field", "it") } else { ("own fields", "them") };
    let when = if is_preview { "before you apply this" } else { "and import the file again" };
    Some(format!(
        "The file speaks of {fields} that you do not have: {listed}. What it says of {it} is kept for your exports, and \
         shown nowhere. Define {it} in the settings {when} to see it with your people."
    ))
}

#[cfg(test)]
mod tests {
    use super::sentence;

    #[test]
    fn fields_that_are_lacking_are_named_up_to_ten() {
        let names = |number: usize| (0..number).map(|name| name.to_string()).collect::<Vec<_>>();
        let listed =
            |number| sentence(&names(number), true).map(|says| says.split(['.', ':']).nth(1).unwrap().to_owned());
        assert_eq!(listed(0), None);
        assert_eq!(listed(1).as_deref(), Some(" 0"));
        assert_eq!(listed(3).as_deref(), Some(" 0, 1 or 2"));
        assert_eq!(listed(11).as_deref(), Some(" 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and others"));
    }
}
