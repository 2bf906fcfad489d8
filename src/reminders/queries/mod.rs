//! The SQL of reminders.

mod due;
mod list;
mod making;
mod read;
mod settling;
mod write;

pub use due::{Part as DuePart, due};
pub use list::{ByHerClock, Done, DoneCursor, Filter, Row, by_her_clock, done, list};
pub(super) use making::KIND;
pub use making::{PutOff, begin, follow, make, make_anew, move_put_off, unmade};
pub use read::{Passed, Stored, apart, clock, coming, find, passed};
pub use settling::{dismiss, move_apart, move_due, put_off, settle, skip_missed, snooze};
pub use write::{Part, insert_many, restore, set_schedule, trash, update};
