//! The embedded PostgreSQL server: found or provisioned, initialised once, started with Kith and
//! stopped with it. It listens on a Unix socket only.

mod binaries;
mod identity;
mod settings;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

pub use binaries::Binaries;
use identity::Identity;

/// The superuser of the embedded cluster: only the bootstrap connects as it.
const SUPERUSER: &str = "postgres";
/// The longest socket path that every system takes, less the name of the socket file.
const LONGEST_SOCKET_FOLDER: usize = 90;
/// How long a start may take; recovery after a power cut is the long case.
const PATIENCE: Duration = Duration::from_secs(60);

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

/// A running server. Dropping it leaves the server running; [`Server::stop`] ends it.
#[derive(Debug)]
pub struct Server {
    socket_folder: PathBuf,
    data: PathBuf,
    password: String,
    binaries: Binaries,
    child: Option<Child>,
}

impl Server {
    /// Starts the server of this folder, or joins the one that already runs there: after a
    /// `kill -9` of Kith it does.
    ///
    /// # Errors
    /// When no binaries can be had, the cluster cannot be made, or the server does not come up.
    pub fn start(options: &Options) -> Result<Self> {
        let folder = prepare_folder(&options.folder)?;
        let identity = Identity::choose(options.user.as_deref())?;
        let binaries = Binaries::find(options.bin.as_deref(), &folder)?;
        identity.own(&folder)?;
        let data = folder.join("postgres");
        let password = password(&folder.join("postgres.password"), &identity)?;
        if !data.join("PG_VERSION").exists() {
            initialise(&binaries, &identity, &data, &folder.join("postgres.password"))?;
        }
        binaries.check_version(&data)?;
        let socket_folder = socket_folder(&folder, &identity)?;
        let mut server = Self { socket_folder, data, password, binaries, child: None };
        if !server.is_running() {
            server.spawn(options, &identity)?;
        }
        server.wait_until_ready()?;
        Ok(server)
    }

    /// The superuser's URL of `database`.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        let host: String =
            url::form_urlencoded::byte_serialize(self.socket_folder.as_os_str().as_encoded_bytes()).collect();
        format!("postgresql://{SUPERUSER}:{}@/{database}?host={host}", self.password)
    }

    /// The programs that belong to it: `pg_dump`, `psql`.
    #[must_use]
    pub fn binaries(&self) -> &Binaries {
        &self.binaries
    }

    /// Whether its postmaster lives.
    #[must_use]
    pub fn is_running(&self) -> bool {
        postmaster(&self.data).is_some_and(|pid| rustix::process::test_kill_process(pid).is_ok())
    }

    /// A fast shutdown: running statements are ended, nothing is lost.
    ///
    /// # Errors
    /// When the postmaster does not end in time.
    pub fn stop(mut self) -> Result<()> {
        let Some(pid) = postmaster(&self.data) else { return Ok(()) };
        rustix::process::kill_process(pid, rustix::process::Signal::INT).ok();
        let started = Instant::now();
        while rustix::process::test_kill_process(pid).is_ok() {
            // Our own child stays a zombie until it is waited for.
            if let Some(child) = &mut self.child
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

    fn spawn(&mut self, options: &Options, identity: &Identity) -> Result<()> {
        // A stale file would make the new postmaster refuse when its number was given to another process.
        fs::remove_file(self.data.join("postmaster.pid")).ok();
        let log = fs::File::create(self.data.join("server.log"))?;
        identity.own_file(&self.data.join("server.log"))?;
        let mut command = Command::new(self.binaries.program("postgres"));
        command.arg("-D").arg(&self.data).arg("-k").arg(&self.socket_folder);
        for (name, value) in settings::of_this_machine(options.connections, options.durable) {
            command.arg("-c").arg(format!("{name}={value}"));
        }
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).current_dir(&self.data);
        // Its own group: Ctrl-C in the terminal is for Kith, which then stops the server in order.
        command.process_group(0);
        identity.apply(&mut command);
        self.child = Some(command.spawn().context("starting PostgreSQL")?);
        Ok(())
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        let started = Instant::now();
        let is_ready = |data: &Path| {
            fs::read_to_string(data.join("postmaster.pid"))
                .is_ok_and(|text| text.lines().nth(7).is_some_and(|status| status.trim() == "ready"))
        };
        while !is_ready(&self.data) {
            if let Some(child) = &mut self.child
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

/// The process in a cluster's `postmaster.pid` (its first line).
fn postmaster(data: &Path) -> Option<rustix::process::Pid> {
    let text = fs::read_to_string(data.join("postmaster.pid")).ok()?;
    let pid: i32 = text.lines().next()?.trim().parse().ok()?;
    // A number that was given to another program since is not ours.
    let is_postgres = fs::read_to_string(format!("/proc/{pid}/cmdline"))
        .map_or(true, |line| line.contains("postgres") && line.contains(&*data.to_string_lossy()));
    if is_postgres { rustix::process::Pid::from_raw(pid) } else { None }
}

fn prepare_folder(folder: &Path) -> Result<PathBuf> {
    fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    Ok(folder.canonicalize()?)
}

fn password(path: &Path, identity: &Identity) -> Result<String> {
    if let Ok(known) = fs::read_to_string(path) {
        return Ok(known.trim().to_owned());
    }
    let fresh = crate::web::csrf::random_token();
    fs::write(path, &fresh)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
    identity.own_file(path)?;
    Ok(fresh)
}

fn initialise(binaries: &Binaries, identity: &Identity, data: &Path, password: &Path) -> Result<()> {
    // Into a folder of another name first: a start that was cut off leaves no half cluster behind.
    let unfinished = data.with_extension("unfinished");
    fs::remove_dir_all(&unfinished).ok();
    let mut command = Command::new(binaries.program("initdb"));
    command.arg("-D").arg(&unfinished).arg("-U").arg(SUPERUSER).arg("--pwfile").arg(password);
    // With --locale=C trigrams lose every accented letter.
    command.args(["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8"]);
    command.args(["--auth=scram-sha-256", "--no-instructions"]).stdin(Stdio::null());
    identity.apply(&mut command);
    let output = command.output().context("starting initdb")?;
    if !output.status.success() {
        bail!("initdb failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    fs::rename(&unfinished, data)?;
    Ok(())
}

/// The data folder itself, or, where its path is too long for a socket, a private folder named by its hash.
fn socket_folder(folder: &Path, identity: &Identity) -> Result<PathBuf> {
    if folder.as_os_str().len() <= LONGEST_SOCKET_FOLDER {
        return Ok(folder.to_owned());
    }
    let name = format!("kith-{}", &crate::web::csrf::hex(&Sha256::digest(folder.as_os_str().as_encoded_bytes()))[..16]);
    let base = if Path::new("/run").metadata().is_ok_and(|run| !run.permissions().readonly()) && identity.is_root() {
        Path::new("/run")
    } else {
        Path::new("/tmp")
    };
    let path = base.join(name);
    fs::create_dir_all(&path)?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700))?;
    identity.own_file(&path)?;
    Ok(path)
}

fn last_lines(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(5)..].join("; ")
}
