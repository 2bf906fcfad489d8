//! Files as they come: strange, empty, too large, without the form's token.

use super::{GRACE, count, one, words};
use crate::harness::App;

#[actix_web::test]
async fn strange_files_are_saved_faithfully_or_refused_with_a_reason() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let with = |line: &str| format!("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Zoë {line}\r\nEND:VCARD\r\n");
    let page = ada.reads(&app, &with("A\0B")).await;
    ada.applies(&app, &page).await;
    assert_eq!(count(&app, "contacts").await + i64::from(ada.words(&page).await.contains_key("unreadable")), 1);
    app.sql("delete from contacts").await;
    let latin: Vec<u8> = with("Müller").chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let page = ada.upload("/imports", "latin.vcf", &latin).await.expect(303).location();
    app.run_jobs().await;
    ada.applies(&app, &page).await;
    assert_eq!(one(&app, "select display_name from contacts").await, "Zoë Müller");
    app.sql("delete from contacts").await;
    let long = format!("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Zoë\r\nNOTE:{}\r\nEND:VCARD\r\n", "né ".repeat(350_000));
    let page = ada.imports(&app, &long).await;
    let kept = one(&app, "select coalesce(max(length(notes)), 0)::text from contacts").await;
    let reported = ada.words(&page).await.contains_key("unreadable");
    assert!(kept == "1049999" || reported, "{kept} characters are kept and nothing is said");
    ada.get(&format!("{page}?status=new")).await.expect(200);
    let nothing = ada.reads(&app, "just a letter\nto nobody\n").await;
    assert_eq!(ada.words(&nothing).await, words(&[("unreadable", 1)]));
    let blank = ada.reads(&app, "\r\n\r\n").await;
    assert_eq!(ada.state(&blank).await, "failed");
    assert!(ada.get(&blank).await.one(".notice").text().contains("no card"));
}

#[actix_web::test]
async fn the_form_says_and_offers_all_that_can_be_imported() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let page = ada.get("/imports").await.expect(200);
    let accept = page.one("#file").attr("accept");
    for kind in [".vcf", ".csv", ".mbox", ".ics", ".zip", "text/calendar"] {
        assert!(accept.split(',').any(|one| one == kind), "{kind}");
    }
    let main = page.one("main");
    let told = main.text();
    assert!(told.contains("calendars as ICS") && told.contains("tables of calls"), "{told}");
}

#[actix_web::test]
async fn an_upload_without_a_file_or_with_an_empty_one_says_so_at_the_field() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let page = ada.upload("/imports", "empty.vcf", b"").await.expect(422);
    assert_eq!(page.one("#file-error").text(), "The file is empty.");
    let page = ada.upload("/imports", "", b"").await.expect(422);
    assert_eq!(page.one("#file-error").text(), "Choose a file.");
    assert_eq!(count(&app, "imports").await, 0);
}

#[actix_web::test]
async fn a_file_whose_name_cannot_be_read_is_refused_at_the_field() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let token = ada.token().await;
    for name in [&b"a\0b.vcf"[..], b"a\xff.vcf"] {
        let head = format!("--x\r\ncontent-disposition: form-data; name=\"csrf_token\"\r\n\r\n{token}\r\n--x\r\n");
        let file = b"content-disposition: form-data; name=\"file\"; filename=\"";
        let body = [head.as_bytes(), file, name, b"\"\r\n\r\n", GRACE.as_bytes(), b"\r\n--x--\r\n"].concat();
        let page = ada.post_body("/imports", "multipart/form-data; boundary=x", body).await.expect(422);
        assert_eq!(
            page.one("#file-error").text(),
            "The name of the file cannot be read. Rename it, and send it again."
        );
    }
    assert_eq!(count(&app, "imports").await, 0);
    let page = ada.upload("/imports", "زوي\u{202e} 🦊.vcf", GRACE.as_bytes()).await.expect(303).location();
    assert_eq!(ada.get(&page).await.one("main h1").text(), "زوي\u{202e} 🦊.vcf");
}

#[actix_web::test]
async fn a_file_past_the_limit_is_refused_with_a_message_and_not_kept() {
    let app = App::spawn_with(|site| site.upload_limit = 1 << 20).await;
    let mut ada = app.sign_in("ada").await;
    let page = ada.upload("/imports", "large.vcf", &vec![b'x'; (1 << 20) + 1]).await.expect(413);
    assert!(page.one("#file-error").text().contains("larger than 1 MB"));
    assert_eq!(std::fs::read_dir(app.data_dir.path().join("uploads")).unwrap().count(), 0);
    ada.upload("/imports", "fits.vcf", GRACE.as_bytes()).await.expect(303);
}

#[actix_web::test]
async fn a_file_is_not_looked_at_before_the_token() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let token = ada.token().await;
    let file = || reqwest::multipart::Part::bytes(GRACE.as_bytes().to_vec()).file_name("phone.vcf");
    let form = || reqwest::multipart::Form::new();
    ada.upload_form("/imports", form().part("file", file()).text("csrf_token", token)).await.expect(403);
    ada.upload_form("/imports", form().text("csrf_token", "guess").part("file", file())).await.expect(403);
    ada.upload_form("/imports", form().part("file", file())).await.expect(403);
    ada.upload_form("/imports", form().text("other", "x")).await.expect(403);
    assert!(!app.data_dir.path().join("uploads").exists());
    assert_eq!(count(&app, "imports").await, 0);
}

#[actix_web::test]
async fn a_form_of_more_parts_than_ours_is_refused() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let mut form = reqwest::multipart::Form::new().text("csrf_token", ada.token().await);
    for n in 0..1000 {
        form = form.text(format!("part{n}"), "x");
    }
    ada.upload_form("/imports", form).await.expect(400);
}
