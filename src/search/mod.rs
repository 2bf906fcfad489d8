//! Finding people, organizations and tags by what one remembers of them. It reads other features; no feature reads it.

/// Words, begun or misspelt.
pub mod lexical;
mod logging;
mod pages;
/// The SQL of search.
pub mod queries;
mod reminding;

use actix_web::web::ServiceConfig;

/// The routes of this folder.
pub fn routes(routes: &mut ServiceConfig) {
    routes.service(pages::search);
}
