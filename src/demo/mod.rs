//! Trying out: a believable network of sixty people, made as one change set that one step takes back.
//! It reads many features; the settings alone ask whether they are here.

mod making;
mod network;
mod pages;
/// Whether the example people are here, and writing what passed between her and them.
pub mod queries;

use actix_web::web::ServiceConfig;

pub use making::{Made, make};

/// The routes of this folder.
pub fn routes(routes: &mut ServiceConfig) {
    routes.service(pages::create);
}
