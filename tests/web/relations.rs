//! What people are to each other.

use crate::harness::{App, Page, User};

async fn add(ada: &mut User, first: &str, last: &str) -> String {
    ada.post("/contacts", &[("first_name", first), ("last_name", last)]).await.expect(303).location()
}

async fn relate(ada: &mut User, person: &str, fields: &[(&str, &str)]) -> Page {
    ada.post(&format!("{person}/relations"), fields).await
}

/// Her relations as her page lists them: `Child Bo, since 2001`.
async fn relations(ada: &mut User, person: &str) -> Vec<String> {
    let page = ada.get(person).await.expect(200);
    let (terms, texts) = (page.all("dt[data-kind=relation]"), page.all("dt[data-kind=relation] + dd"));
    let lines = terms.iter().zip(&texts).map(|(term, text)| {
        let text = text.text().replace("Edit", " ").split_whitespace().collect::<Vec<_>>().join(" ");
        format!("{} {text}", term.text().trim())
    });
    lines.collect()
}

#[actix_web::test]
async fn a_relation_stands_on_both_pages_each_in_its_own_word() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (ann, bo) = (add(&mut ada, "Ann", "Berg").await, add(&mut ada, "Bo", "Berg").await);
    let child = [("other", "bo berg"), ("kind", "child"), ("started_on", "2001-05-01"), ("note", "Her first")];
    relate(&mut ada, &ann, &child).await.expect(303);
    assert_eq!(relations(&mut ada, &ann).await, ["Child Bo Berg since 2001 Her first"]);
    assert_eq!(relations(&mut ada, &bo).await, ["Parent Ann Berg since 2001 Her first"]);
    let mentor = [("other", "Ann Berg"), ("kind", "own"), ("word", "Mentor"), ("inverse_word", "Mentee")];
    relate(&mut ada, &bo, &mentor).await.expect(303);
    assert_eq!(relations(&mut ada, &ann).await[1], "Mentee Bo Berg");
    for (kind, other) in [("introduced by", "Introduced"), ("manager", "Report"), ("sibling", "Sibling")] {
        relate(&mut ada, &ann, &[("other", "Bo Berg"), ("kind", kind)]).await.expect(303);
        assert!(relations(&mut ada, &bo).await.contains(&format!("{other} Ann Berg")), "{kind}");
    }
    // It is changed from the other side, and keeps to hers.
    let edit =
        ada.get(&bo).await.all("dt[data-kind=relation] + dd a.quiet").iter().map(|a| a.attr("href")).next().unwrap();
    let form = ada.get(&edit).await.expect(200);
    let was = form.one("select[name=kind] option[selected]").attr("value");
    ada.post(&edit, &[("kind", "friend"), ("ended_on", "2020-01-01"), ("version", "1")]).await.expect(303);
    assert!(relations(&mut ada, &ann).await.contains(&"Friend Bo Berg until 2020".to_owned()), "it was {was}");
}

#[actix_web::test]
async fn the_same_relation_is_refused_from_either_side_and_one_with_oneself_too() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (ann, bo) = (add(&mut ada, "Ann", "Berg").await, add(&mut ada, "Bo", "Berg").await);
    let mentor = |name, word, inverse| [("other", name), ("kind", "own"), ("word", word), ("inverse_word", inverse)];
    relate(&mut ada, &ann, &[("other", "Bo Berg"), ("kind", "child")]).await.expect(303);
    relate(&mut ada, &ann, &mentor("Bo Berg", "Mentee", "Mentor")).await.expect(303);
    for (person, fields) in [
        (&ann, &[("other", "Bo Berg"), ("kind", "child")][..]),
        (&bo, &[("other", "Ann Berg"), ("kind", "parent")][..]),
        (&bo, &mentor("Ann Berg", "mentor", "MENTEE")[..]),
    ] {
        let page = relate(&mut ada, person, fields).await.expect(422);
        assert_eq!(page.one("#other-error").text(), "They have this relation already.");
    }
    let id = ann.trim_start_matches("/contacts/");
    for fields in [[("other", "ann berg"), ("kind", "friend")], [("other_contact_id", id), ("kind", "friend")]] {
        let page = relate(&mut ada, &ann, &fields).await.expect(422);
        assert_eq!(page.one("#other-error").text(), "That is the same person.");
    }
    assert_eq!(app.sql("select from contact_relations").await.len(), 2);
    // The database refuses it too.
    app.sql(
        "do $$ begin insert into contact_relations (user_id, contact_id, other_contact_id, kind) select user_id, id, id, 'friend' \
         from contacts; raise 'it stands'; exception when check_violation then null; end $$",
    )
    .await;
}

#[actix_web::test]
async fn a_name_of_several_is_asked_about_and_one_of_nobody_may_be_made() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let ann = add(&mut ada, "Ann", "Berg").await;
    let (first, second) = (add(&mut ada, "Wei", "Li").await, add(&mut ada, "Wei", "Li").await);
    ada.post(
        &format!("{second}/employments"),
        &[("organization", "Fjord"), ("title", "Baker"), ("is_current", "true")],
    )
    .await
    .expect(303);
    let friend = [("other", "wei li"), ("kind", "friend")];
    let page = relate(&mut ada, &ann, &friend).await.expect(422);
    assert_eq!(page.one("#other_contact_id-error").text(), "Say who is meant.");
    assert_eq!(page.count("input[name=other_contact_id][checked]"), 0);
    let offered: Vec<String> = page.all("input[name=other_contact_id]").iter().map(|one| one.attr("value")).collect();
    let id = |path: &str| path.trim_start_matches("/contacts/").to_owned();
    assert_eq!(offered.len(), 3);
    assert!(offered.contains(&id(&first)) && offered.contains(&id(&second)) && offered[2] == "new");
    assert!(page.one("fieldset").text().contains("Baker, Fjord"));
    // A choice among these is none once another name was typed.
    let other = [("other", "Zoe Quist"), ("asked", "wei li"), ("kind", "friend"), ("other_contact_id", &id(&first))];
    let page = relate(&mut ada, &ann, &other).await.expect(422);
    assert_eq!(page.one("#other_contact_id-error").text(), "Nobody is called so yet.");
    assert_eq!(page.one("input[name=other_contact_id][checked]").attr("value"), "new");
    let second_id = id(&second);
    let chosen = [&friend[..], &[("asked", "wei li"), ("other_contact_id", &second_id)]].concat();
    relate(&mut ada, &ann, &chosen).await.expect(303);
    assert_eq!(relations(&mut ada, &second).await, ["Friend Ann Berg"]);
    let new = [("other", "Zoe Quist"), ("asked", "Zoe Quist"), ("kind", "partner"), ("other_contact_id", "new")];
    relate(&mut ada, &ann, &new).await.expect(303);
    let made = app.sql("select first_name, last_name from contacts where display_name = 'Zoe Quist'").await;
    assert_eq!((made[0].get::<_, &str>(0), made[0].get::<_, &str>(1)), ("Zoe", "Quist"));
    // Undone, whoever was made for it goes with it.
    let undo = ada.get(&ann).await.one("form[action$='/undo']").attr("action");
    ada.post(&undo, &[]).await.expect(303);
    assert_eq!(relations(&mut ada, &ann).await, ["Friend Wei Li"]);
    assert_eq!(app.sql("select from contacts where display_name = 'Zoe Quist'").await.len(), 0);
    // A field offers names while one types.
    let swap = [("hx-request", "true"), ("hx-request-type", "partial"), ("hx-target", "datalist#people-options")];
    let options = ada.get_with("/contacts?options=other&other=we", &swap).await.expect(200);
    assert_eq!(options.all("option").iter().map(|one| one.attr("value")).collect::<Vec<_>>(), ["Wei Li"]);
}

#[actix_web::test]
async fn a_relation_to_somebody_in_the_trash_is_hidden_until_she_is_back() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (ann, bo) = (add(&mut ada, "Ann", "Berg").await, add(&mut ada, "Bo", "Berg").await);
    relate(&mut ada, &ann, &[("other", "Bo Berg"), ("kind", "partner")]).await.expect(303);
    let edit = ada.get(&ann).await.one("dt[data-kind=relation] + dd a.quiet").attr("href");
    ada.post(&format!("{bo}/trash"), &[]).await.expect(303);
    assert_eq!(relations(&mut ada, &ann).await, Vec::<String>::new());
    ada.get(&edit).await.expect(404);
    ada.post(&format!("{bo}/restoration"), &[]).await.expect(303);
    assert_eq!(relations(&mut ada, &ann).await, ["Partner Bo Berg"]);
}

#[actix_web::test]
async fn removing_and_changing_a_relation_is_undone_and_told_in_the_history() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (ann, _) = (add(&mut ada, "Ann", "Berg").await, add(&mut ada, "Bo", "Berg").await);
    relate(&mut ada, &ann, &[("other", "Bo Berg"), ("kind", "partner"), ("note", "Since school")]).await.expect(303);
    let edit = ada.get(&ann).await.one("dt[data-kind=relation] + dd a.quiet").attr("href");
    ada.post(&edit, &[("kind", "friend"), ("version", "1")]).await.expect(303);
    let undo = ada.get(&ann).await.one("form[action$='/undo']").attr("action");
    let change = undo.replace("/change-sets/", "/history/").replace("/undo", "");
    let page = ada.get(&change).await.expect(200);
    assert!(page.one("h1").text().contains("relations changed"), "{}", page.one("h1").text());
    assert!(page.one(".changes").text().contains("what the other one is"));
    ada.post(&undo, &[]).await.expect(303);
    assert_eq!(relations(&mut ada, &ann).await, ["Partner Bo Berg Since school"]);
    ada.post(&format!("{edit}/removal"), &[]).await.expect(303);
    let undo = ada.get(&ann).await.one("form[action$='/undo']").attr("action");
    assert_eq!(relations(&mut ada, &ann).await, Vec::<String>::new());
    ada.post(&undo, &[]).await.expect(303);
    assert_eq!(relations(&mut ada, &ann).await, ["Partner Bo Berg Since school"]);
}

#[actix_web::test]
async fn an_edit_of_a_relation_over_a_newer_version_shows_both_from_whichever_side() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (ann, bo) = (add(&mut ada, "Ann", "Berg").await, add(&mut ada, "Bo", "Berg").await);
    relate(&mut ada, &ann, &[("other", "Bo Berg"), ("kind", "child")]).await.expect(303);
    let hers = ada.get(&ann).await.one("dt[data-kind=relation] + dd a.quiet").attr("href");
    let his = ada.get(&bo).await.one("dt[data-kind=relation] + dd a.quiet").attr("href");
    let version = ada.get(&hers).await.expect(200).one("input[name=version]").attr("value");
    ada.post(&his, &[("kind", "parent"), ("note", "Kept"), ("version", &version)]).await.expect(303);
    let page = ada.post(&hers, &[("kind", "sibling"), ("version", &version)]).await.expect(409);
    let (mine, stored) = (page.all(".notice td.mine"), page.all(".notice td.stored"));
    let told: Vec<_> = mine.iter().zip(&stored).map(|(mine, stored)| (mine.text(), stored.text())).collect();
    assert_eq!(told, [("Sibling", "Child"), ("", "Kept")]);
    assert_eq!(page.one("select[name=kind] option[selected]").attr("value"), "sibling");
    assert_eq!(relations(&mut ada, &ann).await, ["Child Bo Berg Kept"]);
    let newer = page.one("input[name=version]").attr("value");
    ada.post(&hers, &[("kind", "sibling"), ("note", "Kept"), ("version", &newer)]).await.expect(303);
    assert_eq!(relations(&mut ada, &ann).await, ["Sibling Bo Berg Kept"]);
}

#[actix_web::test]
async fn somebody_who_was_related_to_since_she_was_added_does_not_go_with_the_undo() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let bo = add(&mut ada, "Bo", "Berg").await;
    let undo = ada.get(&bo).await.one("form[action$='/undo']").attr("action");
    let ann = add(&mut ada, "Ann", "Berg").await;
    relate(&mut ada, &ann, &[("other", "Bo Berg"), ("kind", "sibling")]).await.expect(303);
    ada.post(&undo, &[]).await.expect(303);
    assert_eq!(relations(&mut ada, &ann).await, ["Sibling Bo Berg"]);
}

#[actix_web::test]
async fn whoever_stays_of_a_merge_has_the_relations_of_all_each_once_and_none_with_herself() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (ann, anne) = (add(&mut ada, "Ann", "Berg").await, add(&mut ada, "Anne", "Berg").await);
    let (bo, cy) = (add(&mut ada, "Bo", "Berg").await, add(&mut ada, "Cy", "Berg").await);
    for person in [&ann, &anne] {
        relate(&mut ada, person, &[("other", "Bo Berg"), ("kind", "child")]).await.expect(303);
    }
    relate(&mut ada, &cy, &[("other", "Anne Berg"), ("kind", "manager")]).await.expect(303);
    relate(&mut ada, &anne, &[("other", "Ann Berg"), ("kind", "sibling")]).await.expect(303);
    let ids = [&ann, &anne].map(|path| path.trim_start_matches("/contacts/"));
    crate::merging::merge(&mut ada, &ids, &[("survivor", ids[0])]).await.expect(303);
    let undo = ada.get("/settings").await.one("#flash form").attr("action");
    assert_eq!(relations(&mut ada, &ann).await, ["Child Bo Berg", "Report Cy Berg"]);
    assert_eq!(relations(&mut ada, &bo).await, ["Parent Ann Berg"]);
    assert_eq!(relations(&mut ada, &cy).await, ["Manager Ann Berg"]);
    ada.post(&undo, &[]).await.expect(303);
    assert_eq!(relations(&mut ada, &ann).await, ["Child Bo Berg", "Sibling Anne Berg"]);
    assert_eq!(relations(&mut ada, &cy).await, ["Manager Anne Berg"]);
}

#[actix_web::test]
async fn what_is_wrong_with_a_relation_is_said_at_its_field() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (ann, _) = (add(&mut ada, "Ann", "Berg").await, add(&mut ada, "Bo", "Berg").await);
    for (fields, at) in [
        (&[("other", ""), ("kind", "friend")][..], "other"),
        (&[("other", "Bo Berg"), ("kind", "enemy")][..], "kind"),
        (&[("other", "Bo Berg"), ("kind", "own"), ("word", "mentor")][..], "inverse_word"),
        (&[("other", "Bo Berg"), ("kind", "friend"), ("word", "mentor")][..], "word"),
        (&[("other", "Bo Berg"), ("kind", "friend"), ("started_on", "31.2.2001")][..], "started_on"),
        (
            &[("other", "Bo Berg"), ("kind", "friend"), ("started_on", "2001-05-01"), ("ended_on", "2000-01-01")][..],
            "ended_on",
        ),
    ] {
        let page = relate(&mut ada, &ann, fields).await.expect(422);
        assert!(!page.one(&format!("#{at}-error")).text().is_empty());
        assert_eq!(page.one("input[name=other]").attr("value"), fields[0].1);
    }
}

#[actix_web::test]
async fn somebody_new_for_whom_there_is_no_room_is_refused_at_the_name_and_nothing_typed_is_lost() {
    let app = App::spawn_limited("contacts=1").await;
    let mut ada = app.sign_in("ada").await;
    let ann = add(&mut ada, "Ann", "Berg").await;
    let new = [("other", "Zoe"), ("other_contact_id", "new"), ("kind", "friend"), ("note", "Since school")];
    let page = relate(&mut ada, &ann, &new).await.expect(422);
    assert!(page.one("#other-error").text().contains("at most 1"), "{}", page.one("#other-error").text());
    assert_eq!(page.one("textarea[name=note]").text(), "Since school");
    assert_eq!(app.sql("select from contacts").await.len(), 1);
}

#[actix_web::test]
async fn what_is_noted_of_a_relation_finds_whoever_it_was_entered_for() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (ann, bo) = (add(&mut ada, "Ann", "Berg").await, add(&mut ada, "Bo", "Berg").await);
    relate(&mut ada, &ann, &[("other", "Bo Berg"), ("kind", "friend"), ("note", "Beekeepers both")]).await.expect(303);
    assert_eq!(ada.get("/contacts?q=beekeepers").await.count("[data-kind=contact]"), 1);
    let edit = ada.get(&bo).await.one("dt[data-kind=relation] + dd a.quiet").attr("href");
    ada.post(&edit, &[("kind", "friend"), ("note", "Falconers"), ("version", "1")]).await.expect(303);
    assert_eq!(ada.get("/contacts?q=beekeepers").await.count("[data-kind=contact]"), 0);
    assert_eq!(ada.get("/contacts?q=falconers").await.count("[data-kind=contact]"), 1);
    ada.post(&format!("{edit}/removal"), &[]).await.expect(303);
    assert_eq!(ada.get("/contacts?q=falconers").await.count("[data-kind=contact]"), 0);
}
