//! The frame around every page, and the replies that carry one.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::{StatusCode, header};
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse};
use askama::Template;
use uuid::Uuid;

use super::flash::{self, Flash};
use super::site::{Site, site};
use super::{FormData, assets, csrf};
use crate::dates::DateStyle;
use crate::db::CurrentUser;
use crate::error::AppError;

/// What `base.html` shows around a page. No query is needed to make one.
#[derive(Debug, Clone)]
pub struct Layout {
    /// Whether there is a session.
    pub signed_in: bool,
    /// Her name.
    pub user_name: String,
    /// Whether keys of one letter do something.
    pub single_keys: bool,
    /// How she writes days and hours.
    pub dates: DateStyle,
    /// Her time zone; none of whoever is not signed in.
    pub zone: Option<&'static str>,
    /// The token of every form.
    pub csrf: String,
    /// The path's first segment: which entry of the navigation is current.
    pub section: String,
    /// What the last request did.
    pub flash: Option<Flash>,
    /// The style sheet's URL.
    pub css_url: &'static str,
    /// The scripts' URLs, in order.
    pub js_urls: &'static [String],
    site: std::rc::Rc<Site>,
}

impl Layout {
    /// What stands around the answer to this request.
    #[must_use]
    pub fn of(req: &HttpRequest) -> Self {
        let user = req.extensions().get::<CurrentUser>().cloned();
        let section = match req.path().split('/').nth(1).unwrap_or("") {
            "correspondents" => "interactions",
            "selections" => "contacts",
            "dates" => "keep-in-touch",
            "organization-merges" => "organizations",
            "tag-merges" => "tags",
            "admin" => "settings",
            section => section,
        };
        let section = section.to_owned();
        Self {
            signed_in: user.is_some(),
            single_keys: user.as_ref().is_none_or(CurrentUser::single_keys),
            dates: user.as_ref().map(CurrentUser::dates).unwrap_or_default(),
            zone: user.as_ref().map(|user| user.time_zone().name()),
            user_name: user.map(|user| user.full_name().to_owned()).unwrap_or_default(),
            csrf: csrf::token(req),
            section,
            flash: flash::take(req),
            css_url: assets::css_url(),
            js_urls: assets::js_urls(),
            site: site(req),
        }
    }

    /// The same with the message of what this request itself did, which offers to take that back where it changed
    /// something.
    #[must_use]
    pub fn saying(self, says: String, undo: Option<Uuid>) -> Self {
        let message = if undo.is_some() { says } else { "Nothing was changed.".to_owned() };
        Self { flash: Some(Flash { message, undo, redo: false, link: None }), ..self }
    }

    /// The server that shows the page.
    #[must_use]
    pub fn site(&self) -> &Site {
        &self.site
    }
}

impl FromRequest for Layout {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(req)))
    }
}

/// Whether this is a path of our own site, as browsers read it.
#[must_use]
pub fn is_local(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains(|c: char| c == '\\' || c.is_control())
        && !lower.starts_with("/%2f")
        && !lower.starts_with("/%5c")
}

/// Bytes that a list of fifty rows takes: a page that grows from nothing is copied a few times.
const ROOM: usize = 48 * 1024;

fn render(status: StatusCode, template: &impl Template) -> Result<HttpResponse, AppError> {
    let mut body = String::with_capacity(ROOM);
    template.render_into(&mut body).map_err(|error| AppError::Internal(error.into()))?;
    Ok(HttpResponse::build(status).content_type("text/html; charset=utf-8").body(body))
}

/// 200 with a page, or with one block of it.
///
/// # Errors
/// When the template cannot be rendered.
pub fn html(template: &impl Template) -> Result<HttpResponse, AppError> {
    render(StatusCode::OK, template)
}

/// The first page, whose rows leave their lists once they are settled; elsewhere a row stays and says what was done.
const FIRST_PAGE: &str = "/";

/// Whether the row that this form or address belongs to leaves its list.
#[must_use]
pub fn leaves(sent: &FormData) -> bool {
    sent.text("next") == FIRST_PAGE
}

#[derive(Template)]
#[template(path = "_left.html")]
struct Left {
    layout: Layout,
}

/// 200 that takes the row which sent this out of its list, with a message that offers to take that back.
///
/// # Errors
/// As [`html`].
pub fn left(layout: Layout, says: String, change_set: Option<Uuid>) -> Result<HttpResponse, AppError> {
    let mut response = html(&Left { layout: layout.saying(says, change_set) })?;
    response
        .headers_mut()
        .insert(header::HeaderName::from_static("hx-reswap"), header::HeaderValue::from_static("delete"));
    Ok(response)
}

/// 422 with the form as it was sent and what is wrong at each field. htmx 4 swaps it by default.
///
/// # Errors
/// As [`html`].
pub fn unprocessable(template: &impl Template) -> Result<HttpResponse, AppError> {
    render(StatusCode::UNPROCESSABLE_ENTITY, template)
}

/// 401 with a page on which to sign in.
///
/// # Errors
/// As [`html`].
pub fn unauthorized(template: &impl Template) -> Result<HttpResponse, AppError> {
    let mut response = render(StatusCode::UNAUTHORIZED, template)?;
    // RFC 9110 asks for a scheme; browsers pass over one that they do not know.
    response.headers_mut().insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static("Form"));
    Ok(response)
}

/// 404 with a page of its own.
///
/// # Errors
/// As [`html`].
pub fn missing(template: &impl Template) -> Result<HttpResponse, AppError> {
    render(StatusCode::NOT_FOUND, template)
}

/// 403 with a page.
///
/// # Errors
/// As [`html`].
pub fn forbidden(template: &impl Template) -> Result<HttpResponse, AppError> {
    render(StatusCode::FORBIDDEN, template)
}

/// 409 with both versions of what was edited twice.
///
/// # Errors
/// As [`html`].
pub fn conflict(template: &impl Template) -> Result<HttpResponse, AppError> {
    render(StatusCode::CONFLICT, template)
}

/// 429 with the form as it was sent and how long to wait.
///
/// # Errors
/// As [`html`].
pub fn too_many(template: &impl Template, wait: Duration) -> Result<HttpResponse, AppError> {
    let mut response = render(StatusCode::TOO_MANY_REQUESTS, template)?;
    response.headers_mut().insert(header::RETRY_AFTER, wait.as_secs().max(1).into());
    Ok(response)
}

/// Whether whoever asks has what bears this ETag (RFC 9110, section 13.1.2).
#[must_use]
pub fn is_known(req: &HttpRequest, tag: &str) -> bool {
    let known = req.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    known.is_some_and(|known| known.split(',').any(|one| opaque(one) == opaque(tag)))
}

/// 303: what a successful POST answers.
#[must_use]
pub fn see_other(url: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, url)).finish()
}

/// 303 with a message for the next page and, where something was changed, its undo.
#[must_use]
pub fn see_other_with(layout: &Layout, url: &str, message: impl Into<String>, undo: Option<Uuid>) -> HttpResponse {
    see_other_saying(layout, url, &Flash { message: message.into(), undo, redo: false, link: None })
}

/// 303 after a change of something that has a page elsewhere, which the message links to.
#[must_use]
pub fn see_other_linking(
    layout: &Layout,
    url: &str,
    message: impl Into<String>,
    undo: Option<Uuid>,
    link: Option<String>,
) -> HttpResponse {
    see_other_saying(layout, url, &Flash { message: message.into(), undo, redo: false, link })
}

/// 303 after an edit: with its undo where it changed something, else it says that it did not.
#[must_use]
pub fn changed_by(layout: &Layout, url: &str, message: impl Into<String>, change_set: Option<Uuid>) -> HttpResponse {
    match change_set {
        Some(_) => see_other_with(layout, url, message, change_set),
        None => see_other_with(layout, url, "Nothing was changed.", None),
    }
}

/// 303 after an undo, whose own change set does it all again.
#[must_use]
pub fn redone_by(layout: &Layout, url: &str, message: impl Into<String>, undo: Uuid) -> HttpResponse {
    see_other_saying(layout, url, &Flash { message: message.into(), undo: Some(undo), redo: true, link: None })
}

fn see_other_saying(layout: &Layout, url: &str, flash: &Flash) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, url)).cookie(flash::cookie(layout.site(), flash)).finish()
}
