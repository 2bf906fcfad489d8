//! What holds on every route, whoever adds one: the token and the origin of a form, the session, the headers
//! (SECURITY.md items 11-17, 33 and 57).

use crate::harness::{App, Page, User};
use crate::url_table::{Route, routes};

/// No row has this id.
const NOBODY: &str = "01900000-0000-7000-8000-000000000000";
/// What is there for whoever is not signed in.
const PUBLIC: [&str; 7] = ["/login", "/logout", "/signup", "/healthz", "/readyz", "/feeds/{token}.ics", UNSUBSCRIBE];
/// The one form without a token of its session: programs of mail send it by themselves (RFC 8058), and its link is the secret.
const UNSUBSCRIBE: &str = "/unsubscribe/{token}";

/// A form with this token; the one with a file as browsers send it.
async fn send(user: &mut User, route: &Route, token: &str, headers: &[(&str, &str)]) -> Page {
    if route.takes_a_file() && headers.is_empty() {
        let file = reqwest::multipart::Part::bytes(b"x".to_vec()).file_name("x.vcf");
        let form = reqwest::multipart::Form::new().text("csrf_token", token.to_owned()).part("file", file);
        return user.upload_form(&route.path(&[NOBODY]), form).await;
    }
    user.post_with(&route.path(&[NOBODY]), &[("csrf_token", token)], headers).await
}

/// Fails unless an answer has the headers that every answer has.
pub fn assert_has_the_headers(route: &impl std::fmt::Debug, page: &Page) {
    for (name, part) in [
        ("content-security-policy", "default-src 'self'"),
        ("content-security-policy", "object-src 'none'"),
        ("content-security-policy", "base-uri 'none'"),
        ("content-security-policy", "form-action 'self'"),
        ("content-security-policy", "frame-ancestors 'none'"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cache-control", "no-store"),
    ] {
        assert!(page.header(name).contains(part), "{route:?} answers {name}: {}", page.header(name));
    }
    assert!(!page.header("content-security-policy").contains("unsafe"), "{route:?}");
    assert_eq!(page.header("access-control-allow-origin"), "", "{route:?}");
}

#[actix_web::test]
async fn every_form_needs_the_token_of_its_own_session() {
    let app = App::spawn().await;
    let (mut ada, mut bob) = (app.sign_in("ada").await, app.sign_in("bob").await);
    let (own, foreign) = (ada.token().await, bob.token().await);
    for route in routes("post").into_iter().filter(|route| route.pattern != UNSUBSCRIBE) {
        for token in ["", foreign.as_str(), &own[1..]] {
            let answer = send(&mut ada, &route, token, &[]).await;
            assert_eq!(answer.status, 403, "{route:?} takes the token {token:?}");
            assert_has_the_headers(&route, &answer);
        }
        if !route.takes_a_file() {
            let swap = [("hx-request", "true"), ("hx-request-type", "partial")];
            assert_eq!(send(&mut ada, &route, "", &swap).await.status, 403, "{route:?} by htmx");
        }
    }
    for route in routes("post").iter().filter(|route| route.pattern != "/logout") {
        assert_ne!(send(&mut ada, route, &own, &[]).await.status, 403, "{route:?} refuses its own form");
    }
}

#[actix_web::test]
async fn every_form_from_another_site_is_refused() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let own = ada.token().await;
    for route in routes("post") {
        for header in [("origin", "https://evil.example"), ("origin", "null"), ("sec-fetch-site", "cross-site")] {
            let answer = send(&mut ada, &route, &own, &[header]).await;
            assert_eq!(answer.status, 403, "{route:?} with {header:?}");
        }
    }
}

#[actix_web::test]
async fn every_route_but_the_public_ones_asks_a_visitor_to_sign_in() {
    let app = App::spawn().await;
    app.sign_in("ada").await;
    let mut visitor = app.visitor();
    let token = visitor.token().await;
    for route in routes("get").into_iter().chain(routes("post")) {
        let answer = match route.method.as_str() {
            "get" => visitor.get(&route.path(&[NOBODY])).await,
            _ => send(&mut visitor, &route, &token, &[]).await,
        };
        assert_has_the_headers(&route, &answer);
        if !PUBLIC.contains(&route.pattern.as_str()) {
            let way = answer.location();
            assert_eq!((answer.status, way.split('?').next()), (303, Some("/login")), "{route:?}");
        }
    }
}

#[actix_web::test]
async fn every_answer_to_a_user_carries_the_headers_and_lets_no_other_site_read_it() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let person = ada.post("/contacts", &[("first_name", "Grace")]).await.expect(303).location();
    for route in routes("get") {
        let path = route.path(&[person.trim_start_matches("/contacts/"), NOBODY]);
        let answer = ada.get_with(&path, &[("origin", "https://evil.example")]).await;
        assert!(answer.status < 500, "{route:?}");
        assert_has_the_headers(&route, &answer);
    }
}
