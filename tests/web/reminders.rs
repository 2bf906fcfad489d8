//! Reminders: said, shown before they are saved, done one by one, left out, put off, ended, edited, and each of that taken back.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use kith::recurrence::at;

use crate::harness::{App, Page, User};

/// Where the users of the tests live.
pub const ZONE: Tz = Tz::Europe__Berlin;

pub fn today() -> NaiveDate {
    Utc::now().with_timezone(&ZONE).date_naive()
}

/// A day from today on, as forms say it.
pub fn day(days: u64) -> String {
    (today() + Days::new(days)).to_string()
}

pub async fn add(user: &mut User, fields: &[(&str, &str)]) -> String {
    let given = |name: &str| fields.iter().any(|(given, _)| *given == name);
    let title = if given("title") { None } else { Some(("title", "Call her")) };
    let fields: Vec<(&str, &str)> = title.into_iter().chain(fields.iter().copied()).collect();
    user.post("/reminders", &fields).await.expect(303).location()
}

/// A daily one that began days ago and has come due as often.
pub async fn overdue(app: &App, user: &mut User, days: i32) -> String {
    let path = add(user, &[("starts_at", &format!("{} 00:00", day(1))), ("repeats", "daily")]).await;
    let id = path.trim_start_matches("/reminders/");
    app.sql(&format!(
        "insert into reminder_occurrences (user_id, reminder_id, occurs_at_local, due_at) \
         select user_id, id, starts_at - n * interval '1 day', due_at - n * interval '1 day' from reminders, generate_series(2, {}) n where id = '{id}'",
        days + 1
    ))
    .await;
    app.sql(&format!("update reminders set starts_at = starts_at - interval '30 days' where id = '{id}'")).await;
    app.sql(&format!("select refresh_reminders(array['{id}'::uuid])")).await;
    path
}

/// What the form on this page sends, with other values for some of its fields.
fn form(page: &Page, changes: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = Vec::new();
    for input in page.all("main form.form input[type=hidden], main form.form input[checked]") {
        fields.push((input.attr("name"), input.attr("value")));
    }
    for input in page.all("main form.form input:not([type=hidden], [type=checkbox], [type=radio])") {
        fields.push((input.attr("name"), input.attr("value")));
    }
    for (name, selector) in [("repeats", "#repeats"), ("monthly", "#monthly"), ("ends", "#ends"), ("zone", "#zone")] {
        if let Some(option) = page.all(&format!("{selector} option[selected]")).first() {
            fields.push((name.to_owned(), option.attr("value")));
        }
    }
    fields.retain(|(name, _)| name != "csrf_token" && !changes.iter().any(|(changed, _)| changed == name));
    fields.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    fields
}

pub async fn save(user: &mut User, page: &Page, changes: &[(&str, &str)]) -> Page {
    let fields = form(page, changes);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    user.post(&page.one("main form.form").attr("action"), &fields).await
}

pub async fn undo(user: &mut User, page: &Page) {
    let action = page.one("#flash form").attr("action");
    user.post(&action, &[]).await.expect(303);
}

pub async fn texts(app: &App, sql: &str) -> Vec<String> {
    app.sql(sql).await.iter().map(|row| row.get(0)).collect()
}

/// The moment that a statement answers, to the second.
async fn moment(app: &App, sql: &str) -> DateTime<Utc> {
    let seconds = format!("select extract(epoch from x.at)::bigint from ({sql}) x(at)");
    DateTime::from_timestamp(app.sql(&seconds).await[0].get(0), 0).unwrap()
}

/// What is open of all reminders, by the wall clock.
pub async fn open(app: &App) -> Vec<String> {
    texts(app, "select occurs_at_local::text from reminder_occurrences where state = 'open' order by 1").await
}

pub async fn states(app: &App) -> Vec<String> {
    texts(
        app,
        "select state || ' ' || count(*) from reminder_occurrences where state <> 'open' group by state order by 1",
    )
    .await
}

async fn status(app: &App) -> Vec<String> {
    texts(app, "select status from reminders order by created_at, id").await
}

#[actix_web::test]
async fn the_next_five_dates_are_shown_before_anything_is_saved() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let typed = [
        ("title", "Call her"),
        ("starts_at", "2027-12-02 09:00"),
        ("repeats", "weekly"),
        ("interval", "2"),
        ("exdates", "2027-12-16"),
    ];
    let page = ada.post("/reminders/preview", &typed).await.expect(200);
    assert_eq!(page.one("#preview strong").text(), "Every second Thursday, at 09:00, from 2 December 2027");
    let dates: Vec<String> = page.all("#preview li").iter().map(|date| date.text().to_owned()).collect();
    assert_eq!(dates[..2], ["Thursday, 2 December 2027, 09:00", "Thursday, 30 December 2027, 09:00"]);
    assert_eq!((dates.len(), dates[5].as_str()), (6, "and so on"));
    assert_eq!(page.one("input[name=title]").attr("value"), "Call her");
    assert_eq!(page.one("#repeats option[selected]").attr("value"), "weekly");
    assert_eq!(app.sql("select from reminders").await.len(), 0);
    let token = ada.token().await;
    let partial = [("hx-request", "true"), ("hx-request-type", "partial"), ("hx-target", "div#preview")];
    let fields = [&[("csrf_token", token.as_str())], &typed[..]].concat();
    let block = ada.post_with("/reminders/preview", &fields, &partial).await.expect(200);
    assert_eq!((block.count("li"), block.count("form")), (6, 0));
    let gap = [("title", "x"), ("starts_at", "2027-03-27 02:30"), ("repeats", "daily")];
    let page = ada.post("/reminders/preview", &gap).await.expect(200);
    assert_eq!(page.all("#preview li")[1].text(), "Sunday, 28 March 2027, 02:30 (the clocks change: 03:30)");
    let by_hours = [&typed[..2], &[("repeats", "rule"), ("recurrence_rule", "FREQ=HOURLY;INTERVAL=5")]].concat();
    let page = ada.post("/reminders/preview", &by_hours).await.expect(200);
    assert_eq!(page.one("#preview strong").text(), "Every fifth hour, from 2 December 2027, 09:00");
}

#[actix_web::test]
async fn what_is_wrong_is_told_at_its_field_and_what_was_typed_stays() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let typed = [
        ("title", " "),
        ("starts_at", "soon"),
        ("repeats", "daily"),
        ("interval", "0"),
        ("ends", "until"),
        ("until", "never"),
        ("exdates", "Christmas"),
        ("advance_days", "-1"),
        ("contact", "Nobody"),
        ("note", "kept"),
    ];
    let page = ada.post("/reminders", &typed).await.expect(422);
    for (name, value) in typed.iter().filter(|(name, _)| !["repeats", "ends", "note"].contains(name)) {
        assert_eq!(page.count(&format!("#{name}-error")), 1, "{name}");
        assert_eq!(page.one(&format!("input[name={name}]")).attr("value"), *value);
    }
    assert_eq!(page.one("textarea[name=note]").text().trim(), "kept");
    let bomb = [("title", "x"), ("starts_at", "tomorrow"), ("repeats", "rule"), ("recurrence_rule", "FREQ=SECONDLY")];
    let page = ada.post("/reminders", &bomb).await.expect(422);
    assert!(page.one("#recurrence_rule-error").text().contains("five times a day"));
    let never =
        [("title", "x"), ("starts_at", "2020-01-01"), ("repeats", "daily"), ("ends", "until"), ("until", "2019-12-31")];
    assert!(ada.post("/reminders", &never).await.expect(422).one("#until-error").text().contains("before"));
    assert_eq!(app.sql("select from reminders").await.len(), 0);
}

#[actix_web::test]
async fn one_is_done_and_the_next_appears_and_an_undo_brings_it_back() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let path = overdue(&app, &mut ada, 2).await;
    let before = open(&app).await;
    let page = ada.get(&path).await.expect(200);
    let first = page.all("#coming [data-occurrence]")[0].attr("data-occurrence");
    assert_eq!(first, before[0].replace(' ', "T"));
    let way = ada.post(&format!("{path}/completion"), &[("occurrence", &first)]).await.expect(303).location();
    assert_eq!(open(&app).await, before[1..]);
    assert_eq!((states(&app).await, status(&app).await), (vec!["completed 1".to_owned()], vec!["pending".to_owned()]));
    let page = ada.get(&way).await.expect(200);
    assert_eq!(page.one("#passed small").text().split(' ').next(), Some("Done"));
    // The same once more does nothing.
    ada.post(&format!("{path}/completion"), &[("occurrence", &first)]).await.expect(303);
    assert_eq!(open(&app).await, before[1..]);
    undo(&mut ada, &page).await;
    assert_eq!(open(&app).await, before);
    let once = add(&mut ada, &[("starts_at", &day(3))]).await;
    ada.post(&format!("{once}/completion"), &[]).await.expect(303);
    assert_eq!(status(&app).await, ["pending", "completed"]);
    let page = ada.get(&once).await.expect(200);
    assert_eq!(page.count(&format!("form[action='{once}/completion']")), 0);
    undo(&mut ada, &page).await;
    assert_eq!(status(&app).await, ["pending", "pending"]);
    let done = ada.get("/reminders?show=done").await.expect(200);
    assert_eq!(done.count("[data-kind=reminder]"), 0);
}

#[actix_web::test]
async fn one_is_left_out_or_put_off_without_moving_the_others() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let path = add(&mut ada, &[("starts_at", &format!("{} 09:00", day(1))), ("repeats", "daily")]).await;
    let before = open(&app).await;
    assert!((399..=400).contains(&before.len()), "{}", before.len());
    let second = before[1].replace(' ', "T");
    let way = ada.post(&format!("{path}/skip"), &[("occurrence", &second)]).await.expect(303).location();
    assert_eq!(states(&app).await, ["skipped 1"]);
    let page = ada.get(&way).await;
    undo(&mut ada, &page).await;
    assert_eq!(open(&app).await, before);

    for (choice, days) in [("tomorrow", 1), ("week", 7)] {
        let first = before[0].replace(' ', "T");
        let fields = [("occurrence", first.as_str()), ("choice", choice)];
        let way = ada.post(&format!("{path}/snooze"), &fields).await.expect(303).location();
        let until =
            moment(&app, "select snoozed_until from reminder_occurrences where snoozed_until is not null").await;
        let nine = NaiveTime::from_hms_opt(9, 0, 0).unwrap();
        assert_eq!(until, at(&ZONE, (today() + Days::new(days)).and_time(nine)));
        let due = moment(&app, "select due_at from reminders").await;
        assert_eq!(due, at(&ZONE, (today() + Days::new(days.min(2))).and_time(nine)), "the next of all is due first");
        assert_eq!(open(&app).await, before, "the others stay");
        let page = ada.get(&way).await;
        undo(&mut ada, &page).await;
        assert_eq!(texts(&app, "select 'x' from reminder_occurrences where snoozed_until is not null").await.len(), 0);
    }
    let page = ada.post(&format!("{path}/snooze"), &[("until", "2020-01-01")]).await.expect(422);
    assert!(page.one("#until-error").text().contains("passed"));
    ada.post(&format!("{path}/snooze"), &[("until", "next friday 14:05")]).await.expect(303);
    ada.post(&format!("{path}/snooze"), &[("choice", "hour")]).await.expect(303);
    let due = moment(&app, "select due_at from reminders").await;
    assert!((Utc::now() + TimeDelta::hours(1) - due).num_minutes().abs() <= 1);
}

#[actix_web::test]
async fn what_was_missed_is_left_out_at_once_and_an_end_is_an_end() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let path = overdue(&app, &mut ada, 5).await;
    let before = open(&app).await;
    let page = ada.get(&path).await.expect(200);
    assert_eq!(page.count("input[name=scope][value=missed]"), 1);
    ada.post(&format!("{path}/skip"), &[("scope", "missed")]).await.expect(303);
    assert_eq!((open(&app).await, states(&app).await), (before[4..].to_vec(), vec!["skipped 4".to_owned()]));
    let way = ada.post(&format!("{path}/dismissal"), &[]).await.expect(303).location();
    assert_eq!(open(&app).await, Vec::<String>::new());
    assert_eq!(
        (status(&app).await, states(&app).await),
        (vec!["dismissed".to_owned()], vec!["dismissed 1".to_owned(), "skipped 4".to_owned()])
    );
    let page = ada.get(&way).await;
    assert_eq!(ada.get("/reminders").await.expect(200).count("[data-kind=reminder]"), 0);
    undo(&mut ada, &page).await;
    assert_eq!((open(&app).await, status(&app).await), (before[4..].to_vec(), vec!["pending".to_owned()]));
    let done = ada.get("/reminders?show=done").await.expect(200);
    assert_eq!(done.count("[data-kind=reminder]"), 4);
}

#[actix_web::test]
async fn an_edit_over_a_newer_version_shows_both_and_what_was_done_meanwhile_is_none() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let path = add(&mut ada, &[("starts_at", "tomorrow 09:00"), ("repeats", "weekly")]).await;
    let page = ada.get(&format!("{path}/edit")).await.expect(200);
    ada.post(&format!("{path}/completion"), &[]).await.expect(303);
    save(&mut ada, &page, &[("title", "Newer")]).await.expect(303);
    let both = save(&mut ada, &page, &[("title", "Mine"), ("repeats", "daily")]).await.expect(409);
    assert_eq!(both.one("input[name=title]").attr("value"), "Mine");
    assert!(both.all(".notice td.stored").iter().any(|stored| stored.text() == "Newer"));
    save(&mut ada, &both, &[]).await.expect(303);
    assert_eq!(texts(&app, "select title || ' ' || recurrence_rule from reminders").await, ["Mine FREQ=DAILY"]);
}

#[actix_web::test]
async fn hers_stand_on_her_page_and_none_of_whoever_is_in_the_trash() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = ada.post("/contacts", &[("first_name", "Grace")]).await.expect(303).location();
    let id = grace.trim_start_matches("/contacts/");
    let page = ada.get(&format!("/reminders/new?contact={id}")).await.expect(200);
    let way = save(&mut ada, &page, &[("title", "Call her"), ("starts_at", "tomorrow")]).await.expect(303).location();
    assert_eq!(way, grace);
    ada.post("/reminders", &[("title", "By name"), ("starts_at", "tomorrow 08:00"), ("contact", "grace")])
        .await
        .expect(303);
    add(&mut ada, &[("title", "Of nobody"), ("starts_at", "tomorrow")]).await;
    let titles = |page: &Page| {
        page.all("[data-kind=reminder] strong").iter().map(|one| one.text().to_owned()).collect::<Vec<_>>()
    };
    let page = ada.get(&grace).await.expect(200);
    assert_eq!(titles(&page), ["By name", "Call her"]);
    assert_eq!(page.one("a[data-key=r]").attr("href"), format!("/reminders/new?contact={id}"));
    let list = ada.get(&format!("/reminders?contact={id}&q=call")).await.expect(200);
    assert_eq!(titles(&list), ["Call her"]);
    let history = ada.get(&format!("/history?contact={id}")).await.expect(200);
    assert!(
        history.all("[data-kind=change_set] strong").iter().any(|one| one.text().contains("reminder added")),
        "{}",
        history.body
    );
    ada.post(&format!("{grace}/trash"), &[]).await.expect(303);
    assert_eq!(titles(&ada.get("/reminders").await.expect(200)), ["Of nobody"]);
    ada.post(&format!("{grace}/restoration"), &[]).await.expect(303);
    assert_eq!(ada.get("/reminders").await.expect(200).count("[data-kind=reminder]"), 3);
}

#[actix_web::test]
async fn a_name_that_may_mean_two_is_asked_about_and_nobody_is_guessed() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    for name in ["Hopper", "Kelly"] {
        ada.post("/contacts", &[("first_name", "Grace"), ("last_name", name)]).await.expect(303);
    }
    let typed = [("title", "x"), ("starts_at", "tomorrow"), ("contact", "Grace")];
    let page = ada.post("/reminders", &typed).await.expect(422);
    assert_eq!(page.count("input[name=meant]"), 2);
    let one = page.all("input[name=meant]")[1].attr("value");
    ada.post("/reminders", &[&typed[..], &[("asked", "Grace"), ("meant", &one)]].concat()).await.expect(303);
    assert_eq!(texts(&app, "select contact_id::text from reminders").await, [one]);
}

#[actix_web::test]
async fn a_row_swaps_itself_and_says_how_to_take_that_back() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let path = overdue(&app, &mut ada, 2).await;
    let list = ada.get("/reminders").await.expect(200);
    assert_eq!(list.one("li[data-kind=reminder]").attr("data-state"), "overdue");
    let target = list.one("li[data-kind=reminder]").attr("id");
    let (token, target) = (ada.token().await, format!("li#{target}"));
    let partial = [("hx-request", "true"), ("hx-request-type", "partial"), ("hx-target", target.as_str())];
    let occurrence = list.one("li input[name=occurrence]").attr("value");
    let asked = ada.get_with(&format!("{path}/snooze?occurrence={occurrence}"), &partial).await.expect(200);
    assert_eq!((asked.count("li"), asked.count("button[name=choice]"), asked.count("html > body > *")), (1, 3, 1));
    let kept = ada.get_with(&asked.one("a[data-key=Escape]").attr("hx-get"), &partial).await.expect(200);
    assert_eq!((kept.count("li"), kept.count("button[name=choice]"), kept.count("a[data-key=s]")), (1, 0, 1));
    let fields = [("csrf_token", token.as_str()), ("occurrence", &occurrence)];
    let row = ada.post_with(&format!("{path}/completion"), &fields, &partial).await.expect(200);
    assert!(row.one("[role=status]").text().starts_with("Done. The next one:"), "{}", row.body);
    assert_eq!(row.one("li input[name=next]").attr("value"), format!("/reminders#{}", &path["/reminders/".len()..]));
    assert_eq!(row.count("button[data-key=d]"), 0);
    ada.post(&row.one("li form").attr("action"), &[]).await.expect(303);
    assert_eq!(states(&app).await, Vec::<String>::new());
}

#[actix_web::test]
async fn what_is_put_away_comes_back_with_all_that_was_done() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let path = add(&mut ada, &[("starts_at", "tomorrow 09:00"), ("repeats", "daily")]).await;
    ada.post(&format!("{path}/completion"), &[]).await.expect(303);
    let (before, done) = (open(&app).await, states(&app).await);
    ada.post(&format!("{path}/trash"), &[]).await.expect(303);
    assert_eq!(ada.get("/reminders").await.expect(200).count("[data-kind=reminder]"), 0);
    let trash = ada.get("/trash").await.expect(200);
    assert_eq!(trash.one("[data-kind=reminder] small").text().split(' ').next(), Some("Reminder"));
    ada.get(&format!("{path}/edit")).await.expect(404);
    ada.post(&trash.one("[data-kind=reminder] form").attr("action"), &[]).await.expect(303);
    assert_eq!(ada.get("/reminders").await.expect(200).count("[data-kind=reminder]"), 1);
    ada.post(&format!("{path}/trash"), &[]).await.expect(303);
    app.sql("update reminders set deleted_at = now() - interval '31 days'").await;
    app.db.anonymous().keep_house(30).await.unwrap();
    app.run_jobs().await;
    assert_eq!(app.sql("select from reminders").await.len(), 0);
    // Even this can be taken back, with what was done.
    let emptied = ada.get("/history").await.expect(200).all("[data-kind=change_set]")[0].attr("data-id");
    ada.post(&format!("/change-sets/{emptied}/undo"), &[]).await.expect(303);
    ada.post(&format!("{path}/restoration"), &[]).await.expect(303);
    assert_eq!((open(&app).await, states(&app).await), (before, done));
}

#[actix_web::test]
async fn every_page_of_the_lists_is_walked_once() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    app.sql(
        "insert into reminders (user_id, title, due_at) select id, 'Tie ' || n, date_trunc('day', now()) + (n % 3) * interval '1 day' \
         from users, generate_series(1, 120) n",
    )
    .await;
    app.db.anonymous().keep_house(30).await.unwrap();
    app.run_jobs().await;
    for (show, most) in [("open", 120), ("done", 60)] {
        if show == "done" {
            app.sql("update reminder_occurrences set state = 'completed', settled_at = date_trunc('hour', now()) where reminder_id in (select id from reminders order by id limit 60)").await;
        }
        let mut next = Some(format!("/reminders?show={show}"));
        let mut met = Vec::new();
        while let Some(path) = next {
            let page = ada.get(&path).await.expect(200);
            met.extend(page.all("li[data-kind=reminder]").iter().map(|row| row.attr("data-id")));
            next = page.all("a[rel=next]").first().map(|link| link.attr("href"));
        }
        let all = met.len();
        met.sort();
        met.dedup();
        assert_eq!((all, met.len()), (most, most), "{show}");
    }
    assert_eq!(ada.get("/reminders?after=x&show=done").await.expect(200).count("li[data-kind=reminder]"), 50);
}
