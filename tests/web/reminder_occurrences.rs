//! When reminders come, stored: as the rule says after any edit, of a part too, far enough ahead, and in another zone.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use kith::recurrence::{Rule, at};

use crate::harness::App;
use crate::reminders::{ZONE, add, day, open, overdue, save, states, texts, today, undo};

#[actix_web::test]
async fn a_series_that_would_be_over_already_is_refused_and_a_single_day_of_the_past_is_not() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let over = [("title", "x"), ("starts_at", "2020-03-01"), ("repeats", "daily"), ("ends", "count"), ("count", "3")];
    for path in ["/reminders", "/reminders/preview"] {
        let page = ada.post(path, &over).await.expect(422);
        let said = page.one("#starts_at-error").text().to_owned();
        assert!(said.contains("It would all have been over by") && said.contains("2020"), "{said}");
    }
    assert_eq!(app.sql("select from reminders").await.len(), 0);
    add(&mut ada, &[("starts_at", "2020-03-01")]).await;
    let running = overdue(&app, &mut ada, 3).await;
    // What stands may be ended in the past, where that leaves her something to do.
    let form = ada.get(&format!("{running}/edit")).await.expect(200);
    let yesterday = (today() - Days::new(1)).to_string();
    save(&mut ada, &form, &[("ends", "until"), ("until", &yesterday)]).await.expect(303);
}

#[actix_web::test]
async fn one_of_them_is_edited_apart_and_so_are_all_from_one_on() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let starts = format!("{} 09:00", day(1));
    let fields = [("starts_at", starts.as_str()), ("repeats", "daily"), ("ends", "count"), ("count", "10")];
    let path = add(&mut ada, &fields).await;
    let before = open(&app).await;
    let third = before[2].replace(' ', "T");
    let page = ada.get(&format!("{path}/edit?scope=one&occurrence={third}")).await.expect(200);
    assert_eq!(page.count("#repeats"), 0);
    let moved = format!("{} 17:00", day(3));
    let own = save(&mut ada, &page, &[("starts_at", &moved)]).await.expect(303).location();
    assert_ne!(own, path);
    let mut expected = before.clone();
    expected[2] = format!("{moved}:00");
    assert_eq!(open(&app).await, expected);
    assert_eq!(states(&app).await, ["moved 1"]);
    let page = ada.get(&own).await;
    undo(&mut ada, &page).await;
    assert_eq!(open(&app).await, before);
    assert_eq!(app.sql("select from reminders").await.len(), 1);

    let page = ada.get(&format!("{path}/edit?scope=following&occurrence={third}")).await.expect(200);
    assert_eq!(page.one("input[name=count]").attr("value"), "8", "so many are left");
    let rest = save(&mut ada, &page, &[("starts_at", &moved), ("title", "Write her")]).await.expect(303).location();
    let expected: Vec<String> =
        before[..2].iter().cloned().chain(before[2..].iter().map(|at| at.replace("09:", "17:"))).collect();
    assert_eq!(open(&app).await, expected);
    assert_eq!(texts(&app, "select title from reminders order by 1").await, ["Call her", "Write her"]);
    assert_eq!(
        texts(&app, "select distinct series_id::text from reminders").await,
        [path.trim_start_matches("/reminders/")]
    );
    let page = ada.get(&rest).await;
    undo(&mut ada, &page).await;
    assert_eq!(open(&app).await, before);
}

#[actix_web::test]
async fn whatever_is_edited_what_is_stored_is_what_the_rule_says() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let path = add(&mut ada, &[("starts_at", "2026-01-01 09:00"), ("repeats", "daily")]).await;
    // No dice but a walk that is the same each time.
    let mut dice: u64 = 7;
    let mut roll = move |sides: usize| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(dice >> 33).unwrap() % sides
    };
    let rules = [
        "FREQ=DAILY",
        "FREQ=DAILY;BYHOUR=2,9;BYMINUTE=30",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH",
        "FREQ=MONTHLY;BYMONTHDAY=31",
        "FREQ=MONTHLY;BYMONTHDAY=-1",
        "FREQ=MONTHLY;BYDAY=1MO",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=DAILY;COUNT=2000",
        "FREQ=HOURLY;INTERVAL=7",
    ];
    let (zones, hours) = (["", "Asia/Tokyo", "America/New_York", "Pacific/Apia"], ["02:30", "09:00", "23:59"]);
    for _ in 0..40 {
        let (rule, zone, hour) = (rules[roll(rules.len())], zones[roll(zones.len())], hours[roll(hours.len())]);
        let start = (today() - Days::new(400) + Days::new(roll(800) as u64)).to_string();
        let out = (today() + Days::new(roll(60) as u64)).to_string();
        let starts_at = format!("{start} {hour}");
        let page = ada.get(&format!("{path}/edit")).await.expect(200);
        let changes = [
            ("starts_at", starts_at.as_str()),
            ("zone", zone),
            ("repeats", "rule"),
            ("recurrence_rule", rule),
            ("exdates", &out),
        ];
        save(&mut ada, &page, &changes).await.expect(303);
        let (rule, zone): (Rule, Tz) = (rule.parse().unwrap(), zone.parse().unwrap_or(ZONE));
        let start: NaiveDateTime = format!("{}:00", starts_at.replace(' ', "T")).parse().unwrap();
        let now = Utc::now().with_timezone(&zone).naive_local();
        let coming = || rule.occurrences(start).from(now).filter(|local| local.date().to_string() != out);
        let mut expected: Vec<_> = coming().take_while(|local| *local <= now + TimeDelta::days(400)).collect();
        if expected.is_empty() {
            expected.extend(coming().next());
        }
        // What was done before, or has come due, is that.
        let stays = "select occurs_at_local::text from reminder_occurrences where state <> 'open' or due_at <= now()";
        let stays = texts(&app, stays).await;
        expected.retain(|local| !stays.contains(&local.to_string()));
        // What was done at an hour that the rule has no more stands for another of its day.
        let of_day = |day: NaiveDate| {
            rule.occurrences(start).from(day.and_time(NaiveTime::MIN)).take_while(move |local| local.date() == day)
        };
        let done = texts(&app, "select occurs_at_local::text from reminder_occurrences where state <> 'open'").await;
        let done: BTreeSet<NaiveDateTime> = done.iter().map(|at| at.replace(' ', "T").parse().unwrap()).collect();
        for day in done.iter().map(NaiveDateTime::date).collect::<BTreeSet<_>>() {
            let there: BTreeSet<_> = of_day(day).collect();
            let strangers = done.iter().filter(|at| at.date() == day && !there.contains(*at)).count();
            let free = there.difference(&done).filter(|at| at.date().to_string() != out).take(strangers);
            let free: Vec<_> = free.copied().collect();
            expected.retain(|local| !free.contains(local));
        }
        let expected: Vec<String> =
            expected.iter().map(|local| format!("{local} {}", at(&zone, *local).timestamp())).collect();
        let sql = "select occurs_at_local || ' ' || extract(epoch from due_at)::bigint from reminder_occurrences \
            where state = 'open' and due_at > now() order by occurs_at_local";
        assert_eq!(texts(&app, sql).await, expected, "{changes:?}");
        if roll(3) == 0 {
            ada.post(&format!("{path}/completion"), &[]).await.expect(303);
        }
    }
}

#[actix_web::test]
async fn a_job_keeps_what_is_made_400_days_ahead_and_leaves_nothing_out() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    add(&mut ada, &[("starts_at", &format!("{} 09:00", day(1))), ("repeats", "daily")]).await;
    let whole = open(&app).await;
    app.sql("delete from reminder_occurrences where due_at > now() + interval '9 days'").await;
    app.sql("update reminders set made_until = now() + interval '9 days'").await;
    app.db.anonymous().keep_house(30).await.unwrap();
    app.run_jobs().await;
    assert_eq!(open(&app).await, whole);
    app.db.anonymous().keep_house(30).await.unwrap();
    let waiting = "select kind::text from jobs where kind = 'reminders' and state = 'ready'";
    assert_eq!(texts(&app, waiting).await.len(), 0, "there is nothing to do until tomorrow");
    // What only says when, as an older program's rows do.
    app.sql("insert into reminders (user_id, title, due_at) select id, 'Old', now() + interval '1 hour' from users")
        .await;
    app.db.anonymous().keep_house(30).await.unwrap();
    app.run_jobs().await;
    assert_eq!(open(&app).await.len(), whole.len() + 1);
}

#[actix_web::test]
async fn another_zone_moves_what_goes_by_her_clock_once_she_has_seen_how() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let nine = format!("{} 09:00", day(2));
    add(&mut ada, &[("title", "Hers"), ("starts_at", &nine)]).await;
    add(&mut ada, &[("title", "Theirs"), ("starts_at", &nine), ("zone", "Europe/Berlin")]).await;
    add(&mut ada, &[("title", "A day"), ("starts_at", &day(2))]).await;
    let mut zone = vec![("full_name", "ada"), ("time_zone", "Asia/Tokyo")];
    let page = ada.post("/settings/profile", &zone).await.expect(422);
    let told: Vec<String> = page.all("#moves li").iter().map(|one| one.text().to_owned()).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].contains("09:00 in Asia/Tokyo, ") && told[0].ends_with("hours earlier."), "{told:?}");
    let dues = "select title || ' ' || extract(epoch from due_at)::bigint from reminders order by title";
    let expected = |hers: Tz, hour: u32| {
        let due = |zone: Tz, hour| at(&zone, (today() + Days::new(2)).and_hms_opt(hour, 0, 0).unwrap()).timestamp();
        [format!("A day {}", due(hers, hour)), format!("Hers {}", due(hers, 9)), format!("Theirs {}", due(ZONE, 9))]
    };
    app.run_jobs().await;
    assert_eq!(texts(&app, dues).await, expected(ZONE, 9));
    zone.push(("zone_seen", "Asia/Tokyo"));
    ada.post("/settings/profile", &zone).await.expect(303);
    app.run_jobs().await;
    assert_eq!(texts(&app, dues).await, expected(Tz::Asia__Tokyo, 9));
    assert_eq!(
        ada.post("/settings/reminders", &[("reminder_time", "25")]).await.expect(422).count("#reminder_time-error"),
        1
    );
    ada.post("/settings/reminders", &[("reminder_time", "07:00")]).await.expect(303);
    app.run_jobs().await;
    assert_eq!(texts(&app, dues).await, expected(Tz::Asia__Tokyo, 7));
}

#[actix_web::test]
async fn what_comes_once_and_has_come_due_stays_told_in_another_zone_and_at_another_hour() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let ago = (Utc::now().with_timezone(&ZONE) - TimeDelta::minutes(30)).format("%Y-%m-%d %H:%M").to_string();
    let path = add(&mut ada, &[("title", "Once"), ("starts_at", &ago)]).await;
    add(&mut ada, &[("title", "A day"), ("starts_at", &(today() - Days::new(1)).to_string())]).await;
    app.sql("select ring_reminders(10, true)").await;
    let stands = "select concat_ws(' ', r.title, extract(epoch from o.due_at), r.due_at = o.due_at, o.rung_at = o.rings_at) \
        from reminder_occurrences o join reminders r on r.id = o.reminder_id order by 1";
    let before = texts(&app, stands).await;
    assert!(before.iter().all(|one| one.ends_with(" t t")) && before.len() == 2, "{before:?}");
    // West, where it would be to come, and she is not asked; then at an hour at which it would ring again.
    for (path, fields) in [
        ("/settings/profile", &[("full_name", "ada"), ("time_zone", "Pacific/Honolulu")][..]),
        ("/settings/profile", &[("full_name", "ada"), ("time_zone", "Asia/Tokyo")]),
        ("/settings/reminders", &[("reminder_time", "07:00")]),
    ] {
        ada.post(path, fields).await.expect(303);
        app.run_jobs().await;
        assert_eq!(texts(&app, stands).await, before, "{fields:?}");
    }
    // But another zone of its own is another time.
    let page = ada.get(&format!("{path}/edit")).await.expect(200);
    save(&mut ada, &page, &[("zone", "Pacific/Honolulu")]).await.expect(303);
    assert_eq!(texts(&app, "select title::text from reminders where due_at > now()").await, ["Once"]);
}
