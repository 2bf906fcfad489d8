//! The log: to standard error, as lines for people or as JSON. Never names, notes, addresses or search terms.

use anyhow::{Context, Result};
use tracing_subscriber::EnvFilter;

/// The drivers' own lines hold statements and their values, whatever is asked for in general.
const QUIET: &str = "tokio_postgres=warn,actix_server=warn";

/// Starts it. `filter` is such as `info` or `kith=debug`.
///
/// # Errors
/// When the filter cannot be read.
pub fn start(filter: &str, format: &str) -> Result<()> {
    let filter = EnvFilter::try_new(format!("{QUIET},{filter}")).context("KITH_LOG cannot be read")?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    // A second start in one process, as in tests, is no error.
    let _ = if format == "json" { log.json().try_init() } else { log.with_ansi(false).try_init() };
    Ok(())
}
