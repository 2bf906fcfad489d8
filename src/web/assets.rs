//! The static files: embedded, named by their content, compressed when Kith was built.
//! A page names them by the functions here, so a link can't go stale.

use std::sync::LazyLock;

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};

/// One embedded file in its three encodings.
pub struct Asset {
    /// The address, which changes whenever the content does.
    pub url: &'static str,
    /// Its media type.
    pub kind: &'static str,
    /// The bytes as they are.
    pub plain: &'static [u8],
    /// The bytes under `Content-Encoding: br`.
    pub brotli: &'static [u8],
    /// The bytes under `Content-Encoding: gzip`.
    pub gzip: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// The style sheet's address.
pub fn css_url() -> &'static str {
    CSS.url
}

/// The addresses of the scripts, in the order in which they run.
pub fn js_urls() -> &'static [String] {
    static URLS: LazyLock<Vec<String>> =
        LazyLock::new(|| [&HTMX, &KEYBOARD, &APP].map(|asset| asset.url.to_owned()).into());
    &URLS
}

/// The address of the script of lists in which people are selected.
pub fn selection_url() -> &'static str {
    SELECTION.url
}

/// The address of the script of the first page.
pub fn day_url() -> &'static str {
    DAY.url
}

/// The address of the script that knows the browser's time zone.
pub fn zone_url() -> &'static str {
    ZONE.url
}

/// The address of the icons, each a `<symbol>` named after what it shows.
pub fn icons_url() -> &'static str {
    ICONS.url
}

/// The address of the icon in the browser's tab.
pub fn favicon_url() -> &'static str {
    FAVICON.url
}

/// Serves the files below `/static/`.
pub fn routes(cfg: &mut web::ServiceConfig) {
    for asset in ALL {
        cfg.route(asset.url, web::get().to(move |request: HttpRequest| async move { serve(asset, &request) }));
    }
}

fn serve(asset: &'static Asset, request: &HttpRequest) -> HttpResponse {
    let accepted = request.headers().get(header::ACCEPT_ENCODING);
    let mut reply = HttpResponse::Ok();
    reply
        .content_type(asset.kind)
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((header::VARY, "Accept-Encoding"));
    if accepts(accepted, "br") {
        reply.insert_header((header::CONTENT_ENCODING, "br")).body(asset.brotli)
    } else if accepts(accepted, "gzip") {
        reply.insert_header((header::CONTENT_ENCODING, "gzip")).body(asset.gzip)
    } else {
        reply.body(asset.plain)
    }
}

fn accepts(header: Option<&HeaderValue>, encoding: &str) -> bool {
    let listed = header.and_then(|value| value.to_str().ok()).unwrap_or_default();
    listed.split(',').any(|part| {
        let (name, weight) = part.split_once(';').unwrap_or((part, ""));
        let refused = weight.trim().strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()) == Some(0.0);
        name.trim().eq_ignore_ascii_case(encoding) && !refused
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoding_is_used_only_if_the_browser_takes_it() {
        let header = HeaderValue::from_static("gzip, br;q=0, zstd");
        assert!(accepts(Some(&header), "gzip"));
        assert!(!accepts(Some(&header), "br"));
        assert!(!accepts(None, "gzip"));
    }
}
