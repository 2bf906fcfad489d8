//! The SQL of correspondents.

mod list;
mod parting;
/// Which addresses are one person's.
pub(super) mod people;
mod write;

pub use list::{Address, Cursor, Filter, Row, Show, Sort, Waiting, count, list, matching, waiting};
pub use parting::{OfPerson, addresses_of, part};
pub use write::{Chosen, chosen, describe, give, ignore, wait};
