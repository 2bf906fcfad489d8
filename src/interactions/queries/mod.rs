//! The SQL of interactions.

/// Who is named.
pub mod addresses;
mod counting;
mod documents;
mod last_contact;
mod lately;
mod list;
mod months;
mod read;
mod rethreading;
mod sentiment;
/// Which messages are of one thread.
pub mod threads;
mod write;
mod year;

pub use counting::{Chosen, await_counting, counting, set_counting};
pub use documents::{refresh, touched};
pub use last_contact::{refresh_last_contacts, refresh_last_contacts_behind};
pub use lately::{counts_of_times, lately};
pub use list::{Filter, Row, list, of_thread, timeline};
pub use months::{Busy, Month, busiest, count_month, months, months_to_count};
pub use read::{Companion, Stored, find};
pub use rethreading::rethread;
pub use sentiment::{Unread, settle, unread};
pub use write::{Origin, import_many, insert_many, join_many, make_months, restore, trash, update};
pub use year::{YEAR_COLUMNS, YearRow, year_of_contact};
