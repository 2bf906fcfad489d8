//! What she wants to be told, and when: once or again and again by a rule, for somebody or nobody.
//!
//! What she entered is a wall clock, a rule and perhaps a zone ([`schedule`]). What follows from it, each time that it comes,
//! is stored 400 days ahead (`queries::make`), so that one can be done, left out or put off without moving the others.

mod builder;
mod coming;
mod duty;
mod forms;
/// What a reminder is.
pub mod model;
mod pages;
/// When a reminder comes, as a sentence says it.
pub mod phrases;
/// The SQL of reminders.
pub mod queries;
/// When a reminder comes.
pub mod schedule;
/// Reminders by when they are due.
pub mod times;
/// Reminders as pages show them.
pub mod views;
/// Reminders in another zone of hers.
pub mod zone;

use actix_web::web::ServiceConfig;

pub use duty::duty;

/// The routes of this folder.
pub fn routes(routes: &mut ServiceConfig) {
    routes
        .service(pages::index::index)
        .service(pages::edit::blank)
        .service(pages::edit::create)
        .service(pages::preview::preview)
        .service(pages::edit::edit)
        .service(pages::edit::update)
        .service(pages::show::show)
        .service(pages::settling::complete)
        .service(pages::settling::skip)
        .service(pages::settling::dismiss)
        .service(pages::snooze::ask)
        .service(pages::snooze::snooze)
        .service(pages::trash::trash)
        .service(pages::trash::restore);
}
