//! Connections to PostgreSQL, with TLS where the server is elsewhere and `sslmode` asks for it.

use std::str::FromStr;
use std::sync::Arc;

use anyhow::{Context, Result};
use diesel::{ConnectionError, ConnectionResult};
use diesel_async::AsyncPgConnection;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::{Client, Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

/// A connection for bootstrap and migrations. Its other half runs by itself until the client is dropped.
///
/// # Errors
/// When the URL is none, the server does not answer or it refuses the role.
pub async fn client(url: &str) -> Result<Client> {
    let config = Config::from_str(url).context("the database URL cannot be read")?;
    if config.get_ssl_mode() == SslMode::Disable || is_local(&config) {
        return without_tls(&config).await;
    }
    match (with_tls(&config).await, config.get_ssl_mode()) {
        (Ok(client), _) => Ok(client),
        (Err(_), SslMode::Prefer) => without_tls(&config).await,
        (Err(error), _) => Err(error),
    }
}

/// A connection for the pool.
pub(super) async fn establish(url: String) -> ConnectionResult<AsyncPgConnection> {
    let client = client(&url).await.map_err(|error| ConnectionError::BadConnection(format!("{error:#}")))?;
    AsyncPgConnection::try_from(client).await
}

fn is_local(config: &Config) -> bool {
    config.get_hosts().iter().all(|host| matches!(host, Host::Unix(_)))
}

async fn without_tls(config: &Config) -> Result<Client> {
    let (client, connection) = config.connect(NoTls).await.context("PostgreSQL cannot be reached")?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a database connection ended");
        }
    });
    Ok(client)
}

async fn with_tls(config: &Config) -> Result<Client> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let (client, connection) =
        config.connect(MakeRustlsConnect::new(tls)).await.context("PostgreSQL cannot be reached by TLS")?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a database connection ended");
        }
    });
    Ok(client)
}
