//! Import: from a file to contacts and back.

mod calendar;
mod calendar_again;
mod doubtful_rows;
mod files;
mod half;
mod interrupted;
mod lacking;
mod limits;
mod mail;
mod mail_interrupted;
mod mail_whose;
mod merged;
mod pages;
pub mod passed_tables;
mod phones;
mod related;
mod tables;
mod undone;

use std::collections::BTreeMap;

use crate::harness::{App, Page, User};

const GRACE: &str = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:grace\r\nFN:Grace Hopper\r\nN:Hopper;Grace;;;\r\n\
    EMAIL;TYPE=WORK:grace@navy.example\r\nTEL;TYPE=HOME:+1 202 555 0101\r\nORG:Navy\r\nTITLE:Commander\r\n\
    BDAY:1906-12-09\r\nCATEGORIES:pioneers,navy\r\nNOTE:met in Arlington\r\nX-RANK:7\r\nEND:VCARD\r\n";
const ADA: &str =
    "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Ada Lovelace\r\nN:Lovelace;Ada;;;\r\nEMAIL:ada@engine.example\r\nEND:VCARD\r\n";

impl User {
    /// Uploads a file and has it read; answers with the import's page.
    async fn reads(&mut self, app: &App, file: &str) -> String {
        let page = self.upload("/imports", "phone.vcf", file.as_bytes()).await.expect(303).location();
        app.run_jobs().await;
        page
    }

    /// Uploads, reads and applies.
    async fn imports(&mut self, app: &App, file: &str) -> String {
        let page = self.reads(app, file).await;
        self.applies(app, &page).await;
        page
    }

    async fn applies(&mut self, app: &App, page: &str) {
        self.post(&format!("{page}/application"), &[]).await.expect(303);
        app.run_jobs().await;
    }

    /// The six words and their counts, those that are zero left out.
    async fn words(&mut self, page: &str) -> BTreeMap<String, u32> {
        let page = self.get(page).await.expect(200);
        let words = page.all("nav.words a").into_iter().map(|link| link.attr("data-word"));
        let counts = page.all("nav.words data").into_iter().map(|data| data.attr("value").parse().unwrap());
        words.zip(counts).filter(|(_, count)| *count > 0).collect()
    }

    async fn state(&mut self, page: &str) -> String {
        self.get(page).await.expect(200).one("#import > header > p[data-state]").attr("data-state")
    }

    async fn undoes(&mut self, page: &str) {
        let undo = self.get(page).await.expect(200).one("#import form[action$='/undo']").attr("action");
        self.post(&undo, &[]).await.expect(303);
    }
}

fn words(expected: &[(&str, u32)]) -> BTreeMap<String, u32> {
    expected.iter().map(|(word, count)| ((*word).to_owned(), *count)).collect()
}

fn cards(from: usize, to: usize) -> String {
    let card = |n| {
        format!(
            "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:card-{n}\r\nFN:Friend Number{n}\r\nN:Number{n};Friend;;;\r\n\
             EMAIL:friend{n}@example.org\r\nTEL:+49 30 {n:05}\r\nORG:Company {}\r\nCATEGORIES:phone\r\nEND:VCARD\r\n",
            n % 7
        )
    };
    (from..=to).map(card).collect()
}

/// Every row of every user that is hers to see, apart from the log and the imports themselves.
async fn everything(app: &App) -> Vec<String> {
    let mut rows = Vec::new();
    for table in [
        "contacts",
        "contact_methods",
        "contact_dates",
        "contact_extras",
        "contact_employments",
        "contact_tags",
        "organizations",
        "tags",
    ] {
        let sql = format!("select '{table} ' || (to_jsonb(t) - '{{version,updated_at}}'::text[])::text from {table} t");
        rows.extend(app.sql(&sql).await.iter().map(|row| row.get::<_, String>(0)));
    }
    let sources = "select 'source ' || source_key || ' ' || card from contact_sources where contact_id is not null";
    rows.extend(app.sql(sources).await.iter().map(|row| row.get::<_, String>(0)));
    rows.sort();
    rows
}

async fn count(app: &App, sql: &str) -> i64 {
    app.sql(&format!("select count(*) from {sql}")).await[0].get(0)
}

async fn one(app: &App, sql: &str) -> String {
    let rows = app.sql(sql).await;
    assert_eq!(rows.len(), 1, "{sql}");
    rows[0].get::<_, Option<String>>(0).unwrap_or_default()
}

/// What the comparing tables say, cell by cell, without the names of the fields.
fn cells(page: &Page) -> Vec<String> {
    page.all(".record tbody td").iter().map(|row| row.text().to_owned()).collect()
}

#[actix_web::test]
async fn a_file_is_read_into_a_preview_and_changes_nothing_until_it_is_applied() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let page = ada.reads(&app, &format!("{GRACE}{ADA}BEGIN:VCARD\r\nVERSION:3.0\r\nEND:VCARD\r\n")).await;
    assert_eq!(ada.words(&page).await, words(&[("new", 2), ("unreadable", 1)]));
    assert_eq!(count(&app, "contacts").await, 0);
    let news = ada.get(&format!("{page}?status=new")).await.expect(200);
    let titles: Vec<String> = news.all(".record strong").iter().map(|title| title.text().to_owned()).collect();
    assert_eq!(titles, ["Grace Hopper", "Ada Lovelace"]);
    ada.applies(&app, &page).await;
    assert_eq!(ada.state(&page).await, "done");
    let grace = "select concat_ws('|', c.display_name, c.email, c.phone, c.notes, o.name, e.title, e.is_current, d.year, d.month, d.day, \
        (select string_agg(t.name, ',' order by t.name) from contact_tags l join tags t on t.id = l.tag_id where l.contact_id = c.id)) \
        from contacts c join contact_employments e on e.contact_id = c.id join organizations o on o.id = e.organization_id \
        join contact_dates d on d.contact_id = c.id where c.last_name = 'Hopper'";
    assert_eq!(
        one(&app, grace).await,
        "Grace Hopper|grace@navy.example|+1 202 555 0101|met in Arlington|Navy|Commander|t|1906|12|9|navy,pioneers"
    );
    assert_eq!(one(&app, "select people_count::text from organizations").await, "1");
    let list = ada.get("/imports").await.expect(200);
    assert_eq!(list.one("[data-kind=import]").attr("data-state"), "done");
    ada.get("/contacts?q=").await.expect(200);
}

#[actix_web::test]
async fn the_same_file_again_changes_nothing() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let file = format!("{GRACE}{ADA}");
    ada.imports(&app, &file).await;
    let before = everything(&app).await;
    let page = ada.imports(&app, &file).await;
    assert_eq!(ada.words(&page).await, words(&[("unchanged", 2)]));
    assert_eq!(everything(&app).await, before);
}

#[actix_web::test]
async fn a_new_card_updates_what_she_did_not_touch_and_keeps_what_she_did() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    ada.imports(&app, GRACE).await;
    app.sql("update contacts set nickname = 'Amazing Grace'").await;
    let page = ada.imports(&app, GRACE).await;
    assert_eq!(ada.words(&page).await, words(&[("unchanged", 1)]));
    let newer = GRACE.replace("Commander", "Rear Admiral").replace("0101", "0199").replace("pioneers,navy", "navy");
    let page = ada.reads(&app, &newer).await;
    assert_eq!(ada.words(&page).await, words(&[("changed", 1)]));
    let changes = cells(&ada.get(&page).await);
    let titles = ["Navy, Commander", "Navy, Rear Admiral"];
    assert!(changes.windows(2).any(|two| two == titles), "{changes:?}");
    ada.applies(&app, &page).await;
    let now = "select concat_ws('|', c.nickname, c.phone, e.title, (select count(*) from contact_tags)) from contacts c join contact_employments e on e.contact_id = c.id";
    assert_eq!(one(&app, now).await, "Amazing Grace|+1 202 555 0199|Rear Admiral|1");
    let page = ada.imports(&app, &newer).await;
    assert_eq!(ada.words(&page).await, words(&[("unchanged", 1)]));
}

#[actix_web::test]
async fn where_both_changed_she_is_asked_and_her_answer_stands() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    for (choice, stands) in [("mine", "hers"), ("card", "theirs")] {
        app.sql("delete from contacts").await;
        app.sql("delete from contact_sources").await;
        ada.imports(&app, GRACE).await;
        app.sql("update contacts set notes = 'hers'").await;
        let newer = GRACE.replace("met in Arlington", "theirs");
        let page = ada.imports(&app, &newer).await;
        assert_eq!(ada.words(&page).await, words(&[("doubtful", 1)]));
        assert_eq!(one(&app, "select notes from contacts").await, "hers", "undecided, hers stands");
        let asked = ada.get(&format!("{page}?status=doubtful")).await.expect(200);
        assert_eq!(cells(&asked), ["hers", "theirs"]);
        let fields = [("status", "doubtful"), ("position", "1"), ("choice", choice)];
        ada.post(&format!("{page}/choices"), &fields).await.expect(303);
        ada.applies(&app, &page).await;
        assert_eq!(one(&app, "select notes from contacts").await, stands);
        let again = ada.imports(&app, &newer).await;
        assert_eq!(ada.words(&again).await, words(&[("unchanged", 1)]), "asked once");
    }
}

#[actix_web::test]
async fn a_trashed_person_is_not_revived_and_neither_is_an_undone_one_unless_she_says_so() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let first = ada.imports(&app, GRACE).await;
    app.sql("update contacts set deleted_at = now()").await;
    let page = ada.imports(&app, GRACE).await;
    assert_eq!(ada.words(&page).await, words(&[("ignored", 1)]));
    assert!(ada.get(&page).await.one(".record > p.quiet:last-of-type").text().contains("in the trash"));
    app.sql("update contacts set deleted_at = null").await;
    ada.undoes(&first).await;
    assert_eq!(count(&app, "contacts").await, 0);
    let page = ada.imports(&app, GRACE).await;
    assert_eq!(ada.words(&page).await, words(&[("ignored", 1)]));
    assert_eq!(count(&app, "contacts").await, 0);
    let all = ada.get(&format!("{page}?status=ignored")).await;
    let choice = all.one("section > form.actions button[name=choice]").attr("value");
    let form = all.one("section > form.actions");
    ada.post(&form.attr("action"), &[("status", "ignored"), ("choice", &choice)]).await.expect(303);
    ada.applies(&app, &page).await;
    assert_eq!(ada.words(&page).await, words(&[("new", 1)]));
    assert_eq!(one(&app, "select display_name from contacts").await, "Grace Hopper");
}

#[actix_web::test]
async fn undo_takes_back_exactly_the_import_and_redo_brings_it_back() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    ada.imports(&app, &format!("{GRACE}{ADA}")).await;
    let before = everything(&app).await;
    let newer = GRACE.replace("Commander", "Rear Admiral").replace("0101", "0199").replace("X-RANK:7", "X-RANK:8");
    let page = ada.imports(&app, &format!("{newer}{}", cards(1, 30))).await;
    assert_eq!(ada.words(&page).await, words(&[("new", 30), ("changed", 1)]));
    let after = everything(&app).await;
    ada.undoes(&page).await;
    assert_eq!(everything(&app).await, before);
    let undone = ada.get(&page).await;
    assert_eq!(undone.one("#import > header > p[data-state]").attr("data-state"), "undone");
    let redo = undone.one("#flash form").attr("action");
    ada.post(&redo, &[]).await.expect(303);
    assert_eq!(everything(&app).await, after);
}

#[actix_web::test]
async fn the_history_tells_whence_an_import_was_applied_and_nothing_of_one_that_changed_nothing() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    for _ in 0..2 {
        ada.imports(&app, GRACE).await;
    }
    let page = ada.get("/history").await.expect(200);
    assert_eq!(page.count("[data-kind=change_set]"), 1);
    let by = page.all("[data-kind=change_set] small")[0].text().to_owned();
    assert!(by.contains("127.0.0.1"), "{by}");
}

#[actix_web::test]
async fn undo_leaves_what_she_did_meanwhile() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    ada.imports(&app, ADA).await;
    let page = ada.imports(&app, &cards(1, 3)).await;
    let user = app.db.anonymous().user_by_email("ada@example.com").await.unwrap();
    let ids = app.sql("select id::text from contacts where last_name in ('Lovelace', 'Number2')").await;
    for id in ids.iter().map(|row| row.get::<_, String>(0).parse().unwrap()) {
        app.db
            .as_user(&user, async |tx| {
                let (id, mut person) = kith::contacts::queries::people(tx, &[id]).await?.remove(0);
                person.notes = "met her".to_owned();
                kith::contacts::queries::update_many(tx, &[(id, person)]).await
            })
            .await
            .unwrap();
    }
    ada.undoes(&page).await;
    let left = app.sql("select last_name || ' ' || notes from contacts order by last_name").await;
    assert_eq!(left.iter().map(|row| row.get(0)).collect::<Vec<String>>(), ["Lovelace met her", "Number2 met her"]);
}

#[actix_web::test]
async fn somebody_typed_in_by_hand_is_met_and_not_doubled() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let by_hand = [
        ("first_name", "Grace"),
        ("last_name", "Hopper"),
        ("method_kind[]", "email"),
        ("method_label[]", ""),
        ("method_value[]", "GRACE@navy.example"),
    ];
    ada.post("/contacts", &by_hand).await.expect(303);
    let page = ada.reads(&app, &format!("{GRACE}{}", ADA.replace("ada@engine", "grace@navy"))).await;
    assert_eq!(ada.words(&page).await, words(&[("changed", 1), ("doubtful", 1)]), "of another address she is asked");
    let asked = ada.get(&format!("{page}?status=doubtful")).await.expect(200);
    assert!(asked.one(".record > p.quiet:last-of-type").text().starts_with("Grace Hopper has the same"));
    ada.applies(&app, &page).await;
    assert_eq!(count(&app, "contacts").await, 1, "nobody is doubled silently");
    ada.post(&format!("{page}/choices"), &[("status", "doubtful"), ("choice", "new")]).await.expect(303);
    ada.applies(&app, &page).await;
    assert_eq!(count(&app, "contacts where last_name = 'Lovelace'").await, 1);
    assert_eq!(count(&app, "contacts where last_name = 'Hopper'").await, 1);
    assert_eq!(
        count(&app, "contact_methods m join contacts c on c.id = m.contact_id where last_name = 'Hopper'").await,
        2
    );
    let page = ada.reads(&app, GRACE).await;
    assert_eq!(ada.words(&page).await, words(&[("unchanged", 1)]));
}

#[actix_web::test]
async fn two_cards_of_one_person_in_one_file_make_one_contact() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let more = ADA.replace("EMAIL:", "TEL:+44 1\r\nEMAIL:");
    let contrary = ADA.replace("EMAIL:", "BDAY:18151210\r\nUID:2\r\nEMAIL:").replace("Ada Lovelace", "Lovelace, Ada");
    let file = format!("{}{ADA}{more}{contrary}", ADA.replace("EMAIL:", "BDAY:18151211\r\nUID:1\r\nEMAIL:"));
    let page = ada.imports(&app, &file).await;
    assert_eq!(ada.words(&page).await, words(&[("new", 1), ("unchanged", 1), ("changed", 1), ("doubtful", 1)]));
    assert_eq!(count(&app, "contacts").await, 1);
    assert_eq!(one(&app, "select email || phone from contacts").await, "ada@engine.example+44 1");
    ada.post(&format!("{page}/choices"), &[("status", "doubtful"), ("choice", "new")]).await.expect(303);
    ada.applies(&app, &page).await;
    assert_eq!(count(&app, "contacts").await, 2);
    let again = ada.imports(&app, &file).await;
    assert_eq!(ada.words(&again).await, words(&[("unchanged", 4)]));
}

#[actix_web::test]
async fn two_uploads_of_one_file_do_not_double_anybody() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (one, other) = (ada.reads(&app, &cards(1, 20)).await, ada.reads(&app, &cards(1, 20)).await);
    ada.applies(&app, &one).await;
    ada.applies(&app, &other).await;
    assert_eq!(count(&app, "contacts").await, 20);
    assert_eq!(ada.words(&other).await, words(&[("unchanged", 20)]));
}

#[actix_web::test]
async fn people_of_one_name_are_told_apart_by_what_kith_wrote_of_each() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    for notes in ["from Paris", "from Rome", "from Oslo"] {
        ada.post("/contacts", &[("first_name", "Anna"), ("last_name", "Berg"), ("notes", notes)]).await.expect(303);
    }
    for (path, name) in [("/exports/contacts.vcf", "all.vcf"), ("/exports/contacts.csv", "all.csv")] {
        let file = ada.get(path).await.expect(200);
        let page = ada.upload("/imports", name, file.body.as_bytes()).await.expect(303).location();
        app.run_jobs().await;
        assert_eq!(ada.words(&page).await, words(&[("unchanged", 3)]), "{name}");
    }
}

#[actix_web::test]
async fn what_is_exported_and_imported_again_is_the_same_to_her_and_to_somebody_else() {
    let app = App::spawn().await;
    let (mut ada, mut bob) = (app.sign_in("ada").await, app.sign_in("bob").await);
    ada.imports(&app, &format!("{GRACE}{ADA}{}", cards(1, 3))).await;
    ada.post("/contacts", &[("first_name", "Émilie"), ("notes", "by hand")]).await.expect(303);
    for version in ["3.0", "4.0"] {
        let file = ada.get(&format!("/exports/contacts.vcf?version={version}")).await.expect(200);
        assert!(file.header("content-type").starts_with("text/vcard"));
        assert!(file.header("content-disposition").starts_with("attachment; filename=\"contacts-"));
        assert!(file.body.contains(&format!("VERSION:{version}\r\n")) && file.body.contains("X-RANK:7"));
        let page = ada.reads(&app, &file.body).await;
        assert_eq!(ada.words(&page).await, words(&[("unchanged", 6)]));
        let page = bob.reads(&app, &file.body).await;
        assert_eq!(ada.get(&page).await.status, 404);
        let expected = if version == "3.0" { words(&[("new", 6)]) } else { words(&[("unchanged", 6)]) };
        assert_eq!(bob.words(&page).await, expected);
        bob.applies(&app, &page).await;
    }
    let of = |who: &str| {
        format!(
            "select string_agg(concat_ws('|', c.display_name, c.email, c.phone, c.notes, coalesce(x.properties ->> 'extras', '[]'), \
             (select string_agg(m.kind || m.label || m.value, ',' order by m.position) from contact_methods m where m.contact_id = c.id)), E'\\n' order by c.display_name) \
             from contacts c join users u on u.id = c.user_id left join contact_extras x on x.contact_id = c.id where u.email = '{who}@example.com'"
        )
    };
    assert_eq!(one(&app, &of("ada")).await, one(&app, &of("bob")).await);
    ada.get("/exports/contacts.vcf?version=9").await.expect(400);
    assert_eq!(ada.get("/exports").await.expect(200).count("a[download]"), 4);
}
