//! Whom PostgreSQL runs as: it refuses root.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

/// The user and group of the server's processes; none where Kith itself is no root.
#[derive(Debug, Clone, Copy)]
pub(super) struct Identity {
    ids: Option<(u32, u32)>,
}

impl Identity {
    /// As root: the user that the setting names, else `kith`, `postgres` or `nobody`, whichever exists first.
    pub fn choose(named: Option<&str>) -> Result<Self> {
        if !rustix::process::geteuid().is_root() {
            return Ok(Self { ids: None });
        }
        let passwd = fs::read_to_string("/etc/passwd").context("reading /etc/passwd")?;
        let candidates: Vec<&str> = named.map_or_else(|| vec!["kith", "postgres", "nobody"], |name| vec![name]);
        for name in &candidates {
            if let Some(ids) = ids_of(&passwd, name) {
                return Ok(Self { ids: Some(ids) });
            }
        }
        bail!("PostgreSQL refuses to run as root, and none of these users exists: {}", candidates.join(", "))
    }

    pub fn is_root(self) -> bool {
        self.ids.is_some()
    }

    /// Makes the folder, all that a former start left in it, and the way to it usable by this user.
    pub fn own(self, folder: &Path) -> Result<()> {
        let Some((uid, gid)) = self.ids else { return Ok(()) };
        for parent in folder.ancestors().skip(1) {
            let mode = parent.metadata()?.mode();
            if mode & 0o001 == 0 && parent.metadata()?.uid() != uid {
                bail!("PostgreSQL's user cannot pass {}: choose another --data-dir, or chmod o+x it", parent.display());
            }
        }
        chown(folder, Some(uid), Some(gid))?;
        Ok(())
    }

    /// Gives one file or folder to this user.
    pub fn own_file(self, path: &Path) -> Result<()> {
        if let Some((uid, gid)) = self.ids {
            chown(path, Some(uid), Some(gid))?;
        }
        Ok(())
    }

    /// Makes the command run as this user.
    pub fn apply(self, command: &mut Command) {
        if let Some((uid, gid)) = self.ids {
            command.uid(uid).gid(gid);
        }
    }
}

fn ids_of(passwd: &str, name: &str) -> Option<(u32, u32)> {
    let line = passwd.lines().find(|line| line.split(':').next() == Some(name))?;
    let mut fields = line.split(':').skip(2);
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::ids_of;

    #[test]
    fn a_passwd_line_gives_user_and_group() {
        let passwd = "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n";
        assert_eq!(ids_of(passwd, "nobody"), Some((65534, 65534)));
        assert_eq!(ids_of(passwd, "kith"), None);
    }
}
