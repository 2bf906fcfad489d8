//! Work that outlives a request: a queue in PostgreSQL, claimed by lease, so that a killed server's
//! jobs go on in the next one. It knows no feature; each registers its handlers in `duties.rs`.

mod queries;
mod worker;

use std::path::{Path, PathBuf};

use futures_util::future::LocalBoxFuture;
use tokio::sync::Notify;

pub use queries::{await_writers, enqueue, enqueue_once};
pub use worker::Worker;

use crate::db::{Db, Job};
use crate::error::AppError;

/// What a handler works with.
#[derive(Clone)]
pub struct Tools {
    /// The worker's own connections, so that a job never waits for a request or the other way round.
    pub db: Db,
    /// Where uploads wait.
    pub data_dir: PathBuf,
}

/// What a handler is: it works in batches that each commit, and goes on where the last one ended.
pub type Work = fn(Tools, Job) -> LocalBoxFuture<'static, Result<(), AppError>>;

/// One kind of job and what is done for it.
#[derive(Clone, Copy)]
pub struct Duty {
    /// The word in `jobs.kind`.
    pub kind: &'static str,
    /// Does it.
    pub work: Work,
    /// Told when the job has failed for good, so that whoever waits for it is told too.
    pub give_up: Option<Work>,
}

static BELL: Notify = Notify::const_new();

/// Wakes this process's worker: to be called once the transaction that enqueued a job has ended.
pub fn ring() {
    BELL.notify_one();
}

/// The name of a data folder, made once: what `jobs.place` says of a job whose file waits there.
///
/// # Errors
/// When the folder cannot be written.
pub fn place(data_dir: &Path) -> std::io::Result<String> {
    let path = data_dir.join("place");
    match std::fs::read_to_string(&path) {
        Ok(name) if !name.trim().is_empty() => Ok(name.trim().to_owned()),
        _ => {
            std::fs::create_dir_all(data_dir)?;
            // Linked into place: of two processes that start at once both read the name of the first.
            let fresh = data_dir.join(format!("place.{}", std::process::id()));
            std::fs::write(&fresh, uuid::Uuid::now_v7().to_string())?;
            let _ = std::fs::hard_link(&fresh, &path);
            std::fs::remove_file(&fresh)?;
            Ok(std::fs::read_to_string(&path)?.trim().to_owned())
        }
    }
}
