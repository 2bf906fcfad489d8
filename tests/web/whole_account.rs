//! A whole account as one JSON document, and back.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use kith::exchange::account::{LEFT_OUT, TABLES};
use serde_json::Value;

use crate::command_line::{kith, said};
use crate::harness::{App, Page, User};

async fn document(user: &mut User) -> String {
    user.get("/exports/account.json").await.expect(200).body
}

fn read(document: &str) -> Value {
    serde_json::from_str(document).unwrap()
}

fn kept(app: &App, text: &str) -> PathBuf {
    let file = app.data_dir.path().join("account.json");
    fs::write(&file, text).unwrap();
    file
}

/// Somebody with something in every table that a form, an import or the example people can fill.
async fn somebody(app: &App) -> User {
    let mut ada = app.sign_in("ada").await;
    ada.post("/demo", &[]).await.expect(303);
    let card = "BEGIN:VCARD\r\nVERSION:4.0\r\nUID:zoe\r\nFN:Zoë \"Z\" O’Neill\r\nN:O’Neill;Zoë;;;\r\nTEL:+351 912\r\n\
        BDAY:--0314\r\nX-SHOE-SIZE:38\r\nEND:VCARD\r\n";
    let file = app.data_dir.path().join("zoe.vcf");
    fs::write(&file, card).unwrap();
    let imported = kith(app, &["import", "--user", "ada@example.com", file.to_str().unwrap()]).await;
    assert!(imported.status.success(), "{}", said(&imported));
    ada.post("/settings/fields", &[("name", "Shirt"), ("kind", "choice"), ("choice[]", "M, \"L\"")]).await.expect(303);
    let shirt = ada.get("/contacts/new").await.expect(200).one("[name^=field_]").attr("name");
    let made = ada
        .post("/contacts", &[("first_name", "花子"), ("notes", "a\\b\n\"c\""), (&shirt, "M, \"L\"")])
        .await
        .expect(303)
        .location();
    let zoe: String =
        app.sql("select id::text from contacts where first_name = 'Zoë' and last_name like 'O%'").await[0].get(0);
    let friend = [("other", "Zoë"), ("other_contact_id", &zoe), ("kind", "friend"), ("note", "a\\b")];
    ada.post(&format!("{made}/relations"), &friend).await.expect(303);
    ada.upload(&format!("{made}/photo"), "x.png", &crate::photos::png([1, 2, 3])).await.expect(303);
    ada.post(&format!("{made}/trash"), &[]).await.expect(303);
    app.sql("insert into ai_insights (user_id, insight_type, title) select id, 'summary', 'x' from users").await;
    ada
}

#[actix_web::test]
async fn what_one_account_wrote_another_reads_and_writes_again_the_same() {
    let app = App::spawn().await;
    let mut ada = somebody(&app).await;
    let mut bob = app.sign_in("bob").await;
    app.sql("delete from ai_insights where user_id = (select id from users where email = 'bob@example.com')").await;
    let text = document(&mut ada).await;
    let written = read(&text);
    let is_filled = |table: &&str| written[table].as_array().is_some_and(|rows| !rows.is_empty());
    let filled: Vec<&str> = TABLES.iter().map(|(table, _)| *table).filter(is_filled).collect();
    assert!(filled.len() >= 12, "{filled:?}");
    let file = kept(&app, &text);
    let restored = kith(&app, &["import", "--user", "bob@example.com", file.to_str().unwrap()]).await;
    assert!(restored.status.success(), "{}", said(&restored));
    assert!(said(&restored).contains("62 new"), "{}", said(&restored));
    let again = read(&document(&mut bob).await);
    for (part, rows) in written.as_object().unwrap() {
        assert_eq!(&again[part], rows, "{part}");
    }
    // What is derived is there again: she is found, counted and due.
    crate::months::assert_counts(&app, "a restore").await;
    for page in ["/contacts", "/contacts?q=neill", "/contacts?sort=last_contact", "/tags", "/organizations", "/trash"] {
        let rows = |page: Page| page.all("li.row").iter().map(|row| row.text().to_owned()).collect::<Vec<_>>();
        let (hers, his) = (rows(ada.get(page).await.expect(200)), rows(bob.get(page).await.expect(200)));
        assert!(!hers.is_empty(), "{page}");
        assert_eq!(hers, his, "{page}");
    }
}

#[actix_web::test]
async fn an_account_that_holds_something_and_a_document_that_is_none_change_nothing() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let id = "00000000-0000-7000-8000-000000000001";
    let head = "{\"kith_account\": 1";
    for (text, says) in [
        ("[]".to_owned(), "an object"),
        ("{\"contacts\": []}".to_owned(), "does not begin"),
        ("{\"kith_account\": 2}".to_owned(), "reads 1"),
        (format!("{head}, \"jobs\": []}}"), "jobs"),
        (format!("{head}, \"contacts\": [{{\"id\": \"{id}\", \"first_name\": \"Grace\"}}]"), "EOF"),
        (format!("{head}, \"contacts\": [{{\"id\": \"x\"}}]}}"), "uuid"),
        (format!("{head}, \"contacts\": [{{\"id\": \"{id}\", \"shoe_size\": 38}}]}}"), "does not know"),
        (format!("{head}, \"contacts\": [{{}}]}}"), "contacts, row 1: it lacks its id"),
        (format!("{head}, \"tags\": [7]}}"), "tags"),
        (format!("{head}, \"user\": {{\"time_zone\": \"Nowhere/Else\"}}}}"), "time zone"),
        (format!("{head}, \"user\": {{\"settings\": [1]}}}}"), "settings"),
        (format!("{head}, \"user\": {{\"settings\": {{\"reminder_time\": \"noon\"}}}}}}"), "no time of day"),
        (format!("{head}, \"user\": {{\"settings\": {{\"week_start\": \"friday\"}}}}}}"), "days are written"),
        (format!("{head}, \"user\": {{\"settings\": {{\"date_format\": \"soon\"}}}}}}"), "days are written"),
        (format!("{head}, \"user\": {{\"settings\": {{\"clock\": 12}}}}}}"), "days are written"),
        (format!("{head}, \"user\": {{\"settings\": {{\"date_language\": \"xx\"}}}}}}"), "days are written"),
        (format!("{head}, \"contact_tags\": [{{\"contact_id\": \"{id}\", \"tag_id\": \"{id}\"}}]}}"), "contact_tags"),
    ] {
        let file = kept(&app, &text);
        let refused =
            kith(&app, &["import", "--format", "json", "--user", "ada@example.com", file.to_str().unwrap()]).await;
        let said = said(&refused);
        assert!(refused.status.code() == Some(1) && said.contains(says), "{text}: {said}");
    }
    assert_eq!(app.sql("select count(*) from contacts").await[0].get::<_, i64>(0), 0);
    ada.post("/tags", &[("name", "friend")]).await.expect(303);
    let file = kept(&app, &document(&mut ada).await);
    let refused = kith(&app, &["import", "--user", "ada@example.com", file.to_str().unwrap()]).await;
    assert!(said(&refused).contains("empty"), "{}", said(&refused));
}

#[actix_web::test]
async fn a_browser_brings_an_account_back_and_its_undo_leaves_nothing_of_it() {
    let app = App::spawn().await;
    let mut ada = somebody(&app).await;
    let text = document(&mut ada).await;
    let mut bob = app.sign_in("bob").await;
    let page = bob.upload("/imports", "account.json", text.as_bytes()).await.expect(303).location();
    app.run_jobs().await;
    let shown = bob.get(&page).await.expect(200);
    assert!(shown.one("[data-state=done]").text().contains("62 people"), "{}", shown.body);
    assert_eq!(shown.count("[data-word]"), 0, "there are no records to list");
    assert!(bob.get("/contacts?q=neill").await.expect(200).count("[data-kind=contact]") > 0);
    let again = bob.upload("/imports", "account.json", text.as_bytes()).await.expect(303).location();
    app.run_jobs().await;
    assert!(bob.get(&again).await.expect(200).one("[data-state=failed] + .notice").text().contains("empty one"));
    let undo = bob.get(&page).await.expect(200).one("#import form[action$='/undo']").attr("action");
    bob.post(&undo, &[]).await.expect(303);
    app.run_jobs().await;
    let left = read(&document(&mut bob).await);
    // A file is known again, and photos stay where an undo of the undo finds them.
    let stays = |table: &str| ["contact_sources", "photos"].contains(&table);
    for (table, _) in TABLES.iter().filter(|(table, _)| !stays(table)) {
        assert_eq!(left[table], Value::Array(Vec::new()), "{table}");
    }
    let page = bob.upload("/imports", "account.json", text.as_bytes()).await.expect(303).location();
    app.run_jobs().await;
    assert_eq!(bob.get(&page).await.expect(200).count("[data-state=done]"), 1, "it is read back again");
}

#[actix_web::test]
async fn every_table_of_an_account_is_in_the_document_or_left_out_on_purpose() {
    let app = App::spawn().await;
    let sql = "select distinct c.table_name::text from information_schema.columns c \
        join pg_class t on t.relname = c.table_name and not t.relispartition and t.relkind in ('r', 'p') \
        where c.table_schema = 'public' and (c.column_name = 'user_id' or c.table_name = 'users')";
    let there: BTreeSet<String> = app.sql(sql).await.iter().map(|row| row.get(0)).collect();
    let known = TABLES.iter().map(|(table, _)| *table).chain(LEFT_OUT).map(str::to_owned);
    assert_eq!(there, known.collect());
}

#[actix_web::test]
async fn a_row_that_does_not_fit_is_named_with_the_reason_in_plain_words() {
    let app = App::spawn().await;
    app.sign_in("ada").await;
    let id = |n: u32| format!("00000000-0000-7000-8000-{n:012}");
    let grace = format!("\"contacts\": [{{\"id\": \"{}\", \"first_name\": \"Grace\"}}]", id(1));
    let methods = |wrong: &str| {
        let row = |n: u32, contact: u32, kind: &str| {
            let (id, contact) = (id(n), id(contact));
            format!(
                "{{\"id\": \"{id}\", \"contact_id\": \"{contact}\", \"kind\": \"{kind}\", \"value\": \"{n}\", \"position\": {n}}}"
            )
        };
        let rows = (11..=13).map(|n| row(n, 1, "phone")).chain([wrong.to_owned()]).chain([row(15, 1, "phone")]);
        format!("{{\"kith_account\": 1, {grace}, \"contact_methods\": [{}]}}", rows.collect::<Vec<_>>().join(","))
    };
    let row = |contact: u32, kind: &str| {
        let (id, contact) = (id(14), id(contact));
        format!(
            "{{\"id\": \"{id}\", \"contact_id\": \"{contact}\", \"kind\": \"{kind}\", \"value\": \"x\", \"position\": 14}}"
        )
    };
    let place = format!("contact_methods, row 4 (id {})", id(14));
    for (wrong, reason) in [
        (row(2, "phone"), "what it belongs to is not among the contacts of the document"),
        (row(1, "pigeon"), "Kith takes no such kind"),
        (row(1, "phone").replace(&id(14), &id(11)), "the same is in the document twice"),
    ] {
        let place = if wrong.contains(&id(11)) { place.replace(&id(14), &id(11)) } else { place.clone() };
        let file = kept(&app, &methods(&wrong));
        let refused =
            kith(&app, &["import", "--format", "json", "--user", "ada@example.com", file.to_str().unwrap()]).await;
        let said = said(&refused);
        assert!(said.contains(&format!("{place}: {reason}.")), "{said}");
        assert!(!said.contains("constraint"), "{said}");
    }
    assert_eq!(app.sql("select count(*) from contacts").await[0].get::<_, i64>(0), 0);
}

#[actix_web::test]
async fn a_reminder_that_nothing_can_be_done_with_is_left_out_and_named_and_all_else_is_read() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    ada.post("/contacts", &[("first_name", "Grace")]).await.expect(303);
    for title in ["Tea", "Chess", "Rowing"] {
        let reminder = [("title", title), ("starts_at", "tomorrow 09:00"), ("repeats", "daily")];
        ada.post("/reminders", &reminder).await.expect(303);
    }
    let mut written = read(&document(&mut ada).await);
    for (row, rule) in written["reminders"].as_array_mut().unwrap().iter_mut().zip(["FREQ=SECONDLY", "GARBAGE"]) {
        row["recurrence_rule"] = rule.into();
    }
    let text = without_order(&written);
    let mut bob = app.sign_in("bob").await;
    let page = bob.upload("/imports", "account.json", text.as_bytes()).await.expect(303).location();
    app.run_jobs().await;
    let shown = bob.get(&page).await.expect(200);
    assert_eq!(shown.count("[data-state=done]"), 1, "{}", shown.body);
    let told = shown.one("[data-state=done] + .notice").text().to_owned();
    for part in ["2 reminders", "reminders, row 1 (id ", "reminders, row 2 (id ", "recurrence_rule: "] {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert_eq!(bob.get("/contacts").await.expect(200).count("[data-kind=contact]"), 1);
    let his = "select r.title from reminders r join users u on u.id = r.user_id where u.email = 'bob@example.com'";
    assert_eq!(app.sql(his).await.iter().map(|row| row.get::<_, String>(0)).collect::<Vec<_>>(), ["Rowing"]);
    // The program says so too.
    app.sign_in("eve").await;
    let file = kept(&app, &text);
    let restored = kith(&app, &["import", "--user", "eve@example.com", file.to_str().unwrap()]).await;
    assert!(restored.status.success(), "{}", said(&restored));
    assert!(said(&restored).contains("2 unreadable") && said(&restored).contains(": reminders, row 2 (id "));
}

/// The document with what it begins with in its place: a tree of values sorts its names.
fn without_order(document: &Value) -> String {
    let mut parts = vec![format!("\"kith_account\": {}", document["kith_account"])];
    let mut names = vec!["user"];
    names.extend(TABLES.iter().map(|(table, _)| *table));
    parts.extend(names.iter().map(|name| format!("\"{name}\": {}", document[*name])));
    format!("{{{}}}", parts.join(","))
}
