//! A PostgreSQL of the operator's own, named by `DATABASE_URL`: bootstrapped and migrated only when asked to.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};
use secrecy::ExposeSecret;
use tokio_postgres::Client;

use super::database::{Database, data_folder};
use super::database_url::{as_app, without_password};
use super::dump;
use crate::config::Config;
use crate::db::{bootstrap, connect, health, migrate};

/// Where a `pg_dump` may be, newest first; one that is older than the server refuses by itself.
const PG_DUMPS: [&str; 4] = [
    "/usr/lib/postgresql/18/bin/pg_dump",
    "/usr/lib/postgresql/17/bin/pg_dump",
    "/usr/lib/postgresql/16/bin/pg_dump",
    "pg_dump",
];

/// Connects as the bootstrap role, migrates where that was asked for, and hands over to `kith_app`. A URL that
/// is `kith_app` already is served as it is.
pub(super) async fn open(config: &Config, url: &str, generated: &str) -> Result<Database> {
    let mut client = connect::client(url).await?;
    health::refuse_old(&client).await?;
    let pending = migrate::pending(&client).await?.len();
    if is_app(&client, &config.role_prefix).await? {
        if pending > 0 {
            bail!(
                "the database lacks {pending} migrations, and {}_app may not run them: start once with --migrate and \
                 the DATABASE_URL of the role that made it",
                config.role_prefix
            );
        }
        return Ok(Database { admin_url: None, app_url: url.to_owned(), server: None });
    }
    let named = config.database_app_url()?;
    let password = match &named {
        Some(named) => without_password(named.expose_secret())?.1.unwrap_or_else(|| generated.to_owned()),
        None => generated.to_owned(),
    };
    if pending > 0 {
        if !config.migrate {
            bail!("the database lacks {pending} migrations: start once with --migrate, which makes a dump first");
        }
        upgrade(config, url, &mut client, &password).await?;
    }
    let app_url = match named {
        Some(named) => named.expose_secret().to_owned(),
        None => as_app(url, &config.role_prefix, &password)?,
    };
    if connect::client(&app_url).await.is_err() {
        // Another data folder made the roles: this one's password is set.
        migrate::hold(&client).await?;
        bootstrap::run(&client, &config.role_prefix, &password).await?;
    }
    Ok(Database { admin_url: Some(url.to_owned()), app_url, server: None })
}

/// Migrates, behind a dump of what is there, unless another start did so meanwhile.
async fn upgrade(config: &Config, url: &str, client: &mut Client, password: &str) -> Result<()> {
    migrate::hold(client).await?;
    if migrate::pending(client).await?.is_empty() {
        return Ok(());
    }
    bootstrap::run(client, &config.role_prefix, password).await?;
    if !migrate::applied(client).await?.is_empty() && !config.migrate_without_dump {
        dump_first(config, url)?;
    }
    migrate::run(client, &config.role_prefix).await?;
    Ok(())
}

/// Only the URLs: whatever is there stays as it is.
pub(super) async fn look(config: &Config, url: &str, generated: &str) -> Result<Database> {
    let client = connect::client(url).await?;
    if is_app(&client, &config.role_prefix).await? {
        return Ok(Database { admin_url: None, app_url: url.to_owned(), server: None });
    }
    let app_url = match config.database_app_url()? {
        Some(named) => named.expose_secret().to_owned(),
        None => as_app(url, &config.role_prefix, generated)?,
    };
    Ok(Database { admin_url: Some(url.to_owned()), app_url, server: None })
}

async fn is_app(client: &Client, prefix: &str) -> Result<bool> {
    let role: String = client.query_one("select current_user::text", &[]).await?.get(0);
    Ok(role == format!("{prefix}_app"))
}

fn dump_first(config: &Config, url: &str) -> Result<()> {
    let folder = data_folder(config)?;
    let (url, password) = without_password(url)?;
    let named = config.postgres_bin.as_ref().map(|bin| bin.join("pg_dump"));
    let candidates = named.into_iter().chain(PG_DUMPS.iter().map(PathBuf::from));
    let mut outcome = Err(anyhow::anyhow!("there is no pg_dump"));
    for program in candidates.filter(|program| program.is_relative() || program.exists()) {
        let mut command = Command::new(&program);
        command.arg("--dbname").arg(&url);
        if let Some(password) = &password {
            command.env("PGPASSWORD", password);
        }
        outcome = dump::before_upgrade(&folder, command);
        if outcome.is_ok() {
            return Ok(());
        }
    }
    outcome.context("take a dump yourself, then start once with --migrate --migrate-without-dump")
}
