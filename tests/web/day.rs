//! The first page: what stands in each of its parts, what leaves them, and how it looks with nothing in it.

use chrono::{DateTime, Days, NaiveDate, SubsecRound, TimeDelta, Utc};
use chrono_tz::Tz;
use kith::dates::Here;
use kith::reminders::model::{Bounds, begins};

use crate::date_style::roomy_week;
use crate::harness::{App, Page, User};
use crate::reminders::{add, day, overdue, states, today};

/// The titles of the rows of a part; none where it is not there.
pub fn titles(page: &Page, part: &str) -> Vec<String> {
    let rows = page.all(&format!("section[aria-labelledby={part}] [data-list] > li strong"));
    rows.iter().map(|title| title.text().to_owned()).collect()
}

pub async fn first_page(user: &mut User) -> Page {
    user.get("/").await.expect(200)
}

/// A reminder that is due at a moment, as the triggers keep it.
pub async fn remind(app: &App, title: &str, due_at: DateTime<Utc>, is_day: bool) {
    let due_at = due_at.trunc_subsecs(0);
    app.sql(&format!(
        "with made as (insert into reminders (user_id, title, due_at, is_day, made_until) \
             select id, '{title}', '{due_at}', {is_day}, '{due_at}' from users where email = 'ada@example.com' returning *) \
         insert into reminder_occurrences (user_id, reminder_id, occurs_at_local, due_at) select user_id, id, starts_at, due_at from made"
    ))
    .await;
}

/// As htmx sends what is pressed on a row.
fn partial(target: &str) -> [(&'static str, &str); 3] {
    [("hx-request", "true"), ("hx-request-type", "partial"), ("hx-target", target)]
}

/// Sends a form of the row alone, from the first page.
async fn press(user: &mut User, path: &str, target: &str, fields: &[(&str, &str)]) -> Page {
    let token = user.token().await;
    let fields = [&[("csrf_token", token.as_str()), ("next", "/")], fields].concat();
    user.post_with(path, &fields, &partial(target)).await.expect(200)
}

/// The first row of a part: its path, its element and its occurrence.
async fn row(user: &mut User, part: &str) -> (String, String, String) {
    let page = first_page(user).await;
    let place = format!("section[aria-labelledby={part}] li:first-child");
    let path = page.one(&format!("{place} > a")).attr("href");
    let occurrence = page.one(&format!("{place} input[name=occurrence]")).attr("value");
    (path, format!("li#{}", page.one(&place).attr("id")), occurrence)
}

#[actix_web::test]
async fn each_reminder_stands_in_the_part_that_her_own_midnight_puts_it_in() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    // Nearly a day lies between the first two: at any moment one of them has another date than UTC.
    for zone in [Tz::Pacific__Auckland, Tz::Pacific__Honolulu, Tz::UTC] {
        app.sql(&format!("update users set time_zone = '{}'", zone.name())).await;
        app.sql("delete from reminders").await;
        let style = roomy_week(&app, Utc::now().with_timezone(&zone).date_naive()).await;
        let bounds = Bounds::of(Here::at(Utc::now(), zone, style));
        let minute = TimeDelta::minutes(1);
        for (title, due_at, is_day) in [
            ("Last week", bounds.today - TimeDelta::days(7), false),
            ("Yesterday", bounds.today - minute, true),
            ("This morning", bounds.today, true),
            ("Tonight", bounds.tomorrow - minute, true),
            ("A second ago", bounds.now - TimeDelta::seconds(1), false),
            ("Tomorrow", bounds.tomorrow, true),
            ("Before the week ends", bounds.week - minute, false),
            ("In the next one", bounds.week, true),
        ] {
            remind(&app, title, due_at, is_day).await;
        }
        let page = first_page(&mut ada).await;
        assert_eq!(titles(&page, "overdue"), ["Last week", "Yesterday", "A second ago"], "{zone}");
        assert_eq!(titles(&page, "due-today"), ["This morning", "Tonight"], "{zone}");
        assert_eq!(titles(&page, "this-week"), ["Tomorrow", "Before the week ends"], "{zone}");
        let counts: Vec<String> = page.all("main h2 + span data").iter().map(|one| one.attr("value")).collect();
        assert_eq!(counts, ["3", "2", "2"]);
        let date = bounds.now.with_timezone(&zone).date_naive().to_string();
        assert_eq!(page.one(".greeting time").attr("datetime"), date);
        let told = page.one("[data-told]");
        assert_eq!(told.text(), ". Five things are due.");
    }
}

#[actix_web::test]
async fn a_day_alone_is_overdue_before_the_day_ends_only_where_it_was_put_off_to_an_hour_that_passed() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let began = begins(today(), crate::reminders::ZONE);
    remind(&app, "Water", began, true).await;
    let page = first_page(&mut ada).await;
    assert_eq!((titles(&page, "overdue"), titles(&page, "due-today")), (vec![], vec!["Water".to_owned()]));
    app.sql("update reminder_occurrences set snoozed_until = now() - interval '1 second'").await;
    app.sql("select refresh_reminders(array_agg(id)) from reminders").await;
    let page = first_page(&mut ada).await;
    assert_eq!((titles(&page, "overdue"), titles(&page, "due-today")), (vec!["Water".to_owned()], vec![]));
}

#[actix_web::test]
async fn what_is_done_leaves_its_part_and_undo_brings_it_back() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    for title in ["Water", "Bread"] {
        remind(&app, title, Utc::now() - TimeDelta::days(3), false).await;
    }
    let (path, target, occurrence) = row(&mut ada, "overdue").await;
    let gone = press(&mut ada, &format!("{path}/completion"), &target, &[("occurrence", &occurrence)]).await;
    assert_eq!(
        (gone.header("hx-reswap").as_str(), gone.count("li"), gone.count("#flash[hx-swap-oob]")),
        ("delete", 0, 1)
    );
    assert!(gone.one("#flash span").text().ends_with("is done."), "{}", gone.body);
    assert_eq!(titles(&first_page(&mut ada).await, "overdue").len(), 1);
    ada.post(&gone.one("#flash form").attr("action"), &[("next", "/")]).await.expect(303);
    assert_eq!(titles(&first_page(&mut ada).await, "overdue").len(), 2);
    // Without script the same form leads back here.
    let form = first_page(&mut ada).await.all("section[aria-labelledby=overdue] form")[0].attr("action");
    let back = ada.post(&form, &[("occurrence", &occurrence), ("next", "/")]).await.expect(303);
    assert_eq!(back.location(), "/");
    let page = first_page(&mut ada).await;
    assert_eq!((titles(&page, "overdue").len(), page.count("#flash form")), (1, 1));
}

#[actix_web::test]
async fn what_comes_again_and_is_overdue_once_more_stays_where_it_is() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    overdue(&app, &mut ada, 2).await;
    for is_last in [false, true] {
        let (path, target, occurrence) = row(&mut ada, "overdue").await;
        let answer = press(&mut ada, &format!("{path}/completion"), &target, &[("occurrence", &occurrence)]).await;
        assert_eq!(
            (answer.count("li[aria-current]"), answer.header("hx-reswap").is_empty()),
            (usize::from(!is_last), !is_last)
        );
        assert!(answer.one("#flash span").text().contains("The next one:"), "{}", answer.body);
        if !is_last {
            assert_ne!(answer.one("li input[name=occurrence]").attr("value"), occurrence);
            assert_eq!(answer.one("li input[name=next]").attr("value"), "/");
        }
    }
    assert_eq!(states(&app).await, ["completed 2"]);
    assert_eq!(titles(&first_page(&mut ada).await, "overdue"), Vec::<String>::new());
}

#[actix_web::test]
async fn what_is_put_off_leaves_its_part_too() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    roomy_week(&app, today()).await;
    remind(&app, "Water", Utc::now() - TimeDelta::days(3), false).await;
    let (path, target, _) = row(&mut ada, "overdue").await;
    let ask = first_page(&mut ada).await.one("[data-key=s]").attr("hx-get");
    let asking = ada.get_with(&ask, &partial(&target)).await.expect(200);
    assert_eq!((asking.count("button[name=choice]"), asking.one("input[name=next]").attr("value").as_str()), (3, "/"));
    assert!(
        asking.one("li a.button:not([data-key])").attr("href").ends_with("&next=/"),
        "a day is asked for on a page that leads back"
    );
    let gone = press(&mut ada, &format!("{path}/snooze"), &target, &[("choice", "tomorrow")]).await;
    assert_eq!(gone.header("hx-reswap"), "delete");
    assert!(gone.one("#flash span").text().starts_with("Put off until"), "{}", gone.body);
    assert_eq!(titles(&first_page(&mut ada).await, "this-week"), ["Water"]);
    ada.post(&gone.one("#flash form").attr("action"), &[("next", "/")]).await.expect(303);
    assert_eq!(titles(&first_page(&mut ada).await, "overdue"), ["Water"]);
    let plain = [("choice", "week"), ("next", "/")];
    assert_eq!(ada.post(&format!("{path}/snooze"), &plain).await.expect(303).location(), "/");
}

#[actix_web::test]
async fn of_many_the_first_few_are_shown_and_no_more_than_a_thousand_counted() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    app.sql(
        "insert into reminders (user_id, title, due_at, is_day) select u.id, 'Late ' || n, now() - interval '2 days' - n * interval '1 minute', n % 2 = 0 from users u, generate_series(1, 1001) n",
    )
    .await;
    roomy_week(&app, today()).await;
    for n in 1..=11 {
        remind(&app, "Soon", begins(today() + Days::new(1), crate::reminders::ZONE) + TimeDelta::hours(n), false).await;
    }
    let page = first_page(&mut ada).await;
    let first: Vec<String> = (992..=1001).rev().map(|n| format!("Late {n}")).collect();
    assert_eq!((titles(&page, "overdue"), titles(&page, "this-week").len()), (first, 5), "with an hour and without");
    let counted = page.all("main h2 + span");
    assert_eq!([counted[0].text(), counted[1].text()], ["1,000+", "11"]);
    let lists: Vec<String> = page.all("main .section header a").iter().map(|link| link.attr("href")).collect();
    assert_eq!(lists, ["/reminders?show=overdue", "/reminders"]);
    assert_eq!(page.one("[data-told]").text(), ". More than 1,000 things are due.");
}

#[actix_web::test]
async fn reminders_about_whoever_is_in_the_trash_are_neither_shown_nor_counted() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = ada.post("/contacts", &[("first_name", "Grace")]).await.expect(303).location();
    let about = [("starts_at", day(0)), ("contact_id", grace.trim_start_matches("/contacts/").to_owned())];
    let about: Vec<(&str, &str)> = about.iter().map(|(name, value)| (*name, value.as_str())).collect();
    add(&mut ada, &about).await;
    let page = first_page(&mut ada).await;
    assert_eq!(titles(&page, "due-today"), ["Call her"]);
    ada.post(&format!("{grace}/trash"), &[]).await.expect(303);
    ada.get("/contacts").await.expect(200);
    assert_eq!(first_page(&mut ada).await.count("main [data-list] > li"), 0);
}

/// Somebody whom she means to be in touch with every day, and with whom nothing passed for ten.
async fn neglected(app: &App, user: &mut User, name: &str) -> String {
    let fields = [("first_name", name), ("contact_frequency_days", "1")];
    let path = user.post("/contacts", &fields).await.expect(303).location();
    let id = path.trim_start_matches("/contacts/");
    let ago = (today() - Days::new(10)).to_string();
    let call =
        [("interaction_type", "call"), ("occurred_at", ago.as_str()), ("subject", "Her cello"), ("contact_id", id)];
    user.post("/interactions", &call).await.expect(303);
    assert_eq!(
        app.sql(&format!("select from contacts where id = '{id}' and next_contact_due < current_date")).await.len(),
        1
    );
    path
}

#[actix_web::test]
async fn whoever_is_due_stands_there_with_what_was_said_last_and_leaves_once_put_off() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = neglected(&app, &mut ada, "Grace").await;
    let page = first_page(&mut ada).await;
    assert_eq!(titles(&page, "touch"), ["Grace"]);
    let said =
        page.all("section[aria-labelledby=touch] small").iter().map(|one| one.text().to_owned()).collect::<String>();
    assert!(said.contains("overdue") && said.contains("Her cello"), "{said}");
    assert_eq!(page.one("[data-told]").text(), ". One person has gone quiet.");
    let target = format!("li#{}", page.one("section[aria-labelledby=touch] li").attr("id"));
    let ask = page.one("section[aria-labelledby=touch] [data-key=s]").attr("hx-get");
    let asking = ada.get_with(&ask, &partial(&target)).await.expect(200);
    assert_eq!(asking.one("input[name=next]").attr("value"), "/");
    let gone = press(&mut ada, &format!("{grace}/postponement"), &target, &[("choice", "week")]).await;
    assert_eq!((gone.header("hx-reswap").as_str(), gone.count("#flash form")), ("delete", 1));
    assert_eq!(titles(&first_page(&mut ada).await, "touch"), Vec::<String>::new());
    ada.post(&gone.one("#flash form").attr("action"), &[("next", "/")]).await.expect(303);
    assert_eq!(titles(&first_page(&mut ada).await, "touch"), ["Grace"]);
}

#[actix_web::test]
async fn what_is_logged_from_a_row_leads_back_and_she_is_due_no_longer() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let grace = neglected(&app, &mut ada, "Grace").await;
    let log = first_page(&mut ada).await.one("section[aria-labelledby=touch] [data-key=l]").attr("href");
    let form = ada.get(&log).await.expect(200);
    assert_eq!(form.one("main form input[name=next]").attr("value"), "/");
    assert_eq!(form.one("main a[data-key=Escape]").attr("href"), "/");
    let id = grace.trim_start_matches("/contacts/");
    let call =
        [("interaction_type", "call"), ("occurred_at", "today"), ("contact_id", id), ("next", "/"), ("begun_at", id)];
    assert_eq!(ada.post("/interactions", &call).await.expect(303).location(), "/");
    let page = first_page(&mut ada).await;
    assert_eq!((titles(&page, "touch").len(), page.count("#flash form")), (0, 1));
    for elsewhere in ["//evil.example", "https://evil.example/"] {
        let fields = [&call[..3], &[("next", elsewhere)]].concat();
        let location = ada.post("/interactions", &fields).await.expect(303).location();
        assert!(location.starts_with("/interactions/"), "{location}");
    }
}

fn date(day: NaiveDate) -> String {
    day.format("--%m-%d").to_string()
}

#[actix_web::test]
async fn the_days_of_the_next_two_weeks_are_told_and_none_behind_them() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    for (name, days) in [("Grace", 0), ("Zoë", 14), ("Later", 15)] {
        let on = date(today() + Days::new(days));
        let fields = [("first_name", name), ("date_kind[]", "birthday"), ("date_value[]", on.as_str())];
        ada.post("/contacts", &fields).await.expect(303);
    }
    let page = first_page(&mut ada).await;
    let names: Vec<String> =
        page.all("section[aria-labelledby=dates] li a").iter().map(|one| one.text().to_owned()).collect();
    assert_eq!(names, ["Grace", "Zoë"]);
    assert_eq!(page.all("section[aria-labelledby=dates] time")[0].text(), "today");
    assert_eq!(page.one("main .empty h2").text(), "Nothing is due");
}

#[actix_web::test]
async fn what_came_in_lately_tells_each_thread_once_and_nothing_of_last_month() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let log = |at: &str, subject: &str, thread: &str| {
        format!(
            "insert into interactions (user_id, occurred_at, interaction_type, subject, thread_id) \
             select id, now() - interval '{at}', 'email', '{subject}', {thread} from users"
        )
    };
    let thread = "'00000000-0000-7000-8000-000000000001'";
    for (at, subject, thread) in [
        ("1 hour", "Second", thread),
        ("2 hours", "First", thread),
        ("3 hours", "Alone", "null"),
        ("8 days", "Long ago", "null"),
        ("-1 hour", "Still to come", "null"),
    ] {
        app.sql(&log(at, subject, thread)).await;
    }
    let page = first_page(&mut ada).await;
    let came: Vec<String> =
        page.all("section[aria-labelledby=came] li a").iter().map(|one| one.text().to_owned()).collect();
    assert_eq!(came, ["Second", "Alone"]);
    let days = page.one("section[aria-labelledby=weeks] p").text().to_owned();
    assert!(["Something passed on 2 days.", "Something passed on 3 days."].contains(&days.as_str()), "{days}");
    assert_eq!(page.count("section[aria-labelledby=weeks] svg path"), 4);
}

#[actix_web::test]
async fn correspondents_who_wait_are_counted_and_the_first_of_them_named() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    crate::correspondents::letters(&app, "Hopper, Grace", "grace@navy.example", 4).await;
    crate::correspondents::letters(&app, "Once", "once@x.example", 1).await;
    let page = first_page(&mut ada).await;
    let told = page.one("section[aria-labelledby=waiting] p");
    assert_eq!(told.text(), "1 waits to be added: Grace Hopper.");
    assert_eq!(page.one("section[aria-labelledby=waiting] a").attr("href"), "/correspondents");
}

#[actix_web::test]
async fn a_new_account_is_helped_on_and_one_with_nothing_to_do_left_in_peace() {
    let app = crate::alarms::well().await;
    let mut ada = app.sign_in("ada").await;
    let page = first_page(&mut ada).await;
    assert_eq!(page.one("main .empty h2").text(), "A quiet beginning");
    assert_eq!(page.count("main a[href='/imports'], main a[href='/contacts/new'], form[action='/demo']"), 3);
    assert_eq!(page.count("main section, main aside, [data-told], .notice"), 0);
    let grace = ada.post("/contacts", &[("first_name", "Grace")]).await.expect(303).location();
    ada.get("/contacts").await.expect(200);
    let page = first_page(&mut ada).await;
    assert_eq!((page.one("main .empty h2").text(), page.count("main .empty p")), ("Nothing is due", 2));
    assert_eq!(page.count("main section, main aside, [data-told], .notice"), 0);
    let id = grace.trim_start_matches("/contacts/");
    app.sql(&format!("update contacts set contact_frequency_days = 30 where id = '{id}'")).await;
    assert_eq!(first_page(&mut ada).await.count("main .empty p"), 1, "she knows how to keep in touch");
    add(&mut ada, &[("starts_at", &day(20))]).await;
    ada.get("/contacts").await.expect(200);
    assert_eq!(first_page(&mut ada).await.one("main .empty h2").text(), "Nothing is due");
}

#[actix_web::test]
async fn nothing_of_anybody_else_is_shown_or_counted() {
    let app = App::spawn().await;
    let (mut ada, mut bob) = (app.sign_in("ada").await, app.sign_in("bob").await);
    crate::isolation::fill(&app, &mut ada, "Quaxolotl").await;
    neglected(&app, &mut ada, "Quaxolotl").await;
    crate::correspondents::letters(&app, "Quaxolotl", "q@navy.example", 4).await;
    remind(&app, "Quaxolotl", Utc::now() - TimeDelta::days(1), false).await;
    assert!(first_page(&mut ada).await.body.contains("Quaxolotl"));
    let page = first_page(&mut bob).await;
    assert!(!page.body.contains("Quaxolotl"));
    assert_eq!(page.one("main .empty h2").text(), "A quiet beginning");
    assert_eq!(page.count("main section, main aside"), 0);
}

#[actix_web::test]
async fn signing_in_leads_to_the_first_page_and_the_navigation_begins_with_it() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let page = first_page(&mut ada).await;
    let current = page.one(".side [aria-current=page]");
    assert_eq!((current.attr("href").as_str(), current.attr("data-key").as_str()), ("/", "g d"));
    assert_eq!(page.all(".nav-main > a")[0].attr("href"), "/");
    let mut visitor = app.visitor();
    visitor.get("/login").await.expect(200);
    let fields = [("email", "ada@example.com"), ("password", crate::harness::PASSWORD)];
    assert_eq!(visitor.post("/login", &fields).await.expect(303).location(), "/");
}
