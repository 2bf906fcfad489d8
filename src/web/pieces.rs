//! A long text that is sent while it is written, so that nobody holds all of it.

use futures_util::StreamExt;
use futures_util::stream::{self, Stream};
use tokio::sync::mpsc;

use crate::error::AppError;

/// About how large a piece is, in bytes.
pub const PIECE: usize = 64 << 10;
/// Pieces that wait for whoever reads them.
const WAITING: usize = 16;

/// Where the pieces go.
pub type Pieces = mpsc::Sender<String>;

/// What `write` sends, piece by piece, and its failure.
pub fn pieces<W>(write: impl FnOnce(Pieces) -> W) -> impl Stream<Item = Result<String, AppError>>
where
    W: Future<Output = Result<(), AppError>>,
{
    let (out, pieces) = mpsc::channel(WAITING);
    // Both are polled by whoever reads: the writing stops where nobody does.
    let failed = stream::once(write(out)).filter_map(|outcome| std::future::ready(outcome.err().map(Err)));
    let pieces = stream::unfold(pieces, |mut pieces| async { Some((Ok(pieces.recv().await?), pieces)) });
    stream::select(pieces, failed)
}

/// Sends a piece.
///
/// # Errors
/// Where nobody reads any more.
pub async fn send(out: &Pieces, piece: String) -> Result<(), AppError> {
    out.send(piece).await.map_err(|_| anyhow::anyhow!("nobody reads any more").into())
}
