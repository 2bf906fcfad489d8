//! The SQL of contacts.

mod called;
mod groups;
mod list;
mod phones;
mod read;
mod write;

pub use called::{Candidate, called, named, similar, suggested};
pub use groups::{Groups, Moved, PEOPLE_OF_AT_ONCE, moved, people_of};
pub use list::{Cursor, Filter, Row, Sort, behind, list};
pub use phones::{hold_country, people_with_phones, rekey_phones};
pub use read::{Contact, TagOf, find, find_for_page, hold, name_of, people};
pub use write::{Saved, insert_many, rekey, set_trashed, update, update_many};
