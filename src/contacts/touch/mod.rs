//! Keeping in touch: who is due by the cadence that she set, who comes next, and who is put off meanwhile.
//!
//! A cadence is somebody's own number of days, else the shortest of her tags'. The database keeps `next_contact_due` as
//! these, her last contact and a postponement change; a postponement is no contact, and only what she logs herself ends
//! it.

/// How often.
pub mod model;
pub(super) mod pages;
/// The SQL of keeping in touch.
pub mod queries;
/// People to be in touch with, as pages show them.
pub mod views;
