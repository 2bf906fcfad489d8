//! The SQL of tags.

mod list;
/// Several made into one.
pub mod merge;
mod names;
mod people;
mod write;

pub use list::{Row, list};
pub use names::{Choice, TABLE, choices, ids_of_names, of_name};
pub use people::{attach_many, detach};
pub use write::{Stored, delete, find, insert, update};
