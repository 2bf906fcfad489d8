//! What changed, and taking it back.

mod history;
mod pages;
/// The SQL of change sets and their undo.
pub mod queries;
pub mod undoing;

use actix_web::web::ServiceConfig;

/// The routes of this folder.
pub fn routes(routes: &mut ServiceConfig) {
    routes.service(pages::undo).service(history::pages::index).service(history::pages::show);
}
