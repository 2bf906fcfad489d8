//! What only a browser can show: keys, swaps, focus, the pages without script, and axe. Each test has
//! a browser and a server of its own, over a database of its own.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

#[path = "../cluster/mod.rs"]
mod cluster;
#[path = "../web/harness/mod.rs"]
#[expect(dead_code, reason = "the tests without a browser use the rest of it")]
mod harness;

mod browser;
mod day;
mod house;
mod labels;
mod onward;
mod passed;
mod places;
mod selecting;
mod states;
mod zone;

use browser::Window;
use house::House;
use serde_json::json;

const ENTER: &str = "\u{e007}";
const ESCAPE: &str = "\u{e00c}";
const DOWN: &str = "\u{e015}";

#[actix_web::test]
async fn j_and_k_walk_the_list_and_the_pane_follows() {
    let house = House::furnished().await;
    let Some(browser) = house.visit(Window::Desk, "/contacts").await else { return };
    browser.press("j").await;
    browser.read("#pane h1", "Ada Lindqvist").await;
    browser.press("j").await;
    browser.read("#pane h1", "Zoë Marchetti").await;
    browser.see("[data-list] > [aria-current]:nth-child(2) a:focus").await;
    browser.press("k").await;
    browser.read("#pane h1", "Ada Lindqvist").await;
    browser.press(ENTER).await;
    browser.read("title", "Ada Lindqvist · Kith").await;
    browser.close().await;
}

#[actix_web::test]
async fn typing_in_the_filter_swaps_the_list_its_count_and_keeps_the_focus() {
    let house = House::furnished().await;
    let Some(browser) = house.visit(Window::Desk, "/contacts").await else { return };
    browser.read("#count", "5").await;
    browser.press("/").await;
    browser.see("main input[name=q]:focus").await;
    browser.press("zoë").await;
    browser.see("[data-list] > :only-child").await;
    browser.read("[data-list] a", "Zoë Marchetti").await;
    browser.read("#count", "1").await;
    browser.see("main input[name=q]:focus").await;
    browser.until("return location.search.includes('q=zo')", vec![], "the address to hold the filter").await;
    browser.press("n").await;
    browser
        .until("return document.querySelector('main input[name=q]').value === 'zoën'", vec![], "a letter, not a key")
        .await;
    browser.close().await;
}

#[actix_web::test]
async fn the_palette_finds_people_and_actions() {
    let house = House::furnished().await;
    let Some(browser) = house.visit(Window::Desk, "/contacts").await else { return };
    browser.press_control('k').await;
    browser.see("#palette[open] input:focus").await;
    browser.read("#palette-actions", "Organizations").await;
    browser.press("grace").await;
    browser.see("#palette-results[data-query=grace] a").await;
    let heading = "return !document.querySelector('#palette > h2').checkVisibility()";
    browser.until(heading, vec![], "no heading above no action").await;
    browser.press(ENTER).await;
    browser.read("title", "Grace Okafor · Kith").await;
    browser.see("html.scripted").await;
    browser.press_control('k').await;
    browser.see("#palette[open]").await;
    browser.press(DOWN).await;
    browser.see("#palette-actions button:focus").await;
    browser.press(ESCAPE).await;
    browser.miss("#palette[open]").await;
    browser.close().await;
}

#[actix_web::test]
async fn help_names_the_keys_of_the_page_and_they_work() {
    let house = House::furnished().await;
    let Some(browser) = house.visit(Window::Desk, "/contacts").await else { return };
    browser.press("?").await;
    browser.see("#help[open]").await;
    for said in ["New", "Contacts", "Filter contacts"] {
        browser.read("#help-keys dd", said).await;
    }
    browser.press(ESCAPE).await;
    browser.miss("#help[open]").await;
    browser.press("n").await;
    browser.read("title", "New contact").await;
    browser.see("html.scripted").await;
    browser.see("#first_name:focus").await;
    browser.press(ESCAPE).await;
    browser.press("gc").await;
    browser.read("title", "Contacts · Kith").await;
    browser.close().await;
}

#[actix_web::test]
async fn single_keys_can_be_turned_off() {
    let house = House::furnished().await;
    let Some(browser) = house.visit(Window::Desk, "/settings").await else { return };
    browser.click("input[name=single_keys]").await;
    browser.click("form[action='/settings/keyboard'] button[type=submit]").await;
    browser.read("#flash", "Saved.").await;
    browser.goto(&house.url("/contacts")).await;
    browser.see("html.scripted").await;
    browser.press("n").await;
    browser.press("j").await;
    browser.press_control('k').await;
    browser.see("#palette[open]").await;
    assert_eq!(
        browser.ask("return location.pathname + document.querySelectorAll('[aria-current=true]').length").await,
        json!("/contacts0")
    );
    browser.close().await;
}

#[actix_web::test]
async fn a_refused_form_keeps_what_was_typed_and_leads_to_what_is_wrong() {
    let house = House::empty().await;
    let Some(browser) = house.visit(Window::Desk, "/contacts/new").await else { return };
    browser.fill("#first_name", "Grace").await;
    browser.fill("#notes", "met at the wall").await;
    browser.fill("#relationship_strength", "11").await;
    browser.click("main .button[data-kind=primary]").await;
    browser.read("#relationship_strength-error", "Give a whole number from 1 to 10.").await;
    browser
        .until("return document.querySelector('#notes').value === 'met at the wall'", vec![], "the notes as typed")
        .await;
    browser.see("[data-summary]:focus").await;
    browser.click("[data-repeat]:first-of-type [data-add]").await;
    browser.see(".part:nth-child(3) input:focus").await;
    browser.close().await;
}

#[actix_web::test]
async fn z_takes_back_what_was_done() {
    let house = House::furnished().await;
    let Some(browser) = house.visit(Window::Desk, &house.path_of("Grace Okafor").await).await else { return };
    browser.press("#").await;
    browser.read("#flash", "Grace Okafor is in the trash.").await;
    browser.see("html.scripted").await;
    browser.read("#count", "4").await;
    browser.press("z").await;
    browser.read("#count", "5").await;
    browser.close().await;
}

#[actix_web::test]
async fn two_browsers_that_edit_one_person_both_see_both_versions() {
    let house = House::furnished().await;
    let edit = format!("{}/edit", house.path_of("Grace Okafor").await);
    let Some(first) = house.visit(Window::Desk, &edit).await else { return };
    let Some(second) = house.visit(Window::Phone, &edit).await else { return };
    first.fill("#last_name", "Hopper").await;
    first.click("main .button[data-kind=primary]").await;
    first.read("h1", "Grace Hopper").await;
    second.fill("#last_name", "Murray").await;
    second.click("main .button[data-kind=primary]").await;
    second.read(".mine", "Murray").await;
    second.read(".stored", "Hopper").await;
    second.click("main .button[data-kind=primary]").await;
    second.read("h1", "Grace Murray").await;
    first.close().await;
    second.close().await;
}

#[actix_web::test]
async fn a_tag_is_added_and_taken_off_by_key() {
    let house = House::furnished().await;
    let path = house.path_of("Grace Okafor").await;
    let Some(browser) = house.visit(Window::Desk, &path).await else { return };
    browser.press("t").await;
    browser.see("input[data-key=t]:focus").await;
    browser.press("climbing").await;
    browser.press(ENTER).await;
    browser.read(".tag a", "climbing").await;
    browser.read("#flash", "Tagged “climbing”.").await;
    browser.see("html.scripted").await;
    browser.see("#add-tag:focus").await;
    browser.press("z").await;
    browser.until("return document.querySelectorAll('.tag').length === 1", vec![], "one tag again").await;
    browser.close().await;
}

#[actix_web::test]
async fn many_are_selected_by_key_and_edited_at_once() {
    let house = House::furnished().await;
    let Some(browser) = house.visit(Window::Desk, "/contacts").await else { return };
    browser.miss(".bulk[data-open]").await;
    browser.press("jx").await;
    browser.read("#selected", "1 selected").await;
    browser.press("jj").await;
    browser.press("X").await;
    browser.read("#selected", "3 selected").await;
    browser.press("J").await;
    browser.read("#selected", "4 selected").await;
    browser.fill("main input[name=q]", "marchetti").await;
    browser.see("[data-list] > :only-child").await;
    browser.read("#selected", "4 selected").await;
    browser.press(ESCAPE).await;
    browser.press("e").await;
    browser.read("h1", "4 people").await;
    browser.see("#add_tag:focus").await;
    browser.press("climbing").await;
    browser.press(ENTER).await;
    browser.read("#flash", "4 people: tagged “climbing”.").await;
    browser.see("html.scripted").await;
    browser.miss(".bulk[data-open]").await;
    browser.press("z").await;
    browser.read("#flash", "Taken back.").await;
    browser.close().await;
}

#[actix_web::test]
async fn many_are_trashed_without_script() {
    let house = House::furnished().await;
    let Some(browser) = house.visit(Window::WithoutScript, "/contacts").await else { return };
    browser.click("[data-list] > :nth-child(1) input[name=id]").await;
    browser.click("[data-list] > :nth-child(3) input[name=id]").await;
    browser.click(".bulk button[value=trash]").await;
    browser.read("#flash", "2 people: put into the trash.").await;
    browser.read("#count", "3").await;
    browser.close().await;
}

#[actix_web::test]
async fn everything_is_reached_without_script() {
    let house = House::furnished().await;
    let Some(browser) = house.visit(Window::WithoutScript, "/contacts").await else { return };
    browser.see("html:not(.scripted)").await;
    browser.fill("main input[name=q]", "grace").await;
    browser.press(ENTER).await;
    browser.click("[data-list] > :only-child a").await;
    browser.read("title", "Grace Okafor").await;
    browser.goto(&house.url("/contacts/new")).await;
    browser.fill("#first_name", "Bob").await;
    browser.click("main .button[data-kind=primary]").await;
    browser.read("h1", "Bob").await;
    browser.click("#flash button").await;
    browser.goto(&house.url("/contacts")).await;
    browser.read("#count", "5").await;
    browser.click(".find").await;
    browser.read("title", "Search").await;
    browser.close().await;
}

#[actix_web::test]
async fn without_script_no_key_is_named() {
    let house = House::furnished().await;
    let Some(browser) = house.visit(Window::WithoutScript, "/contacts").await else { return };
    let keys = "return [...document.querySelectorAll('kbd')].filter(key => key.checkVisibility()).length";
    assert_eq!(browser.ask(keys).await, json!(0));
    assert_eq!(browser.ask("return document.querySelector('#pane').innerText.trim()").await, json!("Choose somebody."));
    browser.close().await;
}

#[actix_web::test]
async fn a_phone_reaches_the_rest_of_the_navigation_behind_more() {
    let house = House::empty().await;
    let Some(browser) = house.visit(Window::Phone, "/contacts").await else { return };
    browser.click("details.phone summary").await;
    browser.click(".sheet a[href='/settings']").await;
    browser.read("h1", "Settings").await;
    browser.close().await;
}

#[actix_web::test]
async fn a_form_is_focused_when_it_opens_and_saved_by_control_and_enter() {
    let house = House::furnished().await;
    let Some(browser) = house.visit(Window::Desk, "/contacts").await else { return };
    browser.see("html.scripted").await;
    browser.press("n").await;
    browser.see("#first_name:focus").await;
    browser.press("Bob").await;
    browser.press_control(fantoccini::key::Key::Enter).await;
    browser.read("h1", "Bob").await;
    browser.close().await;
}

#[actix_web::test]
async fn escape_leads_from_a_person_back_to_her_row_of_the_filtered_list() {
    let house = House::furnished().await;
    let Some(browser) = house.visit(Window::Desk, "/contacts?sort=-strength").await else { return };
    browser.press("jjj").await;
    let row = "[data-list] > [aria-current]:nth-child(3) a:focus";
    browser.see(row).await;
    let name = browser.ask("return document.activeElement.querySelector('strong').textContent").await;
    browser.press(ENTER).await;
    browser.read("title", name.as_str().unwrap()).await;
    browser.see("html.scripted").await;
    browser.press(ESCAPE).await;
    browser.see(row).await;
    browser.read("#pane h1", name.as_str().unwrap()).await;
    assert_eq!(browser.ask("return location.search").await, json!("?sort=-strength"));
    browser.press("j").await;
    browser.see("[data-list] > [aria-current]:nth-child(4) a:focus").await;
    browser.close().await;
}
