//! The database that a command works on: the embedded server or the one that DATABASE_URL names,
//! bootstrapped and migrated.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use chrono::Utc;
use secrecy::ExposeSecret;
use tokio_postgres::Client;
use url::Url;

use crate::config::Config;
use crate::db::{Db, bootstrap, connect, migrate};
use crate::postgres::{Options, Server};

/// The name of Kith's database in the embedded cluster.
const NAME: &str = "kith";
/// Dumps of before an upgrade that are kept.
const KEPT_DUMPS: usize = 3;

/// A database that is ready.
pub(super) struct Database {
    /// Of the bootstrap role.
    pub admin_url: String,
    /// Of `kith_app`.
    pub app_url: String,
    /// The embedded server, where it is one.
    pub server: Option<Server>,
    /// Whether this process holds the data folder: then it stops the server.
    pub owner: Option<File>,
}

impl Database {
    /// The pool of the restricted role.
    pub fn pool(&self, config: &Config) -> Result<Db> {
        Ok(Db::connect(&self.app_url, usize::from(config.pool_size))?)
    }

    /// Stops the embedded server, if this process is the one to do that.
    pub fn close(self) -> Result<()> {
        match (self.server, self.owner) {
            (Some(server), Some(_)) => server.stop(),
            _ => Ok(()),
        }
    }
}

/// Starts or finds the database and brings it up to date.
pub(super) async fn open(config: &Config) -> Result<Database> {
    let folder = config.data_dir()?;
    fs::create_dir_all(&folder).with_context(|| format!("KITH_DATA_DIR: making {}", folder.display()))?;
    let password = app_password(&folder)?;
    match config.database_url()? {
        Some(url) => foreign(config, url.expose_secret(), &password).await,
        None => embedded(config, &folder, &password).await,
    }
}

fn options(config: &Config, folder: &Path) -> Options {
    Options {
        folder: folder.to_owned(),
        bin: config.postgres_bin.clone(),
        user: config.postgres_user.clone(),
        connections: 20.max(config.pool_size + 5),
        durable: true,
    }
}

/// Starts the embedded server again after it died under a running Kith.
pub(super) async fn restart(config: &Config) -> Result<()> {
    let options = options(config, &config.data_dir()?);
    tokio::task::spawn_blocking(move || Server::start(&options)).await??;
    Ok(())
}

async fn embedded(config: &Config, folder: &Path, password: &str) -> Result<Database> {
    let lock = File::options().create(true).truncate(false).write(true).open(folder.join("lock"))?;
    let owner = lock.try_lock().is_ok().then_some(lock);
    let options = options(config, folder);
    let server = tokio::task::spawn_blocking(move || Server::start(&options)).await??;
    let control = connect::client(&server.url("postgres")).await?;
    if control.query_opt("select from pg_database where datname = $1", &[&NAME]).await?.is_none() {
        control.batch_execute(&format!("create database {NAME}")).await?;
    }
    let admin_url = server.url(NAME);
    let mut client = connect::client(&admin_url).await?;
    bootstrap::run(&client, &config.role_prefix, password).await?;
    if !migrate::pending(&client).await?.is_empty() {
        dump_first(&client, &admin_url, folder, &server).await?;
        migrate::run(&mut client, &config.role_prefix).await?;
    }
    let app_url = as_app(&admin_url, &config.role_prefix, password)?;
    Ok(Database { admin_url, app_url, server: Some(server), owner })
}

async fn foreign(config: &Config, url: &str, password: &str) -> Result<Database> {
    let mut client = connect::client(url).await?;
    let pending = migrate::pending(&client).await?;
    if pending.is_empty() {
        let app_url = as_app(url, &config.role_prefix, password)?;
        if connect::client(&app_url).await.is_err() {
            // Another data folder made the roles: this one's password is set.
            bootstrap::run(&client, &config.role_prefix, password).await?;
        }
        return Ok(Database { admin_url: url.to_owned(), app_url, server: None, owner: None });
    }
    if !config.migrate {
        bail!("the database lacks {} migrations; back it up, then start once with --migrate", pending.len());
    }
    bootstrap::run(&client, &config.role_prefix, password).await?;
    migrate::run(&mut client, &config.role_prefix).await?;
    Ok(Database {
        admin_url: url.to_owned(),
        app_url: as_app(url, &config.role_prefix, password)?,
        server: None,
        owner: None,
    })
}

/// The same database as the restricted role.
fn as_app(url: &str, prefix: &str, password: &str) -> Result<String> {
    // A URL whose host is a socket has none of its own, and then no user can be set: a placeholder stands in.
    let holds_socket = url.contains("@/");
    let mut parsed = Url::parse(&url.replacen("@/", "@socket/", 1)).context("the database URL cannot be read")?;
    let failed = |()| anyhow::anyhow!("the database URL has no place for a user");
    parsed.set_username(&format!("{prefix}_app")).map_err(failed)?;
    parsed.set_password(Some(password)).map_err(failed)?;
    let text = parsed.to_string();
    Ok(if holds_socket { text.replacen("@socket/", "@/", 1) } else { text })
}

/// kith_app's password, made once and kept for this user's eyes only.
fn app_password(folder: &Path) -> Result<String> {
    let path = folder.join("app.password");
    if let Ok(known) = fs::read_to_string(&path) {
        return Ok(known.trim().to_owned());
    }
    let fresh = crate::web::csrf::random_token();
    fs::write(&path, &fresh)?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
    Ok(fresh)
}

/// A dump of a database that holds data, before it is changed; the last three are kept.
async fn dump_first(client: &Client, url: &str, folder: &Path, server: &Server) -> Result<()> {
    if migrate::applied(client).await?.is_empty() {
        return Ok(());
    }
    let dumps = folder.join("before-upgrade");
    fs::create_dir_all(&dumps)?;
    fs::set_permissions(&dumps, fs::Permissions::from_mode(0o700))?;
    let path = dumps.join(format!("{}.dump", Utc::now().format("%Y-%m-%dT%H%M%SZ")));
    eprintln!("the database is about to be upgraded; a dump goes to {}", path.display());
    let output = Command::new(server.binaries().program("pg_dump"))
        .args(["--format=custom", "--file"])
        .arg(&path)
        .arg(url)
        .stdin(Stdio::null())
        .output()
        .context("starting pg_dump")?;
    if !output.status.success() {
        bail!(
            "the dump before the upgrade failed, so nothing was changed: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let mut old: Vec<_> = fs::read_dir(&dumps)?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    old.sort();
    for path in old.iter().rev().skip(KEPT_DUMPS) {
        fs::remove_file(path)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::as_app;

    #[test]
    fn the_restricted_roles_url_names_the_same_database() -> anyhow::Result<()> {
        let socket = as_app("postgresql://postgres:x@/kith?host=%2Fvar%2Flib%2Fkith", "kith", "secret")?;
        assert_eq!(socket, "postgresql://kith_app:secret@/kith?host=%2Fvar%2Flib%2Fkith");
        let remote = as_app("postgresql://boot:x@db.example:5433/k?sslmode=require", "ada", "secret")?;
        assert_eq!(remote, "postgresql://ada_app:secret@db.example:5433/k?sslmode=require");
        Ok(())
    }
}
