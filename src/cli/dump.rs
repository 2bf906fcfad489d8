//! The dump that precedes an upgrade of a database that holds data: the way back.

use std::fs;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use chrono::Utc;

/// How many are kept.
const KEPT: usize = 3;

/// Writes one by `pg_dump`, which knows by its environment what to connect to, and removes those past the last three.
///
/// # Errors
/// When the dump fails; then nothing may be upgraded.
pub(super) fn before_upgrade(folder: &Path, mut pg_dump: Command) -> Result<()> {
    let dumps = folder.join("before-upgrade");
    fs::create_dir_all(&dumps)?;
    fs::set_permissions(&dumps, fs::Permissions::from_mode(0o700))?;
    let path = dumps.join(format!("{}.dump", Utc::now().format("%Y-%m-%dT%H%M%S%.3fZ")));
    eprintln!("the database is about to be upgraded; a dump goes to {}", path.display());
    let unfinished = path.with_extension("unfinished");
    let file = fs::File::options().create(true).truncate(true).write(true).mode(0o600).open(&unfinished)?;
    let output = pg_dump.arg("--format=custom").stdin(Stdio::null()).stdout(file).stderr(Stdio::piped()).output();
    let output = output.with_context(|| format!("starting {}", pg_dump.get_program().display()))?;
    if !output.status.success() {
        fs::remove_file(&unfinished).ok();
        let reason = String::from_utf8_lossy(&output.stderr);
        bail!("the dump before the upgrade failed, so nothing was changed: {}", reason.trim());
    }
    fs::File::open(&unfinished)?.sync_all()?;
    fs::rename(&unfinished, &path)?;
    prune(&dumps)
}

fn prune(dumps: &Path) -> Result<()> {
    let mut old: Vec<PathBuf> = fs::read_dir(dumps)?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    old.retain(|path| path.extension().is_some_and(|extension| extension == "dump"));
    old.sort();
    for path in old.iter().rev().skip(KEPT) {
        fs::remove_file(path)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_three_dumps_are_kept() -> Result<()> {
        let folder = tempfile::tempdir()?;
        for day in 1..=5 {
            fs::write(folder.path().join(format!("2026-01-0{day}T000000.000Z.dump")), "x")?;
        }
        prune(folder.path())?;
        let mut left: Vec<_> =
            fs::read_dir(folder.path())?.map(|entry| Ok(entry?.file_name())).collect::<Result<_>>()?;
        left.sort();
        assert_eq!(left.len(), 3);
        assert!(left[0].to_string_lossy().starts_with("2026-01-03"));
        Ok(())
    }

    #[test]
    fn a_dump_that_fails_stops_the_upgrade_and_leaves_nothing() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let mut failing = Command::new("sh");
        failing.args(["-c", "echo half a dump; echo no space left >&2; exit 1"]);
        let error = before_upgrade(folder.path(), failing).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains("nothing was changed: no space left"), "{error}");
        assert_eq!(fs::read_dir(folder.path().join("before-upgrade"))?.count(), 0);
        Ok(())
    }
}
