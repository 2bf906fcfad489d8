//! A real mail server on loopback: aiosmtpd, as a process that fails as often as a test says.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use serde_json::Value;

/// The server. It ends with the test.
pub struct MailServer {
    child: Child,
    orders: ChildStdin,
    steps: Receiver<Value>,
    /// Where it listens, as `KITH_SMTP_URL` says it.
    pub url: String,
    /// What it accepted so far.
    pub accepted: Vec<Value>,
}

impl MailServer {
    /// One that fails as often as `failing`, from 0 to 1; none where there is no aiosmtpd.
    pub fn start(failing: f32) -> Option<Self> {
        Self::start_with(&[&failing.to_string()])
    }

    /// One that is told so how to fail; with `ascii` behind it takes no address outside ASCII.
    pub fn start_with(arguments: &[&str]) -> Option<Self> {
        let has_it = |python: &&str| {
            let asked = Command::new(python).args(["-c", "import aiosmtpd"]).stderr(Stdio::null()).status();
            asked.is_ok_and(|status| status.success())
        };
        let Some(python) = ["python3", "/usr/bin/python3"].into_iter().find(has_it) else {
            assert!(std::env::var_os("KITH_REQUIRE_SMTP").is_none(), "there is no aiosmtpd");
            println!("skipped: no python3 with aiosmtpd");
            return None;
        };
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/smtp/server.py");
        let mut child = Command::new(python)
            .arg(script)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let orders = child.stdin.take().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let url = format!("smtp://127.0.0.1:{}", lines.next().unwrap());
        let (sender, steps) = channel();
        std::thread::spawn(move || {
            for line in lines {
                if sender.send(serde_json::from_str(&line).unwrap()).is_err() {
                    return;
                }
            }
        });
        Some(Self { child, orders, steps, url, accepted: Vec::new() })
    }

    /// From now on it fails as often as this.
    pub fn fail(&mut self, failing: f32) {
        writeln!(self.orders, "{failing}").unwrap();
    }

    /// Waits for its next step for so long, and says which it was.
    pub fn step(&mut self, patience: Duration) -> Option<String> {
        match self.steps.recv_timeout(patience) {
            Ok(step) => {
                let name = step["step"].as_str().unwrap().to_owned();
                if name == "accepted" {
                    self.accepted.push(step);
                }
                Some(name)
            }
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => panic!("the mail server ended"),
        }
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
