//! `kith db`: the database's own state.

use std::process::Command as Process;

use anyhow::{Context, Result, bail};
use clap::Subcommand;

use super::database::{self, Database};
use super::database_url::without_password;
use super::{block_on, say};
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
    block_on(async {
        let database = match command {
            Command::Migrate => database::open(&Config { migrate: true, ..config.clone() }).await?,
            Command::Status | Command::Psql { .. } => database::look(config).await?,
        };
        let outcome = match command {
            Command::Migrate | Command::Status => {
                status(database.admin_url.as_ref().unwrap_or(&database.app_url)).await
            }
            Command::Psql { arguments } => psql(&database, &arguments),
        };
        outcome.and(database.close().await)
    })
}

async fn status(url: &str) -> Result<()> {
    let applied = migrate::applied(&connect::client(url).await?).await?;
    for (version, folder) in migrate::known() {
        say(format_args!("{}\t{folder}", if applied.contains(&version) { "ran" } else { "pending" }));
    }
    Ok(())
}

fn psql(database: &Database, arguments: &[String]) -> Result<()> {
    let mut psql = match (&database.server, &database.admin_url) {
        (Some(server), _) => server.client_program("psql", database::NAME),
        (None, url) => {
            let (url, password) = without_password(url.as_ref().unwrap_or(&database.app_url))?;
            let mut psql = Process::new("psql");
            psql.arg("--dbname").arg(url).envs(password.map(|password| ("PGPASSWORD", password)));
            psql
        }
    };
    let status = psql.args(arguments).status().context("starting psql")?;
    if status.success() { Ok(()) } else { bail!("psql ended with {status}") }
}
