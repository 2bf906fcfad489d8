//! What passed between her and people: logged by hand or imported, on each person's page and of the whole network.

mod asked;
/// What counts as contact.
pub mod counting;
/// Days as people write them.
pub mod day;
mod english;
mod forms;
/// A year of contact, drawn.
pub mod heat;
/// What an interaction is.
pub mod model;
mod pages;
/// Whom a typed name means.
pub mod people;
/// The SQL of interactions.
pub mod queries;
mod reading;
/// How warm a text is.
pub mod sentiment;
/// Interactions as pages show them.
pub mod views;
mod zone;

use actix_web::web::ServiceConfig;

pub use reading::duty as sentiment_duty;
pub use zone::{begin as count_in_another_zone, duty};

/// The routes of this folder.
pub fn routes(routes: &mut ServiceConfig) {
    routes
        .service(pages::counting::show)
        .service(pages::counting::change)
        .service(pages::index::index)
        .service(pages::edit::blank)
        .service(pages::edit::create)
        .service(pages::edit::edit)
        .service(pages::edit::update)
        .service(pages::overview::show)
        .service(pages::thread::show)
        .service(pages::show::show)
        .service(pages::timeline::timeline)
        .service(pages::trash::trash)
        .service(pages::trash::restore);
}
