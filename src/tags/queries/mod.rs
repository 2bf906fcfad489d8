//! The SQL of tags.

mod list;
mod names;
mod people;
mod write;

pub use list::{Listed, Row, list};
pub use names::{Choice, choices, ids_of_names, of_name, options, rekey};
pub use people::{attach_many, detach};
pub use write::{delete, find, insert, update};
