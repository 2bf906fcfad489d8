//! Interactions: logged, found, changed, put away and brought back, on each person's page and for the whole network.

use crate::harness::{App, Page, User};

/// Adds somebody and answers with her id.
pub async fn person(user: &mut User, name: &str) -> String {
    let (first, last) = name.split_once(' ').unwrap_or((name, ""));
    let path = user.post("/contacts", &[("first_name", first), ("last_name", last)]).await.expect(303).location();
    path.trim_start_matches("/contacts/").to_owned()
}

/// Logs an interaction and answers with the path of its page.
pub async fn log(user: &mut User, kind: &str, when: &str, subject: &str, people: &[&str]) -> String {
    let mut form = vec![("interaction_type", kind), ("occurred_at", when), ("subject", subject)];
    form.extend(people.iter().map(|id| ("contact_id", *id)));
    user.post("/interactions", &form).await.expect(303).location()
}

pub fn titles(page: &Page) -> Vec<String> {
    page.all("[data-kind=interaction] strong").iter().map(|title| title.text().to_owned()).collect()
}

pub async fn titles_at(user: &mut User, path: &str) -> Vec<String> {
    titles(&user.get(path).await.expect(200))
}

#[actix_web::test]
async fn a_call_is_logged_from_her_page_and_stands_there_by_its_day() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = person(&mut ada, "Grace Hopper").await;
    let link = ada.get(&format!("/contacts/{grace}")).await.expect(200).one("main [data-key=l]").attr("href");
    let form = ada.get(&link).await.expect(200);
    assert_eq!(form.one("input[name=contact_id][checked]").attr("value"), grace);
    let today = app.sql("select (now() at time zone 'Europe/Berlin')::date::text").await[0].get::<_, String>(0);
    assert_eq!(form.one("input[name=occurred_at]").attr("value"), today);
    let begun = form.one("input[name=begun_at]").attr("value");
    let typed = [
        ("interaction_type", "call"),
        ("occurred_at", "2026-05-03 14:05"),
        ("direction", "outbound"),
        ("subject", "Her compiler"),
        ("summary", "It **works**."),
        ("contact_id", &grace),
        ("begun_at", &begun),
        ("participant[]", ""),
    ];
    assert_eq!(ada.post("/interactions", &typed).await.expect(303).location(), format!("/contacts/{grace}"));
    let page = ada.get(&format!("/contacts/{grace}")).await.expect(200);
    assert_eq!(titles(&page), ["Her compiler"]);
    assert_eq!(page.one(".timeline h3 time").attr("datetime"), "2026-05-03");
    assert_eq!(page.one(".timeline li time").attr("datetime"), "2026-05-03T14:05:00+02:00");
    assert_eq!(page.all(".facts section time")[0].attr("datetime"), "2026-05-03");
    let own = ada.get(&page.one(".timeline li a").attr("href")).await.expect(200);
    assert_eq!(own.one(".prose strong").text(), "works");
    assert_eq!(own.one("[data-kind=contact] strong").text(), "Grace Hopper");
}

#[actix_web::test]
async fn what_is_wrong_is_told_at_its_field_and_what_was_typed_stays() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let long = "x".repeat(501);
    let typed = [
        ("interaction_type", "dance"),
        ("occurred_at", "2030-02-30"),
        ("direction", "up"),
        ("subject", &long),
        ("summary", "kept"),
    ];
    let page = ada.post("/interactions", &typed).await.expect(422);
    for field in ["interaction_type", "occurred_at", "direction", "subject", "participant"] {
        assert_eq!(page.count(&format!("#{field}-error")), 1, "{field}");
    }
    assert_eq!(page.one("input[name=subject]").attr("value"), long);
    assert_eq!(page.one("input[name=occurred_at]").attr("value"), "2030-02-30");
    assert_eq!(page.one("textarea[name=summary]").text().trim(), "kept");
    let future = [("interaction_type", "call"), ("occurred_at", "2999-01-01"), ("participant[]", "Grace")];
    let page = ada.post("/interactions", &future).await.expect(422);
    assert!(page.one("#occurred_at-error").text().contains("still to come"));
    assert_eq!(app.sql("select from interactions").await.len(), 0);
}

#[actix_web::test]
async fn more_names_than_are_possible_at_once_are_refused_at_the_field_and_all_of_them_stay() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let names: Vec<String> = (1..=31).map(|n| format!("Guest {n}")).collect();
    let mut form = vec![("interaction_type", "meeting"), ("occurred_at", "2026-05-03"), ("summary", "a feast")];
    form.extend(names.iter().map(|name| ("participant[]", name.as_str())));
    let page = ada.post("/interactions", &form).await.expect(422);
    assert!(page.one("#participant-error").text().contains("31 names; 30 at once"));
    let kept: Vec<String> = page.all("input[name='participant[]']").iter().map(|name| name.attr("value")).collect();
    assert_eq!(kept.iter().filter(|name| !name.is_empty()).collect::<Vec<_>>(), names.iter().collect::<Vec<_>>());
    assert_eq!(page.one("textarea[name=summary]").text().trim(), "a feast");
    assert_eq!(app.sql("select from interactions").await.len(), 0);
}

#[actix_web::test]
async fn a_name_that_may_mean_two_is_asked_about_and_nobody_is_guessed() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (grace, other) = (person(&mut ada, "Grace Hopper").await, person(&mut ada, "Grace Kelly").await);
    let alan = person(&mut ada, "Alan Turing").await;
    let typed = [
        ("interaction_type", "meeting"),
        ("occurred_at", "yesterday"),
        ("participant[]", "Grace"),
        ("participant[]", "alan"),
    ];
    let page = ada.post("/interactions", &typed).await.expect(422);
    assert!(page.one("#participant-error").text().contains("Grace"));
    let mut asked: Vec<String> = page.all("input[name=meant-0]").iter().map(|one| one.attr("value")).collect();
    asked.sort();
    let mut both = vec![grace.clone(), other, "new".to_owned()];
    both.sort();
    assert_eq!(asked, both);
    let answered = [&typed[..], &[("asked-0", "Grace"), ("meant-0", &grace)]].concat();
    ada.post("/interactions", &answered).await.expect(303);
    for id in [&grace, &alan] {
        assert_eq!(titles_at(&mut ada, &format!("/contacts/{id}")).await, ["Meeting"]);
    }
    let new = [
        ("interaction_type", "call"),
        ("occurred_at", "today"),
        ("participant[]", "Ada King"),
        ("asked-0", "Ada King"),
        ("meant-0", "new"),
    ];
    ada.post("/interactions", &new).await.expect(303);
    let king = ada.get("/contacts?q=king").await.expect(200).one("[data-kind=contact]").attr("data-id");
    assert_eq!(titles_at(&mut ada, &format!("/contacts/{king}")).await, ["Call"]);
}

#[actix_web::test]
async fn an_edit_changes_what_was_said_when_and_with_whom_and_an_undo_takes_all_of_it_back() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (grace, alan) = (person(&mut ada, "Grace Hopper").await, person(&mut ada, "Alan Turing").await);
    let path = log(&mut ada, "call", "2026-05-03 14:05", "Compilers", &[&grace]).await;
    let form = ada.get(&format!("{path}/edit")).await.expect(200);
    assert_eq!(form.one("input[name=occurred_at]").attr("value"), "2026-05-03 14:05");
    let edit = [
        ("version", form.one("input[name=version]").attr("value")),
        ("interaction_type", "meeting".to_owned()),
        ("occurred_at", "2026-06-01".to_owned()),
        ("subject", "Machines".to_owned()),
        ("contact_id", alan.clone()),
    ];
    let edit: Vec<(&str, &str)> = edit.iter().map(|(name, value)| (*name, value.as_str())).collect();
    ada.post(&path, &edit).await.expect(303);
    assert_eq!(titles_at(&mut ada, &format!("/contacts/{grace}")).await, Vec::<String>::new());
    assert_eq!(titles_at(&mut ada, &format!("/contacts/{alan}")).await, ["Machines"]);
    assert_eq!(titles_at(&mut ada, "/interactions?q=machines").await, ["Machines"]);
    assert_eq!(ada.get(&path).await.expect(200).one("header time").text(), "1 June 2026");
    ada.post(&path, &edit).await.expect(409);
    let history = ada.get("/history").await.expect(200);
    assert!(history.all("[data-kind=change_set] strong")[0].text().contains("changed"), "{}", history.body);
    let undo = history.all("[data-kind=change_set] form")[0].attr("action");
    ada.post(&undo, &[("next", &path)]).await.expect(303);
    assert_eq!(titles_at(&mut ada, &format!("/contacts/{grace}")).await, ["Compilers"]);
    assert_eq!(titles_at(&mut ada, "/interactions?q=compilers").await, ["Compilers"]);
    assert_eq!(titles_at(&mut ada, "/interactions?q=machines").await, Vec::<String>::new());
    let again = ada.get(&format!("{path}/edit")).await.expect(200);
    assert_eq!(again.one("input[name=occurred_at]").attr("value"), "2026-05-03 14:05");
}

#[actix_web::test]
async fn an_edit_over_a_newer_one_shows_both_also_where_only_somebody_joined() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (grace, alan) = (person(&mut ada, "Grace Hopper").await, person(&mut ada, "Alan Turing").await);
    let path = log(&mut ada, "call", "2026-05-03", "Compilers", &[&grace]).await;
    let version = ada.get(&format!("{path}/edit")).await.one("input[name=version]").attr("value");
    let same =
        [("interaction_type", "call"), ("occurred_at", "2026-05-03"), ("version", &version), ("contact_id", &grace)];
    let joined = [&same[..], &[("subject", "Compilers"), ("contact_id", &alan)]].concat();
    ada.post(&path, &joined).await.expect(303);
    let page = ada.post(&path, &[&same[..], &[("subject", "Mine")]].concat()).await.expect(409);
    let said: Vec<String> = page.all("td.mine, td.stored").iter().map(|cell| cell.text().to_owned()).collect();
    assert_eq!(said, ["Grace Hopper", "Grace Hopper, Alan Turing", "Mine", "Compilers"]);
    assert_eq!(page.one("input[name=subject]").attr("value"), "Mine");
    let newer = page.one("input[name=version]").attr("value");
    let over = [
        ("interaction_type", "call"),
        ("occurred_at", "2026-05-03"),
        ("version", &newer),
        ("contact_id", &grace),
        ("subject", "Mine"),
    ];
    ada.post(&path, &over).await.expect(303);
    assert_eq!(titles_at(&mut ada, "/interactions").await, ["Mine"]);
    ada.post(&path, &over).await.expect(409);
}

#[actix_web::test]
async fn a_type_of_another_program_and_the_seconds_of_an_import_outlive_an_edit() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = person(&mut ada, "Grace").await;
    let path = log(&mut ada, "call", "2026-05-03 14:05", "", &[&grace]).await;
    app.sql("update interactions set interaction_type = 'fax', occurred_at = '2026-05-03 12:05:42.5+00', is_contact = false").await;
    let form = ada.get(&format!("{path}/edit")).await.expect(200);
    assert_eq!(form.one("select[name=interaction_type] option[selected]").attr("value"), "fax");
    let version = form.one("input[name=version]").attr("value");
    let when = form.one("input[name=occurred_at]").attr("value");
    let edit = [
        ("version", version.as_str()),
        ("interaction_type", "fax"),
        ("occurred_at", &when),
        ("subject", "Paper"),
        ("contact_id", &grace),
    ];
    ada.post(&path, &edit).await.expect(303);
    let sql = "select (occurred_at at time zone 'UTC')::text || ' ' || interaction_type || ' ' || is_contact from interactions";
    assert_eq!(app.sql(sql).await[0].get::<_, String>(0), "2026-05-03 12:05:42.5 fax false");
}

#[actix_web::test]
async fn what_names_nobody_among_her_contacts_is_edited_without_naming_somebody() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = person(&mut ada, "Grace").await;
    let path = log(&mut ada, "email", "2026-05-03", "Engines", &[&grace]).await;
    let edit = [("interaction_type", "email"), ("occurred_at", "2026-05-03"), ("subject", "Machines")];
    let version =
        async |ada: &mut User| ada.get(&format!("{path}/edit")).await.one("input[name=version]").attr("value");
    let seen = version(&mut ada).await;
    let page = ada.post(&path, &[&edit[..], &[("version", &seen)]].concat()).await.expect(422);
    assert_eq!(page.one("#participant-error").text(), "Name somebody.");
    app.sql("delete from interaction_participants").await;
    let seen = version(&mut ada).await;
    ada.post(&path, &[&edit[..], &[("version", &seen)]].concat()).await.expect(303);
    assert_eq!(titles_at(&mut ada, "/interactions").await, ["Machines"]);
}

#[actix_web::test]
async fn the_trash_holds_an_interaction_until_it_is_restored_or_deleted_for_good() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = person(&mut ada, "Grace Hopper").await;
    let path = log(&mut ada, "call", "2026-05-03", "Compilers", &[&grace]).await;
    ada.post(&format!("{path}/trash"), &[]).await.expect(303);
    assert!(ada.get("/interactions").await.one("#flash").text().contains("in the trash"));
    assert_eq!(titles_at(&mut ada, "/interactions").await, Vec::<String>::new());
    assert_eq!(titles_at(&mut ada, &format!("/contacts/{grace}")).await, Vec::<String>::new());
    ada.get(&format!("{path}/edit")).await.expect(404);
    let page = ada.get("/trash").await.expect(200);
    assert_eq!(page.one("[data-kind=interaction] strong").text(), "Compilers");
    let back = page.one("[data-kind=interaction] form").attr("action");
    assert_eq!(ada.post(&back, &[]).await.expect(303).location(), path);
    assert_eq!(titles_at(&mut ada, &format!("/contacts/{grace}")).await, ["Compilers"]);
    ada.post(&format!("{path}/trash"), &[]).await.expect(303);
    let said = ada.get("/history").await.expect(200).all("[data-kind=change_set] strong")[0].text().to_owned();
    assert_eq!(said, "Compilers: interaction put into the trash");
    app.sql("update interactions set deleted_at = now() - interval '40 days'").await;
    app.db.anonymous().keep_house(30).await.unwrap();
    app.run_jobs().await;
    assert_eq!(app.sql("select from interactions").await.len(), 0);
    let undo = ada.get("/history").await.expect(200).all("[data-kind=change_set] form")[0].attr("action");
    ada.post(&undo, &[]).await.expect(303);
    ada.post(&format!("{path}/restoration"), &[]).await.expect(303);
    assert_eq!(titles_at(&mut ada, "/interactions?q=compil").await, ["Compilers"]);
    assert_eq!(titles_at(&mut ada, &format!("/contacts/{grace}")).await, ["Compilers"]);
}

#[actix_web::test]
async fn another_users_interactions_stay_hers() {
    let app = App::spawn().await;
    let (mut ada, mut bob) = (app.sign_in("ada").await, app.sign_in("bob").await);
    let grace = person(&mut ada, "Grace").await;
    let path = log(&mut ada, "call", "2026-05-03", "Secret", &[&grace]).await;
    for query in ["", "?q=secret", &format!("?contact={grace}")] {
        assert_eq!(titles_at(&mut bob, &format!("/interactions{query}")).await, Vec::<String>::new());
    }
    bob.get(&path).await.expect(404);
    let theft = [("interaction_type", "call"), ("occurred_at", "2026-05-03"), ("contact_id", grace.as_str())];
    let refused = bob.post("/interactions", &theft).await.expect(422);
    assert_eq!(refused.count("#participant-error"), 1);
}

/// The Undo of the last message.
async fn undo_of(user: &mut User) -> String {
    user.get("/settings").await.expect(200).one("#flash form").attr("action")
}

/// Changes an interaction to what these fields say.
async fn change(user: &mut User, path: &str, fields: &[(&str, &str)]) {
    let version = user.get(&format!("{path}/edit")).await.expect(200).one("input[name=version]").attr("value");
    let form = [&[("interaction_type", "call"), ("version", version.as_str())], fields].concat();
    user.post(path, &form).await.expect(303);
}

#[actix_web::test]
async fn what_somebody_went_on_with_an_undo_leaves_whole() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (grace, alan) = (person(&mut ada, "Grace Hopper").await, person(&mut ada, "Alan Turing").await);
    let path = log(&mut ada, "call", "2026-05-03", "Compilers", &[&grace]).await;
    let undo = undo_of(&mut ada).await;
    change(&mut ada, &path, &[("occurred_at", "2026-05-03"), ("subject", "Machines"), ("contact_id", &grace)]).await;
    ada.post(&undo, &[]).await.expect(303);
    assert_eq!(titles_at(&mut ada, &format!("/contacts/{grace}")).await, ["Machines"]);
    let other = log(&mut ada, "call", "2026-05-04", "Dinner", &[&grace]).await;
    let undo = undo_of(&mut ada).await;
    change(
        &mut ada,
        &other,
        &[("occurred_at", "2026-05-04"), ("subject", "Dinner"), ("contact_id", &grace), ("contact_id", &alan)],
    )
    .await;
    ada.post(&undo, &[]).await.expect(303);
    assert_eq!(titles_at(&mut ada, &format!("/contacts/{alan}")).await, ["Dinner"]);
}

#[actix_web::test]
async fn whoever_was_taken_out_comes_back_by_an_undo_also_where_it_was_moved_to_another_day_since() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (grace, alan) = (person(&mut ada, "Grace Hopper").await, person(&mut ada, "Alan Turing").await);
    let path = log(&mut ada, "call", "2026-05-03", "Compilers", &[&grace, &alan]).await;
    change(&mut ada, &path, &[("occurred_at", "2026-05-03"), ("subject", "Compilers"), ("contact_id", &grace)]).await;
    let undo = undo_of(&mut ada).await;
    change(&mut ada, &path, &[("occurred_at", "2026-05-09"), ("subject", "Compilers"), ("contact_id", &grace)]).await;
    ada.post(&undo, &[]).await.expect(303);
    let page = ada.get(&format!("/contacts/{alan}")).await.expect(200);
    assert_eq!(titles(&page), ["Compilers"]);
    assert_eq!(page.one(".timeline h3 time").attr("datetime"), "2026-05-09");
}

#[actix_web::test]
async fn whoever_is_in_the_trash_is_not_named_and_still_took_part_when_she_is_back() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (grace, alan) = (person(&mut ada, "Grace Hopper").await, person(&mut ada, "Alan Turing").await);
    let path = log(&mut ada, "call", "2026-05-03", "Compilers", &[&grace, &alan]).await;
    ada.post(&format!("/contacts/{alan}/trash"), &[]).await.expect(303);
    assert_eq!(ada.get(&path).await.expect(200).count("[data-kind=contact]"), 1);
    change(&mut ada, &path, &[("occurred_at", "2026-05-04"), ("subject", "Compilers"), ("contact_id", &grace)]).await;
    ada.post(&format!("/contacts/{alan}/restoration"), &[]).await.expect(303);
    assert_eq!(ada.get(&path).await.expect(200).count("[data-kind=contact]"), 2);
}
