//! Two or more cards of one person made into one, and taken back.

use crate::correspondent_counts::change;
use crate::harness::{App, Page, User};
use crate::isolation::tables;

async fn add(user: &mut User, fields: &[(&str, &str)]) -> String {
    let path = user.post("/contacts", fields).await.expect(303).location();
    path.trim_start_matches("/contacts/").to_owned()
}

/// Whoever's rows there are, each as JSON, without what only tells that something was done.
pub async fn rows(app: &App) -> Vec<String> {
    let mut all = Vec::new();
    for table in tables(app).await {
        if matches!(table.as_str(), "audit_logs" | "change_sets" | "sessions" | "jobs" | "account_sizes") {
            continue;
        }
        let sql = format!("select '{table} ' || (to_jsonb(t) - '{{version,updated_at}}'::text[])::text from {table} t");
        all.extend(app.sql(&sql).await.iter().map(|row| row.get::<_, String>(0)));
    }
    all.sort();
    all
}

/// The form of the page that compares these people, as it stands, with other values for some of its fields.
pub async fn form(user: &mut User, ids: &[&str], changes: &[(&str, &str)]) -> Vec<(String, String)> {
    let ids: Vec<(&str, &str)> = ids.iter().map(|id| ("id", *id)).collect();
    let page = user.post("/comparisons", &ids).await.expect(200);
    let hidden = page.all("form#bulk input[type=hidden]");
    let chosen = page.all("form#bulk input[checked]");
    let fields = hidden.iter().chain(&chosen).map(|field| (field.attr("name"), field.attr("value")));
    let is_changed = |name: &str| changes.iter().any(|(changed, _)| *changed == name);
    let mut fields: Vec<(String, String)> =
        fields.filter(|(name, _)| name != "csrf_token" && !is_changed(name)).collect();
    fields.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    fields
}

pub async fn send(user: &mut User, fields: &[(String, String)]) -> Page {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    user.post("/merges", &fields).await
}

pub async fn merge(user: &mut User, ids: &[&str], changes: &[(&str, &str)]) -> Page {
    let fields = form(user, ids, changes).await;
    send(user, &fields).await
}

/// Where the Undo button of the last message leads.
pub async fn undo_of(user: &mut User) -> String {
    user.get("/settings").await.expect(200).one("#flash form").attr("action")
}

pub async fn texts(app: &App, sql: &str) -> Vec<String> {
    app.sql(sql).await.iter().map(|row| row.get::<_, Option<String>>(0).unwrap_or_default()).collect()
}

/// Two cards of Ada, of whom the first has less, with something of every kind on each.
async fn two_adas(app: &App, user: &mut User) -> (String, String) {
    let first = add(
        user,
        &[
            ("first_name", "Ada"),
            ("notes", "Met in Turin."),
            ("method_kind[]", "email"),
            ("method_label[]", "home"),
            ("method_value[]", "ada@x.example"),
            ("date_kind[]", "birthday"),
            ("date_value[]", "--12-10"),
        ],
    )
    .await;
    let second = add(
        user,
        &[
            ("first_name", "Augusta Ada"),
            ("last_name", "Lovelace"),
            ("notes", "Writes about engines."),
            ("relationship_strength", "9"),
            ("contact_frequency_days", "30"),
            ("method_kind[]", "email"),
            ("method_label[]", "work"),
            ("method_value[]", "ADA@x.example"),
            ("method_kind[]", "phone"),
            ("method_label[]", ""),
            ("method_value[]", "+44 20 1"),
            ("date_kind[]", "birthday"),
            ("date_value[]", "1815-12-10"),
        ],
    )
    .await;
    for (id, tags) in [(&first, ["friend", "science"]), (&second, ["science", "london"])] {
        for tag in tags {
            user.post(&format!("/contacts/{id}/tags"), &[("name", tag)]).await.expect(303);
        }
    }
    let posts =
        [(&first, "Engine", "Author", ""), (&second, "Engine", "author", "1843-10-01"), (&second, "Court", "", "")];
    for (id, organization, title, end) in posts {
        let fields =
            [("organization", organization), ("title", title), ("start_date", "1840-01-01"), ("end_date", end)];
        user.post(&format!("/contacts/{id}/employments"), &fields).await.expect(303);
    }
    befriend(app, &first, &second).await;
    (first, second)
}

/// What no page writes yet: interactions, the second of three with both, reminders and insights.
async fn befriend(app: &App, first: &str, second: &str) {
    change(
        app,
        "insert into interactions (id, occurred_at, interaction_type) select ('00000000-0000-7000-8000-00000000000' || n)::uuid, \
             '2026-01-01'::timestamptz + n * interval '1 day', 'call' from generate_series(1, 3) n",
    )
    .await;
    for (contact, n) in [(first, 1), (first, 2), (second, 2), (second, 3)] {
        let sql = format!(
            "insert into interaction_participants (interaction_id, contact_id, occurred_at) \
             select id, '{contact}', occurred_at from interactions where id::text like '%{n}'"
        );
        change(app, &sql).await;
    }
    for (contact, title) in [(first, "Call"), (second, "Call"), (second, "Write")] {
        app.sql(&format!(
            "insert into reminders (user_id, contact_id, title, due_at) select id, '{contact}', '{title}', '2027-01-01' from users"
        ))
        .await;
        app.sql(&format!(
            "insert into ai_insights (user_id, contact_id, insight_type, title) select id, '{contact}', 'reconnect', '{title}' from users"
        ))
        .await;
    }
    app.db.anonymous().keep_house(30).await.unwrap();
    app.run_jobs().await;
}

#[actix_web::test]
async fn whoever_stays_has_all_of_the_others_without_doubles_and_an_undo_gives_every_row_back() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (first, second) = two_adas(&app, &mut ada).await;
    let before = rows(&app).await;
    let done = merge(&mut ada, &[&first, &second], &[("last_name", &second)]).await.expect(303);
    assert_eq!(done.location(), format!("/contacts/{first}"));
    let undo = undo_of(&mut ada).await;
    let of = async |columns: &str, table: &str| {
        texts(&app, &format!("select {columns} from {table} x where contact_id = '{first}' order by 1")).await
    };
    let person = "select concat_ws('|', first_name, last_name, notes, relationship_strength, contact_frequency_days, \
        last_contact_date, next_contact_due, email, phone) from contacts where deleted_at is null";
    assert_eq!(
        texts(&app, person).await,
        ["Ada|Lovelace|Met in Turin.\n\nWrites about engines.|9|30|2026-01-04|2026-02-03|ada@x.example|+44 20 1"]
    );
    assert_eq!(of("kind || ' ' || value", "contact_methods").await, ["email ada@x.example", "phone +44 20 1"]);
    assert_eq!(of("concat_ws('-', year, month, day)", "contact_dates").await, ["1815-12-10"]);
    assert_eq!(
        of("(select name from tags t where t.id = x.tag_id)", "contact_tags").await,
        ["friend", "london", "science"]
    );
    let post = "(select name from organizations o where o.id = x.organization_id) || ' ' || coalesce(title, '') || ' ' || coalesce(end_date::text, '')";
    assert_eq!(of(post, "contact_employments").await, ["Court  ", "Engine Author 1843-10-01"]);
    assert_eq!(of("right(interaction_id::text, 1)", "interaction_participants").await, ["1", "2", "3"]);
    assert_eq!(texts(&app, "select count(*)::text from interaction_participants").await, ["3"]);
    assert_eq!(of("title", "reminders").await, ["Call", "Write"]);
    assert_eq!(of("title", "ai_insights").await, ["Call", "Write"]);
    assert_eq!(ada.get("/contacts?q=london").await.count("[data-kind=contact]"), 1);
    let title = ada.get("/history").await.all("[data-kind=change_set] strong")[0].text().to_owned();
    assert!(title.contains("merged with one other"), "{title}");

    ada.post(&undo, &[]).await.expect(303);
    let redo = undo_of(&mut ada).await;
    let after = rows(&app).await;
    for (row, other) in before.iter().zip(&after) {
        assert_eq!(row, other);
    }
    assert_eq!(before.len(), after.len());
    ada.post(&redo, &[]).await.expect(303);
    assert_eq!(of("title", "reminders").await, ["Call", "Write"]);
    assert_eq!(texts(&app, "select count(*)::text from contacts where deleted_at is null").await, ["1"]);
}

#[actix_web::test]
async fn a_post_without_a_title_becomes_the_one_with_a_title_there_and_comes_back_by_undo() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let posts = async || texts(&app, "select coalesce(title, '') from contact_employments order by 1").await;
    for (titled, untitled) in [("Ann", "Anna"), ("Ben", "Benno")] {
        let first = add(&mut ada, &[("first_name", titled)]).await;
        let second = add(&mut ada, &[("first_name", untitled)]).await;
        for (id, title) in [(&first, "Boss"), (&second, "")] {
            let fields = [("organization", "Acme"), ("title", title), ("is_current", "true")];
            ada.post(&format!("/contacts/{id}/employments"), &fields).await.expect(303);
        }
        let stays = if titled == "Ann" { &first } else { &second };
        merge(&mut ada, &[&first, &second], &[("survivor", stays)]).await.expect(303);
        let undo = undo_of(&mut ada).await;
        let page = ada.get(&format!("/contacts/{stays}")).await;
        assert_eq!(page.count("[data-kind=employment]"), 1, "of {titled}");
        let held = format!("select coalesce(title, '') from contact_employments where contact_id = '{stays}'");
        assert_eq!(texts(&app, &held).await, ["Boss"], "of {titled}");
        ada.post(&undo, &[]).await.expect(303);
        assert_eq!(texts(&app, &held).await, [if titled == "Ann" { "Boss" } else { "" }], "of {titled}");
    }
    assert_eq!(posts().await, ["", "", "Boss", "Boss"]);
}

#[actix_web::test]
async fn each_field_is_chosen_or_kept_both_ways() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (first, second) = two_adas(&app, &mut ada).await;
    let page = ada.post("/comparisons", &[("id", &second), ("id", &first)]).await.expect(200);
    assert_eq!(page.one("h1").text(), "Merge 2 people");
    assert_eq!(page.one("input[name=survivor][checked]").attr("value"), first, "the oldest stays");
    assert_eq!(page.count("input[name=last_name]"), 2);
    assert_eq!(page.one("input[name=last_name][checked]").attr("value"), second, "the only value there is");
    assert_eq!(page.one("input[name=notes][checked]").attr("value"), "both");
    let changes = [
        ("survivor", second.as_str()),
        ("first_name", &first),
        ("notes", &first),
        ("nickname", "both"),
        ("contact_frequency_days", &first),
    ];
    let done = merge(&mut ada, &[&first, &second], &changes).await.expect(303);
    assert_eq!(done.location(), format!("/contacts/{second}"));
    let person = "select concat_ws('|', first_name, last_name, display_name, nickname, notes, contact_frequency_days) \
        from contacts where deleted_at is null";
    assert_eq!(texts(&app, person).await, ["Ada|Lovelace|Ada Lovelace|Augusta Ada Lovelace, Ada|Met in Turin."]);
}

#[actix_web::test]
async fn a_value_that_the_page_does_not_offer_is_as_if_nothing_was_chosen() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (first, second) = two_adas(&app, &mut ada).await;
    let typed = "NUL\0 '; drop table contacts; --";
    let changes = ["survivor", "first_name", "notes", "nickname", "relationship_strength"].map(|name| (name, typed));
    let done = merge(&mut ada, &[&first, &second], &changes).await.expect(303);
    assert_eq!(done.location(), format!("/contacts/{first}"));
    let person = "select concat_ws('|', first_name, notes, nickname, relationship_strength) from contacts where deleted_at is null";
    assert_eq!(texts(&app, person).await, ["Ada|Met in Turin.\n\nWrites about engines.|9"]);
}

#[actix_web::test]
async fn a_merge_done_again_keeps_in_sight_whom_somebody_went_on_with() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (first, second) = two_adas(&app, &mut ada).await;
    merge(&mut ada, &[&first, &second], &[]).await.expect(303);
    let undo = undo_of(&mut ada).await;
    ada.post(&undo, &[]).await.expect(303);
    let redo = undo_of(&mut ada).await;
    let version = ada.get(&format!("/contacts/{second}/edit")).await.one("input[name=version]").attr("value");
    let typed = [("version", version.as_str()), ("first_name", "Augusta"), ("notes", "typed since")];
    ada.post(&format!("/contacts/{second}"), &typed).await.expect(303);
    ada.post(&redo, &[]).await.expect(303);
    let said = ada.get("/settings").await.one("#flash span").text().to_owned();
    assert!(said.starts_with("Nothing was done again (Augusta: changed since"), "{said}");
    assert_eq!(
        texts(&app, "select notes from contacts where deleted_at is null and first_name = 'Augusta'").await,
        ["typed since"]
    );
}

#[actix_web::test]
async fn an_undo_after_both_were_edited_says_what_it_cannot_take_back() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (first, second) = two_adas(&app, &mut ada).await;
    merge(&mut ada, &[&first, &second], &[]).await.expect(303);
    let undo = undo_of(&mut ada).await;
    let version = ada.get(&format!("/contacts/{first}/edit")).await.one("input[name=version]").attr("value");
    let edit = [("first_name", "Countess"), ("last_name", "Lovelace"), ("notes", "new"), ("version", &version)];
    ada.post(&format!("/contacts/{first}"), &edit).await.expect(303);
    ada.post(&format!("/contacts/{second}/restoration"), &[]).await.expect(303);
    ada.post(&format!("/contacts/{second}/tags"), &[("name", "poet")]).await.expect(303);
    ada.post(&undo, &[]).await.expect(303);
    let said = ada.get("/settings").await.one("#flash span").text().to_owned();
    assert!(said.starts_with("Taken back, except what was changed since") && said.contains("notes"), "{said}");
    let names = "select first_name || ' ' || notes from contacts where deleted_at is null order by 1";
    assert_eq!(texts(&app, names).await, ["Augusta Ada Writes about engines.", "Countess new"]);
    let reminders = format!("select title from reminders where contact_id = '{second}' order by 1");
    assert_eq!(texts(&app, &reminders).await, ["Call", "Write"]);
}

#[actix_web::test]
async fn what_was_changed_since_the_page_was_made_is_shown_before_it_is_merged() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (first, second) = two_adas(&app, &mut ada).await;
    let third = add(&mut ada, &[("first_name", "Third")]).await;
    let fields = form(&mut ada, &[&first, &second, &third], &[]).await;
    let version = ada.get(&format!("/contacts/{second}/edit")).await.one("input[name=version]").attr("value");
    ada.post(&format!("/contacts/{second}"), &[("first_name", "Newer"), ("version", &version)]).await.expect(303);
    let stale = send(&mut ada, &fields).await.expect(409);
    assert_eq!(stale.count("[data-summary]"), 1);
    assert!(stale.all("input[name=first_name] + span").iter().any(|name| name.text() == "Newer"));
    let fields = form(&mut ada, &[&first, &second, &third], &[]).await;
    ada.post(&format!("/contacts/{third}/trash"), &[]).await.expect(303);
    let stale = send(&mut ada, &fields).await.expect(409);
    assert_eq!(stale.one("h1").text(), "Merge 2 people");
    ada.post(&format!("/contacts/{second}/trash"), &[]).await.expect(303);
    assert_eq!(send(&mut ada, &fields).await.expect(303).location(), "/contacts");
    let said = ada.get("/contacts").await.one("#flash span").text().to_owned();
    assert!(said.starts_with("Nothing is merged"), "{said}");
    assert_eq!(texts(&app, "select count(*)::text from change_sets where kind = 'merge'").await, ["0"]);
}

#[actix_web::test]
async fn of_two_merges_of_the_same_people_at_once_one_is_done() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (first, second) = two_adas(&app, &mut ada).await;
    let one = form(&mut ada, &[&first, &second], &[("survivor", &first)]).await;
    let other = form(&mut ada, &[&first, &second], &[("survivor", &second)]).await;
    let mut again = ada.clone();
    let (one, other) = futures_util::future::join(send(&mut ada, &one), send(&mut again, &other)).await;
    let ways = [one.expect(303).location(), other.expect(303).location()];
    assert_eq!(ways[0], ways[1], "both lead to whoever stayed");
    assert_eq!(texts(&app, "select count(*)::text from contacts where deleted_at is null").await, ["1"]);
    assert_eq!(texts(&app, "select count(*)::text from change_sets where kind = 'merge'").await, ["1"]);
}

#[actix_web::test]
async fn a_strangers_id_or_too_many_merge_nobody() {
    let app = App::spawn().await;
    let (mut ada, mut bob) = (app.sign_in("ada").await, app.sign_in("bob").await);
    let hers = add(&mut ada, &[("first_name", "Hers")]).await;
    let his = [add(&mut bob, &[("first_name", "A")]).await, add(&mut bob, &[("first_name", "B")]).await];
    let before = rows(&app).await;
    bob.post("/comparisons", &[("id", &hers), ("id", &his[0]), ("id", &his[1])]).await.expect(404);
    let mut fields = form(&mut bob, &[&his[0], &his[1]], &[]).await;
    fields.extend([("id".to_owned(), hers.clone()), ("survivor".to_owned(), hers.clone())]);
    send(&mut bob, &fields).await.expect(404);
    bob.get(&format!("/contacts/{hers}/merge")).await.expect(404);
    assert_eq!(rows(&app).await, before);
    app.sql(
        "insert into contacts (user_id, first_name, display_name) select u.id, 'P' || n, 'P' || n \
         from users u, generate_series(1, 20) n where email = 'bob@example.com'",
    )
    .await;
    let away = bob.post("/comparisons", &[("scope", "filter")]).await.expect(303);
    assert_eq!(away.location(), "/contacts");
    assert!(bob.get("/contacts").await.one("#flash span").text().contains("at most 20"));
    let everybody = texts(&app, "select id::text from contacts where display_name <> 'Hers'").await;
    let fields: Vec<_> = everybody.into_iter().map(|id| ("id".to_owned(), id)).collect();
    send(&mut bob, &fields).await.expect(303);
    assert_eq!(texts(&app, "select count(*)::text from contacts where deleted_at is not null").await, ["0"]);
}

#[actix_web::test]
async fn another_card_is_found_by_name_from_a_persons_page_without_script() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (first, second) = two_adas(&app, &mut ada).await;
    let way = ada.get(&format!("/contacts/{first}")).await.one("a[data-key=m]").attr("href");
    let page = ada.get(&way).await.expect(200);
    assert_eq!(page.one("[data-kind=contact]").attr("data-id"), second);
    let none = ada.get(&format!("{way}?q=nobody")).await.expect(200);
    assert_eq!(none.count("[data-kind=contact]"), 0);
    let found = ada.get(&format!("{way}?q=lovelace")).await.expect(200);
    let ids: Vec<String> = found
        .all("form[method=post][action='/comparisons'] input[name=id]")
        .iter()
        .map(|id| id.attr("value"))
        .collect();
    assert_eq!(ids, [first.as_str(), &second]);
    // One alone leads here.
    let alone = ada.post("/comparisons", &[("id", &first)]).await.expect(303);
    assert_eq!(alone.location(), way);
    assert_eq!(ada.get("/contacts").await.one("#bulk [data-key=m]").attr("formaction"), "/comparisons");
}
