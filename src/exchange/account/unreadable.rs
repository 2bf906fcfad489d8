//! Reminders that the database takes and the program can do nothing with, by what they say of when they come: the form
//! would refuse it. They are left out, with what became of them, and told; all else is read.

use std::collections::{BTreeSet, HashSet};

use chrono::{DateTime, Datelike, NaiveDateTime, Utc};
use chrono_tz::Tz;
use serde_json::Value;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::queries;
use crate::db::TenantTx;
use crate::error::AppError;
use crate::recurrence::Rule;
use crate::reminders::schedule::{Clock, Schedule};

/// How many of them the page of an import names.
const NAMED: usize = 10;

/// What is left out of a document.
#[derive(Default)]
pub(super) struct LeftOut {
    reminders: HashSet<Uuid>,
    /// What each is called, and what is wrong with it.
    told: Vec<(String, String)>,
}

impl LeftOut {
    /// The rows of a table that are read, of those behind `before` others of it.
    pub fn sift(
        &mut self,
        (table, before): (&str, usize),
        rows: Vec<Box<RawValue>>,
        clock: Clock,
    ) -> Vec<Box<RawValue>> {
        match table {
            "reminders" => {
                let numbered = rows.into_iter().enumerate();
                numbered.filter(|(at, row)| self.takes(before + at + 1, row, clock)).map(|(_, row)| row).collect()
            }
            "reminder_occurrences" if !self.reminders.is_empty() => {
                rows.into_iter().filter(|row| !self.is_of_one(row)).collect()
            }
            _ => rows,
        }
    }

    fn takes(&mut self, number: usize, row: &RawValue, clock: Clock) -> bool {
        let row: Value = serde_json::from_str(row.get()).unwrap_or_default();
        let Err(reason) = check(&row, clock) else { return true };
        let id = id(&row, "id");
        let named = id.map(|id| format!(" (id {id})")).unwrap_or_default();
        self.reminders.extend(id);
        let title = row.get("title").and_then(Value::as_str).unwrap_or_default().to_owned();
        self.told.push((title, format!("reminders, row {number}{named}: {reason}")));
        false
    }

    fn is_of_one(&self, row: &RawValue) -> bool {
        let row: Value = serde_json::from_str(row.get()).unwrap_or_default();
        id(&row, "reminder_id").is_some_and(|id| self.reminders.contains(&id))
    }

    /// Keeps with the import what was left out.
    pub async fn tell(&self, tx: &mut TenantTx<'_>, import: Uuid) -> Result<(), AppError> {
        if self.told.is_empty() {
            return Ok(());
        }
        queries::note_unreadable(tx, import, &self.told, &self.says()).await
    }

    fn says(&self) -> String {
        let named: Vec<&str> = self.told.iter().take(NAMED).map(|(_, reason)| reason.as_str()).collect();
        let head = match self.told.len() {
            1 => "One reminder can’t be read and was left out".to_owned(),
            many => format!("{many} reminders can’t be read and were left out"),
        };
        let rest = match self.told.len() - named.len() {
            0 => String::new(),
            rest => format!(" And {rest} more."),
        };
        format!("{head}: {}{rest}", named.join(" "))
    }
}

fn id(row: &Value, name: &str) -> Option<Uuid> {
    row.get(name)?.as_str()?.parse().ok()
}

/// What is said under this name; null says nothing.
fn said<'a>(row: &'a Value, name: &str) -> Option<&'a Value> {
    row.get(name).filter(|value| !value.is_null())
}

/// A wall clock as the document says it, of a year that can be counted on from.
fn local(value: &Value) -> Option<NaiveDateTime> {
    let at: NaiveDateTime = value.as_str()?.replace(' ', "T").parse().ok()?;
    is_counted(at.year()).then_some(at)
}

fn is_counted(year: i32) -> bool {
    (1..=9999).contains(&year)
}

/// Which field is wrong, and why.
fn check(row: &Value, clock: Clock) -> Result<(), String> {
    let zone = said(row, "zone").map(|zone| zone.as_str().and_then(|name| name.parse::<Tz>().ok()));
    if zone == Some(None) {
        return Err("zone: this Kith does not know the time zone.".to_owned());
    }
    let rule = said(row, "recurrence_rule").map(|rule| rule.as_str().unwrap_or_default().parse::<Rule>());
    let rule = rule.transpose().map_err(|error| format!("recurrence_rule: {error}"))?;
    let days = said(row, "advance_days").map(|days| days.as_i64().filter(|days| (1..=365).contains(days)));
    if days == Some(None) {
        return Err("advance_days: that is no whole number from 1 to 365.".to_owned());
    }
    let except: Option<BTreeSet<NaiveDateTime>> = match said(row, "exdates") {
        None => Some(BTreeSet::new()),
        Some(dates) => dates.as_array().and_then(|dates| dates.iter().map(local).collect()),
    };
    let except = except.ok_or("exdates: these are no days and times.")?;
    let starts_at = said(row, "starts_at").map(|at| local(at).ok_or("starts_at: that is no day and time."));
    let (starts_at, zone) = (starts_at.transpose()?, zone.flatten());
    // A document of an older Kith says only when it is due.
    let due_at = said(row, "due_at").and_then(|at| at.as_str()?.parse::<DateTime<Utc>>().ok());
    let due_at = due_at.filter(|at| is_counted(at.year()));
    let due = || due_at.map(|at| at.with_timezone(&zone.unwrap_or(clock.zone)).naive_local());
    let Some(starts_at) = starts_at.or_else(due) else { return Ok(()) };
    let is_day = said(row, "is_day").and_then(Value::as_bool).unwrap_or_default();
    let schedule = Schedule { starts_at, is_day, zone, rule, except };
    match schedule.too_often(schedule.local(Utc::now(), clock), clock) {
        Some(reason) => Err(format!("recurrence_rule: {reason}")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_the_form_of_a_reminder_refuses_is_named_by_its_field() {
        let clock = Clock { zone: Tz::UTC, hour: Clock::MORNING };
        let said_of = |field: &str, value: &Value| {
            let mut row = json!({ "starts_at": "2026-01-01T09:00:00", "due_at": "2026-01-01T09:00:00+00:00" });
            row[field] = value.clone();
            check(&row, clock)
        };
        for (field, value) in [
            ("recurrence_rule", json!("GARBAGE")),
            ("recurrence_rule", json!("FREQ=SECONDLY")),
            ("recurrence_rule", json!(7)),
            ("zone", json!("Nowhere/Else")),
            ("advance_days", json!(0)),
            ("advance_days", json!("soon")),
            ("exdates", json!(["infinity"])),
            ("exdates", json!("2026-01-01")),
            ("starts_at", json!("infinity")),
            ("starts_at", json!("+262142-12-31T00:00:00")),
        ] {
            let said = said_of(field, &value).unwrap_err();
            assert!(said.starts_with(&format!("{field}: ")), "{value}: {said}");
        }
        for (field, value) in [
            ("recurrence_rule", json!("FREQ=MONTHLY;BYDAY=-1FR")),
            // It stands, and never comes.
            ("recurrence_rule", json!("FREQ=DAILY;UNTIL=20250101")),
            ("recurrence_rule", Value::Null),
            ("zone", json!("Asia/Tokyo")),
            ("advance_days", json!(365)),
            ("exdates", json!(["2026-01-02T09:00:00"])),
            ("starts_at", Value::Null),
        ] {
            assert_eq!(said_of(field, &value), Ok(()), "{field} {value}");
        }
    }
}
