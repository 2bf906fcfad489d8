//! From a cookie to the user that asks.

use std::future::{Ready, ready};

use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, FromRequest, HttpMessage, HttpRequest};

use super::sessions::hash_token;
use crate::db::{CurrentUser, Db};
use crate::error::AppError;
use crate::web::client_ip::client_ip;
use crate::web::page::site;

/// Looks the session up, once a request and never for a static file.
///
/// # Errors
/// When the database does not answer: better an error page than a signed-out one.
pub async fn find_user(
    req: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let needs_no_user = req.path().starts_with("/static/") || matches!(req.path(), "/healthz" | "/readyz");
    if !needs_no_user && let Some(user) = look_up(req.request()).await? {
        req.extensions_mut().insert(user);
    }
    next.call(req).await
}

async fn look_up(req: &HttpRequest) -> Result<Option<CurrentUser>, AppError> {
    let site = site(req);
    let Some(cookie) = req.cookie(site.session_cookie()) else { return Ok(None) };
    let Some(db) = req.app_data::<Data<Db>>() else { return Ok(None) };
    let ip = client_ip(req, &site.trusted_proxies);
    db.anonymous().find_session(&hash_token(cookie.value()), site.idle, site.absolute, ip).await
}

/// A handler that names a `CurrentUser` is for signed-in users only.
impl FromRequest for CurrentUser {
    type Error = AppError;
    type Future = Ready<Result<Self, AppError>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(req.extensions().get::<CurrentUser>().cloned().ok_or(AppError::SignedOut))
    }
}
