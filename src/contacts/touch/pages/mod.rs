//! The pages of keeping in touch.

/// Whoever is due, and who comes next.
pub(in crate::contacts) mod index;
/// Put off, and that taken back.
pub(in crate::contacts) mod postponement;
/// What she does already, kept to.
pub(in crate::contacts) mod rhythm;

use askama::Template;
use uuid::Uuid;

use super::views::TouchView;
use crate::web::{Htmx, Layout};

/// The row that takes the place of the one that was acted on.
#[derive(Template)]
#[template(path = "touch/_swapped.html")]
struct Swapped {
    layout: Layout,
    row: TouchView,
    is_current: bool,
}

/// Whether a row alone is wanted, which swaps itself.
fn wants_row(htmx: &Htmx, id: Uuid) -> bool {
    htmx.wants_block(&format!("touch-{id}"))
}
