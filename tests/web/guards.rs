//! Forged requests, headers and cookies (SECURITY.md items 2-3, 11-19).

use std::io::Write;

use reqwest::Method;

use crate::every_route::assert_has_the_headers;
use crate::harness::{App, PASSWORD, Page, site};

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

#[actix_web::test]
async fn a_method_that_no_page_has_and_a_packed_body_are_refused() {
    let app = App::spawn().await;
    let client = reqwest::Client::new();
    for method in [Method::TRACE, Method::PUT, Method::DELETE, Method::PATCH] {
        let answer = client.request(method.clone(), format!("{}/contacts", app.url)).send().await.unwrap();
        assert_eq!(answer.status(), 405, "{method}");
        assert!(answer.headers().contains_key("content-security-policy"), "{method}");
    }
    // A few kilobytes of it could be gigabytes; this one is whole, and would be read if it were unpacked.
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(b"email=ada%40example.com").unwrap();
    let packed = client.post(format!("{}/login", app.url)).header("content-encoding", "gzip");
    let answer = packed.body(packer.finish().unwrap()).send().await.unwrap();
    assert_eq!(answer.status(), 400);
}

#[actix_web::test]
async fn the_session_is_a_cookie_of_this_host_that_no_script_and_no_page_shows() {
    let app = App::spawn_with(|site| site.url = "https://kith.example/".parse().ok()).await;
    let ada = app.sign_in("ada").await;
    let mut again = app.visitor();
    let fields = [("email", "ada@example.com"), ("password", PASSWORD)];
    let cookie = again.post("/login", &fields).await.expect(303).header("set-cookie");
    for part in ["__Host-kith_session=", "; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
    let token = &ada.cookies["__Host-kith_session"];
    for path in ["/settings", "/contacts"] {
        assert!(!ada.clone().get(path).await.expect(200).body.contains(token), "{path} shows the session's token");
    }
}

#[actix_web::test]
async fn signing_out_has_the_browser_forget_what_it_kept() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    assert_eq!(ada.post("/logout", &[]).await.expect(303).header("clear-site-data"), "\"cache\", \"storage\"");
}

#[actix_web::test]
async fn an_account_that_is_disabled_is_out_at_once_and_stays_out() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    app.sql("update users set is_disabled = true").await;
    ada.get("/settings").await.expect(303);
    app.visitor().post("/login", &[("email", "ada@example.com"), ("password", PASSWORD)]).await.expect(422);
}

#[actix_web::test]
async fn signing_in_leads_to_no_other_site() {
    let app = App::spawn().await;
    app.sign_in("ada").await;
    for evil in ["//evil", "/\\evil", "https:evil", "/%2f%2fevil", "https://evil.example", "/a\r\nSet-Cookie: x=y"] {
        let fields = [("email", "ada@example.com"), ("password", PASSWORD), ("next", evil)];
        assert_eq!(app.visitor().post("/login", &fields).await.expect(303).location(), "/", "{evil:?}");
    }
}

#[actix_web::test]
async fn a_hash_of_too_little_work_is_replaced_when_its_owner_signs_in() {
    let app = App::spawn().await;
    app.sign_in("ada").await;
    // The same password under half the memory, as an older release could have left it.
    let weak = argon2::Argon2::new(
        argon2::Algorithm::Argon2id,
        argon2::Version::V0x13,
        argon2::Params::new(8192, 1, 1, None).unwrap(),
    );
    let hash = argon2::PasswordHasher::hash_password(&weak, PASSWORD.as_bytes()).unwrap().to_string();
    app.sql(&format!("update credentials set password_hash = '{hash}'")).await;
    app.visitor().post("/login", &[("email", "ada@example.com"), ("password", PASSWORD)]).await.expect(303);
    let stored: String = app.sql("select password_hash from credentials").await[0].get(0);
    assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
}

#[actix_web::test]
async fn what_is_refused_before_a_handler_sees_it_carries_the_headers() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let token = ada.token().await;
    let form = [("csrf_token", token.as_str()), ("name", &"x".repeat(3 << 20))];
    let too_large = ada.post_with("/tags", &form, &[]).await;
    let no_multipart = ada.post_with("/imports", &form[..1], &[]).await;
    let broken = ada.post_with("/imports", &form[..1], &[("content-type", "multipart/form-data; boundary=x")]).await;
    let mut answers = vec![(413, too_large), (400, no_multipart), (400, broken)];
    for (status, path) in [(404, "/contacts/%ff"), (404, "/contacts/1"), (400, "/login?next=/a&next=/b"), (404, "/%00")]
    {
        answers.push((status, ada.get(path).await));
    }
    for (status, answer) in answers {
        assert_has_the_headers(&status, &answer.expect(status));
    }
}

#[actix_web::test]
async fn a_path_with_a_nul_names_nothing() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    for path in ["/unsubscribe/%00", "/unsubscribe/a%00b", "/contacts/%00", "/imports/%00/cancellation"] {
        assert_has_the_headers(&path, &app.visitor().post(path, &[]).await.expect(404));
        assert_has_the_headers(&path, &ada.post(path, &[]).await.expect(404));
    }
    for path in ["/unsubscribe/%00", "/feeds/%00.ics", "/feeds/a%00b.ics", "/photos/%00"] {
        assert_has_the_headers(&path, &ada.get(path).await.expect(404));
    }
}

#[actix_web::test]
async fn an_error_of_ours_says_no_more_than_where_to_look_and_carries_the_headers() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    app.sql("alter table tags rename to elsewhere").await;
    let page = ada.get("/tags").await.expect(500);
    assert_has_the_headers(&"/tags", &page);
    for inside in ["tags\" does", "relation", "select", "src/", "panicked"] {
        assert!(!page.body.contains(inside), "{inside} in {}", page.body);
    }
    assert!(page.one("main").text().contains("The log has the cause under 0"));
}

#[actix_web::test]
async fn a_panic_is_answered_like_any_other_error() {
    let app = App::spawn().await;
    let handler = async || -> actix_web::HttpResponse { panic!("a secret of the program") };
    let built = kith::app::build(app.db.clone(), site(app.data_dir.path()));
    let service = actix_web::test::init_service(built.route("/panic", actix_web::web::get().to(handler))).await;
    let request = actix_web::test::TestRequest::get().uri("/panic").to_request();
    let response = actix_web::dev::Service::call(&service, request).await.err().unwrap().error_response();
    let headers = response.headers().iter().map(|(name, value)| {
        let name = reqwest::header::HeaderName::from_bytes(name.as_str().as_bytes()).unwrap();
        (name, reqwest::header::HeaderValue::from_bytes(value.as_bytes()).unwrap())
    });
    let (status, headers) = (response.status().as_u16(), headers.collect());
    let body = actix_web::body::to_bytes(response.into_body()).await.unwrap();
    let page = Page::new("/panic", status, headers, String::from_utf8(body.to_vec()).unwrap()).expect(500);
    assert_has_the_headers(&"/panic", &page);
    assert!(!page.body.contains("a secret"));
}

#[actix_web::test]
async fn where_the_address_is_set_a_form_comes_from_there_whatever_the_host_header_says() {
    let app = App::spawn_with(|site| site.url = "https://kith.example/".parse().ok()).await;
    let mut ada = app.sign_in("ada").await;
    let token = ada.get("/settings").await.all("input[name=csrf_token]")[0].attr("value");
    let form = [("csrf_token", token.as_str()), ("single_keys", "true")];
    for origin in ["http://kith.example", "https://kith.example:8443", "https://evil.example", app.url.as_str()] {
        ada.post_with("/settings/keyboard", &form, &[("origin", origin)]).await.expect(403);
    }
    let forged = [("origin", "http://evil.example"), ("host", "evil.example")];
    ada.post_with("/settings/keyboard", &form, &forged).await.expect(403);
    ada.post_with("/settings/keyboard", &form, &[("origin", "https://kith.example")]).await.expect(303);
}

#[test]
fn docs_security_md_names_tests_that_there_are() {
    fn text_below(folder: &std::path::Path) -> String {
        let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let text = |path: std::path::PathBuf| match path.is_dir() {
            true => text_below(&path),
            false => std::fs::read_to_string(path).unwrap_or_default(),
        };
        paths.map(text).collect()
    }
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let code = text_below(&root.join("src")) + &text_below(&root.join("tests"));
    let page = std::fs::read_to_string(root.join("docs/SECURITY.md")).unwrap();
    let rows = page.lines().filter_map(|line| line.strip_suffix(" |")?.rsplit_once(" | "));
    let names: Vec<&str> = rows.flat_map(|(_, tests)| tests.split('`').skip(1).step_by(2)).collect();
    assert!(names.len() > 40, "{names:?}");
    for name in names {
        let function = format!("fn {}(", name.rsplit("::").next().unwrap());
        assert!(code.contains(&function), "{name} is no test");
    }
}
