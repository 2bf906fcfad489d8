//! `kith db`: the database's own state.

use std::process::Command as Process;

use anyhow::{Context, Result, bail};
use chrono::Utc;
use clap::{Subcommand, ValueEnum};

use super::database::{self, Database};
use super::database_url::without_password;
use super::{block_on, say};
use crate::config::Config;
use crate::db::partition::{self, Shape};
use crate::db::{connect, migrate};
use crate::web::number::grouped;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Bring the database up to date, after a dump of it.
    Migrate,
    /// Which migrations ran, and which did not.
    Status,
    /// Keep a large table in one partition a month, from the next months on, while the server runs.
    Partition {
        /// Which table.
        table: Table,
        /// Only say what would be done.
        #[arg(long)]
        dry_run: bool,
        /// Make it one flat table again.
        #[arg(long)]
        revert: bool,
    },
    /// Open PostgreSQL's own shell as the role that owns everything.
    Psql {
        /// Passed on to psql.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
}

/// The tables that can be kept by month; the log always is.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Table {
    /// What passed between her and people.
    Interactions,
}

/// Runs one of them.
pub(super) fn run(config: &Config, command: Command) -> Result<()> {
    block_on(async {
        let database = match command {
            Command::Migrate => database::open(&Config { migrate: true, ..config.clone() }).await?,
            Command::Status | Command::Psql { .. } | Command::Partition { .. } => database::look(config).await?,
        };
        let outcome = match command {
            Command::Migrate | Command::Status => {
                status(database.admin_url.as_ref().unwrap_or(&database.app_url)).await
            }
            Command::Psql { arguments } => psql(&database, &arguments),
            Command::Partition { table: Table::Interactions, dry_run, revert } => {
                partition(config, &database, dry_run, revert).await
            }
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

async fn partition(config: &Config, database: &Database, dry_run: bool, revert: bool) -> Result<()> {
    let Some(url) = &database.admin_url else {
        bail!("DATABASE_URL is of the role that serves: give it that of the database's owner")
    };
    let mut client = connect::client(url).await?;
    if !migrate::pending(&client).await?.is_empty() {
        bail!("the database is of an older Kith: run `kith db migrate` first");
    }
    let shape = partition::shape(&mut client, &config.role_prefix).await?;
    say(standing(&shape));
    if shape.is_partitioned != revert {
        say("That is done already.");
        return if dry_run { Ok(()) } else { partition::tidy(&mut client, &config.role_prefix).await };
    }
    let switched = if revert {
        say("It becomes one flat table; what the months hold is copied, and writers wait meanwhile.");
        if dry_run {
            return Ok(());
        }
        partition::revert(&mut client, &config.role_prefix).await?
    } else {
        let cutoff = shape.cutoff(Utc::now())?;
        say(format_args!(
            "All of it becomes the first partition, unchanged; from {} on there is one a month.",
            cutoff.date_naive()
        ));
        if dry_run {
            return Ok(());
        }
        partition::partition(&mut client, &config.role_prefix, cutoff).await?
    };
    say(format_args!("Done. Writers waited for {} ms at most.", switched.blocked.as_millis()));
    Ok(())
}

fn standing(shape: &Shape) -> String {
    let newest = shape.newest.map_or_else(String::new, |newest| format!(", the newest of {}", newest.date_naive()));
    let kept = if shape.is_partitioned { "by month" } else { "in one table" };
    format!("{} interactions{newest}, {} MB, are kept {kept}.", grouped(shape.rows), shape.bytes >> 20)
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
