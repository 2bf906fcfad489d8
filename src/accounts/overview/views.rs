//! Accounts as the pages show them.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::queries::Row;
use crate::db::CurrentUser;
use crate::web::avatar::Avatar;
use crate::web::dates::{self, Day};
use crate::web::number;

/// An account.
pub(super) struct AccountView {
    pub id: Uuid,
    pub name: String,
    pub email: String,
    pub avatar: Avatar,
    pub tier: String,
    pub contacts: i32,
    /// `1.2 MB`, or that it was not measured yet.
    pub storage: String,
    pub used: Option<Day>,
    pub since: String,
    pub is_admin: bool,
    pub is_disabled: bool,
    /// Whether it is that of who looks.
    pub is_own: bool,
}

impl AccountView {
    pub fn new(row: Row, user: &CurrentUser) -> Self {
        let day = |at: DateTime<Utc>| at.with_timezone(&user.time_zone()).date_naive();
        Self {
            avatar: Avatar::of(row.id, &row.full_name),
            id: row.id,
            name: row.full_name,
            email: row.email,
            tier: row.subscription_tier,
            contacts: row.contacts,
            storage: row.bytes.map_or_else(|| "not measured yet".to_owned(), number::bytes),
            used: row.last_used_at.map(|at| Day::of(day(at), user.today())),
            since: dates::exact(day(row.created_at)),
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
