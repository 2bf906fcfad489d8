//! What is wrong with a document whose rows the database does not take: which row, and why, in words for its owner.

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind};
use serde_json::Value;
use serde_json::value::RawValue;

use super::queries;
use crate::db::TenantTx;
use crate::error::AppError;

/// Adds rows to the table at `index`, behind `before` others of it; the error says which of them does not fit.
pub(super) async fn insert(
    tx: &mut TenantTx<'_>,
    (index, table): (usize, &str),
    columns: &[&str],
    rows: &[Box<RawValue>],
    before: usize,
) -> Result<(), AppError> {
    queries::mark(tx).await?;
    let Err(error) = queries::insert(tx, index, columns, &joined(rows)).await else { return queries::unmark(tx).await };
    let Some(mut why) = why(&error) else { return Err(error) };
    queries::go_back(tx).await?;
    let (mut fits, mut fails) = (0, rows.len());
    while fails - fits > 1 {
        let middle = usize::midpoint(fits, fails);
        match queries::insert(tx, index, columns, &joined(&rows[..middle])).await {
            Ok(()) => fits = middle,
            Err(error) => {
                why = self::why(&error).ok_or(error)?;
                fails = middle;
            }
        }
        queries::go_back(tx).await?;
    }
    let id = rows.get(fits).map(|row| id(row)).unwrap_or_default();
    Err(no_account(&format!("{table}, row {}{id}", before + fails), &why))
}

/// An id by which the row is found in the document, where it has one.
fn id(row: &RawValue) -> String {
    let row: Value = serde_json::from_str(row.get()).unwrap_or_default();
    let id = ["id", "contact_id"].iter().find_map(|name| Some((name, row.get(name)?.as_str()?)));
    id.map(|(name, id)| format!(" ({name} {id})")).unwrap_or_default()
}

fn joined(rows: &[Box<RawValue>]) -> String {
    let rows: Vec<&str> = rows.iter().map(|row| row.get()).collect();
    format!("[{}]", rows.join(","))
}

/// That a part of the document does not fit.
pub(super) fn no_account(what: &str, reason: &str) -> AppError {
    AppError::BadRequest(format!("This is no account of Kith's: {what}: {reason}."))
}

/// What the database has against a row is the document's fault, unless it does not answer at all.
pub(super) fn refused(what: &str, error: AppError) -> AppError {
    match why(&error) {
        Some(why) => no_account(what, &why),
        None => error,
    }
}

/// What the database has against a row, in words; nothing where that is no fault of the row.
fn why(error: &AppError) -> Option<String> {
    use DatabaseErrorKind::{ClosedConnection, SerializationFailure, UnableToSendCommand};
    let AppError::Internal(cause) = error else { return None };
    match cause.downcast_ref::<diesel::result::Error>() {
        Some(diesel::result::Error::DatabaseError(kind, said)) => match kind {
            ClosedConnection | SerializationFailure | UnableToSendCommand => None,
            kind => Some(words(kind, &**said)),
        },
        _ => None,
    }
}

fn words(kind: &DatabaseErrorKind, said: &(dyn DatabaseErrorInformation + Send + Sync)) -> String {
    match kind {
        DatabaseErrorKind::ForeignKeyViolation => match said.details().and_then(|text| text.split('"').nth(1)) {
            Some(table) => format!("what it belongs to is not among the {table} of the document"),
            None => "what it belongs to is not in the document".to_owned(),
        },
        DatabaseErrorKind::UniqueViolation => "the same is in the document twice".to_owned(),
        DatabaseErrorKind::NotNullViolation => format!("it lacks its {}", said.column_name().unwrap_or("value")),
        DatabaseErrorKind::CheckViolation => {
            let rule = said.constraint_name().unwrap_or_default();
            let rule = rule.strip_prefix(said.table_name().unwrap_or_default()).unwrap_or(rule);
            let rule = rule.strip_suffix("_check").unwrap_or(rule).trim_matches('_');
            format!("Kith takes no such {}", if rule.is_empty() { "value" } else { rule })
        }
        _ => format!("a value does not fit ({})", said.message()),
    }
}
