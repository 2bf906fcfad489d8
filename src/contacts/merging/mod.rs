//! Two or more cards of one person made into one: side by side, each field chosen or kept both ways.
//!
//! Three resources: `/contacts/{id}/merge` finds the others by name; a posted `/comparisons` shows the chosen side by
//! side; a posted `/merges` does it, in one change set. Whoever stays keeps her address; the others go into the trash
//! with a copy of what they had, so that an undo, or a restoration of one alone, finds them whole.

mod choices;
mod column;
mod comparison;
mod finder;
pub(super) mod pages;
mod portraits;
mod queries;
mod united;
mod work;

pub(super) use finder::find;
