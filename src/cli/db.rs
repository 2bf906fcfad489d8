//! `kith db`: the database's own state.

use std::process::Command as Process;

use anyhow::{Context, Result, bail};
use clap::Subcommand;

use super::{block_on, database};
use crate::config::Config;
use crate::db::{connect, migrate};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Bring the database up to date, after a dump of it.
    Migrate,
    /// Which migrations ran, and which did not.
    Status,
    /// Open PostgreSQL's own shell as the role that owns everything.
    Psql {
        /// Passed on to psql.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
}

/// Runs one of them.
pub(super) fn run(config: &Config, command: Command) -> Result<()> {
    let config = Config { migrate: config.migrate || matches!(command, Command::Migrate), ..config.clone() };
    block_on(async {
        let database = database::open(&config).await?;
        let outcome = match command {
            Command::Migrate => status(&database.admin_url).await,
            Command::Status => status(&database.admin_url).await,
            Command::Psql { arguments } => psql(&database, &arguments),
        };
        let closed = tokio::task::spawn_blocking(move || database.close()).await?;
        outcome.and(closed)
    })
}

async fn status(url: &str) -> Result<()> {
    let applied = migrate::applied(&connect::client(url).await?).await?;
    for (version, folder) in migrate::known() {
        println!("{}\t{folder}", if applied.contains(&version) { "ran" } else { "pending" });
    }
    Ok(())
}

fn psql(database: &database::Database, arguments: &[String]) -> Result<()> {
    let program = database.server.as_ref().map_or_else(|| "psql".into(), |server| server.binaries().program("psql"));
    let status = Process::new(program).arg(&database.admin_url).args(arguments).status().context("starting psql")?;
    if status.success() { Ok(()) } else { bail!("psql ended with {status}") }
}
