//! What lies in the trash: people, organizations, interactions and tags, until they are
//! restored, or deleted by a job. It reads all four features.

mod emptying;
mod pages;
mod queries;
mod views;

use actix_web::web::ServiceConfig;

pub use emptying::duty;

/// The routes of this folder.
pub fn routes(routes: &mut ServiceConfig) {
    routes.service(pages::index);
}
