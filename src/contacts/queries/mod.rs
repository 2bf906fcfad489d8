//! The SQL of contacts.

mod list;
mod read;
mod write;

pub use list::{Cursor, Filter, Listed, Row, Sort, count, list};
pub use read::{Contact, TagOf, find, people, tags};
pub use write::{Saved, insert_many, set_trashed, update, update_many};
