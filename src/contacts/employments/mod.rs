//! Where people work and worked: several posts at once, with the time that each is or was held.

mod forms;
pub(super) mod pages;
mod queries;

pub use queries::{Employment, Post, insert_many, of_contact};
