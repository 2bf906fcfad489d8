//! Whoever has the number already is known by it, however it is formatted.

use super::{count, one, words};
use crate::harness::App;

fn card(name: &str, number: &str) -> String {
    format!("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{name}\r\nN:;{name};;;\r\nTEL:{number}\r\nEND:VCARD\r\n")
}

#[actix_web::test]
async fn a_number_in_another_formatting_is_the_same_person_and_stays_as_it_is() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    ada.post("/contacts", &[("first_name", "Grace"), ("phone", "030 / 1234567")]).await.expect(303);
    for number in ["+49 30 1234567", "0049-30-1234567", "tel:+49-30-1234567", "(030) 1234567"] {
        let page = ada.imports(&app, &card("Grace", number)).await;
        assert_eq!(ada.words(&page).await, words(&[("unchanged", 1)]), "{number}");
    }
    assert_eq!(count(&app, "contacts").await, 1);
    assert_eq!(one(&app, "select string_agg(value, ',') from contact_methods").await, "030 / 1234567");
    let page = ada.reads(&app, &card("Grace M.", "+49 30 1234567")).await;
    assert_eq!(ada.words(&page).await, words(&[("doubtful", 1)]));
    let page = ada.reads(&app, &card("Grace", "+49 30 1234568")).await;
    assert_eq!(ada.words(&page).await, words(&[("new", 1)]));
}

#[actix_web::test]
async fn two_cards_of_one_file_with_one_number_are_one_person() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    ada.imports(&app, &(card("Grace", "030 1234567") + &card("Grace", "+49 30 1234567"))).await;
    assert_eq!(count(&app, "contacts").await, 1);
    assert_eq!(one(&app, "select string_agg(value, ',') from contact_methods").await, "030 1234567");
}
