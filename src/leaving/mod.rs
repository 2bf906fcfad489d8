//! Closing one's own account: asked for with the password, done at once, and erased by a job. It reads accounts and
//! exports; nothing reads it.

mod erasing;
mod pages;
mod queries;

use actix_web::web::ServiceConfig;

pub use erasing::duty;

/// The routes of this folder.
pub fn routes(routes: &mut ServiceConfig) {
    routes.service(pages::form).service(pages::close);
}
