//! Accounts as the pages show them.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::queries::Row;
use crate::db::{CurrentUser, Db};
use crate::limits::Limits;
use crate::web::avatar::Avatar;
use crate::web::dates::Day;
use crate::web::number;

/// An account.
pub(super) struct AccountView {
    pub id: Uuid,
    pub name: String,
    pub email: String,
    pub avatar: Avatar,
    pub tier: String,
    pub contacts: i32,
    /// ` of 1,000` where people are limited.
    pub most_contacts: String,
    /// `1.2 MB`, or that it was not measured yet; of how much where it is limited.
    pub storage: String,
    pub used: Option<Day>,
    pub since: String,
    pub is_admin: bool,
    pub is_disabled: bool,
    /// Whether it is that of who looks.
    pub is_own: bool,
}

impl AccountView {
    pub fn new(row: Row, user: &CurrentUser, db: &Db) -> Self {
        let limits = db.limits_of(&row.subscription_tier);
        let here = user.here();
        let day = |at: DateTime<Utc>| here.day(at);
        Self {
            avatar: Avatar::of(row.id, &row.full_name),
            id: row.id,
            name: row.full_name,
            email: row.email,
            tier: row.subscription_tier,
            contacts: row.contacts,
            most_contacts: limits.contacts.map(|most| format!(" of {}", number::grouped(most))).unwrap_or_default(),
            storage: storage(row.bytes, limits.bytes()),
            used: row.last_used_at.map(|at| Day::of(day(at), here)),
            since: here.style.exact(day(row.created_at)),
            is_admin: row.is_admin,
            is_disabled: row.is_disabled,
            is_own: row.id == user.id(),
        }
    }

    pub fn url(&self) -> String {
        format!("/admin/accounts/{}", self.id)
    }

    /// What sets the account apart, as one line.
    pub fn marks(&self) -> String {
        let marks = [(self.is_own, "yours"), (self.is_admin, "administrator"), (self.is_disabled, "disabled")];
        marks.iter().filter(|(is, _)| *is).map(|(_, mark)| *mark).collect::<Vec<_>>().join(", ")
    }
}

fn storage(used: Option<i64>, most: Option<i64>) -> String {
    match (used.map(number::bytes), most.map(number::bytes)) {
        (Some(used), Some(most)) => format!("{used} of {most}"),
        (Some(used), None) => used,
        (None, Some(most)) => format!("not measured yet, at most {most}"),
        (None, None) => "not measured yet".to_owned(),
    }
}

/// What a tier's accounts may hold, in words.
pub(super) fn limits(limits: Limits) -> String {
    let people = limits.contacts.map(|most| format!("{} people", number::grouped(most)));
    let imports = limits.imports.map(|most| format!("{} imports a day", number::grouped(most)));
    let storage = limits.bytes().map(number::bytes);
    let parts: Vec<String> = [people, imports, storage].into_iter().flatten().collect();
    if parts.is_empty() { "unlimited".to_owned() } else { parts.join(", ") }
}
