//! Doubtful rows of tables of what passed that are no plain name: one person or two, last name first, or nobody.

use super::mail::everything;
use super::passed_tables::{doubtful, grace};
use super::{count, one, words};
use crate::harness::{App, User};

const PAIRS: &str = "Id,Date,With,Type,Direction,Subject\n\
    1,2024-05-01 10:00,\"Hopper, Grace\",call,out,One\n\
    2,2024-05-02 10:00,\"Marsh, Zoe\",call,out,Two\n\
    3,2024-05-03 10:00,\"marsh,  zoe\",call,out,Three\n\
    4,2024-05-04 10:00,\"Zoe Marsh, Yan Ito\",call,out,Four\n";

/// Whom she has, each with how many times something passed.
async fn people(app: &App) -> String {
    let query = "select string_agg(concat_ws('|', first_name, last_name, display_name, n), ' ' order by display_name) from (select c.*, \
        (select count(*) from interaction_participants p where p.contact_id = c.id) as n from contacts c where c.deleted_at is null) c";
    one(app, query).await
}

/// Presses the button of the first record with this text.
async fn press(ada: &mut User, page: &str, text: &str, button: (&str, &str)) {
    let shown = doubtful(ada, page).await;
    let record = shown.all(".record").iter().position(|one| one.text().contains(text)).unwrap();
    let (record, form) = (shown.all(".record")[record].attr("data-id"), shown.all(".record form")[0].attr("action"));
    ada.post(&form, &[("position", record.as_str()), ("next", &record), button]).await.expect(303);
}

#[actix_web::test]
async fn whoever_is_named_last_name_first_is_one_person_or_two_as_she_says() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    grace(&mut ada).await;
    app.sql("update contacts set first_name = 'Grace Hopper', last_name = null").await;
    let page = ada.takes_in_table(&app, "calls.csv", PAIRS.as_bytes()).await;
    assert_eq!(ada.words(&page).await, words(&[("new", 1), ("doubtful", 3)]), "the name turned round is that of Grace");
    let before = everything(&app).await;
    let shown = doubtful(&mut ada, &page).await;
    assert!(shown.all(".record")[0].text().contains("“Marsh, Zoe” may be one person, last name first, or two."));
    assert!(shown.all(".record")[2].text().contains("Nobody is called “Yan Ito”."), "these are two whole names");
    assert_eq!(shown.count(".record button[value=two]"), 2);

    press(&mut ada, &page, "Marsh, Zoe", ("add", "true")).await;
    let said = ada.get(&page).await.expect(200);
    assert!(said.one("#flash span").text().contains("Zoe Marsh is a contact now, and 2 rows taken."));
    assert_eq!(people(&app).await, "Grace Hopper|Grace Hopper|1 Zoe|Marsh|Zoe Marsh|2");
    ada.post(&said.one("#flash form").attr("action"), &[]).await.expect(303);
    assert_eq!(everything(&app).await, before);

    press(&mut ada, &page, "Marsh, Zoe", ("add", "two")).await;
    let said = ada.get(&page).await.expect(200);
    assert!(said.one("#flash span").text().contains("Marsh and Zoe are contacts now, and 2 rows taken."));
    assert_eq!(people(&app).await, "Grace Hopper|Grace Hopper|1 Marsh|Marsh|2 Zoe|Zoe|2");
    let again = ada.takes_in_table(&app, "calls.csv", PAIRS.as_bytes()).await;
    assert_eq!(ada.words(&again).await, words(&[("unchanged", 3), ("doubtful", 1)]), "and so they are from now on");
    ada.post(&said.one("#flash form").attr("action"), &[]).await.expect(303);
    assert_eq!(count(&app, "interactions").await, 1);
}

#[actix_web::test]
async fn where_one_person_or_two_is_asked_both_can_be_said_without_the_list_too() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let page = ada.takes_in_table(&app, "calls.csv", PAIRS.as_bytes()).await;
    let chooser = doubtful(&mut ada, &page).await.all(".record form a").iter().map(|one| one.attr("href")).nth(1);
    let asked = ada.get(&chooser.unwrap()).await.expect(200);
    assert_eq!(asked.one("h1").text(), "Who is Marsh, Zoe?");
    assert_eq!(asked.one("button[value=two]").attr("data-key"), "b");
    let plain = doubtful(&mut ada, &page).await.all(".record form a").last().unwrap().attr("href");
    let asked = ada.get(&plain).await.expect(200);
    assert_eq!(asked.count("button[value=two]"), 0, "Yan Ito is one");
    let form = asked.all("form[method=post][action$='/people']")[0].attr("action");
    ada.post(&form, &[("position", "4"), ("add", "two")]).await.expect(400);
}

#[actix_web::test]
async fn a_row_that_names_nobody_is_given_somebody_alone_and_taken_back() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = grace(&mut ada).await;
    let table = "Id,Date,With,Type,Direction,Subject\n1,2024-05-01 10:00,,call,out,One\n2,2024-05-02 10:00,,call,out,Two\n\
        3,2024-05-03 10:00,Zoe,call,out,Three\n";
    let page = ada.takes_in_table(&app, "calls.csv", table.as_bytes()).await;
    assert_eq!(ada.words(&page).await, words(&[("doubtful", 3)]));
    let before = everything(&app).await;
    let shown = doubtful(&mut ada, &page).await;
    assert!(shown.all(".record")[0].text().contains("It names nobody."));
    assert_eq!(shown.count(".record button[name=add]"), 1, "nobody can be added without a name");
    let chooser = shown.all(".record a[data-key=m]")[1].attr("href");
    let asked = ada.get(&chooser).await.expect(200);
    assert_eq!(asked.one("h1").text(), "With whom was it?");
    assert!(asked.one("main header").text().contains("The row on line 3 names nobody: Two."));
    assert!(asked.one("#results").text().contains("Type the name of a contact."));
    let found = ada.get(&format!("{chooser}&q=grace")).await.expect(200);
    let form = found.one("form[method=post][action$='/people']").attr("action");
    let id = found.one("[data-kind=contact]").attr("data-id");
    ada.post(&form, &[("position", "2"), ("add", "true")]).await.expect(400);
    ada.post(&form, &[("position", "2"), ("survivor", &id)]).await.expect(303);
    let said = ada.get(&page).await.expect(200);
    assert!(said.one("#flash span").text().contains("1 row taken, with Grace Hopper."));
    assert_eq!(ada.words(&page).await, words(&[("new", 1), ("doubtful", 2)]), "the other may be with somebody else");
    assert_eq!(ada.get(&grace).await.expect(200).count("[data-kind=interaction]"), 1);
    assert_eq!(one(&app, "select subject from interactions").await, "Two");
    ada.post(&said.one("#flash form").attr("action"), &[]).await.expect(303);
    assert_eq!(everything(&app).await, before);
    assert_eq!(ada.words(&page).await, words(&[("doubtful", 3)]));
}
