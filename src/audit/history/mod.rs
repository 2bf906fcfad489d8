//! The history: every change set newest first, of the whole account or of one person, and what each changed,
//! row by row, before and after.

mod deeds;
pub(super) mod pages;
mod queries;
mod values;
mod views;
pub(super) mod words;
