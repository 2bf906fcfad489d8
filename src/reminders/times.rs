//! Reminders by when they are due, where she is: overdue, today, in the next seven days, later.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::queries::Row;
use super::views::RowView;
use crate::db::CurrentUser;

/// When something is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Time {
    /// The hour has passed, or the day where it is a day alone.
    Overdue,
    /// Still to come today.
    Today,
    /// In the six days after today.
    Week,
    /// After that.
    Later,
}

impl Time {
    /// When a row is due, read `now` in her zone.
    #[must_use]
    pub fn of(row: &Row, zone: Tz, now: DateTime<Utc>) -> Self {
        let day = |at: DateTime<Utc>| at.with_timezone(&zone).date_naive();
        let has_hour = !row.is_day || row.is_snoozed;
        match (day(row.due_at) - day(now)).num_days() {
            ..0 => Self::Overdue,
            0 if has_hour && row.due_at < now => Self::Overdue,
            0 => Self::Today,
            1..=6 => Self::Week,
            _ => Self::Later,
        }
    }

    /// In words.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Overdue => "Overdue",
            Self::Today => "Today",
            Self::Week => "This week",
            Self::Later => "Later",
        }
    }
}

/// Rows that are due in the same time.
pub struct Group {
    /// `Overdue`, `Today`, `This week`, `Later`.
    pub title: &'static str,
    /// In the order in which they are due.
    pub rows: Vec<RowView>,
}

/// Rows by when they are due.
#[must_use]
pub fn by_time(rows: Vec<Row>, user: &CurrentUser) -> Vec<Group> {
    let (zone, now) = (user.time_zone(), Utc::now());
    let mut groups: Vec<Group> = Vec::new();
    for row in rows {
        let title = Time::of(&row, zone, now).title();
        let view = RowView::new(row, zone, now);
        match groups.iter_mut().find(|group| group.title == title) {
            Some(group) => group.rows.push(view),
            None => groups.push(Group { title, rows: vec![view] }),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn time(due_at: &str, is_day: bool, is_snoozed: bool, now: &str) -> Time {
        let row = Row {
            id: Uuid::nil(),
            title: String::new(),
            contact: None,
            due_at: due_at.parse().unwrap(),
            is_snoozed,
            is_day,
            rule: None,
            occurrence: None,
        };
        Time::of(&row, Tz::Pacific__Auckland, now.parse().unwrap())
    }

    #[test]
    fn a_day_ends_at_her_midnight_and_an_hour_when_it_has_passed() {
        // In Auckland it is half past eight of the 29th.
        let now = "2026-11-28T19:30:00Z";
        for (due_at, is_day, is_snoozed, is) in [
            ("2026-11-28T10:59:00Z", false, false, Time::Overdue),
            ("2026-11-28T11:00:00Z", true, false, Time::Today),
            ("2026-11-28T11:00:00Z", true, true, Time::Overdue),
            ("2026-11-28T19:00:00Z", false, false, Time::Overdue),
            ("2026-11-28T20:00:00Z", false, false, Time::Today),
            ("2026-11-29T10:59:00Z", false, false, Time::Today),
            ("2026-11-29T11:00:00Z", false, false, Time::Week),
            ("2026-12-05T10:59:00Z", true, false, Time::Week),
            ("2026-12-05T11:00:00Z", false, false, Time::Later),
        ] {
            assert_eq!(time(due_at, is_day, is_snoozed, now), is, "{due_at} {is_day} {is_snoozed}");
        }
    }
}
