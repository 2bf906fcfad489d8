//! The files of a cluster: the folder around it, its first making, and the folder of its socket.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use super::SUPERUSER;
use super::binaries::Binaries;
use super::identity::Identity;

/// The longest socket path that every system takes, less the name of the socket file.
const LONGEST_SOCKET_FOLDER: usize = 90;

/// Makes the data folder. It is its maker's alone; where PostgreSQL runs as another user, that one may pass
/// through but owns no more than the cluster, so that it cannot swap a program that root will start.
pub(super) fn prepare_folder(folder: &Path, identity: Identity) -> Result<PathBuf> {
    fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    let folder = folder.canonicalize()?;
    let mode = if identity.is_root() { 0o711 } else { 0o700 };
    fs::set_permissions(&folder, fs::Permissions::from_mode(mode))
        .with_context(|| format!("{} belongs to another user", folder.display()))?;
    identity.check_way_to(&folder.join("postgres"))?;
    Ok(folder)
}

/// Makes the cluster where there is none.
pub(super) fn initialise(binaries: &Binaries, identity: Identity, data: &Path, password: &Path) -> Result<()> {
    if data.join("PG_VERSION").exists() {
        return Ok(());
    }
    // Into a folder of another name first: a start that was cut off leaves no half cluster behind.
    let unfinished = data.with_extension("unfinished");
    fs::remove_dir_all(&unfinished).ok();
    DirBuilder::new().mode(0o700).create(&unfinished)?;
    identity.give(&unfinished)?;
    identity.give(password)?;
    let mut command = Command::new(binaries.program("initdb"));
    command.arg("-D").arg(&unfinished).arg("-U").arg(SUPERUSER).arg("--pwfile").arg(password);
    // With --locale=C trigrams lose every accented letter.
    command.args(["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8"]);
    command.args(["--auth=scram-sha-256", "--no-instructions"]).stdin(Stdio::null()).current_dir(&unfinished);
    identity.apply(&mut command);
    let output = command.output().context("starting initdb")?;
    if !output.status.success() {
        bail!("initdb failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    fs::rename(&unfinished, data)?;
    Ok(())
}

/// The cluster itself, or, where its path is too long for a socket, a private folder named by its hash.
pub(super) fn socket_folder(data: &Path, identity: Identity) -> Result<PathBuf> {
    if data.as_os_str().len() <= LONGEST_SOCKET_FOLDER {
        return Ok(data.to_owned());
    }
    let hash = Sha256::digest(data.as_os_str().as_encoded_bytes());
    let name = format!("kith-{}", &crate::text::hex::hex(&hash)[..16]);
    let base = if identity.is_root() && Path::new("/run").is_dir() { "/run" } else { "/tmp" };
    let path = Path::new(base).join(name);
    match DirBuilder::new().mode(0o700).create(&path) {
        Ok(()) => identity.give(&path)?,
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error).with_context(|| format!("making {}", path.display())),
    }
    // /tmp is everybody's: a folder, or a link, that somebody put there is not walked into.
    let found = fs::symlink_metadata(&path)?;
    if !found.is_dir() || found.uid() != identity.uid() || found.mode() & 0o077 != 0 {
        bail!("{} is not a private folder of PostgreSQL's user: remove it", path.display());
    }
    Ok(path)
}
