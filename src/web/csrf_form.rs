//! Reading a posted form: the token first, then the fields.

use std::ops::Deref;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::error::InternalError;
use actix_web::{Error, FromRequest, HttpMessage, HttpRequest, web};
use futures_util::future::LocalBoxFuture;

use super::csrf;
use super::form::FormData;
use super::kept::{self, Kept};
use super::page::Layout;
use crate::error::AppError;

/// A form is two megabytes at most: who needs longer for it only keeps a connection busy.
const BODY_PATIENCE: Duration = Duration::from_secs(30);

/// The form of this request is read already, by an extractor that answers in the place of [`CsrfForm`].
struct Taken;

/// Reads the form that a request brings, in the place of the [`CsrfForm`] that the handler names too.
pub fn take(req: &HttpRequest, payload: &mut Payload) -> impl Future<Output = Result<FormData, AppError>> + use<> {
    let form = read(req, payload);
    req.extensions_mut().insert(Taken);
    form
}

fn read(req: &HttpRequest, payload: &mut Payload) -> impl Future<Output = Result<FormData, AppError>> + use<> {
    let body = web::Bytes::from_request(req, payload);
    async move {
        let body = actix_web::rt::time::timeout(BODY_PATIENCE, body).await.map_err(|_| AppError::TooSlow)?;
        let body = body.map_err(|error| match error.as_response_error().status_code().as_u16() {
            413 => AppError::TooLarge,
            _ => AppError::BadRequest("The form did not arrive whole. Send it again.".into()),
        })?;
        Ok(FormData::parse(&body))
    }
}

/// A posted form whose token was checked before anything else was looked at.
pub struct CsrfForm(FormData);

impl Deref for CsrfForm {
    type Target = FormData;

    fn deref(&self) -> &FormData {
        &self.0
    }
}

impl FromRequest for CsrfForm {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self, Error>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if req.extensions().contains::<Taken>() {
            return Box::pin(std::future::pending());
        }
        let (req, form) = (req.clone(), read(req, payload));
        Box::pin(async move {
            let form = form.await?;
            match csrf::verify(&req, form.text("csrf_token")) {
                Ok(()) => Ok(Self(form)),
                Err(error) => Err(match Kept::of(&req, &form) {
                    Some(kept) => {
                        let page = kept::in_another_session(Layout::of(&req), &kept)?;
                        InternalError::from_response(error, page).into()
                    }
                    None => error.into(),
                }),
            }
        })
    }
}
