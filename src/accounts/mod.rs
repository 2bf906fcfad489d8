//! Users, passwords, sessions; the middleware that turns a cookie into a [`CurrentUser`](crate::db::CurrentUser).

mod administrator;
mod date_style;
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
mod queries;
mod sessions;
mod settings;
mod sign_in;
mod throttle;

use actix_web::web::ServiceConfig;

pub use sessions::hash_token;
pub use settings::is_present_password;
pub use sign_in::signed_out_saying;
pub use throttle::take_link_turn;

/// The routes of this folder.
pub fn routes(routes: &mut ServiceConfig) {
    routes
        .service(pages::sign_up_form)
        .service(pages::sign_up)
        .service(sign_in::sign_in_form)
        .service(sign_in::sign_in)
        .service(sign_in::sign_out)
        .service(settings::show)
        .service(settings::change_password)
        .service(settings::end_session)
        .service(settings::change_profile)
        .service(settings::change_keyboard)
        .service(settings::change_correspondents)
        .service(settings::change_reminders)
        .service(settings::change_dates)
        .service(date_style::change_date_style)
        .service(invitations::pages::index)
        .service(invitations::pages::create)
        .service(invitations::pages::revoke)
        .service(overview::pages::index)
        .service(overview::pages::show)
        .service(overview::pages::change);
}
