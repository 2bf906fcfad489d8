//! The SQL of organizations.

mod list;
/// Several made into one.
pub mod merge;
mod names;
mod read;
mod write;

pub use list::{Row, list};
pub use names::{Choice, TABLE, ids_of_names, named, of_name, trashed_of_name};
pub use read::{Colleague, People, Stored, find, people};
pub use write::{insert, restore, trash, update};
