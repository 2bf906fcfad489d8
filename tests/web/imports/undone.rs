//! Taking back imports that something went on from.

use kith::audit::{queries, undoing};
use uuid::Uuid;

use super::{GRACE, count};
use crate::harness::App;
use crate::merging::texts;

#[actix_web::test]
async fn an_import_that_a_newer_one_went_on_from_stands_until_that_one_is_taken_back() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let first = ada.imports(&app, GRACE).await;
    let second = ada.imports(&app, &GRACE.replace("Commander", "Rear Admiral")).await;
    ada.undoes(&first).await;
    assert!(ada.get(&first).await.one("#flash span").text().starts_with("Nothing was taken back (Grace Hopper: "));
    assert_eq!((ada.state(&first).await.as_str(), count(&app, "contacts").await), ("done", 1));
    ada.undoes(&second).await;
    ada.undoes(&first).await;
    assert_eq!((ada.state(&first).await.as_str(), count(&app, "contacts").await), ("undone", 0));
}

#[actix_web::test]
async fn a_newer_import_that_is_done_again_before_the_older_one_brings_nothing_and_is_remembered_of_nobody() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let first = ada.imports(&app, GRACE).await;
    let second = ada.imports(&app, &GRACE.replace("met in Arlington", "met at sea")).await;
    let mut redos = Vec::new();
    for page in [&second, &first] {
        ada.undoes(page).await;
        redos.push(ada.get("/settings").await.one("#flash form").attr("action"));
    }
    let memory = "select concat_ws('|', contact_id, import_id, card) from contact_sources order by id";
    let before = texts(&app, memory).await;
    ada.post(&redos[0], &[]).await.expect(303);
    let said = ada.get("/settings").await.one("#flash span").text().to_owned();
    assert!(said.starts_with("Nothing was done again (Grace Hopper: "), "{said}");
    assert_eq!(texts(&app, memory).await, before);
    // A large one is done again by a job.
    let user = app.db.anonymous().user_by_email("ada@example.com").await.unwrap();
    let set: Uuid = redos[0].split('/').nth(2).unwrap().parse().unwrap();
    let begun = app.db.as_user_for_job(&user, async |tx| Ok((queries::begin(tx, set).await?, tx.change_set())));
    let (begins, by) = begun.await.unwrap();
    assert!(begins);
    undoing::run(&app.db, &user, set, by).await.unwrap();
    assert_eq!(texts(&app, memory).await, before);
    for redo in redos.iter().rev() {
        ada.post(redo, &[]).await.expect(303);
        assert_eq!(ada.get("/settings").await.one("#flash span").text(), "Done again.");
    }
    assert_eq!(texts(&app, "select notes from contacts").await, ["met at sea"]);
}
