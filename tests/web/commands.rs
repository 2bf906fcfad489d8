//! What is typed behind a `>`: it logs, and asks who is meant.

use crate::harness::{App, Page};
use crate::interactions::person;

const PARTIAL: [(&str, &str); 2] = [("hx-request", "true"), ("hx-request-type", "partial")];

#[actix_web::test]
async fn a_command_of_the_palette_logs_what_it_says_and_asks_who_is_meant() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (hopper, kelly) = (person(&mut ada, "Grace Hopper").await, person(&mut ada, "Grace Kelly").await);
    let alan = person(&mut ada, "Alan Turing").await;
    let page = ada.get("/search?q=%3E+call+alan+on+3+May%3A+asked+about+the+job").await.expect(200);
    assert_eq!(page.one("#search-results form button").text(), "Call with Alan Turing");
    let field = |page: &Page, name: &str| page.one(&format!("#search-results form [name='{name}']")).attr("value");
    let sent = ["interaction_type", "occurred_at", "summary", "contact_id"].map(|name| (name, field(&page, name)));
    let sent: Vec<(&str, &str)> = sent.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(sent[3].1, alan);
    ada.post("/interactions", &sent).await.expect(303);
    let told = ada.get(&format!("/contacts/{alan}")).await.expect(200);
    assert_eq!(told.one(".timeline li p").text(), "asked about the job");
    assert!(told.one(".timeline h3 time").attr("datetime").ends_with("-05-03"));
    let page = ada.get("/search?q=%3E+note+Grace%3A+likes+tea").await.expect(200);
    let mut asked: Vec<String> =
        page.all("#search-results button[name=contact_id]").iter().map(|one| one.attr("value")).collect();
    asked.sort();
    let mut both = vec![hopper, kelly];
    both.sort();
    assert_eq!(asked, both);
    let palette = [&PARTIAL[..], &[("hx-target", "div#palette-results")]].concat();
    let block = ada.get_with("/search?q=%3E+note+Grace%3A+likes+tea", &palette).await.expect(200);
    assert!(block.all("a[href], button")[0].attr("href").starts_with("/search?q="), "the first choice asks");
    let new = ada.get("/search?q=%3E+call+Nobody+Known%3A+x").await.expect(200);
    assert_eq!(new.one("#search-results button").attr("value"), "new");
    for typed in ["%3E", "%3E+sing+Ada", "%3E+call", "%3E+call+%3A"] {
        assert_eq!(
            ada.get(&format!("/search?q={typed}")).await.expect(200).count("#search-results form[method=post]"),
            0
        );
    }
}
