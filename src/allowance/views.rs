//! What an account holds, as pages show it.

use super::Usage;
use crate::limits::Limits;
use crate::web::number::{bytes, grouped};

/// One limited thing: what it is and how much of it is used.
#[derive(Debug, PartialEq, Eq)]
pub struct Figure {
    /// `People`.
    pub name: &'static str,
    /// `312 of 1,000`.
    pub says: String,
}

/// What is limited, and how much of each is used.
#[must_use]
pub fn figures(limits: Limits, usage: &Usage) -> Vec<Figure> {
    let figure = |name, used: String, most: String| Figure { name, says: format!("{used} of {most}") };
    let contacts = limits.contacts.map(|most| figure("People", grouped(usage.contacts), grouped(most)));
    let imports = limits.imports.map(|most| figure("Imports today", grouped(usage.imports), grouped(most)));
    let storage = limits.bytes().map(|most| figure("Storage", bytes(usage.bytes), bytes(most)));
    [contacts, imports, storage].into_iter().flatten().collect()
}
