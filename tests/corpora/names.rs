//! Names of the whole world, and strings that break programs: each is saved as it was typed or refused at
//! its field, and whoever is saved is found by her name.

use std::collections::BTreeMap;

use icu_collator::options::CollatorOptions;
use icu_collator::{Collator, CollatorPreferences};
use kith::text::name_order::shown_name;
use kith::web::avatar::Avatar;
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;
use uuid::Uuid;

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
    let met = in_order_of_name(&mut ada).await;
    assert_eq!(met.iter().collect::<std::collections::BTreeSet<_>>().len(), met.len());
    assert_eq!(met.len(), expected.len());
    let sorted_by = |id: &String| match &expected[id] {
        [given, surname] if surname.is_empty() => given.clone(),
        [given, surname] => format!("{surname} {given}"),
    };
    let order = Collator::try_new(CollatorPreferences::default(), CollatorOptions::default()).unwrap();
    for pair in met.windows(2) {
        let (before, behind) = (sorted_by(&pair[0]), sorted_by(&pair[1]));
        assert_ne!(order.compare(&before, &behind), std::cmp::Ordering::Greater, "{before} stands before {behind}");
    }
}

/// The ids of everybody, as the list has them by name, from its first page to its last.
async fn in_order_of_name(user: &mut User) -> Vec<String> {
    let (mut met, mut next) = (Vec::new(), "/contacts?sort=name".to_owned());
    loop {
        let page = user.get(&next).await.expect(200);
        met.extend(page.all("[data-kind=contact]").into_iter().map(|row| row.attr("data-id")));
        match page.all("a[rel=next]").first() {
            Some(link) => next = link.attr("href"),
            None => return met,
        }
    }
}

#[test]
fn initials_are_first_letters_of_a_name_and_never_split_one() {
    let Some(file) = crate::file("names", "cldr_sample_names.jsonl") else { return };
    for line in std::fs::read_to_string(file).unwrap().lines() {
        let name: Value = serde_json::from_str(line).unwrap();
        let fields: BTreeMap<_, _> = fields_of(&name).into_iter().collect();
        let words = [&fields["first_name"], &fields["middle_name"], &fields["last_name"]];
        let words: Vec<&str> = words.into_iter().flat_map(|part| part.split_whitespace()).collect();
        if words.is_empty() {
            continue;
        }
        // A form of address that is not shortened may as well be a name: nothing says that Sheikh is none.
        let title = fields["name_prefix"].as_str();
        let is_shortened = title.split_whitespace().all(|word| word.trim_end_matches(',').ends_with('.'));
        let title = if is_shortened { title } else { "" };
        let shown = shown_name(&fields["first_name"], &fields["middle_name"], &fields["last_name"], title, "");
        let drawn = Avatar::of(Uuid::nil(), &shown).initials;
        // Her own prefix says it.
        let prefix = fields["name_prefix"].as_str();
        let whole = shown_name(&fields["first_name"], &fields["middle_name"], &fields["last_name"], prefix, "");
        assert_eq!(Avatar::titled(Uuid::nil(), &whole, Some(prefix)).initials, drawn, "{whole}");
        let letters: Vec<&str> = drawn.graphemes(true).collect();
        assert!((1..=2).contains(&letters.len()), "{drawn} of {shown}");
        for letter in letters {
            let begins =
                |word: &&str| word.graphemes(true).take(2).any(|one| one.to_lowercase() == letter.to_lowercase());
            assert!(words.iter().any(begins), "{letter} of {shown}");
        }
    }
}

#[test]
fn a_picture_is_drawn_whole() {
    let Some(file) = crate::file("names", "emoji-test.txt") else { return };
    for line in std::fs::read_to_string(file).unwrap().lines().filter(|line| line.contains("fully-qualified")) {
        let Some((codes, _)) = line.split_once(';').filter(|_| !line.starts_with('#')) else { continue };
        let picture: String = codes
            .split_whitespace()
            .filter_map(|code| u32::from_str_radix(code, 16).ok())
            .filter_map(char::from_u32)
            .collect();
        let drawn = Avatar::of(Uuid::nil(), &picture).initials;
        assert!(drawn == picture || drawn == "?", "{drawn} of {picture}");
        if picture.starts_with(|c| ('\u{1f300}'..='\u{1faff}').contains(&c)) {
            assert_eq!(drawn, picture);
        }
        assert_eq!(Avatar::of(Uuid::nil(), &format!("Zoë {picture}")).initials, "Z");
    }
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
