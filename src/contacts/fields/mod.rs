//! Own fields: what an account keeps of its people besides, as it defines it. The definitions have their page in the
//! settings; what they say of somebody is a part of her, edited, imported and exported with her.

mod checking;
/// The inputs of a person's form.
pub(super) mod inputs;
/// What an own field is.
pub mod model;
pub(super) mod pages;
/// The SQL of own fields.
pub mod queries;
mod settings_form;
mod views;

pub use checking::settle;
pub use model::{Definition, FieldKind, OwnValue};
pub(super) use views::FieldView;
