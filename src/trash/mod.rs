//! What lies in the trash: people and organizations, until they are restored. It reads both features.

mod pages;
mod queries;
mod views;

use actix_web::web::ServiceConfig;

/// The routes of this folder.
pub fn routes(routes: &mut ServiceConfig) {
    routes.service(pages::index);
}
