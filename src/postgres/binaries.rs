//! PostgreSQL's programs: those that the setting names, those provisioned before, those of the
//! system, or else a pinned package.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::provision;

/// The oldest major version that Kith runs on.
const OLDEST: u32 = 16;

/// A folder of PostgreSQL's programs.
#[derive(Debug, Clone)]
pub struct Binaries {
    bin: PathBuf,
    major: u32,
}

impl Binaries {
    /// Finds programs of PostgreSQL 16 or later with pgvector, or provisions them into `folder`.
    ///
    /// # Errors
    /// When the named ones are unfit, or none can be had.
    pub fn find(named: Option<&Path>, folder: &Path) -> Result<Self> {
        if let Some(bin) = named {
            return Self::inspect(bin).with_context(|| format!("KITH_POSTGRES_BIN names {}", bin.display()));
        }
        let own = provision::bin(folder);
        let system = [
            "/usr/lib/postgresql/18/bin",
            "/usr/lib/postgresql/17/bin",
            "/usr/lib/postgresql/16/bin",
            "/usr/local/bin",
            "/usr/bin",
        ];
        for bin in std::iter::once(own.as_path()).chain(system.iter().map(Path::new)) {
            if let Ok(found) = Self::inspect(bin) {
                return Ok(found);
            }
        }
        provision::fetch(folder)?;
        Self::inspect(&own)
    }

    /// The path of one of its programs.
    #[must_use]
    pub fn program(&self, name: &str) -> PathBuf {
        self.bin.join(name)
    }

    /// Refuses a cluster of another major version.
    ///
    /// # Errors
    /// When it is one.
    pub fn check_version(&self, data: &Path) -> Result<()> {
        let made_by = fs::read_to_string(data.join("PG_VERSION")).unwrap_or_default();
        match made_by.trim().parse::<u32>() {
            Ok(major) if major == self.major => Ok(()),
            Ok(major) => bail!(
                "the cluster in {} was made by PostgreSQL {major}, and this is {}: start it with KITH_POSTGRES_BIN naming version {major}",
                data.display(),
                self.major
            ),
            Err(_) => bail!("{} is no PostgreSQL cluster", data.display()),
        }
    }

    fn inspect(bin: &Path) -> Result<Self> {
        let ask = |program: &str, argument: &str| -> Result<String> {
            let output = Command::new(bin.join(program)).arg(argument).stdin(Stdio::null()).output()?;
            Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
        };
        let version = ask("postgres", "--version").context("it holds no PostgreSQL server")?;
        let major = version.rsplit(' ').find_map(|word| word.split(['.', 'b', 'r']).next()?.parse().ok()).unwrap_or(0);
        if major < OLDEST {
            bail!("it holds {version}; Kith needs PostgreSQL {OLDEST} or later");
        }
        let control = PathBuf::from(ask("pg_config", "--sharedir")?).join("extension/vector.control");
        if !control.exists() {
            bail!("its PostgreSQL has no pgvector ({} is missing)", control.display());
        }
        Ok(Self { bin: bin.to_owned(), major })
    }
}
