//! Builds the server: the same function in production and in tests. The order of the middleware is here.

use std::panic::AssertUnwindSafe;
use std::rc::Rc;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::{Method, StatusCode, header};
use actix_web::middleware::{Compress, Next, from_fn};
use actix_web::{App, Error, HttpMessage, HttpRequest, HttpResponse, ResponseError, web};
use futures_util::FutureExt;
use uuid::Uuid;

use crate::accounts;
use crate::db::Db;
use crate::error::AppError;
use crate::routes;
use crate::web::site::Site;
use crate::web::{csrf, flash, security_headers};

/// A form without a file: two megabytes hold every field at its limit.
const FORM_LIMIT: usize = 2 * 1024 * 1024;

/// The whole application over `db`. Called once in each worker.
pub fn build(
    db: Db,
    site: Site,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = Error,
        InitError = (),
    >,
> {
    App::new()
        .app_data(web::Data::new(db))
        .app_data(Rc::new(site))
        .app_data(web::PayloadConfig::new(FORM_LIMIT))
        .app_data(web::PathConfig::default().error_handler(|_, _| AppError::NotFound.into()))
        .app_data(web::QueryConfig::default().error_handler(|_, _| {
            AppError::BadRequest("The address says something twice, or what it may not say.".to_owned()).into()
        }))
        .configure(routes::configure)
        .default_service(web::to(not_found))
        .wrap(from_fn(accounts::middleware::find_user))
        .wrap(from_fn(plain_request))
        .wrap(from_fn(guard))
        // gzip for pages: brotli at each request cost 122 MB under load; static files are brotli from the build.
        .wrap(Compress::default())
        .wrap(from_fn(observe))
}

/// No page has this path. A method that none has is refused as such.
async fn not_found(req: HttpRequest) -> Result<HttpResponse, AppError> {
    match *req.method() {
        Method::GET | Method::POST => Err(AppError::NotFound),
        _ => Err(AppError::MethodNotAllowed),
    }
}

fn site_of(req: &ServiceRequest) -> Rc<Site> {
    crate::web::site::site(req.request())
}

/// HEAD is answered as GET, whose body the server then leaves out; and nothing is unpacked for a client, since
/// no browser packs a form and a few kilobytes could unpack to gigabytes. A path with a NUL names nothing: PostgreSQL
/// has none in text, so no handler is to look for it.
async fn plain_request(
    mut req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if req.method() == Method::HEAD {
        req.head_mut().method = Method::GET;
    }
    if req.headers().contains_key(header::CONTENT_ENCODING) {
        let refusal = AppError::BadRequest("Send the request without Content-Encoding.".to_owned());
        return Ok(req.into_response(refusal.error_response()).map_into_right_body());
    }
    if req.path().contains("%00") {
        return Ok(req.into_response(AppError::NotFound.error_response()).map_into_right_body());
    }
    Ok(next.call(req).await?.map_into_left_body())
}

/// Origin check, form token, security headers, and the removal of a message that was shown.
async fn guard(
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let site = site_of(&req);
    let refused = csrf::check_origin(&req, &site).err();
    // What has no form needs no token, and so no cookie.
    let has_forms = !["/static/", "/feeds/"].iter().any(|path| req.path().starts_with(path));
    let visitor = if has_forms { csrf::prepare(&req, &site) } else { None };
    let shows_flash = req.method() == Method::GET && flash::take(req.request()).is_some();
    let mut response = match refused {
        Some(error) => req.into_response(error.error_response()).map_into_right_body(),
        None => next.call(req).await?.map_into_left_body(),
    };
    let is_page = response.status() == StatusCode::OK;
    if shows_flash && is_page && !response.request().path().starts_with("/static/") {
        let _ = response.response_mut().add_cookie(&flash::removal(&site));
    }
    if let Some(cookie) = visitor {
        let _ = response.response_mut().add_cookie(&cookie);
    }
    security_headers::apply(response.headers_mut(), &site);
    Ok(response)
}

/// One line of log a request: its id, the route's pattern, status and time; never a name or a search term.
async fn observe(
    req: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let started = std::time::Instant::now();
    let method = req.method().clone();
    let site = site_of(&req);
    let Ok(response) = AssertUnwindSafe(next.call(req)).catch_unwind().await else {
        // The request is gone with the panic, so the layers inside cannot answer it.
        let error = AppError::Internal(anyhow::anyhow!("a handler panicked"));
        let mut response = error.error_response();
        security_headers::apply(response.headers_mut(), &site);
        return Err(InternalError::from_response(error, response).into());
    };
    let response = response?;
    let route = response.request().match_pattern().unwrap_or_else(|| "-".to_owned());
    let user = response.request().extensions().get::<crate::db::CurrentUser>().map(crate::db::CurrentUser::id);
    tracing::info!(
        request.id = %Uuid::now_v7(),
        user.id = user.map(tracing::field::display),
        %method,
        route,
        status = response.status().as_u16(),
        milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        "request answered"
    );
    Ok(response)
}
