//! What is done with a row leaves one in its list, where one goes on.

use serde_json::json;

use crate::browser::Window;
use crate::day::{busy, focused};
use crate::house::House;

const ENTER: &str = "\u{e007}";
const SECOND: &str = "[data-list] > [aria-current]:nth-child(2) a:focus";

#[actix_web::test]
async fn who_is_put_away_by_key_is_followed_by_the_next_one_of_the_list_as_it_is_sorted() {
    let house = House::furnished().await;
    let Some(browser) = house.visit(Window::Desk, "/contacts?sort=-name").await else { return };
    let third = "return document.querySelector('[data-list] > :nth-child(3) strong').textContent";
    for left in ["4", "3"] {
        let next = browser.ask(third).await;
        if left == "4" {
            browser.press("jj").await;
        }
        browser.see(SECOND).await;
        let name = browser.ask("return document.activeElement.querySelector('strong').textContent").await;
        browser.read("#pane h1", name.as_str().unwrap()).await;
        if left == "3" {
            browser.press(ENTER).await;
            browser.read("title", name.as_str().unwrap()).await;
            browser.see("html.scripted").await;
        }
        browser.press("#").await;
        browser.read("#count", left).await;
        browser.see(SECOND).await;
        browser.read(&format!("{SECOND} strong"), next.as_str().unwrap()).await;
        assert_eq!(browser.ask("return location.search").await, json!("?sort=-name"));
    }
    browser.close().await;
}

#[actix_web::test]
async fn a_tag_that_is_deleted_by_key_is_followed_by_the_next_one() {
    let mut house = House::furnished().await;
    for name in ["climbing", "zither"] {
        house.user.post("/tags", &[("name", name)]).await.expect(303);
    }
    let Some(browser) = house.visit(Window::Desk, "/tags").await else { return };
    browser.press("jj").await;
    browser.read(SECOND, "friend").await;
    browser.press("#").await;
    browser.read("#flash", "“friend” is deleted.").await;
    browser.read(SECOND, "zither").await;
    browser.press("#").await;
    browser.read("#flash", "“zither” is deleted.").await;
    browser.read("[data-list] > [aria-current]:only-child a:focus", "climbing").await;
    browser.close().await;
}

#[actix_web::test]
async fn a_tag_is_added_in_the_pane_and_one_goes_on_in_the_list() {
    let house = House::furnished().await;
    let Some(browser) = house.visit(Window::Desk, "/contacts?sort=-name").await else { return };
    browser.press("jj").await;
    browser.see(SECOND).await;
    let name = browser.ask("return document.activeElement.querySelector('strong').textContent").await;
    browser.read("#pane h1", name.as_str().unwrap()).await;
    browser.press("t").await;
    browser.see("#pane input[data-key=t]:focus").await;
    browser.press("climbing").await;
    browser.press(ENTER).await;
    browser.read("#pane .tag a", "climbing").await;
    browser.read("#flash", "Tagged “climbing”.").await;
    browser.see("#pane:focus").await;
    browser.click("#pane .tag button[aria-label='Remove tag climbing']").await;
    browser.read("#flash", "The tag is taken off.").await;
    browser.read("#pane h1", name.as_str().unwrap()).await;
    browser.see("#pane:focus").await;
    browser.press("j").await;
    browser.see("[data-list] > [aria-current]:nth-child(3) a:focus").await;
    assert_eq!(browser.ask("return location.search").await, json!("?sort=-name"));
    browser.close().await;
}

#[actix_web::test]
async fn enter_on_somebody_who_waits_to_be_added_does_nothing_until_a_key_says_what_nor_on_whoever_follows() {
    let mut house = House::empty().await;
    let letter = |name: &str| {
        format!(
            "From {name}@x.example Sun Nov  1 10:00:00 2026\nFrom: {name} <{name}@x.example>\nTo: ada@x.example\n\
             Date: Sun, 1 Nov 2026 10:00:00 +0200\nSubject: Hello from {name}\n\nx\n\n"
        )
    };
    let mail = [letter("grace"), letter("joan"), letter("mary")].concat();
    let page = house.user.upload("/imports", "x.mbox", mail.as_bytes()).await.expect(303).location();
    house.app.run_jobs().await;
    house.user.post(&format!("{page}/addresses"), &[("addresses", "ada@x.example")]).await.expect(303);
    house.app.run_jobs().await;
    let Some(browser) = house.visit(Window::Desk, "/correspondents?show=all").await else { return };
    browser.press("j").await;
    browser.see("[data-list] > [aria-current]:nth-child(1) [tabindex]:focus").await;
    browser.press(ENTER).await;
    browser.press("j").await;
    browser.see("[data-list] > [aria-current]:nth-child(2) [tabindex]:focus").await;
    browser.press("a").await;
    browser.read("#flash", "added to your contacts").await;
    browser.see("html.scripted").await;
    browser.until("return document.querySelectorAll('[data-list] > *').length === 2", vec![], "two to be left").await;
    browser.see("[data-list] > [aria-current]:nth-child(2) [tabindex]:focus").await;
    browser.press(ENTER).await;
    browser.press("k").await;
    browser.see("[data-list] > [aria-current]:nth-child(1) [tabindex]:focus").await;
    assert_eq!(browser.ask("return location.pathname").await, json!("/correspondents"));
    browser.close().await;
}

#[actix_web::test]
async fn a_row_that_was_left_is_taken_back_by_key_and_is_current_again() {
    let house = busy().await;
    let Some(browser) = house.visit(Window::Desk, "/reminders").await else { return };
    browser.press("j").await;
    focused(&browser, "Water the palm").await;
    browser.press("d").await;
    browser.see("[data-list] button[data-key=z]:focus").await;
    browser.press("j").await;
    focused(&browser, "Bring the book back").await;
    browser.press("z").await;
    browser.read("#flash", "Taken back.").await;
    browser.see("html.scripted").await;
    focused(&browser, "Water the palm").await;
    browser.close().await;
}
