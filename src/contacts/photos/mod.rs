//! Photos: one a person, a small JPEG that is made of what she brings and known by its content.

pub(super) mod pages;
mod picture;
/// The SQL of photos.
pub mod queries;
mod sweeping;

pub use picture::{Photo, photo_of};
pub use sweeping::duty;
