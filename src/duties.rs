//! The whole table of jobs, one line per feature.

use crate::jobs::Duty;
use crate::{accounts, audit, contacts, exchange, interactions, leaving, reminders, trash};

/// Everything that the worker knows to do.
#[must_use]
pub fn all() -> Vec<Duty> {
    let mut duties = exchange::duties();
    duties.extend([
        audit::undoing::duty(),
        contacts::groups::duty(),
        contacts::dialling::duty(),
        contacts::search_lists::duty(),
        contacts::photos::duty(),
        interactions::duty(),
        interactions::sentiment_duty(),
        reminders::duty(),
        trash::duty(),
        accounts::measuring::duty(),
        leaving::duty(),
    ]);
    duties
}
