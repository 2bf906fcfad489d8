//! htmx 4's request headers: whether a page or one of its blocks is wanted.

use std::convert::Infallible;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

/// What htmx says of itself in a request.
#[derive(Debug, Clone, Default)]
pub struct Htmx {
    partial: bool,
    target: String,
}

impl Htmx {
    /// Whether the answer should be the block that fills the element with this id.
    /// Full requests, history restores and everything else get the page.
    #[must_use]
    pub fn wants_block(&self, id: &str) -> bool {
        self.partial && self.target == id
    }
}

impl FromRequest for Htmx {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let text = |name| req.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or("");
        let partial = text("hx-request") == "true" && text("hx-request-type") == "partial";
        // htmx 4 names its target as `tag#id`, or by the id alone.
        let target = text("hx-target").rsplit('#').next().unwrap_or("").to_owned();
        ready(Ok(Self { partial, target }))
    }
}
