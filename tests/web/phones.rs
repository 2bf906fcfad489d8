//! Phone numbers: kept as typed, one number however it is formatted, dialled from where she is.

use crate::harness::{App, User};

async fn add(user: &mut User, name: &str, numbers: &[&str]) -> String {
    let mut fields = vec![("first_name", name)];
    for number in numbers {
        fields.extend([("method_kind[]", "phone"), ("method_label[]", ""), ("method_value[]", number)]);
    }
    user.post("/contacts", &fields).await.expect(303).location()
}

async fn dials_from(user: &mut User, country: &str) {
    let fields = [("full_name", "ada"), ("time_zone", "Europe/Berlin"), ("country", country)];
    user.post("/settings/profile", &fields).await.expect(303);
}

/// The names of whoever the palette and the list find, which agree.
async fn found(user: &mut User, typed: &str) -> Vec<String> {
    let query: String = url::form_urlencoded::byte_serialize(typed.as_bytes()).collect();
    let mut read = Vec::new();
    for path in [format!("/search?q={query}"), format!("/contacts?q={query}")] {
        let page = user.get(&path).await.expect(200);
        let mut names: Vec<String> =
            page.all("[data-kind=contact] strong").into_iter().map(|name| name.text().to_owned()).collect();
        names.sort();
        read.push(names);
    }
    assert_eq!(read[0], read[1], "{typed}");
    read.remove(0)
}

async fn keys(app: &App) -> Vec<String> {
    let rows = app.sql("select value_key from contact_methods where kind = 'phone' order by value_key").await;
    rows.iter().map(|row| row.get(0)).collect()
}

#[actix_web::test]
async fn a_number_is_found_in_any_formatting_and_stays_as_it_was_typed() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let at_home = add(&mut ada, "Grace", &["030 / 1234567"]).await;
    add(&mut ada, "Emmy", &["+1 (650) 253-0000 ext. 12"]).await;
    for typed in ["+49 30 1234567", "030 1234567", "0049-30-1234567", "+49 (0)30 / 123 45 67", "493012345", "1234567"] {
        assert_eq!(found(&mut ada, typed).await, ["Grace"], "{typed}");
    }
    for typed in ["+1 650 2530000", "001 650 253 0000", "650-253-0000"] {
        assert_eq!(found(&mut ada, typed).await, ["Emmy"], "{typed}");
    }
    let page = ada.get(&at_home).await.expect(200);
    let link = page.one("a[href='tel:+49301234567']");
    assert_eq!((link.text().trim(), link.attr("title").as_str()), ("030 / 1234567", "+49301234567"));
    let edit = ada.get(&format!("{at_home}/edit")).await.expect(200);
    assert_eq!(edit.one("input[name='method_value[]'][value='030 / 1234567']").attr("value"), "030 / 1234567");
    assert_eq!(keys(&app).await, ["+16502530000;ext=12", "+49301234567"]);
}

#[actix_web::test]
async fn what_is_no_number_is_saved_and_found_all_the_same() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let strange = ["110", "*100#", "1-800-FLOWERS", "ask Bob", "+999 1", "030 1234567 / 0171 2345678", "()", "🦊"];
    let path = add(&mut ada, "Grace", &strange).await;
    let page = ada.get(&path).await.expect(200);
    for typed in strange {
        assert!(page.all("dd").iter().any(|shown| shown.text().trim() == typed), "{typed} is not shown as typed");
    }
    assert_eq!(page.count("a[href^='tel:1800']"), 0);
    for typed in ["110", "1-800-FLOWERS", "0171 2345678"] {
        assert_eq!(found(&mut ada, typed).await, ["Grace"], "{typed}");
    }
}

#[actix_web::test]
async fn another_country_reads_old_numbers_anew_and_is_no_edit() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let people = add(&mut ada, "Grace", &["(0)20 7946 0958", "+49 30 1234567"]).await;
    app.sql(
        "insert into contacts (user_id, first_name, display_name, sort_key) \
         select u.id, 'Friend', 'Friend ' || n, n::text::bytea from users u, generate_series(1, 1200) n",
    )
    .await;
    app.sql(
        "insert into contact_methods (user_id, contact_id, kind, value) \
         select user_id, id, 'phone', '020 7946 ' || lpad((row_number() over (order by id))::text, 4, '0') from contacts where first_name = 'Friend'",
    )
    .await;
    assert_eq!(found(&mut ada, "+44 20 7946 0958").await, Vec::<String>::new());
    let state = "select (select sum(version) from contacts)::text, (select count(*) from audit_logs)::text, \
        (select string_agg(value, ',' order by value) from contact_methods)";
    let read = async || {
        let row = &app.sql(state).await[0];
        [0, 1, 2].map(|column| row.get::<_, String>(column))
    };
    let before = read().await;
    dials_from(&mut ada, "GB").await;
    app.run_jobs().await;
    assert_eq!(read().await, before);
    let keys = keys(&app).await;
    assert_eq!(keys.len(), 1202);
    assert!(keys.iter().all(|key| key.starts_with("+4420") || key == "+49301234567"), "{keys:?}");
    assert!(found(&mut ada, "+44 20 7946 0958").await.contains(&"Grace".to_owned()));
    let page = ada.get(&people).await.expect(200);
    assert_eq!(page.one("a[href='tel:+442079460958']").text().trim(), "(0)20 7946 0958");
}

#[actix_web::test]
async fn the_country_is_guessed_from_the_time_zone_until_it_is_chosen() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let chosen = "select[name=country] option[selected]";
    assert_eq!(ada.get("/settings").await.expect(200).one(chosen).attr("value"), "DE");
    let moved = [("full_name", "ada"), ("time_zone", "Asia/Tokyo"), ("country", "DE")];
    ada.post("/settings/profile", &moved).await.expect(303);
    assert_eq!(ada.get("/settings").await.expect(200).one(chosen).attr("value"), "DE");
    let nowhere = [("full_name", "ada"), ("time_zone", "Asia/Tokyo"), ("country", "Atlantis")];
    let page = ada.post("/settings/profile", &nowhere).await.expect(422);
    assert_eq!(page.one("#country-error").text(), "Choose a country from the list.");
    app.sql("update users set settings = '{}', time_zone = 'UTC'").await;
    assert_eq!(ada.get("/settings").await.expect(200).one(chosen).attr("value"), "");
}

#[actix_web::test]
async fn two_spellings_of_a_number_become_one_when_people_are_merged_and_an_undo_knows_both_again() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let id = |path: String| path.trim_start_matches("/contacts/").to_owned();
    let one = id(add(&mut ada, "Grace", &["030 1234567"]).await);
    let other = id(add(&mut ada, "Grace", &["+49 30 1234567", "+49 30 7654321"]).await);
    let before = keys(&app).await;
    let ids = [("id", one.as_str()), ("id", other.as_str())];
    let page = ada.post("/comparisons", &ids).await.expect(200);
    let hidden: Vec<(String, String)> = page
        .all("form#bulk input[type=hidden], form#bulk input[checked]")
        .iter()
        .map(|field| (field.attr("name"), field.attr("value")))
        .filter(|(name, _)| name != "csrf_token")
        .collect();
    let fields: Vec<(&str, &str)> = hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    ada.post("/merges", &fields).await.expect(303);
    let values = app.sql("select value from contact_methods m join contacts c on c.id = m.contact_id where c.deleted_at is null order by position").await;
    assert_eq!(values.iter().map(|row| row.get::<_, String>(0)).collect::<Vec<_>>(), ["030 1234567", "+49 30 7654321"]);
    let undo = ada.get("/settings").await.expect(200).one("#flash form").attr("action");
    ada.post(&undo, &[]).await.expect(303);
    assert_eq!(keys(&app).await, before);
}
