//! What there is to choose of how days are written.

use chrono::Weekday;

/// Days on which a week may begin, each as it is stored and as it is offered.
pub const WEEK_STARTS: [(Weekday, &str, &str); 3] =
    [(Weekday::Mon, "monday", "Monday"), (Weekday::Sun, "sunday", "Sunday"), (Weekday::Sat, "saturday", "Saturday")];

/// In which order a day is written, and in which signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// `28 November 2026`
    #[default]
    DayMonthName,
    /// `November 28, 2026`
    MonthNameDay,
    /// `28/11/2026`
    DayMonth,
    /// `11/28/2026`
    MonthDay,
    /// `28.11.2026`
    Dotted,
    /// `2026-11-28`
    Iso,
}

impl Order {
    /// Each as it is stored and as it is offered.
    pub const ALL: [(Self, &'static str, &'static str); 6] = [
        (Self::DayMonthName, "d month yyyy", "28 November 2026"),
        (Self::MonthNameDay, "month d, yyyy", "November 28, 2026"),
        (Self::DayMonth, "dd/mm/yyyy", "28/11/2026"),
        (Self::MonthDay, "mm/dd/yyyy", "11/28/2026"),
        (Self::Dotted, "dd.mm.yyyy", "28.11.2026"),
        (Self::Iso, "yyyy-mm-dd", "2026-11-28"),
    ];

    /// Whether the day goes before the month where both are numbers; not said by one that puts the year first.
    #[must_use]
    pub fn is_day_first(self) -> Option<bool> {
        match self {
            Self::DayMonthName | Self::DayMonth | Self::Dotted => Some(true),
            Self::MonthNameDay | Self::MonthDay => Some(false),
            Self::Iso => None,
        }
    }
}

/// By which clock hours are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HourClock {
    /// `14:05`
    #[default]
    Whole,
    /// `2:05 pm`
    Half,
}

impl HourClock {
    /// Each as it is stored and as it is offered.
    pub const ALL: [(Self, &'static str, &'static str); 2] =
        [(Self::Whole, "24", "14:05"), (Self::Half, "12", "2:05 pm")];
}
