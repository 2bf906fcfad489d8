//! The query string of a request, in the form in which posted forms are read.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use super::FormData;

/// The pairs behind the `?`, repeated names included; what is no UTF-8 becomes U+FFFD.
pub struct Params(FormData);

impl Deref for Params {
    type Target = FormData;

    fn deref(&self) -> &FormData {
        &self.0
    }
}

impl FromRequest for Params {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(FormData::parse(req.query_string().as_bytes()))))
    }
}
