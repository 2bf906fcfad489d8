//! Finding people by what one remembers of them: half a name, a misspelt one, a number, a word of a note.

use std::time::Duration;

use diesel::prelude::*;
use kith::accounts::hash_token;
use kith::contacts::documents;
use kith::contacts::employments::{self, Employment};
use kith::contacts::model::{Method, MethodKind, Person};
use kith::contacts::queries;
use kith::db::CurrentUser;
use kith::db::schema::contacts;
use kith::{organizations, tags};
use uuid::Uuid;

use crate::harness::{App, User};

pub async fn who(app: &App, user: &User) -> CurrentUser {
    let day = Duration::from_secs(86_400);
    let hash = hash_token(&user.cookies["kith_session"]);
    app.db.anonymous().find_session(&hash, day, day, None).await.unwrap().unwrap()
}

/// A person by first and last name.
pub fn person(name: &str) -> Person {
    let (first, last) = name.split_once(' ').map_or((name, None), |(first, last)| (first, Some(last.to_owned())));
    Person { first_name: first.to_owned(), last_name: last, ..Person::default() }
}

fn method(kind: MethodKind, value: &str) -> Method {
    Method { kind, label: String::new(), value: value.to_owned() }
}

/// Saves people as the form and the importers do.
pub async fn save(app: &App, user: &CurrentUser, people: &[Person]) -> Vec<Uuid> {
    let rows: Vec<(Uuid, Person)> = people.iter().map(|person| (Uuid::now_v7(), person.clone())).collect();
    let ids: Vec<Uuid> = rows.iter().map(|(id, _)| *id).collect();
    app.db
        .as_user(user, async |tx| {
            queries::insert_many(tx, &rows).await?;
            documents::refresh(tx, &ids).await
        })
        .await
        .unwrap();
    ids
}

/// The display names of whoever the query finds, in alphabetical order.
async fn found(app: &App, user: &CurrentUser, typed: &str) -> Vec<String> {
    let Some(query) = app.db.as_user(user, async |tx| documents::query(tx, typed).await).await.unwrap() else {
        return Vec::new();
    };
    let sql = "select c.display_name from public.matching_contact_ids($1, '{}', '{}', 100) m join contacts c on c.id = m order by 1";
    ask(app, user, sql, &[&query]).await
}

/// What the program's role reads in a transaction of this user.
async fn ask(
    app: &App,
    user: &CurrentUser,
    sql: &str,
    binds: &[&(dyn tokio_postgres::types::ToSql + Sync)],
) -> Vec<String> {
    let mut client = kith::db::connect::client(&app.database.app_url).await.unwrap();
    let tx = client.transaction().await.unwrap();
    tx.execute("select set_config('app.current_user_id', $1, true)", &[&user.id().to_string()]).await.unwrap();
    tx.query(sql, binds).await.unwrap().iter().map(|row| row.get(0)).collect()
}

async fn suggested(app: &App, user: &CurrentUser, typed: &str) -> Vec<String> {
    let query = app.db.as_user(user, async |tx| documents::query(tx, typed).await).await.unwrap().unwrap();
    let sql = "select c.display_name from public.suggest_contacts($1, 10) s join contacts c on c.id = s.contact_id order by s.score desc";
    ask(app, user, sql, &[&query]).await
}

#[actix_web::test]
async fn a_name_is_found_by_any_of_its_words_in_any_order_begun_and_without_accents() {
    let app = App::spawn().await;
    let ada = who(&app, &app.sign_in("ada").await).await;
    save(&app, &ada, &["Zoë Marchetti", "José Groß", "Đặng Văn Lâm", "Işık Yılmaz", "Jean-Luc O'Brien"].map(person))
        .await;
    for typed in ["zoe", "Zoë", "ZOE M", "marchetti zoë", "mar zo", "Marchetti, Zoë"] {
        assert_eq!(found(&app, &ada, typed).await, ["Zoë Marchetti"], "{typed}");
    }
    for (typed, name) in [
        ("jose gross", "José Groß"),
        ("groß", "José Groß"),
        ("dang van lam", "Đặng Văn Lâm"),
        ("isik yilmaz", "Işık Yılmaz"),
        ("IŞIK", "Işık Yılmaz"),
        ("luc", "Jean-Luc O'Brien"),
        ("jean-l", "Jean-Luc O'Brien"),
        ("jeanluc", "Jean-Luc O'Brien"),
        ("obrien", "Jean-Luc O'Brien"),
        ("o’brien", "Jean-Luc O'Brien"),
        ("brien", "Jean-Luc O'Brien"),
    ] {
        assert_eq!(found(&app, &ada, typed).await, [name], "{typed}");
    }
    assert_eq!(found(&app, &ada, "zoe obrien").await, Vec::<String>::new());
}

#[actix_web::test]
async fn will_and_may_are_names_and_no_stop_words() {
    let app = App::spawn().await;
    let ada = who(&app, &app.sign_in("ada").await).await;
    save(&app, &ada, &["Will Turner", "May The", "Willa Cather"].map(person)).await;
    assert_eq!(found(&app, &ada, "Will T").await, ["Will Turner"]);
    assert_eq!(found(&app, &ada, "may").await, ["May The"]);
    assert_eq!(found(&app, &ada, "the").await, ["May The"]);
    assert_eq!(suggested(&app, &ada, "will").await, ["Will Turner", "Willa Cather"]);
}

#[actix_web::test]
async fn names_of_every_script_are_found_by_their_parts() {
    let app = App::spawn().await;
    let ada = who(&app, &app.sign_in("ada").await).await;
    let names = ["山田花子", "김철수", "سلمان الفارسي", "अनिल किशोरी", "สมชาย ใจดี", "🦊"];
    save(&app, &ada, &names.map(person)).await;
    for (typed, name) in [
        ("花子", "山田花子"),
        ("花", "山田花子"),
        ("子", "山田花子"),
        ("山田花", "山田花子"),
        ("철수", "김철수"),
        ("سلمان", "سلمان الفارسي"),
        ("سَلْمَان", "سلمان الفارسي"),
        ("الفارسى", "سلمان الفارسي"),
        ("किशो", "अनिल किशोरी"),
        ("अनिल", "अनिल किशोरी"),
        ("ชาย", "สมชาย ใจดี"),
        ("🦊", "🦊"),
    ] {
        assert_eq!(found(&app, &ada, typed).await, [name], "{typed}");
    }
}

#[actix_web::test]
async fn a_misspelt_name_is_corrected_by_her_own_people_and_a_known_word_is_not() {
    let app = App::spawn().await;
    let ada = who(&app, &app.sign_in("ada").await).await;
    save(&app, &ada, &["Jennifer Smithson", "John Katz", "Joan Berg", "Jonas Roth"].map(person)).await;
    for (typed, name) in [
        ("jenifer", "Jennifer Smithson"),
        ("smihtson jennifer", "Jennifer Smithson"),
        ("jenif", "Jennifer Smithson"),
        ("jhon", "John Katz"),
        ("kats", "John Katz"),
    ] {
        assert_eq!(found(&app, &ada, typed).await, [name], "{typed}");
    }
    assert_eq!(found(&app, &ada, "jon").await, ["Jonas Roth"]);
    assert_eq!(found(&app, &ada, "joan katz").await, Vec::<String>::new());
    let corrected = app.db.as_user(&ada, async |tx| documents::understand(tx, "jhon KATZ").await).await.unwrap();
    assert_eq!(corrected.unwrap().corrected.as_deref(), Some("john katz"));
}

#[actix_web::test]
async fn people_are_found_by_numbers_addresses_posts_tags_and_notes() {
    let app = App::spawn().await;
    let ada = who(&app, &app.sign_in("ada").await).await;
    let mut grace = person("Grace Hopper");
    grace.nickname = Some("Amazing".into());
    grace.notes = "Met at the *harbour*; will call back.".into();
    grace.methods = vec![
        method(MethodKind::Phone, "+49 (0)171 234 5678"),
        method(MethodKind::Email, "rear.admiral@mail.navy.example"),
        method(MethodKind::Url, "https://www.cobol.example/people/hopper"),
    ];
    let ids = save(&app, &ada, &[grace, person("Willa Cather")]).await;
    app.db
        .as_user(&ada, async |tx| {
            let yale = organizations::queries::ids_of_names(tx, &["Yale".into()]).await?["Yale"];
            let sailing = tags::queries::ids_of_names(tx, &["sailing".into()]).await?["sailing"];
            let post = Employment {
                contact_id: ids[0],
                organization_id: yale,
                title: Some("Professor".into()),
                start_date: None,
                end_date: None,
                is_current: true,
            };
            employments::insert_many(tx, &[post]).await?;
            tags::queries::attach_many(tx, &[(ids[0], sailing)]).await?;
            documents::refresh(tx, &ids).await
        })
        .await
        .unwrap();
    for typed in [
        "0171 2345678",
        "+491712345678",
        "0171",
        "234 56 78",
        "5678",
        "rear.admiral@mail.navy.example",
        "rear.adm",
        "admiral",
        "navy.example",
        "@mail.nav",
        "cobol",
        "amazing",
        "yale professor",
        "hopper yale",
        "sailing",
        "harbour",
    ] {
        assert_eq!(found(&app, &ada, typed).await, ["Grace Hopper"], "{typed}");
    }
    // A name that begins so comes before a note that says so.
    assert_eq!(suggested(&app, &ada, "will").await, ["Willa Cather", "Grace Hopper"]);
}

#[actix_web::test]
async fn anothers_people_are_never_found_suggested_counted_or_a_source_of_corrections() {
    let app = App::spawn().await;
    let ada = who(&app, &app.sign_in("ada").await).await;
    let bob = who(&app, &app.sign_in("bob").await).await;
    save(&app, &ada, &[person("Jennifer Smithson")]).await;
    save(&app, &bob, &[person("Jenna Bo")]).await;
    assert_eq!(found(&app, &bob, "jen").await, ["Jenna Bo"]);
    assert_eq!(found(&app, &bob, "smithson").await, Vec::<String>::new());
    assert_eq!(suggested(&app, &bob, "jen").await, ["Jenna Bo"]);
    let corrected = app.db.as_user(&bob, async |tx| documents::understand(tx, "jenifer").await).await.unwrap();
    assert_eq!(corrected.unwrap().corrected, None);
    let everybody = "select m::text from public.matching_contact_ids(null, '{}', '{}', 100) m";
    assert_eq!(ask(&app, &bob, everybody, &[]).await.len(), 1);
    // Without a user there is nobody.
    let client = kith::db::connect::client(&app.database.app_url).await.unwrap();
    assert!(client.query(everybody, &[]).await.unwrap().is_empty());
    assert!(client.query("select * from public.suggest_contacts('''jen'':*', 10)", &[]).await.unwrap().is_empty());
    assert!(client.query("select * from public.similar_name_tokens('{jenifer}')", &[]).await.unwrap().is_empty());
}

#[actix_web::test]
async fn tags_and_organizations_must_all_match_and_whoever_is_in_the_trash_never_does() {
    let app = App::spawn().await;
    let ada = who(&app, &app.sign_in("ada").await).await;
    let ids = save(&app, &ada, &["Ann One", "Ann Two", "Ann Three"].map(person)).await;
    let (tags, companies) = app
        .db
        .as_user(&ada, async |tx| {
            let tags = tags::queries::ids_of_names(tx, &["x".into(), "y".into()]).await?;
            let companies = organizations::queries::ids_of_names(tx, &["acme".into()]).await?;
            let pairs = [
                (ids[0], tags["x"]),
                (ids[0], tags["y"]),
                (ids[1], tags["x"]),
                (ids[2], tags["x"]),
                (ids[2], tags["y"]),
            ];
            tags::queries::attach_many(tx, &pairs).await?;
            let before = ids.iter().take(2).map(|id| Employment {
                contact_id: *id,
                organization_id: companies["acme"],
                title: None,
                start_date: None,
                end_date: chrono::NaiveDate::from_ymd_opt(2020, 1, 1),
                is_current: false,
            });
            employments::insert_many(tx, &before.collect::<Vec<_>>()).await?;
            Ok((format!("{{{},{}}}", tags["x"], tags["y"]), format!("{{{}}}", companies["acme"])))
        })
        .await
        .unwrap();
    let none = "{}";
    let sql = "select c.last_name from public.matching_contact_ids($1, $2::text::uuid[], $3::text::uuid[], $4) m join contacts c on c.id = m order by 1";
    let query = Some("'ann':*");
    assert_eq!(ask(&app, &ada, sql, &[&query, &tags, &none, &9]).await, ["One", "Three"]);
    assert_eq!(ask(&app, &ada, sql, &[&None::<&str>, &tags, &companies, &9]).await, ["One"]);
    assert_eq!(ask(&app, &ada, sql, &[&None::<&str>, &none, &companies, &9]).await, ["One", "Two"]);
    assert_eq!(ask(&app, &ada, sql, &[&query, &none, &none, &2]).await.len(), 2);
    app.sql("update contacts set deleted_at = now() where last_name = 'One'").await;
    assert_eq!(ask(&app, &ada, sql, &[&query, &none, &none, &9]).await, ["Three", "Two"]);
    assert_eq!(suggested(&app, &ada, "ann").await.len(), 2);
}

#[actix_web::test]
async fn name_tokens_are_counted_up_and_down_with_the_documents() {
    let app = App::spawn().await;
    let ada = who(&app, &app.sign_in("ada").await).await;
    let tokens = "select token || ' ' || n from contact_name_tokens order by token";
    let ids = save(&app, &ada, &["Ann One", "Ann Two"].map(person)).await;
    assert_eq!(ask(&app, &ada, tokens, &[]).await, ["ann 2", "one 1", "two 1"]);
    let married = [(ids[0], person("Ann Three"))];
    app.db
        .as_user(&ada, async |tx| {
            queries::update_many(tx, &married).await?;
            documents::refresh(tx, &ids).await
        })
        .await
        .unwrap();
    assert_eq!(ask(&app, &ada, tokens, &[]).await, ["ann 2", "three 1", "two 1"]);
    app.db
        .as_user(&ada, async |tx| {
            let two = contacts::table.filter(contacts::last_name.eq("Two"));
            Ok(diesel_async::RunQueryDsl::execute(diesel::delete(two), tx).await?)
        })
        .await
        .unwrap();
    assert_eq!(ask(&app, &ada, tokens, &[]).await, ["ann 1", "three 1"]);
    // Whoever is gone is passed over.
    app.db.as_user(&ada, async |tx| documents::refresh(tx, &ids).await).await.unwrap();
    assert_eq!(ask(&app, &ada, tokens, &[]).await, ["ann 1", "three 1"]);
    // A user goes with all that is hers.
    app.sql("delete from users").await;
    assert_eq!(app.sql("select token from contact_name_tokens").await.len(), 0);
}

#[actix_web::test]
async fn whatever_is_typed_or_stored_is_no_error_and_no_injection() {
    let app = App::spawn().await;
    let ada = who(&app, &app.sign_in("ada").await).await;
    let parts = [
        "(a+)+$",
        "'",
        "\\",
        "&|!:*<>",
        "' | '' :* & \\",
        "%_",
        "'); drop table contacts; --",
        "山",
        "🦊",
        "a'",
        "@a.b",
        "\u{202e}x",
    ];
    for part in parts {
        let text = part.repeat(100_000 / part.len());
        let mut hostile = person("Mallory");
        hostile.notes = text.clone();
        hostile.nickname = Some(text.chars().take(255).collect());
        hostile.methods = [MethodKind::Email, MethodKind::Phone, MethodKind::Url, MethodKind::Other]
            .map(|kind| method(kind, &text.chars().take(255).collect::<String>()))
            .to_vec();
        let ids = save(&app, &ada, &[hostile]).await;
        assert_eq!(ids.len(), 1);
        found(&app, &ada, &text).await;
        found(&app, &ada, &format!("mallory {text}")).await;
        found(&app, &ada, &text.replace(' ', "")).await;
    }
    assert_eq!(found(&app, &ada, "mallory").await.len(), parts.len());
    let longest: Vec<String> =
        ask(&app, &ada, "select max(length(document))::text from contact_search_documents", &[]).await;
    assert!(longest[0].parse::<usize>().unwrap() < 5_000);
}

#[actix_web::test]
async fn of_many_who_match_the_strongest_and_those_called_exactly_so_come_first() {
    let app = App::spawn().await;
    let ada = who(&app, &app.sign_in("ada").await).await;
    let mut people: Vec<Person> = (0..2_500).map(|n| person(&format!("Anna Nr{n}"))).collect();
    people[1_200].relationship_strength = Some(10);
    people.push(person("An Exact"));
    for batch in people.chunks(500) {
        save(&app, &ada, batch).await;
    }
    let found = suggested(&app, &ada, "an").await;
    assert_eq!((found.len(), &found[..2]), (10, &["An Exact".to_owned(), "Anna Nr1200".to_owned()][..]));
    assert_eq!(suggested(&app, &ada, "anna nr77").await.len(), 10);
    assert_eq!(suggested(&app, &ada, "nr2499 anna").await, ["Anna Nr2499"]);
}
