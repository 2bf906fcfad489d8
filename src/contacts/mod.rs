//! The people she knows: list, reading pane, form, trash.

mod asked;
/// Many people at once.
pub mod bulk;
/// Two versions of one person.
pub mod compare;
/// Her people's numbers once she dials from another country.
pub mod dialling;
/// What a search looks at, kept in the transaction that changes its sources.
pub mod documents;
/// Where people work and worked.
pub mod employments;
/// Fields that the account defines itself.
pub mod fields;
mod forms;
/// People of an organization or a tag that changed.
pub mod groups;
/// Two or more cards of one person made into one.
mod merging;
/// Who a person is.
pub mod model;
/// Important days.
pub mod occasions;
/// The pages.
pub mod pages;
mod parts;
/// What they look like.
pub mod photos;
/// The SQL of contacts.
pub mod queries;
/// What people are to each other.
pub mod relations;
/// What many are found by, merged after them.
pub mod search_lists;
/// Who is to be kept in touch with.
pub mod touch;
/// People as their pages show them.
pub mod views;

use actix_web::web::ServiceConfig;

/// The routes of this folder.
pub fn routes(routes: &mut ServiceConfig) {
    routes
        .service(pages::index::index)
        .service(pages::edit::blank)
        .service(pages::edit::create)
        .service(pages::edit::edit)
        .service(pages::edit::update)
        .service(pages::show::show)
        .service(pages::trash::trash)
        .service(pages::trash::restore)
        .service(pages::tags::add)
        .service(pages::tags::remove)
        .service(bulk::pages::select)
        .service(bulk::pages::apply)
        .service(merging::find)
        .service(merging::pages::compare)
        .service(merging::pages::merge)
        .service(employments::pages::blank)
        .service(employments::pages::create)
        .service(employments::pages::edit)
        .service(employments::pages::update)
        .service(employments::pages::remove)
        .service(relations::pages::blank)
        .service(relations::pages::create)
        .service(relations::pages::edit)
        .service(relations::pages::update)
        .service(relations::pages::remove)
        .service(fields::pages::index)
        .service(fields::pages::blank)
        .service(fields::pages::create)
        .service(fields::pages::edit)
        .service(fields::pages::update)
        .service(fields::pages::shift)
        .service(fields::pages::remove)
        .service(touch::pages::index::index)
        .service(touch::pages::postponement::ask)
        .service(touch::pages::postponement::postpone)
        .service(touch::pages::postponement::take_back)
        .service(touch::pages::rhythm::keep_to)
        .service(occasions::pages::index)
        .service(photos::pages::edit)
        .service(photos::pages::update)
        .service(photos::pages::remove)
        .service(photos::pages::picture);
}
