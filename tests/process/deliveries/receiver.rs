//! A program that is called by webhook: a real HTTP server on loopback, which fails as often as a test says.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rand::seq::IndexedRandom;
use serde_json::Value;

/// A call that was taken, whether or not the caller heard so.
pub struct Call {
    pub path: String,
    /// Its `webhook-id`.
    pub id: String,
    pub body: Value,
}

enum Step {
    Called,
    Read,
    Taken(Call),
}

#[derive(Clone, Copy)]
enum Fate {
    /// Taken, and said so.
    Well,
    /// Not taken, and said so with this.
    Says(&'static str),
    /// Taken, and nothing is said for as long as the caller waits.
    Hangs,
    /// Taken, and nothing is said: the connection ends.
    Unheard,
    /// Not taken, which nobody hears either.
    Lost,
}

const FAILURES: [Fate; 7] = [
    Fate::Says("400 Bad Request\r\n"),
    Fate::Says("500 Internal Server Error\r\n"),
    Fate::Says("503 Service Unavailable\r\nRetry-After: 1\r\n"),
    Fate::Says("429 Too Many Requests\r\nRetry-After: 1\r\n"),
    Fate::Hangs,
    Fate::Unheard,
    Fate::Lost,
];

/// The receiver. It ends with the test.
pub struct Receiver {
    address: SocketAddr,
    failing: Arc<Mutex<f32>>,
    is_over: Arc<AtomicBool>,
    steps: mpsc::Receiver<Step>,
    /// What it took so far.
    pub taken: Vec<Call>,
}

impl Receiver {
    /// One that fails as often as `failing`, from 0 to 1.
    pub fn start(failing: f32) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (failing, is_over) = (Arc::new(Mutex::new(failing)), Arc::new(AtomicBool::new(false)));
        let (sender, steps) = mpsc::channel();
        let (shared, over) = (Arc::clone(&failing), Arc::clone(&is_over));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if over.load(Ordering::SeqCst) {
                    return;
                }
                let (failing, sender) = (*shared.lock().unwrap(), sender.clone());
                // Where the caller died meanwhile there is nobody to hear of it.
                std::thread::spawn(move || answer(stream, failing, &sender));
            }
        });
        Self { address, failing, is_over, steps, taken: Vec::new() }
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on it fails as often as this.
    pub fn fail(&mut self, failing: f32) {
        *self.failing.lock().unwrap() = failing;
    }

    /// Waits for its next step for so long; false where there is none.
    pub fn moves(&mut self, patience: Duration) -> bool {
        match self.steps.recv_timeout(patience) {
            Ok(Step::Taken(call)) => self.taken.push(call),
            Ok(Step::Called | Step::Read) => {}
            Err(RecvTimeoutError::Timeout) => return false,
            Err(RecvTimeoutError::Disconnected) => panic!("the receiver ended"),
        }
        true
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        // It waits for whoever comes next.
        let _ = TcpStream::connect(self.address);
    }
}

/// Answers one call, or does not; none where the caller left before it had said all.
fn answer(mut stream: TcpStream, failing: f32, steps: &Sender<Step>) -> Option<()> {
    steps.send(Step::Called).ok()?;
    if rand::random::<f32>() < failing / 4.0 {
        return None;
    }
    let call = read(&mut BufReader::new(&mut stream))?;
    steps.send(Step::Read).ok()?;
    let is_failing = rand::random::<f32>() < failing;
    let fate = if is_failing { *FAILURES.choose(&mut rand::rng())? } else { Fate::Well };
    if matches!(fate, Fate::Well | Fate::Hangs | Fate::Unheard) {
        steps.send(Step::Taken(call)).ok()?;
    }
    let said = match fate {
        Fate::Well => "200 OK\r\n",
        Fate::Says(said) => said,
        Fate::Hangs => {
            let _ = stream.read(&mut [0]);
            return None;
        }
        Fate::Unheard | Fate::Lost => return None,
    };
    stream.write_all(format!("HTTP/1.1 {said}Content-Length: 0\r\nConnection: close\r\n\r\n").as_bytes()).ok()
}

/// The whole request; none where it ends before.
fn read(stream: &mut impl BufRead) -> Option<Call> {
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end() {
            "" => break,
            line => head.push(line.to_owned()),
        }
    }
    let header = |name: &str| {
        let named = head.iter().filter_map(|line| line.split_once(": "));
        named.filter(|(header, _)| header.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned()).next()
    };
    let mut body = vec![0; header("content-length")?.parse().ok()?];
    stream.read_exact(&mut body).ok()?;
    let path = head.first()?.split(' ').nth(1)?.to_owned();
    Some(Call { path, id: header("webhook-id")?, body: serde_json::from_slice(&body).ok()? })
}
