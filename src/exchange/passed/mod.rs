//! Imports of what passed between her and people: mail, calendars, tables, and whatever else has a [`Source`]. The job, what is known already,
//! batches, the report, pause and undo know no format.

mod answers;
mod calendar;
mod directory;
mod families;
mod files;
mod job;
mod judged;
mod listing;
mod mail;
mod meeting;
mod mending;
mod moment;
mod moving;
mod one_way;
mod own;
mod pages;
mod people;
mod queries;
mod record;
mod revised;
mod revising;
mod row;
mod sample;
mod table;
mod taking;
mod views;
mod who;
mod words;

pub use answers::{Answer, Passing, answer, answer_as_guessed};
pub use job::{GIVE_UP, KIND, WORK, go_on};
pub use record::{Doubt, Draft, Outcome, Record, Source};

pub(super) use answers::ask;
pub(super) use calendar::why_empty;
pub(super) use listing::items;
pub(super) use pages::{addresses, pause, resume};
pub(super) use people::{find, mean};
pub(super) use sample::{Looked, looked_at};
pub(super) use views::AskingView;
