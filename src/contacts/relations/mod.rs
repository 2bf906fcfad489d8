//! What people are to each other: one row for both sides, each side's word for it, and the time that it lasts.

mod forms;
mod kind;
mod model;
pub(super) mod pages;
mod queries;
mod views;

pub use kind::Kind;
pub use queries::{Relation, of_contact, options};
pub(super) use views::RelationView;
