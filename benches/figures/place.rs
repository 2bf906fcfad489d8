//! Where it all runs: a data folder with a PostgreSQL of its own, and Kith as a process over it.

use std::fmt::Write;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use kith::db::Db;
use kith::postgres::{Options, Server};
use sha2::{Digest, Sha256};

use crate::client::{Connection, request};
use crate::folder::folder;
use crate::tenant;

/// The program that is measured, built with the profile of this benchmark.
pub const KITH: &str = env!("CARGO_BIN_EXE_kith");
/// pgbench's sixteen, Kith's eight, the job worker's and our own.
const CONNECTIONS: u16 = 60;

/// The data folder with its running PostgreSQL, durable as in production, and the generated tenants in it.
pub struct Place {
    pub folder: PathBuf,
    pub server: Server,
    /// As the superuser.
    pub admin_url: String,
    /// As `kith_app`, which row security binds.
    pub app_url: String,
    /// The session of the large tenant's owner.
    pub token: String,
    /// The session of the smallest tenant's owner.
    pub small_token: String,
}

impl Place {
    /// Starts the database; makes the tenants unless they stand there from an earlier run of the same sources.
    pub fn open() -> Result<Self> {
        let folder = folder("bench")?;
        let marker = folder.join("tenants");
        let sources = sources()?;
        let is_made = fs::read_to_string(&marker).is_ok_and(|then| still_serve(&then, &sources));
        if !is_made {
            clear(&folder)?;
        }
        run(Command::new(KITH).args(["db", "migrate", "--data-dir"]).arg(&folder))?;
        let server = start(&folder)?;
        let admin_url = server.url("kith");
        let app_url = app_url(&admin_url, fs::read_to_string(folder.join("app.password"))?.trim())?;
        let (token, small_token) = block_on(async {
            let db = Db::connect(&app_url, 2)?;
            if !is_made {
                let started = Instant::now();
                tenant::generate(&db, &tenant::admin(&admin_url).await?).await?;
                eprintln!("the tenants took {:.0} s", started.elapsed().as_secs_f64());
            }
            fs::write(&marker, &sources)?;
            Ok((tenant::session(&db, tenant::EMAIL).await?, tenant::session(&db, tenant::SMALL).await?))
        })?;
        Ok(Self { folder, server, admin_url, app_url, token, small_token })
    }

    /// Leaves the database, which stops it; the data folder.
    pub fn close(self) -> Result<PathBuf> {
        self.server.leave()?;
        Ok(self.folder)
    }

    /// Runs some SQL as the superuser; the first column of the first row, if there is one.
    pub fn sql(&self, sql: &str) -> Result<Option<String>> {
        block_on(async {
            let rows = tenant::admin(&self.admin_url).await?.simple_query(sql).await?;
            Ok(rows.iter().find_map(|row| match row {
                tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
                _ => None,
            }))
        })
    }
}

/// PostgreSQL in this folder, or the one that runs there.
pub fn start(folder: &Path) -> Result<Server> {
    Server::start(Options { folder: folder.to_owned(), bin: None, user: None, connections: CONNECTIONS, durable: true })
}

/// What the tenants depend on, a line for each file: the generator, the schema, and how documents and sort keys are made.
fn sources() -> Result<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in ["benches/figures/tenant", "migrations", "src/text", "src/contacts/documents.rs"] {
        collect(&root.join(folder), &mut files)?;
    }
    files.sort();
    let mut lines = String::new();
    for file in files {
        let hash = Sha256::digest(fs::read(&file)?);
        let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        writeln!(lines, "{hash} {}", file.strip_prefix(root)?.display())?;
    }
    Ok(lines)
}

/// Whether tenants made from the sources of `then` serve now: only migrations were added, which run on what is there.
fn still_serve(then: &str, now: &str) -> bool {
    let is_migration = |line: &str| line.split_once(" migrations/").is_some();
    then.lines().all(|line| now.lines().any(|other| other == line))
        && now.lines().all(|line| is_migration(line) || then.lines().any(|other| other == line))
        && !then.is_empty()
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            collect(&entry?.path(), files)?;
        }
    } else if path.exists() {
        files.push(path.to_owned());
    }
    Ok(())
}

/// Stops what runs in the folder and deletes its cluster; the programs stay.
fn clear(folder: &Path) -> Result<()> {
    fs::remove_file(folder.join("tenants")).ok();
    if folder.join("postgres/postmaster.pid").exists() {
        start(folder)?.leave()?;
    }
    if folder.join("postgres").exists() {
        fs::remove_dir_all(folder.join("postgres"))?;
    }
    Ok(())
}

/// The URL of what `kith_app` sees of a database.
pub fn app_url(admin_url: &str, password: &str) -> Result<String> {
    let (_, rest) = admin_url.split_once('@').context("a URL without a user")?;
    Ok(format!("postgresql://kith_app:{password}@{rest}"))
}

/// Runs a program to its end and returns what it printed.
pub fn run(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| absent(command, error))?;
    if !output.status.success() {
        bail!("{command:?} ended with {}: {}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Says which program is not there, where that is why it did not start.
fn absent(command: &Command, error: std::io::Error) -> anyhow::Error {
    let program = Path::new(command.get_program()).display();
    if error.kind() == std::io::ErrorKind::NotFound {
        return anyhow::anyhow!("{program} is not installed");
    }
    anyhow::Error::new(error).context(format!("starting {program}"))
}

/// A runtime for a moment.
pub fn block_on<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)
}

/// How a Kith is started.
#[derive(Default)]
pub struct How<'a> {
    /// A program that runs it, with its arguments.
    pub under: &'a [&'a str],
    /// Settings besides those that it needs.
    pub settings: &'a [(&'a str, &'a str)],
}

/// A running `kith serve`; killed when dropped.
pub struct Kith {
    pub port: u16,
    child: Child,
}

impl Kith {
    /// Starts it and waits until it answers.
    pub fn start(place: &Place, how: &How<'_>) -> Result<Self> {
        let mut kith = Self::spawn(&place.folder, how)?;
        kith.wait(&place.folder)?;
        Ok(kith)
    }

    /// Starts it.
    pub fn spawn(folder: &Path, how: &How<'_>) -> Result<Self> {
        let port = std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let mut words = how.under.iter().copied().chain([KITH, "serve"]);
        let mut command = Command::new(words.next().unwrap_or(KITH));
        command.args(words).arg("--listen").arg(format!("127.0.0.1:{port}")).arg("--data-dir").arg(folder);
        command.env_remove("DATABASE_URL").envs(how.settings.iter().copied());
        let log = File::create(folder.join("serve.log"))?;
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        Ok(Self { port, child: command.spawn().map_err(|error| absent(&command, error))? })
    }

    /// Waits until it and its database answer.
    pub fn wait(&mut self, folder: &Path) -> Result<()> {
        let started = Instant::now();
        loop {
            let answer = block_on(async { Connection::open(self.port).await?.get(&request("/readyz", "", &[])).await });
            if answer.is_ok_and(|reply| reply.status == 200) {
                return Ok(());
            }
            if self.child.try_wait()?.is_some() || started.elapsed() > Duration::from_secs(120) {
                bail!("kith does not answer: {}", fs::read_to_string(folder.join("serve.log")).unwrap_or_default());
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// A line of its status, such as `VmRSS`, in kilobytes.
    pub fn memory(&self, name: &str) -> Result<u64> {
        let text = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).context("no such line")?;
        Ok(line.trim().trim_end_matches(" kB").parse()?)
    }

    /// Ends it in order.
    pub fn stop(mut self) -> Result<()> {
        if let Some(pid) = rustix::process::Pid::from_raw(self.child.id().cast_signed()) {
            rustix::process::kill_process(pid, rustix::process::Signal::TERM)?;
        }
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Kith {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
