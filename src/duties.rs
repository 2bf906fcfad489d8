//! The whole table of jobs, one line per feature.

use crate::jobs::Duty;

/// Everything that the worker knows to do.
#[must_use]
pub fn all() -> Vec<Duty> {
    vec![crate::contacts::groups::duty()]
}
