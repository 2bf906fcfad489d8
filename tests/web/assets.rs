//! What the browser is given: small, named by its content, packed, and free of inline script and style.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

use std::path::{Path, PathBuf};

use actix_web::http::header;
use actix_web::{App, test};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kith::web::assets::{self, ALL, Asset};
use sha2::{Digest, Sha384};

fn asset(name: &str) -> &'static Asset {
    let (stem, extension) = name.split_once('.').unwrap();
    let fits = |asset: &&&Asset| asset.url.starts_with(&format!("/static/{stem}.")) && asset.url.ends_with(extension);
    ALL.iter().find(fits).unwrap()
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] })
        .collect()
}

#[actix_web::test]
async fn what_we_wrote_stays_small() {
    let style = asset("app.css").plain.len();
    let script = asset("app.js").plain.len() + asset("keyboard.js").plain.len();
    assert!(style <= 30 * 1024, "the style sheet has {style} bytes");
    assert!(script <= 8 * 1024, "our scripts have {script} bytes");
    let selection = asset("selection.js").plain.len();
    assert!(selection <= 3 * 1024, "the script of a selection has {selection} bytes");
}

#[actix_web::test]
async fn the_files_of_a_first_load_leave_room_for_the_page_in_60_kilobytes() {
    let wire: usize = ALL.iter().map(|asset| asset.gzip.len()).sum();
    assert!(wire <= 30 * 1024, "the static files have {wire} bytes over the wire");
}

#[actix_web::test]
async fn htmx_is_the_release_that_was_looked_at() {
    let digest = STANDARD.encode(Sha384::digest(asset("htmx.js").plain));
    assert_eq!(digest, "Qp9rdC8H7EqOoX+nR0P3RPG2Noji+qdwJlGpfzwQJsfOpp3sGwIdSP9xO3+UlEhn");
}

#[actix_web::test]
async fn a_file_is_kept_by_the_browser_and_comes_packed() {
    let app = test::init_service(App::new().configure(assets::routes)).await;
    for (accepted, encoding) in [("gzip, br", Some("br")), ("gzip", Some("gzip")), ("identity", None)] {
        let request =
            test::TestRequest::get().uri(assets::css_url()).insert_header((header::ACCEPT_ENCODING, accepted));
        let reply = test::call_service(&app, request.to_request()).await;
        let said = |name| reply.headers().get(name).map(|value| value.to_str().unwrap());
        assert_eq!(said(header::CONTENT_ENCODING), encoding);
        assert_eq!(said(header::CACHE_CONTROL), Some("public, max-age=31536000, immutable"));
        assert_eq!(said(header::CONTENT_TYPE), Some("text/css; charset=utf-8"));
        assert_eq!(said(header::VARY), Some("Accept-Encoding"));
    }
}

#[actix_web::test]
async fn no_template_holds_inline_script_or_style_or_skips_escaping() {
    for path in files_below(Path::new("templates")) {
        let text = std::fs::read_to_string(&path).unwrap();
        // The one exception of `|safe` stands in text/markdown, in Rust; mail cannot link a style sheet.
        let is_mail = path.starts_with("templates/email");
        let refused: &[&str] = if is_mail {
            &["|safe", "| safe"]
        } else {
            &["|safe", "| safe", "style=", "<style", " onclick", " hx-on", "javascript:"]
        };
        for word in refused {
            assert!(!text.contains(word), "{} holds {word}", path.display());
        }
        let scripts = text.matches("<script").count();
        assert_eq!(scripts, text.matches("<script src=").count(), "{} holds an inline script", path.display());
    }
}

/// A parser ends the paragraph before the form, and what should stand in one line stands below each other.
#[actix_web::test]
async fn no_paragraph_of_a_template_holds_a_form() {
    for path in files_below(Path::new("templates")) {
        let text = std::fs::read_to_string(&path).unwrap();
        for paragraph in text.split("<p>").skip(1).chain(text.split("<p ").skip(1)) {
            let paragraph = paragraph.split("</p>").next().unwrap();
            let holds_one = paragraph.contains("<form") || paragraph.contains("post_button(");
            assert!(!holds_one, "{} holds a form in a paragraph: {paragraph}", path.display());
        }
    }
}

#[actix_web::test]
async fn every_icon_that_a_template_names_is_drawn() {
    let drawn = String::from_utf8(asset("icons.svg").plain.to_vec()).unwrap();
    for path in files_below(Path::new("templates")) {
        let text = std::fs::read_to_string(&path).unwrap();
        for call in text.split("icon(\"").skip(1) {
            let name = call.split('"').next().unwrap();
            assert!(drawn.contains(&format!("id=\"{name}\"")), "{} names the icon {name}", path.display());
        }
    }
}

#[actix_web::test]
async fn the_style_sheet_keeps_to_its_layers() {
    for path in files_below(Path::new("static/css")) {
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(!text.contains("!important"), "{} raises its voice", path.display());
        assert!(!text.contains("url("), "{} loads another file", path.display());
        assert!(text.contains("@layer "), "{} is in no layer", path.display());
    }
}
