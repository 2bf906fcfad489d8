//! A file on its way in: kept in the data folder and put on record, from a browser or the command line.

use std::path::{Path, PathBuf};

use anyhow::Context;
use uuid::Uuid;

use super::model::Import;
use super::payload::{Payload, READ};
use super::queries::{self, NewImport};
use crate::allowance;
use crate::db::{CurrentUser, Db, TenantTx};
use crate::error::AppError;
use crate::jobs;

/// The folder below the data folder where files wait to be read.
const FOLDER: &str = "uploads";

/// What the upload of an import is said to be that has an archive's rest, while another has its people.
pub(super) const REST: &str = "zip of what passed";

/// A file that waits so long waits for nobody: what is on record is read within minutes.
const ABANDONED: std::time::Duration = std::time::Duration::from_secs(7 * 86_400);

/// What is said of a file.
#[derive(Debug, Clone, Copy)]
pub struct Incoming<'a> {
    /// As it is shown.
    pub name: &'a str,
    /// In bytes.
    pub size: u64,
    /// What it is said to be, or auto.
    pub format: &'a str,
    /// Bytes to which an archive may be unpacked.
    pub limit: u64,
    /// Whether mail to lists and of machines is to be offered as wanted.
    pub with_lists: bool,
}

/// Where the file of an import waits.
pub(super) fn upload_of(import: Uuid) -> String {
    format!("{FOLDER}/{import}")
}

/// Where the files of an archive are unpacked.
pub(super) fn folder_of(upload: &str) -> String {
    format!("{upload}.parts")
}

/// A file that is being kept; dropped before it is put on record, it is deleted.
#[derive(Debug)]
pub struct Kept {
    id: Uuid,
    path: PathBuf,
    is_recorded: bool,
}

impl Kept {
    /// A new, empty file in the data folder.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn create(data_dir: &Path) -> Result<(Self, std::fs::File), AppError> {
        let folder = data_dir.join(FOLDER);
        std::fs::create_dir_all(&folder).context("the folder of uploads")?;
        let id = Uuid::now_v7();
        let path = folder.join(id.to_string());
        // Other people's private lives: for the server's eyes only.
        let file =
            std::os::unix::fs::OpenOptionsExt::mode(std::fs::File::options().write(true).create_new(true), 0o600)
                .open(&path)
                .context("the uploaded file")?;
        Ok((Self { id, path, is_recorded: false }, file))
    }

    /// Puts the file on record and has it read. Answers with the import's id.
    ///
    /// # Errors
    /// `Limit` where the account takes no such file now, and when the database does not take it; then the file is deleted.
    pub async fn record(
        mut self,
        db: &Db,
        user: &CurrentUser,
        data_dir: &Path,
        file: Incoming<'_>,
    ) -> Result<Uuid, AppError> {
        let place = jobs::place(data_dir).context("naming the data folder")?;
        let path = upload_of(self.id);
        let payload = Payload { limit: Some(file.limit), with_lists: file.with_lists, ..Payload::of_import(self.id) };
        let payload = serde_json::to_value(payload).map_err(anyhow::Error::from)?;
        let new = NewImport {
            id: self.id,
            format: file.format,
            file_name: file.name,
            file_size: i64::try_from(file.size).unwrap_or(i64::MAX),
            upload_path: &path,
        };
        db.as_user(user, async |tx| {
            if !tx.limits().are_none() {
                queries::take_turn(tx).await?;
            }
            if let Some(says) = allowance::refusal_of_file(tx, user.time_zone(), new.file_size).await? {
                return Err(AppError::Limit(says));
            }
            queries::create(tx, &new).await?;
            jobs::enqueue(tx, READ, &payload, Some(&place)).await
        })
        .await?;
        self.is_recorded = true;
        jobs::ring();
        Ok(self.id)
    }
}

/// The file of an import once more, for another import of what else it holds.
pub(super) struct Again {
    pub id: Uuid,
    place: String,
    payload: Payload,
}

/// The import that has the rest of an archive of which another one has the people, where there is such a rest. The same each
/// time: a job that is killed before the import is on record leaves one file, which the next takes over.
#[must_use]
pub fn rest_of(import: Uuid) -> Uuid {
    Uuid::from_u128(import.as_u128() ^ 1)
}

/// Links the file of an import, so that another one has it as long as it needs it.
pub(super) fn again(data_dir: &Path, import: &Import, upload: &str, of_it: Payload) -> Result<Again, AppError> {
    let id = rest_of(import.id);
    let place = jobs::place(data_dir).context("naming the data folder")?;
    forget(data_dir, id);
    std::fs::hard_link(data_dir.join(upload), data_dir.join(upload_of(id))).context("the uploaded file")?;
    Ok(Again { id, place, payload: Payload { import: id, ..of_it } })
}

impl Again {
    /// Puts it on record and has it read; the worker that does this rings its own bell.
    pub async fn record(&self, tx: &mut TenantTx<'_>, import: &Import) -> Result<(), AppError> {
        let payload = serde_json::to_value(self.payload).map_err(anyhow::Error::from)?;
        let new = NewImport {
            id: self.id,
            format: REST,
            file_name: &import.file_name,
            file_size: import.file_size,
            upload_path: &upload_of(self.id),
        };
        queries::create(tx, &new).await?;
        jobs::enqueue(tx, READ, &payload, Some(&self.place)).await
    }
}

/// A file while it is written.
pub(super) struct Keeping {
    kept: Kept,
    file: std::fs::File,
}

impl Keeping {
    pub fn create(data_dir: &Path) -> Result<Self, AppError> {
        let (kept, file) = Kept::create(data_dir)?;
        Ok(Self { kept, file })
    }

    /// A crash of the machine must not leave an import whose file is not there.
    pub async fn synced(self) -> Result<Kept, AppError> {
        let synced = actix_web::web::block(move || self.file.sync_all()).await.map_err(anyhow::Error::from)?;
        synced.context("the uploaded file")?;
        Ok(self.kept)
    }
}

impl std::io::Write for Keeping {
    fn write(&mut self, chunk: &[u8]) -> std::io::Result<usize> {
        self.file.write(chunk)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

/// Deletes the file of an import, and what was unpacked of it: it is read, or given up.
pub fn forget(data_dir: &Path, import: Uuid) {
    let upload = upload_of(import);
    let _ = std::fs::remove_file(data_dir.join(&upload));
    let _ = std::fs::remove_dir_all(data_dir.join(folder_of(&upload)));
}

/// Deletes files that a crash left between their last byte and their record: those of last week.
pub fn sweep(data_dir: &Path) {
    let Ok(files) = std::fs::read_dir(data_dir.join(FOLDER)) else { return };
    for file in files.flatten() {
        let age = file.metadata().and_then(|about| about.modified()).ok().and_then(|at| at.elapsed().ok());
        if age.is_some_and(|age| age > ABANDONED) {
            let _ = std::fs::remove_file(file.path()).or_else(|_| std::fs::remove_dir_all(file.path()));
        }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        if !self.is_recorded {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// A file's name as it is shown: its last part, on one line, at most 200 characters.
#[must_use]
pub fn shown_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect();
    let clean = clean.trim();
    if clean.is_empty() { "contacts".to_owned() } else { clean.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_files_name_is_its_last_part_on_one_line() {
        assert_eq!(shown_name("C:\\Users\\ada\\my\u{0}friends.vcf"), "my friends.vcf");
        assert_eq!(shown_name("../../etc/passwd"), "passwd");
        assert_eq!(shown_name("/"), "contacts");
    }
}
