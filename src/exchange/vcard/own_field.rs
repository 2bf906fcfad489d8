//! What an own field says, as Kith writes it: `X-KITH-FIELD;X-NAME="Shoe size":38`.

use super::content_line::{ContentLine, Param};
use super::escape::{escape, quote_param, unescape};
use crate::contacts::fields::OwnValue;
use crate::contacts::fields::model::{LONGEST_NAME, LONGEST_VALUE};
use crate::text::clean;

/// The property.
pub(super) const NAME: &str = "X-KITH-FIELD";

const FIELD: &str = "X-NAME";

/// What a line says, if it names a field and says what one can.
pub(super) fn of_line(line: &ContentLine) -> Option<OwnValue> {
    let name = clean::line(line.param(FIELD).next()?);
    let value = clean::line(&unescape(&line.value));
    let fits = |text: &str, most: usize| !clean::is_blank(text) && text.chars().count() <= most;
    (fits(&name, LONGEST_NAME) && fits(&value, LONGEST_VALUE)).then(|| OwnValue { name, value, ..OwnValue::default() })
}

/// What a line that was kept says, likewise.
pub(in crate::exchange) fn of_text(text: &str) -> Option<OwnValue> {
    // Most lines are others, and a photo is one.
    if !text.starts_with(NAME) {
        return None;
    }
    of_line(&ContentLine::of_text(text).filter(|line| line.name == NAME)?)
}

/// Whether both are of one field.
pub(in crate::exchange) fn is_same(one: &OwnValue, other: &OwnValue) -> bool {
    one.name.to_lowercase() == other.name.to_lowercase()
}

/// The line of a value.
pub(in crate::exchange) fn line(value: &OwnValue) -> String {
    let mut line = ContentLine::new(NAME, &escape(&value.value));
    let name = Param { raw: format!("{FIELD}={}", quote_param(&value.name)), ..Param::new(FIELD, &value.name) };
    line.params.push(name);
    line.to_text()
}
