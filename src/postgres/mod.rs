//! The embedded PostgreSQL server: found or provisioned, initialised once, started with Kith and
//! stopped with it. It listens on a Unix socket only.

mod binaries;
mod cluster;
mod identity;
mod provision;
mod secret;
mod settings;
mod users;

use std::ffi::OsStr;
use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process, test_kill_process};

pub use binaries::Binaries;
use identity::Identity;
pub use secret::secret;
use users::{Starting, Usage};

/// The superuser of the embedded cluster: only the bootstrap connects as it.
const SUPERUSER: &str = "postgres";
/// How long a start may take; recovery after a power cut is the long case.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long the processes of a killed server may take to end.
const ORPHANS: Duration = Duration::from_secs(10);

/// How a server is run.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where its cluster, its binaries and its socket are.
    pub folder: PathBuf,
    /// `KITH_POSTGRES_BIN`: binaries to use instead of looking for some.
    pub bin: Option<PathBuf>,
    /// `KITH_POSTGRES_USER`: whom to run it as, when Kith is root.
    pub user: Option<String>,
    /// `max_connections`.
    pub connections: u16,
    /// False for tests only: a power cut may then lose the cluster.
    pub durable: bool,
}

/// A running server. Dropping it leaves the server running; [`Server::leave`] ends it, if nobody else uses it.
#[derive(Debug)]
pub struct Server {
    options: Options,
    identity: Identity,
    binaries: Binaries,
    folder: PathBuf,
    data: PathBuf,
    socket_folder: PathBuf,
    password: String,
    child: Mutex<Option<Child>>,
    usage: Usage,
}

impl Server {
    /// Starts the server of this folder, or joins the one that already runs there: that of another command,
    /// or one that outlived a `kill -9` of Kith.
    ///
    /// # Errors
    /// When no binaries can be had, the cluster cannot be made, or the server does not come up.
    pub fn start(options: Options) -> Result<Self> {
        let identity = Identity::choose(options.user.as_deref(), &options.folder.join("postgres"))?;
        let folder = cluster::prepare_folder(&options.folder, identity)?;
        let starting = Starting::begin(&folder)?;
        let usage = Usage::begin(&folder)?;
        let binaries = Binaries::find(options.bin.as_deref(), &folder)?;
        identity.check_way_to(&binaries.program("postgres"))?;
        let data = folder.join("postgres");
        let password_file = folder.join("postgres.password");
        let password = secret(&password_file)?;
        cluster::initialise(&binaries, identity, &data, &password_file)?;
        binaries.check_version(&data)?;
        let socket_folder = cluster::socket_folder(&data, identity)?;
        let mut server =
            Self { options, identity, binaries, folder, data, socket_folder, password, child: Mutex::default(), usage };
        server.come_up()?;
        // One that was found running says itself where it listens.
        if let Some(folder) = status_line(&server.data, 4).filter(|folder| !folder.is_empty()) {
            server.socket_folder = folder.into();
        }
        drop(starting);
        Ok(server)
    }

    /// The superuser's URL of `database`.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        let host: String =
            url::form_urlencoded::byte_serialize(self.socket_folder.as_os_str().as_encoded_bytes()).collect();
        format!("postgresql://{SUPERUSER}:{}@/{database}?host={host}", self.password)
    }

    /// One of its programs, such as `psql`, ready to connect to `database` as the superuser. By its
    /// environment: everybody on the machine can read a process's arguments.
    #[must_use]
    pub fn client_program(&self, name: &str, database: &str) -> Command {
        let mut command = Command::new(self.binaries.program(name));
        let settings: [(&str, &OsStr); 4] = [
            ("PGHOST", self.socket_folder.as_os_str()),
            ("PGUSER", OsStr::new(SUPERUSER)),
            ("PGPASSWORD", OsStr::new(&self.password)),
            ("PGDATABASE", OsStr::new(database)),
        ];
        command.envs(settings).env_remove("PGPORT").env_remove("PGSERVICE");
        command
    }

    /// Whether its postmaster lives.
    #[must_use]
    pub fn is_running(&self) -> bool {
        postmaster(&self.data).is_some_and(|pid| test_kill_process(pid).is_ok())
    }

    /// Starts it again after it died.
    ///
    /// # Errors
    /// As [`Server::start`].
    pub fn revive(&self) -> Result<()> {
        let _starting = Starting::begin(&self.folder)?;
        self.come_up()
    }

    /// Stops using the server. Whoever is the last shuts it down: running statements are ended, nothing is lost.
    ///
    /// # Errors
    /// When the postmaster does not end in time.
    pub fn leave(&self) -> Result<()> {
        if self.usage.is_last()? { self.stop() } else { Ok(()) }
    }

    fn stop(&self) -> Result<()> {
        let Some(pid) = postmaster(&self.data) else { return Ok(()) };
        kill_process(pid, Signal::INT).ok();
        let started = Instant::now();
        while test_kill_process(pid).is_ok() {
            // Our own child stays a zombie until it is waited for.
            if let Some(child) = &mut *self.child()
                && child.try_wait()?.is_some()
            {
                return Ok(());
            }
            if started.elapsed() > PATIENCE {
                bail!("PostgreSQL (process {}) does not stop", pid.as_raw_nonzero());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }

    fn child(&self) -> std::sync::MutexGuard<'_, Option<Child>> {
        self.child.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn come_up(&self) -> Result<()> {
        let started = Instant::now();
        loop {
            if !self.is_running() {
                *self.child() = Some(self.spawn()?);
            }
            match self.wait_until_ready() {
                // After a kill -9 of the postmaster alone its children need a moment to notice.
                Err(error) if started.elapsed() < ORPHANS && error.to_string().contains("shared memory block") => {
                    std::thread::sleep(Duration::from_millis(50));
                }
                outcome => return outcome,
            }
        }
    }

    fn spawn(&self) -> Result<Child> {
        // Our own child stays a zombie, whose number counts as taken, until it is waited for.
        if let Some(mut dead) = self.child().take() {
            dead.wait()?;
        }
        // Stale locks would make the new postmaster refuse where the number in them is that of a zombie which
        // nobody waits for, or was given to another process. A living one is still told by its shared memory.
        for stale in [self.data.join("postmaster.pid"), self.socket_folder.join(".s.PGSQL.5432.lock")] {
            fs::remove_file(stale).ok();
        }
        let log_file = self.data.join("server.log");
        let log = fs::File::create(&log_file)?;
        self.identity.give(&log_file)?;
        let mut command = Command::new(self.binaries.program("postgres"));
        command.arg("-D").arg(&self.data).arg("-k").arg(&self.socket_folder);
        for (name, value) in settings::of_this_machine(self.options.connections, self.options.durable) {
            command.arg("-c").arg(format!("{name}={value}"));
        }
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).current_dir(&self.data);
        // Its own group: Ctrl-C in the terminal is for Kith, which then stops the server in order.
        command.process_group(0);
        self.identity.apply(&mut command);
        command.spawn().context("starting PostgreSQL")
    }

    fn wait_until_ready(&self) -> Result<()> {
        let started = Instant::now();
        let is_ready = || status_line(&self.data, 7).is_some_and(|status| status == "ready");
        while !is_ready() {
            if let Some(child) = &mut *self.child()
                && let Some(status) = child.try_wait()?
            {
                bail!("PostgreSQL ended at its start ({status}): {}", last_lines(&self.data.join("server.log")));
            }
            if started.elapsed() > PATIENCE {
                bail!("PostgreSQL does not come up: {}", last_lines(&self.data.join("server.log")));
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }
}

/// Stops the server of a folder whose start is being given up.
///
/// # Errors
/// As [`Server::leave`].
pub fn abandon(folder: &Path) -> Result<()> {
    let data = folder.join("postgres");
    if let (Some(pid), Ok(usage)) = (postmaster(&data), Usage::begin(folder))
        && usage.is_last()?
    {
        kill_process(pid, Signal::INT).ok();
    }
    Ok(())
}

/// The process in a cluster's `postmaster.pid` (its first line).
fn postmaster(data: &Path) -> Option<Pid> {
    let pid: i32 = status_line(data, 0)?.parse().ok()?;
    // A number that was given to another program since is not ours.
    let is_postgres = fs::read_to_string(format!("/proc/{pid}/cmdline"))
        .map_or(!Path::new("/proc/self").exists(), |line| {
            line.contains("postgres") && line.contains(&*data.to_string_lossy())
        });
    if is_postgres { Pid::from_raw(pid) } else { None }
}

/// A line of `postmaster.pid`: 0 the process, 4 the folder of the socket, 7 the state.
fn status_line(data: &Path, number: usize) -> Option<String> {
    let text = fs::read_to_string(data.join("postmaster.pid")).ok()?;
    text.lines().nth(number).map(|line| line.trim().to_owned())
}

fn last_lines(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(5)..].join("; ")
}
