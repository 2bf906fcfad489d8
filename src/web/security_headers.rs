//! The headers of every response (OWASP ASVS 3.4; SECURITY.md items 13-17).

use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};

use super::site::Site;

/// Everything from here, nothing inline, no frame around it.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; \
     form-action 'self'; frame-ancestors 'none'";

/// Sets what the response does not say itself.
pub fn apply(headers: &mut HeaderMap, site: &Site) {
    let mut set = |name: HeaderName, value: &'static str| {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    };
    set(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::X_FRAME_OPTIONS, "DENY");
    // `no-referrer` would make browsers send `Origin: null` with forms.
    set(header::REFERRER_POLICY, "same-origin");
    set(header::CACHE_CONTROL, "no-store");
    set(header::PERMISSIONS_POLICY, "camera=(), geolocation=(), microphone=()");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    if site.is_secure() {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains");
    }
    headers.append(header::VARY, HeaderValue::from_static("HX-Request, HX-Request-Type, HX-Target"));
}
