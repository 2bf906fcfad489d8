//! The records of an import of what passed as its page shows them.

use super::queries;
use super::who::may_be_two;
use crate::db::TenantTx;
use crate::error::AppError;
use crate::exchange::model::{Import, Status};
use crate::exchange::preview::ItemView;

/// The records that have a word behind a position, one more than a page. One statement.
pub(in crate::exchange) async fn items(
    tx: &mut TenantTx<'_>,
    import: &Import,
    status: Status,
    after: i32,
) -> Result<Vec<ItemView>, AppError> {
    let is_archive = import.format == "zip";
    let rows = queries::listed(tx, import.id, status, after).await?;
    let view = |row: queries::Listed| ItemView {
        interaction: row.interaction_id.filter(|_| status != Status::Doubtful),
        may_be_two: row.doubted.as_deref().zip(row.reason.as_deref()).is_some_and(|(name, why)| may_be_two(name, why)),
        doubted: row.doubted,
        is_file: row.own_file_name.is_some(),
        file: row.own_file_name.or_else(|| Some(row.file_name).filter(|_| is_archive)),
        ..ItemView::of_record(row.position, row.line, status, row.title, row.reason)
    };
    Ok(rows.into_iter().map(view).collect())
}
