//! What people are to each other, in files.

use super::words;
use crate::harness::{App, User};

/// A card of `who`, with these lines.
fn card(who: &str, lines: &str) -> String {
    format!(
        "BEGIN:VCARD\r\nVERSION:4.0\r\nUID:urn:uuid:{}\r\nFN:{who}\r\nN:;{who};;;\r\n{lines}END:VCARD\r\n",
        uid(who)
    )
}

fn uid(who: &str) -> &'static str {
    match who {
        "Ann" => "01900000-0000-7000-8000-00000000000a",
        "Bo" => "01900000-0000-7000-8000-00000000000b",
        _ => "01900000-0000-7000-8000-00000000000c",
    }
}

/// `Ann child Bo 2001-05-01 Her first`, of this user's people.
async fn relations(app: &App, email: &str) -> Vec<String> {
    let sql = format!(
        "select concat_ws(' ', c.display_name, r.kind, r.word, r.inverse_word, o.display_name, r.started_on, r.ended_on, r.note) \
         from contact_relations r join contacts c on c.id = r.contact_id join contacts o on o.id = r.other_contact_id \
         join users u on u.id = r.user_id where u.email = '{email}@example.com' order by 1"
    );
    app.sql(&sql).await.iter().map(|row| row.get::<_, String>(0).trim().to_owned()).collect()
}

async fn applies_file(app: &App, user: &mut User, name: &str, file: &str) -> String {
    let page = user.upload("/imports", name, file.as_bytes()).await.expect(303).location();
    app.run_jobs().await;
    user.applies(app, &page).await;
    page
}

#[actix_web::test]
async fn relations_go_with_every_export_and_are_read_back_on_both_sides() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let mut paths = Vec::new();
    for name in ["Ann", "Bo", "Cy"] {
        paths.push(ada.post("/contacts", &[("first_name", name)]).await.expect(303).location());
    }
    let first = [("other", "Bo"), ("kind", "child"), ("started_on", "2001-05-01"), ("note", "Her \"first\";\nof two")];
    ada.post(&format!("{}/relations", paths[0]), &first).await.expect(303);
    let mentor = [
        ("other", "Cy"),
        ("kind", "own"),
        ("word", "Mentor, old"),
        ("inverse_word", "Mentee"),
        ("ended_on", "2020-01-01"),
    ];
    ada.post(&format!("{}/relations", paths[0]), &mentor).await.expect(303);
    ada.post(&format!("{}/relations", paths[2]), &[("other", "Bo"), ("kind", "introduced by")]).await.expect(303);
    let hers = relations(&app, "ada").await;
    assert_eq!(hers.len(), 3);
    for (name, path) in [("three", "vcf?version=3.0"), ("four", "vcf?version=4.0"), ("table", "csv")] {
        let file = ada.get(&format!("/exports/contacts.{path}")).await.expect(200).body;
        let file_name = format!("contacts.{}", &path[..3]);
        let again = ada.upload("/imports", &file_name, file.as_bytes()).await.expect(303).location();
        app.run_jobs().await;
        assert_eq!(ada.words(&again).await, words(&[("unchanged", 3)]), "{name}: {file}");
        let mut other = app.sign_in(name).await;
        let page = applies_file(&app, &mut other, &file_name, &file).await;
        let read = relations(&app, name).await;
        assert_eq!(read.len(), 3, "{name}: {read:?}");
        let people = other.get("/contacts").await.expect(200);
        let ann =
            people.all("[data-kind=contact] a").iter().find(|one| one.text().contains("Ann")).unwrap().attr("href");
        let shown: Vec<String> =
            other.get(&ann).await.all("dt[data-kind=relation]").iter().map(|word| word.text().to_owned()).collect();
        assert_eq!(shown, ["Child", "Mentor, old"], "{name}");
        assert_eq!(relations(&app, "ada").await, hers);
        // Taken back, neither keeps the other here.
        other.undoes(&page).await;
        app.run_jobs().await;
        assert_eq!(other.get("/contacts").await.count("[data-kind=contact]"), 0, "{name}");
        assert_eq!(relations(&app, name).await, Vec::<String>::new());
    }
}

#[actix_web::test]
async fn a_relation_that_she_removed_is_not_revived_and_one_that_the_card_lost_goes() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let bo = format!("RELATED;TYPE=child:urn:uuid:{}\r\n", uid("Bo"));
    let cy = format!("RELATED;TYPE=friend;VALUE=uri:urn:uuid:{}\r\n", uid("Cy"));
    let file = |of_ann: &str| [card("Ann", of_ann), card("Bo", ""), card("Cy", "")].concat();
    ada.imports(&app, &file(&format!("{bo}{cy}"))).await;
    assert_eq!(relations(&app, "ada").await, ["Ann child Bo", "Ann friend Cy"]);
    app.sql("delete from contact_relations where kind = 'child'").await;
    let page = ada.imports(&app, &file(&format!("{bo}{cy}NICKNAME:Annie\r\n"))).await;
    assert_eq!(ada.words(&page).await, words(&[("changed", 1), ("unchanged", 2)]));
    assert_eq!(relations(&app, "ada").await, ["Ann friend Cy"]);
    let page = ada.imports(&app, &file(&bo)).await;
    assert_eq!(relations(&app, "ada").await, Vec::<String>::new());
    ada.undoes(&page).await;
    assert_eq!(relations(&app, "ada").await, ["Ann friend Cy"]);
}

#[actix_web::test]
async fn what_is_related_to_nobody_here_is_kept_and_given_back() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let lines = format!(
        "RELATED;TYPE=spouse;VALUE=text:Jenny\r\nRELATED;TYPE=muse:urn:uuid:{0}\r\nRELATED;TYPE=sibling:urn:uuid:{0}\r\n",
        uid("Cy")
    );
    let file = card("Ann", &lines);
    ada.imports(&app, &file).await;
    assert_eq!(relations(&app, "ada").await, Vec::<String>::new());
    let given = ada.get("/exports/contacts.vcf").await.expect(200).body;
    for line in lines.lines() {
        assert!(given.contains(line), "{line}: {given}");
    }
    let page = ada.reads(&app, &file).await;
    assert_eq!(ada.words(&page).await, words(&[("unchanged", 1)]));
}

#[actix_web::test]
async fn what_a_card_says_of_a_relation_is_no_change_however_it_is_read_back() {
    // Without a UID of its own: what is exported of her names her by her id, under which no card was seen.
    let nobodys = format!(
        "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Ann\r\nN:;Ann;;;\r\nEMAIL:ann@x.example\r\n\
         RELATED;TYPE=sibling:urn:uuid:{}\r\nEND:VCARD\r\n",
        uid("Cy")
    );
    let both = [card("Ann", &format!("RELATED;TYPE=child:urn:uuid:{}\r\n", uid("Bo"))), card("Bo", "")].concat();
    for (first, people) in [(nobodys, 1), (both, 2)] {
        let app = App::spawn().await;
        let mut ada = app.sign_in("ada").await;
        ada.imports(&app, &first).await;
        let mut files = vec![("first.vcf", first)];
        for (name, path) in [("3.vcf", "vcf?version=3.0"), ("4.vcf", "vcf?version=4.0"), ("x.csv", "csv")] {
            files.push((name, ada.get(&format!("/exports/contacts.{path}")).await.expect(200).body));
        }
        let account = ada.get("/exports/account.json").await.expect(200).body;
        let mut bob = app.sign_in("bob").await;
        bob.upload("/imports", "account.json", account.as_bytes()).await.expect(303);
        app.run_jobs().await;
        for (name, file) in &files {
            for user in [&mut ada, &mut bob] {
                let page = user.upload("/imports", name, file.as_bytes()).await.expect(303).location();
                app.run_jobs().await;
                assert_eq!(user.words(&page).await, words(&[("unchanged", people)]), "{name}: {file}");
            }
        }
    }
}

#[actix_web::test]
async fn whom_a_later_file_brings_is_related_to_whoever_named_her_before() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let ann = card("Ann", &format!("RELATED;TYPE=child:urn:uuid:{}\r\n", uid("Bo")));
    ada.imports(&app, &ann).await;
    ada.imports(&app, &card("Bo", &format!("RELATED;TYPE=parent:urn:uuid:{}\r\n", uid("Ann")))).await;
    assert_eq!(relations(&app, "ada").await, ["Bo parent Ann"]);
    let given = ada.get("/exports/contacts.vcf").await.expect(200).body;
    assert_eq!(given.matches("RELATED;").count(), 2, "{given}");
    let page = ada.reads(&app, &ann).await;
    assert_eq!(ada.words(&page).await, words(&[("unchanged", 1)]));
}

#[actix_web::test]
async fn whom_the_same_file_brings_hundreds_of_cards_later_is_related_too() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let first = card(
        "Ann",
        &format!("RELATED;TYPE=child:urn:uuid:{}\r\nRELATED;TYPE=friend:urn:uuid:{}\r\n", uid("Bo"), uid("Nobody")),
    );
    let other =
        |n: i32| format!("BEGIN:VCARD\r\nVERSION:4.0\r\nFN:P{n}\r\nN:;P{n};;;\r\nEMAIL:{n}@x.example\r\nEND:VCARD\r\n");
    let between: String = (0..400).map(other).collect();
    let file = [first, between, card("Bo", "")].concat();
    let page = ada.imports(&app, &file).await;
    assert_eq!(relations(&app, "ada").await, ["Ann child Bo"]);
    let again = ada.reads(&app, &file).await;
    assert_eq!(ada.words(&again).await, words(&[("unchanged", 402)]));
    ada.undoes(&page).await;
    app.run_jobs().await;
    assert_eq!(ada.get("/contacts").await.count("[data-kind=contact]"), 0);
}
