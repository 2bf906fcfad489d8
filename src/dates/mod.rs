//! How she writes days and hours: where her week begins, in which order a day is written, by which clock, in which
//! language. What pages, mails and messages tell of a day is worded here, and days that are typed are read by the same.

mod choices;
pub mod digits;
mod here;
mod hours;
mod language;
mod near;
mod stored;
mod style;
mod typed;
mod words;

pub use choices::{HourClock, Order, WEEK_STARTS};
pub use here::Here;
pub use hours::take_hour;
pub use language::Language;
pub use stored::Chosen;
pub use style::DateStyle;
pub use typed::{day_and_month, day_of_month, month_of_any_language, near, typed, weekday, words};
