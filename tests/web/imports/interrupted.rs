//! Imports that are killed or cancelled half way end whole or not at all.

use super::{GRACE, cards, count, everything, one, words};
use crate::harness::App;

/// Runs the jobs until `sql` counts something, then kills the worker.
pub(super) async fn killed_once(app: &App, sql: &str) {
    let worker = app.worker();
    tokio::select! {
        _ = worker.run_due() => panic!("it ended before it could be killed"),
        () = async { while count(app, sql).await == 0 { tokio::task::yield_now().await } } => {}
    }
    app.sql("update jobs set lease_until = now() - interval '1 second' where state = 'running'").await;
}

#[actix_web::test]
async fn an_import_that_is_killed_while_reading_and_while_applying_ends_whole() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let page = ada.upload("/imports", "many.vcf", cards(1, 1700).as_bytes()).await.expect(303).location();
    killed_once(&app, "imports where items_read > 0").await;
    assert!(count(&app, "import_items").await < 1700);
    assert_eq!(ada.state(&page).await, "reading");
    app.run_jobs().await;
    assert_eq!(ada.words(&page).await, words(&[("new", 1700)]));
    ada.post(&format!("{page}/application"), &[]).await.expect(303);
    killed_once(&app, "imports where items_applied > 0").await;
    let half = count(&app, "contacts").await;
    assert!(half > 0 && half < 1700, "{half}");
    assert_eq!(ada.state(&page).await, "applying");
    app.run_jobs().await;
    assert_eq!(ada.state(&page).await, "done");
    assert_eq!(count(&app, "contacts").await, 1700);
    assert_eq!(count(&app, "(select distinct last_name from contacts) x").await, 1700);
    assert_eq!(count(&app, "contact_methods").await, 3400);
    assert_eq!(count(&app, "contact_employments").await, 1700);
    assert_eq!(one(&app, "select people_count::text from tags").await, "1700");
    assert_eq!(count(&app, "change_sets where kind = 'import'").await, 1);
    let again = ada.imports(&app, &cards(1, 1700)).await;
    assert_eq!(ada.words(&again).await, words(&[("unchanged", 1700)]));
}

#[actix_web::test]
async fn a_cancelled_import_is_taken_back_whole() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    ada.imports(&app, GRACE).await;
    let before = everything(&app).await;
    let newer = GRACE.replace("Commander", "Rear Admiral");
    let page = ada.reads(&app, &format!("{newer}{}", cards(1, 900))).await;
    ada.post(&format!("{page}/application"), &[]).await.expect(303);
    killed_once(&app, "imports where state = 'applying' and items_applied > 0").await;
    assert_ne!(everything(&app).await, before);
    ada.post(&format!("{page}/cancellation"), &[]).await.expect(303);
    app.run_jobs().await;
    assert_eq!(everything(&app).await, before);
    assert_eq!(ada.state(&page).await, "cancelled");
    assert_eq!(count(&app, "jobs where state <> 'done'").await, 0);
}

#[actix_web::test]
async fn a_file_that_is_cancelled_while_it_waits_leaves_nothing() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let page = ada.upload("/imports", "many.vcf", GRACE.as_bytes()).await.expect(303).location();
    ada.post(&format!("{page}/cancellation"), &[]).await.expect(303);
    app.run_jobs().await;
    assert_eq!(ada.state(&page).await, "cancelled");
    assert_eq!(count(&app, "import_items").await, 0);
    assert_eq!(std::fs::read_dir(app.data_dir.path().join("uploads")).unwrap().count(), 0);
}

#[actix_web::test]
async fn an_import_of_thousands_is_taken_back_and_done_again_by_a_job_that_goes_on_when_it_is_killed() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    ada.imports(&app, GRACE).await;
    let before = everything(&app).await;
    let page = ada.imports(&app, &format!("{}{}", GRACE.replace("Commander", "Rear Admiral"), cards(1, 2050))).await;
    let looked_at = "pg_stat_user_tables where relname in ('contacts', 'contact_methods', 'contact_employments') and last_analyze is not null";
    assert_eq!(count(&app, looked_at).await, 3, "the import says what there is to plan for");
    let whole = everything(&app).await;
    ada.undoes(&page).await;
    assert_eq!(everything(&app).await, whole, "it is left to the job");
    killed_once(&app, "(select count(*) as n from undo_people) u where n < 2051").await;
    let half = count(&app, "contacts").await;
    assert!(half > 1 && half < 2051, "{half}");
    let shown = ada.get(&page).await.expect(200);
    assert!(shown.one("#import [role=status]").text().starts_with("Being taken back: "), "it says how far it is");
    assert_eq!(shown.count("#import form[action$='/undo']"), 0);
    app.run_jobs().await;
    assert_eq!(everything(&app).await, before);
    assert_eq!(ada.state(&page).await, "undone");
    let history = ada.get("/history").await.expect(200);
    let redo = history.all("li[data-kind=change_set] form[action$='/undo']")[0].attr("action");
    ada.post(&redo, &[]).await.expect(303);
    killed_once(&app, "(select count(*) as n from undo_people) u where n < 2051").await;
    app.run_jobs().await;
    assert_eq!(everything(&app).await, whole);
    assert_eq!(ada.state(&page).await, "done");
    let again = ada.reads(&app, &cards(1, 2050)).await;
    assert_eq!(ada.words(&again).await, words(&[("unchanged", 2050)]));
}

#[actix_web::test]
async fn whoever_was_edited_since_stays_when_thousands_go_and_the_history_names_her() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let page = ada.imports(&app, &cards(1, 1050)).await;
    let kept = one(&app, "select id::text from contacts where last_name = 'Number7'").await;
    ada.post(&format!("/contacts/{kept}/tags"), &[("name", "climbing")]).await.expect(303);
    ada.undoes(&page).await;
    app.run_jobs().await;
    assert_eq!(one(&app, "select string_agg(last_name, ' ') from contacts").await, "Number7");
    let by = one(&app, "select undone_by::text from change_sets where kind = 'import'").await;
    let told = ada.get(&format!("/history/{by}")).await.expect(200);
    assert_eq!(told.one(".notice li").text(), "Friend Number7: it was changed since");
}

#[actix_web::test]
async fn two_files_with_the_same_people_applied_at_once_make_each_of_them_once() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let pages = [ada.reads(&app, &cards(1, 900)).await, ada.reads(&app, &cards(1, 900)).await];
    for page in &pages {
        ada.post(&format!("{page}/application"), &[]).await.expect(303);
        ada.post(&format!("{page}/application"), &[]).await.expect(303);
    }
    let (one_worker, another) = (app.worker(), app.worker());
    let (first, second) = tokio::join!(one_worker.run_due(), another.run_due());
    first.and(second).unwrap();
    for page in &pages {
        assert_eq!(ada.state(page).await, "done");
    }
    assert_eq!(count(&app, "contacts").await, 900);
    assert_eq!(count(&app, "contact_methods").await, 1800);
}
