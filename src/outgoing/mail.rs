//! The mail server, and one message to it (RFC 5321). The commands are sent one by one, since only a failure after the
//! message itself leaves it unknown whether it was accepted.

use std::fmt;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use lettre::message::Mailbox;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use lettre::{Address, Message};
use percent_encoding::percent_decode_str;
use tokio::time::timeout;
use url::{Host, Url};

use super::{Failure, on_one_line};

/// For everything before the message.
const PREPARING: Duration = Duration::from_secs(30);
/// For the message and what the server says of it.
const ACCEPTING: Duration = Duration::from_secs(60);
/// How long a connection may take to say good-bye.
const LEAVING: Duration = Duration::from_secs(2);
/// How long all of [`Mailer::send`] takes at most.
pub const LONGEST: Duration = Duration::from_secs(PREPARING.as_secs() + ACCEPTING.as_secs() + LEAVING.as_secs());

/// The mail server, and from whom its messages are.
#[derive(Clone)]
pub struct Mailer {
    host: String,
    port: u16,
    encryption: Encryption,
    credentials: Option<Credentials>,
    from: Mailbox,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encryption {
    None,
    /// Asked for by STARTTLS (RFC 3207), and nothing is sent without.
    StartTls,
    /// From the first byte (RFC 8314).
    Implicit,
}

impl Mailer {
    /// The server that `url` names: `smtps://name:password@host` or `smtp://host`, which uses STARTTLS unless it is on
    /// this machine or `?tls=none` is said.
    ///
    /// # Errors
    /// When it names none, or `from` is no address.
    pub fn new(url: &str, from: &str) -> Result<Self> {
        let url: Url = url.parse().context("it is no URL, such as smtps://name:password@mail.example")?;
        let host = url.host_str().filter(|host| !host.is_empty()).context("it names no host")?.to_owned();
        let is_near = matches!(host.as_str(), "localhost" | "127.0.0.1" | "[::1]");
        let wish = url.query_pairs().find(|(name, _)| name == "tls").map(|(_, value)| value.into_owned());
        let encryption = match (url.scheme(), wish.as_deref()) {
            ("smtps", None) => Encryption::Implicit,
            ("smtp", Some("none")) => Encryption::None,
            ("smtp", None) if is_near => Encryption::None,
            ("smtp", None | Some("starttls")) => Encryption::StartTls,
            ("smtp" | "smtps", _) => bail!("tls is starttls or none, and of smtps nothing"),
            _ => bail!("it begins with smtp:// or smtps://"),
        };
        let usual = if encryption == Encryption::Implicit { 465 } else { 587 };
        let credentials = match (url.username(), url.password()) {
            ("", _) => None,
            (name, password) => Some(Credentials::new(decoded(name)?, decoded(password.unwrap_or_default())?)),
        };
        let from: Mailbox = from.parse().with_context(|| format!("KITH_MAIL_FROM is no address: {from}"))?;
        let from = Mailbox::new(from.name, address(from.email.as_ref()).map_err(anyhow::Error::msg)?);
        Ok(Self { port: url.port().unwrap_or(usual), host, encryption, credentials, from })
    }

    /// From whom messages are.
    #[must_use]
    pub fn from(&self) -> &Mailbox {
        &self.from
    }

    /// Whether it can be reached and lets Kith in.
    ///
    /// # Errors
    /// With what it said, or what went wrong.
    pub async fn greet(&self) -> Result<(), String> {
        let connection = async { self.connect().await.map_err(|error| on_one_line(&error)) };
        let mut connection = in_time(PREPARING, connection).await?;
        leave(&mut connection).await;
        Ok(())
    }

    /// Hands `message` over; answers with what the server said when it accepted it.
    ///
    /// # Errors
    /// When it was not accepted, or nobody can know.
    pub async fn send(&self, message: &Message) -> Result<String, Failure> {
        let mut connection = in_time(PREPARING, self.prepare(message)).await.map_err(Failure::refused)?;
        let outcome = match timeout(ACCEPTING, connection.message(&message.formatted())).await {
            Ok(Ok(response)) => Ok(response.message().collect::<Vec<_>>().join(" ")),
            Ok(Err(error)) if error.is_transient() || error.is_permanent() => {
                Err(Failure::refused(on_one_line(&error)))
            }
            Ok(Err(error)) => Err(Failure::unknown(on_one_line(&error))),
            Err(_) => Err(Failure::unknown("the mail server never said whether it took it")),
        };
        leave(&mut connection).await;
        outcome
    }

    /// Everything up to where the server waits for the message.
    async fn prepare(&self, message: &Message) -> Result<AsyncSmtpConnection, String> {
        let said = |error: Error| on_one_line(&error);
        let mut connection = self.connect().await.map_err(said)?;
        let (from, to) = (message.envelope().from(), message.envelope().to());
        let mut options = Vec::new();
        if from.into_iter().chain(to).any(|one| !one.user().is_ascii() || !one.domain().is_ascii()) {
            if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
                leave(&mut connection).await;
                return Err(
                    "the mail server takes no address with letters outside ASCII (it offers no SMTPUTF8)".to_owned()
                );
            }
            options = vec![MailParameter::SmtpUtfEight, MailParameter::Body(MailBodyParameter::EightBitMime)];
        }
        connection.command(Mail::new(from.cloned(), options)).await.map_err(said)?;
        for address in to {
            connection.command(Rcpt::new(address.clone(), Vec::new())).await.map_err(said)?;
        }
        connection.command(Data).await.map_err(said)?;
        Ok(connection)
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Error> {
        let hello = ClientId::default();
        let host = self.host.trim_matches(['[', ']']);
        let tls = || TlsParameters::new(host.to_owned());
        let implicit = if self.encryption == Encryption::Implicit { Some(tls()?) } else { None };
        let server = (host, self.port);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(server, Some(PREPARING), &hello, implicit, None).await?;
        if self.encryption == Encryption::StartTls {
            connection.starttls(tls()?, &hello).await?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        Ok(connection)
    }
}

/// An address as a message carries it: its domain by the A-label (RFC 5891), which every mail server understands. What
/// stands before it may hold letters outside ASCII, which a server has to offer to take (SMTPUTF8, RFC 6531).
///
/// # Errors
/// When it is none that a message can carry.
pub fn address(text: &str) -> Result<Address, String> {
    let none = |why: &dyn fmt::Display| format!("{text} is no address for mail: {why}");
    let read: Address = text.parse().map_err(|error| none(&error))?;
    if read.domain().is_ascii() {
        return Ok(read);
    }
    match Host::parse(read.domain()).map_err(|error| none(&error))? {
        Host::Domain(domain) => Address::new(read.user(), domain).map_err(|error| none(&error)),
        _ => Err(none(&"its domain is none")),
    }
}

/// Says where, and not by which password.
impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{} from {}", self.host, self.port, self.from)
    }
}

async fn in_time<T>(limit: Duration, work: impl Future<Output = Result<T, String>>) -> Result<T, String> {
    timeout(limit, work).await.unwrap_or_else(|_| Err("the mail server did not answer".to_owned()))
}

async fn leave(connection: &mut AsyncSmtpConnection) {
    let _ = timeout(LEAVING, connection.quit()).await;
}

fn decoded(text: &str) -> Result<String> {
    Ok(percent_decode_str(text).decode_utf8().context("its name or password is no UTF-8")?.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mailer(url: &str) -> Result<Mailer> {
        Mailer::new(url, "Kith <kith@kith.example>")
    }

    #[test]
    fn a_url_says_where_and_how_and_never_shows_its_password() {
        let far = mailer("smtps://ada%40x:pa%2Fss@mail.example").unwrap();
        assert_eq!((far.port, far.encryption, far.credentials.is_some()), (465, Encryption::Implicit, true));
        assert!(!format!("{far:?}").contains("pa"), "{far:?}");
        let plain = mailer("smtp://mail.example").unwrap();
        assert_eq!((plain.port, plain.encryption), (587, Encryption::StartTls));
        assert_eq!(mailer("smtp://localhost:1025").unwrap().encryption, Encryption::None);
        assert_eq!(mailer("smtp://mail.example?tls=none").unwrap().encryption, Encryption::None);
        for wrong in ["mail.example", "http://mail.example", "smtp://", "smtp://mail.example?tls=maybe"] {
            assert!(mailer(wrong).is_err(), "{wrong}");
        }
        assert!(Mailer::new("smtp://localhost", "nobody").is_err());
    }

    #[test]
    fn a_domain_outside_ascii_goes_by_its_a_label_and_what_stands_before_it_stays() {
        for (typed, carried) in [
            ("ada@example.com", "ada@example.com"),
            ("ada@müller.example", "ada@xn--mller-kva.example"),
            ("jörg@MÜLLER.example", "jörg@xn--mller-kva.example"),
            ("用户@例子.广告", "用户@xn--fsqu00a.xn--4rr70v"),
            ("مستخدم@مثال.إختبار", "مستخدم@xn--mgbh0fb.xn--kgbechtv"),
            ("kith@localhost", "kith@localhost"),
        ] {
            assert_eq!(address(typed).unwrap().to_string(), carried);
        }
        for none in
            ["", "ada", "@example.com", "ada@", "ada@exa mple.com", "ada@\u{202e}x.example", "a\r\nb@example.com"]
        {
            assert!(address(none).is_err(), "{none:?}");
        }
        let from = Mailer::new("smtp://localhost", "Kith <kith@müller.example>").unwrap();
        assert_eq!(from.from().to_string(), "Kith <kith@xn--mller-kva.example>");
    }

    #[actix_web::test]
    async fn where_nobody_listens_it_was_surely_not_sent() {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let message = Message::builder()
            .from("kith@kith.example".parse().unwrap())
            .to("ada@example.com".parse().unwrap())
            .body(String::new())
            .unwrap();
        let failure = mailer(&format!("smtp://{free}")).unwrap().send(&message).await.unwrap_err();
        assert!(!failure.may_be_sent && failure.reason.contains("refused"), "{failure:?}");
    }
}
