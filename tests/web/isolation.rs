//! Nobody reaches another user's rows: every route is walked as a stranger over every id that its owner has,
//! and the owner's rows are the same afterwards.

use std::collections::BTreeSet;

use kith::web::site::SignUp;

use crate::harness::{App, Page, User};
use crate::url_table::{Route, routes};

/// Stands in every text that Ada entered, and in nothing that Bob types.
const MARK: &str = "Quaxolotl";

/// A form that no handler refuses for its values, so that each goes as far as to look for the row.
const ANY_FORM: [(&str, &str); 21] = [
    ("first_name", "Mallory"),
    ("full_name", "Mallory"),
    ("name", "Mallory"),
    ("organization", "Mallory Ltd"),
    ("time_zone", "UTC"),
    ("email", "mallory@example.org"),
    ("version", "1"),
    ("single_keys", "on"),
    ("status", "doubtful"),
    ("choice", "card"),
    ("other", "Mallory"),
    ("kind", "friend"),
    ("position", "1"),
    ("column[]", "display_name"),
    ("column[]", "email"),
    ("addresses", "mallory@x.example"),
    ("remember", "true"),
    ("interaction_type", "call"),
    ("occurred_at", "2026-01-02"),
    ("participant[]", "Mallory"),
    ("current_password", "a guess that is wrong"),
];

/// Every kind of row that a user may have by now.
pub async fn fill(app: &App, user: &mut User, mark: &str) {
    let card = |first: &str, phone: &str| {
        format!(
            "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:{first}\r\nFN:{first} {mark}\r\nN:{mark};{first};;;\r\nTEL:{phone}\r\nNOTE:{mark}\r\nEND:VCARD\r\n"
        )
    };
    for phone in ["+49 30 1", "+49 30 2"] {
        let path = user.upload("/imports", &format!("{mark}.vcf"), card("Iris", phone).as_bytes()).await.location();
        app.run_jobs().await;
        if phone.ends_with('1') {
            user.post(&format!("{path}/application"), &[]).await.expect(303);
            app.run_jobs().await;
        }
    }
    let table = format!("Wer,Wo\n{mark},{mark}@x.example\n");
    user.upload("/imports", &format!("{mark}.csv"), table.as_bytes()).await.expect(303);
    receive(app, user, mark).await;
    app.run_jobs().await;
    user.post("/settings/fields", &[("name", mark), ("kind", "choice"), ("choice[]", mark)]).await.expect(303);
    let own = user.get("/contacts/new").await.expect(200).one("[name^=field_]").attr("name");
    let names =
        [("first_name", "Zephyrine"), ("last_name", mark), ("notes", mark), ("phone", "+49 30 9"), (&own, mark)];
    let day = [("date_kind[]", "birthday"), ("date_value[]", "1990-05-17")];
    for _ in 0..2 {
        let person = user.post("/contacts", &[&names[..], &day].concat()).await.expect(303).location();
        user.post(&format!("{person}/tags"), &[("name", mark)]).await.expect(303);
        user.upload(&format!("{person}/photo"), "x.png", &crate::photos::png([1, 2, 3])).await.expect(303);
        user.post(&format!("{person}/employments"), &[("organization", mark), ("title", mark)]).await.expect(303);
        let relation = [("other", mark), ("other_contact_id", "new"), ("kind", "friend"), ("note", mark)];
        user.post(&format!("{person}/relations"), &relation).await.expect(303);
    }
    let with = user.get("/contacts").await.expect(200).all("[data-kind=contact]")[0].attr("data-id");
    let interaction = [
        ("interaction_type", "call"),
        ("occurred_at", "2026-05-03 14:05"),
        ("subject", mark),
        ("summary", mark),
        ("contact_id", with.as_str()),
    ];
    for _ in 0..2 {
        user.post("/interactions", &interaction).await.expect(303);
    }
    let put_away = user.post("/interactions", &interaction).await.expect(303).location();
    user.post(&format!("{put_away}/trash"), &[]).await.expect(303);
    remind(user, mark, &with).await;
    let away = user.post("/contacts", &names).await.expect(303).location();
    user.post(&format!("{away}/trash"), &[]).await.expect(303);
    user.post("/settings/feed", &[]).await.expect(303);
    // Answered with 404 where she administers nothing.
    user.post("/admin/invitations", &[("note", mark), ("days", "7")]).await;
    let gone = user.post("/organizations", &[("name", &format!("{mark} before"))]).await.expect(303).location();
    user.post(&format!("{gone}/trash"), &[]).await.expect(303);
    write_with(app, user, mark).await;
    crate::imports::passed_tables::with_doubtful_rows(app, user).await;
    keep_in_touch(user, &with).await;
}

/// Somebody who is put off.
async fn keep_in_touch(user: &mut User, with: &str) {
    let frequency = [("id", with), ("contact_frequency_days", "30")];
    user.post("/bulk-edits", &frequency).await.expect(303);
    let until = crate::reminders::day(60);
    user.post(&format!("/contacts/{with}/postponement"), &[("postponed_until", &until)]).await.expect(303);
}

/// Reminders once and by a rule, of each one that goes on, and one in the trash.
async fn remind(user: &mut User, mark: &str, with: &str) {
    let reminder = [("title", mark), ("note", mark), ("starts_at", "tomorrow 09:00"), ("contact_id", with)];
    let often = [("repeats", "yearly"), ("zone", "Asia/Tokyo")];
    for fields in [&reminder[..], &[&reminder[..], &often].concat()] {
        let path = user.post("/reminders", fields).await.expect(303).location();
        user.post("/reminders", fields).await.expect(303);
        user.post(&format!("{path}/completion"), &[]).await.expect(303);
    }
    let put_away = user.post("/reminders", &reminder).await.expect(303).location();
    user.post(&format!("{put_away}/trash"), &[]).await.expect(303);
}

/// Mail that is taken in, and mail that still waits for whose it is.
async fn receive(app: &App, user: &mut User, mark: &str) {
    let letter = format!(
        "From: {mark} <a@x.example>\nTo: me@x.example\nMessage-ID: <{mark}@x.example>\nDate: Wed, 1 May 2024 10:00:00 +0200\nSubject: {mark}\n\nx\n"
    );
    for is_answered in [true, false] {
        let path = user.upload("/imports", &format!("{mark}.eml"), letter.as_bytes()).await.expect(303).location();
        app.run_jobs().await;
        if is_answered {
            user.post(&format!("{path}/addresses"), &[("addresses", "me@x.example")]).await.expect(303);
            app.run_jobs().await;
        }
    }
}

/// Mail from three people, one of whom is ignored, and two of whose messages are a thread.
async fn write_with(app: &App, user: &mut User, mark: &str) {
    let whose = format!("(select user_id from contacts where last_name = '{mark}' limit 1)");
    let email: String = app.sql(&format!("select email from users where id = {whose}")).await[0].get(0);
    for n in 0..4 {
        // The last one is gathered with the first.
        let (name, address) = (format!("{mark} Writer{}x", n % 3), format!("{mark}{n}@x.example"));
        let rows = [("from", name.as_str(), address.as_str()), ("to", mark, crate::correspondents::ME)];
        crate::correspondents::mail(app, &email, &[(mark, "2026-05-04T10:00:00Z", &rows)]).await;
    }
    let ignored =
        user.get("/correspondents?show=all").await.expect(200).all("[data-kind=correspondent]")[2].attr("data-id");
    user.post("/correspondents", &[("ignore", &ignored)]).await.expect(303);
    let thread = format!(
        "with t as (insert into mail_threads (user_id, message_id, thread_id) select {whose}, '{mark}', gen_random_uuid() returning user_id, thread_id) \
         update interactions n set thread_id = t.thread_id from t where n.user_id = t.user_id and n.interaction_type = 'email'"
    );
    app.sql(&thread).await;
}

/// Somebody's id.
pub async fn id_of(app: &App, email: &str) -> String {
    app.sql(&format!("select id::text from users where email = '{email}'")).await[0].get(0)
}

/// The tables that hold a user's rows.
pub async fn tables(app: &App) -> Vec<String> {
    let sql = "select c.relname::text from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'user_id' \
        where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace order by 1";
    app.sql(sql).await.iter().map(|row| row.get(0)).collect()
}

/// One line for each table: how many rows of hers it has, and what they hold.
pub async fn checksum(app: &App, user: &str) -> Vec<String> {
    let mut sums = Vec::new();
    for table in tables(app).await {
        let sql = format!(
            "select '{table} ' || count(*) || ' ' || coalesce(md5(string_agg(t::text, ',' order by t::text)), '') from {table} t where user_id = '{user}'"
        );
        sums.push(app.sql(&sql).await[0].get(0));
    }
    sums.push(app.sql(&format!("select t::text from users t where id = '{user}'")).await[0].get(0));
    sums
}

/// Which of a user's ids.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ids {
    /// Every one that stands anywhere in her rows, her own included.
    All,
    /// Of each column the newest three.
    Some,
    /// Of each table the newest row's.
    OneOfAKind,
}

async fn ids(app: &App, user: &str, which: Ids) -> Vec<String> {
    let columns = "select c.table_name::text, c.column_name::text from information_schema.columns c join information_schema.columns u \
        on u.table_name = c.table_name and u.table_schema = 'public' and u.column_name = 'user_id' \
        where c.table_schema = 'public' and c.data_type = 'uuid' and c.table_name !~ '_[0-9]{4}'";
    let mut columns: Vec<(String, String)> =
        app.sql(columns).await.iter().map(|row| (row.get(0), row.get(1))).collect();
    let most = match which {
        Ids::All => 100_000,
        Ids::Some => 3,
        Ids::OneOfAKind => 1,
    };
    columns.retain(|(_, column)| which != Ids::OneOfAKind || column == "id");
    let each = columns.iter().map(|(table, column)| {
        format!("(select distinct {column}::text from {table} where user_id = '{user}' and {column} is not null order by 1 desc limit {most})")
    });
    let found = app.sql(&each.collect::<Vec<_>>().join(" union ")).await;
    found.iter().map(|row| row.get::<_, String>(0)).collect::<BTreeSet<_>>().into_iter().collect()
}

async fn ask(user: &mut User, route: &Route, ids: &[&str], token: &str) -> Page {
    let path = route.path(ids);
    if route.method == "get" {
        return user.get(&path).await;
    }
    if route.takes_a_file() {
        let file = reqwest::multipart::Part::bytes(crate::photos::png([7, 7, 7])).file_name("x.png");
        return user
            .upload_form(&path, reqwest::multipart::Form::new().text("csrf_token", token.to_owned()).part("file", file))
            .await;
    }
    user.post_with(&path, &[&[("csrf_token", token)], &ANY_FORM[..]].concat(), &[]).await
}

/// What fills the holes of a route, a stranger's id in at least one of them.
fn strangers<'a>(route: &Route, hers: &'a [String], own: &'a [String]) -> Vec<Vec<&'a str>> {
    let mut all = Vec::new();
    for id in hers {
        all.push(vec![id.as_str()]);
        if route.holes() > 1 {
            for other in own {
                all.push(vec![id.as_str(), other.as_str()]);
                all.push(vec![other.as_str(), id.as_str()]);
            }
        }
    }
    all
}

/// What fills the holes of a route for the owner: any id, or any id behind one of her people.
fn owners<'a>(route: &Route, hers: &'a [String], people: &'a [String]) -> Vec<Vec<&'a str>> {
    if route.holes() == 1 {
        return hers.iter().map(|id| vec![id.as_str()]).collect();
    }
    let pairs = people.iter().flat_map(|person| hers.iter().map(|id| vec![person.as_str(), id.as_str()]));
    pairs.collect()
}

async fn people(app: &App, user: &str) -> Vec<String> {
    let rows = app.sql(&format!("select id::text from contacts where user_id = '{user}'")).await;
    rows.iter().map(|row| row.get(0)).collect()
}

fn with_ids() -> Vec<Route> {
    let all = routes("get").into_iter().chain(routes("post"));
    // What a secret link leads to has no id of hers.
    let is_secret = |route: &Route| ["/feeds/{token}.ics", "/unsubscribe/{token}"].contains(&route.pattern.as_str());
    let mut all: Vec<Route> = all.filter(|route| route.holes() > 0 && !is_secret(route)).collect();
    // What takes rows away comes after what needs them.
    let takes_away = ["trash", "removal", "cancellation", "undo", "end"];
    all.sort_by_key(|route| takes_away.iter().position(|last| route.pattern.ends_with(last)).map_or(0, |n| n + 1));
    all
}

#[actix_web::test]
async fn a_stranger_gets_404_for_every_id_on_every_route_and_changes_nothing() {
    let app = App::spawn_with(|site| site.sign_up = SignUp::Invite).await;
    let (mut ada, mut bob) = (app.sign_in("ada").await, app.sign_in("bob").await);
    fill(&app, &mut ada, MARK).await;
    let bobs_person = bob.post("/contacts", &[("first_name", "Bo")]).await.expect(303).location();
    let own = [bobs_person.trim_start_matches("/contacts/").to_owned()];
    let ada_id = id_of(&app, "ada@example.com").await;
    let hers = ids(&app, &ada_id, Ids::All).await;
    assert!(hers.len() > 50, "Ada has too little to be stolen: {hers:?}");
    let (before, token) = (checksum(&app, &ada_id).await, bob.token().await);
    for route in with_ids() {
        for ids in strangers(&route, &hers, &own) {
            let answer = ask(&mut bob, &route, &ids, &token).await;
            assert_eq!(answer.status, 404, "{route:?} with {ids:?}: {}", answer.body);
            assert!(!answer.body.contains(MARK), "{route:?} with {ids:?} shows what is hers");
        }
    }
    assert_eq!(checksum(&app, &ada_id).await, before);

    // The walk means something only where the same ids lead their owner somewhere.
    let token = ada.token().await;
    for route in with_ids() {
        let mut is_reached = false;
        for ids in owners(&route, &hers, &people(&app, &ada_id).await) {
            if ask(&mut ada, &route, &ids, &token).await.status != 404 {
                is_reached = true;
                break;
            }
        }
        assert!(is_reached, "nothing of Ada's is behind {route:?}: give her such a row above");
    }
}

#[actix_web::test]
async fn without_row_security_the_same_requests_would_show_what_is_hers() {
    let app = App::spawn().await;
    let (mut ada, mut bob) = (app.sign_in("ada").await, app.sign_in("bob").await);
    fill(&app, &mut ada, MARK).await;
    for table in ["contacts", "organizations", "interactions", "tags"] {
        let page = table;
        let here = if table == "tags" { "" } else { " where deleted_at is null" };
        let id: String = app.sql(&format!("select id::text from {table}{here} limit 1")).await[0].get(0);
        let edit = format!("/{page}/{id}/edit");
        ada.get(&edit).await.expect(200);
        bob.get(&edit).await.expect(404);
        app.sql(&format!("alter table {table} disable row level security")).await;
        assert!(bob.get(&edit).await.expect(200).body.contains(MARK), "only the database stands before {table}");
    }
}

#[actix_web::test]
async fn reading_changes_nothing() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    fill(&app, &mut ada, MARK).await;
    let user = id_of(&app, "ada@example.com").await;
    let (hers, people) = (ids(&app, &user, Ids::Some).await, people(&app, &user).await);
    let but_sessions =
        |sums: Vec<String>| sums.into_iter().filter(|sum| !sum.starts_with("sessions ")).collect::<Vec<_>>();
    let before = but_sessions(checksum(&app, &user).await);
    for route in routes("get") {
        for ids in if route.holes() == 0 { vec![Vec::new()] } else { owners(&route, &hers, &people) } {
            let answer = ask(&mut ada, &route, &ids, "").await;
            assert!(answer.status < 500, "{route:?} with {ids:?}: {}", answer.body);
        }
    }
    assert_eq!(but_sessions(checksum(&app, &user).await), before);
}

#[actix_web::test]
async fn a_strangers_id_in_a_field_or_a_filter_finds_nothing_and_changes_nothing() {
    let app = App::spawn().await;
    let (mut ada, mut bob) = (app.sign_in("ada").await, app.sign_in("bob").await);
    fill(&app, &mut ada, MARK).await;
    fill(&app, &mut bob, "Bo").await;
    let (ada_id, bob_id) = (id_of(&app, "ada@example.com").await, id_of(&app, "bob@example.com").await);
    let (hers, his) = (ids(&app, &ada_id, Ids::OneOfAKind).await, ids(&app, &bob_id, Ids::OneOfAKind).await);
    let (before, token) = (checksum(&app, &ada_id).await, bob.token().await);
    let fields = [
        "id",
        "contact",
        "contact_id",
        "other_contact_id",
        "interaction_id",
        "begun_at",
        "meant-0",
        "meant",
        "reminder_id",
        "organization_id",
        "organization",
        "tag",
        "tag_id",
        "user_id",
        "session_id",
        "import_id",
        "change_set_id",
        "name",
        "position",
        "after",
        "q",
        "next",
        "version",
        "twin_of",
    ];
    for route in routes("get").into_iter().filter(|route| route.holes() == 0) {
        for id in &hers {
            let query: Vec<String> = fields.iter().map(|field| format!("{field}={id}")).collect();
            let answer = bob.get(&format!("{}?{}", route.pattern, query.join("&"))).await;
            assert!(answer.status < 500 && !answer.body.contains(MARK), "{route:?} with {id}: {}", answer.body);
        }
        let answer = bob.get(&format!("{}?q=Zephyrine&sort=newest", route.pattern)).await;
        assert!(!answer.body.contains(MARK), "{route:?} finds what is hers");
    }
    for route in routes("post").into_iter().filter(|route| route.pattern != "/logout") {
        let own: Vec<&String> = if route.holes() == 0 { Vec::new() } else { his.iter().collect() };
        for (at, id) in hers.iter().enumerate() {
            // With each of her ids another of his own: every pair would be thousands.
            let own: Vec<&str> = own.iter().cycle().skip(at).take(1).map(|id| id.as_str()).collect();
            let posted: Vec<(&str, &str)> = fields.iter().map(|field| (*field, id.as_str())).collect();
            let form = [&[("csrf_token", token.as_str()), ("first_name", "Bo")], &posted[..]].concat();
            let answer = bob.post_with(&route.path(&own), &form, &[]).await;
            assert!(answer.status < 500 && !answer.body.contains(MARK), "{route:?} with {id}: {}", answer.body);
        }
    }
    assert_eq!(checksum(&app, &ada_id).await, before);
}
