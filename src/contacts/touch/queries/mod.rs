//! The SQL of keeping in touch. `due(tx, user.today(), 5)` is what a first page or a digest asks.

mod list;
mod write;

pub use list::{Cursor, Last, Listed, Touch, Which, due, find, first, list};
pub use write::met;
pub(in crate::contacts) use write::{days_of_contact, keep_to, postpone};
