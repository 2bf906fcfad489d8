//! Every form of every page under what people and programs put into fields: a message at the field or a faithful
//! save, never an error of the server.

mod forms;

use forms::{Form, again, all_forms, forms, fresh, pages};
use kith::outgoing::Mailer;
use kith::web::site::{SignUp, Site};
use unicode_normalization::UnicodeNormalization;

use crate::harness::{App, PASSWORD, Page, User};
use crate::url_table::routes;

/// What is typed into each field, one at a time.
const TYPED: [&str; 15] = [
    "NUL\0byte",
    "294277-01-01",
    "-infinity",
    "-1",
    "9223372036854775808",
    "red;background:url(//x)",
    "javascript:alert(1)",
    "\u{202e}gnirts\u{202c}",
    "Z̸̤͝a̷l̶g̸o̵",
    "'; drop table contacts; --",
    "<img src=x onerror=alert(1)>",
    "{{7*7}}",
    "%s$1\\",
    "one\r\ntwo",
    "   ",
];
/// Bodies that no browser sends: half of a surrogate pair, broken percent signs, bytes that are no text.
const RAW: [&str; 4] = ["%ED%A0%80", "%ZZ%", "%00%FF%FE", "\u{0}"];
/// How a form without a file is sent.
const FORM: &str = "application/x-www-form-urlencoded";
/// A name as people have them.
const NAME: &str = "محمد بن موسى 👩‍👩‍👧‍👦🦊 Zoë";
/// Fields of a list or hidden ones: what is no choice of theirs can't be shown in them.
const UNSEEN: [&str; 42] = [
    "form_id",
    "week_start",
    "date_format",
    "clock",
    "date_language",
    "digest",
    "ntfy",
    "webhook",
    "country",
    "time_zone",
    "method_kind[]",
    "kind",
    "next",
    "version",
    "is_current",
    "single_keys",
    "remove_tag",
    "sort",
    "column[]",
    "days",
    "delimiter",
    "encoding",
    "header",
    "quote",
    "remember",
    "seen",
    "survivor",
    "interaction_type",
    "direction",
    "contact_id",
    "begun_at",
    "show",
    "list",
    "repeats",
    "monthly",
    "ends",
    "zone",
    "weekday[]",
    "meant",
    "occurrence",
    "reminder_id",
    "mail_reminders",
];
/// A value that the form of a page has no field for is refused as no browser's.
const CHOSEN: [&str; 19] = [
    "status",
    "choice",
    "position",
    "token",
    "tier",
    "id",
    "scope",
    "action",
    "do",
    "survivor",
    "take_domain",
    "take_industry",
    "take_color",
    "take_contact_frequency_days",
    "add",
    "ignore",
    "wait",
    "occurrence",
    "reminder_id",
];

/// Her ways to be told, of which no receiver answers, and the link that stops her digest.
async fn tell(app: &App, ada: &mut User) {
    for (kind, url) in [("webhook", "http://127.0.0.1:1/"), ("ntfy", "http://127.0.0.1:1/a")] {
        let field = format!("{kind}_url");
        ada.post(&format!("/settings/notifications/{kind}"), &[(&field, url)]).await.expect(303);
    }
    app.sql("insert into channels (user_id, kind, secret) select id, 'digest', 'abc' from users where is_admin").await;
}

/// A person, an organization, a tag, one import that is done, one with a doubtful card and one whose columns are asked;
/// mail whose owner is asked for, that is taken in, and that is paused; something in the trash.
async fn fill(app: &App, ada: &mut User) {
    tell(app, ada).await;
    let card = |phone: &str| {
        format!(
            "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:g\r\nFN:Grace\r\nN:;Grace;;;\r\nTEL:{phone}\r\nNOTE:{phone}\r\nEND:VCARD\r\n"
        )
    };
    let done = ada.upload("/imports", "x.vcf", card("+49 30 1").as_bytes()).await.expect(303).location();
    app.run_jobs().await;
    ada.post(&format!("{done}/application"), &[]).await.expect(303);
    app.run_jobs().await;
    app.sql("update contacts set notes = 'hers'").await;
    ada.upload("/imports", "x.vcf", card("+49 30 2").as_bytes()).await.expect(303);
    ada.upload("/imports", "x.csv", b"Wer,Wo\nZoe,zoe@x.example\n").await.expect(303);
    crate::imports::passed_tables::with_doubtful_rows(app, ada).await;
    let mut mail = Vec::new();
    for _ in 0..3 {
        let letter =
            b"From: g@x.example\nTo: ada@x.example\nDate: Wed, 1 May 2024 10:00:00 +0200\nSubject: Hello\n\nx\n";
        mail.push(ada.upload("/imports", "x.eml", letter).await.expect(303).location());
    }
    app.run_jobs().await;
    for page in &mail[1..] {
        ada.post(&format!("{page}/addresses"), &[("addresses", "ada@x.example")]).await.expect(303);
    }
    ada.post(&format!("{}/pause", mail[2]), &[]).await.expect(303);
    let person = ada.get("/contacts").await.one("[data-kind=contact] a").attr("href");
    ada.post(&format!("{person}/tags"), &[("name", "friend")]).await.expect(303);
    ada.post(&format!("{person}/employments"), &[("organization", "Navy"), ("is_current", "true")]).await.expect(303);
    ada.upload(&format!("{person}/photo"), "x.png", &crate::photos::png([1, 2, 3])).await.expect(303);
    crate::own_fields::define_all(app, ada).await;
    let relation = [("other", "Zoe"), ("other_contact_id", "new"), ("kind", "friend")];
    ada.post(&format!("{person}/relations"), &relation).await.expect(303);
    let id = person.trim_start_matches("/contacts/");
    let interaction = [("interaction_type", "call"), ("occurred_at", "2026-05-03"), ("contact_id", id)];
    ada.post("/interactions", &interaction).await.expect(303);
    let path = ada.post("/interactions", &interaction).await.expect(303).location();
    ada.post(&format!("{path}/trash"), &[]).await.expect(303);
    let reminder = [("title", "Call"), ("starts_at", "tomorrow 09:00"), ("repeats", "daily"), ("contact_id", id)];
    ada.post("/reminders", &reminder).await.expect(303);
    let path = ada.post("/reminders", &reminder).await.expect(303).location();
    ada.post(&format!("{path}/trash"), &[]).await.expect(303);
    keep_in_touch(ada, id).await;
    crate::correspondents::letters_of_several(app).await;
    ada.post("/settings/feed", &[]).await.expect(303);
    // Nobody can be invited where sign-up is closed.
    ada.post("/admin/invitations", &[("note", "Grace"), ("days", "7")]).await;
    for kind in ["contacts", "organizations"] {
        let names = [("first_name", "Away"), ("name", "Away")];
        let away = ada.post(&format!("/{kind}"), &names).await.expect(303).location();
        ada.post(&format!("{away}/trash"), &[]).await.expect(303);
    }
}

/// Somebody who is put off, somebody who is due, and somebody with a rhythm to keep to.
async fn keep_in_touch(ada: &mut User, postponed: &str) {
    ada.post("/bulk-edits", &[("id", postponed), ("contact_frequency_days", "30")]).await.expect(303);
    let until = crate::reminders::day(60);
    ada.post(&format!("/contacts/{postponed}/postponement"), &[("postponed_until", &until)]).await.expect(303);
    let steady = ada.post("/contacts", &[("first_name", "Steady")]).await.expect(303).location();
    for days in [1, 8, 15, 22] {
        let day = (crate::reminders::today() - chrono::Days::new(days)).to_string();
        crate::interactions::log(ada, "call", &day, "", &[steady.trim_start_matches("/contacts/")]).await;
    }
}

/// The page on which two more organizations or tags are merged.
async fn pair(app: &App, ada: &mut User, kind: &str) -> String {
    for name in ["One of two", "The other"] {
        ada.post(&format!("/{kind}s"), &[("name", name)]).await.expect(303);
    }
    let sql = format!("select string_agg('id=' || id, '&') from {kind}s where name in ('One of two', 'The other')");
    format!("/{kind}-merges/new?{}", app.sql(&sql).await[0].get::<_, String>(0))
}

fn as_saved(typed: &str) -> String {
    typed.replace("\r\n", "\n").nfc().collect::<String>().trim().to_owned()
}

/// A refusal says why at a field and shows again what was typed; nothing else is a refusal of a browser's form.
fn assert_is_no_error(form: &Form, names: &[&str], typed: &str, answer: &Page) {
    let what = format!("{} with {names:?} = {typed:.40?} answered {}", form.pattern, answer.status);
    let all_are = |list: &[&str]| names.iter().all(|name| list.contains(name));
    match answer.status {
        303 => assert!(!answer.location().starts_with("/login"), "{what} by leading to the sign-in"),
        422 => {
            assert!(answer.count("[id$='-error']") > 0, "{what} without a message at a field");
            let Some(again) = form.among(forms("post", &form.page, &answer.body)) else { return };
            // A browser shows no NUL, and one line is all that an input has.
            let shows =
                |name: &str| !typed.contains(['\0', '\r']) && !name.contains("password") && !UNSEEN.contains(&name);
            for name in names.iter().filter(|name| shows(name)) {
                let Some(kept) = again.field(name) else { continue };
                assert!(kept == typed || kept == as_saved(typed), "{what} and {name} lost what was typed: {kept:.80?}");
            }
        }
        // A page about whom was chosen.
        200 => assert!(SHOWS.contains(&form.pattern.as_str()), "{what}"),
        // A tag that was removed is gone.
        404 if form.pattern == "/tags/{id}/removal" => {}
        400 | 404 => assert!(all_are(&CHOSEN), "{what}"),
        // Those who are compared were changed by what was typed into other forms meanwhile.
        409 => assert!(all_are(&["version"]) || form.pattern == "/merges", "{what}"),
        _ => panic!("{what}: {}", answer.body),
    }
}

/// Whether what is stored is what was typed into one field of an edit form and saved.
async fn assert_is_saved(user: &mut User, form: &Form, name: &str, typed: &str) {
    let is_edit = form.page.ends_with("/edit") || form.pattern == "/settings/profile";
    if !is_edit || name.contains("[]") || UNSEEN.contains(&name) {
        return;
    }
    let stored = again(user, form).await.unwrap();
    assert_eq!(stored.field(name).unwrap(), as_saved(typed), "{} saved {name} = {typed:?} otherwise", form.pattern);
}

/// Types everything into all texts at once, and what is saved or refused most often, and `other`, into each alone.
async fn torture(app: &App, user: &User, form: &Form, other: &str) {
    let long = "x".repeat(101_000);
    let (names, texts) = (form.names(), form.texts());
    let all = TYPED.iter().map(|typed| (texts.clone(), *typed));
    let each = [NAME, TYPED[0], TYPED[1], &long, other];
    let alone = names.iter().flat_map(|name| each.map(|typed| (vec![*name], typed)));
    for (names, typed) in all.chain(alone).filter(|(names, _)| !names.is_empty()) {
        let mut user = user.clone();
        if names.iter().any(|name| name.contains("password") || *name == "email") {
            app.sql("delete from sign_in_attempts").await;
        }
        let form =
            fresh(&mut user, form).await.unwrap_or_else(|| panic!("{} is not on {} any more", form.pattern, form.page));
        let answer = user.post_with(&form.action, &form.with(&names, typed), &[]).await;
        assert_is_no_error(&form, &names, typed, &answer);
        if answer.status == 303 && names.len() == 1 && typed == NAME {
            assert_is_saved(&mut user, &form, names[0], typed).await;
        }
    }
    for raw in RAW.iter().filter(|_| !texts.is_empty()) {
        let mut user = user.clone();
        let form =
            fresh(&mut user, form).await.unwrap_or_else(|| panic!("{} is not on {} any more", form.pattern, form.page));
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(form.with(&texts, "THE-TYPED"));
        let answer = user.post_body(&form.action, FORM, body.finish().replace("THE-TYPED", raw)).await;
        let is_stale = answer.status == 409 && form.pattern == "/merges";
        let is_shown = answer.status == 200 && SHOWS.contains(&form.pattern.as_str());
        assert!(
            is_shown || matches!(answer.status, 303 | 422) || is_stale,
            "{} with {raw:?}: {} {}",
            form.pattern,
            answer.status,
            answer.body
        );
    }
}

/// What answers with a page about whom was chosen.
const SHOWS: [&str; 3] = ["/selections", "/comparisons", "/reminders/preview"];
/// Files, and no pages.
const EXPORT: &str = "/exports/contacts.";
/// Where her account is changed.
const ACCOUNT: &str = "/settings";
/// Where it is closed.
const LEAVING: &str = "/settings/deletion";

/// Whoever comes may sign up, and a mail server is set that nobody runs.
fn open_to_all(site: &mut Site) {
    site.sign_up = SignUp::Open;
    let nobody = Mailer::new("smtp://127.0.0.1:1", "kith@kith.example");
    site.mailer = Some(nobody.unwrap());
}

#[actix_web::test]
async fn every_field_of_every_form_takes_or_refuses_whatever_is_typed() {
    let app = App::spawn_with(open_to_all).await;
    let (mut ada, mut bob, mut visitor) = (app.sign_in("ada").await, app.sign_in("bob").await, app.visitor());
    fill(&app, &mut ada).await;
    let his = bob.post("/contacts", &[("first_name", "Bo")]).await.expect(303).location();
    let his = his.trim_start_matches("/contacts/");
    let mut reached =
        pages(&mut ada, &["/contacts", "/interactions", "/reminders", "/imports", "/trash", ACCOUNT]).await;
    let person = ada.get("/contacts").await.all("[data-kind=contact]")[0].attr("data-id");
    reached.push(("/selections".to_owned(), ada.post("/selections", &[("id", &person)]).await.expect(200).body));
    let other = ada.post("/contacts", &[("first_name", "Grace")]).await.expect(303).location();
    let two = [("id", person.as_str()), ("id", other.trim_start_matches("/contacts/"))];
    reached.push(("/comparisons".to_owned(), ada.post("/comparisons", &two).await.expect(200).body));
    for kind in ["organization", "tag"] {
        let path = pair(&app, &mut ada, kind).await;
        reached.push((path.clone(), ada.get(&path).await.expect(200).body));
    }
    let mut hers = all_forms("post", &reached);
    let public = all_forms("post", &pages(&mut visitor, &["/login", "/signup", "/unsubscribe/abc"]).await);
    // Who alone administers others may not leave them.
    let his_account = all_forms("post", &pages(&mut bob, &[ACCOUNT]).await);
    for route in routes("post") {
        let is_met = [&hers, &public, &his_account].iter().any(|forms| forms.contains_key(&route.pattern));
        assert!(is_met, "no page that a link leads to has the form of {route:?}");
    }
    // An upload, an export and the account have tests of their own; what takes changes back comes last.
    let is_own = |pattern: &str, part: &&str| pattern.starts_with(part) && !pattern.starts_with("/settings/fields");
    hers.retain(|pattern, _| {
        pattern != "/imports"
            && !pattern.ends_with("/photo")
            && ![EXPORT, ACCOUNT].iter().any(|part| is_own(pattern, part))
    });
    let undo = hers.remove("/change-sets/{id}/undo").unwrap();
    // Whoever is merged has to wait still, and is no contact by another form.
    let merge = hers.remove("/correspondents/merges").unwrap();
    for form in [&merge].into_iter().chain(hers.values()).chain([&undo]) {
        torture(&app, &ada, form, his).await;
    }
    let theirs = app.sql("select count(*) from contacts where first_name = 'Bo' and version = 1").await;
    assert_eq!(theirs[0].get::<_, i64>(0), 1);
}

#[actix_web::test]
async fn every_field_of_an_account_takes_or_refuses_whatever_is_typed() {
    let app = App::spawn_with(open_to_all).await;
    let (mut ada, mut bob, mut visitor) = (app.sign_in("ada").await, app.sign_in("bob").await, app.visitor());
    tell(&app, &mut ada).await;
    for form in all_forms("post", &pages(&mut visitor, &["/login", "/signup"]).await).values() {
        torture(&app, &visitor, form, PASSWORD).await;
    }
    let leaving = (LEAVING.to_owned(), bob.get(LEAVING).await.expect(200).body);
    torture(&app, &bob, &all_forms("post", &[leaving])[LEAVING], "another password").await;
    let mut both = Vec::new();
    for path in [ACCOUNT, "/settings/notifications"] {
        both.push((path.to_owned(), ada.get(path).await.expect(200).body));
    }
    for (pattern, form) in all_forms("post", &both) {
        if pattern.starts_with(ACCOUNT) {
            torture(&app, &ada, &form, PASSWORD).await;
        }
    }
}

#[actix_web::test]
async fn every_filter_of_every_list_answers_whatever_is_asked() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    fill(&app, &mut ada).await;
    let asked = all_forms(
        "get",
        &pages(&mut ada, &["/contacts", "/interactions", "/reminders", "/imports", "/trash", "/history"]).await,
    );
    assert!(asked.len() >= 3, "{asked:?}");
    let long = "x".repeat(8_000);
    for form in asked.values() {
        for typed in TYPED.iter().copied().chain([NAME, long.as_str()]) {
            let names: Vec<&str> = form.names().into_iter().collect();
            for names in names.iter().map(|name| vec![*name]).chain([names.clone()]) {
                let mut query = url::form_urlencoded::Serializer::new(String::new());
                query.extend_pairs(form.with(&names, typed));
                let page = ada.get(&format!("{}?{}", form.action, query.finish())).await;
                let is_told = matches!(page.status, 400 | 404) && page.count("main a[href]") > 0;
                assert!(page.status == 200 || is_told, "{} {names:?} {typed:.40?}: {}", form.pattern, page.status);
            }
        }
        for raw in RAW {
            let page = ada.get(&format!("{}?q={}", form.action, raw.replace('\0', "%00"))).await;
            assert_eq!(page.status, 200, "{} {raw:?}", form.pattern);
        }
    }
}

#[actix_web::test]
async fn ten_megabytes_in_one_field_are_refused_with_a_message_on_every_form() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let (token, huge) = (ada.token().await, "x".repeat(10_000_000));
    for route in routes("post").iter().filter(|route| !route.takes_a_file()) {
        let path = route.path(&["01900000-0000-7000-8000-000000000000"]);
        let answer = ada.post_with(&path, &[("csrf_token", &token), ("name", &huge)], &[]).await;
        assert_eq!(answer.status, 413, "{route:?}");
        assert_eq!(answer.count("main a[href]"), 1, "{route:?} leaves no way on: {}", answer.body);
    }
}
