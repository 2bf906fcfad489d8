//! What the subcommands do, beside a running server and without one.

use std::os::unix::fs::PermissionsExt;

use crate::program::Folder;

#[test]
fn accounts_are_kept_from_the_command_line_with_and_without_a_server() {
    let folder = Folder::new();
    folder.add_user("ada@example.com");
    assert!(folder.postmaster().is_none(), "a command stops what it started");
    let kith = folder.serve();
    folder.add_user("bob@example.com");
    assert_eq!(
        folder.done(&["user", "list"]),
        "ada@example.com\tAda\tadministrator\tfree\tnever used\nbob@example.com\tAda\t\tfree\tnever used\n",
        "the first account is the administrator"
    );
    folder.done(&["user", "promote", "bob@example.com"]);
    folder.done(&["user", "disable", "Ada@Example.com"]);
    let list = folder.done(&["user", "list"]);
    assert!(list.contains("ada@example.com\tAda\tadministrator, disabled"), "{list}");
    assert!(list.contains("bob@example.com\tAda\tadministrator\t"), "{list}");
    folder.done(&["user", "enable", "ada@example.com"]);
    assert!(!folder.done(&["user", "list"]).contains("disabled"));
    assert!(
        folder.refused(1, &["user", "disable", "nobody@example.com"]).contains("no account for nobody@example.com")
    );
    let again = folder.refused(1, &["user", "add", "ada@example.com", "--name", "Ada"]);
    assert!(again.contains("--password-stdin"), "{again}");
    assert_eq!(kith.get("/readyz").0, 200, "a command beside the server leaves it running");
}

#[test]
fn a_weak_password_is_refused_at_the_command_line_too() {
    let folder = Folder::new();
    for (password, reason) in [("short", "at least 8 characters"), ("password123", "among the first")] {
        let command = format!(
            "echo {password} | {} user add ada@example.com --name Ada --password-stdin",
            env!("CARGO_BIN_EXE_kith")
        );
        let mut shell = folder.kith(&[]);
        let envs: Vec<_> =
            shell.get_envs().filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned()))).collect();
        shell = std::process::Command::new("sh");
        shell.args(["-c", &command]).env_clear().envs(envs);
        let complaint = crate::program::complaint(shell, 1);
        assert!(complaint.contains(reason), "{complaint}");
    }
}

#[test]
fn the_databases_state_is_shown_and_its_shell_opened() {
    let folder = Folder::new();
    let migrated = folder.done(&["db", "migrate"]);
    assert!(migrated.lines().all(|line| line.starts_with("ran\t")), "{migrated}");
    assert_eq!(folder.done(&["db", "status"]), migrated);
    let answer = folder.done(&["db", "psql", "-At", "-c", "select current_user, current_database()"]);
    assert_eq!(answer, "postgres|kith\n");
    folder.refused(1, &["db", "psql", "-c", "select * from no_such_table"]);
}

#[test]
fn commands_that_are_started_at_once_all_do_what_they_should() {
    let folder = Folder::new();
    // On an empty folder, on one that is whole with nothing running, and beside a server.
    let first = folder.done_at_once(8, &["db", "migrate"]);
    assert!(first.iter().all(|one| one.lines().count() > 10 && !one.contains("pending")), "{first:?}");
    assert!(folder.postmaster().is_none(), "the last one stops what the first started");
    assert_eq!(folder.done_at_once(8, &["db", "migrate"]), first);
    folder.add_user("ada@example.com");
    let kith = folder.serve();
    for list in folder.done_at_once(8, &["user", "list"]) {
        assert!(list.starts_with("ada@example.com\t"), "{list}");
    }
    assert_eq!(kith.get("/readyz").0, 200);
    assert!(!folder.path().join("before-upgrade").exists(), "nobody took another's first migrations for an upgrade");
}

#[test]
fn a_large_table_is_kept_by_month_and_made_flat_again_beside_the_server() {
    let folder = Folder::new();
    folder.add_user("ada@example.com");
    let kith = folder.serve();
    let partition = |options: &[&str]| folder.done(&[&["db", "partition", "interactions"], options].concat());
    let plan = partition(&["--dry-run"]);
    assert!(
        plan.contains("are kept in one table.\nAll of it becomes the first partition, unchanged; from 2"),
        "{plan}"
    );
    assert!(partition(&["--revert"]).ends_with("That is done already.\n"));
    assert_eq!(partition(&["--dry-run"]), plan, "neither changed anything");
    let done = partition(&[]);
    assert!(done.contains("Done. Writers waited for ") && done.ends_with(" ms at most.\n"), "{done}");
    let again = partition(&[]);
    assert!(again.ends_with("are kept by month.\nThat is done already.\n"), "{again}");
    assert!(folder.done(&["doctor"]).contains("ok     months: they are made ahead"));
    assert!(partition(&["--revert", "--dry-run"]).contains("It becomes one flat table"));
    assert!(partition(&["--revert"]).contains("Done."));
    assert_eq!(partition(&["--dry-run"]), plan, "bytes, rows and shape are what they were");
    assert_eq!(kith.get("/readyz").0, 200);
    folder.refused(2, &["db", "partition", "contacts"]);
}

#[test]
fn the_doctor_finds_a_sound_instance_sound_and_says_what_is_wrong_with_others() {
    let folder = Folder::new();
    assert!(folder.refused(1, &["doctor"]).contains("start kith once"));
    folder.serve().stop();
    let sound = folder.done(&["doctor"]);
    for subject in [
        "data folder",
        "disk",
        "settings",
        "PostgreSQL",
        "migrations",
        "row security",
        "jobs",
        "months",
        "messages",
        "role",
    ] {
        assert!(sound.lines().any(|line| line.starts_with("ok") && line.contains(subject)), "{subject}: {sound}");
    }
    assert!(sound.contains("warn   mail: reminders are sent to nobody"), "{sound}");
    let mut mailing = folder.kith(&["doctor"]);
    let output = mailing.env("KITH_SMTP_URL", "smtp://ada:secret@127.0.0.1:1").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("wrong  mail: 127.0.0.1:1 from Kith <kith@localhost> does not take it"), "{text}");
    assert!(!text.contains("secret"), "{text}");
    let asked = |sql: &str| {
        folder.done(&["db", "psql", "-c", sql]);
        let output = folder.run(&["doctor"]);
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, text) = asked("insert into jobs (kind, run_at) values ('x', now() - interval '2 hours')");
    assert!(code == Some(0) && text.contains("warn   jobs: the oldest waits since 120 minutes"), "{text}");
    let (code, text) = asked(
        "with made as (insert into users (email, full_name) values ('ada@example.com', 'Ada') returning id) \
         insert into deliveries (user_id, channel, due_at, next_try_at) select id, 'email', now(), now() - interval '2 hours' from made",
    );
    assert!(code == Some(0) && text.contains("warn   messages: one waits since 120 minutes"), "{text}");
    let (code, text) = asked(
        "with tried as (update deliveries set attempts = 1, next_try_at = now() + interval '1 hour' returning *) \
         insert into delivery_attempts (user_id, delivery_id, number, outcome, ended_at) select user_id, id, 1, 'refused', now() from tried",
    );
    assert!(code == Some(0) && text.contains("warn   messages: 1 did not get through"), "{text}");
    let (code, text) = asked("alter table contacts disable row level security");
    assert!(code == Some(1) && text.contains("wrong  row security: contacts do not keep users apart"), "{text}");
    let (code, text) = asked("alter role kith_app bypassrls");
    assert!(code == Some(1) && text.contains("wrong  role: refusing to serve as kith_app"), "{text}");
    std::fs::set_permissions(folder.path().join("app.password"), std::fs::Permissions::from_mode(0o644)).unwrap();
    let text = String::from_utf8(folder.run(&["doctor"]).stdout).unwrap();
    assert!(text.contains("chmod 600"), "{text}");
}

#[test]
fn what_kith_keeps_is_for_its_owner_only() {
    let folder = Folder::new();
    folder.serve().stop();
    let mode = |name: &str| folder.path().join(name).metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("") & 0o066, 0);
    for name in ["app.password", "postgres.password", "serving"] {
        assert_eq!(mode(name), 0o600, "{name}");
    }
    assert_eq!(mode("postgres"), 0o700);
}
