//! Named values that say something of somebody, whatever format they stand in: the cells of a table under its header,
//! the attributes of an LDIF entry. What each means is a [`Meaning`]; [`Building`] makes a card of them.

mod building;
pub(super) mod date;
mod meaning;

pub(super) use building::{Building, SEVERAL, Style};
pub use meaning::{Meaning, What};
