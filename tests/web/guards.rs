//! Forged requests, headers and cookies (SECURITY.md items 2-3, 11-19).

use crate::harness::{App, PASSWORD};

#[actix_web::test]
async fn a_form_without_its_token_is_refused() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let mut bob = app.sign_in("bob").await;
    let (own, foreign) = (ada.token().await, bob.token().await);
    let name = ("full_name", "Mallory");
    ada.post_with("/settings/profile", &[name], &[]).await.expect(403);
    ada.post_with("/settings/profile", &[("csrf_token", &foreign), name], &[]).await.expect(403);
    ada.post_with("/settings/profile", &[("csrf_token", &foreign), name], &[("hx-request", "true")]).await.expect(403);
    let zone = ("time_zone", "UTC");
    ada.post_with("/settings/profile", &[("csrf_token", &own), ("full_name", "Ada"), zone], &[]).await.expect(303);
}

#[actix_web::test]
async fn a_form_from_another_site_is_refused() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let token = ada.token().await;
    let fields = [("csrf_token", token.as_str()), ("full_name", "Ada"), ("time_zone", "UTC")];
    for header in [("origin", "https://evil.example"), ("origin", "null"), ("sec-fetch-site", "cross-site")] {
        ada.post_with("/settings/profile", &fields, &[header]).await.expect(403);
    }
    let own = app.url.clone();
    ada.post_with("/settings/profile", &fields, &[("origin", &own)]).await.expect(303);
}

#[actix_web::test]
async fn every_answer_carries_the_security_headers() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let style = ada.get("/settings").await.one("link[rel=stylesheet]").attr("href");
    for path in ["/settings", "/login", "/nowhere", "/healthz", style.as_str()] {
        let page = ada.get(path).await;
        let policy = page.header("content-security-policy");
        for part in [
            "default-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(page.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(page.header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(page.header("access-control-allow-origin"), "", "{path}");
    }
    assert_eq!(ada.get("/settings").await.header("cache-control"), "no-store");
}

#[actix_web::test]
async fn behind_tls_cookies_are_bound_to_the_host_and_browsers_told_to_stay() {
    let app = App::spawn_with(|site| site.url = "https://kith.example/".parse().ok()).await;
    let page = app.visitor().get("/login").await.expect(200);
    let cookie = page.header("set-cookie");
    for part in ["__Host-kith_visitor=", "; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Domain"));
    assert_eq!(page.header("strict-transport-security"), "max-age=31536000; includeSubDomains");
}

#[actix_web::test]
async fn a_planted_cookie_is_not_the_session_after_sign_in() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let planted = ada.cookies["kith_session"].clone();
    ada.post("/logout", &[]).await.expect(303);
    ada.cookies.insert("kith_session".into(), planted.clone());
    let token = ada.get("/login").await.one("input[name=csrf_token]").attr("value");
    let fields = [("csrf_token", token.as_str()), ("email", "ada@example.com"), ("password", PASSWORD)];
    ada.post_with("/login", &fields, &[]).await.expect(303);
    assert_ne!(ada.cookies["kith_session"], planted);
}

#[actix_web::test]
async fn an_unknown_path_and_method_are_refused_plainly() {
    let app = App::spawn().await;
    let mut visitor = app.visitor();
    visitor.get("/nowhere").await.expect(404);
    visitor.get("/logout").await.expect(404);
}

#[actix_web::test]
async fn a_signed_out_visitor_is_led_to_the_sign_in_page_by_browser_and_by_htmx() {
    let app = App::spawn().await;
    let page = app.visitor().get_with("/settings", &[("hx-request", "true")]).await.expect(303);
    assert_eq!((page.location(), page.header("hx-redirect")), ("/login".into(), "/login".into()));
}
