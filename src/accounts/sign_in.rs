//! Sign-in and sign-out.

use std::net::IpAddr;

use actix_web::http::header;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse, get, post};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::forms::SignIn;
use super::{passwords, sessions};
use crate::db::{CurrentUser, Db};
use crate::error::{AppError, too_soon};
use crate::web::client_ip::client_ip;
use crate::web::page::{is_local, too_many, unauthorized, unprocessable};
use crate::web::site::SignUp;
use crate::web::{CsrfForm, Field, Kept, Layout, csrf, html, kept, see_other, throttle};

/// Says no more than this: which of the two is wrong is nobody's business.
const WRONG: &str = "The address and the password do not belong together.";

#[derive(Template)]
#[template(path = "accounts/sign_in.html")]
struct SignInPage {
    layout: Layout,
    form: SignIn,
    next: String,
    can_sign_up: bool,
    /// Whether she comes from closing her account.
    is_closed: bool,
    /// What was typed into another form when the session had ended.
    kept: Option<Kept>,
}

/// Where to go afterwards.
#[derive(Deserialize)]
struct Afterwards {
    #[serde(default)]
    next: String,
    /// Whether she has just closed her account: a message in a cookie is gone with the first page that is fetched.
    #[serde(default)]
    closed: String,
}

/// A path of this site, whatever was asked for: never another host.
fn local_path(next: &str) -> &str {
    if is_local(next) { next } else { "/" }
}

/// The form; somebody who is signed in needs none.
#[get("/login")]
pub(super) async fn sign_in_form(layout: Layout, asked: Query<Afterwards>) -> Result<HttpResponse, AppError> {
    let next = local_path(&asked.next).to_owned();
    if layout.signed_in {
        return Ok(see_other(&next));
    }
    let can_sign_up = layout.site().sign_up == SignUp::Open;
    let is_closed = !asked.closed.is_empty();
    html(&SignInPage { layout, form: SignIn::default(), next, can_sign_up, is_closed, kept: None })
}

/// The form in the place of an answer, with what was typed before the session ended.
pub(super) fn in_place(req: &HttpRequest, kept: Kept) -> Result<HttpResponse, AppError> {
    let layout = Layout::of(req);
    let can_sign_up = layout.site().sign_up == SignUp::Open;
    let (form, next) = (SignIn::default(), String::new());
    unauthorized(&SignInPage { layout, form, next, can_sign_up, is_closed: false, kept: Some(kept) })
}

/// Opens a session. An unknown address and a wrong password differ in nothing, time included.
#[post("/login")]
pub(super) async fn sign_in(
    req: HttpRequest,
    db: Data<Db>,
    mut layout: Layout,
    posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let kept = Kept::carried_by(&posted);
    let email = posted.text("email").trim().to_owned();
    let ip = client_ip(&req, &layout.site().trusted_proxies);
    let tried = authenticate(&db, ip, &email, posted.text("password")).await;
    let wait = match tried {
        Ok(Some(user)) => {
            let cookie = sessions::open(&db, layout.site(), &req, user).await?;
            let mut response = match &kept {
                Some(kept) => {
                    layout.csrf = csrf::token_of(cookie.value());
                    kept::after_sign_in(layout, kept)?
                }
                None => see_other(local_path(posted.text("next"))),
            };
            response.add_cookie(&cookie).map_err(anyhow::Error::from)?;
            return Ok(response);
        }
        Ok(None) => None,
        Err(AppError::TooMany(wait)) => Some(wait),
        Err(error) => return Err(error),
    };
    let mut form = SignIn { email: Field::from(email.as_str()), password: Field::default() };
    form.password.refuse(wait.map_or_else(|| WRONG.to_owned(), too_soon));
    let next = local_path(posted.text("next")).to_owned();
    let can_sign_up = layout.site().sign_up == SignUp::Open;
    let page = SignInPage { layout, form, next, can_sign_up, is_closed: false, kept };
    match wait {
        Some(wait) => too_many(&page, wait),
        None => unprocessable(&page),
    }
}

/// Whose address and password these are. The try is counted before the password is looked at.
async fn authenticate(db: &Db, ip: Option<IpAddr>, email: &str, password: &str) -> Result<Option<Uuid>, AppError> {
    let turn = throttle::take(db, ip, email).await?;
    // PostgreSQL has no NUL in text; such an address belongs to nobody.
    let credential = if email.contains('\0') { None } else { db.anonymous().credential(email).await? };
    let too_long = password.chars().count() > passwords::LONGEST;
    let stored = credential.as_ref().map(|credential| credential.password_hash.clone());
    let is_right = passwords::verify(if too_long { "" } else { password }, stored).await?;
    let Some(credential) = credential.filter(|known| is_right && !too_long && !known.is_disabled) else {
        return Ok(None);
    };
    turn.give_back(db).await?;
    if passwords::is_outdated(&credential.password_hash) {
        db.anonymous().set_password(credential.user_id, &passwords::hash(password).await?).await?;
    }
    Ok(Some(credential.user_id))
}

/// Whether this is her present password. Who sits at her open session may not guess it either.
///
/// # Errors
/// `TooMany` where it comes too soon after others that were wrong.
pub async fn is_present_password(db: &Db, user: &CurrentUser, password: &str) -> Result<bool, AppError> {
    let turn = throttle::take(db, user.ip(), user.email()).await?;
    let stored = db.anonymous().credential_of(user.id()).await?.map(|credential| credential.password_hash);
    let is_right = passwords::verify(password, stored).await?;
    if is_right {
        turn.give_back(db).await?;
    }
    Ok(is_right)
}

/// Ends the session on the server and clears what the browser kept.
#[post("/logout")]
pub(super) async fn sign_out(
    req: HttpRequest,
    db: Data<Db>,
    layout: Layout,
    _posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    if let Some(cookie) = req.cookie(layout.site().session_cookie()) {
        db.anonymous().close_session(&sessions::hash_token(cookie.value())).await?;
    }
    signed_out(&layout, see_other("/login"))
}

/// The answer to whoever has closed her account: the sign-in page, which says so.
///
/// # Errors
/// When the cookie cannot be made.
pub fn account_closed(layout: &Layout) -> Result<HttpResponse, AppError> {
    signed_out(layout, see_other("/login?closed=true"))
}

/// Has the browser forget the session and what it kept.
fn signed_out(layout: &Layout, mut response: HttpResponse) -> Result<HttpResponse, AppError> {
    response.add_cookie(&sessions::removal(layout.site())).map_err(anyhow::Error::from)?;
    response.headers_mut().insert(
        header::HeaderName::from_static("clear-site-data"),
        header::HeaderValue::from_static("\"cache\", \"storage\""),
    );
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::local_path;

    #[test]
    fn only_paths_of_this_site_are_gone_to() {
        for evil in ["//evil", "/\\evil", "https:evil", "/%2f%2fevil", "/a\r\nSet-Cookie: x", "", "evil", "/%5Cevil"] {
            assert_eq!(local_path(evil), "/", "{evil}");
        }
        assert_eq!(local_path("/tags?x=1"), "/tags?x=1");
    }
}
