//! The trash as its page shows it.

use uuid::Uuid;

use super::queries::Row;
use crate::db::CurrentUser;
use crate::web::avatar::Avatar;
use crate::web::dates::Day;

/// A row of the list.
pub(super) struct RowView {
    pub kind: String,
    pub id: Uuid,
    pub name: String,
    pub avatar: Avatar,
    pub since: Day,
}

impl RowView {
    pub fn new(row: Row, user: &CurrentUser) -> Self {
        let day = row.deleted_at.with_timezone(&user.time_zone()).date_naive();
        Self {
            avatar: Avatar::of(row.id, &row.name),
            since: Day::of(day, user.today()),
            kind: row.kind,
            id: row.id,
            name: row.name,
        }
    }

    pub fn url(&self) -> String {
        format!("/{}s/{}", self.kind, self.id)
    }
    pub fn restoration(&self) -> String {
        format!("{}/restoration", self.url())
    }
    /// What it is, where that is no person.
    pub fn what(&self) -> &'static str {
        if self.kind == "organization" { "Organization" } else { "" }
    }
}
