//! Connections to PostgreSQL, with TLS as `sslmode` asks for it.

use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context, Result};
use diesel::{ConnectionError, ConnectionResult};
use diesel_async::AsyncPgConnection;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{Client, Config, NoTls, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::tls::{Mode, Tls};

/// How long a server that does not answer is waited for, where the URL does not say.
const PATIENCE: Duration = Duration::from_secs(10);

/// A connection for bootstrap and migrations. Its other half runs by itself until the client is dropped.
///
/// # Errors
/// When the URL is none, the server does not answer or it refuses the role.
pub async fn client(url: &str) -> Result<Client> {
    let (url, tls) = Tls::of_url(url)?;
    let mut config = Config::from_str(&url).context("the database URL cannot be read")?;
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(PATIENCE);
    }
    let is_local = config.get_hosts().iter().all(|host| matches!(host, Host::Unix(_)));
    if tls.mode == Mode::Disable || is_local {
        config.ssl_mode(SslMode::Disable);
        return connect(&config, NoTls).await;
    }
    let encrypted = MakeRustlsConnect::new(tls.client()?);
    config.ssl_mode(if tls.mode == Mode::Prefer { SslMode::Prefer } else { SslMode::Require });
    match connect(&config, encrypted).await {
        Err(_) if tls.mode == Mode::Prefer => {
            config.ssl_mode(SslMode::Disable);
            connect(&config, NoTls).await
        }
        outcome => outcome,
    }
}

/// A connection for the pool.
pub(super) async fn establish(url: String) -> ConnectionResult<AsyncPgConnection> {
    let client = client(&url).await.map_err(|error| ConnectionError::BadConnection(format!("{error:#}")))?;
    AsyncPgConnection::try_from(client).await
}

async fn connect<T>(config: &Config, tls: T) -> Result<Client>
where
    T: MakeTlsConnect<Socket>,
    T::Stream: Send + 'static,
{
    let (client, connection) = config.connect(tls).await.context("PostgreSQL cannot be reached")?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a database connection ended");
        }
    });
    Ok(client)
}
