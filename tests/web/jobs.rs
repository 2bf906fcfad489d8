//! The queue and its worker.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::FutureExt;
use kith::db::CurrentUser;
use kith::error::AppError;
use kith::jobs::{Duty, Tools, Work, Worker, enqueue};
use kith::limits::Tiers;
use serde_json::json;
use tokio::sync::Notify;

use crate::harness::App;

static DONE: AtomicUsize = AtomicUsize::new(0);
static GIVEN_UP: AtomicUsize = AtomicUsize::new(0);
static BEGUN: Notify = Notify::const_new();

const COUNTS: Work = |_, _| {
    async {
        DONE.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
    .boxed_local()
};
const FAILS: Work = |_, _| async { Err(AppError::BadRequest("the disk is full".into())) }.boxed_local();
const NEVER_ENDS: Work = |_, _| {
    async {
        BEGUN.notify_one();
        std::future::pending().await
    }
    .boxed_local()
};
const GIVES_UP: Work = |_, _| {
    async {
        GIVEN_UP.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
    .boxed_local()
};

fn duties() -> Vec<Duty> {
    vec![
        Duty { kind: "counts", work: COUNTS, give_up: None },
        Duty { kind: "fails", work: FAILS, give_up: Some(GIVES_UP) },
        Duty { kind: "never ends", work: NEVER_ENDS, give_up: None },
    ]
}

fn worker(app: &App) -> Worker {
    Worker::new(Tools { db: app.db.clone(), data_dir: app.data_dir.path().to_owned() }, duties()).unwrap()
}

async fn ada(app: &App) -> CurrentUser {
    app.sign_in("ada").await;
    app.db.anonymous().user_by_email("ada@example.com").await.unwrap()
}

async fn put(app: &App, user: &CurrentUser, kind: &str, place: Option<&str>) {
    app.db.as_user(user, async |tx| enqueue(tx, kind, &json!({}), place).await).await.unwrap();
}

async fn states(app: &App) -> Vec<String> {
    let rows = app.sql("select state || ' ' || attempts from jobs order by created_at, id").await;
    rows.iter().map(|row| row.get(0)).collect()
}

#[actix_web::test]
async fn a_job_is_done_once_however_many_workers_there_are() {
    let app = App::spawn().await;
    let user = ada(&app).await;
    for _ in 0..20 {
        put(&app, &user, "counts", None).await;
    }
    let (one, other) = (worker(&app), worker(&app));
    let (one, other) = tokio::join!(one.run_due(), other.run_due());
    assert_eq!(one.unwrap() + other.unwrap(), 20);
    assert_eq!(DONE.load(Ordering::SeqCst), 20);
    assert!(states(&app).await.iter().all(|state| state == "done 1"));
}

#[actix_web::test]
async fn of_one_users_jobs_of_a_kind_one_runs_at_a_time_and_another_users_goes_before_the_second() {
    let app = App::spawn().await;
    let user = ada(&app).await;
    app.sign_in("bob").await;
    let bob = app.db.anonymous().user_by_email("bob@example.com").await.unwrap();
    for owner in [&user, &user, &bob] {
        put(&app, owner, "counts", None).await;
    }
    let lease = std::time::Duration::from_secs(15);
    let mut claimed = Vec::new();
    while let Some(job) = app.db.anonymous().claim_job(&["counts"], "here", lease).await.unwrap() {
        claimed.push(job);
    }
    let owners: Vec<_> = claimed.iter().map(|job| job.user_id.unwrap()).collect();
    assert_eq!(owners, [user.id(), bob.id()]);
    app.db.anonymous().finish_job(claimed[0].id, None).await.unwrap();
    let second = app.db.anonymous().claim_job(&["counts"], "here", lease).await.unwrap().unwrap();
    assert_eq!(second.user_id, Some(user.id()));
}

#[actix_web::test]
async fn a_job_is_enqueued_only_if_its_transaction_commits() {
    let app = App::spawn().await;
    let user = ada(&app).await;
    let refused: Result<(), AppError> = app
        .db
        .as_user(&user, async |tx| {
            enqueue(tx, "counts", &json!({}), None).await?;
            Err(AppError::Conflict)
        })
        .await;
    assert!(refused.is_err());
    assert_eq!(worker(&app).run_due().await.unwrap(), 0);
}

#[actix_web::test]
async fn a_failing_job_waits_longer_each_time_and_then_fails_for_good() {
    let app = App::spawn().await;
    let user = ada(&app).await;
    put(&app, &user, "fails", None).await;
    let mut pauses = Vec::new();
    for _ in 0..5 {
        assert_eq!(worker(&app).run_due().await.unwrap(), 1);
        let pause = "select extract(epoch from run_at - now())::float8 from jobs";
        pauses.push(app.sql(pause).await[0].get::<_, f64>(0));
        app.sql("update jobs set run_at = now()").await;
    }
    assert!(pauses[..4].windows(2).all(|two| two[0] > 0.0 && two[1] > two[0]), "{pauses:?}");
    assert_eq!(states(&app).await, ["failed 5"]);
    assert_eq!(app.sql("select error from jobs").await[0].get::<_, String>(0), "the disk is full");
    assert_eq!(GIVEN_UP.load(Ordering::SeqCst), 1);
    assert_eq!(worker(&app).run_due().await.unwrap(), 0);
}

#[actix_web::test]
async fn a_killed_servers_job_is_taken_up_when_its_lease_has_run_out() {
    let app = App::spawn().await;
    let user = ada(&app).await;
    put(&app, &user, "never ends", None).await;
    let killed = worker(&app);
    tokio::select! {
        _ = killed.run_due() => unreachable!("it never ends"),
        () = BEGUN.notified() => {}
    }
    app.sql("update jobs set kind = 'counts'").await;
    assert_eq!(worker(&app).run_due().await.unwrap(), 0, "somebody may still be working on it");
    app.sql("update jobs set lease_until = now() - interval '1 second'").await;
    assert_eq!(worker(&app).run_due().await.unwrap(), 1);
    assert_eq!(states(&app).await, ["done 2"]);
}

#[actix_web::test]
async fn a_server_that_stops_gives_its_job_back_at_once() {
    let app = App::spawn().await;
    let user = ada(&app).await;
    put(&app, &user, "never ends", None).await;
    let running = Worker::start(&app.database.app_url, app.data_dir.path(), duties(), Tiers::default()).unwrap();
    BEGUN.notified().await;
    let stopping = std::time::Instant::now();
    actix_web::rt::task::spawn_blocking(move || drop(running)).await.unwrap();
    assert!(stopping.elapsed() < std::time::Duration::from_secs(2));
    assert_eq!(states(&app).await, ["ready 0"]);
}

#[actix_web::test]
async fn a_job_whose_file_waits_elsewhere_is_left_to_that_server() {
    let app = App::spawn().await;
    let user = ada(&app).await;
    put(&app, &user, "counts", Some("another folder")).await;
    let here = kith::jobs::place(app.data_dir.path()).unwrap();
    assert_eq!(kith::jobs::place(app.data_dir.path()).unwrap(), here);
    assert_eq!(worker(&app).run_due().await.unwrap(), 0);
    put(&app, &user, "counts", Some(&here)).await;
    assert_eq!(worker(&app).run_due().await.unwrap(), 1);
}
