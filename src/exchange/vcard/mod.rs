//! vCard 2.1, 3.0 and 4.0 in, 3.0 and 4.0 out, without database or HTTP.
//!
//! [`Reader`] reads a file card by card; [`write()`] writes a card so that reading it again gives the same card.
//! What Kith models becomes a [`Card`](super::card::Card), every other property is kept as a content line and
//! written again. A line that says more than Kith models (the parts of an address, departments, the hour of a
//! birth) is both: it is kept beside the address, post or date, and written in its place while that still stands.

mod android;
mod beside;
mod binary;
mod card;
pub(in crate::exchange) mod content_line;
mod date;
mod decode;
mod employment;
pub(crate) mod escape;
#[cfg(test)]
mod fixtures;
mod label;
mod method;
mod own_field;
mod reader;
mod related;
#[cfg(test)]
mod round_trip;
mod shape;
pub(in crate::exchange) mod unfold;
mod writer;

pub(in crate::exchange) use beside::{address, column, department, is_linkedin};
pub(in crate::exchange) use binary::{is_picture, photo_line, picture};
pub(in crate::exchange) use own_field::{is_same as is_same_field, line as own_field, of_text as own_value};
pub use reader::Reader;
pub(in crate::exchange) use related::{line as related, of_text as relation};
pub use writer::{Version, write};
