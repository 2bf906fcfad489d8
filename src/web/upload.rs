//! A multipart body with a file: the form's token first, checked before a byte of the file is kept; the
//! file goes on as it comes.

use std::io::Write;
use std::time::Duration;

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::HttpRequest;
use anyhow::Context;
use futures_util::StreamExt;

use super::csrf;
use crate::error::AppError;

/// A token is shorter.
const LONGEST_TOKEN: usize = 200;
/// How much of a file that is too large is still taken off the wire, so that the browser reads the answer.
const DRAINED: u64 = 64 << 20;

/// The form has two; whoever sends a million keeps a worker busy.
const MOST_PARTS: usize = 20;

/// How long a pause in a body may be.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a body held.
pub enum Received<F> {
    /// A file: where it was written to, the name that the browser gives it, and its size in bytes.
    File(F, String, u64),
    /// No file was chosen.
    Nothing,
    /// The file's name is none that could be shown: it holds NUL, or is no UTF-8.
    Unnamed,
    /// The file has no content.
    Empty,
    /// The file is larger than the limit.
    TooLarge,
}

/// Takes the body in; the file is written to what `create` makes.
///
/// # Errors
/// `Forbidden` without the token in front, `BadRequest` where the body is broken off.
pub async fn receive<F: Write>(
    req: &HttpRequest,
    mut body: Multipart,
    limit: u64,
    create: impl FnOnce() -> Result<F, AppError>,
) -> Result<Received<F>, AppError> {
    let (mut is_verified, mut parts) = (false, 0);
    while let Some(field) = in_time(body.next()).await? {
        let field = match field {
            Err(error) if is_verified && is_heading(&error) => return Ok(Received::Unnamed),
            field => field.map_err(broken)?,
        };
        parts += 1;
        if parts > MOST_PARTS {
            return Err(AppError::BadRequest("The form has more parts than Kith's own.".to_owned()));
        }
        match field.name() {
            Some("csrf_token") => {
                csrf::verify(req, &token(field).await?)?;
                is_verified = true;
            }
            // The token is not there yet: nothing of the file is looked at.
            _ if !is_verified => csrf::verify(req, "")?,
            Some("file") => return file(field, limit, create()?).await,
            _ => {}
        }
    }
    if !is_verified {
        csrf::verify(req, "")?;
    }
    Ok(Received::Nothing)
}

async fn token(mut field: Field) -> Result<String, AppError> {
    let mut text = Vec::new();
    while let Some(chunk) = in_time(field.next()).await? {
        let chunk = chunk.map_err(broken)?;
        if text.len() + chunk.len() <= LONGEST_TOKEN {
            text.extend_from_slice(&chunk);
        }
    }
    Ok(String::from_utf8_lossy(&text).into_owned())
}

async fn file<F: Write>(mut field: Field, limit: u64, mut file: F) -> Result<Received<F>, AppError> {
    let name = field.content_disposition().and_then(|it| it.get_filename()).unwrap_or_default().to_owned();
    let mut size = 0u64;
    while let Some(chunk) = in_time(field.next()).await? {
        let chunk = chunk.map_err(broken)?;
        size += chunk.len() as u64;
        if size > limit.saturating_add(DRAINED) {
            break;
        }
        if size <= limit {
            // A chunk is a few kilobytes for the page cache: cheaper here than on another thread.
            file.write_all(&chunk).context("the uploaded file")?;
        }
    }
    if size > limit {
        return Ok(Received::TooLarge);
    }
    if size == 0 && name.is_empty() {
        return Ok(Received::Nothing);
    }
    if size == 0 {
        return Ok(Received::Empty);
    }
    Ok(Received::File(file, name, size))
}

/// What comes next of a body. One that stops coming would hold its connection and its file for ever.
async fn in_time<T>(next: impl Future<Output = Option<T>>) -> Result<Option<T>, AppError> {
    tokio::time::timeout(PATIENCE, next).await.map_err(|_| AppError::TooSlow)
}

/// Whether what stands above a part cannot be read: behind the token that is the file's name.
fn is_heading(error: &MultipartError) -> bool {
    use MultipartError::{ContentDispositionMissing, ContentDispositionNameMissing, Parse};
    matches!(error, Parse(_) | ContentDispositionMissing | ContentDispositionNameMissing)
}

fn broken(error: MultipartError) -> AppError {
    tracing::debug!(%error, "an upload ended early");
    AppError::BadRequest("The file did not arrive whole. Send it again.".to_owned())
}
