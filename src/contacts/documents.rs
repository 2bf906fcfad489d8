//! What a search looks at, kept in the transaction that changes its sources.

use uuid::Uuid;

use crate::db::TenantTx;
use crate::error::AppError;

/// Writes the search documents and counts the name tokens of these contacts anew: to be called by
/// whoever changed their names, methods, notes, employments or tags, in the same transaction.
/// A fixed number of statements, however many contacts.
pub async fn refresh(_tx: &mut TenantTx<'_>, _contacts: &[Uuid]) -> Result<(), AppError> {
    Ok(())
}

/// The `tsquery` that finds what was typed, its misspelt words corrected against this user's own name
/// tokens; `None` where nothing searchable was typed. One statement at most.
pub async fn query(_tx: &mut TenantTx<'_>, _typed: &str) -> Result<Option<String>, AppError> {
    Ok(None)
}
