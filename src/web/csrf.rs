//! Tokens and the Origin check against forged requests (OWASP ASVS 3.5.1).
//!
//! The token is a hash of the session's cookie, or of a visitor's cookie before sign-in: it needs
//! no storage, ends with the session, and another user's token is worth nothing.

use std::ops::Deref;
use std::time::Duration;

use actix_web::cookie::{Cookie, SameSite};
use actix_web::dev::{Payload, ServiceRequest};
use actix_web::error::InternalError;
use actix_web::http::{Method, header};
use actix_web::{Error, FromRequest, HttpMessage, HttpRequest, web};
use futures_util::future::LocalBoxFuture;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::form::FormData;
use super::kept::{self, Kept};
use super::page::Layout;
use super::site::Site;
use crate::error::AppError;
use crate::text::hex::{hex, random_token};

/// A form is two megabytes at most: who needs longer for it only keeps a connection busy.
const BODY_PATIENCE: Duration = Duration::from_secs(30);

/// The secret that this request's token is made from: set by the middleware below.
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

/// The form of this request is read already, by an extractor that answers in the place of [`CsrfForm`].
struct Taken;

/// Reads the form that a request brings, in the place of the [`CsrfForm`] that the handler names too.
pub fn take(req: &HttpRequest, payload: &mut Payload) -> impl Future<Output = Result<FormData, AppError>> + use<> {
    let form = read(req, payload);
    req.extensions_mut().insert(Taken);
    form
}

fn read(req: &HttpRequest, payload: &mut Payload) -> impl Future<Output = Result<FormData, AppError>> + use<> {
    let body = web::Bytes::from_request(req, payload);
    async move {
        let body = actix_web::rt::time::timeout(BODY_PATIENCE, body).await.map_err(|_| AppError::TooSlow)?;
        let body = body.map_err(|error| match error.as_response_error().status_code().as_u16() {
            413 => AppError::TooLarge,
            _ => AppError::BadRequest("The form did not arrive whole. Send it again.".into()),
        })?;
        Ok(FormData::parse(&body))
    }
}

/// A posted form whose token was checked before anything else was looked at.
pub struct CsrfForm(FormData);

impl Deref for CsrfForm {
    type Target = FormData;

    fn deref(&self) -> &FormData {
        &self.0
    }
}

impl FromRequest for CsrfForm {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self, Error>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if req.extensions().contains::<Taken>() {
            return Box::pin(std::future::pending());
        }
        let (req, form) = (req.clone(), read(req, payload));
        Box::pin(async move {
            let form = form.await?;
            match verify(&req, form.text("csrf_token")) {
                Ok(()) => Ok(Self(form)),
                Err(error) => Err(match Kept::of(&req, &form) {
                    Some(kept) => {
                        let page = kept::in_another_session(Layout::of(&req), &kept)?;
                        InternalError::from_response(error, page).into()
                    }
                    None => error.into(),
                }),
            }
        })
    }
}
