//! What messages are sent with, and where their links lead.

use super::queries::Item;
use crate::outgoing::{Caller, Mailer};

/// What messages are sent with.
#[derive(Debug, Clone)]
pub struct Means {
    /// The mail server, if there is one.
    pub mailer: Option<Mailer>,
    /// Who calls programs of hers.
    pub caller: Caller,
    /// Where a browser finds Kith, without a slash at the end.
    pub address: String,
}

impl Means {
    /// The URL of a path of Kith.
    pub(super) fn link(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    /// The URL of the reminder that is told.
    pub(super) fn reminder(&self, item: &Item) -> String {
        self.link(&format!("/reminders/{}", item.reminder))
    }
}
