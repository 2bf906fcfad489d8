//! A message carried over a redirect, in a cookie of its own that the next page takes away.

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::site::Site;
use crate::text::clean;

const NAME: &str = "kith_flash";
/// Characters of a message.
const LONGEST: usize = 400;

/// What was done, and how to take it back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    /// One sentence.
    pub message: String,
    /// The change set that the Undo button names.
    pub undo: Option<Uuid>,
    /// Whether that change set was itself an undo: then the button says Redo.
    #[serde(default)]
    pub redo: bool,
    /// The page of what was made or changed, where the message does not stand on it.
    #[serde(default)]
    pub link: Option<String>,
}

impl Flash {
    /// The page that it links to: none of another site, whatever the cookie says.
    #[must_use]
    pub fn link(&self) -> Option<&str> {
        self.link.as_deref().filter(|link| link.starts_with('/') && !link.starts_with("//") && !link.contains('\\'))
    }
}

/// The cookie that carries `flash` to the next page.
#[must_use]
pub fn cookie(site: &Site, flash: &Flash) -> Cookie<'static> {
    let flash = Flash { message: shortened(&flash.message), ..flash.clone() };
    let text = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&flash).unwrap_or_default());
    site.cookie(NAME, text, SameSite::Lax)
}

/// Browsers drop a cookie of more than 4,096 bytes, and the Undo button with it.
fn shortened(message: &str) -> String {
    let cut = clean::cut(message, LONGEST);
    if cut.len() < message.len() { format!("{cut}…") } else { message.to_owned() }
}

/// The cookie that takes a shown message away.
#[must_use]
pub fn removal(site: &Site) -> Cookie<'static> {
    let mut cookie = site.cookie(NAME, String::new(), SameSite::Lax);
    cookie.make_removal();
    cookie
}

/// The message that this request brings, if any.
#[must_use]
pub fn take(req: &HttpRequest) -> Option<Flash> {
    let cookie = req.cookie(NAME)?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(cookie.value()).ok()?).ok()
}
