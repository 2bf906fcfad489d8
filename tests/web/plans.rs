//! What the database reads for a page: by which indexes, and by plans made for whom.

use std::collections::BTreeSet;

use chrono::{Datelike, Days, TimeDelta};
use diesel::QueryableByName;
use diesel_async::RunQueryDsl;
use kith::contacts::{occasions, touch};
use kith::db::{CurrentUser, Db, TenantTx, prepared};
use kith::error::AppError;
use kith::reminders::model::{Bounds, begins};
use kith::reminders::queries::due;

use crate::harness::App;
use crate::touch::{person, user};

/// Connections of a server under test.
const CONNECTIONS: usize = 4;
/// More often than PostgreSQL plans a statement anew before it keeps a plan.
const TIMES: i64 = 8;
/// Rows of which a page shows a few, and counts a thousand at most.
const MANY: usize = 5_000;

#[derive(QueryableByName)]
struct Kept {
    #[diesel(sql_type = diesel::sql_types::Text)]
    statement: String,
}

/// The statements that the server's connections keep, and with them plans: all of them are held at once.
async fn kept(app: &App, user: &CurrentUser) -> BTreeSet<String> {
    let all_are_held = tokio::sync::Barrier::new(CONNECTIONS);
    let of_one = async || {
        let kept = app.db.as_user(user, async |tx| {
            all_are_held.wait().await;
            Ok(diesel::sql_query("select statement from pg_prepared_statements").load::<Kept>(tx).await?)
        });
        kept.await.unwrap()
    };
    let (one, two, three, four) = tokio::join!(of_one(), of_one(), of_one(), of_one());
    [one, two, three, four].into_iter().flatten().map(|row| row.statement).collect()
}

#[actix_web::test]
async fn pages_of_the_history_leave_no_plan_that_was_made_for_another_account() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = person(&mut ada, "Grace", &[]).await;
    let who = user(&app, "ada@example.com").await;
    let set: String = app.sql("select id::text from change_sets").await[0].get(0);
    let before = kept(&app, &who).await;
    let of_grace = format!("/history?contact={}", grace.trim_start_matches("/contacts/"));
    for path in ["/history", "/history?kind=people", "/history?kind=imports", &of_grace, &format!("/history/{set}")] {
        ada.get(path).await.expect(200);
    }
    let after = kept(&app, &who).await;
    let fresh: Vec<&String> = after.difference(&before).collect();
    let names = |statement: &&&String, table: &str| statement.contains(table);
    assert!(fresh.iter().any(|one| names(&one, "from contacts")), "what is small is kept: {fresh:#?}");
    let large: Vec<_> = fresh.iter().filter(|one| names(one, "audit_logs") || names(one, "change_sets")).collect();
    assert!(large.is_empty(), "{large:#?}");
}

/// Rows and entries of indexes that were read of a table so far.
async fn read_of(app: &App, table: &str) -> i64 {
    let sql = format!(
        "select (t.seq_tup_read + (select sum(i.idx_tup_read) from pg_stat_user_indexes i where i.relid = t.relid))::bigint \
         from pg_stat_user_tables t where t.relname = '{table}'"
    );
    app.sql(&sql).await[0].get(0)
}

/// How many `page` reads of a table each time.
async fn read_by(
    app: &App,
    user: &CurrentUser,
    table: &str,
    page: impl AsyncFn(&TenantTx<'_>) -> Result<(), AppError>,
) -> i64 {
    let pool_of_one = Db::connect(&app.database.app_url, 1).unwrap();
    let before = read_of(app, table).await;
    for _ in 0..TIMES {
        let opened = pool_of_one.as_user(user, async |tx| {
            page(tx).await?;
            // Told at the end of the transaction, and not when it is convenient.
            prepared("select pg_stat_force_next_flush()", ()).execute(tx).await?;
            Ok(())
        });
        opened.await.unwrap();
    }
    (read_of(app, table).await - before) / TIMES
}

/// That `page` reads at most so many rows of a table that has [`MANY`], and all of them without the index.
async fn is_read_by(
    app: &App,
    user: &CurrentUser,
    (table, index, most): (&str, &str, i64),
    page: impl AsyncFn(&TenantTx<'_>) -> Result<(), AppError>,
) {
    app.sql(&format!("analyze {table}")).await;
    let read = read_by(app, user, table, &page).await;
    assert!((1..=most).contains(&read), "{read} of {table}");
    app.sql(&format!("drop index {index}")).await;
    let read = read_by(app, user, table, &page).await;
    assert!(read >= MANY.try_into().unwrap(), "{index} is not what spares reading {table}: {read}");
}

#[actix_web::test]
async fn of_thousands_of_reminders_of_today_or_put_off_the_first_page_reads_no_more_than_it_counts() {
    let app = App::spawn().await;
    app.sign_in("ada").await;
    let ada = user(&app, "ada@example.com").await;
    let due_at = begins(ada.today(), ada.time_zone()) + TimeDelta::hours(9);
    let put_off = due_at + TimeDelta::days(20);
    app.sql(&format!(
        "with made as (insert into reminders (user_id, title, due_at, is_day, made_until) \
             select id, 'Water ' || n, d, true, d from users, generate_series(1, {MANY}) n, \
                 (values ('{due_at}'::timestamptz), ('{put_off}')) v(d) returning *) \
         insert into reminder_occurrences (user_id, reminder_id, occurs_at_local, due_at, snoozed_until) \
         select user_id, id, starts_at, due_at, case due_at when '{put_off}' then due_at end from made"
    ))
    .await;
    app.sql("analyze reminders").await;
    let page = async |tx: &TenantTx<'_>| {
        let [overdue, today, ..] = due(tx, &Bounds::of(ada.here())).await?;
        assert_eq!((overdue.count, today.count, today.is_more), (0, 1000, true));
        Ok(())
    };
    is_read_by(&app, &ada, ("reminder_occurrences", "idx_reminder_occurrences_put_off", 100), &page).await;
    is_read_by(&app, &ada, ("reminders", "idx_reminders_due_by_hour", 1_500), &page).await;
}

#[actix_web::test]
async fn of_a_day_that_thousands_have_the_first_page_reads_the_first_few() {
    let app = App::spawn().await;
    app.sign_in("ada").await;
    let ada = user(&app, "ada@example.com").await;
    let day = ada.today() + Days::new(3);
    app.sql(&format!(
        "with made as (insert into contacts (user_id, first_name) select id, 'P' || n from users, generate_series(1, {MANY}) n returning *) \
         insert into contact_dates (user_id, contact_id, kind, month, day) select user_id, id, 'birthday', {}, {} from made",
        day.month(),
        day.day()
    ))
    .await;
    app.sql("analyze contacts").await;
    let page = async |tx: &TenantTx<'_>| {
        assert_eq!(occasions::queries::ahead(tx, ada.today(), 14, 8).await?.len(), 8);
        Ok(())
    };
    is_read_by(&app, &ada, ("contact_dates", "idx_contact_dates_day", 100), &page).await;
}

#[actix_web::test]
async fn of_thousands_whom_to_be_in_touch_with_the_first_page_reads_no_more_than_it_counts() {
    let app = App::spawn().await;
    app.sign_in("ada").await;
    let ada = user(&app, "ada@example.com").await;
    app.sql(&format!(
        "insert into contacts (user_id, first_name, contact_frequency_days, cadence_since) \
         select id, 'P' || n, 7, current_date - 40 from users, generate_series(1, {MANY}) n"
    ))
    .await;
    let page = async |tx: &TenantTx<'_>| {
        let listed = touch::queries::due(tx, ada.today(), 10).await?;
        assert_eq!((listed.people.len(), listed.count), (10, 1000));
        Ok(())
    };
    is_read_by(&app, &ada, ("contacts", "idx_contacts_due", 1_500), &page).await;
}
