//! Labels beside values are read as words, whatever stands beside them.

use serde_json::json;

use crate::browser::{Browser, Window};
use crate::house::House;

/// The words of these elements that stand on more than one line.
async fn broken(browser: &Browser, css: &str) -> serde_json::Value {
    let script = "const broken = []; \
        for (const element of document.querySelectorAll(CSS)) { \
            const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT); \
            while (walker.nextNode()) for (const { 0: word, index } of walker.currentNode.data.matchAll(/[^\\s]+/g)) { \
                const range = document.createRange(); \
                range.setStart(walker.currentNode, index); range.setEnd(walker.currentNode, index + word.length); \
                if (new Set([...range.getClientRects()].map(one => Math.round(one.top))).size > 1) broken.push(word); \
            } \
        } \
        return broken";
    browser.ask(&script.replace("CSS", &json!(css).to_string())).await
}

async fn look(window: Window) {
    let mut house = House::empty().await;
    house.user.post("/settings/fields", &[("name", "Homepage"), ("kind", "link")]).await.expect(303);
    let field = house.app.sql("select 'field_' || id from own_fields").await[0].get::<_, String>(0);
    let person =
        house.add(&[("first_name", "Claire"), (field.as_str(), "https://claire.example/a/long/way/to/her/page")]).await;
    let card = |n: u8| {
        let word = "Wolfeschlegelsteinhausenbergerdorff".repeat(2);
        format!(
            "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:grace\r\nFN:Grace {n}\r\nN:Hopper;Grace;;;\r\nNICKNAME:{word}{n}\r\nORG:{word} {n}\r\n\
             BDAY:19{n}0-12-09\r\nADR:;;{n} {word};Arlington;;;\r\nEMAIL:grace{n}.of.the.navy@navy.example\r\nNOTE:{}\r\nEND:VCARD\r\n",
            format!("met {n} times in Arlington ").repeat(12)
        )
    };
    let mut page = String::new();
    for n in [3, 4] {
        page = house.user.upload("/imports", "a.vcf", card(n).as_bytes()).await.expect(303).location();
        house.app.run_jobs().await;
        if n == 3 {
            house.user.post(&format!("{page}/application"), &[]).await.expect(303);
            house.app.run_jobs().await;
        }
    }
    let Some(browser) = house.visit(window, &person).await else { return };
    assert_eq!(broken(&browser, ".facts dt").await, json!([]));
    browser.goto(&house.url(&format!("{page}?status=changed"))).await;
    browser.see(".record .table th[scope=row]").await;
    assert_eq!(broken(&browser, ".record .table th").await, json!([]));
    let narrowest =
        "return Math.min(...[...document.querySelectorAll('.record td')].map(cell => cell.offsetWidth)) >= 90";
    assert_eq!(browser.ask(narrowest).await, json!(true), "a column is too narrow to be read");
    let overflow = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
    assert_eq!(browser.ask(overflow).await, json!(0), "it scrolls sideways");
    browser.close().await;
}

#[actix_web::test]
async fn no_label_is_broken_inside_a_word() {
    look(Window::Desk).await;
}

#[actix_web::test]
async fn no_label_is_broken_inside_a_word_on_a_phone() {
    look(Window::Phone).await;
}
