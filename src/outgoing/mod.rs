//! What leaves this server for others: mail, and calls to programs of hers. Nothing else does.

mod mail;
mod web;

use std::time::Duration;

pub use mail::{LONGEST, Mailer, address};
pub use web::Caller;

/// Why a message was not taken, as far as is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The receiver had all of it, and may have taken it.
    pub may_be_sent: bool,
    /// What it said, or what went wrong.
    pub reason: String,
    /// For how long it asks to be left alone, where it says so.
    pub wait: Option<Duration>,
}

impl Failure {
    /// It was surely not taken.
    #[must_use]
    pub fn refused(reason: impl Into<String>) -> Self {
        Self { may_be_sent: false, reason: reason.into(), wait: None }
    }

    /// Nobody can know whether it was taken.
    #[must_use]
    pub fn unknown(reason: impl Into<String>) -> Self {
        Self { may_be_sent: true, ..Self::refused(reason) }
    }
}

/// The error with what caused it, on one line of at most 500 characters.
fn on_one_line(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(one) = cause {
        let said = one.to_string();
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        cause = one.source();
    }
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(500).collect()
}
