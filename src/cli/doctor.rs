//! `kith doctor`: one line for each thing that was looked at and, where it is not well, what to do.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use anyhow::{Result, bail};
use secrecy::ExposeSecret;
use tokio_postgres::Client;

use super::{block_on, database, say};
use crate::config::Config;
use crate::db::{bootstrap, connect, health, migrate};
use crate::delivery;
use crate::outgoing::Mailer;

/// Below this much free space the next upgrade's dump, or the next import, may fail.
const LITTLE_SPACE: u64 = 1024;
/// Below this much PostgreSQL itself soon stops.
const NO_SPACE: u64 = 100;
/// A job that waits longer than this is not merely behind another.
const LATE: i64 = 15;

/// What one look found.
enum Finding {
    Well(String),
    Doubtful(String),
    Wrong(String),
}
use Finding::{Doubtful, Well, Wrong};

/// Looks at everything, and sends a test to `mail_to`; an error where something is wrong.
pub(super) fn run(config: &Config, mail_to: Option<&str>) -> Result<()> {
    let folder = config.data_dir()?;
    if !folder.exists() {
        bail!("{} does not exist yet: start kith once, then ask again", folder.display());
    }
    let mut findings = vec![permissions(&folder), space(&folder), transport(config)?];
    findings.push(block_on(async { Ok(mail(config, mail_to).await) })?);
    findings.extend(block_on(examine(config))?);
    let mut wrong = 0;
    for finding in &findings {
        match finding {
            Well(text) => say(format_args!("ok     {text}")),
            Doubtful(text) => say(format_args!("warn   {text}")),
            Wrong(text) => say(format_args!("wrong  {text}")),
        }
        wrong += usize::from(matches!(finding, Wrong(_)));
    }
    if wrong > 0 {
        bail!("{wrong} of {} things looked at are wrong", findings.len());
    }
    Ok(())
}

async fn examine(config: &Config) -> Result<Vec<Finding>> {
    let database = match database::look(config).await {
        Ok(database) => database,
        Err(error) => return Ok(vec![Wrong(format!("database: {error:#}"))]),
    };
    let mut findings = Vec::new();
    match connect::client(database.admin_url.as_ref().unwrap_or(&database.app_url)).await {
        Ok(client) => {
            findings.push(version(&client).await?);
            findings.push(migrations(&client).await);
            findings.push(row_security(&client).await?);
            findings.push(jobs(&client).await);
            findings.push(months(&client).await);
        }
        Err(error) => findings.push(Wrong(format!("database: {error:#}: start kith once to make it"))),
    }
    let served = match connect::client(&database.app_url).await {
        Ok(client) => {
            findings.push(messages(&client).await);
            role(&client).await
        }
        Err(error) => {
            Wrong(format!("role: the serving role cannot sign in ({error:#}): start kith once to set its password"))
        }
    };
    findings.push(served);
    database.close().await?;
    Ok(findings)
}

fn permissions(folder: &Path) -> Finding {
    let mode = |path: &Path| path.metadata().map_or(0, |meta| meta.permissions().mode() & 0o777);
    // Others may pass through root's folder, since PostgreSQL runs as one of them; nobody else may read or write.
    if mode(folder) & 0o066 != 0 {
        return Wrong(format!("data folder: others can read {0}: chmod 700 {0}", folder.display()));
    }
    for name in ["app.password", "postgres.password"] {
        let file = folder.join(name);
        if mode(&file) & 0o077 != 0 {
            return Wrong(format!("data folder: others can read {0}: chmod 600 {0}", file.display()));
        }
    }
    Well(format!("data folder: {} is private", folder.display()))
}

fn space(folder: &Path) -> Finding {
    let free = rustix::fs::statvfs(folder).map_or(0, |disk| disk.f_bavail * disk.f_frsize / 1024 / 1024);
    let used = before_upgrade_megabytes(folder);
    let text = format!("disk: {free} MB are free");
    match free {
        ..NO_SPACE => Wrong(format!("{text}: make room now, before PostgreSQL stops (old dumps hold {used} MB)")),
        NO_SPACE..LITTLE_SPACE => Doubtful(format!("{text}: make room (old dumps hold {used} MB)")),
        _ => Well(text),
    }
}

fn before_upgrade_megabytes(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder.join("before-upgrade")).into_iter().flatten().flatten();
    entries.filter_map(|entry| Some(entry.metadata().ok()?.len())).sum::<u64>() / 1024 / 1024
}

/// Whether passwords and pages travel encrypted.
fn transport(config: &Config) -> Result<Finding> {
    let url = config.database_url()?.map(|url| url.expose_secret().to_owned()).unwrap_or_default();
    if let Err(error) = config.check() {
        return Ok(Wrong(format!("settings: {error:#}")));
    }
    if url.contains("sslmode=require") && !url.contains("sslrootcert") {
        let advice = "sslmode=require does not check who answers: use sslmode=verify-full";
        return Ok(Doubtful(format!("settings: {advice}")));
    }
    if config.url.as_ref().is_some_and(|url| url.scheme() == "http") && !config.listen.ip().is_loopback() {
        let advice = "passwords travel unencrypted: put a proxy with TLS before Kith and set KITH_URL to https";
        return Ok(Doubtful(format!("settings: {advice}")));
    }
    Ok(Well("settings: they fit together".to_owned()))
}

/// Whether reminders can be mailed: whether the server lets Kith in, and takes a test to `mail_to`.
async fn mail(config: &Config, mail_to: Option<&str>) -> Finding {
    match config.mailer() {
        Err(error) => Wrong(format!("mail: {error:#}")),
        Ok(None) => Doubtful("mail: reminders are sent to nobody: set KITH_SMTP_URL".to_owned()),
        Ok(Some(mailer)) => match test(config, &mailer, mail_to).await {
            Ok(said) => Well(format!("mail: {mailer:?}{said}")),
            Err(reason) => Wrong(format!("mail: {mailer:?} does not take it: {reason}")),
        },
    }
}

async fn test(config: &Config, mailer: &Mailer, mail_to: Option<&str>) -> Result<String, String> {
    let Some(address) = mail_to else { return mailer.greet().await.map(|()| String::new()) };
    let message = delivery::test_message(mailer, &config.address(), address)?;
    let answer = mailer.send(&message).await.map_err(|failure| failure.reason)?;
    Ok(format!(" took a test to {address}: {answer}"))
}

/// Whether messages get through, and are taken up in time.
async fn messages(client: &Client) -> Finding {
    match health::messages(client).await {
        Ok((0, late)) if late <= LATE => Well("messages: none fails, and none is late".to_owned()),
        Ok((0, late)) => {
            Doubtful(format!("messages: one waits since {late} minutes: is kith serve running? look into its log"))
        }
        Ok((failing, _)) => Doubtful(format!(
            "messages: {failing} did not get through and are tried again: look into the log of kith serve"
        )),
        Err(_) => Doubtful("messages: this role cannot see them".to_owned()),
    }
}

async fn version(client: &Client) -> Result<Finding> {
    Ok(match health::version(client).await? {
        (version, true) => Well(format!("PostgreSQL: {version}")),
        (version, false) => Doubtful(format!(
            "PostgreSQL: {version} has known holes in row security: upgrade to 18.6, 17.11 or 16.15 at least"
        )),
    })
}

async fn migrations(client: &Client) -> Finding {
    match migrate::pending(client).await {
        Ok(pending) if pending.is_empty() => Well("migrations: all have run".to_owned()),
        Ok(pending) => Wrong(format!("migrations: {} are pending: run kith db migrate", pending.len())),
        Err(error) => Wrong(format!("migrations: {error:#}")),
    }
}

async fn row_security(client: &Client) -> Result<Finding> {
    let open = health::unguarded_tables(client).await?;
    Ok(if open.is_empty() {
        Well("row security: every table of a user's keeps users apart".to_owned())
    } else {
        Wrong(format!(
            "row security: {} do not keep users apart: stop kith and restore what was altered by hand",
            open.join(", ")
        ))
    })
}

async fn role(client: &Client) -> Finding {
    match bootstrap::refuse_stronger(client).await {
        Ok(()) => Well("role: what Kith serves as is bound by row security".to_owned()),
        Err(error) => Wrong(format!("role: {error:#}: name a role without these powers")),
    }
}

/// Whether the tables by month have a place for what is to come.
async fn months(client: &Client) -> Finding {
    match health::missing_months(client).await {
        Ok((missing, _)) if !missing.is_empty() => Wrong(format!(
            "months: {} have none for what comes next: start kith serve, which makes them, and look into its log",
            missing.join(", ")
        )),
        Ok((_, behind)) if !behind.is_empty() => Doubtful(
            "months: interactions dated behind all months lie in the last partition, and theirs are not made: that does no harm \
             while they are few; kith db partition interactions --revert, and again without it, sorts them in"
                .to_owned(),
        ),
        Ok(_) => Well("months: they are made ahead".to_owned()),
        Err(error) => Wrong(format!("months: {error:#}")),
    }
}

async fn jobs(client: &Client) -> Finding {
    match health::minutes_late(client).await {
        Ok(late) if late <= LATE => Well("jobs: none is late".to_owned()),
        Ok(late) => {
            Doubtful(format!("jobs: the oldest waits since {late} minutes: is kith serve running? look into its log"))
        }
        Err(_) => Doubtful("jobs: this role cannot see the queue".to_owned()),
    }
}
