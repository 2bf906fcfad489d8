//! Labels for people.

mod forms;
/// What is edited of a tag.
pub mod model;
mod pages;
/// The SQL of tags.
pub mod queries;
mod views;

use actix_web::web::ServiceConfig;

/// The routes of this folder.
pub fn routes(routes: &mut ServiceConfig) {
    routes
        .service(pages::index::index)
        .service(pages::merge::blank)
        .service(pages::merge::create)
        .service(pages::edit::create)
        .service(pages::edit::edit)
        .service(pages::edit::update)
        .service(pages::removal::remove);
}
