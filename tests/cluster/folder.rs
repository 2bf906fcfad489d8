//! Where a PostgreSQL of the tests or benchmarks keeps its cluster.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// `target/<name>`, or a folder of /tmp where PostgreSQL's user cannot pass to the former.
pub fn folder(name: &str) -> anyhow::Result<PathBuf> {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("target").join(name);
    fs::create_dir_all(&target)?;
    let is_passable = |path: &Path| {
        use std::os::unix::fs::PermissionsExt;
        path.metadata().is_ok_and(|meta| meta.permissions().mode() & 0o001 != 0)
    };
    let is_root = fs::metadata("/proc/self").is_ok_and(|meta| std::os::unix::fs::MetadataExt::uid(&meta) == 0);
    if !is_root || target.ancestors().skip(1).all(is_passable) {
        return Ok(target);
    }
    let hash: String =
        Sha256::digest(target.as_os_str().as_encoded_bytes())[..8].iter().map(|b| format!("{b:02x}")).collect();
    let elsewhere = std::env::temp_dir().join(format!("kith-test-{hash}"));
    fs::create_dir_all(&elsewhere)?;
    Ok(elsewhere)
}
