//! Import and export: one pipeline for every format, read, match, preview, apply, undo.

mod apply;
/// What a record of a file says of one person.
pub mod card;
/// Everybody as a file.
pub mod export;
/// A file on its way in.
pub mod intake;
mod matching;
/// The three-way merge of a card into somebody she knows.
pub mod merge;
/// What an import is.
pub mod model;
mod pages;
mod people;
mod preview;
/// The SQL of imports and their items.
pub mod queries;
mod read;
mod sources;
/// A card's normal form.
pub mod tidy;
mod upload;
/// vCard in and out.
pub mod vcard;
mod views;

use actix_web::web::ServiceConfig;

pub use pages::begin;

use crate::jobs::Duty;

/// The routes of this folder.
pub fn routes(routes: &mut ServiceConfig) {
    routes
        .service(pages::index)
        .service(pages::create)
        .service(pages::show)
        .service(pages::apply)
        .service(pages::cancel)
        .service(pages::choose)
        .service(export::index)
        .service(export::contacts)
        .service(export::selection);
}

/// The jobs of this folder.
#[must_use]
pub fn duties() -> Vec<Duty> {
    vec![
        Duty { kind: read::KIND, work: read::WORK, give_up: Some(read::GIVE_UP) },
        Duty { kind: apply::KIND, work: apply::WORK, give_up: Some(read::GIVE_UP) },
        Duty { kind: apply::TAKE_BACK, work: apply::TAKE_BACK_WORK, give_up: None },
    ]
}
