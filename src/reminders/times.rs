//! Reminders by when they are due, where she is: overdue, today, this week, later. On the last day of her week it is the next
//! one that she looks into.

use chrono::{DateTime, Utc};

use super::queries::Row;
use super::views::RowView;
use crate::dates::Here;

/// When something is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Time {
    /// The hour has passed, or the day where it is a day alone.
    Overdue,
    /// Still to come today.
    Today,
    /// In what is left of her week.
    Week,
    /// In the next one, on the last day of this.
    NextWeek,
    /// After that.
    Later,
}

impl Time {
    /// The week that she looks into: hers, or on its last day the next one.
    #[must_use]
    pub fn week_ahead(here: Here) -> Self {
        if here.style.days_of_week_ahead(here.today) == 7 { Self::NextWeek } else { Self::Week }
    }

    /// When a row is due, read here.
    #[must_use]
    pub fn of(row: &Row, here: Here) -> Self {
        let day = |at: DateTime<Utc>| here.day(at);
        let has_hour = !row.is_day || row.is_snoozed;
        match (day(row.due_at) - here.today).num_days() {
            ..0 => Self::Overdue,
            0 if has_hour && row.due_at < here.now => Self::Overdue,
            0 => Self::Today,
            days if days <= here.style.days_of_week_ahead(here.today).into() => Self::week_ahead(here),
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
            Self::NextWeek => "Next week",
            Self::Later => "Later",
        }
    }
}

/// Rows that are due in the same time.
pub struct Group {
    /// `Overdue`, `Today`, `This week`, `Next week`, `Later`.
    pub title: &'static str,
    /// In the order in which they are due.
    pub rows: Vec<RowView>,
}

/// Rows by when they are due.
#[must_use]
pub fn by_time(rows: Vec<Row>, here: Here) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for row in rows {
        let title = Time::of(&row, here).title();
        let view = RowView::new(row, here);
        match groups.iter_mut().find(|group| group.title == title) {
            Some(group) => group.rows.push(view),
            None => groups.push(Group { title, rows: vec![view] }),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use chrono::Weekday;
    use chrono_tz::Tz;
    use uuid::Uuid;

    use super::*;
    use crate::dates::DateStyle;

    fn here(now: &str, week_start: Weekday) -> Here {
        let style = DateStyle { week_start, ..DateStyle::default() };
        Here::at(now.parse().unwrap(), Tz::Pacific__Auckland, style)
    }

    fn time(due_at: &str, is_day: bool, is_snoozed: bool, now: &str) -> Time {
        let row = Row {
            id: Uuid::nil(),
            title: String::new(),
            contact: None,
            due_at: due_at.parse().unwrap(),
            is_snoozed,
            is_noticed: false,
            is_day,
            rule: None,
            occurrence: None,
        };
        Time::of(&row, here(now, Weekday::Sun))
    }

    #[test]
    fn a_day_ends_at_her_midnight_and_an_hour_when_it_has_passed() {
        // In Auckland it is half past eight of the 29th, on which a week begins.
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

    #[test]
    fn a_week_ends_where_hers_does_and_its_last_day_looks_into_the_next() {
        let row = |days: i64| {
            let due_at = "2026-11-28T20:00:00Z".parse::<DateTime<Utc>>().unwrap() + chrono::TimeDelta::days(days);
            Row {
                id: Uuid::nil(),
                title: String::new(),
                contact: None,
                due_at,
                is_snoozed: false,
                is_noticed: false,
                is_day: false,
                rule: None,
                occurrence: None,
            }
        };
        // A Sunday.
        let now = "2026-11-28T19:30:00Z";
        for (week_start, last, week) in
            [(Weekday::Sun, 6, Time::Week), (Weekday::Sat, 5, Time::Week), (Weekday::Mon, 7, Time::NextWeek)]
        {
            let of = |days| Time::of(&row(days), here(now, week_start));
            assert_eq!([of(0), of(1), of(last), of(last + 1)], [Time::Today, week, week, Time::Later], "{week_start}");
        }
    }
}
