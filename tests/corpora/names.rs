//! Names of the whole world, and strings that break programs: each is saved as it was typed or refused at
//! its field, and whoever is saved is found by her name.

use std::collections::BTreeMap;

use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

use crate::harness::{App, User};

/// What a saved text is to what was typed.
fn as_saved(typed: &str) -> String {
    typed.replace("\r\n", "\n").nfc().collect::<String>().trim().to_owned()
}

/// Sends the form; the path of her page, or nothing where the form came back with what is wrong.
async fn add(user: &mut User, token: &str, fields: &[(&str, &str)]) -> Option<String> {
    let answer = user.post_with("/contacts", &[&[("csrf_token", token)], fields].concat(), &[]).await;
    match answer.status {
        303 => Some(answer.location()),
        422 => {
            assert!(answer.count("[id$='-error']") > 0, "{fields:?} was refused without a word");
            None
        }
        status => panic!("{fields:?} was answered with {status}"),
    }
}

/// Everybody's first name and the column `other`, by id.
async fn texts(app: &App, other: &str) -> BTreeMap<String, [String; 2]> {
    let rows = app.sql(&format!("select id::text, first_name, {other} from contacts")).await;
    rows.iter().map(|row| (row.get(0), [row.get(1), row.get(2)])).collect()
}

fn fields_of(name: &Value) -> Vec<(&'static str, String)> {
    let text = |key: &str| name["fields"][key].as_str().unwrap_or_default().to_owned();
    let surname = [text("surname-prefix"), text("surname-core"), text("surname"), text("surname2")];
    let surname = surname.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    let given = if text("given").is_empty() { surname.clone() } else { text("given") };
    vec![
        ("first_name", given),
        ("last_name", surname),
        ("middle_name", text("given2")),
        ("name_prefix", text("title")),
        ("name_suffix", text("credentials")),
        ("nickname", text("given-informal")),
    ]
}

#[actix_web::test]
async fn every_name_of_the_world_is_saved_as_typed_and_found() {
    let Some(file) = crate::file("names", "cldr_sample_names.jsonl") else { return };
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let token = ada.token().await;
    let mut expected = BTreeMap::new();
    for line in std::fs::read_to_string(file).unwrap().lines() {
        let name: Value = serde_json::from_str(line).unwrap();
        let fields = fields_of(&name);
        let sent: Vec<(&str, &str)> = fields.iter().map(|(key, value)| (*key, value.as_str())).collect();
        let saved = add(&mut ada, &token, &sent).await;
        // Some locales' samples are a form of address alone, which is nobody's name.
        assert_eq!(saved.is_some(), !fields[0].1.is_empty(), "{line}");
        let Some(path) = saved else { continue };
        let id = path.trim_start_matches("/contacts/").to_owned();
        let query: String =
            url::form_urlencoded::byte_serialize(format!("{} {}", fields[0].1, fields[1].1).as_bytes()).collect();
        let found = ada.get(&format!("/contacts?q={query}&sort=newest")).await.expect(200);
        assert!(found.count(&format!("[data-kind=contact][data-id='{id}']")) == 1, "{line} is not found by her name");
        expected.insert(id, [as_saved(&fields[0].1), as_saved(&fields[1].1)]);
    }
    assert_eq!(texts(&app, "coalesce(last_name, '')").await, expected);
}

#[actix_web::test]
async fn naughty_strings_are_saved_as_typed_or_refused_at_the_field() {
    let Some(file) = crate::file("names", "blns.json") else { return };
    let strings: Vec<String> = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let token = ada.token().await;
    let mut expected = BTreeMap::new();
    for text in strings {
        let fields = [
            ("first_name", text.as_str()),
            ("notes", &text),
            ("method_kind[]", "other"),
            ("method_label[]", ""),
            ("method_value[]", &text),
        ];
        let Some(path) = add(&mut ada, &token, &fields).await else { continue };
        expected.insert(path.trim_start_matches("/contacts/").to_owned(), [as_saved(&text), as_saved(&text)]);
        let page = ada.get(&path).await.expect(200);
        assert_eq!(page.count("main script, main img, main iframe, main [onerror], main [style]"), 0, "{text}");
        let query: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
        ada.get(&format!("/contacts?q={query}")).await.expect(200);
    }
    assert_eq!(texts(&app, "notes").await, expected);
}
