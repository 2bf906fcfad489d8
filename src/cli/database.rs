//! The database that a command works on: the embedded server or the one that DATABASE_URL names,
//! bootstrapped and migrated.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use secrecy::ExposeSecret;

use super::database_url::as_app;
use super::{dump, foreign};
use crate::config::Config;
use crate::db::{Db, bootstrap, connect, migrate};
use crate::postgres::{Options, Server, secret};

/// The name of Kith's database in the embedded cluster.
pub(super) const NAME: &str = "kith";

/// Connections besides those of the pages: six of jobs and messages, three that PostgreSQL keeps for superusers, and those of
/// commands that run beside the server, two of each.
const BESIDE: u16 = 30;

/// A database that is ready.
pub(super) struct Database {
    /// Of the bootstrap role; none where `DATABASE_URL` is `kith_app` already.
    pub admin_url: Option<String>,
    /// Of `kith_app`.
    pub app_url: String,
    /// The embedded server, where it is one.
    pub server: Option<Arc<Server>>,
}

impl Database {
    /// The pool of the restricted role.
    pub fn pool(&self, config: &Config) -> Result<Db> {
        Ok(Db::connect(&self.app_url, usize::from(config.pool_size))?.limited(config.tiers()))
    }

    /// Stops the embedded server, unless another command of Kith uses it still.
    pub async fn close(self) -> Result<()> {
        match self.server {
            Some(server) => tokio::task::spawn_blocking(move || server.leave()).await?,
            None => Ok(()),
        }
    }
}

/// Starts or finds the database and brings it up to date.
pub(super) async fn open(config: &Config) -> Result<Database> {
    let folder = data_folder(config)?;
    let password = secret(&folder.join("app.password"))?;
    match config.database_url()? {
        Some(url) => foreign::open(config, url.expose_secret(), &password).await,
        None => embedded(config, &folder, &password).await,
    }
}

/// The data folder, made where it is missing.
pub(super) fn data_folder(config: &Config) -> Result<PathBuf> {
    let folder = config.data_dir()?;
    fs::create_dir_all(&folder).with_context(|| format!("KITH_DATA_DIR: making {}", folder.display()))?;
    Ok(folder)
}

/// Starts or finds the database and leaves it as it is: for commands that only look.
pub(super) async fn look(config: &Config) -> Result<Database> {
    let folder = data_folder(config)?;
    let password = secret(&folder.join("app.password"))?;
    match config.database_url()? {
        Some(url) => foreign::look(config, url.expose_secret(), &password).await,
        None => start(config, &folder, &password).await,
    }
}

async fn start(config: &Config, folder: &Path, password: &str) -> Result<Database> {
    let options = Options {
        folder: folder.to_owned(),
        bin: config.postgres_bin.clone(),
        user: config.postgres_user.clone(),
        connections: config.pool_size + BESIDE,
        durable: true,
    };
    let server = Arc::new(tokio::task::spawn_blocking(move || Server::start(options)).await??);
    let app_url = as_app(&server.url(NAME), &config.role_prefix, password)?;
    Ok(Database { admin_url: Some(server.url(NAME)), app_url, server: Some(server) })
}

async fn embedded(config: &Config, folder: &Path, password: &str) -> Result<Database> {
    let database = start(config, folder, password).await?;
    let Some(server) = &database.server else { return Ok(database) };
    match bring_up_to_date(config, folder, password, server).await {
        Ok(()) => Ok(database),
        Err(error) => {
            database.close().await?;
            Err(error)
        }
    }
}

async fn bring_up_to_date(config: &Config, folder: &Path, password: &str, server: &Server) -> Result<()> {
    let control = connect::client(&server.url("postgres")).await?;
    // Until the end of this: several commands may be started at once, and two can't make or alter one role.
    migrate::hold(&control).await?;
    if control.query_opt("select from pg_database where datname = $1", &[&NAME]).await?.is_none() {
        control.batch_execute(&format!("create database {NAME}")).await?;
    }
    let mut client = connect::client(&server.url(NAME)).await?;
    let pending = migrate::pending(&client).await?;
    bootstrap::run(&client, &config.role_prefix, password).await?;
    if !pending.is_empty() {
        if !migrate::applied(&client).await?.is_empty() {
            dump::before_upgrade(folder, server.client_program("pg_dump", NAME))?;
        }
        migrate::run(&mut client, &config.role_prefix).await?;
        // Written to disk now, for which a Ctrl-C soon after would have to wait.
        client.batch_execute("checkpoint").await?;
    }
    Ok(())
}
