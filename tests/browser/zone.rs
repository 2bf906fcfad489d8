//! The time zone of the browser: offered where an account is made, and asked about where it is another than hers.

use kith::web::site::SignUp;
use serde_json::json;

use crate::browser::{Browser, Window};
use crate::harness::App;
use crate::house::House;

/// Ada, whose account is in London while the browser is in Berlin.
async fn abroad() -> House {
    let house = House::empty().await;
    house.app.sql("update users set time_zone = 'Europe/London'").await;
    house
}

#[actix_web::test]
async fn whose_browser_is_in_another_zone_is_asked_and_may_change_it() {
    let house = abroad().await;
    let Some(browser) = house.visit(Window::Desk, "/").await else { return };
    browser.read("#zone-notice", "Your browser is in Europe/Berlin, your account in Europe/London.").await;
    browser.click("#zone-notice button[type=submit]").await;
    browser.read("#flash", "Saved.").await;
    browser.until("return document.querySelector('#time_zone').value === 'Europe/Berlin'", vec![], "the zone").await;
    browser.miss("#zone-notice:not([hidden])").await;
    let row = &house.app.sql("select full_name, time_zone from users").await[0];
    assert_eq!((row.get::<_, String>(0), row.get::<_, String>(1)), ("ada".to_owned(), "Europe/Berlin".to_owned()));
    browser.close().await;
}

#[actix_web::test]
async fn a_zone_that_is_kept_is_not_asked_about_again_until_one_of_the_two_is_another() {
    let house = abroad().await;
    let Some(browser) = house.visit(Window::Desk, "/settings").await else { return };
    browser.see("#zone-notice:not([hidden])").await;
    browser.click("#zone-notice [data-keep]").await;
    browser.miss("#zone-notice:not([hidden])").await;
    for path in ["/", "/settings"] {
        browser.goto(&house.url(path)).await;
        browser.see("html.scripted").await;
        browser.see("#zone-notice[hidden]").await;
    }
    house.app.sql("update users set time_zone = 'Asia/Tokyo'").await;
    browser.goto(&house.url("/")).await;
    browser.read("#zone-notice", "your account in Asia/Tokyo.").await;
    browser.close().await;
}

#[actix_web::test]
async fn a_change_of_zone_that_moves_reminders_shows_first_how() {
    let mut house = abroad().await;
    let reminder = [("title", "Call Ada"), ("starts_at", "2031-05-03 09:00")];
    house.user.post("/reminders", &reminder).await.expect(303);
    let Some(browser) = house.visit(Window::Desk, "/").await else { return };
    browser.click("#zone-notice button[type=submit]").await;
    browser.read("#moves", "09:00 stays 09:00 in Europe/Berlin, 1 hour earlier.").await;
    browser.click("form[action='/settings/profile'] .button[data-kind=primary]").await;
    browser.read("#flash", "Saved.").await;
    assert_eq!(house.app.sql("select time_zone from users").await[0].get::<_, String>(0), "Europe/Berlin");
    browser.close().await;
}

#[actix_web::test]
async fn nobody_is_asked_whose_zone_is_the_browsers_nor_without_script() {
    let house = House::empty().await;
    let Some(browser) = house.visit(Window::Desk, "/settings").await else { return };
    browser.see("#zone-notice[hidden]").await;
    browser.close().await;
    house.app.sql("update users set time_zone = 'Europe/London'").await;
    let Some(browser) = house.visit(Window::WithoutScript, "/settings").await else { return };
    browser.see("#zone-notice[hidden]").await;
    browser.close().await;
}

#[actix_web::test]
async fn sign_up_offers_the_browsers_zone_and_keeps_the_one_that_was_chosen_instead() {
    let app = App::spawn_with(|site| site.sign_up = SignUp::Open).await;
    app.sign_in("ada").await;
    let Some(browser) = Browser::open(Window::Desk).await else { return };
    browser.goto(&format!("{}/signup", app.url)).await;
    let zone = "return document.querySelector('#time_zone').value";
    browser.until(&format!("{zone} === 'Europe/Berlin'"), vec![], "the browser's zone").await;
    browser.fill("#full_name", "Bo").await;
    browser.fill("#email", "bo@example.com").await;
    browser.fill("#password", "short").await;
    browser.ask("document.querySelector('#time_zone').value = 'Asia/Tokyo'").await;
    browser.click("main button[type=submit]").await;
    browser.see("#password-error").await;
    browser.see("html.scripted").await;
    assert_eq!(browser.ask(zone).await, json!("Asia/Tokyo"));
    browser.close().await;
}
