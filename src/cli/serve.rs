//! `kith serve`: the database, the server, and an orderly end.

use std::time::Duration;

use actix_web::HttpServer;
use anyhow::{Context, Result};
use tokio::signal::unix::{SignalKind, signal};

use super::database::{self, Database};
use crate::config::Config;
use crate::db::{Db, bootstrap, connect};
use crate::jobs::Worker;
use crate::web::csrf::random_token;
use crate::web::page::Site;
use crate::{accounts, app, duties, telemetry};

/// How often the embedded server is looked after.
const WATCH: Duration = Duration::from_secs(1);

/// Serves until Ctrl-C or SIGTERM.
pub(super) fn run(config: &Config) -> Result<()> {
    telemetry::start(&config.log, &config.log_format)?;
    actix_web::rt::System::new().block_on(serve(config))
}

async fn serve(config: &Config) -> Result<()> {
    // The port first: nothing is started for a server that cannot listen.
    let listener = std::net::TcpListener::bind(config.listen).with_context(|| {
        format!(
            "cannot listen on {}: another program does already, or you may not; choose another by --listen",
            config.listen
        )
    })?;
    let database = database::open(config).await?;
    let outcome = serve_on(config, listener, &database).await;
    let closed = tokio::task::spawn_blocking(move || database.close()).await?;
    outcome.and(closed)
}

async fn serve_on(config: &Config, listener: std::net::TcpListener, database: &Database) -> Result<()> {
    bootstrap::refuse_stronger(&connect::client(&database.app_url).await?).await?;
    let db = database.pool(config)?;
    tokio::task::spawn_blocking(accounts::passwords::warm_up).await??;
    let site = announce(config, &db).await?;
    let pool = db.clone();
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(4);
    let worker = Worker::start(&database.app_url, &config.data_dir()?, duties::all())?;
    let server = HttpServer::new(move || app::build(pool.clone(), site.clone()))
        .workers(workers)
        .client_request_timeout(Duration::from_secs(10))
        .shutdown_timeout(1)
        .disable_signals()
        .listen(listener)?
        .run();
    let handle = server.handle();
    let mut server = std::pin::pin!(server);
    tokio::select! {
        ended = &mut server => return Ok(ended?),
        () = end_signal() => {}
        watched = look_after(config, database, &db) => watched?,
    }
    println!("stopping");
    let worker = tokio::task::spawn_blocking(move || worker.stop());
    handle.stop(true).await;
    Ok(worker.await?)
}

/// Prints where Kith is and, while nobody has an account, the link that makes the first.
async fn announce(config: &Config, db: &Db) -> Result<Site> {
    let address = config.address();
    println!("Kith listens on {address}");
    if db.anonymous().any_user().await? {
        return config.site(None);
    }
    let token = random_token();
    println!("Make the first account here: {address}/signup?token={token}");
    config.site(Some(token))
}

/// Starts the embedded server again when it died, and keeps house once an hour.
async fn look_after(config: &Config, database: &Database, db: &Db) -> Result<()> {
    let mut ticks = tokio::time::interval(WATCH);
    let mut hour = tokio::time::interval(Duration::from_secs(3600));
    loop {
        tokio::select! {
            _ = ticks.tick() => {
                let has_died = database.server.as_ref().is_some_and(|server| !server.is_running());
                if has_died && database.owner.is_some() {
                    tracing::warn!("PostgreSQL died and is started again");
                    if let Err(error) = database::restart(config).await {
                        tracing::error!(cause = format!("{error:#}"), "PostgreSQL could not be started");
                    }
                }
            }
            _ = hour.tick() => {
                if let Err(error) = db.anonymous().keep_house().await {
                    tracing::warn!(%error, "housekeeping failed and is tried again in an hour");
                }
            }
        }
    }
}

async fn end_signal() {
    let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}
