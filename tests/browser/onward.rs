//! What is done with a row leaves one in its list, where one goes on.

use serde_json::json;

use crate::browser::Window;
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
