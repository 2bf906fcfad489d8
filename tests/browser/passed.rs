//! Interactions by key, by the palette, and a timeline that goes on.

use crate::browser::Window;
use crate::house::House;

const ENTER: &str = "\u{e007}";

#[actix_web::test]
async fn l_logs_g_i_leads_to_all_and_the_pane_puts_one_away_and_back() {
    let house = House::furnished().await;
    let grace = house.path_of("Grace Okafor").await;
    let Some(browser) = house.visit(Window::Desk, &grace).await else { return };
    browser.press("l").await;
    browser.see("#subject:focus").await;
    browser.press("Her cello").await;
    browser.press_control(fantoccini::key::Key::Enter).await;
    browser.read("#flash", "Call with Grace Okafor is logged.").await;
    browser.read(".timeline strong", "Her cello").await;
    browser.see("html.scripted").await;
    browser.press("gi").await;
    browser.read("title", "Interactions · Kith").await;
    browser.see("html.scripted").await;
    browser.press("j").await;
    browser.read("#pane h1", "Her cello").await;
    browser.press("#").await;
    browser.read("#flash", "is in the trash").await;
    browser.see("html.scripted").await;
    browser.miss("[data-kind=interaction]").await;
    browser.press("z").await;
    browser.read("#results strong", "Her cello").await;
    browser.close().await;
}

#[actix_web::test]
async fn the_palette_logs_a_call_with_one_line() {
    let house = House::furnished().await;
    let Some(browser) = house.visit(Window::Desk, "/contacts").await else { return };
    browser.press_control('k').await;
    browser.see("#palette[open] input:focus").await;
    browser.press("> call zoe yesterday: her plan").await;
    browser.see("#palette-results[data-query='> call zoe yesterday: her plan'] button").await;
    browser.press(ENTER).await;
    browser.read("#flash", "Call with Zoë Marchetti is logged.").await;
    browser.read(".prose", "her plan").await;
    browser.close().await;
}

#[actix_web::test]
async fn the_palette_reminds_with_one_line() {
    let house = House::furnished().await;
    let Some(browser) = house.visit(Window::Desk, "/contacts").await else { return };
    browser.press_control('k').await;
    browser.see("#palette[open] input:focus").await;
    let typed = "> remind zoe: her plan, 4 July 2031 at 9";
    browser.press(typed).await;
    browser.see(&format!("#palette-results[data-query='{typed}'] button")).await;
    browser.press(ENTER).await;
    browser.read("#flash", "You will be reminded: “her plan”.").await;
    browser.read("main", "Friday, 4 July 2031, 09:00").await;
    browser.see("html.scripted").await;
    browser.press("z").await;
    browser.read("#flash", "Taken back").await;
    browser.close().await;
}

#[actix_web::test]
async fn a_timeline_goes_on_as_one_reads_and_by_links_without_script() {
    let house = House::furnished().await;
    let grace = house.path_of("Grace Okafor").await;
    let id = grace.trim_start_matches("/contacts/");
    house
        .app
        .sql(&format!(
            "with made as (insert into interactions (user_id, occurred_at, interaction_type, subject) \
                 select u.id, timestamptz '2026-01-01' + n * interval '1 hour', 'call', 'C' || n from users u, generate_series(1, 70) n \
                 returning user_id, id, occurred_at) \
             insert into interaction_participants (user_id, interaction_id, contact_id, occurred_at) select user_id, id, '{id}', occurred_at from made"
        ))
        .await;
    let Some(browser) = house.visit(Window::Desk, &grace).await else { return };
    let all =
        "window.scrollTo(0, document.body.scrollHeight); return document.querySelectorAll('.timeline li').length == 70";
    browser.until(all, Vec::new(), "all seventy").await;
    browser.miss("#timeline-more").await;
    browser.close().await;
    let Some(browser) = house.visit(Window::WithoutScript, &grace).await else { return };
    browser.click("#timeline-more a").await;
    browser.read(".timeline strong", "C40").await;
    browser.click("#timeline-more a").await;
    browser.read(".timeline strong", "C1").await;
    browser.close().await;
}

#[actix_web::test]
async fn on_a_phone_a_row_says_what_it_was_and_the_days_of_a_year_can_be_told_apart() {
    let mut house = House::furnished().await;
    let grace = house.path_of("Grace Okafor").await;
    let id = grace.trim_start_matches("/contacts/").to_owned();
    let call = [
        ("interaction_type", "call"),
        ("direction", "inbound"),
        ("occurred_at", "yesterday at 14:05"),
        ("subject", "Her cello"),
        ("contact_id", &id),
    ];
    house.user.post("/interactions", &call).await.expect(303);
    let Some(browser) = house.visit(Window::Phone, &grace).await else { return };
    browser.read(".timeline li small", "Call · From them 14:05").await;
    let is_large = "return document.querySelector('.heat').getScreenCTM().a * .8 >= 8";
    browser.until(is_large, Vec::new(), "days of eight pixels").await;
    let shows_today = "const heat = document.querySelector('.heat'), last = heat.querySelector('path:not(.none, [d=\"\"])').getBoundingClientRect(), \
         box = heat.getBoundingClientRect(); return last.right <= box.right + 1 && last.left >= box.left";
    browser.until(shows_today, Vec::new(), "the newest days within the picture").await;
    browser.close().await;
}
