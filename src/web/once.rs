//! A secret that a page shows once, after the redirect that follows its making: the database has its hash alone.

use actix_web::cookie::SameSite;
use actix_web::cookie::time::Duration;
use actix_web::{HttpRequest, HttpResponse};

use super::page::see_other;
use super::site::site;
use crate::error::AppError;

/// 303 to the page that shows this token, which a cookie carries there.
///
/// # Errors
/// When the cookie cannot be written.
pub fn carry(req: &HttpRequest, cookie: &'static str, token: String, path: &str) -> Result<HttpResponse, AppError> {
    let mut cookie = site(req).cookie(cookie, token, SameSite::Strict);
    cookie.set_max_age(Duration::minutes(1));
    let mut response = see_other(path);
    response.add_cookie(&cookie).map_err(anyhow::Error::from)?;
    Ok(response)
}

/// The page, which is given the token if there is one; the cookie is gone then.
///
/// # Errors
/// When the page cannot be shown.
pub fn show(
    req: &HttpRequest,
    cookie: &'static str,
    page: impl FnOnce(Option<String>) -> Result<HttpResponse, AppError>,
) -> Result<HttpResponse, AppError> {
    let token = req.cookie(cookie).map(|cookie| cookie.value().to_owned());
    let token = token.filter(|token| token.len() == 64 && token.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let is_shown = token.is_some();
    let mut response = page(token)?;
    if is_shown {
        let mut removal = site(req).cookie(cookie, String::new(), SameSite::Strict);
        removal.make_removal();
        response.add_cookie(&removal).map_err(anyhow::Error::from)?;
    }
    Ok(response)
}
