//! Values of changed columns as people read them.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime};
use serde_json::{Map, Value};

use crate::dates::Here;
use crate::text::clean;

/// Characters of a value that a page shows.
const SHOWN: usize = 500;

/// A row's values, in which the parts of a day that has no year of its own stand as one.
pub(super) fn of_row(table: &str, values: Option<&Value>, here: Here) -> Map<String, Value> {
    let mut values = values.and_then(Value::as_object).cloned().unwrap_or_default();
    if table == "contact_dates"
        && let Some(date) = whole_date(&values, here)
    {
        values.retain(|column, _| !matches!(column.as_str(), "day" | "month" | "year"));
        values.insert("date".to_owned(), date.into());
    }
    values
}

/// `9 December 1906`, the year only where it is known; of a change of parts nothing.
fn whole_date(values: &Map<String, Value>, here: Here) -> Option<String> {
    let number =
        |column: &str| values.get(column).and_then(Value::as_u64).and_then(|number| u32::try_from(number).ok());
    let year = values.get("year")?.as_i64().and_then(|year| i32::try_from(year).ok());
    Some(here.style.date(year, number("month")?, number("day")?))
}

/// What a column of a row says.
pub(super) fn told(table: &str, column: &str, values: &Map<String, Value>, here: Here) -> String {
    let value = values.get(column);
    match (table, column) {
        (_, "occurred_at" | "deleted_at" | "dismissed_at" | "snoozed_until") => told_moment(value, here),
        (_, "occurred_on" | "postponed_until" | "start_date" | "end_date" | "started_on" | "ended_on") => {
            told_locally(value, true, here)
        }
        ("reminders" | "reminder_occurrences", "starts_at" | "occurs_at_local" | "exdates") => {
            told_locally(value, values.get("is_day").and_then(Value::as_bool).unwrap_or(true), here)
        }
        ("contact_dates", "month") => {
            let number = value.and_then(Value::as_u64).and_then(|number| u32::try_from(number).ok());
            number.map_or_else(|| text(value), |number| here.style.month(number).to_owned())
        }
        _ => text(value),
    }
}

/// A moment where she is; what is none as it is.
fn told_moment(value: Option<&Value>, here: Here) -> String {
    let at = value.and_then(Value::as_str).and_then(|at| DateTime::parse_from_rfc3339(at).ok());
    at.map_or_else(|| text(value), |at| here.moment(at.to_utc()))
}

/// Days and times of no zone, or of one that stands beside them. Midnight is no time where it may be a day alone.
fn told_locally(value: Option<&Value>, may_be_day: bool, here: Here) -> String {
    match value {
        Some(Value::Array(list)) => {
            let told: Vec<String> = list.iter().map(|one| told_locally(Some(one), may_be_day, here)).collect();
            cut(told.join("; "))
        }
        Some(Value::String(at)) => {
            let day = at.parse::<NaiveDate>().map(|day| day.and_time(NaiveTime::MIN));
            match day.or_else(|_| at.parse::<NaiveDateTime>()) {
                Ok(at) if may_be_day && at.time() == NaiveTime::MIN => here.style.exact(at.date()),
                Ok(at) => format!("{}, {}", here.style.exact(at.date()), here.style.hour(at.time())),
                Err(_) => text(value),
            }
        }
        _ => text(value),
    }
}

fn text(value: Option<&Value>) -> String {
    cut(match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Bool(true)) => "yes".to_owned(),
        Some(Value::Bool(false)) => "no".to_owned(),
        Some(Value::Array(list)) => list.iter().map(|one| text(Some(one))).collect::<Vec<_>>().join(", "),
        Some(other) => other.to_string(),
    })
}

fn cut(text: String) -> String {
    let cut = clean::cut(&text, SHOWN);
    if cut.len() < text.len() { format!("{cut}…") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn days_and_times_are_told_as_one_says_them() {
        let row = |table: &str, row: &Value, column: &str| {
            let style = crate::dates::DateStyle::default();
            let here = Here::at(chrono::DateTime::UNIX_EPOCH, chrono_tz::Europe::Lisbon, style);
            told(table, column, &of_row(table, Some(row), here), here)
        };
        for (table, values, column, said) in [
            ("reminders", json!({"starts_at": "2026-12-24T10:00:00"}), "starts_at", "24 December 2026, 10:00"),
            ("reminders", json!({"starts_at": "2026-12-24T00:00:00", "is_day": true}), "starts_at", "24 December 2026"),
            (
                "reminders",
                json!({"starts_at": "2026-12-24T00:00:00", "is_day": false}),
                "starts_at",
                "24 December 2026, 00:00",
            ),
            (
                "reminders",
                json!({"exdates": ["2026-12-24T00:00:00", "2027-01-02T08:05:00"]}),
                "exdates",
                "24 December 2026; 2 January 2027, 08:05",
            ),
            ("contact_dates", json!({"day": 9, "month": 12, "year": 1906}), "date", "9 December 1906"),
            ("contact_dates", json!({"day": 9, "month": 12, "year": null}), "date", "9 December"),
            ("contact_dates", json!({"month": 12}), "month", "December"),
            ("contact_dates", json!({"year": null}), "year", ""),
            ("contact_employments", json!({"start_date": "1944-06-01"}), "start_date", "1 June 1944"),
            ("contacts", json!({"notes": "2026-12-24T10:00:00"}), "notes", "2026-12-24T10:00:00"),
        ] {
            assert_eq!(row(table, &values, column), said, "{values}");
        }
    }
}
