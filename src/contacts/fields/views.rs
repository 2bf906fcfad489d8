//! What an own field says, as her page shows it.

use super::model::{FieldKind, OwnValue};
use crate::contacts::parts::web_link;
use crate::dates::Here;
use crate::web::dates::Day;

/// A field with its value.
pub(in crate::contacts) struct FieldView {
    pub name: String,
    pub value: String,
    /// Where a link leads.
    pub href: Option<String>,
    /// The day of a date.
    pub day: Option<Day>,
}

impl FieldView {
    pub fn new(value: OwnValue, here: Here) -> Self {
        let day = value.value.parse().ok().filter(|_| value.kind == FieldKind::Date);
        Self {
            href: if value.kind == FieldKind::Link { web_link(&value.value) } else { None },
            day: day.map(|day| Day::of(day, here)),
            name: value.name,
            value: value.value,
        }
    }
}
