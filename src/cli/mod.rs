//! The command line: one file for each subcommand.

mod database;
mod database_url;
mod db;
mod demo;
mod doctor;
mod dump;
mod export;
mod foreign;
mod import;
mod mapped;
mod progress;
mod report;
mod serve;
mod user;

use std::fmt::Display;
use std::io::Write;

use anyhow::Result;
use clap::builder::Resettable;
use clap::error::{ContextKind, ContextValue};
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
    /// Accounts: add, list, password, disable, enable, tier, promote, demote.
    #[command(subcommand)]
    User(user::Command),
    /// The database itself: migrate, status, partition, psql.
    #[command(subcommand)]
    Db(db::Command),
    /// Bring people in from files: reads them, and applies what is new and changed.
    Import(import::Import),
    /// Write everybody to a file.
    Export(export::Export),
    /// Make example people to try Kith with, or take them away.
    Demo(demo::Demo),
    /// Check the instance: a line for each thing looked at, and what to do where something is wrong.
    Doctor {
        /// Send a test message to this address, too.
        #[arg(long, value_name = "ADDRESS")]
        mail_to: Option<String>,
    },
    /// Print the settings in force, secrets hidden.
    Config,
}

/// Reads the command line and the environment. A variable that is set to nothing is not set: that is how
/// env files leave a setting out.
///
/// # Errors
/// With the exit code, after saying what is wrong; help and version end the program, too.
pub fn parse() -> Result<Cli, u8> {
    let is_empty = |arg: &Arg| arg.get_env().and_then(std::env::var_os).is_some_and(|value| value.is_empty());
    let mut command = Cli::command().mut_args(|arg| if is_empty(&arg) { arg.env(Resettable::Reset) } else { arg });
    command.try_get_matches_from_mut(std::env::args_os()).and_then(|found| Cli::from_arg_matches(&found)).map_err(
        |error| {
            let _ = error.print();
            if !error.use_stderr() {
                return 0;
            }
            if let Some(variable) = variable_of(&command, &error) {
                eprintln!("The same setting is the environment variable {variable}.");
            }
            2
        },
    )
}

/// The variable of the setting that clap found fault with: it names the flag only.
fn variable_of(command: &clap::Command, error: &clap::Error) -> Option<String> {
    let Some(ContextValue::String(flag)) = error.get(ContextKind::InvalidArg) else { return None };
    let long = flag.trim_start_matches("--").split(' ').next()?;
    let arg = command.get_arguments().find(|arg| arg.get_long() == Some(long))?;
    Some(arg.get_env()?.to_string_lossy().into_owned())
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
        Some(Command::Demo(asked)) => demo::run(&config, &asked),
        Some(Command::Doctor { mail_to }) => doctor::run(&config, mail_to.as_deref()),
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
