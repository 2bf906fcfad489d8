//! The first page: what is due, whom to be in touch with, what comes and what came. It reads many features; none reads
//! it.
//!
//! Insights will stand behind the lists of what to do, where the template says so, as a section that is there only
//! while it holds something, as the others are.

mod model;
mod pages;
mod queries;
mod views;

use actix_web::web::ServiceConfig;

/// The routes of this folder.
pub fn routes(routes: &mut ServiceConfig) {
    routes.service(pages::first_page);
}
