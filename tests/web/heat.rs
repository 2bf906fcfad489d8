//! A year of contact: drawn, and told in words.

use chrono::{Days, NaiveDate, Utc};

use crate::harness::{App, User};
use crate::interactions::person;

async fn log(ada: &mut User, kind: &str, direction: &str, back: u64, people: &[&str]) {
    let day = (today() - Days::new(back)).to_string();
    let mut form = vec![("interaction_type", kind), ("direction", direction), ("occurred_at", day.as_str())];
    form.extend(people.iter().map(|id| ("contact_id", *id)));
    ada.post("/interactions", &form).await.expect(303);
}

fn today() -> NaiveDate {
    Utc::now().date_naive()
}

#[actix_web::test]
async fn her_page_draws_the_days_of_a_year_and_says_how_often_and_from_whom() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (grace, alan) = (person(&mut ada, "Grace").await, person(&mut ada, "Alan").await);
    let page = ada.get(&format!("/contacts/{grace}")).await.expect(200);
    assert!(page.all(".heat").is_empty(), "nothing to draw");
    for (kind, direction, back) in [
        ("email", "inbound", 0),
        ("email", "outbound", 0),
        ("call", "mutual", 0),
        ("message", "inbound", 40),
        ("meeting", "", 364),
        ("note", "", 3),
        ("call", "inbound", 365),
    ] {
        log(&mut ada, kind, direction, back, &[&grace]).await;
    }
    log(&mut ada, "call", "outbound", 1, &[&alan]).await;
    let page = ada.get(&format!("/contacts/{grace}")).await.expect(200);
    let told = page.one(".heat + p").text().split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(told, "5 times in touch in a year: 2 from them, 1 from you.");
    assert_eq!(page.one(".heat").attr("role"), "img");
    assert_eq!(page.one(".heat title").text(), "A year of contact, day by day");
    let exact = kith::dates::DateStyle::default().exact(today());
    assert!(
        page.one(".heat desc").text().ends_with(&format!("Most on {exact}: 3.")),
        "{}",
        page.one(".heat desc").text()
    );
    let strokes = |level: &str| page.one(&format!(".heat path{level}")).attr("d").matches('M').count();
    assert_eq!((strokes(".none"), strokes(".little"), strokes(".some")), (7, 2, 1));
    let told = ada.get(&format!("/contacts/{alan}")).await.expect(200).one(".heat + p").text().to_owned();
    assert!(told.starts_with("1 time in touch in a year"), "{told}");
}

#[actix_web::test]
async fn what_lies_in_the_trash_is_not_drawn() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = person(&mut ada, "Grace").await;
    log(&mut ada, "call", "inbound", 2, &[&grace]).await;
    app.sql("update interactions set deleted_at = now()").await;
    let page = ada.get(&format!("/contacts/{grace}")).await.expect(200);
    assert!(page.all(".heat").is_empty());
}
