//! Example people: made in one step, taken away in one, and never hers.

use crate::command_line::{kith, said};
use crate::harness::App;
use crate::isolation::{checksum, id_of};

async fn count(app: &App, table: &str) -> i64 {
    app.sql(&format!("select count(*) from {table}")).await[0].get(0)
}

#[actix_web::test]
async fn the_button_of_the_empty_page_makes_a_network_that_is_believable() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let page = ada.get("/contacts").await.expect(200);
    assert_eq!((page.count("form#demo[action='/demo']"), page.count("button[form=demo]")), (1, 1));
    ada.post("/demo", &[]).await.expect(303);
    let page = ada.get("/contacts").await.expect(200);
    assert_eq!((page.one("#count data").attr("value"), page.count("[data-kind=contact]")), ("60".to_owned(), 50));
    assert!(page.one("#flash form").attr("action").starts_with("/change-sets/"));
    for (what, least) in [
        ("organizations where people_count > 0", 50),
        ("contact_employments where end_date is not null", 3),
        ("tags where people_count > 0", 20),
        ("contact_dates where kind = 'birthday'", 30),
        ("contacts where next_contact_due is not null", 30),
        ("contacts where next_contact_due < current_date", 3),
        ("interactions where occurred_at > now() - interval '5 years'", 400),
        ("interactions where occurred_at < now() - interval '3 years'", 50),
        ("reminders where due_at > now()", 10),
        ("(select distinct interaction_id from interaction_participants) p", 500),
    ] {
        let found = count(&app, what).await;
        assert!(found >= least, "{what}: {found}");
    }
    assert_eq!(count(&app, "interactions where occurred_at > now()").await, 0);
    crate::months::assert_counts(&app, "the example people").await;
    assert_eq!(
        count(
            &app,
            "contacts where last_contact_date is null and id in (select contact_id from interaction_participants)"
        )
        .await,
        0
    );
    for typed in ["zoe", "花子", "يوسف", "Northwind", "Seun"] {
        assert!(ada.get(&format!("/contacts?q={typed}")).await.expect(200).count("[data-kind=contact]") > 0, "{typed}");
    }
    let history = ada.get("/history").await.expect(200);
    assert_eq!(history.count("[data-kind=change_set]"), 1);
    assert!(history.one("[data-kind=change_set]").text().contains("xample people added"), "{}", history.body);
}

#[actix_web::test]
async fn one_step_takes_all_of_them_away_and_nothing_of_hers() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let hers = ada.post("/contacts", &[("first_name", "Grace")]).await.expect(303).location();
    ada.post(&format!("{hers}/tags"), &[("name", "friend")]).await.expect(303);
    ada.post(&format!("{hers}/employments"), &[("organization", "Northwind")]).await.expect(303);
    ada.post("/demo", &[]).await.expect(303);
    ada.post("/demo", &[]).await.expect(303);
    assert_eq!(count(&app, "contacts").await, 61, "a second time changes nothing");
    let undo = ada.get("/settings").await.expect(200).one("section form[action^='/change-sets/']").attr("action");
    assert_eq!(ada.post(&undo, &[("next", "/contacts")]).await.expect(303).location(), "/contacts");
    let left =
        ["contacts", "organizations", "tags", "contact_tags", "contact_employments", "interactions", "reminders"];
    let mut counts = Vec::new();
    for table in left {
        counts.push(count(&app, table).await);
    }
    assert_eq!(counts, [1, 1, 1, 1, 1, 0, 0], "{left:?}");
    assert_eq!(count(&app, "tags where people_count = 1").await, 1);
    assert_eq!(ada.get("/settings").await.expect(200).count("form[action='/demo']"), 1);
}

#[actix_web::test]
async fn whom_she_went_on_with_stays_and_is_named() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    ada.post("/demo", &[]).await.expect(303);
    let undo = ada.get("/settings").await.expect(200).one("section form[action^='/change-sets/']").attr("action");
    let zoe = ada.get("/contacts?q=zoe+marchetti").await.one("[data-kind=contact] a").attr("href");
    ada.post(&format!("{zoe}/tags"), &[("name", "kept")]).await.expect(303);
    ada.post(&undo, &[]).await.expect(303);
    let page = ada.get("/contacts").await.expect(200);
    assert_eq!(page.one("[data-kind=contact] strong").text(), "Zoë Marchetti");
    assert!(page.one("#flash").text().contains("Zoë Marchetti"), "{}", page.one("#flash").text());
}

#[actix_web::test]
async fn the_command_makes_and_removes_them_for_one_user_alone() {
    let app = App::spawn().await;
    app.sign_in("ada").await;
    app.sign_in("bob").await;
    let ada = id_of(&app, "ada@example.com").await;
    let before = checksum(&app, &ada).await;
    let demo = ["demo", "--user", "bob@example.com"];
    let made = kith(&app, &demo).await;
    assert!(made.status.success() && said(&made).contains("made 60 example people"), "{}", said(&made));
    assert!(said(&kith(&app, &demo).await).contains("here already"));
    assert_eq!(count(&app, "contacts").await, 60);
    assert_eq!(checksum(&app, &ada).await, before);
    let remove = [&demo[..], &["--remove"]].concat();
    let removed = kith(&app, &remove).await;
    assert!(removed.status.success(), "{}", said(&removed));
    assert_eq!((count(&app, "contacts").await, count(&app, "interactions").await), (0, 0));
    assert_eq!(kith(&app, &remove).await.status.code(), Some(1));
    assert_eq!(kith(&app, &["demo", "--user", "nobody@example.com"]).await.status.code(), Some(1));
}
