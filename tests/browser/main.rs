//! What only a browser can show of the ground that all pages share: keys, swaps, focus, the pages
//! without script, and axe. Each test has a browser and a server of its own.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

mod browser;
mod fixture;

/// The macros name these as the program does.
mod web {
    pub use kith::web::{assets, number};
}

use browser::{Browser, Window};
use fixture::Fixture;
use serde_json::json;

const ENTER: &str = "\u{e007}";
const ESCAPE: &str = "\u{e00c}";
const PAGES: [&str; 7] = [
    "/contacts",
    "/contacts/00000000-0000-0000-0000-000000000005",
    "/contacts/new",
    "/empty",
    "/long",
    "/login",
    "/nowhere",
];

/// A browser on the page, its scripts run.
async fn open(fixture: &Fixture, path: &str) -> Option<Browser> {
    let browser = Browser::open(Window::Desk).await?;
    browser.goto(&fixture.url(path)).await;
    browser.see("html.scripted").await;
    Some(browser)
}

#[actix_web::test]
async fn j_and_k_walk_the_list_and_the_pane_follows() {
    let fixture = Fixture::start();
    let Some(browser) = open(&fixture, "/contacts").await else { return };
    browser.press("j").await;
    browser.read("#pane h1", "Ada Lindqvist").await;
    browser.press("j").await;
    browser.read("#pane h1", "Grace Okafor").await;
    browser.see("[data-list] > [aria-current]:nth-child(2) a:focus").await;
    browser.press("k").await;
    browser.read("#pane h1", "Ada Lindqvist").await;
    browser.press(ENTER).await;
    browser.read("title", "Ada Lindqvist · Kith").await;
    browser.close().await;
    fixture.stop().await;
}

#[actix_web::test]
async fn typing_in_the_filter_swaps_the_list_and_keeps_the_focus() {
    let fixture = Fixture::start();
    let Some(browser) = open(&fixture, "/contacts").await else { return };
    browser.press("/").await;
    browser.see("main input[name=q]:focus").await;
    browser.press("zoë").await;
    browser.see("[data-list] > :only-child").await;
    browser.read("[data-list] a", "Zoë Marchetti").await;
    browser.see("main input[name=q]:focus").await;
    browser.until("return location.search.startsWith('?q=zo')", vec![], "the address to hold the filter").await;
    browser.press("n").await;
    browser
        .until("return document.querySelector('main input[name=q]').value === 'zoën'", vec![], "a letter, not a key")
        .await;
    browser.close().await;
    fixture.stop().await;
}

#[actix_web::test]
async fn the_palette_finds_people_and_actions() {
    let fixture = Fixture::start();
    let Some(browser) = open(&fixture, "/contacts").await else { return };
    browser.press_control('k').await;
    browser.see("#palette[open] input:focus").await;
    browser.read("#palette-actions", "Organizations").await;
    browser.press("grace").await;
    browser.see("#palette-results[data-query=grace] a").await;
    browser.press(ENTER).await;
    browser.read("title", "Grace Okafor · Kith").await;
    browser.see("html.scripted").await;
    browser.press_control('k').await;
    browser.see("#palette[open]").await;
    browser.press(ESCAPE).await;
    browser.miss("#palette[open]").await;
    browser.close().await;
    fixture.stop().await;
}

#[actix_web::test]
async fn help_names_the_keys_of_the_page_and_they_work() {
    let fixture = Fixture::start();
    let Some(browser) = open(&fixture, "/contacts").await else { return };
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
    browser.press("gc").await;
    browser.read("title", "Contacts · Kith").await;
    browser.close().await;
    fixture.stop().await;
}

#[actix_web::test]
async fn single_keys_can_be_turned_off() {
    let fixture = Fixture::start();
    let Some(browser) = open(&fixture, "/contacts").await else { return };
    browser.ask("document.documentElement.dataset.singleKeys = 'off'").await;
    browser.press("n").await;
    browser.press("j").await;
    browser.press_control('k').await;
    browser.see("#palette[open]").await;
    assert_eq!(
        browser.ask("return location.pathname + document.querySelectorAll('[aria-current=true]').length").await,
        json!("/contacts0")
    );
    browser.close().await;
    fixture.stop().await;
}

#[actix_web::test]
async fn a_refused_form_keeps_what_was_typed_and_leads_to_what_is_wrong() {
    let fixture = Fixture::start();
    let Some(browser) = open(&fixture, "/contacts/new").await else { return };
    browser.fill("#notes", "met at the wall").await;
    browser.click("main .button[data-kind=primary]").await;
    browser.see("#first_name:focus[aria-describedby=first_name-error]").await;
    browser.read("#first_name-error", "Give the contact a name.").await;
    browser.read("#notes", "met at the wall").await;
    browser.click("[data-add]").await;
    browser.see(".part:nth-child(3) input:focus").await;
    browser.close().await;
    fixture.stop().await;
}

#[actix_web::test]
async fn z_takes_back_what_was_done() {
    let fixture = Fixture::start();
    let Some(browser) = open(&fixture, "/contacts/new").await else { return };
    browser.fill("#first_name", "Bob").await;
    browser.press(ENTER).await;
    browser.read("#flash", "Bob is saved.").await;
    browser.see("html.scripted").await;
    browser.press("z").await;
    browser.read("#flash", "Taken back.").await;
    browser.close().await;
    fixture.stop().await;
}

#[actix_web::test]
async fn everything_is_reached_without_script() {
    let fixture = Fixture::start();
    let Some(browser) = Browser::open(Window::WithoutScript).await else { return };
    browser.goto(&fixture.url("/contacts")).await;
    browser.see("html:not(.scripted)").await;
    browser.fill("main input[name=q]", "grace").await;
    browser.press(ENTER).await;
    browser.click("[data-list] > :only-child a").await;
    browser.read("title", "Grace Okafor").await;
    browser.goto(&fixture.url("/contacts/new")).await;
    browser.fill("#first_name", "Bob").await;
    browser.click("main .button[data-kind=primary]").await;
    browser.click("#flash button").await;
    browser.read("#flash", "Taken back.").await;
    browser.click(".find").await;
    browser.read("title", "Search").await;
    browser.close().await;
    fixture.stop().await;
}

#[actix_web::test]
async fn no_page_scrolls_sideways_on_a_phone() {
    let fixture = Fixture::start();
    let Some(browser) = Browser::open(Window::Phone).await else { return };
    for page in PAGES {
        browser.goto(&fixture.url(page)).await;
        let fits = browser.ask("return document.documentElement.scrollWidth <= document.documentElement.clientWidth && innerWidth === 390").await;
        assert_eq!(fits, json!(true), "{page}");
    }
    browser.goto(&fixture.url("/contacts")).await;
    browser.click("details.phone summary").await;
    browser.click(".sheet a[href='/trash']").await;
    browser.read("h1", "There is nothing here").await;
    browser.close().await;
    fixture.stop().await;
}

#[actix_web::test]
async fn axe_finds_nothing_on_any_state_of_a_page() {
    let Some(axe) = axe_source() else {
        assert!(std::env::var_os("KITH_REQUIRE_BROWSER").is_none(), "no axe in target/axe");
        println!("skipped: no axe in target/axe");
        return;
    };
    let fixture = Fixture::start();
    for window in [Window::Desk, Window::Dark, Window::Phone] {
        let Some(browser) = Browser::open(window).await else { return };
        browser.goto(&fixture.url("/empty")).await;
        let is_dark = browser.ask("return matchMedia('(prefers-color-scheme: dark)').matches").await;
        assert_eq!(is_dark, json!(window == Window::Dark));
        for page in PAGES {
            browser.goto(&fixture.url(page)).await;
            assert_eq!(browser.axe(&axe).await, Vec::<String>::new(), "{page}");
        }
        browser.close().await;
    }
    fixture.stop().await;
}

/// `.ci/axe` fetches it; it is not ours to keep in the repository.
fn axe_source() -> Option<String> {
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/target/axe/axe.min.js")).ok()
}
