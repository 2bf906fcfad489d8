//! The link in a digest that stops it, for whoever has the mail and is not signed in. Mail programs post to it by
//! themselves, without cookie or token (RFC 8058): it is the one form that needs neither. All that a forged request
//! could do is stop a digest, and for that it would have to know the 256 random bits of the link. What merely follows
//! links, as scanners of mail do, stops nothing.

use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse, get, post};
use askama::Template;

use crate::db::Db;
use crate::error::AppError;
use crate::web::client_ip::client_ip;
use crate::web::site::site;
use crate::web::{Layout, csrf_form, html, throttle};

#[derive(Template)]
#[template(path = "delivery/unsubscribe.html")]
struct Unsubscribe {
    layout: Layout,
    token: String,
    is_stopped: bool,
}

/// A button. Whether the link leads anywhere it does not say: only who presses it has to know.
#[get("/unsubscribe/{token}")]
pub(super) async fn ask(layout: Layout, token: Path<String>) -> Result<HttpResponse, AppError> {
    html(&Unsubscribe { layout, token: token.into_inner(), is_stopped: false })
}

/// Stops the digest.
#[post("/unsubscribe/{token}")]
pub(super) async fn stop(
    req: HttpRequest,
    db: Data<Db>,
    layout: Layout,
    token: Path<String>,
    body: Payload,
) -> Result<HttpResponse, AppError> {
    // Nothing in it matters, but it is read as every form is: whole, in time, and no larger than one may be.
    csrf_form::take(&req, &mut body.into_inner()).await?;
    if !db.anonymous().stop_digest(&token).await? {
        throttle::take_link_turn(&db, client_ip(&req, &site(&req).trusted_proxies)).await?;
        return Err(AppError::NotFound);
    }
    html(&Unsubscribe { layout, token: token.into_inner(), is_stopped: true })
}
