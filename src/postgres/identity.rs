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
    /// As root: the user that the setting names, else the owner of the cluster `data`, else `kith`, `postgres`
    /// or `nobody`, whichever exists first.
    pub fn choose(named: Option<&str>, data: &Path) -> Result<Self> {
        if !rustix::process::geteuid().is_root() {
            return Ok(Self { ids: None });
        }
        let passwd = fs::read_to_string("/etc/passwd").context("reading /etc/passwd")?;
        let owner = data.metadata().ok().map(|data| (data.uid(), data.gid())).filter(|ids| ids.0 != 0);
        let candidates: Vec<&str> = named.map_or_else(|| vec!["kith", "postgres", "nobody"], |name| vec![name]);
        let chosen = candidates.iter().find_map(|name| ids_of(&passwd, name));
        match (named, owner, chosen) {
            (None, Some(ids), _) => Ok(Self { ids: Some(ids) }),
            (Some(name), Some(owner), Some(ids)) if owner.0 != ids.0 => bail!(
                "KITH_POSTGRES_USER names {name}, and {} belongs to user {}: chown -R it first",
                data.display(),
                owner.0
            ),
            (_, _, Some((0, _))) => bail!("KITH_POSTGRES_USER names root, and PostgreSQL refuses to run as root"),
            (_, _, Some(ids)) => Ok(Self { ids: Some(ids) }),
            (_, _, None) => bail!(
                "PostgreSQL refuses to run as root, and none of these users exists: {} (KITH_POSTGRES_USER names another)",
                candidates.join(", ")
            ),
        }
    }

    pub fn is_root(self) -> bool {
        self.ids.is_some()
    }

    /// The user that the server's processes have.
    pub fn uid(self) -> u32 {
        self.ids.map_or_else(|| rustix::process::geteuid().as_raw(), |ids| ids.0)
    }

    /// Refuses a place that this user cannot get to.
    pub fn check_way_to(self, place: &Path) -> Result<()> {
        let Some((uid, gid)) = self.ids else { return Ok(()) };
        for parent in place.ancestors().skip(1) {
            let meta = parent.metadata()?;
            let passes = meta.mode() & 0o001 != 0
                || (meta.uid() == uid && meta.mode() & 0o100 != 0)
                || (meta.gid() == gid && meta.mode() & 0o010 != 0);
            if !passes {
                bail!(
                    "PostgreSQL runs as user {uid}, who cannot pass {} on the way to {}: choose another place, or chmod o+x it",
                    parent.display(),
                    place.display()
                );
            }
        }
        Ok(())
    }

    /// Gives one file or folder to this user.
    pub fn give(self, path: &Path) -> Result<()> {
        if let Some((uid, gid)) = self.ids {
            chown(path, Some(uid), Some(gid)).with_context(|| format!("giving {} to user {uid}", path.display()))?;
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
