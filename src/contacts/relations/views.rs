//! A relation as her page shows it.

use chrono::NaiveDate;
use uuid::Uuid;

use super::kind::Kind;
use super::queries::Relation;
use crate::dates::DateStyle;
use crate::web::dates::period;

/// A relation, and the time that it lasts or lasted.
pub(in crate::contacts) struct RelationView {
    pub id: Uuid,
    pub other_contact_id: Uuid,
    pub name: String,
    /// What the other one is to her.
    pub what: String,
    pub period: String,
    /// The days themselves.
    pub exact: String,
    pub note: String,
}

impl RelationView {
    pub fn new(relation: Relation, style: DateStyle) -> Self {
        let kind = relation.kind.parse::<Kind>().unwrap_or(Kind::Own);
        let (from, to) = (relation.started_on, relation.ended_on);
        let is_dated = from.is_some() || to.is_some();
        Self {
            id: relation.id,
            other_contact_id: relation.other_contact_id,
            name: relation.name,
            what: relation.word.unwrap_or_else(|| kind.label().to_owned()),
            period: if is_dated { period(from, to, to.is_none()) } else { String::new() },
            exact: exact(from, to, style),
            note: relation.note,
        }
    }
}

fn exact(from: Option<NaiveDate>, to: Option<NaiveDate>, style: DateStyle) -> String {
    match (from.map(|day| style.exact(day)), to.map(|day| style.exact(day))) {
        (Some(from), Some(to)) => format!("{from} to {to}"),
        (Some(from), None) => format!("since {from}"),
        (None, Some(to)) => format!("until {to}"),
        (None, None) => String::new(),
    }
}
