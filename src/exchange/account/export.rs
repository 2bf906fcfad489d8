//! An account as one document: as it is at one moment, however long the writing takes.

use actix_web::http::header;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpResponse, get};
use futures_util::TryStreamExt;
use futures_util::stream::Stream;

use super::{TABLES, VERSION, queries};
use crate::db::{CurrentUser, Db, TenantTx};
use crate::error::AppError;
use crate::web::pieces::{PIECE, Pieces, pieces, send};

/// The whole document, piece by piece.
pub fn everything(db: Db, user: CurrentUser) -> impl Stream<Item = Result<String, AppError>> {
    pieces(async move |out| db.as_user_at_one_moment(&user, async |tx| write(tx, &out).await).await)
}

async fn write(tx: &mut TenantTx<'_>, out: &Pieces) -> Result<(), AppError> {
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

/// Everything of hers.
#[get("/exports/account.json")]
pub(in crate::exchange) async fn document(user: CurrentUser, db: Data<Db>) -> HttpResponse {
    let name = format!("kith-{}.json", user.today());
    HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .streaming(everything(Db::clone(&db), user).map_ok(Bytes::from))
}
