//! `kith user`: accounts from the command line.

use std::io::{IsTerminal, Read};

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::{block_on, database, say};
use crate::accounts::passwords;
use crate::config::Config;
use crate::db::{Account, CurrentUser, Db, Deed, Done, NewUser};
use crate::error::AppError;
use crate::outgoing;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make an account; the first one is the administrator.
    Add(Add),
    /// List the accounts.
    List {
        /// As a JSON array on standard output.
        #[arg(long)]
        json: bool,
    },
    /// Set a password; every session of the account ends.
    Password(Password),
    /// End an account's sessions and refuse new ones.
    Disable {
        /// Whose.
        email: String,
    },
    /// Take that back.
    Enable {
        /// Whose.
        email: String,
    },
    /// Set the tier, whose limits KITH_LIMITS_FREE, _PRO and _TEAM set.
    Tier {
        /// Whose.
        email: String,
        /// Which.
        #[arg(value_parser = ["free", "pro", "team"])]
        tier: String,
    },
    /// Make an administrator.
    Promote {
        /// Whom.
        email: String,
    },
    /// Take that back.
    Demote {
        /// Whose.
        email: String,
    },
}

#[derive(Debug, Args)]
pub(super) struct Add {
    /// What the person signs in with.
    email: String,
    /// The person's name.
    #[arg(long)]
    name: String,
    /// Read the password from standard input; without it, it is asked for.
    #[arg(long)]
    password_stdin: bool,
}

#[derive(Debug, Args)]
pub(super) struct Password {
    /// Whose.
    email: String,
    /// Read the password from standard input; without it, it is asked for.
    #[arg(long)]
    password_stdin: bool,
}

/// Runs one of them.
pub(super) fn run(config: &Config, command: Command) -> Result<()> {
    block_on(async {
        let database = database::open(config).await?;
        let outcome = dispatch(config, &database.pool(config)?, command).await;
        outcome.and(database.close().await)
    })
}

async fn dispatch(config: &Config, db: &Db, command: Command) -> Result<()> {
    match command {
        Command::Add(add) => self::add(config, db, &add).await,
        Command::List { json } => list(db, json).await,
        Command::Password(change) => password(db, &change).await,
        Command::Disable { email } => change(db, &email, Deed::Disable).await,
        Command::Enable { email } => change(db, &email, Deed::Enable).await,
        Command::Promote { email } => change(db, &email, Deed::Promote).await,
        Command::Demote { email } => change(db, &email, Deed::Demote).await,
        Command::Tier { email, tier } => change(db, &email, Deed::of(&tier).unwrap_or(Deed::Free)).await,
    }
}

async fn add(config: &Config, db: &Db, add: &Add) -> Result<()> {
    let password = read_password(add.password_stdin)?;
    refuse_weak(&password, &add.email, &add.name)?;
    if add.email.chars().count() > 255 || add.name.chars().count() > 255 || add.name.trim().is_empty() {
        bail!("the address and the name need to be up to 255 characters long, and the name not empty");
    }
    if outgoing::address(&add.email).is_err() {
        bail!("{} is no e-mail address", add.email);
    }
    let password_hash = passwords::hash(&password).await?;
    let new = NewUser {
        email: &add.email,
        full_name: &add.name,
        time_zone: config.timezone.name(),
        password_hash: &password_hash,
    };
    if db.anonymous().create_user(&new, false).await?.is_none() {
        bail!("there is an account for {} already", add.email);
    }
    say(format_args!("made the account {}", add.email));
    Ok(())
}

async fn list(db: &Db, json: bool) -> Result<()> {
    let accounts = db.anonymous().accounts().await?;
    if json {
        say(serde_json::to_string_pretty(&accounts.iter().map(object).collect::<Vec<_>>())?);
        return Ok(());
    }
    for Account { user, last_used_at, .. } in accounts {
        let notes = [(user.is_admin, "administrator"), (user.is_disabled, "disabled")];
        let notes: Vec<&str> = notes.iter().filter(|(is, _)| *is).map(|(_, note)| *note).collect();
        let last = last_used_at.map_or_else(|| "never used".to_owned(), |at| format!("used {}", at.format("%Y-%m-%d")));
        let notes = notes.join(", ");
        say(format_args!("{}\t{}\t{notes}\t{}\t{last}", user.email, user.full_name, user.subscription_tier));
    }
    Ok(())
}

fn object(account: &Account) -> Value {
    let Account { user, created_at, last_used_at } = account;
    json!({
        "id": user.id, "email": user.email, "full_name": user.full_name, "time_zone": user.time_zone,
        "subscription_tier": user.subscription_tier, "is_admin": user.is_admin, "is_disabled": user.is_disabled,
        "created_at": created_at, "last_used_at": last_used_at,
    })
}

async fn password(db: &Db, change: &Password) -> Result<()> {
    let credential = db.anonymous().credential(&change.email).await?.with_context(|| no_account(&change.email))?;
    let password = read_password(change.password_stdin)?;
    refuse_weak(&password, &change.email, "")?;
    db.anonymous().set_password(credential.user_id, &passwords::hash(&password).await?).await?;
    db.anonymous().close_other_sessions(credential.user_id, None).await?;
    say(format_args!("changed the password of {}", change.email));
    Ok(())
}

async fn change(db: &Db, email: &str, deed: Deed) -> Result<()> {
    let became = match deed {
        Deed::Disable => "disabled, and every session ended".to_owned(),
        Deed::Enable => "enabled".to_owned(),
        Deed::Promote => "an administrator".to_owned(),
        Deed::Demote => "no administrator any more".to_owned(),
        Deed::Free | Deed::Pro | Deed::Team => format!("on the tier {}", deed.word()),
    };
    match db.anonymous().change_account(email, deed).await? {
        Done::Done => say(format_args!("{email} is {became}")),
        Done::Same => say(format_args!("{email} was so already; nothing was changed")),
        Done::Last => bail!("{email} is the only administrator: make another one first, by kith user promote"),
        Done::Missing | Done::Own => bail!(no_account(email)),
    }
    Ok(())
}

/// The user with this address, as another command acts for her.
pub(super) async fn of_email(db: &Db, email: &str) -> Result<CurrentUser> {
    match db.anonymous().user_by_email(email).await {
        Ok(user) => Ok(user),
        Err(AppError::NotFound) => bail!(no_account(email)),
        Err(error) => Err(error.into()),
    }
}

fn no_account(email: &str) -> String {
    format!("there is no account for {email}")
}

fn refuse_weak(password: &str, email: &str, name: &str) -> Result<()> {
    passwords::refusal(password, email, name).map_or(Ok(()), |reason| bail!("the password was refused: {reason}"))
}

fn read_password(from_stdin: bool) -> Result<String> {
    if !from_stdin && std::io::stdin().is_terminal() {
        return Ok(rpassword::prompt_password("Password: ")?);
    }
    if !from_stdin {
        bail!("there is no terminal to ask for a password: give it by --password-stdin");
    }
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}
