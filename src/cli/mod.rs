//! The command line: one file for each subcommand.

mod database;
mod db;
mod serve;
mod user;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::config::Config;

/// The people you know, what passed between you, and what you meant to do next.
#[derive(Debug, Parser)]
#[command(name = "kith", version)]
pub struct Cli {
    #[command(flatten)]
    config: Config,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server (what kith does without a subcommand).
    Serve,
    /// Accounts: add, list, password, disable, enable, promote.
    #[command(subcommand)]
    User(user::Command),
    /// The database: migrate, status, psql.
    #[command(subcommand)]
    Db(db::Command),
    /// Print the settings in force, secrets hidden.
    Config,
}

/// Runs the command.
///
/// # Errors
/// With what went wrong, for a person.
pub fn run(cli: Cli) -> Result<()> {
    let config = cli.config;
    match cli.command {
        None | Some(Command::Serve) => {
            config.check()?;
            serve::run(&config)
        }
        Some(Command::User(command)) => user::run(&config, command),
        Some(Command::Db(command)) => db::run(&config, command),
        Some(Command::Config) => {
            for (name, value) in config.lines()? {
                println!("{name}={value}");
            }
            Ok(())
        }
    }
}

/// A runtime for the commands that are not the server.
fn block_on<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?.block_on(work)
}
