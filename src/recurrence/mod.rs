//! What repeats: recurrence rules of iCalendar (RFC 5545), their occurrences by the wall clock, and a sentence for
//! each. A ground like `text`: it knows no feature and no database. The time zone comes last, by [`at`]: nine o'clock
//! stays nine o'clock when clocks change.
//!
//! The expansion is our own. The crate rrule 0.14 was measured on 549 vectors from the tests of six libraries. Of 170
//! on which libraries agree and whose start matches, it has 168: it refuses `BYDAY=-5WE` of a month, and a weekly rule
//! whose weekdays have numbers is to it one of every day. Beside them it finds nothing for `BYDAY=MO,2TU`, loses days
//! of weeks that a year shares with the next, and takes all seven days of a week where the RFC has that of the start. A
//! thousand leap days of an hourly rule take it half a second, and it reads a rule from its start, however long ago
//! that was. [`Occurrences`] has all 170, ends within a tenth of a second for any rule, and jumps to where it is asked
//! from.
//!
//! What the RFC leaves open is decided so:
//! - A start that does not match its rule is no occurrence and does not count.
//! - UNTIL with a day alone means the whole of that day.
//! - With BYWEEKNO a year is that of the weeks (ISO 8601); which year INTERVAL counts from follows from the start's
//!   week.
//! - Parts that the RFC forbids beside a frequency limit what the rule says otherwise; numbers before weekdays are read
//!   only where it allows them.
//! - Rules of hours, minutes and seconds go by the wall clock, too: what a clock change leaves out is moved by [`at`].

#[cfg(test)]
mod any_rule;
mod days;
mod moments;
mod occurrences;
mod rule;
mod sentence;
mod set;
mod text;
mod zone;

pub use occurrences::Occurrences;
pub use rule::{Frequency, Rule, Until, WeekdayNth};
pub use sentence::sentence;
pub use set::Recurrence;
pub use text::{RuleError, clock, date};
pub use zone::at;
