//! The calendar feed: what a calendar program that has the link reads, and that nobody else reads anything.

mod programs;

use std::collections::BTreeMap;

use chrono::{Days, TimeDelta, Utc};
use kith::exchange::calendar::{Event, Reader, Window, occurrences};
use kith::recurrence::at;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::harness::{App, User};
use crate::reminders::{ZONE, add, day, overdue, save, texts, today};

/// Makes a link and gives its path.
async fn subscribe(user: &mut User) -> String {
    user.post("/settings/feed", &[]).await.expect(303);
    let link = user.get("/settings/feed").await.expect(200).one("#link").attr("value");
    format!("/feeds/{}", link.split_once("/feeds/").unwrap().1)
}

/// What whoever has the link reads.
async fn read(app: &App, path: &str) -> String {
    app.visitor().get(path).await.expect(200).body
}

fn events(text: &str) -> Vec<Event> {
    let records: Vec<_> = Reader::new(text.as_bytes()).collect();
    records
        .into_iter()
        .map(|record| record.unwrap().outcome.unwrap())
        .inspect(|one| assert!(one.notes.is_empty()))
        .collect()
}

fn titles(text: &str) -> Vec<String> {
    let mut titles: Vec<String> = events(text).into_iter().map(|event| event.summary).collect();
    titles.sort();
    titles
}

/// When its events take place, in seconds.
fn times(text: &str) -> Vec<i64> {
    let now = Utc::now();
    let window = Window {
        zone: ZONE,
        from: now - TimeDelta::days(100),
        up_to: now + TimeDelta::days(399),
        limit: 10_000,
        addresses: &[],
    };
    let mut by_uid: BTreeMap<_, Vec<Event>> = BTreeMap::new();
    for event in events(text) {
        by_uid.entry(event.uid.clone()).or_default().push(event);
    }
    let each = by_uid.values().flat_map(|events| occurrences(events, &window));
    let mut times: Vec<i64> = each.map(|one| one.start.timestamp()).collect();
    times.sort_unstable();
    times
}

/// When what is open of reminders is due, as it was put off.
async fn open(app: &App) -> Vec<i64> {
    let sql = "select extract(epoch from rings_at)::bigint from reminder_occurrences where state = 'open' \
        and rings_at < now() + interval '399 days' order by 1";
    app.sql(sql).await.iter().map(|row| row.get(0)).collect()
}

/// The moment of a wall clock in so many days, in seconds.
fn clock(days: u64, time: &str) -> i64 {
    at(&ZONE, format!("{}T{time}:00", day(days)).parse().unwrap()).timestamp()
}

/// What another program shows of so many days: each title with its time, in order.
fn shown(text: &str, days: u64) -> Option<Vec<(String, Value)>> {
    let events = programs::read(text, [&day(0), &day(days)])?;
    let mut shown: Vec<_> =
        events.iter().map(|event| (event["title"].as_str().unwrap().to_owned(), event["at"].clone())).collect();
    shown.sort_by_key(|(title, at)| (at.to_string(), title.clone()));
    Some(shown)
}

#[actix_web::test]
async fn a_calendar_program_shows_reminders_days_and_whom_to_get_in_touch_with() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let feed = subscribe(&mut ada).await;
    let dates = [
        ("date_kind[]", "birthday"),
        ("date_value[]", "--02-29"),
        ("date_kind[]", "met"),
        ("date_value[]", "1990-05-17"),
    ];
    let person = [("first_name", "Grace"), ("contact_frequency_days", "30")];
    let person = ada.post("/contacts", &[&person[..], &dates].concat()).await.expect(303).location();
    let fields = [
        ("starts_at", "2030-05-03 09:00"),
        ("note", "Her; book, and\nmore"),
        ("contact_id", person.trim_start_matches("/contacts/")),
        ("advance_days", "7"),
    ];
    let reminder = add(&mut ada, &fields).await;
    add(&mut ada, &[("title", "Tax"), ("starts_at", "2030-05-31"), ("repeats", "yearly")]).await;
    let text = read(&app, &feed).await;
    assert_eq!(titles(&text), ["Call her", "Get in touch with Grace", "Grace: birthday", "Grace: met", "Tax"]);
    let plain = text.replace("\r\n ", "");
    for line in [
        "DTSTART;TZID=Europe/Berlin:20300503T090000\r\nBEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:PT0M\r\n",
        "BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\n",
        "DTSTART;VALUE=DATE:20300531\r\nRRULE:FREQ=YEARLY",
        &format!("UID:{}\r\n", reminder.trim_start_matches("/reminders/")),
        &format!("{reminder}\r\nTRANSP:TRANSPARENT\r\n"),
    ] {
        assert!(plain.contains(line), "{line} is not in\n{plain}");
    }
    let Some(events) = programs::read(&text, ["2026-01-01", "2032-12-31"]) else { return };
    let of = |title: &str| -> Vec<&Value> { events.iter().filter(|event| event["title"] == title).collect() };
    let [call] = of("Call her")[..] else { panic!("{events:?}") };
    assert_eq!((&call["at"], &call["alarms"]), (&json!(1_904_022_000), &json!([0.0, -10080.0])));
    assert!(call["note"].as_str().unwrap().starts_with("About Grace\nHer; book, and\nmore\nhttp://"));
    let days = |title: &str| -> Vec<&Value> { of(title).iter().map(|event| &event["at"]).collect() };
    assert_eq!(days("Tax"), ["2030-05-31", "2031-05-31", "2032-05-31"]);
    assert_eq!(of("Tax")[0]["alarms"], json!([540.0]), "it is due at nine");
    assert_eq!(days("Grace: birthday")[..3], ["2026-02-28", "2027-02-28", "2028-02-29"]);
    assert_eq!(days("Grace: met")[0], "2026-05-17");
    let due = (today() + Days::new(30)).to_string();
    assert_eq!(days("Get in touch with Grace"), [&due]);
}

#[actix_web::test]
async fn what_it_shows_is_what_is_open_across_clock_changes_too() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let feed = subscribe(&mut ada).await;
    let out = day(9);
    let early =
        add(&mut ada, &[("starts_at", &format!("{} 02:30", day(1))), ("repeats", "daily"), ("exdates", &out)]).await;
    let away = format!("{} 01:30", day(2));
    let rule = [("repeats", "rule"), ("recurrence_rule", "FREQ=DAILY;INTERVAL=3;COUNT=90")];
    add(&mut ada, &[&[("starts_at", away.as_str()), ("zone", "America/New_York")][..], &rule].concat()).await;
    // On the first Monday behind its start, and by the RFC not on its start.
    let rule = [("repeats", "rule"), ("recurrence_rule", "FREQ=MONTHLY;BYDAY=1MO;COUNT=7")];
    add(&mut ada, &[&[("starts_at", away.as_str())][..], &rule].concat()).await;
    let third = format!("{}T02:30:00", day(3));
    ada.post(&format!("{early}/skip"), &[("occurrence", &third)]).await.expect(303);
    ada.post(&format!("{early}/completion"), &[]).await.expect(303);
    let text = read(&app, &feed).await;
    let open = open(&app).await;
    assert!(open.len() > 490 && times(&text) == open);
    // The same by the zones that the calendar brings itself.
    let unknown = text.replace("TZID:Europe/Berlin", "TZID:Here").replace("TZID=Europe/Berlin", "TZID=Here");
    let unknown = unknown.replace("TZID:America/New_York", "TZID:There").replace("TZID=America/New_York", "TZID=There");
    assert_eq!(times(&unknown), open);
}

#[actix_web::test]
async fn another_program_shows_the_same_times_by_its_own_zones_and_by_those_of_the_calendar() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let feed = subscribe(&mut ada).await;
    let starts = format!("{} 08:30", day(1));
    add(&mut ada, &[("starts_at", &starts), ("repeats", "daily"), ("exdates", &day(9))]).await;
    let rule = [("repeats", "rule"), ("recurrence_rule", "FREQ=WEEKLY;UNTIL=20991231"), ("zone", "America/New_York")];
    add(&mut ada, &[&[("starts_at", starts.as_str())][..], &rule].concat()).await;
    let text = read(&app, &feed).await;
    let unknown = text.replace("TZID:America/New_York", "TZID:There").replace("TZID=America/New_York", "TZID=There");
    let unknown = unknown.replace("TZID:Europe/Berlin", "TZID:Here").replace("TZID=Europe/Berlin", "TZID=Here");
    for text in [text, unknown] {
        let Some(shown) = shown(&text, 390) else { return };
        let times: Vec<i64> = shown.iter().map(|(_, at)| at.as_i64().unwrap()).collect();
        assert_eq!(times, open(&app).await[..times.len()]);
        assert!(times.len() > 440);
    }
}

#[actix_web::test]
async fn what_is_put_off_or_edited_alone_stays_one_of_its_series_while_the_rule_has_it() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let feed = subscribe(&mut ada).await;
    let path = add(&mut ada, &[("starts_at", &format!("{} 08:30", day(1))), ("repeats", "daily")]).await;
    let which = |days| format!("{}T08:30:00", day(days));
    let page = ada.get(&format!("{path}/edit?scope=one&occurrence={}", which(2))).await.expect(200);
    save(&mut ada, &page, &[("title", "Write her"), ("starts_at", &format!("{} 19:00", day(2)))]).await.expect(303);
    let off = [("occurrence", which(4)), ("until", format!("{} 20:15", day(5)))];
    let off: Vec<(&str, &str)> = off.iter().map(|(name, value)| (*name, value.as_str())).collect();
    ada.post(&format!("{path}/snooze"), &off).await.expect(303);
    ada.post(&format!("{path}/completion"), &[("occurrence", &which(6))]).await.expect(303);
    let text = read(&app, &feed).await;
    let id = path.trim_start_matches("/reminders/");
    for days in [2, 4] {
        let instance = which(days).replace(['-', ':'], "");
        assert!(
            text.contains(&format!("UID:{id}\r\nRECURRENCE-ID;TZID=Europe/Berlin:{instance}\r\n")),
            "{days}\n{text}"
        );
    }
    let own = [("Write her", clock(2, "19:00")), ("Call her", clock(5, "20:15"))];
    let expected = |mut all: Vec<(&'static str, i64)>| {
        all.extend(own);
        all.sort_by_key(|(_, at)| *at);
        all.into_iter().map(|(title, at)| (title.to_owned(), json!(at))).collect::<Vec<_>>()
    };
    let Some(there) = shown(&text, 6) else { return };
    assert_eq!(there, expected([1, 3, 5].map(|days| ("Call her", clock(days, "08:30"))).to_vec()));

    // At another hour that which was put off still is of the series, what was done does not come back, and the other is not of it.
    let page = ada.get(&format!("{path}/edit")).await.expect(200);
    save(&mut ada, &page, &[("starts_at", &format!("{} 10:00", day(1))), ("exdates", "")]).await.expect(303);
    let text = read(&app, &feed).await;
    let instance = which(4).replace(['-', ':'], "").replace("T083000", "T100000");
    assert!(text.contains(&format!("UID:{id}\r\nRECURRENCE-ID;TZID=Europe/Berlin:{instance}\r\n")), "{text}");
    assert_eq!(text.matches("RECURRENCE-ID").count(), 1);
    let daily = [1, 2, 3, 5].map(|days| ("Call her", clock(days, "10:00")));
    assert_eq!(shown(&text, 6).unwrap(), expected(daily.to_vec()));
}

#[actix_web::test]
async fn what_is_done_ended_or_in_the_trash_leaves_it() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let feed = subscribe(&mut ada).await;
    let tomorrow = format!("{} 09:00", day(1));
    let person = [("first_name", "Grace"), ("date_kind[]", "birthday"), ("date_value[]", "1906-12-09")];
    let person = ada.post("/contacts", &person).await.expect(303).location();
    for (title, deed) in [("Done", "completion"), ("Ended", "dismissal"), ("Away", "trash"), ("Stays", "")] {
        let path = add(&mut ada, &[("title", title), ("starts_at", &tomorrow)]).await;
        if !deed.is_empty() {
            ada.post(&format!("{path}/{deed}"), &[]).await.expect(303);
        }
    }
    let about = person.trim_start_matches("/contacts/");
    add(&mut ada, &[("title", "About her"), ("starts_at", &tomorrow), ("contact_id", about)]).await;
    assert_eq!(titles(&read(&app, &feed).await), ["About her", "Grace: birthday", "Stays"]);
    ada.post(&format!("{person}/trash"), &[]).await.expect(303);
    let text = read(&app, &feed).await;
    assert_eq!((titles(&text), times(&text)), (vec!["Stays".to_owned()], vec![clock(1, "09:00")]));
}

#[actix_web::test]
async fn nobody_reads_another_users_and_a_link_that_is_revoked_or_replaced_leads_nowhere() {
    let app = App::spawn().await;
    let (mut ada, mut bob) = (app.sign_in("ada").await, app.sign_in("bob").await);
    let tomorrow = format!("{} 09:00", day(1));
    add(&mut ada, &[("title", "Hers"), ("starts_at", &tomorrow)]).await;
    add(&mut bob, &[("title", "His"), ("starts_at", &tomorrow)]).await;
    let (first, his) = (subscribe(&mut ada).await, subscribe(&mut bob).await);
    assert_eq!(titles(&read(&app, &first).await), ["Hers"]);
    assert_eq!(titles(&bob.get(&first).await.expect(200).body), ["Hers"], "it is the link that counts");
    assert_eq!(ada.get("/settings/feed").await.expect(200).count("#link"), 0, "it is shown once");
    let token = first.trim_start_matches("/feeds/").trim_end_matches(".ics");
    let stored: Vec<Vec<u8>> = app.sql("select token_hash from feeds").await.iter().map(|row| row.get(0)).collect();
    assert!(token.len() == 64 && stored.len() == 2 && stored.contains(&Sha256::digest(token).to_vec()));
    let second = subscribe(&mut ada).await;
    app.visitor().get(&first).await.expect(404);
    read(&app, &second).await;
    ada.post("/settings/feed/revocation", &[]).await.expect(303);
    app.visitor().get(&second).await.expect(404);
    app.visitor().get(&second.replace(".ics", "x.ics")).await.expect(404);
    for gone in ["is_disabled = true", "deleted_at = now()"] {
        read(&app, &his).await;
        app.sql(&format!("update users set {gone} where email like 'bob%'")).await;
        app.visitor().get(&his).await.expect(404);
        app.sql("update users set is_disabled = false, deleted_at = null").await;
    }
}

#[actix_web::test]
async fn any_title_is_read_by_another_program_as_she_wrote_it() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let feed = subscribe(&mut ada).await;
    let starts = format!("{} 09:00", day(1));
    let long = "é猫🦀".repeat(80);
    for title in ["محمد بن موسى, اتصل; به", &long, "back\\slash: \"quoted\""] {
        add(&mut ada, &[("title", title), ("note", title), ("starts_at", &starts)]).await;
    }
    let expected = texts(&app, "select title from reminders order by title collate \"C\"").await;
    // Other programs may store what a form refuses; a calendar can't hold it.
    app.sql("update reminders set title = title || chr(7), note = note || chr(13)").await;
    let text = read(&app, &feed).await;
    assert!(text.ends_with("\r\n"));
    assert!(text.split_terminator("\r\n").all(|line| line.len() <= 75 && !line.contains(['\r', '\n', '\u{7}'])));
    assert!(expected.len() == 3 && titles(&text) == expected);
    let Some(events) = programs::read(&text, [&day(1), &day(1)]) else { return };
    let of = |event: &Value, name: &str| event[name].as_str().unwrap().split("\nhttp").next().unwrap().to_owned();
    for name in ["title", "note"] {
        let mut read: Vec<String> = events.iter().map(|event| of(event, name)).collect();
        read.sort();
        assert_eq!(read, expected);
    }
}

#[actix_web::test]
async fn a_program_that_has_it_is_told_so_until_something_changes() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let feed = subscribe(&mut ada).await;
    let path = add(&mut ada, &[("starts_at", &format!("{} 09:00", day(1))), ("repeats", "daily")]).await;
    add(&mut ada, &[("title", "Tax"), ("starts_at", &day(1)), ("repeats", "yearly")]).await;
    let person = ada.post("/contacts", &[("first_name", "Grace")]).await.expect(303).location();
    let first = app.visitor().get(&feed).await.expect(200);
    let named = |name| first.header(name);
    assert_eq!(
        (named("cache-control"), named("content-type"), named("set-cookie")),
        ("private, no-cache".to_owned(), "text/calendar; charset=utf-8".to_owned(), String::new())
    );
    let mut tag = named("etag");
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let head = client.head(format!("{}{feed}", app.url)).send().await.unwrap();
    assert_eq!((head.status().as_u16(), head.headers()["etag"].to_str().unwrap()), (200, tag.as_str()));
    assert_eq!(head.text().await.unwrap(), "");
    let other = format!("{}T09:00:00", day(20));
    let birthday =
        [("first_name", "Grace"), ("version", "1"), ("date_kind[]", "birthday"), ("date_value[]", "1906-12-09")];
    for (path, fields) in [
        (format!("{path}/skip"), &[("occurrence", other.as_str())][..]),
        (format!("{path}/completion"), &[]),
        (person.clone(), &birthday),
        ("/settings/reminders".to_owned(), &[("reminder_time", "07:30")]),
        (format!("{path}/trash"), &[]),
    ] {
        app.visitor().get_with(&feed, &[("if-none-match", &tag)]).await.expect(304);
        ada.post(&path, fields).await.expect(303);
        let next = app.visitor().get_with(&feed, &[("if-none-match", &tag)]).await.expect(200).header("etag");
        assert_ne!(next, tag, "{path}");
        tag = next;
    }
}

#[actix_web::test]
async fn whoever_guesses_links_has_to_wait_and_whoever_has_one_need_not() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let feed = subscribe(&mut ada).await;
    let mut stranger = app.visitor();
    let mut last = stranger.get("/feeds/0.ics").await.expect(404);
    for n in 1..30 {
        last = stranger.get(&format!("/feeds/{n}.ics")).await;
    }
    assert!(last.status == 429 && !last.header("retry-after").is_empty());
    assert!(stranger.cookies.is_empty());
    read(&app, &feed).await;
    app.sign_in("bob").await;
}

#[actix_web::test]
async fn it_costs_as_many_statements_for_a_thousand_reminders_as_for_one() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let feed = subscribe(&mut ada).await;
    let path = add(&mut ada, &[("starts_at", &format!("{} 09:00", day(1)))]).await;
    let few = app.statements_of(&mut ada, &feed).await;
    let id = path.trim_start_matches("/reminders/");
    app.sql(&format!(
        "with made as (insert into reminders (user_id, title, due_at, starts_at) select user_id, title || n, due_at, starts_at \
             from reminders, generate_series(2, 1000) n where id = '{id}' returning *) \
         insert into reminder_occurrences (user_id, reminder_id, occurs_at_local, due_at) select user_id, id, starts_at, due_at from made"
    ))
    .await;
    app.sql(&format!(
        "with made as (insert into contacts (user_id, first_name) select user_id, 'P' || n from reminders, generate_series(1, 1000) n where id = '{id}' returning *) \
         insert into contact_dates (user_id, contact_id, kind, month, day) select user_id, id, 'birthday', 2, 29 from made"
    ))
    .await;
    assert_eq!(
        (few, app.statements_of(&mut ada, &feed).await),
        (11, 11),
        "whose it is, and five to be hashed and to be sent"
    );
    assert_eq!(titles(&read(&app, &feed).await).len(), 2000);
}

#[actix_web::test]
async fn a_calendar_client_subscribes_and_follows_what_changes() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let feed = subscribe(&mut ada).await;
    overdue(&app, &mut ada, 3).await;
    let tax = add(&mut ada, &[("title", "Tax"), ("starts_at", &day(3)), ("repeats", "yearly")]).await;
    let person = [("first_name", "Grace"), ("contact_frequency_days", "30"), ("date_kind[]", "birthday")];
    ada.post("/contacts", &[&person[..], &[("date_value[]", "--02-29")]].concat()).await.expect(303);
    let folder = tempfile::tempdir().unwrap();
    let url = format!("{}{feed}", app.url);
    let Some(files) = programs::subscribe(&url, folder.path()).await else { return };
    let titles = |files: &[String]| -> Vec<String> {
        let mut titles: Vec<String> = files.iter().flat_map(|file| self::titles(file)).collect();
        titles.sort();
        titles
    };
    assert_eq!(titles(&files), ["Call her", "Get in touch with Grace", "Grace: birthday", "Tax"]);
    ada.post(&format!("{tax}/dismissal"), &[]).await.expect(303);
    let files = programs::subscribe(&url, folder.path()).await.unwrap();
    assert_eq!(titles(&files), ["Call her", "Get in touch with Grace", "Grace: birthday"]);
}
