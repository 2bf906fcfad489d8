//! Own fields that a file speaks of and the account does not have.

use crate::harness::{App, Page, User};

async fn define(user: &mut User, name: &str, kind: &str) {
    user.post("/settings/fields", &[("name", name), ("kind", kind)]).await.expect(303);
}

/// What her page says: `Dog: Olly`.
fn details(page: &Page) -> Vec<String> {
    let pairs = page.all("#fields dt").into_iter().zip(page.all("#fields dd"));
    pairs.map(|(name, value)| format!("{}: {}", name.text(), value.text())).collect()
}

#[actix_web::test]
async fn an_import_names_the_fields_that_the_account_lacks_until_they_are_defined() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    define(&mut ada, "Dog", "text").await;
    let lines =
        "X-KITH-FIELD;X-NAME=dog:Olly\r\nX-KITH-FIELD;X-NAME=\"Shoe: size\":38.5\r\nX-KITH-FIELD;X-NAME=Hat:56\r\n";
    let card = format!("BEGIN:VCARD\r\nVERSION:4.0\r\nUID:ann\r\nFN:Ann\r\nN:;Ann;;;\r\n{lines}END:VCARD\r\n");
    let page = ada.reads(&app, &card).await;
    let said = ada.get(&page).await.one(".notice[data-kind=warning]").text().to_owned();
    assert!(said.contains("“Hat” or “Shoe: size”") && said.contains("before you apply"), "{said}");
    // Defined in time, it is filled; the other one is still told of when all is done.
    define(&mut ada, "Shoe: size", "number").await;
    ada.applies(&app, &page).await;
    let ann = ada.get("/contacts").await.one("[data-kind=contact] a").attr("href");
    assert_eq!(details(&ada.get(&ann).await), ["Dog: Olly", "Shoe: size: 38.5"]);
    let said = ada.get(&page).await.one(".notice[data-kind=warning]").text().to_owned();
    assert!(said.contains("do not have: “Hat”.") && said.contains("import the file again"), "{said}");
    define(&mut ada, "Hat", "text").await;
    assert_eq!(ada.get(&page).await.count(".notice[data-kind=warning]"), 0);
    ada.imports(&app, &card).await;
    assert_eq!(details(&ada.get(&ann).await).last().unwrap(), "Hat: 56");
}

#[actix_web::test]
async fn values_that_do_not_fit_a_field_are_named_in_the_preview_and_when_it_is_done() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    define(&mut ada, "Size", "number").await;
    let lines = "X-KITH-FIELD;X-NAME=Size:abc\r\nX-KITH-FIELD;X-NAME=Hat:56\r\n";
    let card = format!("BEGIN:VCARD\r\nVERSION:4.0\r\nUID:ann\r\nFN:Ann\r\nN:;Ann;;;\r\n{lines}END:VCARD\r\n");
    let page = ada.reads(&app, &card).await;
    let said = |page: &Page| page.all(".notice[data-kind=warning]").iter().map(|said| said.text().to_owned()).collect();
    let notices: Vec<String> = said(&ada.get(&page).await);
    assert!(notices[0].contains("“Hat”") && notices[1].contains("“abc” (Size)"), "{notices:?}");
    ada.applies(&app, &page).await;
    let notices: Vec<String> = said(&ada.get(&page).await);
    assert!(notices[0].contains("“Hat”") && notices[1].contains("import it again"), "{notices:?}");
}
