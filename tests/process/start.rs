//! Starting, stopping, dying and starting again.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use kith::db::{connect, migrate};
use kith::postgres::{Options, Server};
use rustix::process::{Signal, kill_process};

use crate::program::{Folder, Running, complaint};

#[test]
fn a_first_start_prints_a_link_that_alone_makes_the_first_account() {
    let folder = Folder::new();
    let kith = folder.serve();
    let link = kith.link.clone().unwrap();
    assert_eq!(kith.get(&link).0, 200);
    assert_eq!(kith.get("/signup").0, 404);
    let token = link.split_once("token=").unwrap().1;
    assert_eq!(token.len(), 64);
    kith.stop();
    // Another start makes another link, and the account uses it up.
    let kith = folder.serve();
    assert_eq!(kith.get(&link).0, 404);
    let link = kith.link.clone().unwrap();
    folder.add_user("ada@example.com");
    assert_eq!(kith.get(&link).0, 404);
    kith.stop();
    assert_eq!(folder.serve().link, None);
}

#[test]
fn ctrl_c_and_sigterm_end_everything_within_two_seconds() {
    let folder = Folder::new();
    for signal in [Signal::INT, Signal::TERM] {
        let mut kith = folder.serve();
        assert!(folder.postmaster().is_some());
        // A browser keeps its connection open, and a request that never ends must not keep Kith.
        let _kept = std::net::TcpStream::connect(kith.url.strip_prefix("http://").unwrap()).unwrap();
        let asked = Instant::now();
        kith.signal(signal);
        assert!(kith.ends().success());
        assert!(asked.elapsed() < Duration::from_secs(2), "{:?}", asked.elapsed());
        assert!(folder.postmaster().is_none());
    }
}

#[test]
fn after_a_kill_of_kith_the_next_start_joins_what_was_left() {
    let folder = Folder::new();
    folder.serve().killed();
    let left = folder.postmaster().unwrap();
    let kith = folder.serve();
    assert_eq!(folder.postmaster(), Some(left));
    assert_eq!(kith.get("/readyz").0, 200);
    kith.stop();
    assert!(folder.postmaster().is_none());
}

#[test]
fn postgresql_is_started_again_when_it_is_killed_under_kith() {
    let folder = Folder::new();
    let mut kith = folder.serve();
    kill_process(folder.postmaster().unwrap(), Signal::KILL).unwrap();
    kith.hears("PostgreSQL runs again");
    assert_eq!(kith.get("/readyz").0, 200);
    kith.stop();
    assert!(folder.postmaster().is_none());
}

#[test]
fn after_a_kill_of_both_the_next_start_finds_what_was_saved() {
    let folder = Folder::new();
    let kith = folder.serve();
    folder.add_user("ada@example.com");
    let postmaster = folder.postmaster().unwrap();
    kith.killed();
    kill_process(postmaster, Signal::KILL).unwrap();
    let kith = folder.serve();
    assert_eq!(kith.link, None);
    assert!(folder.done(&["user", "list"]).contains("ada@example.com"));
    kith.stop();
}

#[test]
fn a_taken_port_is_named_and_nothing_is_started() {
    let folder = Folder::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let complaint = folder.refused(1, &["--listen", &address]);
    assert!(complaint.contains(&format!("cannot listen on {address}")), "{complaint}");
    assert!(!folder.path().exists());
}

#[test]
fn a_second_server_on_a_data_folder_is_refused_and_the_first_goes_on() {
    let folder = Folder::new();
    let kith = folder.serve();
    let complaint = folder.refused(1, &["serve"]);
    assert!(complaint.contains("another kith serves"), "{complaint}");
    assert_eq!(kith.get("/readyz").0, 200);
}

#[test]
fn a_path_too_long_for_a_socket_is_no_hindrance() {
    let folder = Folder::named(&"a-long-name-".repeat(9));
    let kith = folder.serve();
    assert_eq!(kith.get("/readyz").0, 200);
    kith.stop();
    assert!(folder.postmaster().is_none());
}

#[test]
fn a_database_of_a_newer_kith_is_refused_and_left_alone() {
    let folder = Folder::new();
    folder.serve().stop();
    folder.done(&["db", "psql", "-c", "insert into __diesel_schema_migrations (version) values ('29991231000000')"]);
    let complaint = folder.refused(1, &[]);
    assert!(complaint.contains("was made by a newer Kith"), "{complaint}");
    assert!(folder.postmaster().is_none());
}

#[test]
fn a_cluster_of_another_postgresql_is_refused() {
    let folder = Folder::new();
    folder.serve().stop();
    std::fs::write(folder.path().join("postgres/PG_VERSION"), "15\n").unwrap();
    let complaint = folder.refused(1, &[]);
    assert!(complaint.contains("was made by PostgreSQL 15"), "{complaint}");
}

#[tokio::test]
async fn an_upgrade_of_a_database_that_holds_data_is_preceded_by_a_dump() {
    let folder = Folder::new();
    folder.serve().stop();
    folder.add_user("ada@example.com");
    assert!(!folder.path().join("before-upgrade").exists());
    take_the_last_migration_back(&folder).await;
    assert!(folder.done(&["db", "status"]).contains("pending"));
    assert!(folder.refused(1, &["doctor"]).contains("are wrong"));
    let kith = folder.serve();
    let dumps: Vec<_> = std::fs::read_dir(folder.path().join("before-upgrade")).unwrap().flatten().collect();
    assert_eq!(dumps.len(), 1);
    let dump = std::fs::read(dumps[0].path()).unwrap();
    assert!(dump.starts_with(b"PGDMP"));
    assert!(dump.windows(17).any(|bytes| bytes == b"COPY public.users"), "the dump holds no accounts");
    assert!(folder.done(&["user", "list"]).contains("ada@example.com"));
    assert!(!folder.done(&["db", "status"]).contains("pending"));
    kith.stop();
}

async fn take_the_last_migration_back(folder: &Folder) {
    let bin = folder.kith(&[]).get_envs().find(|(name, _)| *name == "KITH_POSTGRES_BIN").unwrap().1.map(Into::into);
    let options = Options { folder: folder.path(), bin, user: None, connections: 20, durable: true };
    let server = Server::start(options).unwrap();
    let mut client = connect::client(&server.url("kith")).await.unwrap();
    migrate::revert(&mut client, "kith", 1).await.unwrap();
    drop(client);
    server.leave().unwrap();
}

#[test]
fn somebody_elses_data_folder_is_named_as_such() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let folder = Folder::new();
    std::fs::create_dir(folder.path()).unwrap();
    let mut command = folder.kith(&[]);
    std::os::unix::process::CommandExt::uid(&mut command, 65534);
    let complaint = complaint(command, 1);
    assert!(complaint.contains(&*folder.path().to_string_lossy()), "{complaint}");
}

#[test]
fn a_client_that_never_finishes_its_request_is_let_go() {
    use std::io::{Read, Write};
    let folder = Folder::new();
    let kith = Running::start(folder.kith(&[]));
    let mut slow = std::net::TcpStream::connect(kith.url.strip_prefix("http://").unwrap()).unwrap();
    slow.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ").unwrap();
    slow.set_read_timeout(Some(Duration::from_secs(15))).unwrap();
    let mut answer = String::new();
    slow.read_to_string(&mut answer).unwrap();
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{answer}");
}
