//! Every page in its filled, empty, error and long state: what axe says, and whether it fits a phone.

use serde_json::json;

use crate::browser::{Browser, Window};
use crate::house::House;

/// The pages that a signed-in person reaches without an id.
const LISTS: [&str; 23] = [
    "/",
    "/contacts",
    "/contacts/new",
    "/organizations",
    "/interactions",
    "/interactions/new",
    "/interactions/overview",
    "/keep-in-touch",
    "/keep-in-touch?coming",
    "/dates",
    "/tags",
    "/history",
    "/trash",
    "/imports",
    "/exports",
    "/search?q=%3E+remind+me+to+pay+the+rent+tomorrow",
    "/settings",
    "/settings/contact",
    "/settings/deletion",
    "/settings/fields",
    "/settings/fields/new",
    "/admin/accounts",
    "/admin/invitations",
];

/// `.ci/axe` fetches it; it is not ours to keep in the repository.
fn axe_source() -> Option<String> {
    let source = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/target/axe/axe.min.js")).ok();
    assert!(source.is_some() || std::env::var_os("KITH_REQUIRE_BROWSER").is_none(), "no axe in target/axe");
    source
}

async fn look_at(browser: &Browser, axe: &str, what: &str) {
    assert_eq!(browser.axe(axe).await, Vec::<String>::new(), "{what}");
    let overflow = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
    assert_eq!(browser.ask(overflow).await, json!(0), "{what} scrolls sideways");
}

/// A field of each kind, as long as it can be and filled.
async fn define_fields<'a>(house: &mut House, word: &'a str) -> Vec<(String, &'a str)> {
    for (kind, choice) in [("text", ""), ("number", ""), ("date", ""), ("link", ""), ("choice", &word[..100])] {
        let name = format!("{}{kind}", &word[..40]);
        let field = [("name", name.as_str()), ("kind", kind), ("choice[]", choice)];
        house.user.post("/settings/fields", &field).await.expect(303);
    }
    let value = |kind: &str| match kind {
        "number" => "123456789012345678901234567890.123456789",
        "date" => "2020-02-29",
        "choice" => &word[..100],
        _ => word,
    };
    let fields = house.app.sql("select id::text, kind::text from own_fields").await;
    fields.iter().map(|row| (format!("field_{}", row.get::<_, String>(0)), value(row.get(1)))).collect()
}

/// Somebody whose every field is as long as it can be, and what hangs on her.
async fn add_the_long_one(house: &mut House) -> String {
    let word = "Wolfeschlegelsteinhausenbergerdorff".repeat(7);
    let address = format!("{}@{}.example", "a".repeat(60), "b".repeat(150));
    let notes = format!("{word}\n\n| a | b |\n|---|---|\n| {word} | x |\n\n`{word}`");
    let link = format!("https://example.org/{word}");
    let fields = [
        ("first_name", word.as_str()),
        ("last_name", &word),
        ("nickname", &word),
        ("notes", &notes),
        ("how_met", &notes),
        ("met_at", &word),
        ("method_kind[]", "email"),
        ("method_label[]", &word[..100]),
        ("method_value[]", &address),
        ("method_kind[]", "url"),
        ("method_label[]", ""),
        ("method_value[]", &link),
        ("date_kind[]", &word[..50]),
        ("date_value[]", "2000-02-29"),
        ("contact_frequency_days", "7"),
    ];
    let own: Vec<(String, &str)> = define_fields(house, &word).await;
    let own = own.iter().map(|(name, value)| (name.as_str(), *value));
    let path = house.add(&fields.into_iter().chain(own).collect::<Vec<_>>()).await;
    let post = [("organization", word.as_str()), ("title", &word), ("is_current", "true")];
    house.user.post(&format!("{path}/employments"), &post).await.expect(303);
    let words = [("word", &word[..50]), ("inverse_word", &word[..50]), ("note", &word)];
    let other = [("other", &word[..255.min(word.len())]), ("other_contact_id", "new"), ("kind", "own")];
    house.user.post(&format!("{path}/relations"), &[&other[..], &words].concat()).await.expect(303);
    house.user.post(&format!("{path}/tags"), &[("name", &word[..100])]).await.expect(303);
    let who = path.trim_start_matches("/contacts/");
    let passed = [("interaction_type", "meeting"), ("occurred_at", "2026-05-03 14:05"), ("direction", "mutual")];
    let said = [("subject", word.as_str()), ("summary", &notes), ("contact_id", who)];
    house.user.post("/interactions", &[&passed[..], &said].concat()).await.expect(303);
    fill_the_day(house, who, &word).await;
    path
}

/// What the first page shows of her: due, late, to be in touch with, her day, and what came in today, each as long as it can be.
async fn fill_the_day(house: &mut House, who: &str, word: &str) {
    for starts_at in ["today", "tomorrow 09:00", "in 6 days"] {
        let about = [("title", word), ("starts_at", starts_at), ("contact_id", who), ("repeats", "daily")];
        house.user.post("/reminders", &about).await.expect(303);
    }
    for sql in [
        format!(
            "with late as (insert into reminders (user_id, title, contact_id, due_at) select user_id, '{word}', id, now() - interval '3 days' from contacts where id = '{who}' returning *) \
            insert into reminder_occurrences (user_id, reminder_id, occurs_at_local, due_at) select user_id, id, starts_at, due_at from late"
        ),
        format!("update contacts set contact_frequency_days = 1 where id = '{who}'"),
        format!(
            "insert into contact_dates (user_id, contact_id, kind, month, day) select user_id, id, left('{word}', 50), extract(month from now()), extract(day from now()) from contacts where id = '{who}'"
        ),
        format!(
            "with made as (insert into interactions (user_id, occurred_at, interaction_type, subject) select user_id, now() - interval '1 minute', 'note', '{word}' from contacts where id = '{who}' returning *) \
            insert into interaction_participants (user_id, interaction_id, contact_id, occurred_at) select user_id, id, '{who}', occurred_at from made"
        ),
    ] {
        house.app.sql(&sql).await;
    }
}

/// The pages of one person and of what hangs on her.
async fn pages_of(house: &House, person: &str) -> Vec<String> {
    let id = person.trim_start_matches("/contacts/");
    let rows = house
        .app
        .sql(&format!(
            "select '/contacts/' || contact_id || '/employments/' || id, '/organizations/' || organization_id \
             from contact_employments where contact_id = '{id}' \
             union all select '/contacts/' || contact_id || '/relations/' || id, '/contacts/' || other_contact_id \
             from contact_relations where contact_id = '{id}' \
             union all select '/contacts/' || contact_id || '/timeline', '/interactions/' || interaction_id \
             from interaction_participants where contact_id = '{id}'"
        ))
        .await;
    let mut pages = vec![
        person.to_owned(),
        format!("{person}/edit"),
        format!("{person}/employments/new"),
        format!("{person}/relations/new"),
    ];
    pages.push(format!("{person}/photo"));
    pages.push(format!("{person}/postponement"));
    for row in rows {
        pages.extend([row.get::<_, String>(0), row.get::<_, String>(1), format!("{}/edit", row.get::<_, String>(1))]);
    }
    pages
}

async fn look_at_all(window: Window) {
    let Some(axe) = axe_source() else { return };
    let empty = House::empty().await;
    let Some(browser) = empty.visit(window, "/contacts").await else { return };
    for page in LISTS.into_iter().chain(["/search?q=nobody", "/contacts?q=nobody", "/nowhere"]) {
        browser.goto(&empty.url(page)).await;
        look_at(&browser, &axe, &format!("{page}, empty")).await;
    }
    browser.close().await;

    let mut house = House::furnished().await;
    let long = add_the_long_one(&mut house).await;
    let grace = house.path_of("Grace Okafor").await;
    let mut pages: Vec<String> = LISTS.map(str::to_owned).to_vec();
    pages.push("/search?q=grace".to_owned());
    pages.extend(pages_of(&house, &grace).await);
    pages.extend(pages_of(&house, &long).await);
    house.user.post(&format!("{}/trash", house.path_of("Zoë Marchetti").await), &[]).await.expect(303);
    pages.push(house.path_of("Zoë Marchetti").await);
    let further = "select '/tags/' || id || '/edit' from tags \
        union all select '/history/' || min(x.id::text) from (select change_set_id as id, array_agg(distinct table_name || action) as what \
            from audit_logs where change_set_id is not null group by 1) x group by x.what \
        union all select '/admin/accounts/' || id from users \
        union all select '/settings/fields/' || id || '/edit' from own_fields";
    pages.extend(house.app.sql(further).await.iter().map(|row| row.get::<_, String>(0)));
    let Some(browser) = house.visit(window, "/contacts").await else { return };
    for page in pages {
        browser.goto(&house.url(&page)).await;
        look_at(&browser, &axe, &page).await;
    }
    look_at_what_is_refused(&browser, &house, &axe, &grace).await;
    look_at_a_selection(&browser, &house, &axe).await;
    look_at_a_merge(&browser, &house, &axe, &long).await;
    look_at_merges(&browser, &mut house, &axe).await;
    look_at_columns(&browser, &mut house, &axe).await;
    look_at_imports(&browser, &mut house, &axe).await;
    browser.close().await;
}

/// The bar below the list, and the page of everybody, as it comes and refused.
async fn look_at_a_selection(browser: &Browser, house: &House, axe: &str) {
    browser.goto(&house.url("/contacts")).await;
    browser.click("input[name=scope]").await;
    browser.see(".bulk[data-open]").await;
    look_at(browser, axe, "the bar of a selection").await;
    browser.click(".bulk button[formaction='/selections']").await;
    browser.see("#add_tag").await;
    look_at(browser, axe, "a selection").await;
    browser.click("main .button[data-kind=primary]").await;
    browser.see("#add_tag-error").await;
    look_at(browser, axe, "a refused selection").await;
}

/// Where another card of a person is found, and several side by side, as they come and changed meanwhile.
async fn look_at_a_merge(browser: &Browser, house: &House, axe: &str, long: &str) {
    browser.goto(&house.url(&format!("{long}/merge?q=nobody"))).await;
    look_at(browser, axe, "nobody to merge with").await;
    browser.goto(&house.url(&format!("{long}/merge?q="))).await;
    browser
        .ask("document.querySelectorAll('[data-kind=contact] input').forEach((one, n) => one.checked = n < 3)")
        .await;
    look_at(browser, axe, "whom to merge with").await;
    browser.click("main .button[data-kind=primary]").await;
    browser.see("input[name=survivor]").await;
    look_at(browser, axe, "people side by side").await;
    browser.ask("document.querySelector('input[name=seen]').value = ''").await;
    browser.click("main .button[data-kind=primary]").await;
    browser.see("[data-summary]").await;
    look_at(browser, axe, "people who were changed meanwhile").await;
}

/// The pages on which organizations, and tags, are merged: with one, with another one found, side by side, refused.
async fn look_at_merges(browser: &Browser, house: &mut House, axe: &str) {
    let word = "Wolfeschlegelsteinhausenbergerdorff".repeat(2);
    for name in ["friends", &word] {
        let fields = [("name", name), ("color", "#445566"), ("contact_frequency_days", "90")];
        house.user.post("/tags", &fields).await.expect(303);
    }
    for kind in ["organization", "tag"] {
        let ids = format!(
            "select 'id=' || id from {kind}s where name <> 'Instituto Superior Técnico' order by length(name) desc limit 3"
        );
        let ids: Vec<String> = house.app.sql(&ids).await.iter().map(|row| row.get(0)).collect();
        for query in [ids[0].clone(), format!("{}&q=nobody", ids[0]), format!("{}&q=r", ids[0]), ids.join("&")] {
            let page = format!("/{kind}-merges/new?{query}");
            browser.goto(&house.url(&page)).await;
            look_at(browser, axe, &page).await;
        }
    }
    let ids = "select string_agg('id=' || id, '&') from organizations where domain is null";
    let ids: String = house.app.sql(ids).await[0].get(0);
    browser.goto(&house.url(&format!("/organization-merges/new?{ids}"))).await;
    browser.ask("document.querySelector('[name=version]').value = '999'").await;
    browser.click("main .button[data-kind=primary]").await;
    browser.see("[data-summary]").await;
    look_at(browser, axe, "a refused merge").await;
}

/// The page that asks what the columns of a table are, as it comes and refused, and what it becomes.
async fn look_at_columns(browser: &Browser, house: &mut House, axe: &str) {
    let word = "Wolfeschlegelsteinhausenbergerdorff".repeat(3);
    let table = format!("Wer;{word};\n花子;{word};{word}\nZoë;{word} {word};x\n");
    let page = house.user.upload("/imports", &format!("{word}.csv"), table.as_bytes()).await.expect(303).location();
    house.app.run_jobs().await;
    browser.goto(&house.url(&page)).await;
    browser.see("select[name='column[]']").await;
    look_at(browser, axe, "the columns of a table").await;
    browser.ask("for (const one of document.querySelectorAll(\"select[name='column[]']\")) one.value = 'note'").await;
    browser.click("main .button[data-kind=primary]").await;
    browser.see("[data-summary]").await;
    look_at(browser, axe, "columns that name nobody").await;
    browser.ask("document.querySelector(\"select[name='column[]']\").value = 'display_name'").await;
    browser.click("main .button[data-kind=primary]").await;
    browser.see("progress").await;
    house.app.run_jobs().await;
    browser.goto(&house.url(&page)).await;
    browser.see(".words").await;
    look_at(browser, axe, "the preview of a table").await;
}

/// The page of an import in each of its states, under a name as long as it can be, the list of imports, and where somebody is
/// chosen whom a row names.
async fn look_at_imports(browser: &Browser, house: &mut House, axe: &str) {
    let word = "Wolfeschlegelsteinhausenbergerdorff".repeat(3);
    let table = format!(
        "Id,Date,With,Type,Direction,Subject\n1,2024-05-01 10:00,{word},call,out,{word}\n2,2024-05-02 10:00,Bob,call,in,x\n3,soon,{word},call,out,x\n"
    );
    let name = format!("{}.csv", "جهات".repeat(49));
    let page = house.user.upload("/imports", &name, table.as_bytes()).await.expect(303).location();
    house.app.run_jobs().await;
    browser.goto(&house.url(&page)).await;
    browser.see("select[name='column[]']").await;
    browser.click("main .button[data-kind=primary]").await;
    browser.fill("#addresses", "me@x.example").await;
    look_at(browser, axe, "an import that asks whose addresses are hers").await;
    browser.click("main .button[data-kind=primary]").await;
    browser.see("[data-state=applying]").await;
    look_at(browser, axe, "an import that goes on").await;
    for (state, error) in [("paused", "null"), ("failed", "repeat('Unverständlich', 40)"), ("applying", "null")] {
        house
            .app
            .sql(&format!("update imports set state = '{state}', error = {error} where passing is not null"))
            .await;
        browser.goto(&house.url(&page)).await;
        look_at(browser, axe, &format!("an import that is {state}")).await;
    }
    house.app.run_jobs().await;
    for at in ["?status=doubtful", "?status=unreadable", "/people"] {
        browser.goto(&house.url(&format!("{page}{at}"))).await;
        look_at(browser, axe, &format!("an import{at}")).await;
    }
    browser.goto(&house.url("/imports?lists=true")).await;
    look_at(browser, axe, "the list of imports").await;
}

/// Forms that were sent with something wrong, and the two versions of an edit that came too late.
async fn look_at_what_is_refused(browser: &Browser, house: &House, axe: &str, grace: &str) {
    browser.goto(&house.url("/contacts/new")).await;
    browser.ask("document.querySelector('#first_name').required = false").await;
    browser.fill("[name='method_value[]']", "no address").await;
    browser.click("main .button[data-kind=primary]").await;
    browser.see("#first_name-error").await;
    look_at(browser, axe, "a refused form").await;
    browser.goto(&house.url("/settings/fields/new")).await;
    browser.fill("#name", "Hat").await;
    browser.ask("document.querySelector('#kind').value = 'choice'").await;
    browser.click("main .button[data-kind=primary]").await;
    browser.see("#choice-error").await;
    look_at(browser, axe, "a refused field").await;
    browser.goto(&house.url(&format!("{grace}/photo"))).await;
    browser.ask("document.querySelector('#file').required = false").await;
    browser.click("main .button[data-kind=primary]").await;
    browser.see("#file-error").await;
    look_at(browser, axe, "a refused photo").await;
    browser.goto(&house.url(&format!("{grace}/edit"))).await;
    browser.ask("document.querySelector('[name=version]').value = '0'").await;
    browser.fill("#last_name", "Hopper").await;
    browser.click("main .button[data-kind=primary]").await;
    browser.see(".notice .table").await;
    look_at(browser, axe, "two versions").await;
}

#[actix_web::test]
async fn every_state_of_every_page_is_accessible_in_the_light() {
    look_at_all(Window::Desk).await;
}

#[actix_web::test]
async fn every_state_of_every_page_is_accessible_in_the_dark() {
    look_at_all(Window::Dark).await;
}

#[actix_web::test]
async fn every_state_of_every_page_fits_a_phone() {
    look_at_all(Window::Phone).await;
}
