//! Calls of programs that she names by URL. The server stands where she does not: inside a network whose other programs
//! may trust it (server-side request forgery, OWASP ASVS 5.0 1.3.6). So an address that is no public one is refused
//! unless whoever runs Kith says otherwise, whatever name leads there, at the moment of the call; no redirect is
//! followed, and no proxy asked.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use tokio::time::timeout;
use url::{Host, Url};

use super::{Failure, on_one_line};

/// How long a call may take; shorter than that of a mail, for a receiver is hers and near.
const PATIENCE: Duration = Duration::from_secs(20);
/// So much of an answer is read.
const READ: usize = 1000;
/// Why an address is refused.
const PRIVATE: &str =
    "this leads to a private address, which Kith calls only where whoever runs it sets KITH_PRIVATE_ADDRESSES";

/// Who calls. Clones share what they have open.
#[derive(Clone)]
pub struct Caller {
    calls_private: bool,
    // Reading the certificates of the system takes megabytes, which whoever calls nobody need not have.
    client: Arc<OnceLock<Client>>,
}

impl Caller {
    /// One that calls private addresses too, or refuses them.
    #[must_use]
    pub fn new(calls_private: bool) -> Self {
        Self { calls_private, client: Arc::default() }
    }

    /// Whether it may call this: what can be said without asking who is behind a name.
    ///
    /// # Errors
    /// With what she reads at the field.
    pub fn check(&self, url: &Url) -> Result<(), String> {
        match url.host() {
            Some(Host::Ipv4(address)) if !self.may_call(IpAddr::V4(address)) => {
                Err(format!("Choose another: {PRIVATE}."))
            }
            Some(Host::Ipv6(address)) if !self.may_call(IpAddr::V6(address)) => {
                Err(format!("Choose another: {PRIVATE}."))
            }
            _ => Ok(()),
        }
    }

    /// Posts `body` to `url`; answers with what was said when it was taken.
    ///
    /// # Errors
    /// When it was not taken, or nobody can know.
    pub async fn post(&self, url: &Url, headers: HeaderMap, body: String) -> Result<String, Failure> {
        self.check(url).map_err(Failure::refused)?;
        let client = self.client().map_err(|error| Failure::refused(on_one_line(&error)))?;
        let call = async {
            let sent = client.post(url.clone()).headers(headers).body(body).send().await;
            let response = sent.map_err(|error| {
                // Without the URL, whose path may be all that keeps it secret.
                let (is_refused, reason) = (error.is_connect(), on_one_line(&error.without_url()));
                if is_refused { Failure::refused(reason) } else { Failure::unknown(reason) }
            })?;
            let (status, wait) = (response.status(), retry_after(response.headers(), Utc::now()));
            let said = format!("{status} {}", beginning(response).await);
            if status.is_success() { Ok(said) } else { Err(Failure { wait, ..Failure::refused(said) }) }
        };
        let silence = |_| Err(Failure::unknown("the receiver did not answer in time"));
        timeout(PATIENCE, call).await.unwrap_or_else(silence)
    }

    fn client(&self) -> reqwest::Result<Client> {
        if let Some(client) = self.client.get() {
            return Ok(client.clone());
        }
        let client = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .dns_resolver(Arc::new(Public { calls_private: self.calls_private }))
            .pool_max_idle_per_host(0)
            .user_agent(concat!("Kith/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(self.client.get_or_init(|| client).clone())
    }

    fn may_call(&self, address: IpAddr) -> bool {
        self.calls_private || is_public(address)
    }
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller").field("calls_private", &self.calls_private).finish_non_exhaustive()
    }
}

/// For how long the receiver asks to be left alone (RFC 9110, 10.2.3): so many seconds, or until a date.
fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u32>() {
        return Some(Duration::from_secs(seconds.into()));
    }
    (DateTime::parse_from_rfc2822(text).ok()?.to_utc() - now).to_std().ok()
}

/// How an answer begins, on one line.
async fn beginning(mut response: Response) -> String {
    let mut bytes = Vec::new();
    while let Ok(Some(piece)) = response.chunk().await
        && bytes.len() < READ
    {
        bytes.extend_from_slice(&piece);
    }
    let text = String::from_utf8_lossy(&bytes);
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect::<String>().trim().to_owned()
}

/// Finds the addresses of a name, of which only public ones are called.
struct Public {
    calls_private: bool,
}

impl Resolve for Public {
    fn resolve(&self, name: Name) -> Resolving {
        let calls_private = self.calls_private;
        Box::pin(async move {
            let found: Vec<_> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let called: Vec<_> = found.iter().copied().filter(|one| calls_private || is_public(one.ip())).collect();
            if called.is_empty() && !found.is_empty() {
                return Err(io::Error::other(PRIVATE).into());
            }
            Ok(Box::new(called.into_iter()) as Addrs)
        })
    }
}

/// Whether an address is one of the public internet (IANA's special-purpose registries, RFC 6890).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = matches!((a, b, c), (0 | 240..=255, ..) | (100, 64..=127, _) | (192, 0, 0) | (198, 18 | 19, _));
    !(is_special
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || address.is_multicast())
}

/// Those that hold one of the older kind (RFC 4291, 6052, 3056) are what that one is.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let parts = address.segments();
    let held = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match parts {
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => held(high, low),
        [0x2002, high, low, ..] => held(high, low),
        [0x2001, 0x0db8 | 0..=0x01ff, ..] => false,
        // Only 2000::/3 is given out.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_of_the_network_that_kith_stands_in_is_none_to_call() {
        let private = [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "2002:7f00:1::",
            "2001::1",
            "2001:db8::1",
            "::127.0.0.1",
        ];
        for text in private {
            assert!(!is_public(text.parse().unwrap()), "{text}");
        }
        for text in ["1.1.1.1", "93.184.215.14", "2606:4700::1111", "64:ff9b::101:101", "::ffff:1.1.1.1"] {
            assert!(is_public(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn how_long_to_wait_is_said_in_seconds_or_as_a_date() {
        let now = "2026-11-28T05:00:00Z".parse().unwrap();
        let wait = |text: &'static str| {
            let headers = HeaderMap::from_iter([(RETRY_AFTER, text.parse().unwrap())]);
            retry_after(&headers, now).map(|wait| wait.as_secs())
        };
        assert_eq!((wait("120"), wait("Sat, 28 Nov 2026 05:10:00 GMT")), (Some(120), Some(600)));
        for none in ["", "soon", "-1", "99999999999999999999", "Sat, 28 Nov 2026 04:00:00 GMT"] {
            assert_eq!(wait(none), None, "{none}");
        }
        assert_eq!(retry_after(&HeaderMap::new(), now), None);
    }

    #[actix_web::test]
    async fn whatever_name_leads_to_a_private_address_is_refused_before_anything_is_sent() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        for host in ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::ffff:7f00:1]"] {
            let failure =
                Caller::new(false).post(&url(&format!("http://{host}:{port}/")), HeaderMap::new(), String::new()).await;
            let failure = failure.unwrap_err();
            assert!(!failure.may_be_sent && failure.reason.contains("private address"), "{host}: {failure:?}");
        }
        assert!(listener.accept().is_err(), "nobody came");
    }

    #[actix_web::test]
    async fn where_nobody_listens_it_was_surely_not_taken() {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let failure =
            Caller::new(true).post(&url(&format!("http://{free}/secret")), HeaderMap::new(), String::new()).await;
        let failure = failure.unwrap_err();
        assert!(!failure.may_be_sent && !failure.reason.contains("secret"), "{failure:?}");
    }
}
