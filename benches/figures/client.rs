//! A small HTTP client that costs little beside what it measures: fixed requests over kept connections.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The text of a request for a page, as its owner's browser sends it but for `headers`.
pub fn request(path: &str, token: &str, headers: &[(&str, &str)]) -> Vec<u8> {
    let mut text = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\ncookie: kith_session={token}\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("\r\n");
    text.into_bytes()
}

/// The text of a form that is sent.
pub fn post(path: &str, token: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\ncookie: kith_session={token}\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// A kept connection.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// What came back.
pub struct Reply {
    pub status: u16,
    /// The body; chunks joined, not decompressed.
    pub body: Vec<u8>,
    /// Bytes on the wire, head included.
    pub wire: usize,
}

/// Where the parts of a whole reply stand in the buffer.
struct Parts {
    status: u16,
    head: usize,
    total: usize,
    is_chunked: bool,
}

impl Connection {
    pub async fn open(port: u16) -> Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(64 * 1024) })
    }

    /// Sends a request and reads its reply, the body too.
    pub async fn get(&mut self, request: &[u8]) -> Result<Reply> {
        let parts = self.exchange(request).await?;
        let raw = &self.buffer[parts.head..parts.total];
        let body = if parts.is_chunked { joined(raw)? } else { raw.to_vec() };
        Ok(Reply { status: parts.status, body, wire: parts.total })
    }

    async fn exchange(&mut self, request: &[u8]) -> Result<Parts> {
        self.buffer.clear();
        self.stream.write_all(request).await?;
        loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                bail!("the server closed the connection");
            }
            if let Some(parts) = parts(&self.buffer)? {
                return Ok(parts);
            }
        }
    }
}

fn parts(buffer: &[u8]) -> Result<Option<Parts>> {
    let Some(head) = buffer.windows(4).position(|window| window == b"\r\n\r\n").map(|at| at + 4) else {
        return Ok(None);
    };
    let text = std::str::from_utf8(&buffer[..head])?.to_ascii_lowercase();
    let status = text.split(' ').nth(1).and_then(|code| code.parse().ok()).context("no status line")?;
    let length =
        text.split("\r\n").find_map(|line| line.strip_prefix("content-length: ")?.trim().parse::<usize>().ok());
    let (total, is_chunked) = match length {
        Some(length) => (head + length, false),
        None if text.contains("transfer-encoding: chunked") => match end_of_chunks(&buffer[head..])? {
            Some(length) => (head + length, true),
            None => return Ok(None),
        },
        None => (head, false),
    };
    Ok((buffer.len() >= total).then_some(Parts { status, head, total, is_chunked }))
}

/// The length of the next chunk, and where its bytes begin.
fn chunk(raw: &[u8]) -> Result<Option<(usize, usize)>> {
    let Some(line) = raw.windows(2).position(|window| window == b"\r\n") else { return Ok(None) };
    let size =
        usize::from_str_radix(std::str::from_utf8(&raw[..line])?.trim(), 16).context("a chunk without a size")?;
    Ok(Some((size, line + 2)))
}

fn end_of_chunks(raw: &[u8]) -> Result<Option<usize>> {
    let mut at = 0;
    while at < raw.len() {
        let Some((size, begin)) = chunk(&raw[at..])? else { return Ok(None) };
        at += begin + size + 2;
        if size == 0 {
            return Ok((raw.len() >= at).then_some(at));
        }
    }
    Ok(None)
}

fn joined(raw: &[u8]) -> Result<Vec<u8>> {
    let (mut body, mut at) = (Vec::with_capacity(raw.len()), 0);
    while let Some((size, begin)) = chunk(&raw[at..])?.filter(|(size, _)| *size > 0) {
        body.extend_from_slice(&raw[at + begin..at + begin + size]);
        at += begin + size + 2;
    }
    Ok(body)
}

/// What a round of load measured.
pub struct Load {
    /// Of each request, in microseconds, ascending.
    pub latencies: Vec<u32>,
    pub elapsed: Duration,
}

impl Load {
    /// Requests a second.
    pub fn rate(&self) -> f64 {
        self.latencies.len() as f64 / self.elapsed.as_secs_f64()
    }

    /// The latency that this share of the requests did not exceed, in microseconds.
    pub fn quantile(&self, share: f64) -> f64 {
        let place = (self.latencies.len() as f64 * share) as usize;
        self.latencies.get(place.min(self.latencies.len().saturating_sub(1))).copied().map_or(f64::NAN, f64::from)
    }
}

/// Sends `requests` in turn over so many connections at once, from one thread, for so long.
pub fn load(port: u16, requests: &[Vec<u8>], connections: usize, time: Duration) -> Result<Load> {
    run(port, requests, connections, |_, started| started.elapsed() < time)
}

/// Sends so many requests, one after the other.
pub fn send(port: u16, requests: &[Vec<u8>], number: usize) -> Result<Load> {
    run(port, requests, 1, |sent, _| sent < number)
}

fn run(port: u16, requests: &[Vec<u8>], connections: usize, goes_on: impl Fn(usize, Instant) -> bool) -> Result<Load> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut opened = Vec::new();
        for _ in 0..connections {
            opened.push(Connection::open(port).await?);
        }
        let started = Instant::now();
        let each = opened.into_iter().enumerate().map(|(first, mut connection)| {
            let goes_on = &goes_on;
            async move {
                let mut latencies = Vec::new();
                while goes_on(latencies.len(), started) {
                    let sent = Instant::now();
                    let request = &requests[(first + latencies.len()) % requests.len()];
                    let status = connection.exchange(request).await?.status;
                    if status != 200 {
                        bail!(
                            "{}: answered {status}",
                            String::from_utf8_lossy(request).lines().next().unwrap_or_default()
                        );
                    }
                    latencies.push(u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX));
                }
                Ok(latencies)
            }
        });
        let done = futures_util::future::try_join_all(each).await?;
        let elapsed = started.elapsed();
        let mut latencies = done.concat();
        latencies.sort_unstable();
        Ok(Load { latencies, elapsed })
    })
}
