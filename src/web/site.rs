//! What the running server knows of itself: where it is reached, what its cookies are called, what it allows.

use std::path::PathBuf;
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header;
use ipnetwork::IpNetwork;
use url::Url;

use crate::outgoing::{Caller, Mailer};

/// Who may make an account once there is an administrator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignUp {
    /// Everybody.
    Open,
    /// Whoever holds an invitation.
    Invite,
    /// Nobody, an invitation or not.
    Closed,
}

/// What the running server knows of itself, as its pages need it.
#[derive(Debug, Clone)]
pub struct Site {
    /// Where it is reached from outside; decides Secure cookies, the allowed Origin and HSTS.
    pub url: Option<Url>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNetwork>,
    /// Who may sign up.
    pub sign_up: SignUp,
    /// The secret of the first sign-up's link.
    pub setup_token: Option<String>,
    /// The zone that sign-up proposes.
    pub time_zone: chrono_tz::Tz,
    /// A session ends when unused for so long.
    pub idle: Duration,
    /// A session ends after so long in any case.
    pub absolute: Duration,
    /// Where uploads wait for their job.
    pub data_dir: PathBuf,
    /// The largest file that is taken, in bytes.
    pub upload_limit: u64,
    /// Days after which the trash is emptied.
    pub trash_days: u16,
    /// Months for which the history is kept; without end where none.
    pub history_months: Option<u16>,
    /// How reminders are mailed; not at all where none.
    pub mailer: Option<Mailer>,
    /// How programs of hers are called.
    pub caller: Caller,
}

impl Site {
    /// Whether browsers reach it by TLS.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.url.as_ref().is_some_and(|url| url.scheme() == "https")
    }

    /// The session cookie's name: with TLS it is bound to this host and to `Secure`.
    #[must_use]
    pub fn session_cookie(&self) -> &'static str {
        if self.is_secure() { "__Host-kith_session" } else { "kith_session" }
    }

    /// The cookie that a visitor's form tokens hang on.
    #[must_use]
    pub fn visitor_cookie(&self) -> &'static str {
        if self.is_secure() { "__Host-kith_visitor" } else { "kith_visitor" }
    }

    /// Where others find Kith: as the setting says, else where whoever asks finds it.
    #[must_use]
    pub fn base(&self, req: &HttpRequest) -> String {
        match &self.url {
            Some(url) => url.as_str().trim_end_matches('/').to_owned(),
            None => {
                let host = req.headers().get(header::HOST).and_then(|value| value.to_str().ok());
                format!("http://{}", host.unwrap_or("localhost"))
            }
        }
    }

    /// A cookie as all of ours are: for this host, unreadable by script.
    #[must_use]
    pub fn cookie(&self, name: &'static str, value: String, same_site: SameSite) -> Cookie<'static> {
        Cookie::build(name, value).path("/").http_only(true).secure(self.is_secure()).same_site(same_site).finish()
    }

    /// Whether a form sent from `origin` to `host` came from one of our pages.
    #[must_use]
    pub fn allows_origin(&self, origin: &str, host: &str) -> bool {
        match &self.url {
            Some(url) => url.origin().ascii_serialization() == origin,
            None => origin.strip_prefix("http://") == Some(host),
        }
    }
}

/// The [`Site`] that the application was built with.
#[must_use]
pub fn site(req: &HttpRequest) -> std::rc::Rc<Site> {
    req.app_data::<std::rc::Rc<Site>>().cloned().unwrap_or_else(|| unreachable!("app::build sets the site"))
}
