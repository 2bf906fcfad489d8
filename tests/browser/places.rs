//! Where things stand on a page: what covers what, and what comes first.

use serde_json::json;

use crate::browser::Window;
use crate::house::House;

/// With so many people that their list scrolls.
async fn crowded() -> House {
    let house = House::furnished().await;
    house.app.sql("insert into contacts (user_id, display_name, first_name) select id, 'Friend ' || n, 'Friend ' || n from users, generate_series(1, 60) n").await;
    house
}

#[actix_web::test]
async fn rows_pass_below_the_filter_of_their_list_when_they_are_scrolled() {
    let over = "const list = document.querySelector('.list');
        const field = document.querySelector('main input[name=q]');
        const found = [];
        for (let to = 0; to < 400; to += 4) {
            list.scrollTo(0, to);
            scrollTo(0, to);
            const { left, top, height } = field.getBoundingClientRect();
            const one = document.elementFromPoint(left + 5, top + height / 2);
            if (one !== field) found.push(`${to}: ${one?.outerHTML.slice(0, 80)}`);
        }
        if (!list.scrollTop && !scrollY) found.push('nothing is scrolled');
        return found";
    let house = crowded().await;
    for window in [Window::Desk, Window::Phone] {
        let Some(browser) = house.visit(window, "/contacts").await else { return };
        assert_eq!(browser.ask(over).await, json!([]));
        browser.close().await;
    }
}

#[actix_web::test]
async fn what_was_said_and_the_bar_of_a_selection_and_the_navigation_stand_one_above_the_other() {
    let heights = "const at = css => document.querySelector(css).getBoundingClientRect();
        const [said, bar, side] = ['.flash', '.bulk', '.side'].map(at);
        return [said.bottom <= bar.top, bar.bottom <= (side.top || innerHeight) + 1]";
    let house = crowded().await;
    for (window, name) in [(Window::Desk, "Grace Okafor"), (Window::Phone, "Zoë Marchetti")] {
        let Some(browser) = house.visit(window, &house.path_of(name).await).await else { return };
        browser.click("main form[action$='/trash'] button").await;
        browser.read("#flash", &format!("{name} is in the trash.")).await;
        browser.see("html.scripted").await;
        browser.click("[data-list] > :nth-child(2) input[name=id]").await;
        browser.see(".bulk[data-open]").await;
        assert_eq!(browser.ask(heights).await, json!([true, true]));
        browser.close().await;
    }
}

#[actix_web::test]
async fn all_that_is_behind_more_is_reached_while_somebody_is_selected() {
    let house = House::furnished().await;
    let Some(browser) = house.visit(Window::Phone, "/contacts").await else { return };
    browser.click("[data-list] > :nth-child(2) input[name=id]").await;
    browser.see(".bulk[data-open]").await;
    browser.click("details.phone summary").await;
    browser.click(".sheet a[href='/settings']").await;
    browser.read("h1", "Settings").await;
    browser.close().await;
}

#[actix_web::test]
async fn what_is_known_of_somebody_comes_before_her_timeline_and_stands_beside_it_where_there_is_room() {
    let places = "const [facts, story] = ['.facts', '.story'].map(css => document.querySelector(css));
        const [one, other] = [facts, story].map(part => part.getBoundingClientRect());
        const isBeside = one.top === other.top && one.left >= other.right;
        const isFirst = Boolean(story.compareDocumentPosition(facts) & Node.DOCUMENT_POSITION_PRECEDING);
        return [isFirst, isBeside ? 'beside' : one.bottom <= other.top ? 'above' : 'elsewhere']";
    let house = House::furnished().await;
    let path = house.path_of("Grace Okafor").await;
    for (window, place) in [(Window::Desk, "beside"), (Window::Phone, "above")] {
        let Some(browser) = house.visit(window, &path).await else { return };
        assert_eq!(browser.ask(places).await, json!([true, place]));
        browser.close().await;
    }
}

#[actix_web::test]
async fn the_filter_of_interactions_stays_within_its_list_when_all_of_it_is_open() {
    let outside = "const { right } = document.querySelector('.list').getBoundingClientRect();
        const parts = [...document.querySelectorAll('.list > header :is(a, input, select)')];
        return parts.filter(one => one.checkVisibility() && one.getBoundingClientRect().right > right).map(one => one.outerHTML)";
    let house = House::furnished().await;
    for window in [Window::Desk, Window::Phone] {
        let Some(browser) = house.visit(window, "/interactions?contact=nobody").await else { return };
        browser.see(".list > header details[open]").await;
        assert_eq!(browser.ask(outside).await, json!([]));
        browser.close().await;
    }
}
