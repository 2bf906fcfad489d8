//! The list of all interactions and the timelines: narrowed, paged, and found by words.

use crate::correspondents::{ME, mail};
use crate::harness::{App, User};
use crate::interactions::{log, person, titles, titles_at};

/// What htmx sends with a request for a part of a page.
const PARTIAL: [(&str, &str); 2] = [("hx-request", "true"), ("hx-request-type", "partial")];

#[actix_web::test]
async fn the_list_is_narrowed_by_type_direction_person_organization_tag_period_and_text() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (grace, alan) = (person(&mut ada, "Grace Hopper").await, person(&mut ada, "Alan Turing").await);
    ada.post(&format!("/contacts/{grace}/employments"), &[("organization", "Navy"), ("is_current", "true")])
        .await
        .expect(303);
    ada.post(&format!("/contacts/{alan}/tags"), &[("name", "logic")]).await.expect(303);
    let tag: String = app.sql("select id::text from tags").await[0].get(0);
    let navy: String = app.sql("select id::text from organizations").await[0].get(0);
    log(&mut ada, "call", "2026-05-03 23:30", "Compilers", &[&grace]).await;
    log(&mut ada, "note", "2026-05-04", "Machines", &[&alan]).await;
    let both = [
        ("interaction_type", "meeting"),
        ("direction", "mutual"),
        ("occurred_at", "2026-06-01"),
        ("subject", "Dinner"),
        ("summary", "Über 花子 and the théorème"),
        ("contact_id", &grace),
        ("contact_id", &alan),
    ];
    ada.post("/interactions", &both).await.expect(303);
    let contact = |id: &str| format!("contact={id}");
    for (query, found) in [
        (String::new(), vec!["Dinner", "Machines", "Compilers"]),
        ("interaction_type=call".to_owned(), vec!["Compilers"]),
        ("direction=mutual".to_owned(), vec!["Dinner"]),
        (contact(&alan), vec!["Dinner", "Machines"]),
        ("contact=alan+turing".to_owned(), vec!["Dinner", "Machines"]),
        (format!("organization={navy}"), vec!["Dinner", "Compilers"]),
        ("organization=navy".to_owned(), vec!["Dinner", "Compilers"]),
        (format!("tag={tag}&interaction_type=note"), vec!["Machines"]),
        (format!("tag={tag}&organization={navy}"), vec![]),
        ("from=2026-05-04".to_owned(), vec!["Dinner", "Machines"]),
        ("to=2026-05-03".to_owned(), vec!["Compilers"]),
        ("from=2026-05-04&to=2026-05-04".to_owned(), vec!["Machines"]),
        ("from=4+May+2026&to=2026-05-04".to_owned(), vec!["Machines"]),
        ("q=theoreme".to_owned(), vec!["Dinner"]),
        ("q=uber+花子".to_owned(), vec!["Dinner"]),
        ("q=mach".to_owned(), vec!["Machines"]),
        (format!("q=dinner&{}", contact(&grace)), vec!["Dinner"]),
        ("q=nothing".to_owned(), vec![]),
        ("q=-".to_owned(), vec![]),
        ("tag=x".to_owned(), vec![]),
        ("contact=nobody".to_owned(), vec![]),
    ] {
        assert_eq!(titles_at(&mut ada, &format!("/interactions?{query}")).await, found, "{query}");
    }
    let wrong = ada.get("/interactions?from=soon").await.expect(200);
    assert_eq!(wrong.count("#from-error"), 1);
}

/// `n` calls at few moments, so that many stand at the same one.
async fn many(app: &App, contact: &str, n: usize) {
    app.sql(&format!(
        "with made as (insert into interactions (user_id, occurred_at, interaction_type, subject) select u.id, \
             timestamptz '2026-01-01' + (n % 7) * interval '5 hours', 'call', 'C' || n from users u, generate_series(1, {n}) n returning user_id, id, occurred_at) \
         insert into interaction_participants (user_id, interaction_id, contact_id, occurred_at) select user_id, id, '{contact}', occurred_at from made"
    ))
    .await;
}

async fn walk(user: &mut User, start: &str) -> Vec<String> {
    let (mut seen, mut next) = (Vec::new(), Some(start.to_owned()));
    while let Some(path) = next {
        let page = user.get(&path).await.expect(200);
        seen.extend(titles(&page));
        next = page.all("a[rel=next]").first().map(|link| link.attr("href"));
    }
    seen
}

#[actix_web::test]
async fn every_page_of_the_list_and_of_a_timeline_meets_each_row_once_with_as_many_statements() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = person(&mut ada, "Grace").await;
    let timeline = format!("/contacts/{grace}/timeline");
    let paths = [
        "/interactions".to_owned(),
        format!("/interactions?contact={grace}"),
        format!("/contacts/{grace}"),
        timeline.clone(),
    ];
    many(&app, &grace, 3).await;
    let mut few = Vec::new();
    for path in &paths {
        few.push(app.statements_of(&mut ada, path).await);
    }
    many(&app, &grace, 160).await;
    let mut now = Vec::new();
    for path in &paths {
        now.push(app.statements_of(&mut ada, path).await);
    }
    assert_eq!(few, now);
    for path in &paths {
        let mut seen = walk(&mut ada, path).await;
        assert_eq!(seen.len(), 163, "{path}");
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 160, "{path}");
    }
    let page = ada.get(&format!("/contacts/{grace}")).await.expect(200);
    assert_eq!(page.count("[data-kind=interaction]"), 30);
    let more = page.one("#timeline-more a").attr("hx-get");
    let block = ada.get_with(&more, &[&PARTIAL[..], &[("hx-target", "p#timeline-more")]].concat()).await.expect(200);
    assert_eq!((block.count("html > head > title"), block.count("[data-kind=interaction]")), (0, 30));
    ada.get("/interactions?after=eyJhdCI6IisyNjIxNDItMDEtMDFUMDA6MDA6MDBaIn0").await.expect(200);
}

#[actix_web::test]
async fn a_common_word_a_rare_one_and_a_large_group_find_the_same_as_looking_at_each() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = person(&mut ada, "Grace").await;
    many(&app, &grace, 2500).await;
    app.sql(
        "insert into interaction_search_documents (user_id, interaction_id, occurred_at, document) select user_id, id, occurred_at, \
             case when right(subject, 1) = '7' then '''common'':1' when subject = 'C14' then '''rare'':1' else '' end::tsvector from interactions",
    )
    .await;
    assert_eq!(walk(&mut ada, "/interactions?q=rare").await, ["C14"]);
    assert_eq!(walk(&mut ada, "/interactions?q=common").await.len(), 250);
    // More people than are asked one by one.
    app.sql("insert into contacts (user_id, first_name, display_name) select id, 'P', 'P' from users, generate_series(1, 2100)").await;
    app.sql("insert into tags (user_id, name) select id, 'all' from users").await;
    app.sql(
        "insert into contact_tags (user_id, contact_id, tag_id) select c.user_id, c.id, t.id from contacts c, tags t",
    )
    .await;
    let tag: String = app.sql("select id::text from tags").await[0].get(0);
    assert_eq!(walk(&mut ada, &format!("/interactions?tag={tag}")).await.len(), 2500);
    assert_eq!(walk(&mut ada, &format!("/interactions?tag={tag}&q=rare")).await, ["C14"]);
}

#[actix_web::test]
async fn whoever_wrote_and_is_in_nobodys_contacts_is_named_with_a_way_to_add_her() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let rows = [("to", "Ada", ME), ("from", "Grace Hopper", "grace@x.example"), ("cc", "", "eve@x.example")];
    let id = mail(&app, "ada@example.com", &[("Engines", "2026-05-03T10:00:00Z", &rows)]).await[0];
    let list = ada.get("/interactions").await.expect(200);
    assert!(list.one("[data-kind=interaction] small").text().contains("Grace Hopper"));
    let page = ada.get(&format!("/interactions/{id}")).await.expect(200);
    let named: Vec<String> = page.all("#addresses tbody tr").iter().map(|row| row.text().to_owned()).collect();
    assert_eq!(
        named,
        ["ToAda me@home.example you", "FromGrace Hopper grace@x.example Add", "Copy toeve@x.example Add"]
    );
    let queue = ada.get(&page.all("#addresses a")[0].attr("href")).await.expect(200);
    let waiting = queue.one("[data-kind=correspondent]").attr("data-id");
    ada.post("/correspondents", &[("add", &waiting)]).await.expect(303);
    let page = ada.get(&format!("/interactions/{id}")).await.expect(200);
    assert_eq!(page.count("#addresses a"), 1, "whoever is a contact is not added again");
    let list = ada.get("/interactions").await.expect(200);
    assert_eq!(list.one("[data-kind=interaction] small").text().matches("Grace Hopper").count(), 1);
}

#[actix_web::test]
async fn what_was_said_is_shown_in_lists_without_its_marks() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = person(&mut ada, "Grace Hopper").await;
    let call = [
        ("interaction_type", "call"),
        ("occurred_at", "2026-05-03"),
        ("summary", "# Her plan\n\nIt **works**, see [the draft](https://example.com/a)."),
        ("contact_id", &grace),
    ];
    ada.post("/interactions", &call).await.expect(303);
    app.sql("update contacts set contact_frequency_days = 1").await;
    let words = "Her plan It works, see the draft.";
    let list = ada.get("/interactions").await.expect(200);
    assert!(list.one("[data-kind=interaction] small").text().ends_with(words));
    let hers = ada.get(&format!("/contacts/{grace}")).await.expect(200);
    assert_eq!(hers.one(".timeline li p").text(), words);
    let today = ada.get("/").await.expect(200);
    assert!(today.one("section[aria-labelledby=touch] li a[id]").text().ends_with(": Her plan"), "its first line");
}
