//! The tests' own PostgreSQL: one server in `target/`, shared by all test processes, and a database
//! for each test, cloned from a template that is migrated once.

mod folder;

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use chrono::{Datelike, Months, NaiveTime, Utc};
use kith::db::{bootstrap, connect, migrate, partition};
use kith::postgres::{Options, Server};
use sha2::{Digest, Sha256};

const APP_PASSWORD: &str = "only-for-tests";

struct Cluster {
    admin_url: String,
    template: String,
    /// Held shared while this process lives: the watchdog stops the server when nobody holds it.
    _users: File,
}

/// A database of one test's own; dropped with it.
pub struct TestDatabase {
    name: String,
    /// As the superuser.
    pub admin_url: String,
    /// As `kith_app`, which row-level security binds.
    pub app_url: String,
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let name = self.name.clone();
        let url = cluster().admin_url.clone();
        let drop = move || {
            block_on(async {
                let client = connect::client(&url).await?;
                Ok(client.batch_execute(&format!("drop database if exists {name} with (force)")).await?)
            })
        };
        // On a thread of its own: a test's runtime may be the one that is being dropped.
        let _ = std::thread::spawn(drop).join();
    }
}

/// A fresh copy of the migrated template.
pub fn clone_database() -> TestDatabase {
    let cluster = cluster();
    let name = format!("t_{}", uuid::Uuid::now_v7().simple());
    let (admin, template, copy) = (cluster.admin_url.clone(), cluster.template.clone(), name.clone());
    let make = move || {
        block_on(async {
            let client = connect::client(&admin).await?;
            Ok(client.batch_execute(&format!("create database {copy} template {template}")).await?)
        })
    };
    std::thread::spawn(make).join().unwrap().unwrap();
    let admin_url = cluster.admin_url.replace("/postgres?", &format!("/{name}?"));
    let app_url = admin_url.replacen(&credentials(&admin_url), &format!("kith_app:{APP_PASSWORD}"), 1);
    TestDatabase { name, admin_url, app_url }
}

fn credentials(url: &str) -> String {
    let rest = url.strip_prefix("postgresql://").unwrap();
    rest[..rest.find('@').unwrap()].to_owned()
}

fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)
}

fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(|| std::thread::spawn(|| join_or_start().unwrap()).join().unwrap())
}

fn join_or_start() -> anyhow::Result<Cluster> {
    let folder = folder::folder("test-postgres")?;
    let users = open(&folder.join("users"))?;
    users.lock_shared()?;
    let starting = open(&folder.join("starting"))?;
    starting.lock()?;
    let options = Options { folder: folder.clone(), bin: None, user: None, connections: 200, durable: false };
    let was_running = fs::read_to_string(folder.join("postgres/postmaster.pid")).ok();
    let server = Server::start(options)?;
    let admin_url = server.url("postgres");
    let pid = fs::read_to_string(folder.join("postgres/postmaster.pid"))?;
    if was_running.as_ref() != Some(&pid) {
        watch(&folder, pid.lines().next().unwrap_or_default())?;
    }
    let template = block_on(template(&admin_url))?;
    starting.unlock()?;
    Ok(Cluster { admin_url, template, _users: users })
}

fn open(path: &Path) -> anyhow::Result<File> {
    Ok(File::options().create(true).truncate(false).write(true).open(path)?)
}

/// Stops the server once no test process holds `users`.
fn watch(folder: &Path, pid: &str) -> anyhow::Result<()> {
    let script = "while sleep 10; do flock -n -x \"$1\" sh -c \"kill -INT $2; while kill -0 $2 2>/dev/null; do sleep 0.1; done\" && exit; done";
    let mut command = Command::new("sh");
    command.args(["-c", script, "watch"]).arg(folder.join("users")).arg(pid);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.spawn()?;
    Ok(())
}

/// The migrated database that tests clone, named by what its migrations say.
async fn template(admin_url: &str) -> anyhow::Result<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let mut hash = Sha256::new();
    for name in migrate::known().values() {
        hash.update(fs::read(folder.join(name).join("up.sql"))?);
    }
    let hash: String = hash.finalize()[..6].iter().map(|b| format!("{b:02x}")).collect();
    let by_month = std::env::var_os("KITH_TEST_PARTITIONED").is_some();
    let hash = if by_month { format!("{hash}_by_month") } else { hash };
    let name = format!("template_{hash}");
    let server = connect::client(admin_url).await?;
    if server.query_opt("select from pg_database where datname = $1", &[&name]).await?.is_some() {
        return Ok(name);
    }
    let unfinished = format!("unfinished_{hash}");
    server.batch_execute(&format!("drop database if exists {unfinished} with (force)")).await?;
    server.batch_execute(&format!("create database {unfinished}")).await?;
    let mut client = connect::client(&admin_url.replace("/postgres?", &format!("/{unfinished}?"))).await?;
    bootstrap::run(&client, "kith", APP_PASSWORD).await?;
    migrate::run(&mut client, "kith").await?;
    if by_month {
        // Amid what tests write, so that it lies on both sides and moves across.
        let begin = Utc::now() - Months::new(5);
        let cutoff = begin.date_naive().with_day(1).unwrap_or_default().and_time(NaiveTime::MIN).and_utc();
        partition::partition(&mut client, "kith", cutoff).await?;
    }
    drop(client);
    // The connection's other half ends a moment later; a rename waits for nobody, so the last sessions are ended.
    let end = format!("select pg_terminate_backend(pid) from pg_stat_activity where datname = '{unfinished}'");
    server.batch_execute(&end).await?;
    for _ in 0..100 {
        let rename = format!("alter database {unfinished} rename to {name}");
        if server.batch_execute(&rename).await.is_ok() {
            return Ok(name);
        }
        server.batch_execute("select pg_sleep(0.05)").await?;
    }
    anyhow::bail!("the template database stays in use")
}
