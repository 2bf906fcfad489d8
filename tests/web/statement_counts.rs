//! No page sends more statements for a thousand rows than for ten, and none more than six.

use crate::correspondents::{ME, mail};
use crate::harness::{App, User};
use crate::url_table::{Route, routes};

/// Pages without rows of hers, or, as the export, one that is read in portions; the feed, whose link no id is, has a test of its own.
const ELSEWHERE: [&str; 9] = [
    "/login",
    "/signup",
    "/healthz",
    "/readyz",
    "/exports/contacts.vcf",
    "/exports/contacts.csv",
    "/exports/account.json",
    "/feeds/{token}.ics",
    "/unsubscribe/{token}",
];
/// What a page may send besides the session's check, which makes six; the transaction's frame is not counted.
const MOST: usize = 5;

/// Cards `from` to `to`, each with an organization and a tag of its own.
fn cards(from: usize, to: usize) -> String {
    let card = |n| {
        format!(
            "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:card-{n}\r\nFN:Friend Number{n}\r\nN:Number{n};Friend;;;\r\n\
             EMAIL:friend{n}@example.org\r\nORG:Company {n}\r\nTITLE:Baker\r\nCATEGORIES:tag {n}\r\nEND:VCARD\r\n"
        )
    };
    (from..=to).map(card).collect()
}

/// Brings everything that a list shows from `from` to `to` rows.
async fn grow(app: &App, ada: &mut User, from: usize, to: usize) {
    let page = ada.upload("/imports", "phone.vcf", cards(from, to).as_bytes()).await.expect(303).location();
    app.run_jobs().await;
    ada.post(&format!("{page}/application"), &[]).await.expect(303);
    app.run_jobs().await;
    ada.post("/tags", &[("name", &format!("From {from} on"))]).await.expect(303);
    let rows = format!("generate_series({from}, {to}) n");
    let person = "(select id from contacts where display_name = 'Friend Number1')";
    for sql in [
        format!(
            "insert into contact_tags (user_id, contact_id, tag_id) select user_id, {person}, id from tags on conflict do nothing"
        ),
        format!(
            "insert into contact_employments (user_id, contact_id, organization_id, title) select user_id, {person}, id, 'Baker ' || n from organizations, {rows} where name = 'Company ' || n"
        ),
        format!(
            "insert into contact_methods (user_id, contact_id, kind, label, value, position) select u.id, {person}, 'email', '', n || '@example.org', n + 10 from users u, {rows}"
        ),
        format!(
            "insert into contacts (user_id, first_name, deleted_at) select u.id, 'Away', now() from users u, {rows}"
        ),
        format!(
            "insert into contact_relations (user_id, contact_id, other_contact_id, kind) select user_id, {person}, id, 'friend' from contacts, {rows} where display_name = 'Friend Number' || n and n > 1"
        ),
        // Of fields there can be a hundred.
        format!(
            "insert into own_fields (user_id, name, kind, position) select u.id, 'Field ' || n, 'text', n from users u, {rows} where n <= 100"
        ),
        format!(
            "insert into contact_fields (user_id, contact_id, field_id, kind, value) select user_id, {person}, id, kind, 'x' from own_fields, {rows} where name = 'Field ' || n"
        ),
        format!(
            "with made as (insert into interactions (user_id, occurred_at, interaction_type, subject) select u.id, now() - n * interval '1 hour', 'call', 'Friendly' from users u, {rows} returning user_id, id, occurred_at), \
             found as (insert into interaction_search_documents (user_id, interaction_id, occurred_at, document) select user_id, id, occurred_at, 'friendly'::tsvector from made) \
             insert into interaction_participants (user_id, interaction_id, contact_id, occurred_at) select user_id, id, {person}, occurred_at from made"
        ),
        format!(
            "insert into interaction_participants (user_id, interaction_id, contact_id, occurred_at) select i.user_id, i.id, c.id, i.occurred_at \
             from contacts c, {rows}, (select * from interactions where deleted_at is null order by occurred_at desc limit 1) i where display_name = 'Friend Number' || n and n > 1 on conflict do nothing"
        ),
        format!(
            "insert into interactions (user_id, occurred_at, interaction_type, deleted_at) select u.id, now(), 'note', now() from users u, {rows}"
        ),
        format!(
            "insert into organizations (user_id, name, deleted_at) select u.id, 'Away ' || n, now() from users u, {rows}"
        ),
        format!(
            "insert into sessions (id, user_id, token_hash) select gen_random_uuid(), u.id, decode(lpad(to_hex(n), 64, '0'), 'hex') from users u, {rows}"
        ),
        format!(
            "insert into imports (user_id, format, file_name, file_size, state) select u.id, 'vcard', 'x.vcf', 1, 'cancelled' from users u, {rows}"
        ),
    ] {
        app.sql(&sql).await;
    }
    remind(app, person, &rows).await;
    write_with(app, from, to).await;
    receive(app, ada, from, to).await;
    preview(app, ada, from, to).await;
}

/// As many cards in a preview, and rows of mail that name somebody unknown.
async fn preview(app: &App, ada: &mut User, from: usize, to: usize) {
    ada.upload("/imports", "next.vcf", cards(2000 + from, 2000 + to).as_bytes()).await.expect(303);
    app.run_jobs().await;
    let doubtful = format!(
        "insert into import_items (user_id, import_id, position, byte_offset, line, status, title, doubted, cells) \
         select i.user_id, i.id, 900001 + n - {from}, 0, 0, 'doubtful', 'Call', 'Friend', '[]' from generate_series({from}, {to}) n, \
             (select * from imports where format = 'mbox' order by items_read desc limit 1) i"
    );
    app.sql(&doubtful).await;
}

/// As many people who are due, who are put off, and who have a date soon.
async fn keep_in_touch(app: &App, rows: &str) {
    for sql in [
        format!(
            "update contacts c set contact_frequency_days = 1 + n % 20, last_contact_date = current_date - 30, \
                 postponed_until = case when n % 2 = 1 then current_date + n end from {rows} where display_name = 'Friend Number' || n"
        ),
        format!(
            "insert into contact_dates (user_id, contact_id, kind, month, day) select c.user_id, c.id, 'day ' || n, extract(month from d.day), extract(day from d.day) \
             from contacts c, {rows}, lateral (select current_date + 1 + n % 50 as day) d where display_name = 'Friend Number' || n"
        ),
    ] {
        app.sql(&sql).await;
    }
}

/// As many reminders about somebody, one of which was left out as often, and in the trash.
async fn remind(app: &App, person: &str, rows: &str) {
    for sql in [
        format!(
            "with made as (insert into reminders (user_id, contact_id, title, due_at) select u.id, {person}, 'Call ' || n, now() + n * interval '1 hour' from users u, {rows} returning *) \
             insert into reminder_occurrences (user_id, reminder_id, occurs_at_local, due_at, state, settled_at) select user_id, id, starts_at - k * interval '1 day', due_at, \
                 case k when 0 then 'open' else 'completed' end, case k when 0 then null else now() end from made, generate_series(0, 1) k"
        ),
        format!(
            "insert into reminder_occurrences (user_id, reminder_id, occurs_at_local, due_at, state, settled_at) select r.user_id, r.id, r.starts_at - (n + 5) * interval '1 day', r.due_at, 'skipped', now() \
             from (select * from reminders where title = 'Call 1') r, {rows}"
        ),
        format!(
            "insert into reminders (user_id, title, due_at, deleted_at) select u.id, 'Away', now(), now() from users u, {rows}"
        ),
    ] {
        app.sql(&sql).await;
    }
    keep_in_touch(app, rows).await;
}

/// A mailbox of as many letters.
async fn receive(app: &App, ada: &mut User, from: usize, to: usize) {
    let letter = |n: usize| {
        format!(
            "From x@x.example Thu Aug 22 13:52:59 2002\nMessage-ID: <{n}@x.example>\nFrom: me@x.example\nTo: you@x.example\n\
            Date: Wed, 1 May 2024 10:00:00 +0200\nSubject: Letter {n}\n\nx\n\n"
        )
    };
    let mail: String = (from..=to).map(letter).collect();
    let page = ada.upload("/imports", "x.mbox", mail.as_bytes()).await.expect(303).location();
    app.run_jobs().await;
    ada.post(&format!("{page}/addresses"), &[("addresses", "me@x.example")]).await.expect(303);
}

/// A message of each of as many correspondents, all of one thread.
async fn write_with(app: &App, from: usize, to: usize) {
    let named: Vec<_> = (from..=to).map(|n| (format!("Writer Number{n}x"), format!("writer{n}@x.example"))).collect();
    let rows: Vec<_> =
        named.iter().map(|(name, address)| [("from", name.as_str(), address.as_str()), ("to", "", ME)]).collect();
    let messages: Vec<_> = rows.iter().map(|rows| ("Hello", "2026-01-01T10:00:00Z", &rows[..])).collect();
    mail(app, "ada@example.com", &messages).await;
    // And of one who has as many addresses.
    let addresses: Vec<_> = (from..=to).map(|n| format!("vera{n}@x.example")).collect();
    let rows: Vec<_> =
        addresses.iter().map(|address| [("from", "Vera Manyfold", address.as_str()), ("to", "", ME)]).collect();
    let messages: Vec<_> = rows.iter().map(|rows| ("Greetings", "2026-01-01T10:00:00Z", &rows[..])).collect();
    mail(app, "ada@example.com", &messages).await;
    app.sql("update interactions set thread_id = '00000000-0000-7000-8000-000000000001' where subject = 'Hello'").await;
}

/// The paths to measure on a route: its rows are those of the person who has most, and the lists are filtered too.
async fn paths(app: &App, route: &Route) -> Vec<String> {
    let id = |sql: &'static str| async move { app.sql(sql).await[0].get::<_, String>(0) };
    let person = id("select id::text from contacts where display_name = 'Friend Number1'").await;
    let tag = id("select id::text from tags where name = 'tag 1'").await;
    let company = id("select id::text from organizations where name = 'Company 1'").await;
    let employment = id("select e.id::text from contact_employments e join contacts c on c.id = e.contact_id where c.display_name = 'Friend Number1' order by 1 limit 1").await;
    let relation = id("select id::text from contact_relations order by id limit 1").await;
    let photo = id("select photo_id::text from contact_photos").await;
    let field = id("select id::text from own_fields order by name limit 1").await;
    let import = id("select id::text from imports where state = 'preview' order by items_read desc limit 1").await;
    let edit =
        id("select change_set_id::text from audit_logs where table_name = 'tags' order by created_at limit 1").await;
    let whole =
        id("select change_set_id::text from imports where state = 'done' and format = 'vcard' order by items_read desc limit 1").await;
    let account = id("select id::text from users").await;
    let passed =
        id("select interaction_id::text from interaction_participants group by 1 order by count(*) desc limit 1").await;
    let reminder = id("select id::text from reminders where title = 'Call 1'").await;
    let writer = id("select id::text from correspondents order by address limit 1").await;
    let path = match route.pattern.split('/').nth(1).unwrap() {
        "contacts" if route.pattern.contains("relations") => route.path(&[&person, &relation]),
        "contacts" if route.pattern.contains("photo") => route.path(&[&person, &photo]),
        "contacts" => route.path(&[&person, &employment]),
        "organizations" => route.path(&[&company]),
        "interactions" if route.pattern.contains("threads") => route.path(&["00000000-0000-7000-8000-000000000001"]),
        "interactions" => route.path(&[&passed]),
        "reminders" => route.path(&[&reminder]),
        "correspondents" => route.path(&[&writer]),
        "tags" => route.path(&[&tag]),
        "imports" => route.path(&[&import]),
        "history" => route.path(&[&edit]),
        "settings" if route.holes() == 1 => route.path(&[&field]),
        "admin" if route.holes() == 1 => route.path(&[&account]),
        other => {
            assert_eq!(route.holes(), 0, "say above which id a page of {other} takes");
            route.path(&[])
        }
    };
    let queries = questions(&route.pattern, &person, &company, &tag);
    let mut paths: Vec<String> = queries.iter().map(|query| format!("{path}?{query}")).collect();
    if route.pattern == "/history/{id}" {
        paths.push(route.path(&[&whole]));
    }
    if route.pattern == "/correspondents/{id}/addresses" {
        return vec![route.path(&[&id("select id::text from correspondents where address = 'vera1@x.example'").await])];
    }
    if route.pattern == "/imports/{id}/people" {
        let mail = id(
            "select id::text from imports where format = 'mbox' and state = 'done' order by items_read desc limit 1",
        )
        .await;
        return vec![route.path(&[&mail]), format!("{}?position=900001", route.path(&[&mail]))];
    }
    if route.pattern == "/imports/{id}" {
        let mail = id("select id::text from imports where format = 'mbox' order by items_read desc limit 1").await;
        paths.push(route.path(&[&mail]));
    }
    paths.insert(0, path);
    paths
}

/// What the pages of a route are asked for besides.
fn questions(pattern: &str, person: &str, company: &str, tag: &str) -> Vec<String> {
    match pattern {
        "/contacts" => ["q=friend", "q=freind", "sort=-strength", "sort=newest"]
            .map(str::to_owned)
            .into_iter()
            .chain([format!("q=friend&tag={tag}&organization={company}")])
            .collect(),
        "/interactions" => ["q=friendly", "interaction_type=call&direction=mutual", "to=2020-01-02", "q=nothing"]
            .map(str::to_owned)
            .into_iter()
            .chain([
                format!("contact={person}&organization={company}&tag={tag}"),
                "contact=friend+number1&organization=company+1&q=friendly".to_owned(),
            ])
            .collect(),
        "/correspondents" => ["show=all", "show=all&q=writer", "sort=last&show=all"].map(str::to_owned).into(),
        "/interactions/new" | "/reminders/new" => vec![format!("contact={person}")],
        "/interactions/overview" => ["period=all", "period=2026-05"].map(str::to_owned).into(),
        "/reminders" => ["q=call", "show=overdue", "show=done"]
            .map(str::to_owned)
            .into_iter()
            .chain([format!("contact={person}&q=call")])
            .collect(),
        "/keep-in-touch" => vec!["coming".to_owned()],
        "/search" => ["q=friend", "q=freind", "q=%3E+call+friend+number1%3A+x", "q=%3E+call+freind%3A+x"]
            .map(str::to_owned)
            .into(),
        "/imports/{id}" => ["status=new", "status=doubtful"].map(str::to_owned).into(),
        "/history" => vec![format!("contact={person}")],
        "/organization-merges/new" => vec![format!("id={company}&q=company")],
        "/tag-merges/new" => vec![format!("id={tag}&q=tag")],
        _ => Vec::new(),
    }
}

async fn counts(app: &App, ada: &mut User) -> Vec<(String, usize)> {
    let mut counts = Vec::new();
    for route in routes("get").iter().filter(|route| !ELSEWHERE.contains(&route.pattern.as_str())) {
        for path in paths(app, route).await {
            let query = path.split_once('?').map_or("", |(_, query)| query).to_owned();
            counts.push((format!("{} {query}", route.pattern), app.statements_of(ada, &path).await));
        }
    }
    counts
}

#[actix_web::test]
async fn every_page_sends_at_most_six_statements_and_as_many_for_a_thousand_rows_as_for_ten() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    grow(&app, &mut ada, 1, 10).await;
    let person = "select '/contacts/' || id || '/photo' from contacts where display_name = 'Friend Number1'";
    let form: String = app.sql(person).await[0].get(0);
    ada.upload(&form, "x.png", &crate::photos::png([1, 2, 3])).await.expect(303);
    let few = counts(&app, &mut ada).await;
    grow(&app, &mut ada, 11, 1000).await;
    let many = counts(&app, &mut ada).await;
    let page = ada.get("/contacts").await.expect(200);
    assert_eq!(page.one("#count data").attr("value"), "1000");
    assert_eq!(few, many);
    for (page, count) in many {
        assert!(count <= MOST, "{page} sends {count} statements");
    }
}
