//! Companies and other groups of people.

mod forms;
/// What is edited of an organization.
pub mod model;
mod pages;
/// The SQL of organizations.
pub mod queries;
mod views;

use actix_web::web::ServiceConfig;

/// The routes of this folder.
pub fn routes(routes: &mut ServiceConfig) {
    routes
        .service(pages::index::index)
        .service(pages::merge::blank)
        .service(pages::merge::create)
        .service(pages::edit::blank)
        .service(pages::edit::create)
        .service(pages::edit::edit)
        .service(pages::edit::update)
        .service(pages::show::show)
        .service(pages::trash::trash)
        .service(pages::trash::restore);
}
