//! Import and export: one pipeline for every format, read, match, preview, apply, undo.

/// A whole account, out and in.
pub mod account;
#[cfg(test)]
mod any_card;
mod apply;
mod archive;
/// Calendars in.
pub mod calendar;
/// What a record of a file says of one person.
pub mod card;
mod deciding;
/// Everybody as a file.
pub mod export;
/// Named values as a card.
pub mod fields;
/// A file on its way in.
pub mod intake;
/// The SQL of an import's records.
pub mod items;
mod lacking;
mod late;
/// LDIF in.
pub mod ldif;
mod lines;
/// Mail in.
pub mod mail;
/// What the columns of a table are.
pub mod mapping;
mod matching;
/// The three-way merge of a card into somebody she knows.
pub mod merge;
/// Messages that are files of their own.
pub mod messages;
/// What an import is.
pub mod model;
mod pages;
/// The SQL of the files of an upload.
pub mod parts;
/// What passed between her and people, in.
pub mod passed;
mod payload;
mod people;
mod photos;
mod preview;
/// The SQL of imports.
pub mod queries;
mod read;
mod reader;
/// A record of a file.
pub mod record;
mod records;
mod relations;
/// By what a record is known again.
pub mod source_key;
mod sources;
mod survey;
/// Tables in and out.
pub mod table;
/// A card's normal form.
pub mod tidy;
/// vCard in and out.
pub mod vcard;
mod views;

use actix_web::web::ServiceConfig;

pub use apply::begin;
pub use lacking::says as lacking_fields;

use crate::jobs::Duty;

/// The routes of this folder.
pub fn routes(routes: &mut ServiceConfig) {
    routes
        .service(pages::index)
        .service(pages::create)
        .service(pages::show)
        .service(pages::apply)
        .service(pages::cancel)
        .service(deciding::choose)
        .service(mapping::pages::columns)
        .service(passed::addresses)
        .service(passed::pause)
        .service(passed::resume)
        .service(passed::find)
        .service(passed::mean)
        .service(export::index)
        .service(export::vcards)
        .service(export::chosen_vcards)
        .service(export::table)
        .service(export::chosen_table)
        .service(account::export::document);
}

/// The jobs of this folder.
#[must_use]
pub fn duties() -> Vec<Duty> {
    vec![
        Duty { kind: payload::READ, work: read::WORK, give_up: Some(read::GIVE_UP) },
        Duty { kind: apply::KIND, work: apply::WORK, give_up: Some(read::GIVE_UP) },
        Duty { kind: passed::KIND, work: passed::WORK, give_up: Some(passed::GIVE_UP) },
        Duty { kind: apply::TAKE_BACK, work: apply::TAKE_BACK_WORK, give_up: None },
    ]
}
