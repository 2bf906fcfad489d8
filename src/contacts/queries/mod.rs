//! The SQL of contacts.

mod groups;
mod list;
mod read;
mod write;

pub use groups::{PEOPLE_OF_AT_ONCE, people_of};
pub use list::{Cursor, Filter, Row, Sort, count, list};
pub use read::{Contact, TagOf, find, hold, name_of, people, tags};
pub use write::{Saved, insert_many, rekey, set_trashed, update, update_many};
