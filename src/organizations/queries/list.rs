//! The list: one page by keyset in the order of names, and how many match.

use diesel::QueryableByName;
use diesel::sql_types::{Integer, Nullable, Text, Uuid as SqlUuid, Varchar};
use uuid::Uuid;

use super::names::TABLE;
use crate::db::TenantTx;
use crate::error::AppError;
use crate::web::paging::{Listed, NameCursor};

/// A row of the list.
#[derive(Debug, Clone, QueryableByName)]
pub struct Row {
    /// Which.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Its name.
    #[diesel(sql_type = Varchar)]
    pub name: String,
    /// Of its website.
    #[diesel(sql_type = Nullable<Varchar>)]
    pub domain: Option<String>,
    /// What it does.
    #[diesel(sql_type = Nullable<Varchar>)]
    pub industry: Option<String>,
    /// People outside the trash who work or worked there.
    #[diesel(sql_type = Integer)]
    pub people_count: i32,
    #[diesel(sql_type = Text)]
    key: String,
}

impl Row {
    /// The place behind this row.
    #[must_use]
    pub fn cursor(&self) -> NameCursor {
        NameCursor { key: self.key.clone(), id: self.id }
    }
}

/// A page behind `after` of those that hold what was typed. Two statements.
pub async fn list(tx: &mut TenantTx<'_>, typed: &str, after: Option<&NameCursor>) -> Result<Listed<Row>, AppError> {
    TABLE.list(tx, typed, after).await
}
