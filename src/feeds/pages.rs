//! The page of the link, and what the link leads to.

use std::future::ready;

use actix_web::http::header;
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse, get, post};
use askama::Template;
use futures_util::TryStreamExt;
use sha2::{Digest, Sha256};

use super::{calendar as whole, queries};
use crate::accounts::hash_token;
use crate::db::{CurrentUser, Db};
use crate::error::AppError;
use crate::text::hex::{hex, random_token};
use crate::web::client_ip::client_ip;
use crate::web::page::is_known;
use crate::web::site::site;
use crate::web::{CsrfForm, Layout, html, once, see_other_with, throttle};

/// The page's address.
const PATH: &str = "/settings/feed";
/// Carries the token of a new link to the page that shows it.
const COOKIE: &str = "kith_feed";

#[derive(Template)]
#[template(path = "feeds/show.html")]
struct Show {
    layout: Layout,
    /// The link that was just made.
    link: Option<String>,
    /// When the one that stands was made.
    made: Option<String>,
}

/// Whether there is a link, and the link itself if it was just made.
#[get("/settings/feed")]
pub(super) async fn show(
    req: HttpRequest,
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
) -> Result<HttpResponse, AppError> {
    let made = db.as_user(&user, async |tx| queries::standing(tx).await).await?;
    let made = made.map(|at| user.here().moment(at));
    let base = layout.site().base(&req);
    let link = |token| format!("{base}/feeds/{token}.ics");
    once::show(&req, COOKIE, |token| html(&Show { layout, link: token.map(link), made }))
}

/// Makes a link; the one that stood leads nowhere any more.
#[post("/settings/feed")]
pub(super) async fn create(
    req: HttpRequest,
    user: CurrentUser,
    db: Data<Db>,
    _posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    let token = random_token();
    let hash = hash_token(&token);
    db.as_user(&user, async |tx| queries::make(tx, &hash).await).await?;
    once::carry(&req, COOKIE, token, PATH)
}

/// Takes the link back.
#[post("/settings/feed/revocation")]
pub(super) async fn revoke(
    user: CurrentUser,
    db: Data<Db>,
    layout: Layout,
    _posted: CsrfForm,
) -> Result<HttpResponse, AppError> {
    db.as_user(&user, async |tx| queries::revoke(tx).await).await?;
    Ok(see_other_with(&layout, PATH, "The link is revoked. It leads nowhere any more.", None))
}

/// The calendar of whoever's link it is, for whoever has the link. It is written twice: to be hashed for its ETag, and
/// to be sent. What changes in between has another ETag the next time.
#[get("/feeds/{token}.ics")]
pub(super) async fn calendar(req: HttpRequest, db: Data<Db>, token: Path<String>) -> Result<HttpResponse, AppError> {
    let site = site(&req);
    let ip = client_ip(&req, &site.trusted_proxies);
    let Some(user) = db.anonymous().find_feed(&hash_token(&token), ip).await? else {
        throttle::take_link_turn(&db, ip).await?;
        return Err(AppError::NotFound);
    };
    let base = site.base(&req);
    let pieces = || whole::everything(Db::clone(&db), user.clone(), base.clone());
    let hash = pieces().try_fold(Sha256::new(), |hash, piece| ready(Ok(hash.chain_update(piece)))).await?;
    // Weak: what is packed for the way is the same.
    let tag = format!("W/\"{}\"", hex(&hash.finalize()));
    let is_known = is_known(&req, &tag);
    let mut reply = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    reply.insert_header((header::ETAG, tag)).insert_header((header::CACHE_CONTROL, "private, no-cache"));
    if is_known {
        return Ok(reply.finish());
    }
    Ok(reply
        .content_type("text/calendar; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"kith.ics\""))
        .streaming(pieces().map_ok(Bytes::from)))
}
