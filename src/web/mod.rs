//! What every feature's pages stand on: layout, forms, tokens, htmx, paging, headers. It knows no feature.

/// Static files, embedded and named by their content.
pub mod assets;
/// Initials on a colour.
pub mod avatar;
/// Where a request came from.
pub mod client_ip;
/// Tokens and the Origin check against forged requests.
pub mod csrf;
/// A posted form whose token was checked.
pub mod csrf_form;
/// Days as people read them.
pub mod dates;
/// Browsers by their user agents.
pub mod device;
/// A message carried over a redirect.
pub mod flash;
/// Forms: fields that keep what was typed and say what is wrong with it.
pub mod form;
/// htmx's request headers.
pub mod htmx;
/// What was typed into a form that cannot be taken at once.
pub mod kept;
/// Numbers as people read them.
pub mod number;
/// What a page shows once.
pub mod once;
/// The frame around every page, and the replies that carry one.
pub mod page;
/// Keyset cursors.
pub mod paging;
/// The query string of a request.
pub mod params;
/// A long text that is sent while it is written.
pub mod pieces;
/// Ids and days as the rows of a list write them.
pub mod plain;
/// The headers of every response.
pub mod security_headers;
/// What the running server knows of itself.
pub mod site;
/// Guessing is slowed down.
pub mod throttle;
mod titles;
/// A form that is sent twice.
pub mod twice;
/// A form with a file.
pub mod upload;
/// The time zones that forms offer.
pub mod zones;

pub use csrf_form::CsrfForm;
pub use form::{Difference, Field, FormData};
pub use htmx::Htmx;
pub use kept::Kept;
pub use page::{Layout, html, see_other, see_other_with, unprocessable};
pub use params::Params;
