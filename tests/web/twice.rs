//! A form that is sent twice, by a double click, a reload or over a slow line, makes one thing.

use crate::harness::{App, Page, User};
use crate::interactions::person;

/// A form by its page, the fields that one fills in, and the table that it adds to.
type Case<'a> = (&'a str, &'a str, Vec<(&'a str, &'a str)>, &'a str);

fn cases() -> Vec<Case<'static>> {
    vec![
        (
            "/interactions/new",
            "/interactions",
            vec![
                ("interaction_type", "call"),
                ("occurred_at", "today"),
                ("subject", "Compilers"),
                ("participant[]", "Grace Hopper"),
                ("asked-0", "Grace Hopper"),
                ("meant-0", "new"),
            ],
            "interactions",
        ),
        ("/reminders/new", "/reminders", vec![("title", "Ring back"), ("starts_at", "tomorrow")], "reminders"),
        ("/contacts/new", "/contacts", vec![("first_name", "Alan"), ("method_value[]", "a@example.com")], "contacts"),
    ]
}

/// What the page's form sends where one fills in these fields.
fn filled<'a>(page: &Page, fields: &[(&'a str, &'a str)]) -> Vec<(&'a str, String)> {
    let id = page.one("main form input[name=form_id]").attr("value");
    fields.iter().map(|(name, value)| (*name, (*value).to_owned())).chain([("form_id", id)]).collect()
}

fn borrowed<'a>(fields: &'a [(&'a str, String)]) -> Vec<(&'a str, &'a str)> {
    fields.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

async fn rows(app: &App, table: &str) -> usize {
    app.sql(&format!("select from {table} where deleted_at is null")).await.len()
}

/// The message of the page that a saved form leads to, and where its undo leads.
async fn told(user: &mut User, path: &str) -> (String, String) {
    let page = user.get(path).await.expect(200);
    (page.one("#flash").text().to_owned(), page.one("#flash form").attr("action"))
}

#[actix_web::test]
async fn a_form_sent_twice_makes_one_thing_and_leads_to_the_same_page_with_the_same_undo() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    for (page, action, fields, table) in cases() {
        let page = ada.get(page).await.expect(200);
        let sent = filled(&page, &fields);
        let first = ada.post(action, &borrowed(&sent)).await.expect(303).location();
        let (message, undo) = told(&mut ada, &first).await;
        let second = ada.post(action, &borrowed(&sent)).await.expect(303).location();
        assert_eq!(second, first, "{action}");
        assert_eq!(told(&mut ada, &second).await, (message, undo.clone()), "{action}");
        assert_eq!(rows(&app, table).await, 1, "{action}");
        ada.post(&undo, &[]).await.expect(303);
        assert_eq!(rows(&app, table).await, 0, "{action} is taken back whole");
        // What was taken back may be wanted again.
        ada.post(action, &borrowed(&sent)).await.expect(303);
        assert_eq!(rows(&app, table).await, 1, "{action}");
        for table in ["interactions", "reminders", "contacts"] {
            app.sql(&format!("delete from {table}")).await;
        }
    }
}

#[actix_web::test]
async fn two_that_arrive_at_the_same_moment_make_one_thing_too() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let token = ada.token().await;
    for (page, action, fields, table) in cases() {
        let page = ada.get(page).await.expect(200);
        let mut sent = filled(&page, &fields);
        sent.push(("csrf_token", token.clone()));
        let (sent, before) = (borrowed(&sent), rows(&app, table).await);
        let answers = futures_util::future::join_all((0..4).map(|_| {
            let (mut tab, sent) = (ada.clone(), &sent);
            async move { tab.post_with(action, sent, &[]).await.expect(303).location() }
        }));
        let answers = answers.await;
        assert!(answers.iter().all(|path| *path == answers[0]), "{answers:?}");
        assert_eq!(rows(&app, table).await, before + 1, "{action}");
    }
    assert_eq!(rows(&app, "contacts").await, 2, "whoever was new in the call, and the one of the form");
}

#[actix_web::test]
async fn the_same_form_with_other_words_in_it_makes_another_thing() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = person(&mut ada, "Grace Hopper").await;
    let page = ada.get(&format!("/interactions/new?contact={grace}")).await.expect(200);
    let call = [("interaction_type", "call"), ("occurred_at", "today"), ("contact_id", grace.as_str())];
    for subject in ["Compilers", "Admirals", "Compilers"] {
        let sent = filled(&page, &[&call[..], &[("subject", subject)]].concat());
        ada.post("/interactions", &borrowed(&sent)).await.expect(303);
    }
    let subjects = app.sql("select subject from interactions order by subject").await;
    assert_eq!(subjects.iter().map(|row| row.get(0)).collect::<Vec<String>>(), ["Admirals", "Compilers"]);
}

#[actix_web::test]
async fn the_id_of_somebody_elses_form_tells_nothing_and_changes_nothing() {
    let app = App::spawn().await;
    let (mut ada, mut bob) = (app.sign_in("ada").await, app.sign_in("bob").await);
    for (page, action, fields, table) in cases() {
        let page = ada.get(page).await.expect(200);
        let sent = filled(&page, &fields);
        let hers = ada.post(action, &borrowed(&sent)).await.expect(303).location();
        let his = bob.post(action, &borrowed(&sent)).await.expect(303).location();
        assert_ne!(hers, his, "{action}");
        bob.get(&his).await.expect(200);
        bob.get(&hers).await.expect(404);
        let owners = app.sql(&format!("select distinct user_id from {table}")).await;
        assert_eq!(owners.len(), 2, "{action}: a row of each");
        // Nor does the id of a row of hers do as one of a form.
        let id = hers.rsplit('/').next().unwrap();
        let forged = [&fields[..], &[("form_id", id)]].concat();
        bob.post(action, &forged).await.expect(303);
        bob.get(&hers).await.expect(404);
        ada.get(&hers).await.expect(200);
    }
}

#[actix_web::test]
async fn a_command_sent_twice_logs_and_reminds_once() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    person(&mut ada, "Grace Hopper").await;
    for (typed, table) in [("call grace: tea", "interactions"), ("remind grace: ring back, tomorrow", "reminders")] {
        let query: String = url::form_urlencoded::byte_serialize(format!("> {typed}").as_bytes()).collect();
        let page = ada.get(&format!("/search?q={query}")).await.expect(200);
        let inputs = page.all("#search-results form[method=post] input:not([name=csrf_token])");
        let sent: Vec<(String, String)> = inputs.iter().map(|one| (one.attr("name"), one.attr("value"))).collect();
        let sent: Vec<(&str, &str)> = sent.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let action = page.one("#search-results form[method=post]").attr("action");
        let first = ada.post(&action, &sent).await.expect(303).location();
        assert_eq!(ada.post(&action, &sent).await.expect(303).location(), first);
        assert_eq!(rows(&app, table).await, 1, "{typed}");
    }
}
