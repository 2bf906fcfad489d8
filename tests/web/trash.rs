//! The trash: what was put away, newest first, and its way back.

use crate::harness::{App, User};

async fn trashed(user: &mut User, kind: &str, fields: &[(&str, &str)]) -> String {
    let path = user.post(&format!("/{kind}"), fields).await.expect(303).location();
    user.post(&format!("{path}/trash"), &[]).await.expect(303);
    path
}

#[actix_web::test]
async fn people_and_organizations_wait_there_newest_first_and_are_restored_by_a_row() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    assert_eq!(ada.get("/trash").await.expect(200).one(".empty h2").text(), "Nothing in the trash");
    trashed(&mut ada, "contacts", &[("first_name", "Grace")]).await;
    let navy = trashed(&mut ada, "organizations", &[("name", "البحرية")]).await;
    let page = ada.get("/trash").await.expect(200);
    let rows: Vec<(String, String)> = page
        .all("[data-list] > li")
        .iter()
        .zip(page.all("[data-list] strong"))
        .map(|(row, name)| (row.attr("data-kind"), name.text().to_owned()))
        .collect();
    assert_eq!(rows, [("organization".into(), "البحرية".into()), ("contact".into(), "Grace".to_owned())]);
    assert_eq!(page.one("#count data").attr("value"), "2");
    assert_eq!(page.count("[data-kind] time[datetime]"), 2);
    assert_eq!(page.count("[data-kind] button[data-key=e]"), 2);
    let back = page.all("[data-list] form")[0].attr("action");
    assert_eq!(ada.post(&back, &[]).await.expect(303).location(), navy);
    let back = page.all("[data-list] form")[1].attr("action");
    ada.post(&back, &[]).await.expect(303);
    assert_eq!(ada.get("/trash").await.count("[data-list]"), 0);
    assert_eq!(ada.get("/contacts").await.count("[data-kind=contact]"), 1);
}

#[actix_web::test]
async fn a_taken_name_is_told_with_a_way_to_the_other_one_and_one_of_its_own() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let old = trashed(&mut ada, "organizations", &[("name", "Navy")]).await;
    let new = ada.post("/organizations", &[("name", "NAVY")]).await.expect(303).location();
    let page = ada.post(&format!("{old}/restoration"), &[]).await.expect(422);
    assert_eq!(page.one("#name-error").text(), "There is one of this name.");
    let ways: Vec<String> = page.all(".notice a").iter().map(|way| way.attr("href")).collect();
    assert!(
        ways[0].starts_with("/organization-merges/new?id=")
            && ways[0].contains(old.trim_start_matches("/organizations/"))
    );
    assert_eq!(ways[1..], [new]);
    assert_eq!(ada.get("/trash").await.count("[data-kind=organization]"), 1);
    ada.post(&format!("{old}/restoration"), &[("name", " ")]).await.expect(422);
    ada.post(&format!("{old}/restoration"), &[("name", "Old Navy")]).await.expect(303);
    assert_eq!(ada.get(&old).await.expect(200).one("h1").text(), "Old Navy");
    ada.post(&format!("{old}/restoration"), &[]).await.expect(303);
    let page = ada.get(&old).await;
    assert_eq!((page.one("#flash span").text(), page.count("#flash form")), ("Old Navy is back.", 0));
}

#[actix_web::test]
async fn undoing_the_trash_of_a_taken_name_says_so_and_leaves_both() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    trashed(&mut ada, "organizations", &[("name", "Navy")]).await;
    let undo = ada.get("/organizations").await.one("#flash form").attr("action");
    ada.post("/organizations", &[("name", "navy")]).await.expect(303);
    ada.post(&undo, &[]).await.expect(303);
    let said = ada.get("/organizations").await.one("#flash span").text().to_owned();
    assert!(said.contains("Navy: its name is taken"), "{said}");
    assert_eq!(ada.get("/trash").await.count("[data-kind=organization]"), 1);
}

#[actix_web::test]
async fn every_page_is_met_once_and_costs_as_many_statements() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    trashed(&mut ada, "contacts", &[("first_name", "Grace")]).await;
    let few = app.statements_of(&mut ada, "/trash").await;
    assert!(few > 0);
    app.sql(
        "insert into contacts (user_id, first_name, display_name, deleted_at) \
         select u.id, 'P', 'P' || n, timestamptz '2026-01-01' + (n % 5) * interval '1 day' from users u, generate_series(1, 70) n",
    )
    .await;
    app.sql(
        "insert into organizations (user_id, name, deleted_at) \
         select u.id, 'O' || n, timestamptz '2026-01-01' + (n % 5) * interval '1 day' from users u, generate_series(1, 70) n",
    )
    .await;
    assert_eq!(app.statements_of(&mut ada, "/trash").await, few);
    let (mut seen, mut next) = (Vec::new(), Some("/trash".to_owned()));
    while let Some(path) = next {
        let page = ada.get(&path).await.expect(200);
        seen.extend(page.all("[data-list] > li").iter().map(|row| row.attr("data-id")));
        next = page.all("a[rel=next]").first().map(|link| link.attr("href"));
    }
    assert_eq!(seen.len(), 141);
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 141);
    for after in [
        "x",
        "eyJkZWxldGVkX2F0IjoiKzI2MjE0Mi0wMS0wMVQwMDowMDowMFoiLCJpZCI6IjAwMDAwMDAwLTAwMDAtMDAwMC0wMDAwLTAwMDAwMDAwMDAwMCJ9",
    ] {
        ada.get(&format!("/trash?after={after}")).await.expect(200);
    }
}

#[actix_web::test]
async fn another_users_trash_stays_hers() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let person = trashed(&mut ada, "contacts", &[("first_name", "Grace")]).await;
    let organization = trashed(&mut ada, "organizations", &[("name", "Navy")]).await;
    let mut bob = app.sign_in("bob").await;
    assert_eq!(bob.get("/trash").await.expect(200).count("[data-list]"), 0);
    for path in [person, organization] {
        bob.post(&format!("{path}/restoration"), &[]).await.expect(404);
    }
    assert_eq!(ada.get("/trash").await.count("[data-list] > li"), 2);
}

#[actix_web::test]
async fn a_deleted_tag_lies_there_too_and_comes_back_to_everybody() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = ada.post("/contacts", &[("first_name", "Grace")]).await.expect(303).location();
    ada.post(&format!("{grace}/tags"), &[("name", "friend")]).await.expect(303);
    let tag: String = app.sql("select '/tags/' || id from tags").await[0].get(0);
    ada.post(&format!("{tag}/removal"), &[]).await.expect(303);
    let page = ada.get("/trash").await.expect(200);
    assert_eq!(page.one("[data-kind=tag] strong").text(), "friend");
    assert_eq!(page.one("#count data").attr("value"), "1");
    let back = page.one("[data-kind=tag] form").attr("action");
    ada.post(&back, &[("next", "/trash")]).await.expect(303);
    assert_eq!(ada.get("/trash").await.count("[data-list]"), 0);
    assert_eq!(ada.get(&grace).await.expect(200).count(".facts .tag"), 1);
}

#[actix_web::test]
async fn a_tag_whose_name_is_taken_waits_there_until_it_is_free() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = ada.post("/contacts", &[("first_name", "Grace")]).await.expect(303).location();
    ada.post(&format!("{grace}/tags"), &[("name", "friend")]).await.expect(303);
    let tag: String = app.sql("select '/tags/' || id from tags").await[0].get(0);
    ada.post(&format!("{tag}/removal"), &[]).await.expect(303);
    ada.post("/tags", &[("name", "Friend")]).await.expect(303);
    let back = ada.get("/trash").await.one("[data-kind=tag] form").attr("action");
    ada.post(&back, &[("next", "/trash")]).await.expect(303);
    let page = ada.get("/trash").await.expect(200);
    assert!(page.one("#flash span").text().contains("friend: its name is taken"));
    assert_eq!(page.one("[data-kind=tag] form").attr("action"), back);
    let other: String = app.sql("select '/tags/' || id from tags").await[0].get(0);
    ada.post(&other, &[("name", "Comrade"), ("version", "1")]).await.expect(303);
    ada.post(&back, &[("next", "/trash")]).await.expect(303);
    assert_eq!(ada.get("/trash").await.count("[data-list]"), 0);
    assert_eq!(ada.get(&grace).await.expect(200).count(".facts .tag"), 1);
}

#[actix_web::test]
async fn the_trash_says_when_it_is_emptied_and_is_emptied_then_and_not_before() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    for (name, age) in [("Old", 31), ("Young", 28), ("Here", 0)] {
        let path = ada.post("/contacts", &[("first_name", name)]).await.expect(303).location();
        ada.post(&format!("{path}/tags"), &[("name", "friend")]).await.expect(303);
        if age > 0 {
            ada.post(&format!("{path}/trash"), &[]).await.expect(303);
            app.sql(&format!(
                "update contacts set deleted_at = now() - interval '{age} days' where first_name = '{name}'"
            ))
            .await;
        }
    }
    trashed(&mut ada, "organizations", &[("name", "Navy")]).await;
    app.sql("update organizations set deleted_at = now() - interval '40 days'").await;
    let page = ada.get("/trash").await.expect(200);
    let said: Vec<String> = page.all("[data-kind=contact] small").iter().map(|text| text.text().to_owned()).collect();
    assert!(said[0].contains("in 2 days") && said[1].contains("today"), "{said:?}");
    app.db.anonymous().keep_house(30).await.unwrap();
    app.db.anonymous().keep_house(30).await.unwrap();
    let jobs = app.sql("select kind from jobs where kind <> 'account.measure'").await;
    assert_eq!(jobs.iter().map(|row| row.get(0)).collect::<Vec<String>>(), ["trash.empty"], "one job a user");
    app.run_jobs().await;
    let left = app.sql("select first_name from contacts order by first_name").await;
    assert_eq!(left.iter().map(|row| row.get(0)).collect::<Vec<String>>(), ["Here", "Young"]);
    assert_eq!(app.sql("select name from organizations").await.len(), 0);
    let history = ada.get("/history").await.expect(200);
    let emptied = &history.all("[data-kind=change_set] form")[0];
    ada.post(&emptied.attr("action"), &[]).await.expect(303);
    let old = app
        .sql(
            "select c.deleted_at is null, count(t.tag_id) from contacts c join contact_tags t on t.contact_id = c.id \
        where first_name = 'Old' group by 1",
        )
        .await;
    assert_eq!((old[0].get::<_, bool>(0), old[0].get::<_, i64>(1)), (false, 1), "an undo brings back even these");
}
