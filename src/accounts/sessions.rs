//! Server-side sessions: 256 random bits in the cookie, their hash in the database.

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::db::Db;
use crate::error::AppError;
use crate::text::hex::random_token;
use crate::web::client_ip::client_ip;
use crate::web::site::Site;

/// What `sessions.token_hash` holds. The token has full entropy, so a plain hash is enough.
#[must_use]
pub fn hash_token(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// Opens a session for `user` and returns its cookie. The token is always new, so a cookie that
/// somebody planted before sign-in is worth nothing after it.
pub(super) async fn open(db: &Db, site: &Site, req: &HttpRequest, user: Uuid) -> Result<Cookie<'static>, AppError> {
    let token = random_token();
    let ip = client_ip(req, &site.trusted_proxies);
    let agent = req.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    let agent: Option<String> = agent.map(|text| text.chars().filter(|c| !c.is_control()).take(300).collect());
    db.anonymous().open_session(user, &hash_token(&token), ip, agent.as_deref()).await?;
    let mut cookie = site.cookie(site.session_cookie(), token, SameSite::Lax);
    let seconds = i64::try_from(site.absolute.as_secs()).unwrap_or(i64::MAX);
    cookie.set_max_age(actix_web::cookie::time::Duration::seconds(seconds));
    Ok(cookie)
}

/// The cookie that takes the session's away.
pub(super) fn removal(site: &Site) -> Cookie<'static> {
    let mut cookie = site.cookie(site.session_cookie(), String::new(), SameSite::Lax);
    cookie.make_removal();
    cookie
}
