//! Whoever administers the instance. For everybody else there are no such pages: 404, as for another user's row.

use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::{Error, FromRequest, HttpRequest};
use futures_util::future::LocalBoxFuture;

use crate::db::CurrentUser;
use crate::error::AppError;

/// A signed-in administrator. The functions of the database that a handler goes on to call ask again for themselves.
pub(super) struct Administrator(CurrentUser);

impl Deref for Administrator {
    type Target = CurrentUser;

    fn deref(&self) -> &CurrentUser {
        &self.0
    }
}

impl FromRequest for Administrator {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self, Error>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let user = CurrentUser::from_request(req, payload);
        Box::pin(async move {
            let user = user.await?;
            if user.is_admin() { Ok(Self(user)) } else { Err(AppError::NotFound.into()) }
        })
    }
}
