//! Organizations, and tags, of which several are made into one and taken apart again.

use crate::harness::{App, Page, User};

async fn add_person(user: &mut User, name: &str) -> String {
    user.post("/contacts", &[("first_name", name)]).await.expect(303).location()
}

async fn employ(user: &mut User, person: &str, post: &[(&str, &str)]) {
    user.post(&format!("{person}/employments"), post).await.expect(303);
}

async fn id_of(app: &App, table: &str, name: &str) -> String {
    app.sql(&format!("select id::text from {table} where name = '{name}'")).await[0].get(0)
}

/// Every row of hers that an undo restores, but for what counts edits.
async fn rows(app: &App) -> Vec<String> {
    let mut all = Vec::new();
    for table in [
        "contacts",
        "contact_methods",
        "contact_employments",
        "contact_tags",
        "contact_sources",
        "contact_search_documents",
        "contact_name_tokens",
        "contact_counts",
        "organizations",
        "tags",
    ] {
        let sql = format!(
            "select '{table} ' || (to_jsonb(t) - '{{version,updated_at,cadence_since}}'::text[])::text from {table} t order by 1"
        );
        all.extend(app.sql(&sql).await.iter().map(|row| row.get::<_, String>(0)));
    }
    all
}

/// Who works or worked where: `Grace: Admiral at Navy 2019-01-01- now`.
async fn posts(app: &App) -> Vec<String> {
    let sql = "select concat_ws(' ', c.first_name || ':', e.title, 'at', o.name, e.start_date, '-', e.end_date, case when e.is_current then 'now' end) \
        from contact_employments e join contacts c on c.id = e.contact_id join organizations o on o.id = e.organization_id order by 1";
    app.sql(sql).await.iter().map(|row| row.get(0)).collect()
}

async fn flash(user: &mut User) -> Page {
    user.get("/settings").await.expect(200)
}

async fn undo(user: &mut User) {
    let way = flash(user).await.one("#flash form").attr("action");
    user.post(&way, &[]).await.expect(303);
}

/// Three people at two organizations that are one.
async fn navy() -> (App, User, String, String) {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let [grace, bob, eve] =
        [add_person(&mut ada, "Grace").await, add_person(&mut ada, "Bob").await, add_person(&mut ada, "Eve").await];
    employ(
        &mut ada,
        &grace,
        &[("organization", "Navy"), ("title", "Admiral"), ("start_date", "2019-01-01"), ("is_current", "true")],
    )
    .await;
    employ(&mut ada, &bob, &[("organization", "Navy"), ("is_current", "true")]).await;
    let long =
        [("organization", "US Navy"), ("title", "ADMIRAL"), ("start_date", "2019-01-01"), ("end_date", "2024-06-30")];
    employ(&mut ada, &grace, &long).await;
    employ(&mut ada, &bob, &[("organization", "US Navy"), ("title", "Cook"), ("is_current", "true")]).await;
    employ(&mut ada, &eve, &[("organization", "US Navy"), ("title", "Pilot"), ("is_current", "true")]).await;
    app.sql("update organizations set domain = 'navy.mil', industry = 'Sea' where name = 'US Navy'").await;
    let (navy, us_navy) = (id_of(&app, "organizations", "Navy").await, id_of(&app, "organizations", "US Navy").await);
    (app, ada, navy, us_navy)
}

#[actix_web::test]
async fn organizations_become_one_with_each_post_once_and_undo_takes_them_apart_exactly() {
    let (app, mut ada, navy, us_navy) = navy().await;
    let before = rows(&app).await;
    let page = ada.get(&format!("/organization-merges/new?id={navy}&id={us_navy}")).await.expect(200);
    assert_eq!(page.one("h1").text(), "Merge 2 organizations");
    assert_eq!(page.one("input[name=survivor][checked]").attr("value"), us_navy, "that of most people");
    let fields = [("id", navy.as_str()), ("id", &us_navy), ("survivor", &navy)];
    let merged = ada.post("/organization-merges", &fields).await.expect(303);
    assert_eq!(merged.location(), format!("/organizations/{navy}"));
    let said = flash(&mut ada).await;
    assert_eq!(said.one("#flash span").text(), "2 organizations are one now: Navy.");
    let united =
        ["Bob: Cook at Navy - now", "Eve: Pilot at Navy - now", "Grace: Admiral at Navy 2019-01-01 - 2024-06-30"];
    assert_eq!(posts(&app).await, united);
    let list = ada.get("/organizations").await.expect(200);
    assert_eq!(list.one("[data-kind=organization] .end data").attr("value"), "3");
    assert_eq!(list.one("[data-kind=organization] small").text(), "Sea · navy.mil");
    assert_eq!(ada.get("/contacts?q=us+navy").await.count("[data-kind=contact]"), 0);
    assert_eq!(ada.get("/contacts?q=navy").await.count("[data-kind=contact]"), 3);
    assert_eq!(ada.get("/trash").await.one("[data-kind=organization] strong").text(), "US Navy");
    let history = ada.get("/history").await;
    assert!(history.all("[data-kind=change_set] strong")[0].text().contains("organization US Navy merged into Navy"));
    let after = rows(&app).await;
    ada.post("/organization-merges", &fields).await.expect(303);
    assert_eq!(flash(&mut ada).await.one("#flash span").text(), "Nothing was changed.");
    assert_eq!(rows(&app).await, after);
    ada.post(&said.one("#flash form").attr("action"), &[]).await.expect(303);
    assert_eq!(rows(&app).await, before);
    undo(&mut ada).await;
    assert_eq!(rows(&app).await, after, "and undoing that does it again");
}

#[actix_web::test]
async fn of_each_field_the_chosen_value_stands() {
    let (app, mut ada, navy, us_navy) = navy().await;
    app.sql("update organizations set domain = 'navy.example' where name = 'Navy'").await;
    let page = ada.get(&format!("/organization-merges/new?id={navy}&id={us_navy}")).await.expect(200);
    assert_eq!(page.count("input[name=take_domain]"), 2);
    assert_eq!(page.count("input[name=take_industry]"), 0, "only one of them says an industry");
    let fields = [("id", navy.as_str()), ("id", &us_navy), ("survivor", &us_navy), ("take_domain", &navy)];
    ada.post("/organization-merges", &fields).await.expect(303);
    let kept = app.sql("select name, domain, industry from organizations where deleted_at is null").await;
    let kept: Vec<[String; 3]> = kept.iter().map(|row| [row.get(0), row.get(1), row.get(2)]).collect();
    assert_eq!(kept, [["US Navy", "navy.example", "Sea"]]);
}

#[actix_web::test]
async fn what_was_edited_after_a_merge_stays_and_the_undo_says_so() {
    let (app, mut ada, navy, us_navy) = navy().await;
    ada.post("/organization-merges", &[("id", &navy), ("id", &us_navy), ("survivor", &navy)]).await.expect(303);
    let merge = flash(&mut ada).await.one("#flash form").attr("action");
    let version: i32 = app.sql(&format!("select version from organizations where id = '{navy}'")).await[0].get(0);
    let edit = [("name", "Navy"), ("domain", "sea.example"), ("industry", "Sea"), ("version", &version.to_string())];
    ada.post(&format!("/organizations/{navy}"), &edit).await.expect(303);
    let history = merge.replace("/change-sets/", "/history/").replace("/undo", "");
    assert!(ada.get(&history).await.one(".notice li").text().contains("domain changed since"));
    ada.post(&merge, &[]).await.expect(303);
    assert!(flash(&mut ada).await.one("#flash span").text().contains("Navy: domain changed since"));
    let domain: String = app.sql(&format!("select domain from organizations where id = '{navy}'")).await[0].get(0);
    assert_eq!(domain, "sea.example");
    assert_eq!(ada.get(&format!("/organizations/{us_navy}")).await.count("[data-kind=contact]"), 3, "the rest is back");
}

#[actix_web::test]
async fn a_merge_of_what_was_changed_meanwhile_is_refused_and_one_in_the_trash_can_be_merged_away() {
    let (app, mut ada, navy, us_navy) = navy().await;
    let before = rows(&app).await;
    let fields = [("id", navy.as_str()), ("version", "1"), ("id", &us_navy), ("version", "999"), ("survivor", &navy)];
    let refused = ada.post("/organization-merges", &fields).await.expect(409);
    assert!(refused.one("[data-summary]").text().starts_with("Nothing is merged yet"));
    assert_eq!(refused.one("input[name=survivor][checked]").attr("value"), navy, "the choice is kept");
    assert_eq!(rows(&app).await, before);
    ada.post(&format!("/organizations/{us_navy}/trash"), &[]).await.expect(303);
    ada.post("/organizations", &[("name", "us navy")]).await.expect(303);
    let taken = ada.post(&format!("/organizations/{us_navy}/restoration"), &[]).await.expect(422);
    let way = taken.all("a.button").iter().find(|link| link.text() == "Merge both").unwrap().attr("href");
    let page = ada.get(&way).await.expect(200);
    assert_eq!(page.count("input[name=survivor]"), 1, "one in the trash can't stay");
    let ids: Vec<String> = page.all("input[name=id]").iter().map(|id| id.attr("value")).collect();
    ada.post("/organization-merges", &[("id", &ids[0]), ("id", &ids[1])]).await.expect(303);
    assert!(posts(&app).await.contains(&"Eve: Pilot at us navy - now".to_owned()));
}

#[actix_web::test]
async fn strangers_too_many_and_too_few_are_refused_and_nothing_is_touched() {
    let (app, mut ada, navy, us_navy) = navy().await;
    ada.post("/tags", &[("name", "friend")]).await.expect(303);
    let tag = id_of(&app, "tags", "friend").await;
    let mut bob = app.sign_in("bob").await;
    bob.post("/organizations", &[("name", "His")]).await.expect(303);
    bob.post("/tags", &[("name", "his")]).await.expect(303);
    let (his, his_tag) = (id_of(&app, "organizations", "His").await, id_of(&app, "tags", "his").await);
    let before = rows(&app).await;
    for (path, hers, own) in [("/organization-merges", &navy, &his), ("/tag-merges", &tag, &his_tag)] {
        bob.get(&format!("{path}/new?id={hers}")).await.expect(404);
        bob.get(&format!("{path}/new?id={own}&id={hers}")).await.expect(404);
        bob.post(path, &[("id", own), ("id", hers)]).await.expect(404);
        bob.post(path, &[("id", own)]).await.expect(400);
        bob.post(path, &[("id", own), ("id", hers), ("survivor", "nobody")]).await.expect(400);
        let many: Vec<String> = (0..21).map(|n| format!("01900000-0000-7000-8000-0000000000{n:02}")).collect();
        let fields: Vec<(&str, &str)> = many.iter().map(|id| ("id", id.as_str())).collect();
        assert!(bob.post(path, &fields).await.expect(400).one("main").text().contains("At most 20"));
    }
    assert_eq!(rows(&app).await, before);
    ada.get(&format!("/organization-merges/new?id={us_navy}")).await.expect(200);
}

#[actix_web::test]
async fn another_one_is_found_by_its_name_without_script() {
    let (app, mut ada, navy, us_navy) = navy().await;
    let page = ada.get(&format!("/organizations/{navy}")).await.expect(200);
    let way = page.all(".actions a").iter().find(|link| link.attr("data-key") == "m").unwrap().attr("href");
    let empty = ada.get(&way).await.expect(200);
    assert_eq!(
        (empty.one("h1").text(), empty.count("form[method=post][action='/organization-merges']")),
        ("Merge Navy with …", 0)
    );
    assert_eq!(ada.get(&format!("{way}&q=nobody")).await.count("[data-kind=organization]"), 0);
    let found = ada.get(&format!("{way}&q=us")).await.expect(200);
    assert_eq!(found.one("li[data-kind=organization] strong").text(), "US Navy");
    let both = ada.get(&found.one("li[data-kind=organization] a").attr("href")).await.expect(200);
    let ids: Vec<String> = both.all("form[method=post] input[name=id]").iter().map(|id| id.attr("value")).collect();
    assert_eq!(ids.len(), 2);
    assert!(ids.contains(&us_navy));
    ada.post("/tags", &[("name", "friend")]).await.expect(303);
    let tag = id_of(&app, "tags", "friend").await;
    let form = ada.get(&format!("/tags/{tag}/edit")).await.expect(200);
    let way = form.all("a.button").iter().find(|link| link.text().starts_with("Merge")).unwrap().attr("href");
    assert_eq!(ada.get(&way).await.expect(200).one("h1").text(), "Merge friend with …");
}

#[actix_web::test]
async fn tags_become_one_with_all_their_people_and_the_rhythm_that_is_chosen() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (grace, bob) = (add_person(&mut ada, "Grace").await, add_person(&mut ada, "Bob").await);
    for (person, tag) in [(&grace, "friend"), (&grace, "Friends"), (&bob, "Friends"), (&bob, "work")] {
        ada.post(&format!("{person}/tags"), &[("name", tag)]).await.expect(303);
    }
    let ids = [id_of(&app, "tags", "friend").await, id_of(&app, "tags", "Friends").await];
    for (id, days, color) in [(&ids[0], "30", "#112233"), (&ids[1], "90", "#445566")] {
        let name = if days == "30" { "friend" } else { "Friends" };
        let fields = [("name", name), ("color", color), ("contact_frequency_days", days), ("version", "1")];
        ada.post(&format!("/tags/{id}"), &fields).await.expect(303);
    }
    let before = rows(&app).await;
    let [friend, friends] = [ids[0].as_str(), &ids[1]];
    let fields = [
        ("id", friend),
        ("id", friends),
        ("survivor", friend),
        ("take_color", friends),
        ("take_contact_frequency_days", friend),
    ];
    ada.post("/tag-merges", &fields).await.expect(303);
    let way = flash(&mut ada).await.one("#flash form").attr("action");
    let tags =
        app.sql("select concat_ws(' ', name, color, contact_frequency_days, people_count) from tags order by 1").await;
    let tags: Vec<String> = tags.iter().map(|row| row.get(0)).collect();
    assert_eq!(tags[0], "friend #445566 30 2");
    assert_eq!(tags.len(), 2);
    let rhythm = app.sql("select effective_frequency_days from contacts order by first_name").await;
    assert_eq!(rhythm.iter().map(|row| row.get::<_, Option<i32>>(0)).collect::<Vec<_>>(), [Some(30), Some(30)]);
    assert_eq!(ada.get("/contacts?q=friends").await.count("[data-kind=contact]"), 0);
    assert_eq!(ada.get("/contacts?q=friend").await.count("[data-kind=contact]"), 2);
    let after = rows(&app).await;
    ada.post(&way, &[]).await.expect(303);
    assert_eq!(rows(&app).await, before);
    undo(&mut ada).await;
    assert_eq!(rows(&app).await, after);
}

#[actix_web::test]
async fn a_file_that_names_what_was_merged_away_does_not_bring_it_back() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let card = |phone: &str| {
        format!(
            "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:g\r\nFN:Grace\r\nN:;Grace;;;\r\nTEL:{phone}\r\nORG:US Navy\r\nCATEGORIES:Friends\r\nEND:VCARD\r\n"
        )
    };
    let mut import = async |phone: &str| {
        let page = ada.upload("/imports", "x.vcf", card(phone).as_bytes()).await.expect(303).location();
        app.run_jobs().await;
        ada.post(&format!("{page}/application"), &[]).await.expect(303);
        app.run_jobs().await;
        if phone.ends_with('1') {
            ada.post("/organizations", &[("name", "Navy")]).await.expect(303);
            ada.post("/tags", &[("name", "friend")]).await.expect(303);
            for (path, table, stays, goes) in [
                ("/organization-merges", "organizations", "Navy", "US Navy"),
                ("/tag-merges", "tags", "friend", "Friends"),
            ] {
                let (stays, goes) = (id_of(&app, table, stays).await, id_of(&app, table, goes).await);
                ada.post(path, &[("id", &stays), ("id", &goes), ("survivor", &stays)]).await.expect(303);
            }
        }
    };
    import("+49 30 1").await;
    import("+49 30 2").await;
    let names = "select name from organizations where deleted_at is null union all select name from tags order by 1";
    let names: Vec<String> = app.sql(names).await.iter().map(|row| row.get(0)).collect();
    assert_eq!(names, ["Navy", "friend"]);
    assert_eq!(posts(&app).await.len(), 1);
    let phones = app.sql("select count(*) from contact_methods where value = '+49 30 2'").await;
    assert_eq!(phones[0].get::<_, i64>(0), 1, "the rest of the newer card arrived");
}

#[actix_web::test]
async fn ten_thousand_people_cost_as_many_statements_as_two() {
    let (app, mut ada, navy, us_navy) = navy().await;
    let fields = [("id", navy.as_str()), ("id", &us_navy), ("survivor", &navy)];
    let few = app.statements_of_post(&mut ada, "/organization-merges", &fields).await;
    ada.post("/organizations", &[("name", "Fleet")]).await.expect(303);
    let fleet = id_of(&app, "organizations", "Fleet").await;
    app.sql(
        "insert into contacts (user_id, first_name) select u.id, 'P' || n from users u, generate_series(1, 10000) n",
    )
    .await;
    app.sql(&format!("insert into contact_employments (user_id, contact_id, organization_id) select user_id, id, '{fleet}' from contacts")).await;
    let fields = [("id", navy.as_str()), ("id", &fleet), ("survivor", &navy)];
    let started = std::time::Instant::now();
    let many = app.statements_of_post(&mut ada, "/organization-merges", &fields).await;
    println!("a merge of ten thousand people's posts took {:?}", started.elapsed());
    assert!(many <= few + 2, "{few} and {many}");
    app.run_jobs().await;
    let people = "select people_count from organizations where name = 'Navy'";
    assert_eq!(app.sql(people).await[0].get::<_, i32>(0), 10_003);
    let found = "select count(*) from contact_search_documents where document @@ '''navy'''::tsquery";
    assert_eq!(app.sql(found).await[0].get::<_, i64>(0), 10_003, "each is found by where she works now");
    let merge: String =
        app.sql("select id::text from change_sets where kind = 'merge' order by created_at desc limit 1").await[0]
            .get(0);
    ada.post(&format!("/change-sets/{merge}/undo"), &[]).await.expect(303);
    app.run_jobs().await;
    let back = "select name || ' ' || people_count from organizations where deleted_at is null order by 1";
    let back: Vec<String> = app.sql(back).await.iter().map(|row| row.get(0)).collect();
    assert_eq!(back, ["Fleet 10003", "Navy 3"], "a job takes so much back");
}
