//! What `kith import` says in the end.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use serde::Serialize;

use super::say;
use crate::exchange::model::Import as Row;
use crate::exchange::passed::Passing;

/// What all files together came to: `read` is the sum of the six words.
#[derive(Debug, Default, Serialize)]
pub(super) struct Outcome {
    read: i64,
    new: i64,
    changed: i64,
    unchanged: i64,
    doubtful: i64,
    ignored: i64,
    unreadable: i64,
    /// How many were ignored for which reason, where that is known of each.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    ignored_by_reason: BTreeMap<String, i64>,
    /// What took place more often than is kept, with how much of it is left out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cut: Vec<String>,
    /// Time zones of calendars that are not known: their times were read as the user's own.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    unknown_zones: BTreeSet<String>,
    /// Of each file that ends too early, that it does.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cut_off: Vec<String>,
    /// Of each address that was taken for the user's own before, and is not any more, what stays.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    stays: BTreeSet<String>,
    /// Of each file what it says that no page shows, and what can be done about it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<String>,
    pub problems: Vec<Problem>,
    #[serde(skip)]
    pub failed: Vec<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct Problem {
    pub file: String,
    pub line: i64,
    pub reason: String,
}

impl Outcome {
    /// A file that could not be taken in.
    pub fn fail(&mut self, file: &str, reason: &str) {
        self.problems.push(Problem { file: file.to_owned(), line: 1, reason: reason.to_owned() });
        self.failed.push(format!("{file}: {reason}"));
    }

    /// Adds what an import came to.
    pub fn add(&mut self, row: &Row) -> Result<()> {
        let counts = &row.counts;
        self.read += i64::from(row.items_read);
        self.new += i64::from(counts.new_count);
        self.changed += i64::from(counts.changed_count);
        self.unchanged += i64::from(counts.unchanged_count);
        self.doubtful += i64::from(counts.doubtful_count);
        self.ignored += i64::from(counts.ignored_count);
        self.unreadable += i64::from(counts.unreadable_count);
        let Passing { ignored, cut, unknown_zones, cut_off, stays, .. } = Passing::of(row)?.unwrap_or_default();
        self.cut.extend(cut);
        self.unknown_zones.extend(unknown_zones);
        self.cut_off.extend(cut_off);
        self.stays.extend(stays);
        for (reason, number) in ignored {
            *self.ignored_by_reason.entry(reason).or_default() += i64::from(number);
        }
        Ok(())
    }
}

/// Says what they came to, as JSON or for a person.
pub(super) fn report(outcome: &Outcome, as_json: bool, is_dry_run: bool) -> Result<()> {
    if as_json {
        say(serde_json::to_string(outcome)?);
        return Ok(());
    }
    for problem in &outcome.problems {
        let line = if problem.line == 0 { String::new() } else { format!(":{}", problem.line) };
        say(format_args!("{}{line}: {}", problem.file, problem.reason));
    }
    say(format_args!(
        "{}{} read: {} new, {} changed, {} unchanged, {} doubtful, {} ignored, {} unreadable",
        if is_dry_run { "nothing was changed; " } else { "" },
        outcome.read,
        outcome.new,
        outcome.changed,
        outcome.unchanged,
        outcome.doubtful,
        outcome.ignored,
        outcome.unreadable
    ));
    for says in &outcome.cut {
        say(says);
    }
    for zone in &outcome.unknown_zones {
        say(format_args!("the time zone “{zone}” is not known: its times were read as those of the user's own"));
    }
    for (reason, number) in &outcome.ignored_by_reason {
        say(format_args!("{number} ignored: {reason}"));
    }
    for says in outcome.cut_off.iter().chain(&outcome.stays).chain(&outcome.notices) {
        say(says);
    }
    if outcome.doubtful > 0 && !is_dry_run {
        say("the doubtful ones wait for a decision on the page Import");
    }
    Ok(())
}
