//! Imports that are killed or cancelled half way end whole or not at all.

use super::{GRACE, cards, count, everything, one, words};
use crate::harness::App;

/// Runs the jobs until `sql` counts something, then kills the worker.
async fn killed_once(app: &App, sql: &str) {
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
