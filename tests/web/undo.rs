//! The Undo button, over HTTP.

use kith::audit::{queries, undoing};
use kith::contacts::model::Person;
use kith::contacts::queries::{insert_many, update_many};
use kith::db::{CurrentUser, Db, connect};
use uuid::Uuid;

use crate::harness::App;

async fn who(app: &App, name: &str) -> CurrentUser {
    app.db.anonymous().user_by_email(&format!("{name}@example.com")).await.unwrap()
}

fn named(first_name: &str) -> Person {
    Person { first_name: first_name.to_owned(), ..Person::default() }
}

/// A change set that makes these people.
async fn making(db: &Db, user: &CurrentUser, people: &[(Uuid, Person)]) -> Uuid {
    db.as_user(user, async |tx| {
        insert_many(tx, people).await?;
        Ok(tx.change_set())
    })
    .await
    .unwrap()
}

/// A change set that renames somebody.
async fn renaming(db: &Db, user: &CurrentUser, id: Uuid, name: &str) -> Uuid {
    db.as_user(user, async |tx| {
        update_many(tx, &[(id, named(name))]).await?;
        Ok(tx.change_set())
    })
    .await
    .unwrap()
}

async fn names(app: &App) -> Vec<String> {
    app.sql("select first_name from contacts order by first_name").await.iter().map(|row| row.get(0)).collect()
}

#[actix_web::test]
async fn undo_takes_back_and_offers_to_do_it_again() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (user, id) = (who(&app, "ada").await, Uuid::now_v7());
    making(&app.db, &user, &[(id, named("Grace"))]).await;
    let edit = renaming(&app.db, &user, id, "Amazing Grace").await;
    let undone = ada.post(&format!("/change-sets/{edit}/undo"), &[("next", "/settings")]).await.expect(303);
    assert_eq!(undone.location(), "/settings");
    assert_eq!(names(&app).await, ["Grace"]);
    let page = ada.get("/settings").await.expect(200);
    assert_eq!(page.one("#flash span").text(), "Taken back.");
    assert!(page.one("#flash button").text().starts_with("Redo"));
    let redo = page.one("#flash form").attr("action");
    ada.post(&redo, &[]).await.expect(303);
    assert_eq!(names(&app).await, ["Amazing Grace"]);
    assert!(ada.get("/settings").await.one("#flash button").text().starts_with("Undo"));
}

#[actix_web::test]
async fn taken_back_done_again_and_taken_back_each_says_what_happened_and_so_does_the_history() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (user, id) = (who(&app, "ada").await, Uuid::now_v7());
    making(&app.db, &user, &[(id, named("Grace"))]).await;
    let edit = renaming(&app.db, &user, id, "Amazing Grace").await;
    let mut action = format!("/change-sets/{edit}/undo");
    for (says, offers, name) in [
        ("Taken back.", "Redo", "Grace"),
        ("Done again.", "Undo", "Amazing Grace"),
        ("Taken back.", "Redo", "Grace"),
        ("Done again.", "Undo", "Amazing Grace"),
        ("Taken back.", "Redo", "Grace"),
    ] {
        ada.post(&action, &[("next", "/settings")]).await.expect(303);
        let page = ada.get("/settings").await.expect(200);
        assert_eq!(page.one("#flash span").text(), says);
        assert!(page.one("#flash button").text().starts_with(offers));
        assert_eq!(names(&app).await, [name]);
        action = page.one("#flash form").attr("action");
        let history = ada.get(&format!("/history/{edit}")).await.expect(200);
        assert_eq!(history.count("[data-state=undone]"), usize::from(says == "Taken back."));
    }
    let open = "select count(*) from change_sets where undoes is not null and undone_at is null";
    assert_eq!(app.sql(open).await[0].get::<_, i64>(0), 1, "only the last one can be taken back");
}

#[actix_web::test]
async fn what_was_changed_since_stays_and_the_message_names_it() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (user, id) = (who(&app, "ada").await, Uuid::now_v7());
    making(&app.db, &user, &[(id, named("Grace"))]).await;
    let edit = renaming(&app.db, &user, id, "Amazing Grace").await;
    renaming(&app.db, &user, id, "Admiral Grace").await;
    ada.post(&format!("/change-sets/{edit}/undo"), &[]).await.expect(303);
    assert_eq!(names(&app).await, ["Admiral Grace"]);
    let said = ada.get("/settings").await.expect(200).one("#flash span").text().to_owned();
    assert!(said.contains("Admiral Grace: ") && said.contains("first name, name changed since"), "{said}");
}

#[actix_web::test]
async fn undo_leads_back_to_the_page_it_stood_on_unless_that_is_gone() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (user, id) = (who(&app, "ada").await, Uuid::now_v7());
    let creation = making(&app.db, &user, &[(id, named("Grace"))]).await;
    let edit = renaming(&app.db, &user, id, "Amazing Grace").await;
    let referer = format!("{}/contacts/{id}?tab=1", app.url);
    let token = ada.token().await;
    let fields = [("csrf_token", token.as_str())];
    let path = format!("/change-sets/{edit}/undo");
    let undone = ada.post_with(&path, &fields, &[("referer", &referer)]).await.expect(303);
    assert_eq!(undone.location(), format!("/contacts/{id}?tab=1"));
    let path = format!("/change-sets/{creation}/undo");
    let undone = ada.post_with(&path, &fields, &[("referer", &referer)]).await.expect(303);
    assert_eq!(undone.location(), "/contacts");
    let again = ada.post_with(&path, &fields, &[("referer", "https://evil.example//evil.example/")]).await.expect(303);
    assert_eq!(again.location(), "/contacts");
    assert_eq!(ada.get("/settings").await.one("#flash span").text(), "That was taken back already.");
}

#[actix_web::test]
async fn another_users_change_set_is_404_and_stays() {
    let app = App::spawn().await;
    app.sign_in("ada").await;
    let mut bob = app.sign_in("bob").await;
    let creation = making(&app.db, &who(&app, "ada").await, &[(Uuid::now_v7(), named("Grace"))]).await;
    bob.post(&format!("/change-sets/{creation}/undo"), &[]).await.expect(404);
    bob.post(&format!("/change-sets/{}/undo", Uuid::now_v7()), &[]).await.expect(404);
    assert_eq!(names(&app).await, ["Grace"]);
}

#[actix_web::test]
async fn an_undo_that_finds_everything_changed_says_that_nothing_came_back_and_what_is_there_again() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = ada.post("/contacts", &[("first_name", "Grace")]).await.expect(303).location();
    let post = [("organization", "Navy"), ("title", "Admiral"), ("start_date", "1944-01-01")];
    ada.post(&format!("{grace}/employments"), &post).await.expect(303);
    let id: String = app.sql("select id::text from contact_employments").await[0].get(0);
    ada.post(&format!("{grace}/employments/{id}/removal"), &[]).await.expect(303);
    let undo = ada.get("/settings").await.one("#flash form").attr("action");
    ada.post(&format!("{grace}/employments"), &post).await.expect(303);
    ada.post(&undo, &[]).await.expect(303);
    let page = ada.get("/settings").await.expect(200);
    assert_eq!(page.one("#flash span").text(), "Nothing was taken back (Grace: the same post is there again).");
    assert_eq!(page.count("#flash form"), 0, "there is nothing to do again");
    ada.post("/tags", &[("name", "pilot")]).await.expect(303);
    let id: String = app.sql("select id::text from tags").await[0].get(0);
    ada.post(&format!("/tags/{id}/removal"), &[]).await.expect(303);
    let undo = ada.get("/settings").await.one("#flash form").attr("action");
    ada.post("/tags", &[("name", "Pilot")]).await.expect(303);
    ada.post(&undo, &[]).await.expect(303);
    let said = ada.get("/settings").await.one("#flash span").text().to_owned();
    assert_eq!(said, "Nothing was taken back (pilot: its name is taken).");
}

#[actix_web::test]
async fn a_refused_undo_or_redo_leaves_what_it_was_about_to_be_tried_again() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (user, id) = (who(&app, "ada").await, Uuid::now_v7());
    making(&app.db, &user, &[(id, named("Grace"))]).await;
    let first = renaming(&app.db, &user, id, "Amazing Grace").await;
    let second = renaming(&app.db, &user, id, "Admiral Grace").await;
    let undo = |change_set: Uuid| format!("/change-sets/{change_set}/undo");
    for _ in 0..2 {
        ada.post(&undo(first), &[("next", "/settings")]).await.expect(303);
        let said = ada.get("/settings").await.one("#flash span").text().to_owned();
        assert!(said.starts_with("Nothing was taken back (Admiral Grace: "), "{said}");
        assert_eq!(ada.get(&format!("/history/{first}")).await.expect(200).count("[data-state=undone]"), 0);
    }
    assert_eq!(ada.get("/history").await.count("[data-kind=change_set]"), 3, "it leaves no line of its own");
    ada.post(&undo(second), &[]).await.expect(303);
    ada.post(&undo(first), &[("next", "/settings")]).await.expect(303);
    let page = ada.get("/settings").await.expect(200);
    assert_eq!((page.one("#flash span").text(), names(&app).await), ("Taken back.", vec!["Grace".to_owned()]));
    let redo = page.one("#flash form").attr("action");
    let third = renaming(&app.db, &user, id, "Rear Admiral").await;
    ada.post(&redo, &[("next", "/settings")]).await.expect(303);
    let said = ada.get("/settings").await.one("#flash span").text().to_owned();
    assert!(said.starts_with("Nothing was done again (Rear Admiral: "), "{said}");
    assert_eq!(ada.get(&format!("/history/{first}")).await.expect(200).count("[data-state=undone]"), 1);
    ada.post(&undo(third), &[]).await.expect(303);
    ada.post(&redo, &[]).await.expect(303);
    assert_eq!(names(&app).await, ["Amazing Grace"]);
}

#[actix_web::test]
async fn a_job_that_finds_everything_changed_leaves_what_it_was_about_and_says_there_why() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (user, id) = (who(&app, "ada").await, Uuid::now_v7());
    making(&app.db, &user, &[(id, named("Grace"))]).await;
    let first = renaming(&app.db, &user, id, "Amazing Grace").await;
    let second = renaming(&app.db, &user, id, "Admiral Grace").await;
    let in_batches = async || {
        let begun = app.db.as_user_for_job(&user, async |tx| Ok((queries::begin(tx, first).await?, tx.change_set())));
        let (begins, by) = begun.await.unwrap();
        assert!(begins);
        undoing::run(&app.db, &user, first, by).await.unwrap();
    };
    in_batches().await;
    let page = ada.get(&format!("/history/{first}")).await.expect(200);
    assert_eq!((page.count("p[role=status]"), page.count("header form[action$='/undo']")), (0, 1));
    let said: Vec<String> = page.all(".notice h2").iter().map(|heading| heading.text().to_owned()).collect();
    assert!(said.iter().any(|heading| heading.contains("1 thing was not taken back")), "{said:?}");
    assert_eq!(ada.get("/history").await.count("[data-kind=change_set]"), 3, "it leaves no line of its own");
    ada.post(&format!("/change-sets/{second}/undo"), &[]).await.expect(303);
    in_batches().await;
    assert_eq!(names(&app).await, ["Grace"]);
    let page = ada.get(&format!("/history/{first}")).await.expect(200);
    assert_eq!((page.count("[data-state=undone]"), page.count(".notice")), (1, 0));
}

#[actix_web::test]
async fn an_undo_beside_another_one_says_so_and_offers_to_try_again() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let mut bob = app.sign_in("bob").await;
    let (user, id) = (who(&app, "ada").await, Uuid::now_v7());
    making(&app.db, &user, &[(id, named("Grace"))]).await;
    let edit = renaming(&app.db, &user, id, "Amazing Grace").await;
    let his = making(&app.db, &who(&app, "bob").await, &[(Uuid::now_v7(), named("Zoe"))]).await;
    let other = connect::client(&app.database.admin_url).await.unwrap();
    let key = "hashtextextended('undo ' || (select id from users where email = 'ada@example.com'), 0)";
    other.batch_execute(&format!("select pg_advisory_lock({key})")).await.unwrap();
    let action = format!("/change-sets/{edit}/undo");
    ada.post(&action, &[("next", "/settings")]).await.expect(303);
    let page = ada.get("/settings").await.expect(200);
    assert!(page.one("#flash span").text().starts_with("Another undo is running"));
    assert_eq!(page.one("#flash form").attr("action"), action);
    bob.post(&format!("/change-sets/{his}/undo"), &[]).await.expect(303);
    assert_eq!(names(&app).await, ["Amazing Grace"], "nothing of hers, and his is no matter of hers");
    // Whoever asks just before the other one ends is not told.
    let end = async { other.batch_execute("select pg_advisory_unlock_all()").await.unwrap() };
    let (undone, ()) = tokio::join!(ada.post(&action, &[("next", "/settings")]), end);
    undone.expect(303);
    assert_eq!(names(&app).await, ["Grace"]);
    assert_eq!(ada.get("/settings").await.expect(200).one("#flash span").text(), "Taken back.");
}
