//! Many people at once: whom she chose, ticked or by the list's filter, and what becomes of them all in
//! one change set.
//!
//! Two resources: a posted `/selections` answers with the page of who is meant and what can be done with
//! them; a posted `/bulk-edits` does it. The selection travels in the form (repeated `id`, or
//! `scope=filter` with the list's parameters), so that nothing is stored and nothing works differently
//! without script.

mod chosen;
mod forms;
pub(super) mod pages;
mod queries;
mod work;

pub use chosen::Chosen;
