//! The transaction that queries run in: one user's, whatever happens to it.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use kith::accounts::hash_token;
use kith::db::schema::users;
use kith::db::{CurrentUser, Db, TenantTx, prepared};
use kith::error::AppError;
use std::time::Duration;

use crate::harness::{App, User};

async fn who(app: &App, user: &User) -> CurrentUser {
    let day = Duration::from_secs(86_400);
    let hash = hash_token(&user.cookies["kith_session"]);
    app.db.anonymous().find_session(&hash, day, day, None).await.unwrap().unwrap()
}

async fn emails(tx: &mut TenantTx<'_>) -> Result<Vec<String>, AppError> {
    Ok(users::table.select(users::email).load(tx).await?)
}

#[actix_web::test]
async fn the_first_query_of_a_fresh_connection_sees_its_own_user_only() {
    let app = App::spawn().await;
    let (ada, bob) = (app.sign_in("ada").await, app.sign_in("bob").await);
    let pool_of_one = Db::connect(&app.database.app_url, 1).unwrap();
    for user in [who(&app, &ada).await, who(&app, &bob).await, who(&app, &ada).await] {
        let seen = pool_of_one.as_user(&user, async |tx| emails(tx).await).await.unwrap();
        assert_eq!(seen, [user.email()]);
    }
}

#[actix_web::test]
async fn an_error_rolls_back_what_was_changed() {
    let app = App::spawn().await;
    let ada = app.sign_in("ada").await;
    let user = who(&app, &ada).await;
    let failed: Result<(), AppError> = app
        .db
        .as_user(&user, async |tx| {
            diesel::update(users::table).set(users::full_name.eq("Mallory")).execute(tx).await?;
            Err(AppError::Conflict)
        })
        .await;
    assert!(failed.is_err());
    assert_eq!(app.sql("select full_name from users").await[0].get::<_, String>(0), "ada");
}

#[actix_web::test]
async fn a_cancelled_transaction_leaks_neither_its_change_nor_its_user() {
    let app = App::spawn().await;
    let (ada, bob) = (who(&app, &app.sign_in("ada").await).await, who(&app, &app.sign_in("bob").await).await);
    let pool_of_one = Db::connect(&app.database.app_url, 1).unwrap();
    let changed = tokio::sync::Notify::new();
    let never_ends = pool_of_one.as_user(&ada, async |tx| {
        diesel::update(users::table).set(users::full_name.eq("Mallory")).execute(tx).await?;
        changed.notify_one();
        std::future::pending::<Result<(), AppError>>().await
    });
    tokio::select! {
        _ = never_ends => unreachable!("it waits for ever"),
        () = changed.notified() => {}
    }
    let seen = pool_of_one.as_user(&bob, async |tx| emails(tx).await).await.unwrap();
    assert_eq!(seen, ["bob@example.com"]);
    assert_eq!(app.sql("select count(*) from users where full_name = 'Mallory'").await[0].get::<_, i64>(0), 0);
}

#[actix_web::test]
async fn the_servers_role_cannot_read_credentials_sessions_or_without_a_user_anything() {
    let app = App::spawn().await;
    app.sign_in("ada").await;
    let client = kith::db::connect::client(&app.database.app_url).await.unwrap();
    assert!(client.query("select * from credentials", &[]).await.is_err());
    assert!(client.query("select * from sessions", &[]).await.is_err());
    assert_eq!(client.query("select * from users", &[]).await.unwrap().len(), 0);
    assert_eq!(client.query("select * from contacts", &[]).await.unwrap().len(), 0);
}

#[actix_web::test]
async fn a_connection_that_is_lost_in_the_middle_of_a_statement_is_no_fault_of_the_request() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let mut admin = kith::db::connect::client(&app.database.admin_url).await.unwrap();
    let blocker = admin.transaction().await.unwrap();
    blocker.batch_execute("lock table contacts in access exclusive mode").await.unwrap();
    let waits = "pid in (select pid from pg_locks where not granted) and datname = current_database()";
    let terminate = format!("select pg_terminate_backend(pid) from pg_stat_activity where {waits}");
    let (page, ()) = tokio::join!(ada.get("/contacts"), async {
        while app.sql(&terminate).await.is_empty() {
            tokio::task::yield_now().await;
        }
    });
    page.expect(503);
    blocker.rollback().await.unwrap();
    ada.get("/contacts").await.expect(200);
}

/// Row security's user is estimated when a statement is planned: a plan that is kept was made for whoever asked first.
#[actix_web::test]
async fn a_statement_that_is_planned_each_time_leaves_no_plan_for_others() {
    #[derive(QueryableByName)]
    struct Kept {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        kept: i64,
    }
    let app = App::spawn().await;
    let ada = who(&app, &app.sign_in("ada").await).await;
    let pool_of_one = Db::connect(&app.database.app_url, 1).unwrap();
    let kept = |planned_each_time: bool| {
        let (pool, ada) = (&pool_of_one, &ada);
        async move {
            pool.as_user(ada, async |tx| {
                let asked = prepared("select count(*) as kept from contacts where 'looked for' <> ''", ());
                let asked = if planned_each_time { asked.planned_each_time() } else { asked };
                asked.load::<Kept>(tx).await?;
                let stands =
                    "select count(*) as kept from pg_prepared_statements where statement like '%looked' || ' for%'";
                Ok(diesel::sql_query(stands).get_result::<Kept>(tx).await?.kept)
            })
            .await
            .unwrap()
        }
    };
    assert_eq!(kept(true).await, 0);
    assert_eq!(kept(false).await, 1);
}
