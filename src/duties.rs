//! The whole table of jobs, one line per feature.

use crate::jobs::Duty;
use crate::{contacts, exchange};

/// Everything that the worker knows to do.
#[must_use]
pub fn all() -> Vec<Duty> {
    let mut duties = exchange::duties();
    duties.push(contacts::groups::duty());
    duties
}
