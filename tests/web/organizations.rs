//! Organizations: added, found, renamed, trashed and restored, with whom she knows there.

use kith::jobs::{Tools, Worker};

use crate::harness::{App, Page, User};

/// Adds an organization and answers with the path of its page.
async fn add(user: &mut User, name: &str) -> String {
    user.post("/organizations", &[("name", name)]).await.expect(303).location()
}

/// Adds somebody who works there and answers with the path of her page.
async fn add_person(user: &mut User, name: &str, organization: &str, title: &str, current: bool) -> String {
    let path = user.post("/contacts", &[("first_name", name)]).await.expect(303).location();
    let mut post = vec![("organization", organization), ("title", title), ("start_date", "2020-01-01")];
    post.push(if current { ("is_current", "true") } else { ("end_date", "2022-05-01") });
    user.post(&format!("{path}/employments"), &post).await.expect(303);
    path
}

fn names(page: &Page) -> Vec<String> {
    page.all("[data-kind=organization] strong").iter().map(|name| name.text().to_owned()).collect()
}

async fn names_at(user: &mut User, path: &str) -> Vec<String> {
    names(&user.get(path).await.expect(200))
}

const PARTIAL: [(&str, &str); 2] = [("hx-request", "true"), ("hx-request-type", "partial")];

#[actix_web::test]
async fn the_page_says_whom_she_knows_there_now_and_before() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    add_person(&mut ada, "Grace", "Navy", "Admiral", true).await;
    add_person(&mut ada, "يوسف", "navy", "Captain", false).await;
    let gone = add_person(&mut ada, "Bob", "Navy", "Cook", true).await;
    ada.post(&format!("{gone}/trash"), &[]).await.expect(303);
    let path = ada.get("/organizations").await.one("[data-kind=organization] a").attr("href");
    let page = ada.get(&path).await.expect(200);
    let (now, before) = ("section[aria-label='People Now'] ", "section[aria-label='People Before'] ");
    assert_eq!(page.one(&format!("{now}strong")).text(), "Grace");
    assert_eq!(page.one(&format!("{now}small")).text(), "Admiral");
    assert_eq!(page.one(&format!("{now}.end span")).text(), "since 2020");
    assert_eq!(page.one(&format!("{now}header data")).attr("value"), "1");
    assert_eq!(page.one(&format!("{before}strong")).text(), "يوسف");
    assert_eq!(page.one(&format!("{before}.end span")).text(), "2020–2022");
}

#[actix_web::test]
async fn who_came_back_is_told_with_what_she_does_there_now() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = add_person(&mut ada, "Grace", "Navy", "Ensign", false).await;
    let post = [("organization", "Navy"), ("title", "Admiral"), ("start_date", "2024-01-01"), ("is_current", "true")];
    ada.post(&format!("{grace}/employments"), &post).await.expect(303);
    let path = ada.get("/organizations").await.one("[data-kind=organization] a").attr("href");
    let page = ada.get(&path).await.expect(200);
    assert_eq!(page.count("[data-kind=contact]"), 1);
    assert_eq!(page.one("[data-kind=contact] small").text(), "Admiral");
    assert_eq!(page.one("[data-kind=contact] .end span").text(), "since 2024");
}

#[actix_web::test]
async fn of_a_company_of_thousands_the_page_shows_fifty_and_leads_to_all() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let path = add(&mut ada, "Navy").await;
    let few = app.statements_of(&mut ada, &path).await;
    app.sql(
        "with people as (insert into contacts (user_id, first_name, display_name, sort_key) \
             select u.id, 'P', 'P' || n, convert_to(lpad(n::text, 5, '0'), 'UTF8') from users u, generate_series(1, 3000) n returning user_id, id) \
         insert into contact_employments (user_id, contact_id, organization_id, title, is_current) \
         select p.user_id, p.id, o.id, 'Sailor', p.id::text > '8' from people p join organizations o on o.user_id = p.user_id",
    )
    .await;
    let page = ada.get(&path).await.expect(200);
    assert_eq!(page.count("[data-kind=contact]"), 100);
    let counts: Vec<i64> = page.all(".section header data").iter().map(|n| n.attr("value").parse().unwrap()).collect();
    assert_eq!(counts.iter().sum::<i64>(), 3000);
    let all = page.one(".colleagues > .actions a").attr("href");
    assert_eq!(ada.get(&all).await.expect(200).one("#count data").attr("value"), "3000");
    assert_eq!(app.statements_of(&mut ada, &path).await, few, "statements grow with the people");
}

#[actix_web::test]
async fn the_list_is_in_the_order_of_every_script_and_meets_each_row_once() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    for name in ["Zeta", "مصنع", "Östra", "orion", "Ångström", "山田商店"] {
        add(&mut ada, name).await;
    }
    let sorted = ["Ångström", "orion", "Östra", "Zeta", "مصنع", "山田商店"];
    assert_eq!(names_at(&mut ada, "/organizations").await, sorted);
    let few = app.statements_of(&mut ada, "/organizations").await;
    // A tie in the key, too.
    app.sql(
        "insert into organizations (user_id, name, sort_key) select u.id, 'N' || n, decode(lpad(to_hex(n % 7), 2, '0'), 'hex') \
         from users u, generate_series(1, 120) n",
    )
    .await;
    assert_eq!(app.statements_of(&mut ada, "/organizations").await, few, "statements grow with the rows");
    let (mut seen, mut next) = (Vec::new(), Some("/organizations".to_owned()));
    while let Some(path) = next {
        let page = ada.get(&path).await.expect(200);
        assert_eq!(page.one("#count data").attr("value"), "126");
        seen.extend(names(&page));
        next = page.all("a[rel=next]").first().map(|link| link.attr("href"));
    }
    assert_eq!(seen.len(), 126);
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 126);
}

#[actix_web::test]
async fn the_filter_finds_every_typed_word_in_any_order_case_and_accent() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let fields = [("name", "Café Lumière"), ("domain", "lumiere.example"), ("industry", "Food")];
    ada.post("/organizations", &fields).await.expect(303);
    add(&mut ada, "100% Wool_Co").await;
    for typed in ["lumi", "LUMIERE+cafe", "food", "lumiere.ex"] {
        assert_eq!(names_at(&mut ada, &format!("/organizations?q={typed}")).await, ["Café Lumière"], "{typed}");
    }
    assert_eq!(names_at(&mut ada, "/organizations?q=0%25").await, ["100% Wool_Co"]);
    assert_eq!(names_at(&mut ada, "/organizations?q=%25_").await, Vec::<String>::new());
    assert_eq!(names_at(&mut ada, "/organizations?q=l_co").await, ["100% Wool_Co"]);
    for odd in ["%00", "%5C", "%27%22%3B--", &"x".repeat(5000), "%FF"] {
        ada.get(&format!("/organizations?q={odd}&after={odd}")).await.expect(200);
    }
    let block = ada.get_with("/organizations?q=wool", &[&PARTIAL[..], &[("hx-target", "div#results")]].concat()).await;
    assert_eq!((block.count("nav.side"), block.count("#count[hx-swap-oob]"), names(&block).len()), (0, 1, 1));
}

#[actix_web::test]
async fn a_field_is_offered_names_that_hold_what_was_typed() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    for name in ["The Tidewater Group", "Tidewater", "Harrow <b>\"Capital\""] {
        add(&mut ada, name).await;
    }
    app.sql(
        "insert into organizations (user_id, name) select u.id, 'Tide ' || n from users u, generate_series(1, 30) n",
    )
    .await;
    let headers = [&PARTIAL[..], &[("hx-target", "datalist#organization-options")]].concat();
    let options = async |user: &mut User, typed: &str| {
        let page = user
            .get_with(&format!("/organizations?organization={typed}&options=organization"), &headers)
            .await
            .expect(200);
        assert_eq!(page.count("nav.side"), 0);
        page.all("option").iter().map(|option| option.attr("value")).collect::<Vec<_>>()
    };
    assert_eq!(options(&mut ada, "TIDEWATER").await, ["Tidewater", "The Tidewater Group"]);
    assert_eq!(options(&mut ada, "harrow").await, ["Harrow <b>\"Capital\""]);
    assert_eq!(options(&mut ada, "tide").await.len(), 20);
    assert_eq!(options(&mut ada, "%00%25").await, Vec::<String>::new());
    let whole = ada.get("/organizations?organization=tide&options=organization").await.expect(200);
    assert_eq!(whole.count("nav.side"), 1, "without htmx it is a page");
    let mut bob = app.sign_in("bob").await;
    assert_eq!(options(&mut bob, "tide").await, Vec::<String>::new());
}

#[actix_web::test]
async fn what_cannot_be_saved_is_said_at_its_field_and_stays_as_typed() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let fields = [("name", "\0"), ("domain", "javascript:alert(1)"), ("industry", &"x".repeat(101))];
    let page = ada.post("/organizations", &fields).await.expect(422);
    for field in ["name", "domain", "industry"] {
        assert_eq!(page.count(&format!("#{field}-error")), 1, "{field}");
    }
    assert_eq!(page.one("input[name=domain]").attr("value"), "javascript:alert(1)");
    let long = "ل".repeat(256);
    let page = ada.post("/organizations", &[("name", long.as_str())]).await.expect(422);
    assert_eq!(page.one("input[name=name]").attr("value"), long);
    let longest = "ل".repeat(255);
    let path = add(&mut ada, &longest).await;
    assert_eq!(ada.get(&path).await.expect(200).one("h1").text(), longest);
    ada.post("/organizations", &[("name", &"x".repeat(10_000_000))]).await.expect(413);
    let taken = "tOken".repeat(3_000);
    assert_eq!(ada.post("/organizations", &[("name", &taken)]).await.expect(422).count("#name-error"), 1);
}

#[actix_web::test]
async fn a_whole_link_becomes_a_domain_that_leads_there() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let fields = [("name", "Tidewater"), ("domain", "https://Tidewater.example/about"), ("industry", "Publishing")];
    let path = ada.post("/organizations", &fields).await.expect(303).location();
    let link = ada.get(&path).await.expect(200).one("header a[rel]").attr("href");
    assert_eq!(link, "https://tidewater.example/");
    assert_eq!(ada.get("/organizations").await.one("[data-kind] small").text(), "Publishing · tidewater.example");
}

#[actix_web::test]
async fn a_taken_name_is_refused_with_a_link_to_the_one_that_has_it() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (first, second) = (add(&mut ada, "شركة النور Ltd").await, add(&mut ada, "Navy").await);
    let page = ada.post("/organizations", &[("name", "شركة النور LTD")]).await.expect(422);
    assert_eq!(page.one("#name-error").text(), "There is one of this name.");
    assert_eq!(page.one("form p.quiet a").attr("href"), first);
    let page = ada.post(&second, &[("name", "شركة النور ltd"), ("version", "1")]).await.expect(422);
    assert_eq!(page.one("form p.quiet a").attr("href"), first);
    assert_eq!(page.one("input[name=name]").attr("value"), "شركة النور ltd");
    assert_eq!(ada.get(&second).await.one("h1").text(), "Navy");
    let mut bob = app.sign_in("bob").await;
    add(&mut bob, "Navy").await;
    ada.post(&second, &[("name", "NAVY"), ("version", "1")]).await.expect(303);
}

#[actix_web::test]
async fn an_edit_over_a_newer_version_shows_both_and_changes_nothing() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let path = add(&mut ada, "Navy").await;
    let version = ada.get(&format!("{path}/edit")).await.one("input[name=version]").attr("value");
    let mine = [("name", "Royal Navy"), ("version", version.as_str())];
    ada.post(&path, &[("name", "US Navy"), ("industry", "War"), ("version", version.as_str())]).await.expect(303);
    let page = ada.post(&path, &mine).await.expect(409);
    assert_eq!(page.one("input[name=name]").attr("value"), "Royal Navy");
    let stored: Vec<String> = page.all("td.stored").iter().map(|cell| cell.text().to_owned()).collect();
    assert_eq!(stored, ["US Navy", "War"]);
    assert_eq!(ada.get(&path).await.one("h1").text(), "US Navy");
    let newer = page.one("input[name=version]").attr("value");
    ada.post(&path, &[mine[0], ("version", newer.as_str())]).await.expect(303);
    assert_eq!(ada.get(&path).await.one("h1").text(), "Royal Navy");
}

#[actix_web::test]
async fn the_trash_keeps_its_posts_and_undo_brings_them_back() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = add_person(&mut ada, "Grace", "Navy", "Admiral", true).await;
    let path = ada.get("/organizations").await.one("[data-kind=organization] a").attr("href");
    assert_eq!(ada.post(&format!("{path}/trash"), &[]).await.expect(303).location(), "/organizations");
    assert_eq!(ada.get(&grace).await.count("[data-kind=employment]"), 0);
    ada.get(&format!("{path}/edit")).await.expect(404);
    ada.post(&path, &[("name", "Navy"), ("version", "2")]).await.expect(404);
    ada.post(&format!("{path}/trash"), &[]).await.expect(303);
    let page = ada.get("/organizations").await.expect(200);
    assert_eq!(page.count("[data-kind=organization]"), 0);
    assert_eq!(page.count("#flash form"), 0, "it was there already");
    let undo = ada.post(&format!("{path}/restoration"), &[]).await.expect(303).location();
    assert_eq!(undo, path);
    assert_eq!(ada.get(&grace).await.count("[data-kind=employment]"), 1);
    ada.post(&format!("{path}/trash"), &[]).await.expect(303);
    let undo = ada.get("/organizations").await.one("#flash form").attr("action");
    ada.post(&undo, &[]).await.expect(303);
    let page = ada.get(&path).await.expect(200);
    assert_eq!((page.count(".notice"), page.count("[data-kind=contact]")), (0, 1));
}

#[actix_web::test]
async fn people_are_found_by_the_new_name_and_after_undo_by_the_old_one() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    add_person(&mut ada, "Grace", "Wharfdale", "Admiral", true).await;
    add(&mut ada, "Mmm").await;
    let path = ada.get("/organizations?q=wharf").await.one("[data-kind=organization] a").attr("href");
    let found = async |user: &mut User, typed: &str| {
        user.get(&format!("/contacts?q={typed}")).await.expect(200).count("[data-kind=contact]")
    };
    assert_eq!(found(&mut ada, "wharfdale").await, 1);
    ada.post(&path, &[("name", "Bluebell"), ("version", "1")]).await.expect(303);
    assert_eq!((found(&mut ada, "wharfdale").await, found(&mut ada, "bluebell").await), (0, 1));
    assert_eq!(names_at(&mut ada, "/organizations").await, ["Bluebell", "Mmm"]);
    ada.post(&path, &[("name", "Bluebell"), ("industry", "Flowers"), ("version", "2")]).await.expect(303);
    let rename = app.sql("select change_set_id::text from audit_logs where new_values ->> 'name' = 'Bluebell'").await;
    ada.post(&format!("/change-sets/{}/undo", rename[0].get::<_, String>(0)), &[]).await.expect(303);
    assert_eq!((found(&mut ada, "wharfdale").await, found(&mut ada, "bluebell").await), (1, 0));
    assert_eq!(names_at(&mut ada, "/organizations").await, ["Mmm", "Wharfdale"], "the order follows the name");
    ada.post(&format!("{path}/trash"), &[]).await.expect(303);
    assert_eq!(found(&mut ada, "wharfdale").await, 0);
    ada.post(&format!("{path}/restoration"), &[]).await.expect(303);
    assert_eq!(found(&mut ada, "wharfdale").await, 1);
}

#[actix_web::test]
async fn beyond_a_thousand_people_a_job_makes_them_found_by_the_new_name() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let path = add(&mut ada, "Wharfdale").await;
    app.sql(
        "with people as (insert into contacts (user_id, first_name, display_name) \
             select u.id, 'P', 'P' || n from users u, generate_series(1, 2500) n returning user_id, id) \
         insert into contact_employments (user_id, contact_id, organization_id) \
         select p.user_id, p.id, o.id from people p join organizations o on o.user_id = p.user_id",
    )
    .await;
    ada.post(&path, &[("name", "Bluebell"), ("version", "1")]).await.expect(303);
    let found =
        async |user: &mut User| user.get("/contacts?q=bluebell").await.expect(200).one("#count data").attr("value");
    assert_eq!(found(&mut ada).await, "1000");
    let tools = Tools { db: app.db.clone(), data_dir: app.data_dir.path().to_owned() };
    assert_eq!(Worker::new(tools, kith::duties::all()).unwrap().run_due().await.unwrap(), 1);
    assert_eq!(found(&mut ada).await, "2500");
}

#[actix_web::test]
async fn another_users_organization_is_nothing_here() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    add_person(&mut ada, "Grace", "Navy", "Admiral", true).await;
    let path = ada.get("/organizations").await.one("[data-kind=organization] a").attr("href");
    let id = path.rsplit('/').next().unwrap();
    let before: String = app.sql("select jsonb_agg(o)::text from organizations o").await[0].get(0);
    let mut bob = app.sign_in("bob").await;
    for page in [path.clone(), format!("{path}/edit")] {
        bob.get(&page).await.expect(404);
    }
    for post in [path.clone(), format!("{path}/trash"), format!("{path}/restoration")] {
        bob.post(&post, &[("name", "Mine"), ("version", "1")]).await.expect(404);
    }
    let list = bob.get(&format!("/contacts?organization={id}")).await.expect(200);
    assert_eq!((list.count("[data-kind=contact]"), list.count("form .tag")), (0, 0));
    let mine = [("name", "Mine"), ("user_id", id), ("id", id), ("people_count", "9"), ("deleted_at", "2020-01-01")];
    let own = bob.post("/organizations", &mine).await.expect(303).location();
    assert_ne!(own, path);
    let after: String = app.sql("select jsonb_agg(o)::text from organizations o where name = 'Navy'").await[0].get(0);
    assert_eq!(before, after);
    bob.get("/organizations/not-an-id").await.expect(404);
}

#[actix_web::test]
async fn the_pane_gets_the_block_and_everything_else_the_page() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let path = add(&mut ada, "Navy").await;
    let block = ada.get_with(&path, &[&PARTIAL[..], &[("hx-target", "section#pane")]].concat()).await.expect(200);
    assert_eq!((block.count("nav.side"), block.count("#organization")), (0, 1));
    let other = ada.get_with(&path, &[&PARTIAL[..], &[("hx-target", "elsewhere")]].concat()).await.expect(200);
    assert_eq!((other.count("nav.side"), other.count("#organization")), (1, 1));
}

#[actix_web::test]
async fn an_edit_of_a_post_over_a_newer_version_shows_both_and_changes_nothing() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let person = ada.post("/contacts", &[("first_name", "Grace")]).await.expect(303).location();
    ada.post(&format!("{person}/employments"), &[("organization", "Navy"), ("is_current", "true")]).await.expect(303);
    let id: String = app.sql("select id::text from contact_employments").await[0].get(0);
    let path = format!("{person}/employments/{id}");
    let version = ada.get(&path).await.expect(200).one("input[name=version]").attr("value");
    let edit =
        |title, version| [("organization", "Navy"), ("title", title), ("is_current", "true"), ("version", version)];
    ada.post(&path, &edit("Admiral", &version)).await.expect(303);
    let page = ada.post(&path, &edit("Cook", &version)).await.expect(409);
    assert_eq!(page.one(".notice td.mine").text(), "Cook");
    assert_eq!(page.one(".notice td.stored").text(), "Admiral");
    assert_eq!(page.one("input[name=title]").attr("value"), "Cook");
    let title = "select title from contact_employments";
    assert_eq!(app.sql(title).await[0].get::<_, String>(0), "Admiral");
    let newer = page.one("input[name=version]").attr("value");
    ada.post(&path, &edit("Cook", &newer)).await.expect(303);
    assert_eq!(app.sql(title).await[0].get::<_, String>(0), "Cook");
}
