//! The command line: one file for each subcommand.

mod database;
mod database_url;
mod db;
mod dump;
mod export;
mod foreign;
mod import;
mod serve;
mod user;

use std::fmt::Display;
use std::io::Write;

use anyhow::Result;
use clap::builder::Resettable;
use clap::{Arg, CommandFactory, FromArgMatches, Parser, Subcommand};

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
    /// Bring people in from files: reads them, and applies what is new and changed.
    Import(import::Import),
    /// Write everybody to a file.
    Export(export::Export),
    /// Print the settings in force, secrets hidden.
    Config,
}

/// Reads the command line and the environment. A variable that is set to nothing is not set: that is how
/// env files leave a setting out.
///
/// # Errors
/// When they are wrong; help and version are errors to clap, too.
pub fn parse() -> Result<Cli, clap::Error> {
    let is_empty = |arg: &Arg| arg.get_env().and_then(std::env::var_os).is_some_and(|value| value.is_empty());
    let command = Cli::command().mut_args(|arg| if is_empty(&arg) { arg.env(Resettable::Reset) } else { arg });
    Cli::from_arg_matches(&command.try_get_matches()?)
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
        Some(Command::Import(asked)) => import::run(&config, &asked),
        Some(Command::Export(asked)) => export::run(&config, &asked),
        Some(Command::Config) => {
            for (name, value) in config.lines()? {
                say(format_args!("{name}={value}"));
            }
            Ok(())
        }
    }
}

/// A runtime for the commands that are not the server.
fn block_on<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?.block_on(work)
}

/// A line to standard output. That its reader went away, as `head` does, is no reason to fail.
fn say(line: impl Display) {
    let _ = writeln!(std::io::stdout(), "{line}");
}
