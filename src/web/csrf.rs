//! Tokens and the Origin check against forged requests (OWASP ASVS 3.5.1).
//!
//! The token is a hash of the session's cookie, or of a visitor's cookie before sign-in: it needs
//! no storage, ends with the session, and another user's token is worth nothing.

use actix_web::cookie::{Cookie, SameSite};
use actix_web::dev::ServiceRequest;
use actix_web::http::{Method, header};
use actix_web::{HttpMessage, HttpRequest};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::site::Site;
use crate::error::AppError;
use crate::text::hex::{hex, random_token};

/// The secret that this request's token is made from: set by [`prepare`].
#[derive(Clone)]
struct Secret(String);

/// Finds the request's secret in its cookies, or makes a visitor's; the cookie to set is returned.
pub fn prepare(req: &ServiceRequest, site: &Site) -> Option<Cookie<'static>> {
    let known = req
        .cookie(site.session_cookie())
        .or_else(|| req.cookie(site.visitor_cookie()))
        .map(|cookie| cookie.value().to_owned())
        .filter(|value| value.len() == 64);
    if let Some(value) = known {
        req.extensions_mut().insert(Secret(value));
        return None;
    }
    let fresh = random_token();
    req.extensions_mut().insert(Secret(fresh.clone()));
    Some(site.cookie(site.visitor_cookie(), fresh, SameSite::Lax))
}

/// The token that this request's forms carry.
#[must_use]
pub fn token(req: &HttpRequest) -> String {
    req.extensions().get::<Secret>().map_or_else(String::new, |secret| token_of(&secret.0))
}

/// The token that the forms under this cookie carry.
#[must_use]
pub fn token_of(secret: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(b"kith csrf token v1");
    hash.update(secret.as_bytes());
    hex(&hash.finalize())
}

/// Compares a posted token with the request's own.
///
/// # Errors
/// `Forbidden` where they differ.
pub fn verify(req: &HttpRequest, posted: &str) -> Result<(), AppError> {
    let own = token(req);
    if !own.is_empty() && bool::from(own.as_bytes().ct_eq(posted.as_bytes())) {
        return Ok(());
    }
    Err(AppError::Forbidden("The form was opened in another session. Go back, reload the page, and send it again."))
}

/// Refuses a changing request that comes from another site: a browser says so by `Origin` or
/// `Sec-Fetch-Site`, and a form cannot forge either.
///
/// # Errors
/// `Forbidden` where it does.
pub fn check_origin(req: &ServiceRequest, site: &Site) -> Result<(), AppError> {
    if matches!(*req.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(());
    }
    const REFUSED: AppError = AppError::Forbidden("The request came from another site. Check KITH_URL if it did not.");
    let text = |name: header::HeaderName| req.headers().get(name).map(|value| value.to_str().unwrap_or("?").to_owned());
    if let Some(origin) = text(header::ORIGIN) {
        let host = req.headers().get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or("");
        return if site.allows_origin(&origin, host) { Ok(()) } else { Err(REFUSED) };
    }
    match text(header::HeaderName::from_static("sec-fetch-site")).as_deref() {
        None | Some("same-origin" | "none") => Ok(()),
        Some(_) => Err(REFUSED),
    }
}

/// Whether the browser itself says that a page of ours sent this request. That an `Origin` is ours was checked by
/// [`check_origin`] before.
#[must_use]
pub fn is_from_here(req: &HttpRequest) -> bool {
    let site = req.headers().get("sec-fetch-site");
    req.headers().contains_key(header::ORIGIN) || site.is_some_and(|site| site == "same-origin")
}
