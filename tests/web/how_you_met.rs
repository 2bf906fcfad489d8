//! How and where people were met.

use crate::harness::{App, User};

const HOW: &str = "Through Zoë,\nat the\u{a0}harvest dance; =rain, all night";
const WHERE: &str = "Café Quintessenz, Porto";

/// Adds Ann, met there and so.
async fn add_ann(ada: &mut User) -> String {
    let ann = [("first_name", "Ann"), ("last_name", "Berg"), ("how_met", HOW), ("met_at", WHERE)];
    ada.post("/contacts", &ann).await.expect(303).location()
}

#[actix_web::test]
async fn how_and_where_somebody_was_met_stands_on_her_page_and_finds_her() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let ann = add_ann(&mut ada).await;
    let page = ada.get(&ann).await.expect(200);
    let shown = HOW.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(page.one("#met p.lines").text(), shown);
    assert_eq!(page.one("#met p.quiet").text(), WHERE);
    for typed in ["quintessenz", "harvest"] {
        assert_eq!(ada.get(&format!("/contacts?q={typed}")).await.count("[data-kind=contact]"), 1, "{typed}");
    }
    ada.post("/contacts", &[("first_name", "Bo")]).await.expect(303);
    assert_eq!(ada.get("/contacts?q=harvest").await.count("[data-kind=contact]"), 1);
}

#[actix_web::test]
async fn a_longer_story_than_can_be_saved_is_refused_and_stays_as_typed() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let long = "x".repeat(2001);
    let page = ada.post("/contacts", &[("first_name", "Ann"), ("how_met", &long), ("met_at", &long)]).await.expect(422);
    assert!(page.one("#how_met-error").text().contains("2001 characters"));
    assert!(page.one("#met_at-error").text().contains("at most 255"));
    assert_eq!(page.one("textarea[name=how_met]").text().trim(), long);
    assert_eq!(app.sql("select from contacts").await.len(), 0);
}

#[actix_web::test]
async fn a_change_of_how_you_met_is_told_undone_and_set_beside_a_newer_one() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let ann = add_ann(&mut ada).await;
    let form = ada.get(&format!("{ann}/edit")).await.expect(200);
    let version = form.one("input[name=version]").attr("value");
    assert_eq!(form.one("input[name=met_at]").attr("value"), WHERE);
    let fields =
        |place| [("first_name", "Ann"), ("last_name", "Berg"), ("version", version.as_str()), ("met_at", place)];
    ada.post(&ann, &fields("Lisbon")).await.expect(303);
    let undo = ada.get(&ann).await.one("form[action$='/undo']").attr("action");
    let change = undo.replace("/change-sets/", "/history/").replace("/undo", "");
    let title = ada.get(&change).await.expect(200).one("h1").text().to_owned();
    assert!(title.contains("how you met, where you met changed"), "{title}");
    let page = ada.post(&ann, &fields("Madrid")).await.expect(409);
    let row = page.all(".notice tbody tr").into_iter().find(|row| row.text().contains("Where you met")).unwrap();
    assert!(row.text().contains("Madrid") && row.text().contains("Lisbon"), "{}", row.text());
    ada.post(&undo, &[]).await.expect(303);
    assert_eq!(ada.get(&ann).await.one("#met p.quiet").text(), WHERE);
}

#[actix_web::test]
async fn how_you_met_goes_with_every_export_and_is_read_back_by_somebody_else() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    add_ann(&mut ada).await;
    for (name, path) in [("v3", "vcf?version=3.0"), ("v4", "vcf?version=4.0"), ("table", "csv")] {
        let file = ada.get(&format!("/exports/contacts.{path}")).await.expect(200).body;
        let mut other = app.sign_in(name).await;
        let file_name = format!("contacts.{}", if name == "table" { "csv" } else { "vcf" });
        let page = other.upload("/imports", &file_name, file.as_bytes()).await.expect(303).location();
        app.run_jobs().await;
        other.post(&format!("{page}/application"), &[]).await.expect(303);
        app.run_jobs().await;
        let sql = format!(
            "select c.how_met, c.met_at, c.notes from contacts c join users u on u.id = c.user_id where u.email = '{name}@example.com'"
        );
        let met = app.sql(&sql).await;
        assert_eq!((met[0].get(0), met[0].get(1), met[0].get(2)), (HOW, WHERE, ""), "{name}: {file}");
        let again = ada.upload("/imports", &file_name, file.as_bytes()).await.expect(303).location();
        app.run_jobs().await;
        assert_eq!(ada.get(&again).await.one("nav.words a[data-word=unchanged] data").attr("value"), "1", "{name}");
    }
}

#[actix_web::test]
async fn of_two_who_are_merged_the_place_that_is_chosen_stays() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let ann = add_ann(&mut ada).await;
    let anne = ada.post("/contacts", &[("first_name", "Ann"), ("met_at", "Lisbon")]).await.expect(303).location();
    let ids = [&ann, &anne].map(|path| path.trim_start_matches("/contacts/"));
    crate::merging::merge(&mut ada, &ids, &[("survivor", ids[0]), ("met_at", ids[1])]).await.expect(303);
    let page = ada.get(&ann).await.expect(200);
    assert_eq!(page.one("#met p.quiet").text(), "Lisbon");
    assert!(page.one("#met p.lines").text().starts_with("Through Zoë"));
}
