//! What the first page says of an account as a whole.

use crate::correspondents::queries::Waiting;
use crate::delivery::queries::{Alarm, Trouble};

/// What stands around the lists.
#[derive(Debug)]
pub(super) struct Around {
    /// How many people there are.
    pub people: i64,
    /// Whether anybody has a cadence.
    pub has_cadence: bool,
    /// How many correspondents wait, counted up to one more than is shown.
    pub waiting: i64,
    /// The first few of them.
    pub first: Vec<Waiting>,
    /// What keeps messages from her.
    pub trouble: Trouble,
    /// How everybody's fare, where she administers.
    pub alarm: Option<Alarm>,
    /// How much passed on each day that was asked for.
    pub counts: Vec<i32>,
}
