//! Programs of others that read calendars: icalendar with recurring_ical_events, and vdirsyncer, which subscribes.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

/// Whether it is there; where it has to be it is.
fn is_there(program: &str, args: &[&str]) -> bool {
    let asked = Command::new(program).args(args).stdout(Stdio::null()).stderr(Stdio::null()).status();
    asked.is_ok_and(|status| status.success())
}

fn skip(what: &str) {
    assert!(std::env::var_os("KITH_REQUIRE_CALENDARS").is_none(), "there is no {what}");
    println!("skipped: no {what}");
}

/// The events of these days as icalendar reads them, which complains of nothing; none where it is not installed.
pub fn read(calendar: &str, days: [&str; 2]) -> Option<Vec<Value>> {
    let has_it = |python: &&str| is_there(python, &["-c", "import icalendar, recurring_ical_events"]);
    let Some(python) = ["python3", "/usr/bin/python3"].into_iter().find(has_it) else {
        skip("python3 with icalendar and recurring_ical_events");
        return None;
    };
    let mut child = Command::new(python)
        .args([concat!(env!("CARGO_MANIFEST_DIR"), "/tests/web/feeds/read.py"), days[0], days[1]])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(calendar.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    Some(lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

/// Has vdirsyncer bring a subscription up to date in a folder: what it keeps there then; none where it is not installed.
pub async fn subscribe(url: &str, folder: &Path) -> Option<Vec<String>> {
    if !is_there("vdirsyncer", &["--version"]) {
        skip("vdirsyncer");
        return None;
    }
    let config = format!(
        "[general]\nstatus_path = \"status\"\n[pair kith]\na = \"feed\"\nb = \"files\"\ncollections = null\n\
         [storage feed]\ntype = \"http\"\nurl = \"{url}\"\n[storage files]\ntype = \"filesystem\"\npath = \"files\"\nfileext = \".ics\"\n"
    );
    std::fs::write(folder.join("config"), config).unwrap();
    std::fs::create_dir_all(folder.join("files")).unwrap();
    for step in ["discover", "sync"] {
        // Not a command that waits: the server answers on this thread.
        let mut command = tokio::process::Command::new("vdirsyncer");
        let output = command.args(["-c", "config", step]).current_dir(folder).output().await.unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && !said.contains("error") && !said.contains("warning"), "{said}");
    }
    let files = std::fs::read_dir(folder.join("files")).unwrap();
    Some(files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect())
}
