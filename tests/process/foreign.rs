//! A PostgreSQL of the operator's own, named by DATABASE_URL.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;

use kith::db::connect;
use kith::postgres::{Options, Server};

use crate::program::{Folder, Running, all_done, complaint};

/// A server that Kith has not made, with a role that may make roles and databases and no more.
struct Theirs {
    folder: Folder,
    server: Server,
}

impl Theirs {
    async fn start() -> Self {
        let folder = Folder::named("theirs");
        let options = Options { folder: folder.path(), bin: bin(&folder), user: None, connections: 30, durable: false };
        let server = Server::start(options).unwrap();
        let client = connect::client(&server.url("postgres")).await.unwrap();
        client.batch_execute("create role boot login createrole password 'boot'").await.unwrap();
        client.batch_execute("create database people owner boot").await.unwrap();
        let client = connect::client(&server.url("people")).await.unwrap();
        client.batch_execute("create extension vector").await.unwrap();
        Self { folder, server }
    }

    /// Its URL for a role whose password is its name.
    fn url(&self, role: &str) -> String {
        let url = self.server.url("people");
        let (_, place) = url.split_once('@').unwrap();
        format!("postgresql://{role}:{role}@{place}")
    }
}

impl Drop for Theirs {
    fn drop(&mut self) {
        let _ = self.server.leave();
        assert!(self.folder.postmaster().is_none() || std::thread::panicking());
    }
}

fn bin(folder: &Folder) -> Option<PathBuf> {
    folder.kith(&[]).get_envs().find(|(name, _)| *name == "KITH_POSTGRES_BIN").unwrap().1.map(Into::into)
}

fn kith(folder: &Folder, url: &str, arguments: &[&str]) -> Command {
    let mut command = folder.kith(arguments);
    command.env("DATABASE_URL", url);
    command
}

#[tokio::test]
async fn it_is_migrated_only_when_asked_by_a_role_without_superuser_and_served_as_the_weakest() {
    let theirs = Theirs::start().await;
    let folder = Folder::new();
    let boot = theirs.url("boot");
    let refused = complaint(kith(&folder, &boot, &[]), 1);
    assert!(refused.contains("start once with --migrate"), "{refused}");
    let running = Running::start(kith(&folder, &boot, &["--migrate"]));
    assert_eq!(running.get("/readyz").0, 200);
    let client = connect::client(&theirs.server.url("people")).await.unwrap();
    let serving = "select distinct usename::text from pg_stat_activity where datname = 'people' and pid <> pg_backend_pid() \
        and usename <> 'boot'";
    let roles: Vec<String> = client.query(serving, &[]).await.unwrap().iter().map(|row| row.get(0)).collect();
    assert_eq!(roles, ["kith_app"]);
    running.stop();
    assert!(!folder.path().join("postgres").exists(), "no server of its own is made");

    // Up to date it serves without the flag, from another data folder too.
    Running::start(kith(&Folder::new(), &boot, &[])).stop();

    // A URL that is kith_app already serves, and never migrates.
    client.batch_execute("alter role kith_app password 'kith_app'").await.unwrap();
    let app = theirs.url("kith_app");
    Running::start(kith(&folder, &app, &[])).stop();
    let mut only_app = folder.kith(&[]);
    only_app.env("KITH_DATABASE_APP_URL", &app);
    Running::start(only_app).stop();
    client.batch_execute("delete from __diesel_schema_migrations where version = (select max(version) from __diesel_schema_migrations)").await.unwrap();
    let refused = complaint(kith(&folder, &app, &["--migrate"]), 1);
    assert!(refused.contains("may not run them"), "{refused}");
}

#[tokio::test]
async fn several_that_are_asked_to_migrate_at_once_all_find_it_migrated() {
    let theirs = Theirs::start().await;
    let (folder, boot) = (Folder::new(), theirs.url("boot"));
    let printed = all_done((0..4).map(|_| kith(&folder, &boot, &["db", "migrate"])));
    assert!(printed.iter().all(|one| !one.contains("pending")), "{printed:?}");
    assert!(!folder.path().join("before-upgrade").exists(), "there was nothing to be saved");
    Running::start(kith(&folder, &boot, &[])).stop();
}

#[tokio::test]
async fn nothing_stronger_than_the_serving_role_is_served_as() {
    let theirs = Theirs::start().await;
    let folder = Folder::new();
    let boot = theirs.url("boot");
    Running::start(kith(&folder, &boot, &["--migrate"])).stop();
    let client = connect::client(&theirs.server.url("people")).await.unwrap();
    client
        .batch_execute(
            "create role strong login superuser password 'strong'; create role free login bypassrls password 'free'",
        )
        .await
        .unwrap();
    for role in ["strong", "free", "boot"] {
        let mut command = kith(&folder, &boot, &[]);
        command.env("KITH_DATABASE_APP_URL", theirs.url(role));
        let refused = complaint(command, 1);
        assert!(refused.contains(&format!("refusing to serve as {role}")), "{refused}");
    }
}

#[tokio::test]
async fn a_database_of_a_newer_kith_is_refused() {
    let theirs = Theirs::start().await;
    let folder = Folder::new();
    let boot = theirs.url("boot");
    Running::start(kith(&folder, &boot, &["--migrate"])).stop();
    let client = connect::client(&theirs.server.url("people")).await.unwrap();
    client.batch_execute("insert into __diesel_schema_migrations (version) values ('29991231000000')").await.unwrap();
    let refused = complaint(kith(&folder, &boot, &["--migrate"]), 1);
    assert!(refused.contains("was made by a newer Kith"), "{refused}");
}

/// A server that speaks no TLS: answers the first message with `N` and tells what came next.
fn without_tls() -> (u16, std::thread::JoinHandle<Vec<usize>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let serve = move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut sizes = Vec::new();
        let mut buffer = [0; 1024];
        while let Ok(size @ 1..) = stream.read(&mut buffer) {
            sizes.push(size);
            // The request for TLS has eight bytes; anything longer is a start that names the user in the clear.
            if size > 8 || stream.write_all(b"N").is_err() {
                break;
            }
        }
        sizes
    };
    (port, std::thread::spawn(serve))
}

#[tokio::test]
async fn sslmode_decides_whether_anything_is_said_in_the_clear() {
    for (mode, said_in_the_clear) in [("require", false), ("verify-full", false), ("prefer", true), ("disable", true)] {
        let (port, server) = without_tls();
        let url = format!("postgresql://ada:secret@127.0.0.1:{port}/k?sslmode={mode}");
        assert!(connect::client(&url).await.is_err());
        let sizes = server.join().unwrap();
        assert_eq!(sizes.iter().any(|size| *size > 8), said_in_the_clear, "{mode}: {sizes:?}");
    }
}

#[tokio::test]
async fn a_socket_needs_no_encryption_whatever_sslmode_says() {
    let database = crate::cluster::clone_database();
    let client = connect::client(&format!("{}&sslmode=verify-full", database.app_url)).await.unwrap();
    let role: String = client.query_one("select current_user::text", &[]).await.unwrap().get(0);
    assert_eq!(role, "kith_app");
}
