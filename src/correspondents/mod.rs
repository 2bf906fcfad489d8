//! People she writes with who are in no contact yet: a queue that imports of mail and calendars fill, and that she
//! works off. What they come to the database counts; see `interactions::queries::addresses`.

mod asked;
mod deeds;
/// Which addresses are one person's.
pub mod gathering;
mod names;
mod pages;
/// The SQL of correspondents.
pub mod queries;
/// Correspondents as pages show them.
pub mod views;

use actix_web::web::ServiceConfig;

/// The routes of this folder.
pub fn routes(routes: &mut ServiceConfig) {
    routes
        .service(pages::index::index)
        .service(pages::changes::change)
        .service(pages::merge::find)
        .service(pages::merge::merge)
        .service(pages::part::show)
        .service(pages::part::part);
}
