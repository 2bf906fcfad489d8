//! A data folder of a test's own, and the program run on it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use kith::postgres::Binaries;
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::cluster::clone_database;

/// How long a line may take: a first start beside other tests is the long case.
const PATIENCE: Duration = Duration::from_secs(60);

/// A data folder. What still runs on it ends with the test.
pub struct Folder {
    dir: TempDir,
    name: String,
}

impl Folder {
    pub fn new() -> Self {
        Self::named("data")
    }

    /// With a path of its own below the temporary folder.
    pub fn named(name: &str) -> Self {
        use std::os::unix::fs::PermissionsExt;
        let open = std::fs::Permissions::from_mode(0o755);
        // PostgreSQL's user has to pass where the tests run as root.
        Self { dir: tempfile::Builder::new().permissions(open).tempdir().unwrap(), name: name.to_owned() }
    }

    pub fn path(&self) -> PathBuf {
        self.dir.path().join(&self.name)
    }

    /// The program, with no settings but this folder, a free port and PostgreSQL's programs.
    pub fn kith(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kith"));
        command.args(arguments).env_clear().stdin(Stdio::null());
        command.env("PATH", std::env::var_os("PATH").unwrap());
        command.env("KITH_DATA_DIR", self.path()).env("KITH_POSTGRES_BIN", binaries());
        command.env("KITH_LISTEN", "127.0.0.1:0");
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.kith(arguments).output().unwrap()
    }

    /// Runs a command that must do, and answers with what it printed.
    pub fn done(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Starts a command so many times at once; each must do. Answers with what each printed.
    pub fn done_at_once(&self, times: usize, arguments: &[&str]) -> Vec<String> {
        all_done((0..times).map(|_| self.kith(arguments)))
    }

    /// Runs a command that must fail with this code, and answers with what it complained of.
    pub fn refused(&self, code: i32, arguments: &[&str]) -> String {
        complaint(self.kith(arguments), code)
    }

    /// Makes an account.
    pub fn add_user(&self, email: &str) {
        let mut child = self.kith(&["user", "add", email, "--name", "Ada", "--password-stdin"]);
        let mut child = child.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(b"a long walk by the river\n").unwrap();
        assert!(child.wait().unwrap().success());
    }

    /// Starts the server and waits until it says where it listens.
    pub fn serve(&self) -> Running {
        Running::start(self.kith(&[]))
    }

    /// The process of its PostgreSQL, if one runs.
    pub fn postmaster(&self) -> Option<Pid> {
        let text = std::fs::read_to_string(self.path().join("postgres/postmaster.pid")).ok()?;
        let pid = text.lines().next()?.parse().ok()?;
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
        if status.contains("State:\tZ") { None } else { Pid::from_raw(pid) }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Some(pid) = self.postmaster() {
            let _ = kill_process(pid, Signal::KILL);
        }
    }
}

/// What commands printed that are started at once, and must do.
pub fn all_done(commands: impl Iterator<Item = Command>) -> Vec<String> {
    let start = |mut command: Command| command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let started: Vec<Child> = commands.map(start).collect();
    let outputs: Vec<Output> = started.into_iter().map(|child| child.wait_with_output().unwrap()).collect();
    let printed = outputs.into_iter().map(|output| {
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    });
    printed.collect()
}

/// What a command that must fail complained of.
pub fn complaint(mut command: Command, code: i32) -> String {
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{text}{}", String::from_utf8_lossy(&output.stdout));
    text
}

/// PostgreSQL's programs, as the tests' own server was provisioned with them.
fn binaries() -> PathBuf {
    static BIN: std::sync::OnceLock<PathBuf> = std::sync::OnceLock::new();
    let find = || {
        let database = clone_database();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let folder: String = runtime.block_on(async {
            let client = kith::db::connect::client(&database.admin_url).await.unwrap();
            client.query_one("select current_setting('data_directory')", &[]).await.unwrap().get(0)
        });
        let programs = Binaries::find(None, PathBuf::from(folder).parent().unwrap()).unwrap();
        programs.program("postgres").parent().unwrap().to_owned()
    };
    // On a thread of its own: a test may have a runtime already.
    BIN.get_or_init(|| std::thread::spawn(find).join().unwrap()).clone()
}

/// A server.
pub struct Running {
    child: Child,
    lines: Receiver<String>,
    /// Where it listens.
    pub url: String,
    /// The link that makes the first account, where it printed one.
    pub link: Option<String>,
    /// All that it has said so far.
    pub said: Vec<String>,
}

impl Running {
    pub fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (sender, lines) = channel();
        let streams: [Box<dyn Read + Send>; 2] =
            [Box::new(child.stdout.take().unwrap()), Box::new(child.stderr.take().unwrap())];
        for stream in streams {
            let sender = sender.clone();
            std::thread::spawn(move || {
                for line in BufReader::new(stream).lines().map_while(Result::ok) {
                    if sender.send(line).is_err() {
                        return;
                    }
                }
            });
        }
        let mut running = Self { child, lines, url: String::new(), link: None, said: Vec::new() };
        running.url = running.hears("Kith listens on ").rsplit(' ').next().unwrap().to_owned();
        running.wait_until_it_answers();
        running.link = running.said.iter().find_map(|line| Some(line.split_once("first account here: ")?.1.to_owned()));
        running
    }

    /// Waits for a line that holds these words.
    pub fn hears(&mut self, words: &str) -> String {
        loop {
            let Ok(line) = self.lines.recv_timeout(PATIENCE) else { panic!("no {words:?} after {:#?}", self.said) };
            self.said.push(line.clone());
            if line.contains(words) {
                return line;
            }
        }
    }

    fn wait_until_it_answers(&mut self) {
        // The port is open before the line is printed; the answer comes when the server is there.
        assert_eq!(self.get("/healthz").0, 200);
        self.said.extend(self.lines.try_iter());
    }

    /// Status and body of a page.
    pub fn get(&self, path: &str) -> (u16, String) {
        let path = path.strip_prefix(&self.url).unwrap_or(path);
        let host = self.url.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(host).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        (answer.split(' ').nth(1).unwrap().parse().unwrap(), answer)
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits for its end.
    pub fn ends(&mut self) -> ExitStatus {
        let status = self.child.wait().unwrap();
        self.said.extend(self.lines.iter());
        status
    }

    /// Ctrl-C, and its end.
    pub fn stop(mut self) -> Vec<String> {
        self.signal(Signal::INT);
        assert!(self.ends().success());
        std::mem::take(&mut self.said)
    }

    /// `kill -9`, and its end.
    pub fn killed(mut self) {
        self.signal(Signal::KILL);
        self.child.wait().unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
