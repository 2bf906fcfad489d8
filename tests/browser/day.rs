//! The first page by keyboard alone, and without script.

use serde_json::json;

use crate::browser::{Browser, Window};
use crate::house::House;

const ENTER: &str = "\u{e007}";
const ESCAPE: &str = "\u{e00c}";

/// The house with two reminders that are overdue, one for tomorrow, and Grace, who is due for contact.
pub async fn busy() -> House {
    let mut house = House::furnished().await;
    for (title, ago) in [("Water the palm", "3 days"), ("Bring the book back", "2 days"), ("Call the notary", "-1 day")]
    {
        house
            .app
            .sql(&format!(
                "with made as (insert into reminders (user_id, title, due_at, made_until) select id, '{title}', d.at, d.at \
                     from users, (select date_trunc('second', now() - interval '{ago}') as at) d returning *) \
                 insert into reminder_occurrences (user_id, reminder_id, occurs_at_local, due_at) select user_id, id, starts_at, due_at from made"
            ))
            .await;
    }
    let grace = house.path_of("Grace Okafor").await;
    let id = grace.trim_start_matches("/contacts/");
    let call =
        [("interaction_type", "call"), ("occurred_at", "10 days ago"), ("subject", "Her cello"), ("contact_id", id)];
    house.user.post("/interactions", &call).await.expect(303);
    house.app.sql(&format!("update contacts set contact_frequency_days = 1 where id = '{id}'")).await;
    house.user.get("/contacts").await.expect(200);
    house
}

/// The title of the row that has the focus.
pub async fn focused(browser: &Browser, title: &str) {
    let at = "return document.activeElement.closest('[data-list] > [aria-current]')?.querySelector('strong').textContent === arguments[0]";
    browser.until(at, vec![json!(title)], &format!("the focus on {title}")).await;
}

async fn count(browser: &Browser, part: &str, is: u32) {
    let css = format!("section[aria-labelledby={part}] header data[value='{is}']");
    browser.see(&css).await;
}

#[actix_web::test]
async fn a_day_is_worked_off_by_keys_alone() {
    let house = busy().await;
    let Some(browser) = house.visit(Window::Desk, "/contacts").await else { return };
    browser.press("gd").await;
    browser.read("title", "Today · Kith").await;
    browser.see("html.scripted").await;
    browser.press("j").await;
    focused(&browser, "Water the palm").await;
    browser.press("j").await;
    browser.press("k").await;
    focused(&browser, "Water the palm").await;
    browser.press("d").await;
    focused(&browser, "Bring the book back").await;
    browser.read("#flash", "“Water the palm” is done.").await;
    count(&browser, "overdue", 1).await;
    browser.press("s").await;
    browser.see("button[name=choice][value=hour]:focus").await;
    browser.press(ENTER).await;
    browser.read("#flash", "Put off until").await;
    // The part is empty and says so, and the focus goes on to the next one.
    browser.read("section[aria-labelledby=overdue] .none", "Nothing is overdue any more.").await;
    focused(&browser, "Call the notary").await;
    browser.press("z").await;
    browser.read("#flash", "Taken back.").await;
    browser.see("html.scripted").await;
    browser.read("section[aria-labelledby=overdue] li", "Bring the book back").await;
    browser.press("j").await;
    focused(&browser, "Bring the book back").await;
    browser.press(ENTER).await;
    browser.read("h1", "Bring the book back").await;
    browser.close().await;
}

#[actix_web::test]
async fn escape_leaves_what_asks_until_when_and_the_row_is_current_again() {
    let house = busy().await;
    let Some(browser) = house.visit(Window::Desk, "/").await else { return };
    browser.press("j").await;
    focused(&browser, "Water the palm").await;
    browser.press("s").await;
    browser.see("button[name=choice][value=hour]:focus").await;
    browser.press(ESCAPE).await;
    browser.miss("button[name=choice]").await;
    focused(&browser, "Water the palm").await;
    browser.press("jjj").await;
    focused(&browser, "Grace Okafor").await;
    browser.press("s").await;
    browser.see("section[aria-labelledby=touch] button[name=choice]:focus").await;
    browser.press(ESCAPE).await;
    browser.miss("button[name=choice]").await;
    focused(&browser, "Grace Okafor").await;
    browser.goto(&house.url("/reminders")).await;
    browser.see("html.scripted").await;
    browser.press("j").await;
    browser.see("[data-list] > [aria-current] a:focus").await;
    browser.press("s").await;
    browser.see("button[name=choice]:focus").await;
    browser.press(ESCAPE).await;
    browser.miss("button[name=choice]").await;
    browser.see("[data-list] > [aria-current] a[id]:focus").await;
    browser.press("d").await;
    browser.read("[role=status]", "Done.").await;
    browser.close().await;
}

#[actix_web::test]
async fn whoever_is_due_is_put_off_logged_and_opened_by_keys_alone() {
    let house = busy().await;
    let Some(browser) = house.visit(Window::Desk, "/").await else { return };
    browser.press("jjjj").await;
    focused(&browser, "Grace Okafor").await;
    browser.press(ENTER).await;
    browser.read("h1", "Grace Okafor").await;
    browser.press("gd").await;
    browser.read("title", "Today · Kith").await;
    browser.see("html.scripted").await;
    browser.press("jjjj").await;
    focused(&browser, "Grace Okafor").await;
    browser.press("s").await;
    browser.see("section[aria-labelledby=touch] button[name=choice]:focus").await;
    browser.press(ENTER).await;
    browser.read("#flash", "Grace Okafor: postponed until").await;
    browser.read("section[aria-labelledby=touch] .none", "Nobody is waiting to hear from you any more.").await;
    browser.press("z").await;
    browser.read("#flash", "Taken back.").await;
    browser.see("html.scripted").await;
    browser.press("jjjj").await;
    focused(&browser, "Grace Okafor").await;
    browser.press("l").await;
    browser.see("#subject:focus").await;
    browser.press("Her concert").await;
    browser.press_control(fantoccini::key::Key::Enter).await;
    browser.read("#flash", "Call with Grace Okafor is logged.").await;
    browser.read("title", "Today · Kith").await;
    browser.miss("section[aria-labelledby=touch]").await;
    browser.close().await;
}

#[actix_web::test]
async fn a_day_is_worked_off_without_script() {
    let house = busy().await;
    let Some(browser) = house.visit(Window::WithoutScript, "/").await else { return };
    browser.click("section[aria-labelledby=overdue] li:first-child form button").await;
    browser.read("#flash", "“Water the palm” is done.").await;
    browser.read("title", "Today · Kith").await;
    count(&browser, "overdue", 1).await;
    browser.click("section[aria-labelledby=overdue] li:first-child a[data-key=s]").await;
    browser.read("h1", "Snooze Bring the book back").await;
    browser.click("button[value=week]").await;
    browser.read("title", "Today · Kith").await;
    browser.miss("section[aria-labelledby=overdue]").await;
    browser.click("#flash button").await;
    browser.read("#flash", "Taken back.").await;
    count(&browser, "overdue", 1).await;
    browser.click("section[aria-labelledby=touch] a[data-key=s]").await;
    browser.click("button[value=week]").await;
    browser.read("#flash", "Grace Okafor: postponed until").await;
    browser.read("title", "Today · Kith").await;
    browser.miss("section[aria-labelledby=touch]").await;
    browser.close().await;
}

#[actix_web::test]
async fn a_contact_is_logged_and_rows_are_opened_from_the_day_without_script() {
    let house = busy().await;
    let Some(browser) = house.visit(Window::WithoutScript, "/").await else { return };
    browser.click("section[aria-labelledby=touch] a[data-key=l]").await;
    browser.read("h1", "Log an interaction").await;
    browser.fill("#subject", "Her concert").await;
    browser.click("main form.form .actions button[type=submit]").await;
    browser.read("#flash", "Call with Grace Okafor is logged.").await;
    browser.read("title", "Today · Kith").await;
    browser.miss("section[aria-labelledby=touch]").await;
    browser.click("#flash button").await;
    browser.read("#flash", "Taken back.").await;
    browser.click("section[aria-labelledby=touch] li a[id]").await;
    browser.read("h1", "Grace Okafor").await;
    browser.goto(&house.url("/")).await;
    browser.click("section[aria-labelledby=overdue] li:first-child a").await;
    browser.read("h1", "Water the palm").await;
    browser.close().await;
}
