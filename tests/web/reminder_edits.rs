//! What an edit of a reminder leaves as it was: what was done, left out or put off, and what was edited apart.

use chrono_tz::Tz;
use kith::recurrence::at;

use crate::harness::{App, User};
use crate::reminders::{ZONE, add, day, open, save, states, texts, undo};

/// An occurrence as its form says it.
fn which(days: u64, time: &str) -> String {
    format!("{}T{time}:00", day(days))
}

/// A wall clock of a day from today on, as it is stored.
fn wall(days: u64, time: &str) -> String {
    format!("{} {time}:00", day(days))
}

/// Daily at nine from tomorrow on, six times.
async fn six(ada: &mut User) -> String {
    let starts = format!("{} 09:00", day(1));
    let fields = [("starts_at", starts.as_str()), ("repeats", "daily"), ("ends", "count"), ("count", "6")];
    add(ada, &fields).await
}

async fn deed(ada: &mut User, path: &str, name: &str, fields: &[(&str, &str)]) {
    ada.post(&format!("{path}/{name}"), fields).await.expect(303);
}

/// All of a reminder from this hour on.
async fn at_hour(ada: &mut User, path: &str, time: &str) -> String {
    let page = ada.get(&format!("{path}/edit")).await.expect(200);
    let starts = page.one("input[name=starts_at]").attr("value");
    let starts = format!("{} {time}", &starts[..10]);
    let saved = save(ada, &page, &[("starts_at", &starts)]).await.expect(303).location();
    assert_eq!(saved, path);
    saved
}

/// What is put off: which, and until when in UTC.
async fn put_off(app: &App) -> Vec<String> {
    let sql = "select occurs_at_local || ' until ' || extract(epoch from snoozed_until)::bigint \
        from reminder_occurrences where snoozed_until is not null order by 1";
    texts(app, sql).await
}

#[actix_web::test]
async fn another_hour_leaves_what_was_done_left_out_or_put_off() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let path = six(&mut ada).await;
    deed(&mut ada, &path, "completion", &[("occurrence", &which(1, "09:00"))]).await;
    deed(&mut ada, &path, "skip", &[("occurrence", &which(3, "09:00"))]).await;
    let until = format!("{} 12:00", day(4));
    deed(&mut ada, &path, "snooze", &[("occurrence", &which(2, "09:00")), ("until", &until)]).await;
    let noon = at(&ZONE, format!("{}T12:00:00", day(4)).parse().unwrap()).timestamp();
    at_hour(&mut ada, &path, "08:00").await;
    let coming = |time: &str| [2, 4, 5, 6].map(|days| wall(days, time)).to_vec();
    assert_eq!(open(&app).await, coming("08:00"));
    assert_eq!(states(&app).await, ["completed 1", "skipped 1"]);
    assert_eq!(put_off(&app).await, [format!("{} until {noon}", wall(2, "08:00"))]);
    let page = ada.get(&path).await.expect(200);
    assert_eq!(page.all("#passed small").len(), 2, "the history has them as they were");
    // Back to nine, and to eight again.
    undo(&mut ada, &page).await;
    assert_eq!(open(&app).await, coming("09:00"));
    assert_eq!(put_off(&app).await, [format!("{} until {noon}", wall(2, "09:00"))]);
    at_hour(&mut ada, &path, "08:00").await;
    at_hour(&mut ada, &path, "07:30").await;
    assert_eq!(open(&app).await, coming("07:30"));
    assert_eq!(put_off(&app).await, [format!("{} until {noon}", wall(2, "07:30"))]);
}

#[actix_web::test]
async fn what_was_done_before_another_hour_is_taken_back_at_that_hour() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let path = six(&mut ada).await;
    let way = ada.post(&format!("{path}/completion"), &[]).await.expect(303).location();
    let done = ada.get(&way).await.expect(200);
    at_hour(&mut ada, &path, "08:00").await;
    undo(&mut ada, &done).await;
    assert_eq!(open(&app).await, [1, 2, 3, 4, 5, 6].map(|days| wall(days, "08:00")));
    assert!(states(&app).await.is_empty());
}

#[actix_web::test]
async fn what_was_done_on_a_day_that_the_rule_has_no_more_stays_in_the_history() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let path = six(&mut ada).await;
    deed(&mut ada, &path, "completion", &[("occurrence", &which(2, "09:00"))]).await;
    deed(&mut ada, &path, "completion", &[("occurrence", &which(3, "09:00"))]).await;
    let page = ada.get(&format!("{path}/edit")).await.expect(200);
    let changes = [("repeats", "rule"), ("recurrence_rule", "FREQ=DAILY;INTERVAL=2;COUNT=3;BYHOUR=8,20")];
    save(&mut ada, &page, &changes).await.expect(303);
    let expected = [wall(1, "20:00"), wall(3, "20:00")];
    let open = open(&app).await;
    assert!(expected.iter().all(|at| open.contains(at)) && !open.contains(&wall(3, "08:00")), "{open:?}");
    assert_eq!(states(&app).await, ["completed 2"]);
}

#[actix_web::test]
async fn from_one_on_at_another_hour_nothing_is_to_be_done_again() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let path = six(&mut ada).await;
    deed(&mut ada, &path, "completion", &[("occurrence", &which(4, "09:00"))]).await;
    let until = format!("{} 12:00", day(6));
    deed(&mut ada, &path, "snooze", &[("occurrence", &which(5, "09:00")), ("until", &until)]).await;
    let (before, off) = (open(&app).await, put_off(&app).await);
    let page = ada.get(&format!("{path}/edit?scope=following&occurrence={}", which(3, "09:00"))).await.expect(200);
    let starts = format!("{} 08:00", day(3));
    let rest = save(&mut ada, &page, &[("starts_at", &starts)]).await.expect(303).location();
    let expected: Vec<String> =
        before.iter().map(|at| if *at < day(3) { at.clone() } else { at.replace("09:", "08:") }).collect();
    assert_eq!(open(&app).await, expected);
    assert_eq!(put_off(&app).await, [off[0].replace("09:", "08:")]);
    let page = ada.get(&rest).await.expect(200);
    assert_eq!(page.all("#passed small").len(), 1);
    undo(&mut ada, &page).await;
    assert_eq!((open(&app).await, put_off(&app).await, states(&app).await.len()), (before, off, 1));
}

#[actix_web::test]
async fn an_edit_that_leaves_nothing_to_come_is_refused_at_its_field() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let path = six(&mut ada).await;
    let before = open(&app).await;
    let following = format!("{path}/edit?scope=following&occurrence={}", which(3, "09:00"));
    let back = [("starts_at", "2020-03-01 09:00")];
    let ended = [("starts_at", "2020-03-01 09:00"), ("ends", "until"), ("until", "2020-04-01")];
    let whole = format!("{path}/edit");
    for (link, changes) in [(&whole, &back[..]), (&whole, &ended[..]), (&following, &back[..])] {
        let form = ada.get(link).await.expect(200);
        let page = save(&mut ada, &form, &[changes, &[("title", "Write her")]].concat()).await.expect(422);
        let said = page.one("#starts_at-error").text().to_owned();
        assert!(said.contains("It would all have been over by") && said.contains("2020"), "{said}");
        assert_eq!(page.one("input[name=starts_at]").attr("value"), "2020-03-01 09:00");
        assert_eq!(page.one("input[name=title]").attr("value"), "Write her");
    }
    assert_eq!(open(&app).await, before);
    // One of them that is edited apart has passed then, and is to be done.
    let form = ada.get(&format!("{path}/edit?scope=one&occurrence={}", which(3, "09:00"))).await.expect(200);
    save(&mut ada, &form, &back).await.expect(303);
    assert!(open(&app).await.contains(&"2020-03-01 09:00:00".to_owned()));
}

#[actix_web::test]
async fn what_is_over_already_is_edited_as_ever() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let path = six(&mut ada).await;
    app.sql("update reminders set starts_at = '2020-03-01 09:00'").await;
    app.sql("delete from reminder_occurrences").await;
    for title in ["Write her", "See her"] {
        let form = ada.get(&format!("{path}/edit")).await.expect(200);
        save(&mut ada, &form, &[("title", title)]).await.expect(303);
        assert_eq!(texts(&app, "select title::text from reminders").await, [title]);
    }
    assert!(open(&app).await.is_empty());
}

#[actix_web::test]
async fn what_comes_once_stays_put_off_whatever_else_is_edited_of_its_day() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let path = add(&mut ada, &[("starts_at", &format!("{} 09:00", day(1)))]).await;
    deed(&mut ada, &path, "snooze", &[("until", &format!("{} 12:00", day(2)))]).await;
    let off = put_off(&app).await;
    let page = ada.get(&format!("{path}/edit")).await.expect(200);
    save(&mut ada, &page, &[("title", "Write her")]).await.expect(303);
    assert_eq!(put_off(&app).await, off);
    at_hour(&mut ada, &path, "10:00").await;
    assert_eq!(put_off(&app).await, [off[0].replace(" 09:", " 10:")]);
    let page = ada.get(&format!("{path}/edit")).await.expect(200);
    save(&mut ada, &page, &[("starts_at", &format!("{} 10:00", day(3)))]).await.expect(303);
    assert!(put_off(&app).await.is_empty(), "on another day she is told then");
}

/// What an undo that changes nothing says.
async fn refusal(ada: &mut User, action: &str) -> String {
    let way = ada.post(action, &[]).await.expect(303).location();
    let page = ada.get(&way).await.expect(200);
    assert_eq!(page.count("#flash form"), 0, "there is nothing to be done again");
    page.one("#flash").text().to_owned()
}

/// The reminders with their rules, and what is open of them.
async fn whole(app: &App) -> (Vec<String>, Vec<String>) {
    let sql = "select title || coalesce(note, '') || coalesce(recurrence_rule, '') || exdates::text from reminders order by id";
    (texts(app, sql).await, open(app).await)
}

#[actix_web::test]
async fn an_edit_from_one_on_is_taken_back_whole_or_not_at_all() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let path = six(&mut ada).await;
    let before = whole(&app).await;
    let page = ada.get(&format!("{path}/edit?scope=following&occurrence={}", which(3, "09:00"))).await.expect(200);
    let rest = save(&mut ada, &page, &[("title", "Write her")]).await.expect(303).location();
    let split = ada.get(&rest).await.expect(200).one("#flash form").attr("action");
    let way = ada.post(&format!("{rest}/completion"), &[]).await.expect(303).location();
    let done = ada.get(&way).await.expect(200);
    let page = ada.get(&format!("{rest}/edit")).await.expect(200);
    save(&mut ada, &page, &[("note", "Her book")]).await.expect(303);
    let noted = ada.get(&rest).await.expect(200);
    let both = whole(&app).await;
    let says = refusal(&mut ada, &split).await;
    assert!(says.contains("Nothing was taken back (Write her: "), "{says}");
    assert_eq!(whole(&app).await, both);
    // Once what came later is taken back it is free again.
    undo(&mut ada, &noted).await;
    undo(&mut ada, &done).await;
    ada.post(&split, &[]).await.expect(303);
    assert_eq!(whole(&app).await, before);
}

#[actix_web::test]
async fn one_that_was_edited_apart_is_never_taken_back_without_its_exception() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let path = six(&mut ada).await;
    let before = whole(&app).await;
    let page = ada.get(&format!("{path}/edit?scope=one&occurrence={}", which(3, "09:00"))).await.expect(200);
    let own = save(&mut ada, &page, &[("title", "Write her")]).await.expect(303).location();
    let apart = ada.get(&own).await.expect(200).one("#flash form").attr("action");
    at_hour(&mut ada, &path, "08:00").await;
    let moved = ada.get(&path).await.expect(200);
    let both = whole(&app).await;
    let says = refusal(&mut ada, &apart).await;
    assert!(says.contains("Nothing was taken back (Call her: "), "{says}");
    assert_eq!(whole(&app).await, both);
    undo(&mut ada, &moved).await;
    ada.post(&apart, &[]).await.expect(303);
    assert_eq!(whole(&app).await, before);
    // And done again.
    let way = ada.get(&path).await.expect(200).one("#flash form").attr("action");
    ada.post(&way, &[]).await.expect(303);
    assert_eq!((whole(&app).await.0.len(), states(&app).await), (2, vec!["moved 1".to_owned()]));
}

#[actix_web::test]
async fn one_is_edited_apart_once_also_from_a_page_that_was_open_before() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let path = six(&mut ada).await;
    let link = format!("{path}/edit?scope=one&occurrence={}", which(3, "09:00"));
    let (first, second) = (ada.get(&link).await.expect(200), ada.get(&link).await.expect(200));
    let own = save(&mut ada, &first, &[("title", "Write her")]).await.expect(303).location();
    let count = "select title::text from reminders where recurrence_rule is null";
    assert_eq!(save(&mut ada, &second, &[("title", "Write her")]).await.expect(303).location(), own);
    let both = save(&mut ada, &second, &[("title", "See her")]).await.expect(409);
    assert!(both.all(".notice td.stored").iter().any(|stored| stored.text() == "Write her"));
    assert_eq!(texts(&app, count).await, ["Write her"]);
    assert_eq!(save(&mut ada, &both, &[]).await.expect(303).location(), own);
    assert_eq!(texts(&app, count).await, ["See her"]);
    assert_eq!(ada.get(&link).await.expect(303).location(), format!("{own}/edit"));
    // Once it is in the trash there is none.
    ada.post(&format!("{own}/trash"), &[]).await.expect(303);
    ada.get(&link).await.expect(200);
}

#[actix_web::test]
async fn in_another_zone_what_was_put_off_to_an_hour_of_a_day_is_put_off_to_that_hour() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    for (title, zone) in [("Hers", ""), ("Theirs", "Europe/Berlin"), ("Soon", "")] {
        let starts = format!("{} 09:00", day(1));
        let path = add(&mut ada, &[("title", title), ("starts_at", &starts), ("zone", zone)]).await;
        let until = format!("{} 12:00", day(4));
        let field = if title == "Soon" { ("choice", "hour") } else { ("until", until.as_str()) };
        deed(&mut ada, &path, "snooze", &[field]).await;
    }
    let off = "select r.title || ' ' || extract(epoch from o.snoozed_until)::bigint from reminder_occurrences o \
        join reminders r on r.id = o.reminder_id order by 1";
    let before = texts(&app, off).await;
    let noon = |zone: Tz| at(&zone, format!("{}T12:00:00", day(4)).parse().unwrap()).timestamp();
    assert_eq!(before[0], format!("Hers {}", noon(ZONE)));
    let mut zone = vec![("full_name", "ada"), ("time_zone", "Pacific/Kiritimati")];
    let page = ada.post("/settings/profile", &zone).await.expect(422);
    let told: Vec<String> = page.all("#moves li").iter().map(|one| one.text().to_owned()).collect();
    let of = |title: &str| told.iter().find(|one| one.starts_with(title)).unwrap();
    assert!(of("Hers: put off until ").contains(" 12:00 stays 12:00 in Pacific/Kiritimati, "), "{told:?}");
    assert!(
        of("Hers").ends_with("earlier.") && of("Soon: put off until ").ends_with("at the same moment."),
        "{told:?}"
    );
    zone.push(("zone_seen", "Pacific/Kiritimati"));
    ada.post("/settings/profile", &zone).await.expect(303);
    app.run_jobs().await;
    let hers = format!("Hers {}", noon(Tz::Pacific__Kiritimati));
    assert_eq!(texts(&app, off).await, [hers, before[1].clone(), before[2].clone()]);
    let due = texts(&app, "select extract(epoch from due_at)::bigint::text from reminders where title = 'Hers'").await;
    assert_eq!(due, [noon(Tz::Pacific__Kiritimati).to_string()]);
}

#[actix_web::test]
async fn a_mistyped_occurrence_means_none_and_not_the_next() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let path = six(&mut ada).await;
    let before = open(&app).await;
    for deed in ["completion", "skip", "snooze"] {
        let named = [("occurrence", "garbage"), ("until", &day(20))];
        ada.post(&format!("{path}/{deed}"), &named).await.expect(404);
    }
    ada.get(&format!("{path}/snooze?occurrence=garbage")).await.expect(404);
    assert_eq!((open(&app).await, states(&app).await.len()), (before, 0));
}

#[actix_web::test]
async fn a_rule_from_before_it_was_refused_lets_everything_else_be_edited() {
    let app = App::spawn().await;
    let mut ada = app.sign_in("ada").await;
    let starts = format!("{} 09:00", day(1));
    let typed = [("starts_at", starts.as_str()), ("repeats", "rule"), ("recurrence_rule", "FREQ=WEEKLY;BYDAY=MO,TH")];
    let path = add(&mut ada, &typed).await;
    for rule in ["FREQ=WEEKLY;BYDAY=2MO", "FREQ=WEEKLY;UNTIL=20991231;COUNT=9"] {
        app.sql(&format!("update reminders set recurrence_rule = '{rule}'")).await;
        let page = ada.get(&format!("{path}/edit")).await.expect(200);
        let note = format!("beside {rule}");
        save(&mut ada, &page, &[("note", &note)]).await.expect(303);
        let stored = texts(&app, "select note || '|' || recurrence_rule from reminders").await;
        assert_eq!(stored, [format!("{note}|{rule}")]);
        let page = ada.get(&format!("{path}/edit")).await.expect(200);
        save(&mut ada, &page, &[("recurrence_rule", "FREQ=WEEKLY;BYDAY=3MO")]).await.expect(422);
    }
}
