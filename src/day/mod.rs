//! The first page: what is due, whom to be in touch with, what comes and what came. It reads many features; none reads it.

mod model;
mod pages;
mod queries;
mod views;

use actix_web::web::ServiceConfig;

/// The routes of this folder.
pub fn routes(routes: &mut ServiceConfig) {
    routes.service(pages::first_page);
}
