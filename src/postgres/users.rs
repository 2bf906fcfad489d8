//! Who uses the server: every command of Kith that works on its folder. Whoever leaves last stops it.

use std::fs::{File, TryLockError};
use std::path::Path;

use anyhow::{Context, Result};

/// This process is using the server, as long as this lives; a killed process leaves no trace.
#[derive(Debug)]
pub(super) struct Usage {
    users: File,
}

/// Held by whoever starts a server, so that two do not start it at once.
#[derive(Debug)]
pub(super) struct Starting {
    _lock: File,
}

impl Usage {
    /// Joins, after whoever is just stopping the server has done so.
    pub fn begin(folder: &Path) -> Result<Self> {
        let users = open(&folder.join("postgres.users"))?;
        users.lock_shared()?;
        Ok(Self { users })
    }

    /// Leaves. True: nobody else is there, and nobody comes in until this is dropped.
    pub fn is_last(&self) -> Result<bool> {
        match self.users.try_lock() {
            Ok(()) => Ok(true),
            Err(TryLockError::WouldBlock) => Ok(false),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }
}

impl Starting {
    pub fn begin(folder: &Path) -> Result<Self> {
        let lock = open(&folder.join("postgres.starting"))?;
        lock.lock()?;
        Ok(Self { _lock: lock })
    }
}

fn open(path: &Path) -> Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("opening {}", path.display()))
}
