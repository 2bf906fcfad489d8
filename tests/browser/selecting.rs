//! Selecting all of a list, and keys of two strokes.

use serde_json::json;

use crate::browser::Window;
use crate::house::House;

const TICKED: &str = "return [...document.querySelectorAll('.pick input[name=id]')].map(box => box.checked)";

#[actix_web::test]
async fn where_all_are_selected_all_are_ticked_and_a_click_leaves_one_out() {
    let house = House::furnished().await;
    let Some(browser) = house.visit(Window::Desk, "/contacts").await else { return };
    browser.press("*a").await;
    browser.read("#selected", "All 5 selected").await;
    assert_eq!(browser.ask(TICKED).await, json!([true, true, true, true, true]));
    browser.click("[data-list] > :nth-child(2) input[name=id]").await;
    browser.read("#selected", "4 selected").await;
    assert_eq!(browser.ask(TICKED).await, json!([true, false, true, true, true]));
    browser.press("*a").await;
    browser.read("#selected", "All 5 selected").await;
    browser.press("*n").await;
    browser.miss(".bulk[data-open]").await;
    assert_eq!(browser.ask(TICKED).await, json!(vec![false; 5]));
    browser.close().await;
}

#[actix_web::test]
async fn whoever_is_left_out_of_more_than_a_page_is_told_that_the_other_pages_are_too() {
    let house = House::furnished().await;
    house.app.sql("insert into contacts (user_id, display_name, first_name) select id, 'Friend ' || n, 'Friend ' || n from users, generate_series(1, 60) n").await;
    let Some(browser) = house.visit(Window::Desk, "/contacts").await else { return };
    browser.press("*a").await;
    browser.read("#selected", "All 65 selected").await;
    browser.click("[data-list] > :nth-child(1) input[name=id]").await;
    browser.read("#selected", "49 selected, of this page; no longer all 65").await;
    browser.press("*n").await;
    browser.miss(".bulk[data-open]").await;
    browser.close().await;
}

#[actix_web::test]
async fn who_is_ticked_stays_so_until_she_is_merged() {
    let house = House::furnished().await;
    let Some(browser) = house.visit(Window::Desk, "/contacts").await else { return };
    for place in [1, 2] {
        browser.click(&format!("[data-list] > :nth-child({place}) input[name=id]")).await;
    }
    browser.read("#selected", "2 selected").await;
    browser.click(".bulk button[formaction='/comparisons']").await;
    browser.see("input[name=survivor]").await;
    browser.goto(&house.url("/contacts")).await;
    browser.read("#selected", "2 selected").await;
    browser.click(".bulk button[formaction='/comparisons']").await;
    browser.see("input[name=survivor]").await;
    browser.click("form#bulk button[data-kind=primary]").await;
    browser.see("#flash").await;
    browser.goto(&house.url("/contacts")).await;
    browser.see("[data-list]").await;
    browser.miss(".bulk[data-open]").await;
    browser.close().await;
}

#[actix_web::test]
async fn the_second_key_of_two_is_never_a_key_of_its_own() {
    let house = House::furnished().await;
    let Some(browser) = house.visit(Window::Desk, "/contacts").await else { return };
    let note =
        "addEventListener('click', event => { event.preventDefault(); window.pressed = event.target.textContent; })";
    browser.ask(note).await;
    for keys in ["*n", "gn", "g/"] {
        browser.press(keys).await;
        assert_eq!(browser.ask("return window.pressed ?? ''").await, json!(""), "{keys}");
    }
    browser.press("n").await;
    browser.until("return window.pressed?.startsWith('New')", vec![], "n alone to press New").await;
    browser.close().await;
}
