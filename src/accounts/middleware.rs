//! From a cookie to the user that asks.

use std::future::{Ready, ready};

use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::Method;
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, FromRequest, HttpMessage, HttpRequest, ResponseError};
use futures_util::future::{Either, LocalBoxFuture};

use super::sessions::hash_token;
use super::sign_in;
use crate::db::{CurrentUser, Db};
use crate::error::AppError;
use crate::web::client_ip::client_ip;
use crate::web::site::site;
use crate::web::{FormData, Kept, csrf_form};

/// Looks the session up, once a request and never for a static file. Where the database does not
/// answer that is the response: better an error page than a signed-out one. It is made here and not
/// returned as an error, so that it too gets the headers of the middleware around this one.
pub async fn find_user(
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let needs_no_user = req.path().starts_with("/static/") || matches!(req.path(), "/healthz" | "/readyz");
    let found = if needs_no_user { Ok(None) } else { look_up(req.request()).await };
    match found {
        Ok(Some(user)) => {
            req.extensions_mut().insert(user);
        }
        Ok(None) => {}
        Err(error) => return Ok(req.into_response(error.error_response()).map_into_right_body()),
    }
    Ok(next.call(req).await?.map_into_left_body())
}

async fn look_up(req: &HttpRequest) -> Result<Option<CurrentUser>, AppError> {
    let site = site(req);
    let Some(cookie) = req.cookie(site.session_cookie()) else { return Ok(None) };
    let Some(db) = req.app_data::<Data<Db>>() else { return Ok(None) };
    let ip = client_ip(req, &site.trusted_proxies);
    db.anonymous().find_session(&hash_token(cookie.value()), site.idle, site.absolute, ip).await
}

/// The page to go on with after signing in. What htmx asks for is a part of the page that the browser shows.
fn wanted(req: &HttpRequest) -> String {
    if req.method() == Method::GET && !req.headers().contains_key("hx-request") {
        req.uri().path_and_query().map_or_else(String::new, ToString::to_string)
    } else {
        String::new()
    }
}

/// What a visitor is answered who asks for what needs a user. Where her session ended while she typed, what she
/// typed comes back with the sign-in page.
async fn signed_out(req: HttpRequest, form: impl Future<Output = Result<FormData, AppError>>) -> Error {
    let error = AppError::SignedOut(wanted(&req));
    let Some(kept) = form.await.ok().and_then(|form| Kept::of(&req, &form)) else { return error.into() };
    match sign_in::in_place(&req, kept) {
        Ok(page) => InternalError::from_response(error, page).into(),
        Err(error) => error.into(),
    }
}

/// A handler that names a `CurrentUser` is for signed-in users only.
impl FromRequest for CurrentUser {
    type Error = Error;
    type Future = Either<Ready<Result<Self, Error>>, LocalBoxFuture<'static, Result<Self, Error>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let user = req.extensions().get::<CurrentUser>().cloned();
        match user {
            Some(user) => Either::Left(ready(Ok(user))),
            None if req.content_type() == "application/x-www-form-urlencoded" => {
                let (req, form) = (req.clone(), csrf_form::take(req, payload));
                Either::Right(Box::pin(async move { Err(signed_out(req, form).await) }))
            }
            None => Either::Left(ready(Err(AppError::SignedOut(wanted(req)).into()))),
        }
    }
}
