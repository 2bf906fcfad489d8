//! An account as one document: as it is at one moment, however long the writing takes.

use actix_web::http::header;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpResponse, get};
use futures_util::stream::{self, Stream};
use futures_util::{StreamExt, TryStreamExt};
use tokio::sync::mpsc;

use super::{TABLES, VERSION, queries};
use crate::db::{CurrentUser, Db, TenantTx};
use crate::error::AppError;

/// Pieces that wait for whoever reads them.
const WAITING: usize = 16;
/// About how large a piece is, in bytes.
const PIECE: usize = 64 << 10;

/// The whole document, piece by piece.
pub fn everything(db: Db, user: CurrentUser) -> impl Stream<Item = Result<String, AppError>> {
    let (out, pieces) = mpsc::channel(WAITING);
    // Both are polled by whoever reads: the transaction stops where nobody does.
    let work = async move { db.as_user_at_one_moment(&user, async |tx| write(tx, &out).await).await };
    let failed = stream::once(work).filter_map(|outcome| std::future::ready(outcome.err().map(Err)));
    let pieces = stream::unfold(pieces, |mut pieces| async { Some((Ok(pieces.recv().await?), pieces)) });
    stream::select(pieces, failed)
}

async fn write(tx: &mut TenantTx<'_>, out: &mpsc::Sender<String>) -> Result<(), AppError> {
    let mut piece = format!("{{\"kith_account\": {VERSION},\n\"user\": {}", queries::user(tx).await?);
    let columns = queries::columns(tx).await?;
    for (index, (table, _)) in TABLES.iter().enumerate() {
        piece.push_str(&format!(",\n\"{table}\": ["));
        let mut rows = std::pin::pin!(queries::rows(tx, index, &columns[index]).await?);
        let mut comma = "\n";
        while let Some(row) = rows.try_next().await? {
            piece.push_str(comma);
            piece.push_str(&row);
            comma = ",\n";
            if piece.len() > PIECE {
                send(out, std::mem::take(&mut piece)).await?;
            }
        }
        piece.push(']');
    }
    piece.push_str("}\n");
    send(out, piece).await
}

async fn send(out: &mpsc::Sender<String>, piece: String) -> Result<(), AppError> {
    out.send(piece).await.map_err(|_| anyhow::anyhow!("nobody reads the export any more").into())
}

/// Everything of hers.
#[get("/exports/account.json")]
pub(in crate::exchange) async fn document(user: CurrentUser, db: Data<Db>) -> HttpResponse {
    let name = format!("kith-{}.json", user.today());
    let pieces = everything(Db::clone(&db), user);
    HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .streaming(StreamExt::map(pieces, |piece| piece.map(Bytes::from)))
}
