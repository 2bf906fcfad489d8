//! Keeping in touch: who is due and who comes next, put off, kept to.

use std::collections::BTreeSet;

use chrono::Days;
use kith::contacts::touch::queries as touch;
use kith::db::CurrentUser;

use crate::harness::{App, Page, User};
use crate::interactions;
use crate::reminders::{day, texts, today, undo};

pub async fn person(user: &mut User, name: &str, fields: &[(&str, &str)]) -> String {
    user.post("/contacts", &[&[("first_name", name)], fields].concat()).await.expect(303).location()
}

/// Logs an interaction with whoever's page this is.
async fn log(user: &mut User, kind: &str, when: &str, subject: &str, with: &str) -> String {
    interactions::log(user, kind, when, subject, &[with.trim_start_matches("/contacts/")]).await
}

/// A day before today, as forms say it.
fn ago(days: u64) -> String {
    (today() - Days::new(days)).to_string()
}

/// In how many days somebody is due.
async fn due(app: &App, name: &str) -> Option<i32> {
    let sql = format!("select next_contact_due - '{}'::date from contacts where first_name = '{name}'", today());
    app.sql(&sql).await[0].get(0)
}

/// As though the cadence had been set days ago.
async fn set_ago(app: &App, days: i32) {
    app.sql(&format!("update contacts set cadence_since = '{}'::date - {days}", today())).await;
}

fn names(page: &Page) -> Vec<String> {
    page.all("[data-list] strong").iter().map(|name| name.text().to_owned()).collect()
}

async fn row(user: &mut User, path: &str) -> String {
    user.get(path).await.expect(200).one("[data-list] a[id]").text().to_owned()
}

/// Her edit form sent with another cadence.
async fn edit(user: &mut User, path: &str, name: &str, days: &str) -> Page {
    let version = user.get(&format!("{path}/edit")).await.expect(200).one("[name=version]").attr("value");
    let fields = [("first_name", name), ("contact_frequency_days", days), ("version", version.as_str())];
    user.post(path, &fields).await.expect(303);
    user.get(path).await.expect(200)
}

pub async fn user(app: &App, email: &str) -> CurrentUser {
    let id = crate::isolation::id_of(app, email).await;
    app.db.anonymous().user(id.parse().unwrap()).await.unwrap()
}

#[actix_web::test]
async fn somebody_never_contacted_falls_due_from_the_day_the_cadence_was_set() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = person(&mut ada, "Grace", &[("contact_frequency_days", "21")]).await;
    assert_eq!(due(&app, "Grace").await, Some(21));
    assert!(row(&mut ada, "/keep-in-touch?coming").await.contains("in 3 weeks · every 3 weeks No contact yet"));
    set_ago(&app, 42).await;
    assert_eq!(due(&app, "Grace").await, Some(-21));
    assert!(row(&mut ada, "/keep-in-touch").await.contains("3 weeks overdue · every 3 weeks"));
    // What was taken away and comes back by an undo counts from when it did; what is set anew from now.
    let page = edit(&mut ada, &grace, "Grace", "").await;
    assert_eq!(due(&app, "Grace").await, None);
    undo(&mut ada, &page).await;
    assert_eq!(due(&app, "Grace").await, Some(-21));
    edit(&mut ada, &grace, "Grace", "").await;
    edit(&mut ada, &grace, "Grace", "30").await;
    assert_eq!(due(&app, "Grace").await, Some(30));
}

/// Since when everybody has a cadence, and when she is due.
async fn since(app: &App) -> Vec<String> {
    let sql = "select concat_ws(' ', first_name, coalesce(cadence_since::text, 'never'), coalesce(next_contact_due::text, 'never')) \
        from contacts order by 1";
    texts(app, sql).await
}

/// The same cadence for everybody.
async fn edit_all(user: &mut User, days: &str) -> Page {
    user.post("/bulk-edits", &[("scope", "filter"), ("contact_frequency_days", days)]).await.expect(303);
    user.get("/contacts").await.expect(200)
}

#[actix_web::test]
async fn undo_of_a_cadence_gives_back_the_day_that_the_one_before_counted_from() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = person(&mut ada, "Grace", &[("contact_frequency_days", "21")]).await;
    set_ago(&app, 42).await;
    person(&mut ada, "Bo", &[]).await;
    let with_cadence = since(&app).await;
    let removal = edit(&mut ada, &grace, "Grace", "").await;
    let before = since(&app).await;
    let set = edit(&mut ada, &grace, "Grace", "30").await;
    let after = since(&app).await;
    undo(&mut ada, &set).await;
    assert_eq!(since(&app).await, before);
    let page = ada.get(&grace).await.expect(200);
    undo(&mut ada, &page).await;
    assert_eq!(since(&app).await, after, "and that the new one counts from where it is done again");
    let page = ada.get(&grace).await.expect(200);
    undo(&mut ada, &page).await;
    let all = edit_all(&mut ada, "7").await;
    undo(&mut ada, &all).await;
    assert_eq!(since(&app).await, before, "of everybody at once");
    undo(&mut ada, &removal).await;
    assert_eq!(since(&app).await, with_cadence);
}

#[actix_web::test]
async fn undo_of_a_cadence_leaves_the_day_of_one_that_goes_on() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = person(&mut ada, "Grace", &[("contact_frequency_days", "21")]).await;
    set_ago(&app, 42).await;
    edit(&mut ada, &grace, "Grace", "").await;
    let set = edit(&mut ada, &grace, "Grace", "30").await;
    edit(&mut ada, &grace, "Grace", "14").await;
    undo(&mut ada, &set).await;
    assert_eq!(due(&app, "Grace").await, Some(14), "hers was changed since");
    // Where it is a day later, so that what counts from now is told from what counted before.
    app.sql("update users set time_zone = 'Pacific/Pago_Pago'").await;
    let bo = person(&mut ada, "Bo", &[]).await;
    let set = edit(&mut ada, &bo, "Bo", "30").await;
    app.sql("update users set time_zone = 'Pacific/Kiritimati'").await;
    ada.post("/tags", &[("name", "close"), ("contact_frequency_days", "7")]).await.expect(303);
    ada.post(&format!("{bo}/tags"), &[("name", "close")]).await.expect(303);
    let before = texts(&app, "select cadence_since::text from contacts where first_name = 'Bo'").await;
    undo(&mut ada, &set).await;
    let counted =
        "select cadence_since::text from contacts where first_name = 'Bo' and next_contact_due = cadence_since + 7";
    assert_eq!(texts(&app, counted).await, before, "a tag lends her one");
}

#[actix_web::test]
async fn of_several_tags_the_shortest_counts_and_an_own_number_before_them() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    for (name, days) in [("friend", "30"), ("close", "7"), ("old", "365")] {
        ada.post("/tags", &[("name", name), ("contact_frequency_days", days)]).await.expect(303);
    }
    let grace = person(&mut ada, "Grace", &[]).await;
    for tag in ["old", "close", "friend"] {
        ada.post(&format!("{grace}/tags"), &[("name", tag)]).await.expect(303);
    }
    assert_eq!(due(&app, "Grace").await, Some(7));
    assert!(row(&mut ada, "/keep-in-touch?coming").await.contains("every week"));
    edit(&mut ada, &grace, "Grace", "90").await;
    assert_eq!(due(&app, "Grace").await, Some(90));
}

#[actix_web::test]
async fn forms_offer_presets_and_take_an_own_number_of_days() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let typed = [("contact_frequency_days", "30"), ("own_frequency_days", "10")];
    let grace = person(&mut ada, "Grace", &typed).await;
    let page = ada.get(&format!("{grace}/edit")).await.expect(200);
    assert_eq!(page.one("#contact_frequency_days option[selected]").text(), "Every 10 days");
    let presets: Vec<String> =
        page.all("#contact_frequency_days option").iter().map(|option| option.attr("value")).collect();
    assert_eq!(presets, ["", "7", "14", "30", "90", "182", "365", "10"]);
    let id = grace.trim_start_matches("/contacts/");
    let form = ada.post("/selections", &[("id", id)]).await.expect(200);
    assert_eq!(form.all("#contact_frequency_days option")[1].attr("value"), "none");
    ada.post("/bulk-edits", &[("id", id), ("contact_frequency_days", "182")]).await.expect(303);
    assert_eq!(due(&app, "Grace").await, Some(182));
    ada.post("/bulk-edits", &[("id", id), ("contact_frequency_days", "none")]).await.expect(303);
    assert_eq!(due(&app, "Grace").await, None);
    let wrong = [("id", id), ("contact_frequency_days", "7"), ("own_frequency_days", "0")];
    let refused = ada.post("/bulk-edits", &wrong).await.expect(422);
    assert_eq!(refused.count("#own_frequency_days-error"), 1);
    assert_eq!(refused.one("#contact_frequency_days option[selected]").attr("value"), "7");
    for chosen in ["7", "none"] {
        let both = [("id", id), ("contact_frequency_days", chosen), ("own_frequency_days", "8")];
        let refused = ada.post("/bulk-edits", &both).await.expect(422);
        assert!(refused.one("#own_frequency_days-error").text().contains("not both"));
        assert_eq!(refused.one("#own_frequency_days").attr("value"), "8");
    }
    assert_eq!(due(&app, "Grace").await, None);
    let tag = [("name", "friend"), ("own_frequency_days", "x")];
    assert_eq!(ada.post("/tags", &tag).await.expect(422).one("#own_frequency_days").attr("value"), "x");
}

#[actix_web::test]
async fn postponing_fakes_no_contact_and_is_taken_back_by_undo_and_by_hand() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = person(&mut ada, "Grace", &[("contact_frequency_days", "21")]).await;
    log(&mut ada, "call", "2026-05-03", "", &grace).await;
    let before = due(&app, "Grace").await;
    let path = format!("{grace}/postponement");
    let form = [("choice", "fortnight"), ("next", "/keep-in-touch")];
    assert_eq!(ada.post(&path, &form).await.expect(303).location(), "/keep-in-touch");
    let page = ada.get("/keep-in-touch").await.expect(200);
    assert_eq!((due(&app, "Grace").await, names(&page).len()), (Some(14), 0));
    assert!(page.one(".empty h2").text().contains("Nobody is due"));
    assert_eq!(texts(&app, "select last_contact_date::text from contacts").await, ["2026-05-03"]);
    assert_eq!(app.sql("select from interactions").await.len(), 1);
    undo(&mut ada, &page).await;
    assert_eq!(due(&app, "Grace").await, before);
    ada.post(&path, &[("postponed_until", &day(3))]).await.expect(303);
    assert_eq!(due(&app, "Grace").await, Some(3));
    let page = ada.get(&grace).await.expect(200);
    assert!(page.one("#postponed").text().starts_with("Postponed until"));
    ada.post(&format!("{path}/removal"), &[]).await.expect(303);
    assert_eq!(due(&app, "Grace").await, before);
    let page = ada.get(&grace).await.expect(200);
    assert_eq!(page.count("#postponed"), 0);
    undo(&mut ada, &page).await;
    assert_eq!(due(&app, "Grace").await, Some(3));
}

#[actix_web::test]
async fn a_day_that_postpones_nothing_is_refused_with_the_reason() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = person(&mut ada, "Grace", &[("contact_frequency_days", "21")]).await;
    let bo = person(&mut ada, "Bo", &[]).await;
    let path = format!("{grace}/postponement");
    for (typed, reason) in [
        ("", "Say until when"),
        ("soon", "Give a date"),
        (day(0).as_str(), "not to come"),
        (day(21).as_str(), "anyway"),
        ("9999-12-31", "ten years"),
    ] {
        let refused = ada.post(&path, &[("postponed_until", typed)]).await.expect(422);
        assert!(refused.one("#postponed_until-error").text().contains(reason), "{typed}");
        assert_eq!(refused.one("#postponed_until").attr("value"), typed);
    }
    let offered = ada.get(&path).await.expect(200);
    let offered: Vec<String> = offered.all("button[name=choice]").iter().map(|one| one.attr("value")).collect();
    assert_eq!(offered, ["month"]);
    ada.post(&path, &[("choice", "someday")]).await.expect(400);
    let none = ada.post(&format!("{bo}/postponement"), &[("choice", "week")]).await.expect(422);
    assert!(none.one("#postponed_until-error").text().contains("no rhythm"));
    assert_eq!(texts(&app, "select 'x' from contacts where postponed_until is not null").await.len(), 0);
}

#[actix_web::test]
async fn a_row_swaps_itself_to_ask_until_when_and_to_say_what_became_of_it() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = person(&mut ada, "Grace", &[("contact_frequency_days", "21")]).await;
    set_ago(&app, 42).await;
    let row = format!("li#touch-{}", grace.trim_start_matches("/contacts/"));
    let headers = [("hx-request", "true"), ("hx-request-type", "partial"), ("hx-target", row.as_str())];
    let path = format!("{grace}/postponement");
    let asked = ada.get_with(&path, &headers).await.expect(200);
    assert_eq!((asked.count("main"), asked.count(&row), asked.count("button[name=choice]")), (0, 1, 4));
    let kept = ada.get_with(&asked.one("a[data-key=Escape]").attr("hx-get"), &headers).await.expect(200);
    assert_eq!((kept.count(&row), kept.count("button[name=choice]"), kept.count("a[data-key=s]")), (1, 0, 1));
    let token = ada.token().await;
    let form = [("csrf_token", token.as_str()), ("choice", "week")];
    let settled = ada.post_with(&path, &form, &headers).await.expect(200);
    assert!(settled.one("[role=status]").text().starts_with("Postponed until"));
    let back = settled.one("form[action$='/undo']").attr("action");
    assert_eq!(due(&app, "Grace").await, Some(7));
    ada.post(&back, &[]).await.expect(303);
    assert_eq!(due(&app, "Grace").await, Some(-21));
}

#[actix_web::test]
async fn what_is_logged_by_hand_resets_the_cadence_and_ends_a_postponement_and_undo_restores_both() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = person(&mut ada, "Grace", &[("contact_frequency_days", "21")]).await;
    set_ago(&app, 42).await;
    log(&mut ada, "call", &ago(1), "", &grace).await;
    assert_eq!(due(&app, "Grace").await, Some(20));
    let path = format!("{grace}/postponement");
    ada.post(&path, &[("postponed_until", &day(60))]).await.expect(303);
    // Neither a note nor what was before the last contact is one.
    log(&mut ada, "note", &day(0), "", &grace).await;
    log(&mut ada, "call", "2026-05-03", "", &grace).await;
    assert_eq!(due(&app, "Grace").await, Some(60));
    log(&mut ada, "meeting", &day(0), "", &grace).await;
    assert_eq!(due(&app, "Grace").await, Some(21));
    let page = ada.get(&grace).await.expect(200);
    undo(&mut ada, &page).await;
    assert_eq!(due(&app, "Grace").await, Some(60));
}

#[actix_web::test]
async fn mail_that_is_imported_ends_no_postponement() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let fields = [("contact_frequency_days", "3660"), ("email", "grace@navy.example")];
    let grace = person(&mut ada, "Grace", &fields).await;
    let postponed = day(3659);
    app.sql(&format!("update contacts set cadence_since = '{}'", day(0))).await;
    app.sql(&format!("update contacts set cadence_since = cadence_since - 10, postponed_until = '{postponed}'")).await;
    let letter =
        b"From: Grace <grace@navy.example>\nTo: ada@x.example\nDate: Sun, 1 Nov 2026 10:00:00 +0200\nSubject: Compilers\n\nx\n";
    let path = ada.upload("/imports", "x.eml", letter).await.expect(303).location();
    app.run_jobs().await;
    ada.post(&format!("{path}/addresses"), &[("addresses", "ada@x.example")]).await.expect(303);
    app.run_jobs().await;
    let sql = "select last_contact_date || ' ' || postponed_until from contacts where first_name = 'Grace'";
    assert_eq!(texts(&app, sql).await, [format!("2026-11-01 {postponed}")]);
    assert_eq!(due(&app, "Grace").await, Some(3659));
    assert!(row(&mut ada, "/keep-in-touch?coming").await.contains("Compilers"));
    ada.post(&format!("{grace}/postponement/removal"), &[]).await.expect(303);
    assert!(due(&app, "Grace").await < Some(3659));
}

#[actix_web::test]
async fn a_row_says_what_was_said_last_and_not_what_is_in_the_trash_or_a_note() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = person(&mut ada, "Grace", &[("contact_frequency_days", "7")]).await;
    log(&mut ada, "call", "2026-05-02", "Compilers", &grace).await;
    log(&mut ada, "note", "2026-05-04", "Likes tea", &grace).await;
    let gone = log(&mut ada, "meeting", "2026-05-03", "Lunch", &grace).await;
    assert!(row(&mut ada, "/keep-in-touch").await.ends_with(": Lunch"));
    ada.post(&format!("{gone}/trash"), &[]).await.expect(303);
    assert!(row(&mut ada, "/keep-in-touch").await.ends_with(": Compilers"));
    let mut bob = app.sign_in("bob").await;
    assert_eq!(bob.get("/keep-in-touch").await.expect(200).one(".empty h2").text(), "Nobody has a rhythm yet");
    ada.post(&format!("{grace}/trash"), &[]).await.expect(303);
    assert_eq!(names(&ada.get("/keep-in-touch").await.expect(200)).len(), 0);
}

#[actix_web::test]
async fn somebody_else_s_person_is_nowhere() {
    let app = App::spawn().await;
    let (mut ada, mut bob) = (app.sign_in("ada").await, app.sign_in("bob").await);
    let grace = person(&mut ada, "Grace", &[("contact_frequency_days", "7")]).await;
    bob.get(&format!("{grace}/postponement")).await.expect(404);
    bob.post(&format!("{grace}/postponement"), &[("choice", "week")]).await.expect(404);
    bob.post(&format!("{grace}/postponement/removal"), &[]).await.expect(404);
    bob.post(&format!("{grace}/rhythm"), &[]).await.expect(404);
    ada.post(&format!("{grace}/trash"), &[]).await.expect(303);
    ada.post(&format!("{grace}/postponement"), &[("choice", "month")]).await.expect(404);
    assert_eq!(texts(&app, "select 'x' from contacts where postponed_until is not null").await.len(), 0);
}

#[actix_web::test]
async fn every_page_of_both_lists_meets_each_once_and_the_longest_overdue_first() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    app.sql(&format!(
        "insert into contacts (user_id, first_name, display_name, contact_frequency_days, cadence_since) \
         select u.id, 'P', 'P' || n, 20, '{}'::date - n % 40 from users u, generate_series(0, 259) n",
        today()
    ))
    .await;
    for (first, expected) in [("/keep-in-touch", 120_usize), ("/keep-in-touch?coming", 140)] {
        let (mut path, mut met, mut days) = (first.to_owned(), Vec::new(), Vec::new());
        loop {
            let page = ada.get(&path).await.expect(200);
            assert_eq!(page.one("#count data").attr("value"), expected.to_string());
            met.extend(names(&page));
            days.extend(page.all("[data-list] .due time").iter().map(|day| day.attr("datetime")));
            match page.all("a[rel=next]").first() {
                Some(next) => path = next.attr("href"),
                None => break,
            }
        }
        assert_eq!((met.len(), met.iter().collect::<BTreeSet<_>>().len()), (expected, expected), "{first}");
        assert!(days.is_sorted(), "{first}");
    }
    let ada = user(&app, "ada@example.com").await;
    let first = app.db.as_user(&ada, async |tx| touch::due(tx, today(), 3).await).await.unwrap();
    assert_eq!((first.people.len(), first.count, first.is_more), (3, 120, false));
}

#[actix_web::test]
async fn a_rhythm_is_offered_where_none_is_set_and_taken_by_one_button() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = person(&mut ada, "Grace", &[]).await;
    for days in [90, 69, 48] {
        log(&mut ada, "call", &ago(days), "", &grace).await;
    }
    assert_eq!(ada.get(&grace).await.expect(200).count("#rhythm"), 0);
    ada.post(&format!("{grace}/rhythm"), &[]).await.expect(303);
    assert_eq!(due(&app, "Grace").await, None);
    log(&mut ada, "call", &ago(27), "", &grace).await;
    log(&mut ada, "note", &ago(26), "", &grace).await;
    let page = ada.get(&grace).await.expect(200);
    assert!(page.one("#rhythm").text().starts_with("You are in touch about every 3 weeks."));
    let form = ada.get(&format!("{grace}/edit")).await.expect(200);
    assert_eq!(form.one("#contact_frequency_days-hint").text(), "You are in touch about every 3 weeks.");
    let action = page.one("form[action$='/rhythm']").attr("action");
    ada.post(&action, &[]).await.expect(303);
    let page = ada.get(&grace).await.expect(200);
    assert_eq!((due(&app, "Grace").await, page.count("#rhythm")), (Some(-6), 0));
    undo(&mut ada, &page).await;
    assert_eq!(due(&app, "Grace").await, None);
}
