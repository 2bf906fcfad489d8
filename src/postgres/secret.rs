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
    let known = match fs::read_to_string(path) {
        Ok(known) => known.trim().to_owned(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error).with_context(|| format!("reading {}", path.display())),
    };
    if !known.is_empty() {
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
}
