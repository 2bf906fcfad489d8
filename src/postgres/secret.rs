//! Generated passwords: made once, kept for this user's eyes only.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, Result};

/// The secret in this file, which is made where there is none.
///
/// # Errors
/// When the file can be neither read nor made.
pub fn secret(path: &Path) -> Result<String> {
    if let Some(known) = known(path)? {
        return Ok(known);
    }
    // Of several starts at once one makes it, and the others, who waited, take what it made.
    let folder = path.parent().unwrap_or(Path::new("."));
    let making = File::open(folder).with_context(|| format!("opening {}", folder.display()))?;
    making.lock().with_context(|| format!("locking {}", folder.display()))?;
    if let Some(known) = known(path)? {
        return Ok(known);
    }
    let fresh = crate::text::hex::random_token();
    // Under another name first: a start that was cut off leaves no empty secret behind.
    let unfinished = path.with_extension("unfinished");
    private_file(&unfinished)
        .and_then(|mut file| file.write_all(fresh.as_bytes()))
        .and_then(|()| fs::rename(&unfinished, path))
        .with_context(|| format!("writing {}", path.display()))?;
    Ok(fresh)
}

fn known(path: &Path) -> Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(known) => Ok(Some(known.trim().to_owned()).filter(|known| !known.is_empty())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("reading {}", path.display())),
    }
}

fn private_file(path: &Path) -> std::io::Result<File> {
    File::options().create(true).truncate(true).write(true).mode(0o600).open(path)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_secret_stays_what_it_is_and_is_for_its_owner_only() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("app.password");
        let made = secret(&path)?;
        assert_eq!(secret(&path)?, made);
        assert_eq!(path.metadata()?.permissions().mode() & 0o777, 0o600);
        Ok(())
    }

    #[test]
    fn all_who_ask_for_a_secret_at_once_get_the_one() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("app.password");
        let made: Vec<Result<String>> = std::thread::scope(|scope| {
            let asked: Vec<_> = (0..8).map(|_| scope.spawn(|| secret(&path))).collect();
            asked.into_iter().filter_map(|one| one.join().ok()).collect()
        });
        let kept = secret(&path)?;
        assert_eq!(made.len(), 8);
        for one in made {
            assert_eq!(one?, kept);
        }
        Ok(())
    }
}
