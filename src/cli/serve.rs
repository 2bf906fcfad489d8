//! `kith serve`: the database, the server, and an orderly end.

use std::fs::File;
use std::net::TcpListener;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpServer;
use anyhow::{Context, Result, bail};
use tokio::signal::unix::{SignalKind, signal};

use super::database::{self, Database};
use super::say;
use crate::config::Config;
use crate::db::{Db, bootstrap, connect};
use crate::delivery::{Means, Scheduler};
use crate::error::AppError;
use crate::jobs::Worker;
use crate::text::hex::random_token;
use crate::web::site::Site;
use crate::{accounts, app, duties, exchange, postgres, telemetry};

/// What a shell expects of a program that Ctrl-C ended.
const INTERRUPTED: i32 = 130;
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
    // Port 0 was for the system to choose.
    let config = &Config { listen: listener.local_addr()?, ..config.clone() };
    let _serving = claim(&database::data_folder(config)?)?;
    let mut end = std::pin::pin!(end_signal());
    let database = tokio::select! {
        opened = database::open(config) => opened?,
        () = &mut end => {
            // What is being started cannot be called back, but it need not outlive this.
            postgres::abandon(&config.data_dir()?)?;
            std::process::exit(INTERRUPTED);
        }
    };
    let outcome = serve_on(config, listener, &database, end).await;
    outcome.and(database.close().await)
}

/// One server for each data folder. The lock ends with the process, however that ends.
fn claim(folder: &Path) -> Result<File> {
    let path = folder.join("serving");
    let lock = File::options().create(true).truncate(false).write(true).mode(0o600).open(&path);
    let lock = lock.with_context(|| format!("opening {}", path.display()))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(_) => bail!("another kith serves {} already: stop it, or choose another --data-dir", folder.display()),
    }
}

async fn serve_on(
    config: &Config,
    listener: TcpListener,
    database: &Database,
    end: impl Future<Output = ()>,
) -> Result<()> {
    bootstrap::refuse_stronger(&connect::client(&database.app_url).await?).await?;
    let db = database.pool(config)?;
    accounts::passwords::warm_up().await?;
    let site = announce(config, &db).await?;
    let pool = db.clone();
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(4);
    exchange::intake::sweep(&config.data_dir()?);
    let worker = Worker::start(&database.app_url, &config.data_dir()?, duties::all(), config.tiers())?;
    let means = Means { mailer: site.mailer.clone(), caller: site.caller.clone(), address: config.address() };
    let scheduler = Scheduler::start(&database.app_url, means)?;
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
        () = end => {}
        () = look_after(config, database, &db) => {}
    }
    say("stopping");
    let background = tokio::task::spawn_blocking(move || drop((worker, scheduler)));
    // The server's own future does the stopping: it has to go on.
    let (ended, (), background) = tokio::join!(server, handle.stop(true), background);
    background?;
    Ok(ended?)
}

/// Prints where Kith is and, while nobody has an account, the link that makes the first.
async fn announce(config: &Config, db: &Db) -> Result<Site> {
    let has_user = db.anonymous().any_user().await?;
    let address = config.address();
    say(format_args!("Kith listens on {address}"));
    if has_user {
        return config.site(None);
    }
    let token = random_token();
    say(format_args!("Make the first account here: {address}/signup?token={token}"));
    config.site(Some(token))
}

/// Starts the embedded server again when it died, and keeps house once an hour.
async fn look_after(config: &Config, database: &Database, db: &Db) {
    let mut ticks = tokio::time::interval(WATCH);
    let mut hour = tokio::time::interval(Duration::from_secs(3600));
    loop {
        tokio::select! {
            _ = ticks.tick() => {
                if let Some(server) = database.server.as_ref().filter(|server| !server.is_running()) {
                    tracing::warn!("PostgreSQL died and is started again");
                    let server = Arc::clone(server);
                    let revived = tokio::task::spawn_blocking(move || server.revive()).await;
                    match revived.map_err(anyhow::Error::from).flatten() {
                        Ok(()) => tracing::warn!("PostgreSQL runs again"),
                        Err(error) => tracing::error!(cause = format!("{error:#}"), "PostgreSQL could not be started"),
                    }
                }
            }
            _ = hour.tick() => {
                if let Err(error) = keep_house(config, db).await {
                    tracing::warn!(%error, "housekeeping failed and is tried again in an hour");
                }
            }
        }
    }
}

async fn keep_house(config: &Config, db: &Db) -> Result<(), AppError> {
    db.anonymous().keep_house(config.trash_days).await?;
    match config.audit_retention_months {
        Some(months) => db.anonymous().forget_history(months, config.trash_days).await,
        None => Ok(()),
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
