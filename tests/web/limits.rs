//! What an account may hold: told before anything is typed, and refused with everything typed kept.

use futures_util::future::join;

use crate::command_line::{kith, said};
use crate::harness::{App, User};

async fn people(app: &App) -> i64 {
    app.sql("select count(*) from contacts where deleted_at is null").await[0].get(0)
}

async fn add(user: &mut User, name: &str) -> String {
    user.post("/contacts", &[("first_name", name)]).await.expect(303).location()
}

#[actix_web::test]
async fn one_more_than_fit_is_refused_with_what_was_typed_and_fits_once_there_is_room() {
    let app = App::spawn_limited("contacts=2").await;
    let mut ada = app.sign_in("ada").await;
    let grace = add(&mut ada, "Grace").await;
    assert_eq!(ada.get("/contacts/new").await.expect(200).count("[data-summary]"), 0);
    add(&mut ada, "Iris").await;
    let blank = ada.get("/contacts/new").await.expect(200);
    assert!(blank.one("[data-summary]").text().contains("at most 2 people and has 2: nobody can be added."));
    let typed = [("first_name", "Zoë"), ("notes", "met on the train"), ("email", "zoe@x.example")];
    let refused = ada.post("/contacts", &typed).await.expect(422);
    assert!(refused.one("[data-summary]").text().contains("at most 2 people"), "{}", refused.body);
    assert_eq!(refused.one("input[name=first_name]").attr("value"), "Zoë");
    assert_eq!(refused.one("textarea[name=notes]").text(), "met on the train");
    assert_eq!(people(&app).await, 2);
    let nothing = app.sql("select from contact_methods").await.len();
    assert_eq!(nothing, 0, "a refused person leaves no rows");
    ada.post(&format!("{grace}/trash"), &[]).await.expect(303);
    ada.post("/contacts", &typed).await.expect(303);
    assert_eq!(people(&app).await, 2);
    // Nothing that is hers is refused: neither its return nor an edit.
    ada.post(&format!("{grace}/restoration"), &[]).await.expect(303);
    assert_eq!(people(&app).await, 3);
    let form = ada.get(&format!("{grace}/edit")).await.expect(200);
    assert_eq!(form.count("[data-summary]"), 0);
}

#[actix_web::test]
async fn of_two_who_add_the_last_at_once_one_is_refused() {
    let app = App::spawn_limited("contacts=3").await;
    let mut ada = app.sign_in("ada").await;
    add(&mut ada, "Grace").await;
    add(&mut ada, "Iris").await;
    let token = ada.token().await;
    let mut other = ada.clone();
    let fields = |name| [("csrf_token", token.as_str()), ("first_name", name)];
    let (one, two) = (fields("Zoë"), fields("花子"));
    let (first, second) = join(ada.post_with("/contacts", &one, &[]), other.post_with("/contacts", &two, &[])).await;
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 422]);
    assert_eq!(people(&app).await, 3);
}

#[actix_web::test]
async fn another_tier_is_another_limit_and_what_is_there_when_it_ends_stays() {
    let app = App::spawn_limited("contacts=1").await;
    let mut ada = app.sign_in("ada").await;
    let grace = add(&mut ada, "Grace").await;
    app.sql("update users set subscription_tier = 'pro'").await;
    add(&mut ada, "Iris").await;
    add(&mut ada, "Zoë").await;
    app.sql("update users set subscription_tier = 'free'").await;
    ada.post("/contacts", &[("first_name", "Nur")]).await.expect(422);
    let form = ada.get(&format!("{grace}/edit")).await.expect(200);
    let version = form.one("input[name=version]").attr("value");
    ada.post(&grace, &[("version", &version), ("first_name", "Grace Brewster")]).await.expect(303);
    assert_eq!(ada.get(&grace).await.expect(200).one("main h1").text(), "Grace Brewster");
    assert_eq!(people(&app).await, 3);
}

#[actix_web::test]
async fn what_is_taken_back_returns_whatever_the_limit() {
    let app = App::spawn_limited("contacts=1").await;
    let mut ada = app.sign_in("ada").await;
    let grace = add(&mut ada, "Grace").await;
    ada.post(&format!("{grace}/trash"), &[]).await.expect(303);
    let undo = ada.get("/contacts").await.expect(200).one("#flash form").attr("action");
    add(&mut ada, "Iris").await;
    ada.post(&undo, &[]).await.expect(303);
    assert_eq!(people(&app).await, 2);
}

#[actix_web::test]
async fn example_people_that_do_not_fit_are_not_made() {
    let app = App::spawn_limited("contacts=59").await;
    let mut ada = app.sign_in("ada").await;
    ada.post("/demo", &[]).await.expect(303);
    let page = ada.get("/contacts").await.expect(200);
    assert!(page.one("#flash").text().contains("at most 59 people and has 0: 59 more can be added, not 60."));
    let rows = "select from contacts union all select from organizations union all select from tags";
    assert_eq!(app.sql(rows).await.len(), 0);
    let told = kith(&app, &["demo", "--user", "ada@example.com", "--limits-free", "contacts=59"]).await;
    assert_eq!(told.status.code(), Some(1));
    assert!(said(&told).contains("at most 59 people"), "{}", said(&told));
    let made = kith(&app, &["demo", "--user", "ada@example.com", "--limits-free", "contacts=60"]).await;
    assert!(made.status.success(), "{}", said(&made));
}

#[actix_web::test]
async fn full_storage_takes_nobody_and_says_how_much_there_is() {
    let app = App::spawn_limited("megabytes=1").await;
    let mut ada = app.sign_in("ada").await;
    add(&mut ada, "Grace").await;
    app.sql("insert into account_sizes (user_id, bytes) select id, 1000001 from users").await;
    let refused = ada.post("/contacts", &[("first_name", "Iris")]).await.expect(422);
    assert!(refused.one("[data-summary]").text().contains("at most 1 MB and holds 1 MB"), "{}", refused.body);
    app.sql("update account_sizes set bytes = 1000000").await;
    add(&mut ada, "Iris").await;
}

#[actix_web::test]
async fn settings_and_the_administrators_page_tell_how_much_is_used_where_something_is_limited() {
    let app = App::spawn_limited("contacts=1000,imports=5,megabytes=200").await;
    let mut ada = app.sign_in("ada").await;
    add(&mut ada, "Grace").await;
    let settings = ada.get("/settings").await.expect(200);
    let told: Vec<String> =
        settings.all("section[aria-labelledby=deletion] td").iter().map(|cell| cell.text().to_owned()).collect();
    assert_eq!(told, ["1 of 1,000", "0 of 5", "0 bytes of 200 MB"]);
    let id: String = app.sql("select id::text from users").await[0].get(0);
    let page = ada.get(&format!("/admin/accounts/{id}")).await.expect(200);
    let tiers: Vec<String> = page.all("#tier option").iter().map(|option| option.text().to_owned()).collect();
    let free = "free: 1,000 people, 5 imports a day, 200 MB";
    assert_eq!(tiers, [free, "pro: unlimited", "team: unlimited"]);
    assert_eq!(page.one("#tier option[selected]").attr("value"), "free");
    for (path, most) in [("/contacts/new", 6), ("/settings", 6), ("/imports", 6), ("/contacts", 6)] {
        let statements = app.statements_of(&mut ada, path).await;
        assert!(statements <= most, "{path}: {statements}");
    }
    let unlimited = App::spawn().await;
    let mut bob = unlimited.sign_in("bob").await;
    assert_eq!(bob.get("/settings").await.expect(200).count("section[aria-labelledby=deletion] tr"), 0);
}
