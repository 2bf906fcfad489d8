//! Every setting, read once from the environment and the command line. The comment on a field is its manual.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;
use ipnetwork::IpNetwork;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::limits::{Limits, Tiers};
use crate::outgoing::{Caller, Mailer};
use crate::web::site::{SignUp, Site};

/// The settings of this process.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Settings of the instance")]
pub struct Config {
    /// Address and port to listen on.
    #[arg(long, env = "KITH_LISTEN", default_value = "127.0.0.1:8080", global = true)]
    pub listen: SocketAddr,
    /// Where the embedded database and uploads are kept. Default: /var/lib/kith for root, else $XDG_DATA_HOME/kith.
    #[arg(long, env = "KITH_DATA_DIR", global = true)]
    pub data_dir: Option<PathBuf>,
    /// A PostgreSQL 16+ to use instead of the embedded one, as a role that may make roles and extensions.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, global = true)]
    pub database_url: Option<SecretString>,
    /// A file that holds the database URL.
    #[arg(long, env = "DATABASE_URL_FILE", global = true)]
    pub database_url_file: Option<PathBuf>,
    /// The same database as the role that Kith serves as; without it Kith gives that role a password of its own.
    #[arg(long, env = "KITH_DATABASE_APP_URL", hide_env_values = true, global = true)]
    pub database_app_url: Option<SecretString>,
    /// A file that holds that URL.
    #[arg(long, env = "KITH_DATABASE_APP_URL_FILE", global = true)]
    pub database_app_url_file: Option<PathBuf>,
    /// Migrate a database named by DATABASE_URL, after a dump of it; the embedded one is always migrated.
    #[arg(long, env = "KITH_MIGRATE", global = true)]
    pub migrate: bool,
    /// Migrate it even though Kith can make no dump of it first: you have made one yourself.
    #[arg(long, env = "KITH_MIGRATE_WITHOUT_DUMP", global = true)]
    pub migrate_without_dump: bool,
    /// Where browsers reach Kith, such as https://kith.example; required unless it listens on loopback.
    #[arg(long, env = "KITH_URL", global = true)]
    pub url: Option<Url>,
    /// Networks of reverse proxies whose X-Forwarded-For is believed, separated by commas.
    #[arg(long, env = "KITH_TRUSTED_PROXIES", value_delimiter = ',', global = true)]
    pub trusted_proxies: Vec<IpNetwork>,
    /// Who may sign up once there is an administrator: everybody, whoever has an invitation, or nobody.
    #[arg(long, env = "KITH_SIGN_UP", default_value = "closed", value_parser = ["open", "invite", "closed"], global = true)]
    pub sign_up: String,
    /// The time zone that sign-up proposes.
    #[arg(long, env = "KITH_TIMEZONE", default_value = "UTC", global = true)]
    pub timezone: chrono_tz::Tz,
    /// Days after which an unused session ends.
    #[arg(long, env = "KITH_SESSION_IDLE_DAYS", default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=365), global = true)]
    pub session_idle_days: u16,
    /// Days after which any session ends.
    #[arg(long, env = "KITH_SESSION_DAYS", default_value_t = 180, value_parser = clap::value_parser!(u16).range(1..=365), global = true)]
    pub session_days: u16,
    /// Megabytes of the largest file that may be uploaded.
    #[arg(long, env = "KITH_UPLOAD_MEGABYTES", default_value_t = 200, value_parser = clap::value_parser!(u16).range(1..=4096), global = true)]
    pub upload_megabytes: u16,
    /// Days after which what lies in the trash is deleted.
    #[arg(long, env = "KITH_TRASH_DAYS", default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=3650), global = true)]
    pub trash_days: u16,
    /// Months for which the history is kept, and undo with it; this month besides. Without it all of it is kept.
    #[arg(long, env = "KITH_AUDIT_RETENTION_MONTHS", value_parser = clap::value_parser!(u16).range(1..=1200), global = true)]
    pub audit_retention_months: Option<u16>,
    /// What an account of the tier free may hold, such as contacts=1000,imports=5,megabytes=200: people, imports a day,
    /// storage. What is not named is unlimited.
    #[arg(long, env = "KITH_LIMITS_FREE", default_value = "", global = true)]
    pub limits_free: Limits,
    /// The same for the tier pro.
    #[arg(long, env = "KITH_LIMITS_PRO", default_value = "", global = true)]
    pub limits_pro: Limits,
    /// The same for the tier team.
    #[arg(long, env = "KITH_LIMITS_TEAM", default_value = "", global = true)]
    pub limits_team: Limits,
    /// The mail server that reminders go through: smtps://name:password@host, or smtp://host with STARTTLS; ?tls=none
    /// without. Without it nothing is mailed.
    #[arg(long, env = "KITH_SMTP_URL", hide_env_values = true, global = true)]
    pub smtp_url: Option<SecretString>,
    /// A file that holds that URL.
    #[arg(long, env = "KITH_SMTP_URL_FILE", global = true)]
    pub smtp_url_file: Option<PathBuf>,
    /// From whom mail is, such as Kith <kith@kith.example>. Default: kith at the host of KITH_URL.
    #[arg(long, env = "KITH_MAIL_FROM", global = true)]
    pub mail_from: Option<String>,
    /// Let webhooks and ntfy lead to private addresses, such as a program beside Kith: whoever has an account may then
    /// make Kith call whatever listens there.
    #[arg(long, env = "KITH_PRIVATE_ADDRESSES", global = true)]
    pub private_addresses: bool,
    /// Database connections.
    #[arg(long, env = "KITH_POOL_SIZE", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=200), global = true)]
    pub pool_size: u16,
    /// A folder of PostgreSQL's programs to use.
    #[arg(long, env = "KITH_POSTGRES_BIN", global = true)]
    pub postgres_bin: Option<PathBuf>,
    /// The user that PostgreSQL runs as when Kith is root.
    #[arg(long, env = "KITH_POSTGRES_USER", global = true)]
    pub postgres_user: Option<String>,
    /// What the names of Kith's database roles begin with; separates instances of one cluster.
    #[arg(long, env = "KITH_ROLE_PREFIX", default_value = "kith", value_parser = role_prefix, global = true)]
    pub role_prefix: String,
    /// What is logged, such as info or kith=debug.
    #[arg(long, env = "KITH_LOG", default_value = "info", global = true)]
    pub log: String,
    /// How it is logged.
    #[arg(long, env = "KITH_LOG_FORMAT", default_value = "text", value_parser = ["text", "json"], global = true)]
    pub log_format: String,
}

fn role_prefix(text: &str) -> Result<String, String> {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let starts_well = text.starts_with(|c: char| c.is_ascii_lowercase());
    if starts_well && text.len() <= 40 && text.chars().all(is_plain) {
        return Ok(text.to_owned());
    }
    Err("use lower-case letters, digits and _, a letter first".to_owned())
}

impl Config {
    /// What clap cannot check by itself.
    ///
    /// # Errors
    /// With the name of the setting that is wrong or missing.
    pub fn check(&self) -> Result<()> {
        if self.url.is_none() && !self.listen.ip().is_loopback() {
            bail!("KITH_URL is required when Kith listens on {}, which is no loopback address", self.listen);
        }
        if let Some(url) = &self.url
            && !matches!(url.scheme(), "http" | "https")
        {
            bail!("KITH_URL must begin with https:// or http://, and is {url}");
        }
        if let Some(url) = self.url.as_ref().filter(|url| url.path() != "/" || url.query().is_some()) {
            bail!("KITH_URL must name a host and no path, for Kith has a host of its own, and is {url}");
        }
        Ok(())
    }

    /// The data folder.
    ///
    /// # Errors
    /// When there is no home to put it in.
    pub fn data_dir(&self) -> Result<PathBuf> {
        if let Some(folder) = &self.data_dir {
            return Ok(folder.clone());
        }
        if rustix::process::geteuid().is_root() {
            return Ok(PathBuf::from("/var/lib/kith"));
        }
        let home = variable("XDG_DATA_HOME")
            .map(PathBuf::from)
            .or_else(|| Some(PathBuf::from(variable("HOME")?).join(".local/share")));
        Ok(home.context("KITH_DATA_DIR is not set, and neither is HOME")?.join("kith"))
    }

    /// The URL of somebody's PostgreSQL, if one is named; where only the serving role's is, that one.
    ///
    /// # Errors
    /// When the file that should hold it cannot be read.
    pub fn database_url(&self) -> Result<Option<SecretString>> {
        match url_of(self.database_url.as_ref(), self.database_url_file.as_deref(), "DATABASE_URL")? {
            None => self.database_app_url(),
            named => Ok(named),
        }
    }

    /// The URL of the role that Kith serves as, if one is named.
    ///
    /// # Errors
    /// As [`Config::database_url`].
    pub fn database_app_url(&self) -> Result<Option<SecretString>> {
        let file = self.database_app_url_file.as_deref();
        url_of(self.database_app_url.as_ref(), file, "KITH_DATABASE_APP_URL")
    }

    /// What pages need to know of the server.
    ///
    /// # Errors
    /// As [`Config::data_dir`].
    pub fn site(&self, setup_token: Option<String>) -> Result<Site> {
        let days = |days: u16| Duration::from_secs(u64::from(days) * 86_400);
        Ok(Site {
            url: self.url.clone(),
            trusted_proxies: self.trusted_proxies.clone(),
            sign_up: match self.sign_up.as_str() {
                "open" => SignUp::Open,
                "invite" => SignUp::Invite,
                _ => SignUp::Closed,
            },
            setup_token,
            time_zone: self.timezone,
            idle: days(self.session_idle_days),
            absolute: days(self.session_days),
            data_dir: self.data_dir()?,
            upload_limit: u64::from(self.upload_megabytes) << 20,
            trash_days: self.trash_days,
            history_months: self.audit_retention_months,
            mailer: self.mailer()?,
            caller: Caller::new(self.private_addresses),
        })
    }

    /// How reminders are mailed, if they are.
    ///
    /// # Errors
    /// When the setting names no mail server, or its file cannot be read.
    pub fn mailer(&self) -> Result<Option<Mailer>> {
        let Some(url) = secret_of(self.smtp_url.as_ref(), self.smtp_url_file.as_deref(), "KITH_SMTP_URL")? else {
            return Ok(None);
        };
        let host = self.url.as_ref().and_then(Url::host_str).unwrap_or("localhost");
        let from = self.mail_from.clone().unwrap_or_else(|| format!("Kith <kith@{host}>"));
        Mailer::new(url.expose_secret(), &from).context("KITH_SMTP_URL").map(Some)
    }

    /// What accounts may hold, by their tier.
    #[must_use]
    pub fn tiers(&self) -> Tiers {
        Tiers { free: self.limits_free, pro: self.limits_pro, team: self.limits_team }
    }

    /// Where a browser finds it.
    #[must_use]
    pub fn address(&self) -> String {
        self.url
            .as_ref()
            .map_or_else(|| format!("http://{}", self.listen), |url| url.as_str().trim_end_matches('/').to_owned())
    }

    /// The settings in force, secrets hidden: what `kith config` prints.
    ///
    /// # Errors
    /// As [`Config::data_dir`].
    pub fn lines(&self) -> Result<Vec<(&'static str, String)>> {
        let path = |path: &Option<PathBuf>| path.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
        let secret = |secret: &Option<SecretString>| secret.as_ref().map_or("", |_| "(hidden)").to_owned();
        Ok(vec![
            ("KITH_LISTEN", self.listen.to_string()),
            ("KITH_DATA_DIR", self.data_dir()?.display().to_string()),
            ("DATABASE_URL", secret(&self.database_url)),
            ("DATABASE_URL_FILE", path(&self.database_url_file)),
            ("KITH_DATABASE_APP_URL", secret(&self.database_app_url)),
            ("KITH_DATABASE_APP_URL_FILE", path(&self.database_app_url_file)),
            ("KITH_MIGRATE", self.migrate.to_string()),
            ("KITH_MIGRATE_WITHOUT_DUMP", self.migrate_without_dump.to_string()),
            ("KITH_URL", self.url.as_ref().map(Url::to_string).unwrap_or_default()),
            (
                "KITH_TRUSTED_PROXIES",
                self.trusted_proxies.iter().map(IpNetwork::to_string).collect::<Vec<_>>().join(","),
            ),
            ("KITH_SIGN_UP", self.sign_up.clone()),
            ("KITH_TIMEZONE", self.timezone.name().to_owned()),
            ("KITH_SESSION_IDLE_DAYS", self.session_idle_days.to_string()),
            ("KITH_SESSION_DAYS", self.session_days.to_string()),
            ("KITH_UPLOAD_MEGABYTES", self.upload_megabytes.to_string()),
            ("KITH_TRASH_DAYS", self.trash_days.to_string()),
            (
                "KITH_AUDIT_RETENTION_MONTHS",
                self.audit_retention_months.map_or_else(String::new, |months| months.to_string()),
            ),
            ("KITH_LIMITS_FREE", self.limits_free.to_string()),
            ("KITH_LIMITS_PRO", self.limits_pro.to_string()),
            ("KITH_LIMITS_TEAM", self.limits_team.to_string()),
            ("KITH_SMTP_URL", secret(&self.smtp_url)),
            ("KITH_SMTP_URL_FILE", path(&self.smtp_url_file)),
            ("KITH_MAIL_FROM", self.mail_from.clone().unwrap_or_default()),
            ("KITH_PRIVATE_ADDRESSES", self.private_addresses.to_string()),
            ("KITH_POOL_SIZE", self.pool_size.to_string()),
            ("KITH_POSTGRES_BIN", path(&self.postgres_bin)),
            ("KITH_POSTGRES_USER", self.postgres_user.clone().unwrap_or_default()),
            ("KITH_ROLE_PREFIX", self.role_prefix.clone()),
            ("KITH_LOG", self.log.clone()),
            ("KITH_LOG_FORMAT", self.log_format.clone()),
        ])
    }
}

/// A database's URL, which the setting `variable` or the file named by `variable_FILE` holds.
fn url_of(value: Option<&SecretString>, file: Option<&Path>, variable: &str) -> Result<Option<SecretString>> {
    let Some(url) = secret_of(value, file, variable)? else { return Ok(None) };
    if !["postgresql://", "postgres://"].iter().any(|scheme| url.expose_secret().starts_with(scheme)) {
        anyhow::bail!("{variable} must be a URL, such as postgresql://name:password@host/kith");
    }
    Ok(Some(url))
}

/// What the setting `variable` or the file named by `variable_FILE` holds.
fn secret_of(value: Option<&SecretString>, file: Option<&Path>, variable: &str) -> Result<Option<SecretString>> {
    match (value, file) {
        (Some(value), _) => Ok(Some(value.clone())),
        (None, None) => Ok(None),
        (None, Some(file)) => {
            let text =
                std::fs::read_to_string(file).with_context(|| format!("{variable}_FILE names {}", file.display()))?;
            Ok(Some(text.trim().to_owned().into()))
        }
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
