//! The people she knows: list, reading pane, form, trash.

/// What a search looks at, kept in the transaction that changes its sources.
pub mod documents;
/// Who works or worked where.
pub mod employments;
/// Who a person is.
pub mod model;
/// The SQL of contacts.
pub mod queries;

use actix_web::web::ServiceConfig;

/// The routes of this folder.
pub fn routes(_routes: &mut ServiceConfig) {}
