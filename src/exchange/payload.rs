//! What is handed to the jobs of an import.

use anyhow::Context;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::db::Job;
use crate::error::AppError;

/// The kind of the job that reads an upload.
pub const READ: &str = "import.read";

/// What the jobs of an import know.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Payload {
    /// Which import.
    pub import: Uuid,
    /// Bytes to which an archive may be unpacked.
    #[serde(default)]
    pub limit: Option<u64>,
    /// Whether mail to lists and of machines is to be offered as wanted.
    #[serde(default)]
    pub with_lists: bool,
}

impl Payload {
    /// For a job of this import.
    #[must_use]
    pub fn of_import(import: Uuid) -> Self {
        Self { import, limit: None, with_lists: false }
    }

    /// Of a claimed job.
    ///
    /// # Errors
    /// When it is not one of ours.
    pub fn of(job: &Job) -> Result<(Self, Uuid), AppError> {
        let payload = serde_json::from_value(job.payload.clone()).map_err(anyhow::Error::from)?;
        Ok((payload, job.user_id.context("an import belongs to somebody")?))
    }
}
