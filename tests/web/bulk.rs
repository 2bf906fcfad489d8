//! Many people at once: chosen by id and by filter, edited, trashed, exported and taken back as one.

use crate::harness::{App, Page, User};

async fn add(user: &mut User, name: &str) -> String {
    let path = user.post("/contacts", &[("first_name", name)]).await.expect(303).location();
    path.trim_start_matches("/contacts/").to_owned()
}

/// Ada with these people, and their ids.
async fn house(names: &[&str]) -> (App, User, Vec<String>) {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let mut ids = Vec::new();
    for name in names {
        ids.push(add(&mut ada, name).await);
    }
    (app, ada, ids)
}

/// One column of everybody, by name.
async fn column(app: &App, expression: &str) -> Vec<String> {
    let rows =
        app.sql(&format!("select coalesce(({expression})::text, '-') from contacts c order by first_name")).await;
    rows.iter().map(|row| row.get(0)).collect()
}

const TAGS: &str = "select string_agg(t.name, ',' order by t.name) from contact_tags x join tags t on t.id = x.tag_id where x.contact_id = c.id";

async fn said(user: &mut User) -> Page {
    user.get("/settings").await.expect(200)
}

#[actix_web::test]
async fn the_chosen_are_edited_in_one_change_set_that_is_undone_and_done_again_as_one() {
    let (app, mut ada, ids) = house(&["A", "B", "C"]).await;
    ada.post("/bulk-edits", &[("id", &ids[2]), ("add_tag", "old")]).await.expect(303);
    let fields = [
        ("id", ids[0].as_str()),
        ("id", &ids[2]),
        ("add_tag", "friend"),
        ("remove_tag", "OLD"),
        ("contact_frequency_days", "30"),
        ("relationship_strength", "none"),
        ("employer", "Harrow"),
    ];
    ada.post("/bulk-edits", &fields).await.expect(303);
    let page = said(&mut ada).await;
    assert!(page.one("#flash span").text().starts_with("2 people: tagged “friend”, tag “OLD” taken off"));
    let state = async || {
        let work = "select o.name from contact_employments e join organizations o on o.id = e.organization_id where e.contact_id = c.id and e.is_current";
        [
            column(&app, TAGS).await,
            column(&app, "c.next_contact_due - (now() at time zone 'Europe/Berlin')::date").await,
            column(&app, "c.relationship_strength").await,
            column(&app, work).await,
        ]
    };
    let edited = state().await;
    assert_eq!(edited[0], ["friend", "-", "friend"]);
    assert_eq!(edited[1], ["30", "-", "30"]);
    assert_eq!((edited[2][0].as_str(), edited[2][2].as_str()), ("-", "-"));
    assert_eq!(edited[3], ["Harrow", "-", "Harrow"]);
    assert_eq!(ada.get("/contacts?q=harrow").await.count("[data-kind=contact]"), 2);
    let history = ada.get("/history").await;
    assert_eq!(history.count("[data-kind=change_set]"), 5);
    assert!(history.all("[data-kind=change_set] strong")[0].text().contains("tagged “friend”"));

    ada.post(&page.one("#flash form").attr("action"), &[]).await.expect(303);
    assert_eq!(column(&app, TAGS).await, ["-", "-", "old"]);
    assert_eq!(column(&app, "c.contact_frequency_days").await, ["-", "-", "-"]);
    let redo = said(&mut ada).await.one("#flash form").attr("action");
    assert_eq!(ada.get("/contacts?q=harrow").await.count("[data-kind=contact]"), 0);
    ada.post(&redo, &[]).await.expect(303);
    assert_eq!(state().await, edited);
}

#[actix_web::test]
async fn all_that_match_the_filter_are_meant_beyond_the_page_and_nobody_else() {
    let (app, mut ada, _) = house(&["Zed"]).await;
    app.sql(
        "insert into contacts (user_id, first_name, display_name) select u.id, 'P' || n, 'P' || n from users u, generate_series(1, 120) n",
    )
    .await;
    let tag = async |user: &mut User, filter: (&str, &str), name: &str| {
        user.post("/bulk-edits", &[("scope", "filter"), filter, ("add_tag", name)]).await
    };
    tag(&mut ada, ("q", "zed"), "one").await.expect(303);
    tag(&mut ada, ("q", ""), "everybody").await.expect(303);
    let count = async |name: &str| {
        let sql = format!("select count(*) from contact_tags x join tags t on t.id = x.tag_id where t.name = '{name}'");
        app.sql(&sql).await[0].get::<_, i64>(0)
    };
    assert_eq!((count("one").await, count("everybody").await), (1, 121));
    let one: String = app.sql("select id::text from tags where name = 'one'").await[0].get(0);
    let moved = tag(&mut ada, ("tag", &one), "two").await.expect(303);
    assert_eq!(moved.location(), format!("/contacts?tag={one}"));
    assert_eq!(count("two").await, 1);
    // What can't be looked for matches nobody, and a broken filter is not a wider one.
    tag(&mut ada, ("q", "-"), "three").await.expect(303);
    assert_eq!(said(&mut ada).await.one("#flash span").text(), "0 people: nothing to change.");
    tag(&mut ada, ("tag", "one"), "three").await.expect(400);
    assert_eq!(count("three").await, 0);
}

#[actix_web::test]
async fn the_page_of_a_selection_says_who_is_meant_and_keeps_them_when_a_field_is_refused() {
    let (app, mut ada, ids) = house(&["A", "B", "C"]).await;
    let page = ada.post("/selections", &[("id", &ids[0]), ("id", &ids[1])]).await.expect(200);
    assert_eq!(page.one("h1").text(), "2 people");
    assert_eq!(page.all("header bdi").iter().map(|name| name.text()).collect::<Vec<_>>(), ["A", "B"]);
    let fields = [
        ("id", ids[0].as_str()),
        ("id", &ids[1]),
        ("add_tag", " "),
        ("contact_frequency_days", "0"),
        ("relationship_strength", "11"),
        ("employer", "a\0b"),
    ];
    let refused = ada.post("/bulk-edits", &fields).await.expect(422);
    assert_eq!(refused.one("#add_tag-error").text(), "Give the tag a name.");
    assert_eq!(refused.one("#contact_frequency_days-error").text(), "Give a whole number from 1 to 3660.");
    assert_eq!(refused.count("#relationship_strength-error"), 1);
    assert_eq!(refused.count("#employer-error"), 1);
    assert_eq!(refused.one("[name=contact_frequency_days] option[selected]").attr("value"), "0");
    assert_eq!(refused.count("input[name=id]"), 2);
    let empty = ada.post("/bulk-edits", &[("id", &ids[0])]).await.expect(422);
    assert_eq!(empty.count("#add_tag-error"), 1);
    let unknown =
        ada.post("/bulk-edits", &[("id", &ids[0]), ("remove_tag", "nobody's"), ("add_tag", "x")]).await.expect(422);
    assert_eq!(unknown.one("#remove_tag-error").text(), "There is no such tag.");
    ada.post("/bulk-edits", &[("add_tag", "x")]).await.expect(400);
    ada.post("/bulk-edits", &[("id", &ids[0]), ("action", "merge")]).await.expect(400);
    assert_eq!(app.sql("select count(*) from tags").await[0].get::<_, i64>(0), 0);
}

#[actix_web::test]
async fn the_trash_takes_the_chosen_and_undo_brings_them_back() {
    let (_app, mut ada, ids) = house(&["A", "B", "C"]).await;
    ada.post("/bulk-edits", &[("id", &ids[0]), ("id", &ids[1]), ("action", "trash")]).await.expect(303);
    let list = ada.get("/contacts").await;
    assert_eq!(list.count("[data-kind=contact]"), 1);
    assert_eq!(list.one("#flash span").text(), "2 people: put into the trash.");
    ada.post(&list.one("#flash form").attr("action"), &[]).await.expect(303);
    assert_eq!(ada.get("/contacts").await.count("[data-kind=contact]"), 3);
}

#[actix_web::test]
async fn the_chosen_alone_are_exported() {
    let (_app, mut ada, ids) = house(&["Anna", "Bela", "Cora"]).await;
    for (version, line) in [("3.0", "VERSION:3.0"), ("4.0", "VERSION:4.0")] {
        let file = ada
            .post("/exports/contacts.vcf", &[("id", &ids[0]), ("id", &ids[2]), ("version", version)])
            .await
            .expect(200);
        assert_eq!(file.body.matches(line).count(), 2);
        assert!(file.body.contains("Anna") && file.body.contains("Cora") && !file.body.contains("Bela"));
    }
    let file = ada.post("/exports/contacts.vcf", &[("scope", "filter"), ("q", "bela")]).await.expect(200);
    assert_eq!(file.body.matches("BEGIN:VCARD").count(), 1);
    let table = ada.post("/exports/contacts.csv", &[("id", &ids[0]), ("id", &ids[2])]).await.expect(200);
    assert_eq!(table.body.lines().count(), 3, "a header and two people");
    assert!(table.body.contains("Anna") && table.body.contains("Cora") && !table.body.contains("Bela"));
    ada.post("/exports/contacts.vcf", &[]).await.expect(400);
}

#[actix_web::test]
async fn a_strangers_people_are_never_touched_and_the_count_says_so() {
    let (app, mut ada, ids) = house(&["A", "B"]).await;
    let mut bob = app.sign_in("bob").await;
    let own = add(&mut bob, "Own").await;
    let before = column(&app, "to_jsonb(c)").await;
    for path in ["/bulk-edits", "/selections", "/exports/contacts.vcf", "/exports/contacts.csv"] {
        bob.post(path, &[("id", &ids[0]), ("action", "trash")]).await.expect(404);
    }
    assert_eq!(column(&app, "to_jsonb(c)").await, before);
    let foreign = app.sql("select count(*) from contact_tags").await[0].get::<_, i64>(0);
    bob.post("/bulk-edits", &[("id", &ids[0]), ("id", &ids[1]), ("id", &own), ("add_tag", "mine")]).await.expect(303);
    assert_eq!(
        said(&mut bob).await.one("#flash span").text(),
        "1 person: tagged “mine”. 2 of those chosen are not in your list any more."
    );
    assert_eq!(app.sql("select count(*) from contact_tags").await[0].get::<_, i64>(0), foreign + 1);
    assert_eq!(column(&app, TAGS).await, ["-", "-", "mine"]);
    let chosen = bob.post("/selections", &[("id", &ids[0]), ("id", &own)]).await.expect(200);
    assert_eq!(chosen.one("h1").text(), "1 person");
    assert_eq!(chosen.count("input[name=id]"), 1);
    ada.get(&format!("/contacts/{}", ids[0])).await.expect(200);
}

#[actix_web::test]
async fn ten_thousand_people_cost_as_many_statements_as_two() {
    let (app, mut ada, ids) = house(&["A", "B"]).await;
    let fields = [("id", ids[0].as_str()), ("id", &ids[1]), ("add_tag", "x"), ("relationship_strength", "9")];
    let few = app.statements_of_post(&mut ada, "/bulk-edits", &fields).await;
    app.sql(
        "insert into contacts (user_id, first_name) select u.id, 'P' || n from users u, generate_series(1, 10000) n",
    )
    .await;
    let fields = [("scope", "filter"), ("add_tag", "y"), ("relationship_strength", "8")];
    let many = app.statements_of_post(&mut ada, "/bulk-edits", &fields).await;
    assert!(many <= few + 2, "{few} and {many}");
    let found = async || {
        let sql = "select count(*) from contact_search_documents where document @@ '''y'''::tsquery";
        app.sql(sql).await[0].get::<_, i64>(0)
    };
    assert_eq!(found().await, 1_000, "the first thousand are found by it at once");
    app.run_jobs().await;
    assert_eq!(found().await, 10_002, "and the others by the job");
}

#[actix_web::test]
async fn thousands_in_the_trash_are_found_and_counted_nowhere_and_everywhere_once_they_are_back() {
    let (app, mut ada, ids) = house(&["Zed"]).await;
    app.sql("insert into contacts (user_id, first_name, display_name) select u.id, 'P' || n, 'Quincy ' || n from users u, generate_series(1, 1200) n")
        .await;
    let fields = [("scope", "filter"), ("add_tag", "friend"), ("employer", "Navy")];
    ada.post("/bulk-edits", &fields).await.expect(303);
    // A second post at the same organization makes nobody two.
    app.sql("insert into contact_employments (user_id, contact_id, organization_id, title, is_current) select user_id, contact_id, organization_id, 'before', false from contact_employments")
        .await;
    app.run_jobs().await;
    let standing = async |user: &mut User| {
        let counts = "select o.people_count::text || ' ' || t.people_count from organizations o, tags t";
        let found = user.get("/contacts?q=quincy").await.count("[data-kind=contact]");
        (app.sql(counts).await[0].get::<_, String>(0), found)
    };
    assert_eq!(standing(&mut ada).await, ("1201 1201".to_owned(), 50));
    ada.post("/bulk-edits", &[("scope", "filter"), ("q", "quincy"), ("action", "trash")]).await.expect(303);
    let undo = said(&mut ada).await.one("#flash form").attr("action");
    assert_eq!(standing(&mut ada).await, ("1 1".to_owned(), 0));
    let waits = "select count(*) from jobs where kind = 'search lists' and state = 'ready'";
    assert_eq!(app.sql(waits).await[0].get::<_, i64>(0), 1);
    app.run_jobs().await;
    assert_eq!(standing(&mut ada).await, ("1 1".to_owned(), 0));
    ada.post(&undo, &[]).await.expect(303);
    assert_eq!(standing(&mut ada).await, ("1201 1201".to_owned(), 50));
    app.run_jobs().await;
    assert_eq!(app.sql("select count(*) from jobs where state = 'failed'").await[0].get::<_, i64>(0), 0);
    ada.post(&format!("/contacts/{}/trash", ids[0]), &[]).await.expect(303);
    assert_eq!(standing(&mut ada).await, ("1200 1200".to_owned(), 50));
}

#[actix_web::test]
async fn an_undo_holds_everybody_in_order_before_it_changes_anything() {
    let names: Vec<String> = (10..60).map(|n| n.to_string()).collect();
    let (app, mut ada, mut ids) = house(&names.iter().map(String::as_str).collect::<Vec<_>>()).await;
    // Where they lie in the table is the other way round.
    for id in ids.iter().rev() {
        ada.post("/bulk-edits", &[("id", id.as_str()), ("relationship_strength", "2")]).await.expect(303);
    }
    let fields = [("scope", "filter"), ("relationship_strength", "7"), ("add_tag", "all")];
    ada.post("/bulk-edits", &fields).await.expect(303);
    let undo = said(&mut ada).await.one("#flash form").attr("action");
    ids.sort_unstable();
    let mut admin = kith::db::connect::client(&app.database.admin_url).await.unwrap();
    let other = admin.transaction().await.unwrap();
    let lock = |id: &str| format!("select from contacts where id = '{id}' for no key update nowait");
    other.batch_execute(&lock(&ids[0])).await.unwrap();
    let (page, ()) = tokio::join!(ada.post(&undo, &[("next", "/contacts")]), async {
        let waits =
            "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
        while app.sql(waits).await[0].get::<_, i64>(0) == 0 {}
        for id in &ids[1..] {
            other.batch_execute(&lock(id)).await.expect("whoever waits for the first holds none behind it");
        }
        other.batch_execute("select from contact_tags for update nowait").await.expect("nor anything of theirs");
        other.rollback().await.unwrap();
    });
    page.expect(303);
    assert_eq!(column(&app, "c.relationship_strength").await, vec!["2"; names.len()]);
}
