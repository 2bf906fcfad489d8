//! What a list of reminders costs: no more than its page, whatever plan PostgreSQL keeps for it. And what is said of the days to
//! come.

use diesel::QueryableByName;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;
use kith::db::{TenantTx, prepared};
use kith::error::AppError;
use kith::reminders::queries::{self, Filter};

use crate::harness::App;
use crate::reminders::{add, day};
use crate::touch::user;

const MANY: usize = 3000;

#[derive(QueryableByName, Debug, Clone, Copy)]
struct Work {
    /// Rows of reminders that this transaction read.
    #[diesel(sql_type = BigInt)]
    rows: i64,
    /// How often it looked into their occurrences.
    #[diesel(sql_type = BigInt)]
    looks: i64,
}

/// What this transaction did so far.
async fn work(tx: &mut TenantTx<'_>) -> Result<Work, AppError> {
    let query = prepared(
        "select (pg_stat_get_xact_tuples_fetched('reminders'::regclass) + pg_stat_get_xact_tuples_returned('reminders'::regclass))::int8 as rows, \
             (pg_stat_get_xact_numscans('reminder_occurrences'::regclass) + coalesce(sum(pg_stat_get_xact_numscans(i.indexrelid)), 0))::int8 as looks \
         from pg_index i where i.indrelid = 'reminder_occurrences'::regclass",
        (),
    );
    Ok(query.get_result(tx).await?)
}

#[actix_web::test]
async fn a_list_reads_its_page_and_not_all_that_there_is_under_a_plan_that_is_kept() {
    let app = App::spawn().await;
    app.sign_in("ada").await;
    app.sql(&format!(
        "with made as (insert into reminders (user_id, title, due_at, made_until) \
             select u.id, 'Call ' || n, now() + n * interval '1 hour', now() from users u, generate_series(1, {MANY}) n returning *), \
         held as (insert into reminder_occurrences (user_id, reminder_id, occurs_at_local, due_at) select user_id, id, starts_at, due_at from made) \
         select from made"
    ))
    .await;
    for table in ["reminders", "reminder_occurrences", "contacts"] {
        app.sql(&format!("analyze {table}")).await;
    }
    let ada = user(&app, "ada@example.com").await;
    let filter =
        |word: Option<&str>| Filter { words: word.into_iter().map(str::to_owned).collect(), ..Filter::default() };
    for (word, found, most) in [(None, 51, 200), (Some("%call%"), 51, 2 * MANY), (Some("%nobody%"), 0, 2 * MANY)] {
        let (rows, work) = app
            .db
            .as_user(&ada, async |tx| {
                let kept = "select set_config('plan_cache_mode', 'force_generic_plan', true)";
                prepared(kept, ()).execute(tx).await?;
                let before = work(tx).await?;
                let rows = queries::list(tx, &filter(word), None).await?.len();
                let after = work(tx).await?;
                Ok((rows, Work { rows: after.rows - before.rows, looks: after.looks - before.looks }))
            })
            .await
            .unwrap();
        assert_eq!(rows, found, "{word:?}");
        assert!(work.looks <= 51 && usize::try_from(work.rows).unwrap() <= most, "{word:?}: {work:?}");
    }
}

#[actix_web::test]
async fn what_is_to_come_says_its_day_once_unless_it_is_put_off() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let path = add(&mut ada, &[("starts_at", &format!("{} 09:00", day(9)))]).await;
    let page = ada.get(&path).await.expect(200);
    assert_eq!((page.count("#coming li"), page.count("#coming small")), (1, 0));
    let occurrence = page.one("#coming [data-occurrence]").attr("data-occurrence");
    let asked = ada.get(&format!("{path}/snooze")).await.expect(200);
    assert_eq!(asked.one("form.form button").attr("data-key"), "mod+Enter");
    let week = [("occurrence", occurrence.as_str()), ("choice", "week")];
    ada.post(&format!("{path}/snooze"), &week).await.expect(303);
    let page = ada.get(&path).await.expect(200);
    assert!(page.one("#coming small").text().contains("put off until"));
}

#[actix_web::test]
async fn a_row_says_when_it_is_due_before_whom_it_is_about() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = ada.post("/contacts", &[("first_name", "Grace")]).await.expect(303).location();
    add(&mut ada, &[("starts_at", &day(9)), ("contact_id", grace.trim_start_matches("/contacts/"))]).await;
    let page = ada.get("/reminders").await.expect(200);
    assert_eq!(page.one("[data-kind=reminder] small > :first-child").attr("class"), "due");
    assert_eq!(page.one("[data-kind=reminder] small > .due + bdi").text(), "Grace");
}

#[actix_web::test]
async fn what_is_wrong_about_when_is_told_once() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let typed = [("title", "Call her"), ("starts_at", "soon")];
    let page = ada.post("/reminders/preview", &typed).await.expect(422);
    assert_eq!((page.count("#starts_at-error"), page.count("#preview p")), (1, 0));
    let token = ada.token().await;
    let partial = [("hx-request", "true"), ("hx-request-type", "partial"), ("hx-target", "div#preview")];
    let fields = [&[("csrf_token", token.as_str())], &typed[..]].concat();
    let block = ada.post_with("/reminders/preview", &fields, &partial).await.expect(200);
    assert_eq!((block.count("#starts_at-error"), block.count("p.quiet")), (0, 1));
}
