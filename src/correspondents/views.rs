//! Correspondents as the list shows them.

use uuid::Uuid;

use super::asked::Asked;
use super::names;
use super::pages::{merge, part};
use super::queries::{Row, Waiting};
use crate::db::CurrentUser;
use crate::web::avatar::Avatar;
use crate::web::dates::Day;

/// Addresses of a person that a row tells; of the rest how many they are.
const TOLD: usize = 3;

/// A row of the list.
pub(super) struct RowView {
    pub id: Uuid,
    pub name: String,
    pub avatar: Avatar,
    /// `ann@x.example, lee@y.example and 2 more`; nothing where that is her name.
    pub addresses: String,
    pub subjects: String,
    pub received: i32,
    pub sent: i32,
    pub first: Day,
    pub last: Day,
    pub is_ignored: bool,
    /// Whether she has several addresses, which may be of several people.
    pub is_partable: bool,
}

impl RowView {
    pub fn new(row: Row, user: &CurrentUser) -> Option<Self> {
        let name = row.addresses.iter().find_map(|one| one.name.as_deref()).map(names::plain);
        let top = row.addresses.first()?.address.clone();
        let is_named = name.as_ref().is_some_and(|name| !name.is_empty());
        let name = name.filter(|_| is_named).unwrap_or(top);
        let mut told: Vec<&str> = row.addresses.iter().map(|one| one.address.as_str()).collect();
        let more = told.len().saturating_sub(TOLD);
        told.truncate(TOLD);
        let mut addresses = told.join(", ");
        if more > 0 {
            addresses = format!("{addresses} and {more} more");
        }
        let here = user.here();
        let day = |at: chrono::DateTime<chrono::Utc>| Day::of(here.day(at), here);
        Some(Self {
            avatar: Avatar::of(row.id, &name),
            id: row.id,
            addresses: if is_named || row.addresses.len() > 1 { addresses } else { String::new() },
            subjects: row.subjects.iter().map(|subject| format!("“{subject}”")).collect::<Vec<_>>().join(" "),
            received: row.addresses.iter().map(|one| one.received).sum(),
            sent: row.addresses.iter().map(|one| one.sent).sum(),
            first: day(row.addresses.iter().map(|one| one.first_at).min()?),
            last: day(row.addresses.iter().map(|one| one.last_at).max()?),
            is_ignored: row.is_ignored,
            is_partable: row.addresses.len() > 1,
            name,
        })
    }

    /// The page where a contact is chosen who she is; from there one comes back to the list `asked`.
    pub fn merge(&self, asked: &Asked) -> String {
        merge::url(&[self.id], asked)
    }

    /// The page where some of her addresses are said to be somebody else's.
    pub fn part(&self, asked: &Asked) -> String {
        part::url(self.id, asked)
    }
}

/// What somebody who waits is called: by her name, else by her address.
#[must_use]
pub fn called(one: &Waiting) -> String {
    one.name.as_deref().map(names::plain).filter(|name| !name.is_empty()).unwrap_or_else(|| one.address.clone())
}
