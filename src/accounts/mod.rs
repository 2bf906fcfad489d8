//! Users, passwords, sessions; the middleware that turns a cookie into a [`CurrentUser`](crate::db::CurrentUser).

mod administrator;
mod forms;
mod invitations;
/// How much storage an account takes.
pub mod measuring;
/// From a cookie to the user that asks.
pub mod middleware;
mod overview;
mod pages;
/// argon2id, and what is no password.
pub mod passwords;
mod sessions;
mod sign_in;

use actix_web::web::ServiceConfig;

pub use sessions::hash_token;
pub use sign_in::{account_closed, is_present_password};

/// The routes of this folder.
pub fn routes(routes: &mut ServiceConfig) {
    routes
        .service(pages::sign_up_form)
        .service(pages::sign_up)
        .service(sign_in::sign_in_form)
        .service(sign_in::sign_in)
        .service(sign_in::sign_out)
        .service(invitations::pages::index)
        .service(invitations::pages::create)
        .service(invitations::pages::revoke)
        .service(overview::pages::index)
        .service(overview::pages::show)
        .service(overview::pages::change);
}
